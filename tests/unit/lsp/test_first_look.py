"""The first run in a workspace: where no test can run, the person is asked once whether they want to see why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, Editor

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

FIRST = {"greenline": {}, "firstRun": True}


@pytest.fixture
def bare(services: FakeServices) -> FakeServices:
    """Neither coverage nor pytest."""
    services.show.state, services.show.message = "no-data", "No data."
    services.install.missing = True
    return services


async def test_where_no_test_can_run_a_button_leads_to_the_doctor(bare: FakeServices, source: Path) -> None:
    asked: list[str] = []
    other = source.with_name("other.py")
    other.write_text("x = 1\n", encoding="utf-8")

    def answer(params: dict[str, Any]) -> dict[str, str]:
        asked.append(params["message"])
        (button,) = params["actions"]
        return dict(button)

    async with Editor(bare, FULL, options=FIRST) as editor:
        editor.handlers["window/showMessageRequest"] = answer
        editor.open(source)
        await editor.lenses(editor.open(other))
        assert (await editor.wait_for("greenline/jobEnded"))["outcome"] == "done"
    assert asked == ["No test can run here yet. Python 3.12 at /p/python has no pytest."]


@pytest.mark.parametrize("options", [{"greenline": {}}, {**FIRST, "trusted": False}], ids=["later", "untrusted"])
async def test_nothing_is_asked_later_nor_where_nothing_may_run(
    bare: FakeServices, source: Path, options: dict[str, Any]
) -> None:
    async with Editor(bare, FULL, options=options) as editor:
        await editor.lenses(editor.open(source))
        assert [task.get_name() for task in editor.server.session._tasks if task.get_name() == "first look"] == []


async def test_nothing_is_asked_where_tests_can_run(bare: FakeServices, source: Path) -> None:
    bare.install.missing = False
    async with Editor(bare, FULL, options=FIRST) as editor:
        await editor.lenses(editor.open(source))
        for task in [task for task in editor.server.session._tasks if task.get_name() == "first look"]:
            await task
        assert editor.sent("window/showMessageRequest") == []
