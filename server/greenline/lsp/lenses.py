"""Code lenses: over each function its coverage and "Generate test"; at the top of the file what is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.domain.code.regions import own_lines
from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.coverage.model import Gap, Summary
    from greenline.domain.generation.model import Strength
    from greenline.lsp.pictures import Shown
    from greenline.lsp.positions import Positions
    from greenline.lsp.session import Session

_RUNNABLE = {"no-data", "outdated", "unreadable"}
"""States that a run of the tests would mend."""


async def lenses(session: Session, uri: str) -> list[types.CodeLens]:
    """Return the lenses of one document; none where they are switched off."""
    if not session.settings.code_lens:
        return []
    shown = await session.pictures.of(uri)
    if shown is None:
        return []
    positions = session.positions(shown.document.text)
    strengths = (await session.findings.of(shown.document)).strengths
    found = _of_file(shown, positions)
    if not names.is_test_file(shown.document.path):
        gaps: dict[str | None, list[Gap]] = defaultdict(list)
        for gap in shown.picture.gaps:
            gaps[gap.function].append(gap)
        for function in shown.picture.module.functions:
            if not function.is_local:
                lens = _OfFunction(session, shown, function, gaps[function.qualname], strengths.get(function.qualname))
                found.extend(lens.lenses(positions))
    return found


def _of_file(shown: Shown, positions: Positions) -> list[types.CodeLens]:
    picture = shown.picture
    if picture.state == "measured" or not picture.message:
        return []
    top = types.Range(positions.position(1, 0), positions.position(1, 0))
    found = [types.CodeLens(top, command=types.Command(picture.message, ""))]
    if picture.state in _RUNNABLE:
        run = types.Command("Run tests with coverage", names.RUN_TESTS, arguments=[{"uri": shown.document.uri}])
        found.append(types.CodeLens(top, command=run))
    return found


@dataclass(frozen=True, slots=True)
class _OfFunction:
    """What stands over one function."""

    session: Session
    shown: Shown
    function: Function
    gaps: Sequence[Gap]
    strength: Strength | None

    def lenses(self, positions: Positions) -> list[types.CodeLens]:
        function, document = self.function, self.shown.document
        where = types.Range(
            positions.position(function.line, function.name_column),
            positions.position(function.line, function.name_column + len(function.name)),
        )
        commands: list[types.Command] = []
        summary = self.shown.picture.functions.get(function.qualname)
        if summary is not None:
            commands.append(self._coverage(summary))
        if summary is None or summary.whole_percent < 100 or self._changed():  # noqa: PLR2004 - complete
            target = names.target(document.uri, function.qualname, document.version)
            commands.append(types.Command("Generate test", names.GENERATE_TEST, arguments=[target]))
        return [types.CodeLens(where, command=command) for command in commands]

    def _coverage(self, summary: Summary) -> types.Command:
        title = f"{self.function.name}: {summary.whole_percent} %"
        if self.gaps:
            title += f" · {len(self.gaps)} {'gap' if len(self.gaps) == 1 else 'gaps'}"
        if changed := self._changed():
            title += f" · {changed} {'line' if changed == 1 else 'lines'} changed since"
        if self.strength:
            title += f" · new tests notice {self.strength.words}"
        if not self.gaps or not self.session.client.shows_documents:
            return types.Command(title, "")
        first = self.gaps[0].span
        where = {"uri": self.shown.document.uri, "line": first.start_line, "column": first.start_column}
        return types.Command(title, names.SHOW_GAP, arguments=[where])

    def _changed(self) -> int:
        """Return how many lines of it nobody knows, because they changed after they were measured."""
        picture = self.shown.picture
        if picture.map is None:
            return 0
        return len(picture.map.unknown & own_lines(self.function, picture.module))
