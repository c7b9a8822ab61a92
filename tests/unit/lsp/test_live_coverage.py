"""The picture while a person types: the real services for showing, behind the server in this process."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.coverage.marks import Mark
from greenline.domain.coverage.model import Span
from greenline.services.show_coverage import ShowCoverage
from unit.lsp.editor import PULL, Editor, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

DRAWS = {"experimental": {"greenline": {"drawsCoverage": True}}}
Place = tuple[int, int]
TEXT = """\
def price(weight, express):
    if weight > 10:
        cost = 5
    else:
        cost = 3
    if express:
        cost *= 2
    return cost
"""
ARCS = [(-1, 1), (1, -1), (-1, 2), (2, 5), (5, 6), (6, 7), (7, 8), (8, -1)]
STATES = {"covered": [[1, 1], [5, 5], [7, 8]], "uncovered": [[3, 3]], "partial": [[2, 2], [6, 6]], "unknown": []}


@pytest.fixture
def measured(tmp_path: Path, services: FakeServices) -> Path:
    """A file and the data of a run of it; the services show real pictures."""
    (tmp_path / "pyproject.toml").write_text("")
    source = tmp_path / "prices.py"
    write(source, TEXT, at=100)
    report(tmp_path, {source: ARCS})
    services.show = ShowCoverage(  # type: ignore[assignment]
        ProjectFiles(home=tmp_path.parent), CoverageReports(environ={}), CoverageParser(), SavedFiles()
    )
    return source


def write(path: Path, text: str, *, at: int) -> None:
    path.write_text(text)
    os.utime(path, (at, at))


def report(root: Path, arcs: dict[Path, list[tuple[int, int]]], *, at: int = 200) -> None:
    (root / ".coverage").unlink(missing_ok=True)
    data = coverage.CoverageData(str(root / ".coverage"))
    data.add_arcs({str(path): taken for path, taken in arcs.items()})
    data.write()
    data.close()
    os.utime(root / ".coverage", (at, at))


def type_at(editor: Editor, uri: str, version: int, start: Place, text: str, end: Place | None = None) -> None:  # noqa: PLR0917
    first, last = ({"line": line, "character": column} for line, column in (start, end or start))
    change = {"range": {"start": first, "end": last}, "text": text}
    document = {"uri": uri, "version": version}
    editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


async def told(editor: Editor, uri: str, version: int, *, settled: bool = True) -> Any:
    """Return what is told of a version; ``settled``: after it was drawn."""

    def wanted(params: Any) -> bool:
        return bool(params["uri"] == uri and params["version"] == version and params["settled"] >= settled)

    return await editor.wait_for("greenline/coverage", wanted)


async def test_the_states_of_all_lines_are_told(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        assert await told(editor, uri, 1) == {
            "protocol": 1,
            "uri": uri,
            "version": 1,
            "state": "measured",
            "message": "",
            "settled": True,
            "lines": STATES,
            "gaps": 2,
            "title": "73 %",
            "details": "6 of 7 lines, 2 of 4 branches covered. 2 gaps.",
            "summary": {"percent": 73, "lines": [6, 7], "branches": [2, 4]},
        }


async def test_lines_that_only_failing_tests_reach_are_a_state_of_their_own(
    services: FakeServices, measured: Path
) -> None:
    services.marks.told = (Mark("covered-by-failing", Span(1, 0, 2, 4), "Covered only by `test_a`", ((1, 2),)),)
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        told = await editor.wait_for("greenline/coverage", lambda p: "failing" in p["lines"])
        assert (told["uri"], told["lines"]["failing"]) == (uri, [[1, 2]])
        services.marks.told = ()
        since = len(editor.received)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.wait_for("greenline/coverage", lambda p: "failing" not in p["lines"], since=since)


async def test_nobody_is_told_who_did_not_ask(services: FakeServices, measured: Path) -> None:
    async with Editor(services) as editor:
        await editor.diagnostics(editor.open(measured))
        assert editor.sent("greenline/coverage") == []


async def test_typing_touches_one_line_and_undo_brings_it_back(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (7, 15), " + 1")  # return cost + 1
        assert (await told(editor, uri, 2, settled=False))["lines"] == {
            **STATES,
            "covered": [[1, 1], [5, 5], [7, 7]],
            "unknown": [[8, 8]],
        }
        type_at(editor, uri, 3, (7, 15), "", (7, 19))
        assert (await told(editor, uri, 3))["lines"] == STATES


async def test_states_move_with_lines_above_before_anything_is_drawn(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (0, 0), "import os\n\n")
        first = await told(editor, uri, 2, settled=False)
        assert first["lines"]["uncovered"] == [[5, 5]]
        settled = await told(editor, uri, 2)
        assert settled["lines"]["uncovered"] == [[5, 5]]
        assert settled["lines"]["unknown"] == [[1, 1]]


async def test_what_was_typed_again_elsewhere_is_not_what_was_measured(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (2, 0), "", (3, 0))  # takes `cost = 5` away
        type_at(editor, uri, 3, (2, 0), "        pass\n")
        type_at(editor, uri, 4, (4, 0), "        cost = 5\n")
        lines = (await told(editor, uri, 4))["lines"]
        assert (lines["unknown"], lines["uncovered"]) == ([[3, 3], [5, 5]], [])


async def test_a_version_that_was_saved_and_measured_since_is_followed_from_there(
    services: FakeServices, measured: Path, tmp_path: Path
) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (7, 4), "# the sum\n    ")
        await told(editor, uri, 2)
        saved = TEXT.replace("    return cost", "    # the sum\n    return cost")
        write(measured, saved, at=300)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        type_at(editor, uri, 3, (0, 0), "# a word\n")
        arcs = [(one if one != 8 else 9, two if two != 8 else 9) for one, two in ARCS]
        report(tmp_path, {measured: arcs}, at=400)
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        lines = (
            await editor.wait_for(
                "greenline/coverage", lambda p: p["version"] == 3 and [8, 8] in p["lines"]["covered"] and p["settled"]
            )
        )["lines"]
        assert lines["unknown"] == []
        assert lines["covered"] == [[2, 2], [6, 6], [8, 8], [10, 10]]


async def test_a_new_report_is_shown_in_a_file_that_stood_open_while_another_was_opened(
    services: FakeServices, measured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.report_watch.PAUSE", 60.0)  # looks when it is told to
    other = tmp_path / "other.py"
    write(other, TEXT, at=100)
    report(tmp_path, {measured: ARCS, other: ARCS})
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        ran = [(-1, 1), (1, -1), (-1, 2), (2, 3), (3, 6), (6, 8), (8, -1)]
        report(tmp_path, {measured: ran, other: ran}, at=400)
        opened = editor.open(other)  # drawn from the new report before anybody looks whether there is one
        assert (await told(editor, opened, 1))["lines"]["uncovered"] == [[5, 5], [7, 7]]
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        await editor.wait_for(
            "greenline/coverage", lambda p: p["uri"] == uri and p["lines"]["uncovered"] == [[5, 5], [7, 7]]
        )


async def test_what_takes_long_stays_so_when_it_is_answered_from_memory(
    services: FakeServices, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.pictures.PAUSE", 1.0)  # longer than any time between two keystrokes
    drawn: list[str] = []
    draw = services.show.picture

    def slow_at_first(path: Path, text: str, followed: Any = ()) -> Any:
        if text not in drawn:
            threading.Event().wait(0.1)
        drawn.append(text)
        return draw(path, text, followed)

    monkeypatch.setattr(services.show, "picture", slow_at_first)
    async with Editor(services, merged(PULL, DRAWS)) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert len(drawn) >= 2  # the second time from memory
        drawn.clear()
        asking, elsewhere = [], {"textDocument": {"uri": "file:///nothing.py"}}
        for number in range(8):
            type_at(editor, uri, 2 + number, (7, 15), "x")
            lens = {"textDocument": {"uri": uri}}
            asking.append(asyncio.ensure_future(editor.request("textDocument/codeLens", lens)))
            # Answered at once: each keystroke comes after the last one was taken over.
            await editor.request("textDocument/hover", {**elsewhere, "position": {"line": 0, "character": 0}})
        await asyncio.gather(*asking)
        assert len(drawn) == 1


async def test_a_summary_that_changed_alone_is_told(services: FakeServices, measured: Path, tmp_path: Path) -> None:
    write(measured, "def f(a):\n    if a:\n        return 1\n    return 2\n", at=100)
    report(tmp_path, {measured: [(-1, 1), (1, -1)]})
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        assert (await told(editor, uri, 1))["summary"]["branches"] == [0, 2]
        (tmp_path / ".coverage").unlink()
        data = coverage.CoverageData(str(tmp_path / ".coverage"))
        data.add_lines({str(measured): [1]})
        data.write()
        data.close()
        os.utime(tmp_path / ".coverage", (400, 400))
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        await editor.wait_for("greenline/coverage", lambda p: p["summary"]["branches"] == [0, 0])


async def test_a_change_without_a_version_is_taken_over(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "\n"}
        for document in ({"uri": uri, "version": None}, {"uri": uri}):
            since = len(editor.received)
            editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
            shown = await editor.wait_for("greenline/coverage", lambda p: p["settled"], since=since)
            assert shown["version"] is None
        assert shown["lines"]["uncovered"] == [[5, 5]]
        opened = {"uri": uri, "languageId": "python", "version": None, "text": TEXT}
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        since = len(editor.received)
        editor.notify("textDocument/didOpen", {"textDocument": opened})
        shown = await editor.wait_for("greenline/coverage", lambda p: p["settled"], since=since)
        assert (shown["version"], shown["lines"]) == (None, STATES)


async def test_broken_syntax_keeps_what_still_stands(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (4, 16), " +")  # cost = 3 +
        shown = await told(editor, uri, 2)
        assert shown["state"] == "broken-source"
        assert shown["lines"] == {**STATES, "covered": [[1, 1], [7, 8]], "unknown": [[5, 5]]}


async def test_pulled_diagnostics_of_what_takes_long_to_draw_are_followed_at_once(
    services: FakeServices, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.pictures._QUICK", 0.0)  # everything takes long
    monkeypatch.setattr("greenline.lsp.pictures.PAUSE", 1.0)  # the answer is there before it is drawn
    async with Editor(services, merged(PULL, DRAWS)) as editor:
        uri = editor.open(measured)
        before = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert [one["range"]["start"]["line"] for one in before["items"]] == [2, 5]
        type_at(editor, uri, 2, (0, 0), "import os\n")
        after = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert [(one["range"]["start"]["line"], one["message"]) for one in after["items"]] == [
            (3, "Not covered: 1 line in `price`"),
            (6, "Line 7 never jumps to 9: the condition is always true"),
        ]
        assert not [p for p in editor.sent("greenline/coverage") if p["version"] == 2 and p["settled"]]
        await editor.wait_for("workspace/diagnostic/refresh")
        drawn = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert [one["message"] for one in drawn["items"]] == [one["message"] for one in after["items"]]


async def test_what_takes_long_is_drawn_for_the_last_keystroke_only(
    services: FakeServices, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.pictures._QUICK", 0.0)
    drawn: list[str] = []
    draw = services.show.picture

    def counted(path: Path, text: str, followed: Any = ()) -> Any:
        drawn.append(text)
        return draw(path, text, followed)

    monkeypatch.setattr(services.show, "picture", counted)
    async with Editor(services, merged(PULL, DRAWS)) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        drawn.clear()
        for number in range(20):
            type_at(editor, uri, 2 + number, (7, 15), "x")
            # As editors do beside each keystroke: they would have each version drawn.
            lens = {"textDocument": {"uri": uri}}
            asking = asyncio.ensure_future(editor.request("textDocument/codeLens", lens))
        await asking
        await told(editor, uri, 21)
        assert len(drawn) == 1


BROKEN = (4, 16), " +"  # cost = 3 +


async def test_what_is_typed_while_the_text_does_not_parse_moves_all_else(
    services: FakeServices, measured: Path
) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, *BROKEN)
        await told(editor, uri, 2)
        type_at(editor, uri, 3, (0, 0), "import os\nimport re\n\n")
        for settled in (False, True):
            lines = (await told(editor, uri, 3, settled=settled))["lines"]
            assert lines == {
                "covered": [[4, 4], [10, 11]],
                "uncovered": [[6, 6]],
                "partial": [[5, 5], [9, 9]],
                "unknown": [[1, 2], [8, 8]],
            }


async def test_pulled_diagnostics_move_while_the_text_does_not_parse(
    services: FakeServices, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenline.lsp.pictures._QUICK", 0.0)
    async with Editor(services, merged(PULL, DRAWS)) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, *BROKEN)
        await told(editor, uri, 2)
        type_at(editor, uri, 3, (0, 0), "import os\n")
        report = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        assert [one["range"]["start"]["line"] for one in report["items"]] == [3, 6]


async def test_what_was_typed_again_is_not_measured_though_the_text_does_not_parse(
    services: FakeServices, measured: Path
) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (2, 0), "", (3, 0))
        type_at(editor, uri, 3, (2, 0), "        pass\n")
        type_at(editor, uri, 4, (4, 0), "        cost = 5\n")
        await told(editor, uri, 4)
        type_at(editor, uri, 5, (8, 15), " +")  # return cost +
        for settled in (False, True):
            lines = (await told(editor, uri, 5, settled=settled))["lines"]
            assert (lines["unknown"], lines["uncovered"]) == ([[3, 3], [5, 5], [9, 9]], [])


async def test_a_new_report_counts_though_the_text_does_not_parse(
    services: FakeServices, measured: Path, tmp_path: Path
) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        type_at(editor, uri, 2, (7, 15), " +")
        await told(editor, uri, 2)
        report(tmp_path, {measured: [(-1, 1), (1, -1), (-1, 2), (2, 3), (3, 6), (6, 8), (8, -1)]}, at=400)
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        shown = await editor.wait_for(
            "greenline/coverage", lambda p: [3, 3] in p["lines"]["covered"] and p["version"] == 2
        )
        assert shown["lines"]["uncovered"] == [[5, 5], [7, 7]]


async def test_many_changes_at_once_are_followed(services: FakeServices, measured: Path) -> None:
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        at = {"line": 0, "character": 0}
        change = {"range": {"start": at, "end": at}, "text": "# a comment\n"}
        document = {"uri": uri, "version": 2}
        editor.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change] * 500})
        lines = (await told(editor, uri, 2))["lines"]
        assert (lines["uncovered"], lines["unknown"]) == ([[503, 503]], [])


async def test_a_text_that_came_from_the_disk_and_was_measured_is_followed(
    services: FakeServices, measured: Path, tmp_path: Path
) -> None:
    """An editor that reads a changed file anew says so by an edit, without a save."""
    async with Editor(services, DRAWS) as editor:
        uri = editor.open(measured)
        await told(editor, uri, 1)
        after = TEXT.replace("cost", "price_of_it").replace("express", "fast")
        write(measured, after, at=300)
        report(tmp_path, {measured: ARCS}, at=400)
        changed = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": after}]}
        editor.notify("textDocument/didChange", changed)
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
        await editor.wait_for("greenline/coverage", lambda p: p["version"] == 2 and p["lines"] == STATES)
        for version in (3, 4):
            type_at(editor, uri, version, (0, 0), "# c\n")
            await told(editor, uri, version)
        assert (await told(editor, uri, 4))["lines"]["unknown"] == []
