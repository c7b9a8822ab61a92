"""How a run of tests reads in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from greenline.cli.console import mark, print_words, shown
from greenline.page.words import percent

if TYPE_CHECKING:
    from greenline.domain.coverage.model import Summary
    from greenline.domain.failures import Failure, FailureKind, Place
    from greenline.services.run_suite import SuiteRun

_ORDER: dict[FailureKind, str] = {
    "environment": "Something around the tests is missing",
    "code": "The code is wrong, as far as can be told",
    "test": "The test is wrong, as far as can be told",
    "flaky": "Failed, and passed when run again",
}


def print_run(console: Console, ran: SuiteRun, covered: Summary | None = None) -> None:
    """Print the failures by what is probably wrong, then one line about the run, and what shows more.

    ``covered`` is how much of the project all its tests reach, where they all ran.
    """
    for kind, title in _ORDER.items():
        failures = [failure for failure in ran.failures if failure.kind == kind]
        if failures:
            console.print(f"[bold]{title}[/]", soft_wrap=True)
            for failure in failures:
                _print_failure(console, failure)
            console.print()
    state = "confirmed" if ran.ok and not ran.failures and not ran.problem else "problem"
    seconds = f"  [dim]{ran.seconds:.1f} s[/]" if ran.seconds else ""
    told = any(failure.message == ran.problem for failure in ran.failures)  # above, with what to do
    message = ran.message.replace(f" {ran.problem}", "") if told else ran.message
    print_words(console, f"{mark(console, state)} {escape(message)}{seconds}", indent=2)
    if ran.ok:
        share = f"{percent(covered)} of the project is covered. " if covered and covered.lines.total else ""
        print_words(console, f"  {share}[dim]`greenline gaps` shows what is left.[/]", indent=2)


def _print_failure(console: Console, failure: Failure) -> None:
    name = escape(failure.node_id) or "all tests"
    console.print(f"{mark(console, 'failed')} [bold]{name}[/]  [dim]{_place(failure.test)}[/]".rstrip(), soft_wrap=True)
    for line in failure.message.strip().splitlines():
        console.print(f"    {escape(line)}", soft_wrap=True)
    if failure.source is not None:
        console.print(f"    [dim]raised at {_place(failure.source)}[/]", soft_wrap=True)
    if failure.next_step:
        print_words(console, f"    [cyan]{escape(failure.next_step)}[/]", indent=4)


def _place(place: Place | None) -> str:
    return "" if place is None else escape(f"{shown(place.path)}:{place.line}")
