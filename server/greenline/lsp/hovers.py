"""Hover: whether a line or a function ran, which ways it took, which tests reach it, and since when that is known."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types

from greenline.domain.code.model import Class, Function
from greenline.domain.coverage.branch_words import BranchWords
from greenline.domain.coverage.reaching import body_lines
from greenline.lsp import names
from greenline.lsp.covering import counted, methods_of, statement_lines
from greenline.lsp.findings import could_not_judge
from greenline.lsp.lenses import class_column, class_summary, function_summary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from greenline.domain.coverage.model import CoverageMap, Ratio, Summary
    from greenline.domain.coverage.reaching import Reached
    from greenline.lsp.covering import Known
    from greenline.lsp.findings import Noticed
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session
    from greenline.services.test_places import TestPlace

_MOST = 8
"""Tests that are named; the others are counted."""
_MOST_BRANCHES = 6
_LEFT_OUT = "**Not counted**: a pragma or the project's configuration leaves it out."
_TOUCHED = "It changed since it was measured. Run the tests to know."


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """Answer ``textDocument/hover``; None where there is nothing to say."""
    if not session.settings.hover:
        return None
    shown = await session.pictures.of(params.text_document.uri)
    if shown is None or shown.picture.map is None or shown.picture.state != "measured":
        return None
    positions = session.positions(shown.document.text)
    line, column = positions.line_of(params.position), positions.column_of(params.position)
    subject = _named(shown, line, column) or _line(shown, line)
    if subject is None:
        return None
    known = await session.covering.of(shown.document)
    words = _Markdown(session) if session.client.hovers_markdown else _Words()
    found = known.of_lines(subject.lines)
    places = await session.covering.places(shown.document, found.tests) if found.tests else []
    noticed = (await session.findings.of(shown.document)).noticed.get(subject.name)
    strength = _strength(noticed) if noticed else ()
    tests = _tests(subject, found, known, places, words)
    text = words.joined([*subject.said, *tests, *strength, *_ages(subject, known, words)])
    command = words.run(shown, subject) if found.tests else ""
    return types.Hover(types.MarkupContent(words.kind, text + command), _range(subject, positions))


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    columns: tuple[int, int] | None = None
    """None: the whole line."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is looked at, what is said of it before its tests, and its lines."""

    said: tuple[str, ...]
    lines: Collection[int]
    place: _Place
    name: str = ""
    """Qualified, of a function or a class."""
    ran: bool = True
    """Some of it did."""
    at_import: bool = False
    """It stands outside of functions."""


def _named(shown: Shown, line: int, column: int) -> _Subject | None:
    """Return the function or class whose header stands there."""
    module, text = shown.picture.module, shown.document.lines
    for function in module.functions:
        name = range(function.name_column, function.name_column + len(function.name) + 1)
        on_name = function.line == line and column in name
        if on_name or function.line <= line < function.body_line:
            summary = function_summary(shown.picture, function)
            return _definition(shown, function, summary, _Place(line, (name[0], name[-1]) if on_name else None))
    for of in module.classes:
        if of.line == line:
            start = class_column(of, text[line - 1])
            end = start + len(of.qualname.rpartition(".")[2])
            place = _Place(line, (start, end) if start <= column <= end else None)
            return _definition(shown, of, class_summary(shown.picture, of), place)
    return None


def _definition(shown: Shown, of: Function | Class, summary: Summary | None, place: _Place) -> _Subject | None:
    if summary is None or shown.picture.map is None:
        return None
    inside = [of] if isinstance(of, Function) else methods_of(of, shown.picture.module)
    lines = {line for function in inside for line in body_lines(function)}
    gaps = [g for g in shown.picture.gaps if g.span.start_line >= of.line and g.span.end_line <= of.end_line]
    figures = [_of(summary.lines, "line", "lines")]
    if summary.branches.total:
        figures.append(_of(summary.branches, "branch", "branches"))
    if gaps:
        figures.append("1 gap" if len(gaps) == 1 else f"{len(gaps)} gaps")
    said = [f"**`{of.qualname}`**: {summary.whole_percent} % covered ({', '.join(figures)})"]
    changed = len(shown.picture.map.unknown & lines)
    if changed:
        which = "1 line changed since it was measured, and is" if changed == 1 else f"{changed} lines changed, and are"
        said.append(f"{which} not known.")
    return _Subject(tuple(said), lines, place, of.qualname, ran=bool(summary.lines.covered))


def _of(ratio: Ratio, one: str, several: str) -> str:
    return f"{ratio.covered} of {ratio.total} {one if ratio.total == 1 else several}"


def _line(shown: Shown, line: int) -> _Subject | None:
    coverage = shown.picture.map
    assert coverage is not None
    statements = coverage.statements
    first = statements.first_line.get(line, line)
    lines, place = statement_lines(statements, line), _Place(line)
    if first in coverage.unknown:
        return _Subject((f"**Unknown.** {_TOUCHED}",), lines, place, ran=False)
    if first in coverage.missing:
        return _Subject(tuple(_uncovered(shown, first)), lines, place, ran=False)
    inside = any(first in body_lines(function) for function in shown.picture.module.functions)
    if first in coverage.covered:
        return _Subject(tuple(_covered(shown, coverage, first)), lines, place, at_import=not inside)
    if first in statements.excluded:
        ran = " It ran all the same." if inside and first in coverage.excluded_ran else ""
        return _Subject((f"{_LEFT_OUT}{ran}",), (), place, ran=False)
    return None


def _uncovered(shown: Shown, line: int) -> Iterator[str]:
    yield "**Not covered**: no test that was measured runs this line."
    for gap in shown.picture.gaps:
        if gap.kind == "uncovered" and line in gap.lines:
            for _, words in gap.ways_in:
                yield f"- {words}"


def _covered(shown: Shown, coverage: CoverageMap, line: int) -> Iterator[str]:
    ends = sorted(coverage.statements.branches.get(line, ()), key=lambda end: (end < 0, end))
    if not ends or not coverage.branches_known or line in coverage.statements.no_branch:
        yield "**Covered**"
        return
    missing = {end for start, end in coverage.missing_branches if start == line}
    unknown = {end for start, end in coverage.unknown_branches if start == line}
    taken = len(ends) - len(missing) - len(unknown)
    head = "**Partly covered**" if missing else "**Covered**"
    yield f"{head}: {taken} of {len(ends)} branches taken" + (f", {len(unknown)} not known" if unknown else "")
    words = BranchWords(shown.document.text, shown.picture.module, coverage.statements.first_line)
    for end in ends[:_MOST_BRANCHES]:
        if end in unknown:
            continue
        yield f"- {words.describe((line, end)) if end in missing else words.describe_taken((line, end))}"


def _tests(
    subject: _Subject, found: Reached, known: Known, places: Sequence[TestPlace], words: _Words
) -> Iterator[str]:
    if not subject.ran:
        return
    if found.tests:
        yield f"Reached by {counted(found)}: {_list(found, places, words)}"
        if found.outside:
            yield "It also ran outside of them."
    elif subject.at_import:
        yield "It runs when the module is imported."
        return
    elif found.outside and found.complete:
        yield "It ran outside of the tests that are named: while modules were imported, or in a run that names none."
    if not found.complete:
        yield from known.notes


def _strength(noticed: Noticed) -> Iterator[str]:
    """Say which small changes no test notices."""
    told = noticed.unnoticed
    yield f"Its tests notice {noticed.strength.words}{', but not these:' if told else '.'}"
    for line, change in told[:_MOST]:
        yield f"- line {line}: {change}"
    if len(told) > _MOST:
        yield f"- and {len(told) - _MOST} more"
    if noticed.unasked:
        yield could_not_judge(noticed.unasked)


def _list(found: Reached, places: Sequence[TestPlace], words: _Words) -> str:
    told = [words.test(place) for place in places[:_MOST]]
    gone = len(found.tests) - sum(place.cases for place in places)
    others = sum(place.cases for place in places[_MOST:])
    if others:
        told.append(f"and {others} more")
    if gone:
        told.append(f"{gone} {'is' if gone == 1 else 'are'} there no more" if told else "not there any more")
    return ", ".join(told)


def _ages(subject: _Subject, known: Known, words: _Words) -> Iterator[str]:
    """Say when it was measured, of every measurement that tells of these lines."""
    said: dict[str, float] = {}
    for recording in known.recordings:
        if recording.at is not None and any(line in recording.came_from for line in subject.lines):
            by = recording.report or "by Greenline's own run"
            said[by] = max(recording.at, said.get(by, 0.0))
    if said:
        ages = [f"{age(at)} {by if by.startswith('by ') else f'({by})'}" for by, at in said.items()]
        yield words.small(f"Measured {', and '.join(ages)}")


def age(at: float, now: float | None = None) -> str:
    """Return how long ago that is."""
    seconds = (time.time() if now is None else now) - at
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def _range(subject: _Subject, positions: Positions) -> types.Range:
    if subject.place.columns is None:
        return positions.line_range(subject.place.line)
    start, end = (positions.position(subject.place.line, column) for column in subject.place.columns)
    return types.Range(start, end)


class _Words:
    """Plain text."""

    kind = types.MarkupKind.PlainText

    def joined(self, parts: Sequence[str]) -> str:
        return "\n".join(part.replace("**", "").replace("`", "") for part in parts)

    def test(self, place: TestPlace) -> str:
        return place.name + _cases(place)

    def small(self, text: str) -> str:
        return text

    def run(self, _shown: Shown, _subject: _Subject) -> str:
        return ""


class _Markdown(_Words):
    """Markdown. Tests are links to their files; commands are links only where the client says that it follows them."""

    kind = types.MarkupKind.Markdown

    def __init__(self, session: Session) -> None:
        self._session = session

    def joined(self, parts: Sequence[str]) -> str:
        text = ""
        for before, part in zip(["", *parts], parts, strict=False):
            in_list = before.startswith("- ") and part.startswith("- ")
            text += ("\n" if in_list else "\n\n" if text else "") + part
        return text

    def test(self, place: TestPlace) -> str:
        uri = self._session.documents.uri_of(place.path)
        # As code, since Markdown takes underscores for emphasis and editors show the backslashes that prevent it.
        return f"[`{place.name}`]({uri}#L{place.line}){_cases(place)}"

    def small(self, text: str) -> str:
        return f"*{text}*"

    def run(self, shown: Shown, subject: _Subject) -> str:
        if not (self._session.client.follows_commands and self._session.may_run):
            return ""
        where = {"qualname": subject.name} if subject.name else {"line": subject.place.line}
        argument = quote(json.dumps([{"uri": shown.document.uri, **where}]))
        return f"\n\n[Run these tests](command:{names.RUN_COVERING_TESTS}?{argument})"


def _cases(place: TestPlace) -> str:
    return f" ({place.cases} cases)" if place.cases > 1 else ""
