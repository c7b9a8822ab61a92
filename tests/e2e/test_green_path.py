"""The whole path with the real server: from an uncovered line to a confirmed test, and what must not go wrong on it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from e2e.client import alive, editing, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

UNITS = {"utf-8": lambda text: len(text.encode()), "utf-16": lambda text: len(text.encode("utf-16-le")) // 2}


@pytest.mark.parametrize("encoding", UNITS)
@pytest.mark.parametrize("pull", [False, True], ids=["push", "pull"])
async def test_red_line_to_green_line(project: Make, *, pull: bool, encoding: str) -> None:
    root = project()
    shop, test_shop = root / "shop.py", root / "tests" / "test_shop.py"
    before = test_shop.read_text(encoding="utf-8")
    async with editing(root, pull=pull, encoding=encoding) as editor:
        uri = editor.open(shop)
        gaps = await editor.diagnostics(uri)
        assert {gap.code for gap in gaps} >= {"uncovered"}
        assert {gap.source for gap in gaps} == {"greenline"}
        line = shop.read_text(encoding="utf-8").split("\n")[5]
        (emoji,) = [gap for gap in gaps if gap.range.start.line == 5]
        assert emoji.range.start.character == 8
        assert emoji.range.end == types.Position(5, UNITS[encoding](line))

        titles = [command.title for command in await editor.lenses(uri)]
        assert any(title.startswith("label: ") and "gaps" in title for title in titles)
        assert "Generate test" in titles

        action = (await editor.actions(uri, emoji))[0]
        assert (action.title, action.kind) == ("Generate test for `label`", types.CodeActionKind.QuickFix)
        assert action.command is not None
        answer = await editor.run(action.command.command, *(action.command.arguments or []))
        end = await editor.end_of(answer["job"])

        assert end.outcome == "done", end.message
        (result,) = end.results
        assert result.status == "confirmed"
        assert result.coverage.after.lines[0] > result.coverage.before.lines[0]
        assert end.message.replace("`", "") in editor.messages
        kinds = [value.kind for value in editor.progress]
        assert (kinds[0], kinds[-1]) == ("begin", "end")
        assert "report" in kinds
        assert editor.lens_refreshes
        written = test_shop.read_text(encoding="utf-8")
        assert all(line in written for line in before.split("\n"))
        assert len(editor.edits) == 1

        if not pull:
            await editor.until(lambda: not _in_label(editor.client.diagnostics[uri]))
        assert not _in_label(await editor.diagnostics(uri))
        assert any(command.title.startswith("label: 100 %") for command in await editor.lenses(uri))
        assert editor.children() == set()
    _passes(root)


def _passes(root: Path) -> None:
    """Run the project's tests without Greenline."""
    again = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    subprocess.run(again, cwd=root, check=True, capture_output=True, timeout=120)


def _in_label(diagnostics: object) -> list[types.Diagnostic]:
    return [d for d in diagnostics if d.range.start.line < 9]  # type: ignore[attr-defined]


async def test_without_data_the_lens_says_so_and_one_click_measures(project: Make) -> None:
    root = project(measured=False)
    async with editing(root) as editor:
        uri = editor.open(root / "shop.py", version=0)
        assert await editor.diagnostics(uri) == []
        commands = await editor.lenses(uri)
        (run,) = [command for command in commands if command.title == "Run tests with coverage"]
        assert "Generate test" in [command.title for command in commands]
        end = await editor.end_of((await editor.run(run.command, *(run.arguments or [])))["job"])
        assert end.outcome == "done", end.message
        await editor.until(lambda: editor.client.diagnostics[uri])
        assert any(command.title.startswith("label: ") for command in await editor.lenses(uri))


async def test_cancelling_leaves_no_child_and_no_change(project: Make) -> None:
    root = project()
    before = snapshot(root)
    async with editing(root, settings={"explore": {"seconds": 300}}) as editor:
        uri = editor.open(root / "wild.py")
        job = await editor.generate(uri, "loops")
        await editor.until_forked()
        children = editor.children()
        assert await editor.run("greenline.cancelJob", {"job": job}) == {"cancelled": True}
        assert (await editor.end_of(job)).outcome == "cancelled"
        await editor.until_gone(children)
        assert editor.edits == []
    assert snapshot(root) == before


async def test_leaving_in_the_middle_leaves_no_child(project: Make) -> None:
    root = project()
    async with editing(root, settings={"explore": {"seconds": 300}}) as editor:
        await editor.generate(editor.open(root / "wild.py"), "loops")
        await editor.until_forked()
        children = editor.everything()
    assert alive(children) == set()


async def test_a_killed_child_is_a_message_and_not_the_end(project: Make) -> None:
    root = project()
    async with editing(root, settings={"explore": {"seconds": 300}}) as editor:
        uri = editor.open(root / "wild.py")
        job = await editor.generate(uri, "loops")
        await editor.until_forked()
        for child in editor.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        end = await editor.end_of(job)
        assert end.outcome in {"done", "failed"}
        assert end.message
        assert editor.messages
        assert await editor.lenses(uri)
        assert editor.children() == set()


@pytest.mark.parametrize("function", ["loops", "exits", "says", "forks", "recurses", "leaves"])
async def test_wild_code_gives_a_clear_result(project: Make, function: str) -> None:
    root = project()
    async with editing(root, settings={"explore": {"seconds": 2}}) as editor:
        uri = editor.open(root / "wild.py")
        end = await editor.end_of(await editor.generate(uri, function))
        assert end.outcome in {"done", "failed"}
        (result,) = end.results
        assert result.status == "confirmed" or result.reason, end.message
        assert editor.messages[-1] == end.message.replace("`", "")
        assert f"{function}: " in " ".join(command.title for command in await editor.lenses(uri))
        assert editor.children() == set()
        assert editor.client.error is None
