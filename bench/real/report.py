"""The results as Markdown."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from measure import Check, Row

_REASON = 110


def table(title: str, rows: Sequence[Row], removed: Sequence[str]) -> Iterator[str]:
    """Yield one package's lines. "after" is Greenline's figure; "coverage.py" is measured apart from it, at the end."""
    yield f"### {title}"
    yield ""
    yield f"Its own tests were taken out first: {', '.join(removed) or 'it has none'}."
    yield ""
    yield "| function | status | tests | lines | branches | coverage.py after | s | reason |"
    yield "| --- | --- | ---: | --- | --- | --- | ---: | --- |"
    for row in rows:
        cells = [
            f"`{row.target}`",
            row.status,
            str(len(row.tests)),
            _change(row, "lines"),
            _change(row, "branches"),
            _measured(row),
            f"{row.seconds:.1f}",
            _short(row.reason),
        ]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def totals(rows: Sequence[Row], checks: Sequence[Check]) -> Iterator[str]:
    """Yield the sums over all packages."""
    seconds = sorted(row.seconds for row in rows)
    confirmed = [row for row in rows if row.status == "confirmed"]
    again = sum(len(check.passed) for check in checks)
    written = again + sum(len(check.not_passed) for check in checks)
    yield f"**Confirmed: {len(confirmed)} of {len(rows)} functions.** Other ends: {_others(rows)}."
    yield ""
    median = statistics.median(seconds)
    yield f"- Seconds per function, with the start of the program: median {median:.1f}, p95 {p95(seconds):.1f}."
    known = sum(1 for row in rows if row.coverage)
    yield f"- Greenline's figures, {known} functions: lines {_sum(rows, 'lines')}, branches {_sum(rows, 'branches')}."
    yield f"- coverage.py's figures, all functions: {_all_measured(rows, 'lines')}, {_all_measured(rows, 'branches')}."
    yield f"- Run again under plain pytest in a fresh process: {again} of {written} written tests passed."
    for check in checks:
        if check.not_passed:
            yield f"- Did not pass again: {', '.join(check.not_passed)}."
    for row in overstated(rows):
        yield f"- coverage.py counts less than Greenline for `{row.target}`."


def overstated(rows: Sequence[Row]) -> list[Row]:
    """Return the functions for which Greenline claims more than coverage.py finds with all the tests."""
    return [
        row
        for row in rows
        if row.coverage
        and (
            row.measured is None or any(row.coverage["after"][k][0] > row.measured[k][0] for k in ("lines", "branches"))
        )
    ]


def p95(ordered: Sequence[float]) -> float:
    """Return the value that 95 % do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def _change(row: Row, kind: str) -> str:
    if not row.coverage:
        return ""
    before, after = (row.coverage[when][kind] for when in ("before", "after"))
    return f"{before[0]} → {after[0]} of {after[1]}"


def _measured(row: Row) -> str:
    if not row.measured:
        return ""
    lines, branches = row.measured["lines"], row.measured["branches"]
    return f"{lines[0]}/{lines[1]} lines, {branches[0]}/{branches[1]} branches"


def _sum(rows: Sequence[Row], kind: str) -> str:
    known = [row.coverage for row in rows if row.coverage]
    before, after = (sum(each[when][kind][0] for each in known) for when in ("before", "after"))
    return f"{before} → {after} of {sum(each['after'][kind][1] for each in known)}"


def _all_measured(rows: Sequence[Row], kind: str) -> str:
    known = [row.measured[kind] for row in rows if row.measured]
    return f"{sum(each[0] for each in known)} of {sum(each[1] for each in known)} {kind}"


def _others(rows: Sequence[Row]) -> str:
    ends = [row.status for row in rows if row.status != "confirmed"]
    return ", ".join(f"{ends.count(end)} {end.replace('_', ' ')}" for end in sorted(set(ends))) or "none"


def _short(reason: str) -> str:
    line = " ".join(reason.split()).replace("|", "\\|")
    return line if len(line) <= _REASON else f"{line[: _REASON - 1]}…"
