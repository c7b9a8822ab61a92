"""A workspace that the person does not trust: coverage is shown, and nothing of the project runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, Editor

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

UNTRUSTED = {"greenline": {"run": {"onSave": "file"}}, "trusted": False}


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("generateTest", {"qualname": "greet"}),
        ("generateTestsForFile", {}),
        ("generateTests", {"targets": [{"uri": "file:///a.py"}]}),
        ("runTestsWithCoverage", {}),
        ("runAffectedTests", {}),
        ("runTestsOfFile", {}),
        ("runTests", {"tests": ["/a/test_a.py::test_b"]}),
        ("runCoveringTests", {"line": 4}),
        ("measureStrength", {"line": 4}),
        ("installPytest", {}),
        ("updateExpectations", {"test": "test_a"}),
    ],
)
async def test_what_runs_code_is_refused_and_says_why(
    services: FakeServices, source: Path, command: str, more: dict[str, Any]
) -> None:
    async with Editor(services, FULL, options=UNTRUSTED) as editor:
        uri = editor.open(source)
        answer = await editor.run(f"greenline.{command}", {"uri": uri, **more})
        assert (answer["job"], answer["started"]) == (None, False)
        assert "not trusted" in (await editor.wait_for("window/showMessage"))["message"]
        assert not editor.server.session.jobs.live


async def test_coverage_is_shown_all_the_same(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options=UNTRUSTED) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri)
        assert (await editor.request("greenline/gaps", {"uri": uri}))["functions"]


async def test_saving_runs_nothing(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options=UNTRUSTED) as editor:
        uri = editor.open(source)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.lenses(uri)
        assert editor.server.on_save._timer is None


async def test_nothing_that_would_run_is_offered(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options=UNTRUSTED) as editor:
        uri = editor.open(source)
        lenses = await editor.lenses(uri)
        assert lenses
        assert not any(lens["command"]["title"].startswith(("Generate", "Run")) for lens in lenses)
        assert await editor.actions(uri, 3, await editor.diagnostics(uri)) == []


async def test_a_workspace_is_trusted_where_the_client_says_nothing(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        assert (await editor.run("greenline.runTestsOfFile", {"uri": editor.open(source)}))["started"]
