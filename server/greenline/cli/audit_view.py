"""How an audit reads in a terminal: one line for each weakness, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli.console import mark, print_words, shown
from greenline.domain.auditing.model import KINDS
from greenline.page.audit_words import left_out, name_of, summary
from greenline.page.words import one_line

if TYPE_CHECKING:
    from rich.console import Console

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
