"""The commands about reports: which counts, that none shall, and how things are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, Editor, RpcError

if TYPE_CHECKING:
    from unit.lsp.fakes import FakeServices


async def ended(editor: Editor, answer: Any) -> Any:
    assert answer["started"] is True
    return await editor.job_end(answer["job"])


async def test_a_report_is_loaded_and_shown(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri)
        since = len(editor.received)
        end = await ended(editor, await editor.run("greenline.loadReport", {"uri": uri, "path": "ci/cov.xml"}))
        assert (end["outcome"], end["message"]) == ("done", "cov.xml counts.")
        assert services.reports.asked == [(source, Path("ci/cov.xml"))]
        assert await editor.diagnostics(uri, since=since) == []
        assert (await editor.wait_for("window/showMessage"))["message"] == "cov.xml counts."


async def test_coverage_is_cleared(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        assert await editor.diagnostics(uri)
        since = len(editor.received)
        end = await ended(editor, await editor.run("greenline.clearCoverage", {"uri": uri}))
        assert (end["outcome"], end["message"]) == ("done", "Cleared.")
        assert await editor.diagnostics(uri, since=since) == []


@pytest.mark.parametrize("command", ["loadReport", "clearCoverage"])
async def test_what_cannot_be_done_is_a_sentence(services: FakeServices, source: Path, command: str) -> None:
    services.reports.problem = "There is no coverage report gone.xml."
    async with Editor(services, FULL) as editor:
        answer = await editor.run(f"greenline.{command}", {"uri": source.as_uri(), "path": "gone.xml"})
        end = await ended(editor, answer)
        assert (end["outcome"], end["message"]) == ("failed", services.reports.problem)
        assert (await editor.wait_for("window/showMessage"))["message"] == services.reports.problem


@pytest.mark.parametrize("command", ["loadReport", "clearCoverage"])
async def test_what_is_no_file_has_no_reports(services: FakeServices, command: str) -> None:
    async with Editor(services, FULL) as editor:
        end = await ended(editor, await editor.run(f"greenline.{command}", {"uri": "untitled:1", "path": "a.xml"}))
        assert end["outcome"] == "failed"
        assert services.reports.asked == []


@pytest.mark.parametrize("arguments", [[], [{}], [{"path": ""}], [{"path": 3}]])
async def test_loading_needs_a_path(services: FakeServices, arguments: list[Any]) -> None:
    async with Editor(services, FULL) as editor:
        with pytest.raises(RpcError):
            await editor.run("greenline.loadReport", *arguments)


async def test_the_status_is_markdown_and_a_message(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        end = await ended(editor, await editor.run("greenline.showReportStatus", {"uri": source.as_uri()}))
        assert end["markdown"].startswith("# Greenline: shop.py")
        assert end["message"] == "coverage of shop.py"
        assert end["findings"] == [{"topic": "pytest", "state": "warning", "text": "none", "toDo": "Install it."}]
        shown = await editor.wait_for("window/showMessage")
        assert (shown["message"], shown["type"]) == ("coverage of shop.py. The log has all of it.", 3)
        assert end["markdown"] in [line["message"] for line in editor.sent("window/logMessage")]


async def test_what_is_not_well_is_a_warning(services: FakeServices, source: Path) -> None:
    services.reports.is_well = False
    async with Editor(services, FULL) as editor:
        await editor.run("greenline.showReportStatus", {"uri": source.as_uri()})
        assert (await editor.wait_for("window/showMessage"))["type"] == 2


async def test_a_client_may_show_the_status_itself(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        answer = await editor.run("greenline.showReportStatus", {"uri": source.as_uri(), "show": False})
        assert (await ended(editor, answer))["markdown"]
        assert editor.sent("window/showMessage") == []


# ---- without a file -------------------------------------------------------------------------------------------------


async def test_without_a_file_the_one_folder_is_meant(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, FULL, folders=[tmp_path]) as editor:
        await ended(editor, await editor.run("greenline.clearCoverage"))
        assert services.reports.asked == [(tmp_path, None)]
        end = await ended(editor, await editor.run("greenline.showReportStatus"))
        assert end["markdown"].startswith(f"# Greenline: {tmp_path.name}")


async def test_of_several_folders_a_person_says_which(services: FakeServices, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    async with Editor(services, FULL, folders=[one, two]) as editor:
        editor.handlers["window/showMessageRequest"] = lambda params: params["actions"][1]
        end = await ended(editor, await editor.run("greenline.clearCoverage"))
        assert end["outcome"] == "done"
        assert services.reports.asked == [(two, None)]


async def test_folders_of_one_name_are_told_apart(services: FakeServices, tmp_path: Path) -> None:
    asked: list[Any] = []

    def second(params: Any) -> Any:
        asked.extend(action["title"] for action in params["actions"])
        return params["actions"][1]

    async with Editor(services, FULL, folders=[tmp_path / "a" / "app", tmp_path / "b" / "app"]) as editor:
        editor.handlers["window/showMessageRequest"] = second
        await ended(editor, await editor.run("greenline.clearCoverage"))
        assert asked == [f"app ({tmp_path / name / 'app'})" for name in ("a", "b")]
        assert services.reports.asked == [(tmp_path / "b" / "app", None)]


@pytest.mark.parametrize("folders", [0, 2])
async def test_where_nobody_says_which_nothing_happens(services: FakeServices, tmp_path: Path, folders: int) -> None:
    async with Editor(services, FULL, folders=[tmp_path / str(n) for n in range(folders)]) as editor:
        editor.handlers["window/showMessageRequest"] = lambda _: None
        end = await ended(editor, await editor.run("greenline.clearCoverage"))
        assert end["outcome"] == "failed"
        assert ("Say which folder" if folders else "Open a folder") in end["message"]
        end = await ended(editor, await editor.run("greenline.showReportStatus"))
        assert (end["outcome"], "markdown" in end) == ("failed", False)
        assert services.reports.asked == []


async def test_the_tests_of_one_of_several_folders_are_run(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, FULL, folders=[tmp_path / "one", tmp_path / "two"]) as editor:
        editor.handlers["window/showMessageRequest"] = lambda params: params["actions"][1]
        end = await ended(editor, await editor.run("greenline.runTestsWithCoverage"))
        assert end["outcome"] == "done"
        assert services.run_suite.paths == [tmp_path / "two"]
        editor.handlers["window/showMessageRequest"] = lambda _: None
        end = await ended(editor, await editor.run("greenline.runTestsWithCoverage"))
        assert (end["outcome"], "Say which folder" in end["message"]) == ("failed", True)


async def test_the_tests_of_all_folders_run_in_one_job(services: FakeServices, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    async with Editor(services, FULL, folders=folders) as editor:
        end = await ended(editor, await editor.run("greenline.runTestsWithCoverage", {"everywhere": True}))
        assert (end["outcome"], end["message"]) == ("done", "one: 5 passed. two: 5 passed.")
        assert services.run_suite.paths == folders


async def test_the_tests_of_folders_of_one_project_run_once(services: FakeServices, tmp_path: Path) -> None:
    services.run_suite.root = tmp_path
    async with Editor(services, FULL, folders=[tmp_path / "one", tmp_path / "two"]) as editor:
        await ended(editor, await editor.run("greenline.runTestsWithCoverage", {"everywhere": True}))
        assert len(services.run_suite.paths) == 1
