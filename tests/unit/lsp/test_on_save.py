"""Tests that run when a file is saved: in the background, the newest save wins; a word where they take long or fail."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from greenline.domain.failures import Failure, Place
from greenline.lsp import on_save
from greenline.services.run_suite import SuiteRun
from unit.lsp.conftest import SOURCE
from unit.lsp.editor import FULL, LIMIT, Editor
from unit.lsp.fakes import FakeServices


@pytest.fixture(autouse=True)
def one_project(services: FakeServices, tmp_path: Path) -> None:
    services.run_suite.root = tmp_path


def editor_with(services: FakeServices, mode: str) -> Editor:
    return Editor(services, FULL, options={"run": {"onSave": mode}})


def save(editor: Editor, uri: str) -> None:
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})


async def ended(editor: Editor, outcome: str = "done") -> Any:
    return await editor.wait_for("greenline/jobEnded", lambda p: p["outcome"] == outcome)


async def began(services: FakeServices, count: int) -> None:
    await asyncio.wait_for(services.run_affected.began(count), LIMIT)


async def test_nothing_runs_unless_the_person_wants_it(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        save(editor, uri)
        await editor.job_end((await editor.run("greenline.runTestsWithCoverage", {"uri": uri}))["job"])
        assert editor.server.on_save._timer is None
    assert services.run_affected.affected == services.run_affected.files == []


@pytest.mark.parametrize("mode", ["affected", "file"])
async def test_a_save_runs_tests_and_marks_what_fails(services: FakeServices, source: Path, mode: str) -> None:
    failure = Failure("tests/test_shop.py::test_it", "code", "assert 1 == 2", "Look.", source=Place(source, 3))
    services.run_affected.answer = SuiteRun(
        "1 failed", ok=True, failures=(failure,), passed=frozenset({"tests/test_shop.py::test_other"})
    )
    async with editor_with(services, mode) as editor:
        uri = editor.open(source)
        since = len(editor.received)
        save(editor, uri)
        end = await ended(editor)
        assert (end["title"], end["message"], end["results"]) == ("Run tests of saved files", "1 failed", [])
        assert [(Path(test["id"]).name, test["outcome"]) for test in end["tests"]] == [
            ("test_shop.py::test_it", "failed"),
            ("test_shop.py::test_other", "passed"),
        ]
        pushed = await editor.wait_for(
            "textDocument/publishDiagnostics",
            lambda p: p["uri"] == uri and "raised-in-test" in [d["code"] for d in p["diagnostics"]],
            since=since,
        )
        assert pushed["version"] == 1
        (said,) = editor.sent("window/showMessage")
        assert said["message"] == "1 test fails since this was saved: test_it."
        assert editor.sent("window/workDoneProgress/create") == []
    assert (services.run_affected.affected, services.run_affected.files) == (
        ([(source,)], []) if mode == "affected" else ([], [source])
    )


async def test_files_that_are_saved_together_are_one_run(
    services: FakeServices, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_save, "_PAUSE", 0.3)  # the three have to arrive meanwhile, on a busy machine too
    others = [tmp_path / "b.py", tmp_path / "c.py"]
    for other in others:
        other.write_text("x = 1\n")
    async with editor_with(services, "affected") as editor:
        for uri in [editor.open(path) for path in (source, *others)]:
            save(editor, uri)
        await ended(editor)
    assert services.run_affected.affected == [tuple(sorted([source, *others]))]


async def test_the_newest_save_wins_and_what_the_older_one_was_about_is_not_forgotten(
    services: FakeServices, source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "b.py"
    other.write_text("x = 1\n")
    services.run_affected.gate.clear()
    async with editor_with(services, "affected") as editor:
        first, second = editor.open(source), editor.open(other)
        save(editor, first)
        await began(services, 1)
        save(editor, second)
        await began(services, 2)
        await ended(editor, "superseded")
        services.run_affected.gate.set()
        await ended(editor)
        assert [p["outcome"] for p in editor.sent("greenline/jobEnded")] == ["superseded", "done"]
        save(editor, second)
        await began(services, 3)
    assert services.run_affected.affected == [(source,), (other, source), (other,)]
    assert services.run_affected.ended >= 1


async def test_a_run_that_ends_although_it_was_superseded_does_not_take_the_newer_save_away(
    services: FakeServices, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_save, "_PAUSE", 0.3)  # the two have to arrive meanwhile
    other = tmp_path / "b.py"
    other.write_text("x = 1\n")
    services.run_affected.gate.clear()
    services.run_affected.deaf = True
    async with editor_with(services, "affected") as editor:
        uris = [editor.open(path) for path in (source, other)]
        for uri in uris:
            save(editor, uri)
        await began(services, 1)
        save(editor, uris[0])
        await ended(editor, "superseded")
        services.run_affected.gate.set()
        await ended(editor)
    first, *later = services.run_affected.affected
    assert set(first) == {source, other}
    assert later == [(source,)], "what the first run has done is done"


async def test_projects_do_not_wait_for_each_other(services: FakeServices, tmp_path: Path) -> None:
    paths = [tmp_path / name / "a.py" for name in ("one", "two")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("x = 1\n")
    services.run_suite.root = None
    services.run_affected.gate.clear()
    async with editor_with(services, "affected") as editor:
        for uri in [editor.open(path) for path in paths]:
            save(editor, uri)
        await began(services, 2)
        services.run_affected.gate.set()
    assert sorted(services.run_affected.affected) == [(path,) for path in paths]


async def test_a_run_that_takes_long_shows_that_it_is_there_and_can_be_cancelled(
    services: FakeServices, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_save, "_PATIENCE", 0.0)
    services.run_affected.gate.clear()
    async with editor_with(services, "affected") as editor:
        save(editor, editor.open(source))
        shown = await editor.wait_for("window/workDoneProgress/create")
        await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "begin")
        editor.notify("window/workDoneProgress/cancel", {"token": shown["token"]})
        await ended(editor, "cancelled")
        await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "end")


async def test_what_goes_wrong_is_in_the_log_and_no_message(services: FakeServices, source: Path) -> None:
    services.run_affected.answer = SuiteRun("The project's Python has no pytest.", ok=False)
    async with editor_with(services, "affected") as editor:
        save(editor, editor.open(source))
        await ended(editor)
        assert editor.sent("window/showMessage") == []
        logged = [p["message"] for p in editor.sent("window/logMessage")]
        assert "Run tests of saved files: The project's Python has no pytest." in logged


async def test_leaving_while_it_runs_ends_it(services: FakeServices, source: Path) -> None:
    services.run_affected.gate.clear()
    async with editor_with(services, "affected") as editor:
        save(editor, editor.open(source))
        await began(services, 1)
    assert editor.exit_code == 0
    assert services.run_affected.ended == 0


async def test_the_setting_can_change_while_the_server_runs(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        editor.notify("workspace/didChangeConfiguration", {"settings": {"greenline": {"run": {"onSave": "file"}}}})
        editor.change(uri, SOURCE + "\n", 2)
        save(editor, uri)
        await ended(editor)
    assert services.run_affected.files == [source]
    assert len(services.built) == 1, "a setting of the face alone throws nothing away"


async def test_what_kept_one_of_two_files_from_being_run_is_told(
    services: FakeServices, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_save, "_PAUSE", 0.3)  # the two have to arrive meanwhile
    other = tmp_path / "b.py"
    other.write_text("x = 1\n")
    answers = {
        source: SuiteRun("1 passed", ok=True, tests=1, seconds=1.0),
        other: SuiteRun("Too slow.", ok=False, problem="Too slow.", tests=2, seconds=2.0, cut_short=True),
    }
    taken: list[SuiteRun] = []

    async def run_tests_of(path: Path, progress: object) -> SuiteRun:
        return answers[path]

    async def take(root: Path, run: SuiteRun, texts: object, *, everything: bool = False) -> None:
        taken.append(run)

    monkeypatch.setattr(services.run_affected, "run_tests_of", run_tests_of)
    async with editor_with(services, "file") as editor:
        monkeypatch.setattr(editor.server.session.failing, "take", take)
        for path in (source, other):
            save(editor, editor.open(path))
        end = await ended(editor)
    assert sorted(end["message"].split("; ")) == ["1 passed", "Too slow."]
    (joined,) = taken
    assert (joined.problem, joined.cut_short, joined.none_found) == ("Too slow.", True, False)
    assert (joined.ok, joined.tests, joined.seconds) == (True, 3, 3.0)


async def test_what_fails_anew_is_told_once(services: FakeServices, source: Path) -> None:
    """Tests stand in another file than the code that broke them: there their marks would not be seen."""
    failures = tuple(
        Failure(f"tests/test_shop.py::{name}", "code", "assert 1 == 2", "Look.")
        for name in ("test_a[1]", "test_a[2]", "test_b", "test_c", "test_d")
    )
    async with editor_with(services, "affected") as editor:
        uri = editor.open(source)
        for count, text in (
            (5, "5 tests fail since this was saved: test_a, test_b, test_c and 1 more."),
            (5, None),
            (1, None),
        ):
            services.run_affected.answer = SuiteRun("ran", ok=True, failures=failures[:count], passed=frozenset())
            since = len(editor.received)
            save(editor, uri)
            await editor.wait_for("greenline/jobEnded", since=since)
            said = [params["message"] for name, params in editor.received[since:] if name == "window/showMessage"]
            assert said == ([text] if text else [])
