"""How a run over many files reads in a terminal: a line for each file and function, and the sums at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from greenline.cli.bulk_progress import BulkProgress
from greenline.cli.console import arrow, mark, print_words, shown
from greenline.cli.plan_view import not_planned, plan_sum, print_problems
from greenline.cli.results_view import WORDS
from greenline.domain.generation.counted_tests import counted_tests
from greenline.page.words import count, percent
from greenline.services.run_plan import words_of_seconds
from greenline.services.sum_up_run import Sums, sum_up, suspected_bugs

if TYPE_CHECKING:
    from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.services.prove_suite import Proof
    from greenline.services.run_plan import RunPlan

GOING_ON = "Going on with a run that was ended midway: {} done already; --fresh begins anew."

_MOST_SHORT = 5
"""Files that are named for having less than was wished; the report has all."""


class Watching:
    """Implements ``Watcher``; without a console nothing is printed until the end."""

    def __init__(self, console: Console | None, progress: BulkProgress) -> None:
        self._console = console
        self._progress = progress
        self._ended = 0

    def begun(self, unit: WorkUnit) -> None:
        """Show nothing: the work itself tells its steps."""

    def ended(self, unit: WorkUnit, outcome: UnitOutcome, run: RunPlan) -> None:
        """Print what came of a unit, and how long the others may take."""
        self._ended += 1
        left = run.seconds_left
        time_left = f", about {words_of_seconds(left)} left" if left else ""
        self._progress.ended(unit, f"{percent(run.total)} covered{time_left}")
        if self._console is None:
            return
        which = f"[dim]{self._ended}/{len(run.plan.units)}[/]"
        gained = _change(self._console, percent(unit.before), percent(outcome.summary))
        times = f"[dim]{outcome.seconds:.1f} s{time_left}[/]"
        print_words(self._console, f"{which} [bold]{escape(shown(unit.path))}[/]  {gained}  {times}", indent=6)
        for one in outcome.functions:
            _print_function(self._console, one)


def print_begin(console: Console, run: RunPlan, going_on: str = GOING_ON) -> None:
    """Print what is going to be done, and what is not; ``going_on`` tells of what was done before."""
    print_problems(console, run.plan)
    done = [len(outcome.keys) for outcome in run.outcomes.values() if outcome.keys]
    if done:
        what = f"{count(sum(done), 'function')} in {count(len(done), 'file')}"
        print_words(console, going_on.format(what))
    print_words(console, plan_sum(run.plan, arrow(console)), style="bold")
    for line in not_planned(run.plan):
        print_words(console, escape(line))
    console.print()


def print_end(console: Console, run: RunPlan, note: str = "", again: str = "The same command goes on.") -> None:
    """Print the sums: how the functions ended, why some are not testable, what failed, and what looks like a bug.

    ``note`` says what the coverage is that is told, ``again`` what to do about work that was not begun.
    """
    sums = sum_up(run)
    console.print()
    _print_reasons(console, sums)
    _print_bugs(console, run)
    parts = [f"{number} {WORDS[status]}" for status, number in sums.statuses.items()]
    if sums.not_begun:
        parts.append(f"{sums.not_begun} not done")
    if sums.tests:
        parts.append(f"{counted_tests(sums.tests, sums.cases)} in {count(sums.test_files, 'file')}")
    print_words(console, escape("; ".join(parts) or "nothing to do"), style="bold")
    if sums.strength:
        of = count(sums.measured, "function")
        print_words(console, f"The new tests of {of} notice {sums.strength.words} of the code.")
    figures = _change(console, percent(run.before), percent(run.total))
    cost = f", ${run.dollars:.2f}" if run.dollars else ""
    covered = f"covered ({note})" if note else "covered"
    print_words(console, f"{figures} {covered}, in {words_of_seconds(run.seconds)}{cost}")
    _print_short(console, run)
    for proof in run.proofs.values():
        _print_proof(console, proof)
    if run.stopped:
        print_words(console, escape(f"Stopped: {run.stopped}.{f' {again}' if sums.not_begun else ''}"))


def exit_code(run: RunPlan, until: float | None) -> int:
    """Return 1 where a function failed, a file could not be looked at, or what was wanted is not reached."""
    failed = "failed" in sum_up(run).statuses
    short = run.short or (until is not None and run.total.percent < until)
    red = not all(proof.is_green for proof in run.proofs.values())
    return 1 if failed or short or red or run.plan.problems else 0


def _print_short(console: Console, run: RunPlan) -> None:
    """Print which files have less than was wished for them, those that lack most first."""
    lacking = sorted(run.short.items(), key=lambda one: one[1][0].percent - one[1][1])
    for path, (now, wanted) in lacking[:_MOST_SHORT]:
        words = f"{shown(path)} has {now.percent:.2f} %, less than the {wanted:g} % wished for it."
        print_words(console, escape(words))
    if (more := len(lacking) - _MOST_SHORT) > 0:
        print_words(console, f"{count(more, 'more file')} {'has' if more == 1 else 'have'} less than was wished.")


def _print_proof(console: Console, proof: Proof) -> None:
    """Print how all tests fare together."""
    for (file, name), why in proof.taken_out.items():
        print_words(console, escape(f"Taken out again: {shown(file)}::{name}, because {why}"), indent=4)
    if proof.is_green:
        sign = mark(console, "ok")
        tests = count(proof.tests, "test")
        print_words(console, f"{sign} All {tests} of the project pass, in random order too.", indent=2)
        return
    sign = mark(console, "problem")
    if proof.problem:
        print_words(console, f"{sign} Nobody knows whether all tests pass: {escape(proof.problem)}", indent=2)
    if proof.complaint:
        print_words(console, f"{sign} All tests ran. {escape(proof.complaint)}", indent=2)
    if proof.failing:
        words = f"{count(len(proof.failing), 'other test')} failed, also without the new ones: {_some(proof.failing)}"
        print_words(console, f"{sign} {escape(words)}", indent=2)
    if proof.unsteady:
        tests = f"{count(len(proof.unsteady), 'other test')} failed only in random order"
        words = f"{tests}, and not because of some of the new ones: {_some(proof.unsteady)}"
        print_words(console, f"{sign} {escape(words)}", indent=2)


def _print_function(console: Console, one: FunctionOutcome) -> None:
    name = escape(one.qualname)
    if one.status == "confirmed" and one.before and one.after and one.test_file:
        gained = _change(console, percent(one.before), percent(one.after))
        tests = counted_tests(len(one.tests), sum(one.cases.get(test, 1) for test in one.tests))
        noticed = f", {one.strength.words} noticed" if one.strength else ""
        about = f"{tests} in {escape(shown(one.test_file))}{noticed}"
        print_words(console, f"    {mark(console, one.status)} {name}  {gained}  [dim]{about}[/]", indent=6)
        return
    why = escape((one.reason.strip().splitlines() or [""])[0])
    print_words(console, f"    {mark(console, one.status)} {name}  [dim]{why}[/]", indent=6)


def _print_reasons(console: Console, sums: Sums) -> None:
    for title, reasons in (("Not testable", sums.not_testable), ("Failed", sums.failed)):
        if reasons:
            print_words(console, f"[bold]{title}[/], by reason:")
        for reason, names in reasons.items():
            print_words(console, f"  {len(names):>3}  {escape(reason)}", indent=7)
            print_words(console, f"       [dim]{escape(_some(names))}[/]", indent=7)


def _print_bugs(console: Console, run: RunPlan) -> None:
    found = suspected_bugs(run)
    if found:
        print_words(console, "[bold]Suspected bugs[/], which no test asserts:")
    for one in found:
        where = f"{shown(one.path)}:{one.bug.line}" if one.bug.line else f"{shown(one.path)}::{one.qualname}"
        words = " ".join(f"{one.bug.call} {one.bug.words}".split())
        more = f"  [dim]and by {count(one.others, 'other call')}[/]" if one.others else ""
        print_words(console, f"{mark(console, 'warning')} [cyan]{escape(where)}[/]  {escape(words)}{more}", indent=2)


def _some(names: tuple[str, ...]) -> str:
    most = 4
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _change(console: Console, before: str, after: str) -> str:
    return after if before == after else f"{before} {arrow(console)} [bold green]{after}[/]"
