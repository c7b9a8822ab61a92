"""With the real server: which tests reach a function, after its own run of them; they are found, and run alone."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types

from e2e.client import LIMIT, editing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from e2e.client import Editor

    Make = Callable[..., Path]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]


async def hover(editor: Editor, uri: str, line: int) -> str:
    params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line - 1, 4))
    found = await asyncio.wait_for(editor.client.text_document_hover_async(params), LIMIT)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


async def test_what_reaches_a_function_is_known_found_and_run(project: Make) -> None:
    root = project(measured=False)
    async with editing(root) as editor:
        uri = editor.open(root / "shop.py")
        await editor.lenses(uri)
        await end_of(editor, "greenline.runTestsWithCoverage", {"uri": uri})
        assert "Reached by 1 test: test_label_of_many" in await hover(editor, uri, 9)
        assert "by Greenline's own run" in await hover(editor, uri, 9)
        assert "no test that was measured runs this line" in await hover(editor, uri, 6)
        assert any(c.title.startswith("label: ") and c.title.endswith("1 test") for c in await editor.lenses(uri))

        told = await editor.run("greenline.goToCoveringTest", {"uri": uri, "qualname": "total"})
        (test,) = told["tests"] if isinstance(told, dict) else told.tests
        name, line = (test["name"], test["line"]) if isinstance(test, dict) else (test.name, test.line)
        assert (name, line) == ("test_total", 8)

        end = await end_of(editor, "greenline.runCoveringTests", {"uri": uri, "qualname": "label", "version": 1})
        assert end.message.startswith("1 passed")
        assert editor.children() == set()

        end = await end_of(editor, "greenline.measureStrength", {"uri": uri, "qualname": "total"})
        assert end.message.startswith("total: its test notices 1 of 2 small changes. Not noticed: line 14: ")
        assert any(c.title.endswith("1 test · 1 of 2 small changes noticed") for c in await editor.lenses(uri))
        assert "Its tests notice 1 of 2 small changes, but not these:" in await hover(editor, uri, 12)
        assert editor.children() == set()


async def end_of(editor: Editor, command: str, argument: dict[str, Any]) -> Any:
    answer = await editor.run(command, argument)
    end = await editor.end_of(answer["job"] if isinstance(answer, dict) else answer.job)
    assert end.outcome == "done", end.message
    return end
