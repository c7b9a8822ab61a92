"""How an audit reads in a terminal: one line for each weakness, the worst first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli.console import mark, print_words, shown
from greenline.domain.auditing.model import KINDS
from greenline.page.words import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from greenline.domain.auditing.model import Weakness
    from greenline.services.audit_tests import Audit

_BAD = frozenset(KINDS[: KINDS.index("over-mocked")])


def print_audit(console: Console, audit: Audit) -> None:
    """Print the weaknesses, then what was looked at and what was not."""
    for one in audit.weaknesses:
        sign = mark(console, "problem" if one.kind in _BAD else "warning")
        place = f"{shown(one.path)}:{one.line}"
        what = f"[bold]{one.kind}[/] {escape(place)} [cyan]{escape(one_line(name_of(one)))}[/]"
        said = f"{escape(one_line(one.evidence))} [dim]{escape(one_line(one.advice))}[/]"
        print_words(console, f"{sign} {what}  {said}", indent=2)
    if audit.weaknesses:
        console.print()
    state = "warning" if audit.weaknesses or not audit.tests else "ok"
    print_words(console, f"{mark(console, state)} {escape(summary(audit))}", indent=2)
    for line in [*left_out(audit), *audit.notes]:
        print_words(console, f"  [dim]{escape(one_line(line))}[/]", indent=2)
    for problem in audit.problems:
        print_words(console, f"{mark(console, 'problem')} {escape(one_line(problem))}", indent=2)


def name_of(one: Weakness) -> str:
    """Return the test's or function's name without its file, which stands beside it."""
    return one.subject.partition("::")[2] or one.subject


def summary(audit: Audit) -> str:
    """Return one sentence: how many of what, in how many tests."""
    looked = f"{_count(audit.tests, 'test')} of {_count(audit.files, 'file')}"
    if not audit.tests:
        return "There are no tests to judge."
    if not audit.weaknesses:
        return f"No weakness was found in {looked}."
    kinds = Counter(one.kind for one in audit.weaknesses)
    words = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
    number = len(audit.weaknesses)
    return f"{number} {'weakness' if number == 1 else 'weaknesses'} in {looked}: {words}."


def left_out(audit: Audit) -> list[str]:
    """Return what is not told, counted."""
    return [f"{count} left out {why}." for why, count in audit.left_out.items()]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
