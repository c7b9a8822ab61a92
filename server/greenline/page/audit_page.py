"""The page of an audit: what is weak in tests, the worst first, and what was not looked at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import KINDS, MEANINGS
from greenline.page.audit_words import left_out, name_of, summary
from greenline.page.markup import Html, element
from greenline.page.report import document
from greenline.page.tables import MOST_ROWS, narrowing, numbered, table
from greenline.page.words import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.domain.auditing.model import Weakness
    from greenline.page.tables import Cell
    from greenline.services.audit_tests import Audit

_ORDER = (
    "Weight says which kinds are worse than others: tests that cannot fail before tests that are slow. A click on a "
    "column sorts."
)


def audit_page(audit: Audit, title: str, name: Callable[[Path], str]) -> str:
    """Return the page; ``name`` says how a path is written."""
    sections = [_summary(audit)]
    if audit.weaknesses:
        sections.append(_tables(audit, name))
    return document(title, *sections)


def _summary(audit: Audit) -> Html:
    said = [element("p", one_line(line)) for line in [*left_out(audit), *audit.notes]]
    problems = [element("li", one_line(problem)) for problem in audit.problems]
    missing = [element("p", "Not looked at:"), element("ul", *problems)] if problems else []
    sum_ = element("p", element("strong", summary(audit)))
    return element("section", element("h2", "Summary"), sum_, *said, *missing, id="summary")


def _tables(audit: Audit, name: Callable[[Path], str]) -> Html:
    number = len(audit.weaknesses)
    more = f"Not in this table: {number - MOST_ROWS:,} of less weight."
    return element(
        "section",
        element("h2", "What is weak"),
        element("p", _ORDER),
        narrowing(),
        table("weaknesses", "kind|test or function|where|why|what to do|weight", _rows(audit, name)),
        *([element("p", more)] if number > MOST_ROWS else []),
        table("kinds", "kind|what it means|found", _kinds(audit)),
        id="tables",
    )


def _rows(audit: Audit, name: Callable[[Path], str]) -> list[tuple[Cell, ...]]:
    return [_row(one, f"{name(one.path)}:{one.line}") for one in audit.weaknesses[:MOST_ROWS]]


def _row(one: Weakness, place: str) -> tuple[Cell, ...]:
    weight = numbered(len(KINDS) - KINDS.index(one.kind))
    return one.kind, one_line(name_of(one)), one_line(place), one_line(one.evidence), one_line(one.advice), weight


def _kinds(audit: Audit) -> list[tuple[Cell, ...]]:
    found = Counter(one.kind for one in audit.weaknesses)
    return [(kind, MEANINGS[kind], numbered(found[kind])) for kind, _ in found.most_common()]
