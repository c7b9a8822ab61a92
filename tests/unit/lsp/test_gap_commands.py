"""From gap to gap: the place is the answer, and the cursor goes there where the client lets it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, LIMIT, Editor, RpcError, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

# conftest.SOURCE: a branch at 2:4, gaps at 4:16 (in UTF-16, 17) and 10:12
BRANCH, SECOND, THIRD = (2, 4), (4, 16), (10, 12)


@pytest.mark.parametrize(
    ("command", "place", "expected"),
    [
        ("next", {"line": 1}, BRANCH),
        ("next", {"line": 2}, SECOND),
        ("next", {"line": 2, "column": 0}, BRANCH),
        ("next", {"line": 2, "column": 4}, SECOND),
        ("next", {"line": 4, "column": 3}, SECOND),
        ("next", {"line": 5}, THIRD),
        ("next", {"line": 10}, BRANCH),
        ("next", {"line": 999}, BRANCH),
        ("previous", {"line": 999}, THIRD),
        ("previous", {"line": 10}, SECOND),
        ("previous", {"line": 10, "column": 14}, THIRD),
        ("previous", {"line": 10, "column": 12}, SECOND),
        ("previous", {"line": 2}, THIRD),
        ("previous", {"line": 1}, THIRD),
    ],
)
async def test_the_next_gap_and_the_one_before(
    services: FakeServices, source: Path, command: str, place: dict[str, int], expected: tuple[int, int]
) -> None:
    async with Editor(services) as editor:
        uri = editor.open(source)
        found = await editor.run(f"greenline.{command}Gap", {"uri": uri, **place})
        assert (found["line"], found["column"]) == expected
        assert (found["number"], found["of"]) == ([BRANCH, SECOND, THIRD].index(expected) + 1, 3)


async def test_the_answer_has_the_words(services: FakeServices, source: Path) -> None:
    async with Editor(services) as editor:
        found = await editor.run("greenline.nextGap", {"uri": editor.open(source), "line": 1})
        assert found["message"] == "Line 2 never jumps to 4"


async def test_the_cursor_goes_there_where_the_client_can(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        editor.handlers["window/showDocument"] = lambda _: {"success": True}
        uri = editor.open(source)
        await editor.run("greenline.nextGap", {"uri": uri, "line": 3})
        shown = await editor.wait_for("window/showDocument")
        place = {"line": 3, "character": 17}
        assert (shown["uri"], shown["selection"]) == (uri, {"start": place, "end": place})


async def test_gaps_that_are_not_shown_are_passed_over(services: FakeServices, source: Path) -> None:
    options = {"severity": {"partialBranch": "off"}}
    async with Editor(services, options=options) as editor:
        found = await editor.run("greenline.nextGap", {"uri": editor.open(source), "line": 1})
        assert (found["line"], found["of"]) == (4, 2)


@pytest.mark.parametrize(
    ("show", "words"),
    [({"covered": True}, "No gap in this file."), ({"state": "no-data", "message": "No data yet."}, "No data yet.")],
)
async def test_without_a_gap_the_answer_is_null_and_a_message_says_why(
    services: FakeServices, source: Path, show: dict[str, Any], words: str
) -> None:
    for name, value in show.items():
        setattr(services.show, name, value)
    async with Editor(services) as editor:
        uri = editor.open(source)
        assert await editor.run("greenline.previousGap", {"uri": uri, "line": 1}) is None
        assert (await editor.wait_for("window/showMessage"))["message"] == words


async def test_a_file_that_is_not_open_has_none(services: FakeServices, source: Path) -> None:
    async with Editor(services) as editor:
        assert await editor.run("greenline.nextGap", {"uri": source.as_uri(), "line": 1}) is None
        assert "Open a Python file" in (await editor.wait_for("window/showMessage"))["message"]


@pytest.mark.parametrize(
    "arguments", [[], [{"line": 1}], [{"uri": "file:///a.py"}], [{"uri": "file:///a.py", "line": True}]]
)
async def test_what_makes_no_sense_is_refused(services: FakeServices, arguments: list[Any]) -> None:
    async with Editor(services, merged(FULL)) as editor:
        for command in ("greenline.nextGap", "greenline.previousGap"):
            with pytest.raises(RpcError):
                await editor.run(command, *arguments)


async def test_a_command_that_waits_does_not_hold_up_the_end(services: FakeServices, source: Path) -> None:
    let_go, draw = threading.Event(), services.show.picture

    def slowly(path: Path, text: str, *more: Any) -> Any:
        let_go.wait(LIMIT)
        return draw(path, text, *more)

    services.show.picture = slowly  # type: ignore[method-assign]
    async with Editor(services) as editor:
        uri = editor.open(source)
        asked = asyncio.ensure_future(editor.run("greenline.nextGap", {"uri": uri, "line": 1}))
        await asyncio.sleep(0)
        try:
            assert await editor.request("shutdown", None) is None
        finally:
            let_go.set()
        with pytest.raises(RpcError):
            await asked
        editor.notify("exit", None)
        assert await editor.leave() == 0
