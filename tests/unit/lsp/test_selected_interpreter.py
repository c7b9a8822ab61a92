"""Which Python is selected in the editor, from clients that can tell and others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from greenline.lsp.selected_interpreter import SelectedInterpreter
from greenline.ports.project import Selected
from unit.lsp.editor import LIMIT, Editor
from unit.lsp.fakes import FakeServices

TELLS = {"experimental": {"greenline": {"tellsInterpreter": True}}}
ROOT = Path("/project")


@pytest.fixture
def selection() -> SelectedInterpreter:
    return SelectedInterpreter()


def editor(services: FakeServices, selection: SelectedInterpreter, capabilities: dict[str, Any]) -> Editor:
    made = Editor(services, capabilities)
    selection.attach(made.server)
    return made


async def test_a_client_that_tells_is_asked_once_until_it_changes(
    services: FakeServices, selection: SelectedInterpreter
) -> None:
    answers: list[Any] = [{"path": "/e/bin/python", "environment": True}, {"path": "/usr/bin/python3"}]
    async with editor(services, selection, TELLS) as client:
        client.handlers["greenline/interpreter"] = lambda _: answers[0]
        assert await selection.selected(ROOT) == Selected(Path("/e/bin/python"))
        assert await selection.selected(ROOT) == Selected(Path("/e/bin/python"))
        assert client.sent("greenline/interpreter") == [{"uri": "file:///project"}]
        answers[0] = {"path": "/usr/bin/python3", "environment": False}
        client.notify("greenline/interpreterChanged", {})
        await client.run("greenline.cancelJob", {"job": "x"})

        assert await selection.selected(ROOT) == Selected(Path("/usr/bin/python3"), environment=False)


async def test_an_answer_from_before_the_change_is_not_kept(
    services: FakeServices, selection: SelectedInterpreter
) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def answer(_: Any) -> Any:
        asked.set()
        await answered.wait()
        return {"path": "/old/python"}

    async with editor(services, selection, TELLS) as client:
        client.handlers["greenline/interpreter"] = answer
        first = asyncio.ensure_future(selection.selected(ROOT))
        await asyncio.wait_for(asked.wait(), LIMIT)
        client.notify("greenline/interpreterChanged", {})
        await client.run("greenline.cancelJob", {"job": "x"})  # the notification has been handled
        answered.set()
        await first
        client.handlers["greenline/interpreter"] = lambda _: {"path": "/new/python"}

        assert await selection.selected(ROOT) == Selected(Path("/new/python"))


@pytest.mark.parametrize("answer", [None, {}, {"path": ""}, {"path": 3}, "text", []])
async def test_no_selection(services: FakeServices, selection: SelectedInterpreter, answer: Any) -> None:
    async with editor(services, selection, TELLS) as client:
        client.handlers["greenline/interpreter"] = lambda _: answer

        assert await selection.selected(ROOT) is None


async def test_of_a_project_that_is_not_trusted_nobody_is_asked(
    services: FakeServices, selection: SelectedInterpreter
) -> None:
    """Whoever is asked which Python it is may start it, to find out."""
    client = Editor(services, TELLS, options={"trusted": False})
    selection.attach(client.server)
    async with client:
        client.handlers["greenline/interpreter"] = lambda _: {"path": "/project/.venv/bin/python"}
        assert await selection.selected(ROOT) is None
        assert client.sent("greenline/interpreter") == []


async def test_other_clients_are_not_asked(services: FakeServices, selection: SelectedInterpreter) -> None:
    async with editor(services, selection, {}) as client:
        assert await selection.selected(ROOT) is None
        assert client.sent("greenline/interpreter") == []
    assert await SelectedInterpreter().selected(ROOT) is None


async def test_one_that_fails_or_hangs_has_selected_none(services: FakeServices) -> None:
    hanging = SelectedInterpreter(seconds=0.05)
    never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def wait(_: Any) -> Any:
        return await never

    async with editor(services, hanging, TELLS) as client:
        assert await hanging.selected(ROOT) is None  # the client knows no such request
        client.handlers["greenline/interpreter"] = wait
        assert await hanging.selected(ROOT) is None
        never.set_result(None)


FOLDERS = {"added": [{"uri": uri, "name": uri[-1]} for uri in ("file:///a", "file:///b")], "removed": []}


async def test_one_folder_of_several_may_have_its_own_setting(
    services: FakeServices, selection: SelectedInterpreter
) -> None:
    answers: dict[str | None, Any] = {"file:///a": "/a/python", "file:///b": ""}

    def configuration(params: Any) -> list[Any]:
        (item,) = params["items"]
        return [answers[item["scopeUri"]] if item["section"] == "greenline.interpreter" else {}]

    async with editor(services, selection, {"workspace": {"configuration": True}}) as client:
        client.handlers["workspace/configuration"] = configuration
        assert await selection.setting(Path("/a")) is None  # one folder has that of all
        client.notify("workspace/didChangeWorkspaceFolders", {"event": FOLDERS})
        await client.run("greenline.cancelJob", {"job": "x"})  # the notification has been handled

        assert await selection.setting(Path("/a")) == "/a/python"
        assert await selection.setting(Path("/b")) == ""
        answers["file:///b"] = None
        assert await selection.setting(Path("/b")) is None
        assert await selection.setting(Path("/c")) is None  # the client fails


async def test_a_client_without_settings_is_not_asked_for_them(
    services: FakeServices, selection: SelectedInterpreter
) -> None:
    async with editor(services, selection, {}) as client:
        client.notify("workspace/didChangeWorkspaceFolders", {"event": FOLDERS})
        await client.run("greenline.cancelJob", {"job": "x"})

        assert await selection.setting(Path("/a")) is None
        assert client.sent("workspace/configuration") == []
    assert await SelectedInterpreter().setting(Path("/a")) is None
