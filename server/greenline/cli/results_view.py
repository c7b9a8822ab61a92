"""How a generation's results read in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax

from greenline.cli.console import arrow, mark, print_words, shown
from greenline.cli.target_names import as_written
from greenline.domain.generation.counted_tests import cases_in, counted_tests
from greenline.domain.generation.model import Status, TargetResult
from greenline.page.words import percent

WORDS: dict[Status, str] = {
    "confirmed": "confirmed",
    "nothing_to_gain": "with nothing to gain",
    "not_testable": "not testable",
    "failed": "failed",
    "cancelled": "cancelled",
    "waiting": "waiting for a batch",
}


def print_result(console: Console, result: TargetResult, texts: Mapping[Path, str], *, dry_run: bool) -> None:
    """Print what became of one target: the state, what was gained, the tests' names and where they are."""
    name = f"[bold]{escape(as_written(result.target, texts))}[/]"
    console.print(f"{mark(console, result.status)} {name}  {_gain(console, result)}".rstrip(), soft_wrap=True)
    if result.status == "confirmed" and result.edit:
        where = escape(shown(result.edit.path))
        count = counted_tests(len(result.tests), cases_in(result.code, result.tests))
        verb = "would go to" if dry_run else "written to"
        noticed = f"; {_noticed(result)}" if result.strength else ""
        why = f" [dim]({escape(result.placed)})[/]" if result.placed else ""
        seconds = f"[dim]{result.seconds:.1f} s[/]"
        print_words(console, f"    {count} {verb} [cyan]{where}[/]{why}{noticed}  {seconds}", indent=4)
        if dry_run and result.code:
            print_code(console, result.code)
        else:
            for test in result.tests:
                console.print(f"      {escape(test)}{_by_whom(result, test)}", soft_wrap=True)
    elif result.reason:
        for line in result.reason.strip().splitlines():
            print_words(console, f"    {escape(line)}", indent=4)
        if result.code:
            print_code(console, result.code)
    _print_what_is_left(console, result)
    for note in result.model_notes:
        console.print(f"    [dim]model: {escape(note)}[/]", soft_wrap=True)
    if result.tokens:
        console.print(f"    [dim]asking it took {_cost(result)}[/]", soft_wrap=True)


def _print_what_is_left(console: Console, result: TargetResult) -> None:
    """Print what is left, but for a function of which nothing is reached, then what may have been in the way."""
    is_reached = result.coverage is not None and result.coverage.after.lines.covered > 0
    if result.left and (is_reached or result.status in {"confirmed", "nothing_to_gain"}):
        more = f" (and {len(result.left) - 1} more)" if len(result.left) > 1 else ""
        print_words(console, f"    [dim]left: {escape(result.left[0])}{more}[/]", indent=4)
    for words in result.in_the_way:
        print_words(console, f"    [dim]in the way: {escape(words)}[/]", indent=4)


def print_suspected_bugs(console: Console, results: Sequence[TargetResult], texts: Mapping[Path, str]) -> None:
    """Print, in a block of its own, the calls that do what nothing announces or what documentation contradicts."""
    found = [(result, bug) for result in results for bug in result.suspected_bugs]
    if not found:
        return
    console.print()
    console.print("[bold]Suspected bugs[/], which no test asserts:", soft_wrap=True)
    for result, bug in found:
        path = texts.get(result.target.path, str(result.target.path))
        where = f"{path}:{bug.line}" if bug.line else as_written(result.target, texts)
        words = f"[bold]{escape(_one_line(bug.call))}[/] {escape(_one_line(bug.words))}"
        print_words(console, f"{mark(console, 'warning')} [cyan]{escape(where)}[/]  {words}", indent=2)


def print_summary(console: Console, results: Sequence[TargetResult], *, dry_run: bool) -> None:
    """Print the one line that counts how the targets ended and what was written where, and what shows the rest."""
    counts = Counter(result.status for result in results)
    parts = [f"{counts[status]} {words}" for status, words in WORDS.items() if counts[status]]
    written = [r for r in results if r.status == "confirmed" and r.edit]
    if written:
        cases = {name: cases_in(r.code, [name]) for r in written for name in r.tests}  # several may share a test
        tests = counted_tests(len(cases), sum(cases.values()))
        files = dict.fromkeys(shown(r.edit.path) for r in written if r.edit)
        where = f" {'for' if dry_run else 'in'} {next(iter(files)) if len(files) == 1 else f'{len(files)} files'}"
        parts.append(f"{tests}{where}{', nothing written (dry run)' if dry_run else ''}")
    console.print()
    print_words(console, escape("; ".join(parts)) if parts else "no functions to test", style="bold")
    if written and not dry_run:
        console.print("[dim]`greenline gaps` shows what is left.[/]", soft_wrap=True)


def print_code(console: Console, code: str) -> None:
    """Print Python with its syntax coloured where there are colours."""
    if console.is_terminal and not console.no_color:
        console.print(Syntax(code.strip("\n"), "python", theme="ansi_dark", background_color="default", padding=(0, 6)))
        return
    for line in code.strip("\n").splitlines():
        console.print(f"      {line}".rstrip(), markup=False, soft_wrap=True)


def _gain(console: Console, result: TargetResult) -> str:
    if result.coverage is None:
        return WORDS[result.status].removeprefix("with ") if result.status != "confirmed" else ""
    before, after = result.coverage.before, result.coverage.after
    if result.status != "confirmed":
        return f"{percent(before)}  {WORDS[result.status].removeprefix('with ')}"
    lines, branches = after.lines.covered - before.lines.covered, after.branches.covered - before.branches.covered
    won = [f"+{_count(lines, 'line')}"] if lines > 0 else []
    if branches > 0:
        won.append(f"+{branches} {'branch' if branches == 1 else 'branches'}")
    figures = f"{percent(before)} {arrow(console)} [bold green]{percent(after)}[/]"
    return f"{figures}  [dim]{', '.join(won)}[/]" if won else figures


def _by_whom(result: TargetResult, test: str) -> str:
    """Say of a model's test whose it is, and what it rests on."""
    if result.engines.get(test, result.engine) != "model":
        return ""
    return "  [dim]by a model: it asserts what the model takes to be meant[/]"


def _cost(result: TargetResult) -> str:
    price = "at a price that is not known" if result.dollars is None else f"for ${result.dollars:.4f}"
    return f"{result.tokens:,} tokens {price}"


def _noticed(result: TargetResult) -> str:
    assert result.strength
    return f"{'it notices' if len(result.tests) == 1 else 'they notice'} {result.strength.words}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
