"""For test explorers: the tests that are known, which files they reach, and what ran in one of those, by test too.

Nothing is collected for it: known is what ran with Greenline. What reaches a file, reports say as well.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcInvalidParams

from greenline.domain.coverage.contexts import lines_of
from greenline.lsp import edits, names
from greenline.lsp.arguments import uri_in
from greenline.lsp.file_pictures import shown_of
from greenline.lsp.workspace_folders import folders, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.code.model import Function
    from greenline.domain.coverage.gap_ranking import FileGaps
    from greenline.domain.coverage.model import CoverageMap, Ratio
    from greenline.domain.coverage.reaching import Recording
    from greenline.lsp.gap_list import GapList
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

_WITH_TESTS = 200
"""Files of which it is told by which tests they are reached: each costs as much as it has tests."""

log = logging.getLogger(__name__)


class KnownTests:
    """Answers requests; docs/protocol.md has them."""

    def __init__(self, session: Session, gaps: GapList) -> None:
        self._session = session
        self._gaps = gaps

    async def tests(self) -> dict[str, Any]:
        """``greenline/tests``: by file, in the order of the text."""
        session = self._session
        paths = [*folders(session).values()] or [document.path for document in session.documents.all_open()]
        services = await session.load_services()
        try:
            found = await asyncio.to_thread(services.tests.of, paths)
        except Exception:
            log.exception("the tests of the workspace")
            found = []
        by_file: dict[Path, list[dict[str, Any]]] = {}
        for test in found:
            item = {"id": test.absolute_id, "name": test.name, "line": test.line}
            by_file.setdefault(test.path, []).append(item)
        files = [
            {"uri": session.documents.uri_of(path), "name": shown_path(session, path).as_posix(), "tests": tests}
            for path, tests in sorted(by_file.items())
        ]
        return {"protocol": names.PROTOCOL, "files": files}

    async def covered_files(self) -> dict[str, Any]:
        """``greenline/coveredFiles``: how much of each file ran, as ``greenline/gaps`` looks at them."""
        files, left = await self._gaps.files()
        files = [file for file in files if file.summary.lines.total]
        tests = await self._reaching(files)
        found = [
            {
                "uri": self._session.documents.uri_of(file.path),
                "lines": _figures(file.summary.lines),
                "branches": _figures(file.summary.branches),
                "functions": list(file.called),
                "tests": tests.get(file.path, []),
            }
            for file in files
        ]
        return {"protocol": names.PROTOCOL, "files": found, "unread": left}

    async def details(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """``greenline/coverageDetails``: the statements and functions of one file; of one test, what that ran."""
        uri, test = uri_in(values), values.get("test")
        if test is not None and not isinstance(test, str):
            raise JsonRpcInvalidParams("the test is named by its id, as greenline/tests tells it")
        shown = await shown_of(self._session, uri)
        if shown is None or shown.picture.map is None:
            return {"protocol": names.PROTOCOL, "statements": [], "functions": []}
        coverage = shown.picture.map
        ran, imported = (coverage.covered, frozenset[int]()) if test is None else await self._ran(shown, test)
        positions = self._session.positions(shown.document.text)
        functions = [
            {
                "name": function.qualname,
                "range": _body(function, positions),
                "ran": summary.lines.covered > 0
                if test is None
                else any(line in ran for line in range(function.body_line, function.end_line + 1)),
            }
            for function in shown.picture.module.functions
            if (summary := shown.picture.functions.get(function.qualname)) is not None
        ]
        statements = [
            _statement(line, coverage, ran, by_test=test is not None)
            for line in sorted((coverage.covered | coverage.missing) - imported)
        ]
        return {"protocol": names.PROTOCOL, "statements": statements, "functions": functions}

    async def _reaching(self, files: Sequence[FileGaps]) -> dict[Path, list[str]]:
        """Return the ids of the tests that reach each of the first files, as far as they are known and still there."""
        session = self._session
        services = await session.load_services()

        def find() -> dict[Path, list[str]]:
            texts: dict[Path, str] = {}
            for file in files[:_WITH_TESTS]:
                text = edits.current_text(session, file.path)
                if text is not None:
                    texts[file.path] = text
            found = services.covering.reaching(texts)
            return {path: [place.absolute_id for place in places] for path, places in found.items()}

        try:
            return await asyncio.to_thread(find)
        except Exception:
            log.exception("which tests reach the files")
            return {}

    async def _ran(self, shown: Shown, test: str) -> tuple[frozenset[int], frozenset[int]]:
        """Return the statements that one test ran, and those that ran in no test, as imports do."""
        from greenline.services.test_places import without_parameters  # noqa: PLC0415 - loaded with the services

        known = await self._session.covering.of(shown.document)
        named = {name for recording in known.recordings for name in recording.tests}
        places = await self._session.covering.places(shown.document, named)
        wanted = {place.node_id for place in places if place.absolute_id == test}
        ran, imported = frozenset[int](), frozenset[int]()
        for recording in known.recordings:
            of_test = [bits for name, bits in recording.tests.items() if without_parameters(name) in wanted]
            if of_test:
                ran |= _statements(recording, of_test, shown)
                imported |= _statements(recording, [recording.outside], shown)
        return ran, imported - ran


def _statements(recording: Recording, bits: Iterable[int], shown: Shown) -> frozenset[int]:
    """Return the statements, in the text of now, that these lines of the text that was measured belong to."""
    if shown.picture.map is None:
        return frozenset()
    then = {line for some in bits for line in lines_of(some)}
    first_line = shown.picture.map.statements.first_line
    return frozenset(first_line.get(line, line) for line, was in recording.came_from.items() if was in then)


def _statement(line: int, coverage: CoverageMap, ran: frozenset[int], *, by_test: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"line": line, "ran": line in ran}
    ways = coverage.statements.branches.get(line, frozenset())
    if len(ways) > 1 and line not in coverage.statements.no_branch and coverage.branches_known and not by_test:
        found["branches"] = [
            {"to": way if way > 0 else None, "taken": line in ran and (line, way) not in coverage.missing_branches}
            for way in sorted(ways, key=lambda way: (way < 0, way))
        ]
    return found


def _body(function: Function, positions: Positions) -> dict[str, Any]:
    """Return the range of a function from the end of its first line on: the ``def`` runs where it stands."""
    start, end = (positions.plain_range(line, 0, sys.maxsize)["end"] for line in (function.line, function.end_line))
    return {"start": start, "end": end}


def _figures(ratio: Ratio) -> list[int]:
    return [ratio.covered, ratio.total]
