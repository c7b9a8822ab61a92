"""The commands that show a page: where it is shown, and that it can be had in every editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from unit.lsp.editor import FULL, Editor, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

COMMANDS = {
    "showCoverageReport": ("report", "Coverage report"),
    "showCoverageTrend": ("trend", "Coverage trend"),
    "recordCoverage": ("record", "Coverage trend"),
}
SHOW = "window/showDocument"
SHOWS_PAGES = merged(FULL, {"experimental": {"greenline": {"showsPages": True}}})


async def ended(editor: Editor, command: str, *arguments: Any) -> Any:
    answer = await editor.run(f"greenline.{command}", *arguments)
    assert answer["started"] is True
    return await editor.job_end(answer["job"])


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_client_that_shows_pages_is_told_of_one(services: FakeServices, source: Path, command: str) -> None:
    kind, title = COMMANDS[command]
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, command, {"uri": source.as_uri()})
        assert (end["outcome"], end["page"]) == ("done", {"title": title, "uri": services.pages.file.as_uri()})
        assert services.pages.asked == [(kind, source)]
        assert editor.sent(SHOW) == editor.sent("window/showMessage") == []


async def test_elsewhere_a_browser_shows_it(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        editor.handlers[SHOW] = lambda _: {"success": True}
        await ended(editor, "showCoverageReport", {"uri": source.as_uri()})
        (shown,) = editor.sent(SHOW)
        assert (shown["uri"], shown["external"]) == (services.pages.file.as_uri(), True)
        assert editor.sent("window/showMessage") == []


@pytest.mark.parametrize("case", ["no browser", "an error", "nothing announced"])
async def test_where_none_does_it_is_said_where_the_page_is(services: FakeServices, source: Path, case: str) -> None:
    async with Editor(services, {} if case == "nothing announced" else FULL) as editor:
        if case == "no browser":
            editor.handlers[SHOW] = lambda _: {"success": False}
        end = await ended(editor, "showCoverageReport", {"uri": source.as_uri()})
        said = f"The page is in {services.pages.file}."
        assert (end["outcome"], end["message"]) == ("done", said)
        assert [told["message"] for told in editor.sent("window/showMessage")] == [said]


async def test_without_a_file_the_folder_is_meant(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, SHOWS_PAGES, folders=[tmp_path]) as editor:
        await ended(editor, "showCoverageReport")
        assert services.pages.asked == [("report", tmp_path)]


async def test_what_is_in_the_way_is_a_sentence(services: FakeServices, source: Path) -> None:
    services.pages.problem = "Nothing is measured in shop yet."
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, "showCoverageTrend", {"uri": source.as_uri()})
        assert (end["outcome"], end["message"]) == ("failed", services.pages.problem)
        assert "page" not in end
        shown = await editor.wait_for("window/showMessage")
        assert (shown["message"], shown["type"]) == (services.pages.problem, 2)


async def test_a_page_can_be_cancelled(services: FakeServices, source: Path) -> None:
    services.pages.gate.clear()
    async with Editor(services, FULL) as editor:
        answer = await editor.run("greenline.showCoverageReport", {"uri": source.as_uri()})
        await editor.wait_for("$/progress", lambda p: p["value"].get("message") == "Looking at the files")
        await editor.run("greenline.cancelJob", {"job": answer["job"]})
        assert (await editor.job_end(answer["job"]))["outcome"] == "cancelled"
        assert services.pages.stopped.is_set()
        assert editor.sent(SHOW) == []


async def test_it_is_shown_where_nothing_is_trusted(services: FakeServices, source: Path) -> None:
    async with Editor(services, SHOWS_PAGES, options={"greenline": {}, "trusted": False}) as editor:
        assert (await ended(editor, "showCoverageReport", {"uri": source.as_uri()}))["outcome"] == "done"


async def test_what_is_no_file_has_no_page(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        end = await ended(editor, "showCoverageReport", {"uri": "untitled:1"})
        assert (end["outcome"], services.pages.asked) == ("failed", [])
