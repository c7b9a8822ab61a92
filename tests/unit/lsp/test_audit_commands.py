"""The command that audits tests: what it looks at, where its page is shown, and that it can be stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import pytest

from greenline.domain.auditing.model import Weakness
from greenline.services.audit_tests import Audit
from unit.lsp.editor import FULL, Editor, merged

if TYPE_CHECKING:
    from unit.lsp.fakes import FakeServices

SHOW = "window/showDocument"
SHOWS_PAGES = merged(FULL, {"experimental": {"greenline": {"showsPages": True}}})


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenline.adapters.shown_texts.user_cache_path", lambda *_, **__: tmp_path / "cache")


def read(uri: str) -> str:
    return Path(unquote(urlparse(uri).path)).read_text(encoding="utf-8")


async def ended(editor: Editor, *arguments: Any) -> Any:
    answer = await editor.run("greenline.auditTests", *arguments)
    assert answer["started"] is True
    return await editor.job_end(answer["job"])


async def test_the_page_names_what_is_weak(services: FakeServices, source: Path) -> None:
    weak = Weakness("no-assertion", "tests/test_shop.py::test_<b>", source, 7, "It asserts nothing.", "Assert a total.")
    services.audit.answer = Audit((weak,), 12, 2)
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, {"uri": source.as_uri()})
        said = "1 weakness in 12 tests of 2 files: 1 no-assertion."
        assert (end["outcome"], end["page"]["title"]) == ("done", "Audit of tests")
        assert end["message"].startswith(said)
        assert [told["message"] for told in editor.sent("window/showMessage")] == [said]
        assert services.audit.asked == [(source.parent,)]
    page = read(end["page"]["uri"])
    for words in ("test_&lt;b&gt;", f"{source.name}:7", "It asserts nothing.", "Assert a total.", said):
        assert words in page


async def test_elsewhere_a_browser_shows_it(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        editor.handlers[SHOW] = lambda _: {"success": True}
        end = await ended(editor, {"uri": source.as_uri()})
        (shown,) = editor.sent(SHOW)
        assert (shown["uri"], shown["external"]) == (end["page"]["uri"], True)


async def test_without_a_file_the_folder_is_meant(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services, SHOWS_PAGES, folders=[tmp_path]) as editor:
        await ended(editor)
        assert services.audit.asked == [(tmp_path,)]


async def test_it_can_be_cancelled(services: FakeServices, source: Path) -> None:
    services.audit.gate.clear()
    async with Editor(services, FULL) as editor:
        answer = await editor.run("greenline.auditTests", {"uri": source.as_uri()})
        await editor.wait_for("$/progress", lambda p: p["value"].get("message") == "Reading the tests")
        await editor.run("greenline.cancelJob", {"job": answer["job"]})
        assert (await editor.job_end(answer["job"]))["outcome"] == "cancelled"
        assert services.audit.ended
        assert editor.sent(SHOW) == []


async def test_nothing_runs_where_nothing_is_trusted(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options={"greenline": {}, "trusted": False}) as editor:
        assert (await editor.run("greenline.auditTests", {"uri": source.as_uri()}))["started"] is False
        assert services.audit.asked == []


async def test_what_is_no_file_has_no_tests(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        end = await ended(editor, {"uri": "untitled:1"})
        assert (end["outcome"], services.audit.asked) == ("failed", [])


async def test_a_page_that_cannot_be_written_is_said(services: FakeServices, source: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, {"uri": source.as_uri()})
        assert end["outcome"] == "failed"
        assert end["message"].startswith("The page cannot be written: ")


async def test_where_nothing_could_be_looked_at_the_reason_is_said(services: FakeServices, source: Path) -> None:
    services.audit.answer = Audit((), 3, 1, problems=("pytest is not installed there.",))
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, {"uri": source.as_uri()})
        assert (end["outcome"], end["message"]) == ("failed", "pytest is not installed there.")


async def test_what_could_not_be_looked_at_is_said_beside_what_was_found(services: FakeServices, source: Path) -> None:
    weak = Weakness("slow", "tests/test_shop.py::test_a", source, 7, "It takes 3 s.", "Take less.")
    services.audit.answer = Audit((weak,), 3, 1, problems=("test_b.py: syntax error.",))
    async with Editor(services, SHOWS_PAGES) as editor:
        end = await ended(editor, {"uri": source.as_uri()})
        assert end["outcome"] == "done"
        (told,) = editor.sent("window/showMessage")
        assert (told["type"], told["message"]) == (
            2,
            "1 weakness in 3 tests of 1 file: 1 slow. Not all was looked at: test_b.py: syntax error.",
        )


async def test_two_are_not_at_work_at_once(services: FakeServices, source: Path, tmp_path: Path) -> None:
    services.audit.gate.clear()
    async with Editor(services, SHOWS_PAGES, folders=[tmp_path]) as editor:
        first = await editor.run("greenline.auditTests", {"uri": source.as_uri()})
        second = await editor.run("greenline.auditTests")
        assert (second["job"], second["started"]) == (first["job"], False)
        services.audit.gate.set()
        assert (await editor.job_end(first["job"]))["outcome"] == "done"
    assert len(services.audit.asked) == 1
