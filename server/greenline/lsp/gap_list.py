"""``greenline/gaps``: the files of the workspace by what tests of them would gain, and the functions of one of them.

Of one file it costs what the file costs. The workspace is looked at a file at a time, between the pictures of open
documents, so many files for one answer; the rest is looked at afterwards, and then the client is told to ask again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from greenline.domain.coverage.gap_ranking import ranked_files
from greenline.lsp import names
from greenline.lsp.arguments import natural
from greenline.lsp.file_pictures import shown_of
from greenline.lsp.pictures import LARGEST
from greenline.lsp.workspace_folders import folders, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from greenline.domain.coverage.gap_ranking import FileGaps, FunctionGaps
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Files that one answer looks at, of those that it does not know yet."""
_FILES = 100
"""Files in one answer, where the client does not say how many."""

_Known = tuple[object, "FileGaps | None"]


class GapList:
    """Used on the loop's thread only. ``ask_again`` tells the client that there is more, or something else."""

    def __init__(self, session: Session, ask_again: Callable[[], None]) -> None:
        self._session = session
        self._ask_again = ask_again
        self._known: dict[Path, _Known] = {}
        self._looking = asyncio.Lock()
        self._goes_on = False

    async def answer(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the request, and the command of that name; docs/protocol.md has both."""
        uri = values.get("uri")
        if isinstance(uri, str):
            return {"protocol": names.PROTOCOL, **await self._of_file(uri)}
        files, left = await self.files()
        ranked = ranked_files(files)
        first, most = natural(values, "offset", 0), natural(values, "limit", _FILES)
        page = ranked[first : first + most]
        return {
            "protocol": names.PROTOCOL,
            "state": "measured" if files else "waiting" if left else "no-data",
            "files": [self._file(file) for file in page],
            "more": max(0, len(ranked) - first - len(page)),
            "unread": left,
            "gain": sum(file.gain for file in ranked),
        }

    async def files(self) -> tuple[list[FileGaps], int]:
        """Return what is known of the workspace's files, and how many were not looked at yet."""
        async with self._looking:
            stamps = await self._stamps()
            left = await self._look(stamps, AT_ONCE)
        self._known = {path: known for path, known in self._known.items() if path in stamps}
        if left and not self._goes_on:
            self._goes_on = True
            self._session.spawn(self._go_on(), "gaps of the other files")
        return [found for _, found in self._known.values() if found is not None], left

    async def _go_on(self) -> None:
        try:
            async with self._looking:
                stamps = await self._stamps()
            while not self._session.is_over:
                async with self._looking:
                    if not await self._look(stamps, AT_ONCE):
                        break
        finally:
            self._goes_on = False
        self._ask_again()

    async def _look(self, stamps: Mapping[Path, object], most: int) -> int:
        """Look at so many files that are not known as they are now. Returns how many are left."""
        known, open_now = self._known, {document.path for document in self._session.documents.all_open()}
        new = [path for path, stamp in stamps.items() if path not in known or known[path][0] != stamp]
        # Of open documents pictures are remembered, until anything changes that one may show.
        shown = sorted((open_now & stamps.keys()) - set(new))
        for path in [*shown, *new[:most]]:
            if self._session.is_over:
                return 0
            known[path] = (stamps[path], await self._gaps(path))
        return len(new[most:])

    async def _gaps(self, path: Path) -> FileGaps | None:
        session = self._session
        document = session.documents.open_at(path)
        if document is not None and document.is_python:
            shown = await session.pictures.of(document.uri)
            return _file_gaps(shown) if shown is not None else None

        def draw() -> FileGaps | None:
            from greenline.services.file_gaps import file_gaps  # noqa: PLC0415 - loaded with the services

            text = session.documents.read(path)
            if text is None or len(text) > LARGEST:
                return None
            return file_gaps(session.services.current().show.picture(path, text))

        try:
            return await asyncio.get_running_loop().run_in_executor(session.executor, draw)
        except Exception:
            log.exception("the gaps of %s", path)
            return None

    async def _stamps(self) -> dict[Path, object]:
        """Return the source files that coverage data tells of, each with what changes when its picture may."""
        session = self._session
        paths = [*folders(session).values(), *sorted(document.path for document in session.documents.all_open())]
        versions = {document.path: document for document in session.documents.all_open()}

        def find() -> dict[Path, object]:
            from greenline.services.show_coverage import is_test  # noqa: PLC0415 - loaded with the services

            services = session.services.current()
            found: dict[Path, object] = {}
            for project in services.files.of(paths):
                state = services.show.report_stamp(project.files[0], project.project) if project.files else None
                tests = {path for path in project.files if is_test(project.project, path)}
                saved = [_stamp(path) for path in sorted(tests)]  # what changed tests ran is not known any more
                for path in project.files:
                    if path not in tests:
                        found[path] = (state, saved, versions.get(path) or _stamp(path))
            return found

        await session.load_services()
        try:
            return await asyncio.to_thread(find)
        except Exception:
            log.exception("the files of the workspace cannot be found")
            return {}

    async def _of_file(self, uri: str) -> dict[str, Any]:
        shown = await shown_of(self._session, uri)
        if shown is None:
            return {"state": "no-data", "message": "This is no Python file that can be read.", "functions": []}
        found = _file_gaps(shown)
        positions = self._session.positions(shown.document.text)
        functions = [_function(shown, one, positions) for one in found.functions] if found else []
        picture = shown.picture
        return {"state": picture.state, "message": picture.message, "version": shown.document.version,
                "functions": functions}  # fmt: skip

    def _file(self, file: FileGaps) -> dict[str, Any]:
        folder = shown_path(self._session, file.path).parent.as_posix()
        return {
            "uri": self._session.documents.uri_of(file.path),
            "name": file.path.name,
            "folder": "" if folder == "." else folder,
            "percent": file.summary.whole_percent,
            **gained(file.lines, file.branches),
        }


def gained(lines: int, branches: int) -> dict[str, Any]:
    """Return what a test would add: the figures, and the words that a person reads or hears."""
    return {"lines": lines, "branches": branches, "words": names.counted({"line": lines, "branch": branches})}


def _file_gaps(shown: Shown) -> FileGaps | None:
    from greenline.services.file_gaps import file_gaps  # noqa: PLC0415 - loaded with the services

    return None if names.is_test_file(shown.document.path) else file_gaps(shown.picture)


def _function(shown: Shown, one: FunctionGaps, positions: Positions) -> dict[str, Any]:
    document, function = shown.document, one.function
    qualname = function.qualname if function else None
    gaps = [
        {"message": gap.explanation, "kind": gap.kind, "range": positions.plain_range(
            gap.span.start_line, gap.span.start_column, gap.span.start_column)}
        for gap in one.gaps
    ]  # fmt: skip
    return {
        "name": qualname or "outside of functions",
        "range": positions.plain_range(function.line, function.name_column, function.name_column)
        if function
        else gaps[0]["range"],
        "target": names.target(document.uri, qualname, document.version) if qualname else None,
        **gained(one.lines, one.branches),
        "gaps": gaps,
    }


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size)
