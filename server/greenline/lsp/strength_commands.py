"""The command that measures how strong the tests of a function are; lens and hover show it for as long as it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline.lsp import names, testing
from greenline.lsp.covering_commands import checked, found
from greenline.lsp.documents import path_of
from greenline.lsp.file_pictures import shown_of
from greenline.lsp.findings import could_not_judge
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.session import Info
from greenline.ports.progress import Share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from greenline.jobs.registry import Work
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.measure_strength import Measured

_MOST_TOLD = 2
"""Changes that a message names; the hover and the log have all."""
_NO_FILE = "How strong tests are is measured of functions in Python files on disk; save this code as a .py file first."


class StrengthCommands:
    """Arguments and answers are what docs/protocol.md says; ``start`` and ``refuse`` are those of ``Commands``."""

    def __init__(
        self, session: Session, start: Callable[..., dict[str, Any]], refuse: Callable[[str], dict[str, Any]]
    ) -> None:
        self._session = session
        self._start = start
        self._refuse = refuse

    def measure(self, *arguments: object) -> dict[str, Any]:
        """``greenline.measureStrength``: of the tests that reach a function, by its name or by a line in it."""
        uri, of = checked(arguments, names.MEASURE_STRENGTH)
        path = path_of(uri)
        if path is None:
            return self._refuse(_NO_FILE)
        what = of if isinstance(of, str) else f"the function in line {of}"
        return self._start(
            ("strength", path, of), f"Measure how strong the tests of {what} are", self._work(uri, path, of), path
        )

    def _work(self, uri: str, path: Path, of: str | int) -> Work:
        async def work(progress: Progress) -> Finished:
            progress.step("Looking for the tests that reach it")
            services = await self._session.load_services()
            qualname = await self._name(uri, of)
            tests = await self._tests(uri, path, qualname, Share(progress, 0.0, 0.2))
            files = await self._session.findings.texts_of(tests)
            measured = await services.strength().measure(path, qualname, tests, Share(progress, 0.2, 1.0))
            if measured.strength is None:
                raise Unfinished(measured.problem)
            await self._session.findings.take_strength(path, qualname, measured, files)
            self._session.redraw()
            for change in measured.unnoticed:
                self._session.log(f"{qualname}: no test notices {change.words}")
            message = _message(qualname, measured)
            self._session.show(names.plain(message), Info)
            return Finished(message)

        return work

    async def _name(self, uri: str, of: str | int) -> str:
        """Return the qualified name; a local function is part of the one around it. Raises Unfinished without one."""
        shown = await shown_of(self._session, uri)
        if shown is None:
            raise Unfinished(_NO_FILE)
        module, name = shown.picture.module, shown.document.path.name
        if isinstance(of, str):
            if module.function(of) is None:
                raise Unfinished(f"{name} has no function {of}.")
            return of
        around = [f for f in module.functions if f.first_line <= of <= f.end_line and not f.is_local]
        if not around:
            raise Unfinished(f"There is no function in line {of} of {name}.")
        return max(around, key=lambda function: function.first_line).qualname

    async def _tests(self, uri: str, path: Path, qualname: str, progress: Progress) -> Sequence[str]:
        """Return the tests that are known to reach it; where none is known, those of its file run first, to know."""
        about = await found(self._session, uri, qualname)
        if not about.places:
            await testing.run_tests_of(self._session, path, progress)
            about = await found(self._session, uri, qualname)
        if not about.places:
            raise Unfinished(about.message)
        return [place.absolute_id for place in about.places]


def _message(qualname: str, measured: Measured) -> str:
    strength, unnoticed = measured.strength, measured.unnoticed
    assert strength is not None
    count = "its test notices" if len(measured.tests) == 1 else f"its {len(measured.tests)} tests notice"
    said = f"{qualname}: {count} {strength.words}"
    if unnoticed:
        told = "; ".join(change.words for change in unnoticed[:_MOST_TOLD])
        more = f"; and {len(unnoticed) - _MOST_TOLD} more" if len(unnoticed) > _MOST_TOLD else ""
        said += f". Not noticed: {told}{more}"
    left = f" {measured.left} more were not tried, to have an end." if measured.left else ""
    silent = f" {could_not_judge(measured.unasked)}" if measured.unasked else ""
    return f"{said}.{left}{silent}"
