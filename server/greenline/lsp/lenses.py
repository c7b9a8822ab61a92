"""Code lenses: over each function its coverage and "Generate test"; at the top of the file what is wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.coverage.model import Gap, Summary
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
    found = _of_file(shown, positions)
    if not names.is_test_file(shown.document.path):
        gaps: dict[str | None, list[Gap]] = defaultdict(list)
        for gap in shown.picture.gaps:
            gaps[gap.function].append(gap)
        for function in shown.picture.module.functions:
            if not function.is_local:
                found.extend(_of_function(session, shown, positions, function, gaps[function.qualname]))
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


def _of_function(
    session: Session, shown: Shown, positions: Positions, function: Function, gaps: Sequence[Gap]
) -> list[types.CodeLens]:
    where = types.Range(
        positions.position(function.line, function.name_column),
        positions.position(function.line, function.name_column + len(function.name)),
    )
    commands: list[types.Command] = []
    summary = shown.picture.functions.get(function.qualname)
    if summary is not None:
        commands.append(_coverage_command(session, shown, function, summary, gaps))
    if summary is None or summary.whole_percent < 100:  # noqa: PLR2004 - complete
        target = names.target(shown.document.uri, function.qualname, shown.document.version)
        commands.append(types.Command("Generate test", names.GENERATE_TEST, arguments=[target]))
    return [types.CodeLens(where, command=command) for command in commands]


def _coverage_command(
    session: Session, shown: Shown, function: Function, summary: Summary, gaps: Sequence[Gap]
) -> types.Command:
    title = f"{function.name}: {summary.whole_percent} %"
    if gaps:
        title += f" · {len(gaps)} {'gap' if len(gaps) == 1 else 'gaps'}"
    if not gaps or not session.client.shows_documents:
        return types.Command(title, "")
    first = gaps[0].span
    where = {"uri": shown.document.uri, "line": first.start_line, "column": first.start_column}
    return types.Command(title, names.SHOW_GAP, arguments=[where])
