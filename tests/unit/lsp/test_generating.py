"""From a click to a confirmed test, and every way that this can end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.code.model import Target
from greenline.domain.generation.model import Asked, TargetResult
from greenline.ports.tests import TestOutcome
from greenline.services.confirm_tests import Confirmation
from greenline.services.run_suite import SuiteRun
from unit.lsp.conftest import SOURCE
from unit.lsp.editor import FULL, LIMIT, PULL, Editor, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

BUTTONS = merged(FULL, {"experimental": {"greenline": {"quietButtons": True}}})
NEW = "def test_it():\n    assert True\n"


class Applies:
    """A client's ``workspace/applyEdit``: on open buffers or on the disk, as editors do."""

    def __init__(self, editor: Editor, *, applied: bool = True) -> None:
        self.editor = editor
        self.applied = applied
        self.edits: list[dict[str, Any]] = []
        editor.handlers["workspace/applyEdit"] = self

    def __call__(self, params: dict[str, Any]) -> dict[str, Any]:
        self.edits.append(params["edit"])
        if not self.applied:
            return {"applied": False, "failureReason": "read only"}
        changes = params["edit"].get("documentChanges") or [
            {"textDocument": {"uri": uri}, "edits": edits} for uri, edits in params["edit"]["changes"].items()
        ]
        for change in changes:
            path = _path(change.get("uri") or change["textDocument"]["uri"])
            if change.get("kind") == "create":
                path.parent.mkdir(exist_ok=True)
                path.touch()
            elif change.get("kind") == "delete":
                path.unlink()
            else:
                path.write_text(_edited(path.read_text(encoding="utf-8"), change["edits"]), encoding="utf-8")
        return {"applied": True}


def _path(uri: str) -> Path:
    from greenline.lsp.documents import path_of

    path = path_of(uri)
    assert path is not None
    return path


def _edited(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.split("\n")
    for edit in reversed(edits):
        start, end = edit["range"]["start"], edit["range"]["end"]
        before = [*lines[: start["line"]], lines[start["line"]][: start["character"]]]
        after = [lines[end["line"]][end["character"] :], *lines[end["line"] + 1 :]]
        lines = ("\n".join(before) + edit["newText"] + "\n".join(after)).split("\n")
    return "\n".join(lines)


async def generate(editor: Editor, uri: str, qualname: str = "greet") -> Any:
    return await editor.run("greenline.generateTest", {"uri": uri, "qualname": qualname, "version": 1})


@pytest.mark.parametrize("kind", ["push", "pull"])
async def test_from_the_click_to_the_green_line(services: FakeServices, source: Path, kind: str) -> None:
    async with Editor(services, merged(FULL, PULL) if kind == "pull" else FULL) as editor:
        applies = Applies(editor)
        uri = editor.open(source)
        lenses = await editor.lenses(uri)
        command = lenses[1]["command"]
        answer = await editor.run(command["command"], *command["arguments"])
        assert (answer["protocol"], answer["started"]) == (1, True)
        end = await editor.job_end(answer["job"])
        assert (end["outcome"], end["message"]) == ("done", "1 test passed; `f` 50 % -> 100 %")
        result = end["results"][0]
        assert [(test["id"], test["outcome"]) for test in end["tests"]] == [
            (f"{services.test_file}::{name}", "passed") for name in result["tests"]
        ]
        assert result["target"] == f"{source}::greet"
        assert result["testFile"] == str(services.test_file)
        assert result["testFileReason"] == "imports shop already"
        assert result["coverage"] == {
            "before": {"lines": [1, 2], "branches": [0, 0]},
            "after": {"lines": [2, 2], "branches": [0, 0]},
        }
        assert services.test_file.read_text(encoding="utf-8") == NEW
        create, fill = applies.edits[0]["documentChanges"]
        assert create["options"] == {"overwrite": False, "ignoreIfExists": True}
        assert fill["textDocument"] == {"uri": services.test_file.as_uri(), "version": None}
        if kind == "push":
            await editor.wait_for("textDocument/publishDiagnostics", lambda p: p["diagnostics"] == [])
        else:
            await editor.wait_for("workspace/diagnostic/refresh")
            report = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            assert report["items"] == []
        await editor.wait_for("workspace/codeLens/refresh")
        assert [p["message"] for p in editor.sent("window/showMessage")] == [end["message"].replace("`", "")]


async def test_progress_has_steps_and_an_end_and_leaves_no_token(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        answer = await generate(editor, editor.open(source))
        await editor.job_end(answer["job"])
        token = (await editor.wait_for("window/workDoneProgress/create"))["token"]
        await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "end")
        values = [p["value"] for p in editor.sent("$/progress") if p["token"] == token]
        assert [values[0]["kind"], values[-1]["kind"]] == ["begin", "end"]
        assert values[0]["cancellable"] is True
        assert values[0]["title"] == "Generate test for greet"
        assert editor.server.work_done_progress.tokens == {}


async def test_each_progress_has_a_token_of_its_own(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        for name in ("greet", "fine"):
            await editor.job_end((await generate(editor, uri, name))["job"])
        tokens = [p["token"] for p in editor.sent("window/workDoneProgress/create")]
        assert len(tokens) == len(set(tokens)) == 2


async def test_a_refused_progress_does_not_stop_the_job(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        del editor.handlers["window/workDoneProgress/create"]
        Applies(editor)
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "done"
        assert editor.sent("$/progress") == []


async def test_without_progress_the_log_tells(services: FakeServices, source: Path) -> None:
    no_progress = merged(FULL, {"window": {"workDoneProgress": False}})
    async with Editor(services, no_progress) as editor:
        Applies(editor)
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert editor.sent("window/workDoneProgress/create") == []
        assert "Generate test for greet: Exploring" in [p["message"] for p in editor.sent("window/logMessage")]


async def test_a_second_click_does_not_start_a_second_run(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        first, second = await generate(editor, uri), await generate(editor, uri)
        assert first["job"] == second["job"]
        assert [first["started"], second["started"]] == [True, False]
        services.generate.gate.set()
        await editor.job_end(first["job"])
        assert services.generate.runs == [Target(source, "greet")]


async def test_two_functions_of_a_file_are_written_one_after_the_other(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        jobs = [(await generate(editor, uri, name))["job"] for name in ("greet", "fine")]
        ends = [await editor.job_end(job) for job in jobs]
        assert [end["outcome"] for end in ends] == ["done", "done"]
        assert services.test_file.read_text(encoding="utf-8") == NEW * 2


@pytest.mark.parametrize("how", ["progress", "command", "command for all"])
async def test_cancelling_writes_nothing(services: FakeServices, source: Path, how: str) -> None:
    services.generate.gate.clear()
    async with Editor(services, FULL) as editor:
        applies = Applies(editor)
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        if how == "progress":
            token = (await editor.wait_for("$/progress"))["token"]
            editor.notify("window/workDoneProgress/cancel", {"token": token})
        else:
            arguments = [{"job": job}] if how == "command" else []
            assert await editor.run("greenline.cancelJob", *arguments) == {"cancelled": True}
        assert (await editor.job_end(job))["outcome"] == "cancelled"
        assert services.generate.stopped.is_set()
        assert applies.edits == []
        assert not services.test_file.exists()
        assert await editor.run("greenline.cancelJob", {"job": job}) == {"cancelled": False}
        assert await editor.run("greenline.cancelJob") == {"cancelled": False}


async def test_cancelling_while_confirming_says_what_stands(services: FakeServices, source: Path) -> None:
    services.confirm.gate.clear()
    async with Editor(services, FULL) as editor:
        Applies(editor)
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(services.confirm.started.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        assert (await editor.job_end(job))["outcome"] == "cancelled"
        assert "stand in test_shop.py" in (await editor.wait_for("window/showMessage"))["message"]


async def test_cancelling_while_a_model_is_asked_keeps_what_was_confirmed(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    services.generate.keeps = True
    services.generate.asked = {"tokens": 12_400, "dollars": 0.08, "engines": {"test_it": "explore"}}
    async with Editor(services, FULL) as editor:
        Applies(editor)
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        end = await editor.job_end(job)

        assert end["outcome"] == "cancelled"
        assert end["message"] == (
            "Cancelled; what was confirmed before stays: 1 test passed; f 50 % -> 100 %; "
            "asking a model brought no test (12,400 tokens, $0.08)"
        )
        (result,) = end["results"]
        assert (result["status"], result["tokens"], result["dollars"]) == ("confirmed", 12_400, 0.08)
        assert services.test_file.read_text(encoding="utf-8") == NEW
        assert services.confirm.started.is_set()
        assert [p["message"] for p in editor.sent("window/showMessage")] == [end["message"]]


async def test_cancelling_while_a_model_is_asked_says_what_it_cost_where_nothing_stays(
    services: FakeServices, source: Path
) -> None:
    services.generate.gate.clear()
    services.generate.keeps, services.generate.status = True, "failed"
    services.generate.asked = {"tokens": 300, "dollars": None}
    async with Editor(services, FULL) as editor:
        applies = Applies(editor)
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        end = await editor.job_end(job)

        words = (
            "Cancelled; nothing was written; asking a model brought no test (300 tokens, at a price that is not known)"
        )
        assert (end["outcome"], end["message"]) == ("cancelled", words)
        assert applies.edits == []


async def test_cancelling_many_while_a_model_is_asked_begins_no_other(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    services.generate.keeps = True
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        targets = [{"uri": uri, "qualname": name} for name in ("greet", "fine")]
        job = (await editor.run("greenline.generateTests", {"targets": targets}))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        end = await editor.job_end(job)

        assert end["outcome"] == "cancelled"
        assert end["message"].endswith("cancelled; what was confirmed before stays")
        assert len(services.generate.runs) == len(end["results"]) == 1
        assert services.test_file.read_text(encoding="utf-8") == NEW


async def test_what_stays_of_a_cancelled_job_does_not_hold_up_the_end(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    services.confirm.gate.clear()
    services.generate.keeps = True
    async with Editor(services, FULL) as editor:
        Applies(editor)
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        await asyncio.wait_for(services.confirm.started.wait(), LIMIT)
    assert editor.server.session.jobs.live == ()
    assert editor.exit_code == 0


async def test_what_a_model_came_to_is_told_with_what_was_gained(services: FakeServices, source: Path) -> None:
    services.generate.asked = {
        "tokens": 900,
        "dollars": 0.004,
        "engines": {"test_it": "model"},
        "model_notes": ("Odd.",),
        "asked": Asked(2, proposed=3, kept=1, not_kept={"no_gain": 1, "flaky": 1}),
    }
    async with Editor(services, FULL) as editor:
        Applies(editor)
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["message"] == "1 test passed; `f` 50 % -> 100 %; a model wrote test_it (900 tokens, $0.0040)"
        assert end["results"][0]["modelNotes"] == ["Odd."]
        counts = {"requests": 2, "proposed": 3, "passed": 2, "kept": 1, "notKept": {"no_gain": 1, "flaky": 1}}
        assert end["results"][0]["asked"] == counts
        logged = [p["message"] for p in editor.sent("window/logMessage")]
        assert "Generate test for greet: greet: Odd." in logged


@pytest.mark.parametrize(
    ("tests", "by", "told"),
    [
        (("test_a", "test_b"), ("test_a", "test_b"), "a model wrote test_a and test_b"),
        (("test_a", "test_b", "test_c"), ("test_c",), "a model wrote test_c"),
        (("test_a", "test_b", "test_c"), ("test_a", "test_b", "test_c"), "a model wrote all of the 3 tests"),
        (("test_a", "test_b", "test_c", "test_d"), ("test_b", "test_c", "test_d"), "a model wrote 3 of the 4 tests"),
        (("test_a",), (), "asking a model brought no test"),
    ],
)
async def test_it_is_said_which_tests_a_model_wrote(
    services: FakeServices, source: Path, tests: tuple[str, ...], by: tuple[str, ...], told: str
) -> None:
    services.generate.asked = {"tests": tests, "engines": dict.fromkeys(by, "model"), "tokens": 900, "dollars": 0.01}
    async with Editor(services, FULL) as editor:
        Applies(editor)
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["message"].endswith(f"; {told} (900 tokens, $0.01)")
        logged = "\n".join(params["message"] for params in editor.sent("window/logMessage"))
        assert (f"a model wrote {', '.join(by)}" in logged) == bool(by)


async def test_why_asking_a_model_failed_is_said_and_it_can_be_tried_again(
    services: FakeServices, source: Path
) -> None:
    why = "There is no key for https://api.example.com. Let the editor keep one."
    services.generate.status = "nothing_to_gain"
    services.generate.asked = {"model_notes": (why,), "model_problem": why}
    async with Editor(services, BUTTONS) as editor:
        editor.handlers["window/showMessageRequest"] = lambda _: {"title": "Try Again"}
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["message"].endswith(f"; asking a model failed: {why.rstrip('.')}")
        question = await editor.wait_for("window/showMessageRequest")
        assert question["message"] == end["message"]
        services.generate.asked = {}
        again = await editor.wait_for("greenline/jobEnded", lambda other: other["id"] != end["id"])
        assert again["title"] == "Generate test for greet"


KEYS = merged(BUTTONS, {"experimental": {"greenline": {"typesModelKey": True}}})
REFUSED = "https://api.example.com refuses the key that is stored in the editor (401)."
WANTS_KEY = {"model_notes": (REFUSED,), "model_problem": REFUSED, "wants_key": True}


def buttons(question: dict[str, Any]) -> list[str]:
    return [action["title"] for action in question["actions"]]


@pytest.mark.parametrize("status", ["nothing_to_gain", "failed", "confirmed"])
async def test_who_types_another_key_goes_on_with_it(services: FakeServices, source: Path, status: str) -> None:
    services.generate.status, services.generate.asked = status, WANTS_KEY
    async with Editor(services, KEYS) as editor:
        Applies(editor)
        typed = [False, True]
        editor.handlers["window/showMessageRequest"] = lambda _: {"title": "Set Model Key"} if typed else None
        editor.handlers["greenline/typeModelKey"] = lambda _: {"typed": typed.pop(0)}
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        again = await editor.wait_for("greenline/jobEnded", lambda other: other["id"] != end["id"])
        assert again["title"] == end["title"]
        questions = editor.sent("window/showMessageRequest")[:2]
        message = end["message"].replace("`", "")
        assert [question["message"] for question in questions] == [message] * 2, "who typed none is asked again"
        gained = ["Open Test", "Undo"] if status == "confirmed" else []
        assert [buttons(question) for question in questions] == [[*gained, "Set Model Key", "Try Again"]] * 2
        assert message not in [said["message"] for said in editor.sent("window/showMessage")], "said once"


@pytest.mark.parametrize(
    ("able", "problem", "options"),
    [
        (BUTTONS, WANTS_KEY, {}),
        (KEYS, {**WANTS_KEY, "wants_key": False}, {}),
        (KEYS, WANTS_KEY, {"model": {"keyCommand": "pass key"}}),
    ],
    ids=["an editor that keeps none", "another problem", "a command gives the key"],
)
async def test_no_key_is_asked_for_that_would_not_count(
    services: FakeServices, source: Path, able: dict[str, Any], problem: dict[str, Any], options: dict[str, Any]
) -> None:
    services.generate.status, services.generate.asked = "failed", problem
    async with Editor(services, able, options={"greenline": options}) as editor:
        editor.handlers["window/showMessageRequest"] = lambda _: None
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert buttons(await editor.wait_for("window/showMessageRequest")) == ["Try Again"]


async def test_an_editor_that_fails_to_have_a_key_typed_asks_once_more(services: FakeServices, source: Path) -> None:
    services.generate.status, services.generate.asked = "failed", WANTS_KEY
    async with Editor(services, KEYS) as editor:
        answers = ["Set Model Key", None]
        editor.handlers["window/showMessageRequest"] = lambda _: (title := answers.pop(0)) and {"title": title}
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        question = "window/showMessageRequest"
        await editor.wait_for(question, lambda _: len(editor.sent(question)) == 2)
        assert len(services.generate.runs) == 1


async def test_who_has_no_buttons_is_told_why_asking_a_model_failed(services: FakeServices, source: Path) -> None:
    services.generate.status = "nothing_to_gain"
    services.generate.asked = {"model_notes": ("It is down.",), "model_problem": "It is down."}
    async with Editor(services, FULL) as editor:
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert (await editor.wait_for("window/showMessage"))["message"].endswith("asking a model failed: It is down")


async def test_cancelling_while_the_editor_writes_says_what_stands(services: FakeServices, source: Path) -> None:
    """The editor cannot be told not to write any more: what it was asked for comes."""
    async with Editor(services, FULL) as editor:
        applies, asked, go = Applies(editor), asyncio.Event(), asyncio.Event()

        async def slowly(params: dict[str, Any]) -> dict[str, Any]:
            asked.set()
            await go.wait()
            return applies(params)

        editor.handlers["workspace/applyEdit"] = slowly
        job = (await generate(editor, editor.open(source)))["job"]
        await asyncio.wait_for(asked.wait(), LIMIT)
        await editor.run("greenline.cancelJob", {"job": job})
        go.set()
        assert (await editor.job_end(job))["outcome"] == "cancelled"
        assert services.test_file.read_text(encoding="utf-8") == NEW
        assert "stand in test_shop.py" in (await editor.wait_for("window/showMessage"))["message"]


@pytest.mark.parametrize("leaving", ["shutdown", "end of file"])
async def test_leaving_ends_the_jobs(services: FakeServices, source: Path, leaving: str) -> None:
    services.generate.gate.clear()
    async with Editor(services, FULL) as editor:
        await generate(editor, editor.open(source))
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        if leaving == "end of file":
            assert await editor.leave() == 1
    assert services.generate.stopped.is_set()
    assert editor.server.session.jobs.live == ()
    assert editor.exit_code == (0 if leaving == "shutdown" else 1)


@pytest.mark.parametrize(
    ("status", "reason", "outcome"),
    [
        ("nothing_to_gain", "everything is covered", "done"),
        ("not_testable", "it opens a socket", "done"),
        ("failed", "the interpreter has no pytest", "failed"),
    ],
)
async def test_nothing_to_write_has_a_reason(
    services: FakeServices, source: Path, status: str, reason: str, outcome: str
) -> None:
    services.generate.status, services.generate.reason = status, reason
    async with Editor(services, FULL) as editor:
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == outcome
        assert end["results"][0]["status"] == status
        assert [reason in p["message"] for p in editor.sent("window/showMessage")] == [True]


async def test_a_long_failure_is_one_short_line_and_the_log_has_all_of_it(services: FakeServices, source: Path) -> None:
    services.generate.status = "failed"
    services.generate.reason = "the process of `greet` ended:\nTraceback:\n  File a.py\n  lost\nKeyError: 'lost'"
    async with Editor(services, FULL) as editor:
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["message"] == "No test for greet: the process of greet ended: ... KeyError: 'lost'"
        assert [p["message"] for p in editor.sent("window/showMessage")] == [end["message"].replace("`", "")]
        assert end["results"][0]["reason"] == services.generate.reason
        assert any(services.generate.reason in p["message"] for p in editor.sent("window/logMessage"))


async def test_what_got_no_test_is_told_beside_what_did(services: FakeServices, source: Path) -> None:
    results = (
        TargetResult(Target(source, "greet"), "confirmed", tests=("test_it",)),
        TargetResult(Target(source, "Box.take"), "not_testable", "it opens a `socket`"),
        TargetResult(Target(source, "fine"), "nothing_to_gain", "all is covered"),
    )
    services.confirm.answer = Confirmation(results, 1, message="1 test passed; `greet` 0 % -> 100 % (1 line)")
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        answer = await editor.run("greenline.generateTestsForFile", {"uri": uri, "version": 1})
        end = await editor.job_end(answer["job"])
        told = "1 test passed; `greet` 0 % -> 100 % (1 line); no test for Box.take (the log says why)"
        assert end["message"] == told
        assert [p["message"] for p in editor.sent("window/showMessage")] == [told.replace("`", "")]
        assert any("Box.take: it opens a `socket`" in p["message"] for p in editor.sent("window/logMessage"))


async def test_a_client_that_tells_results_itself_is_not_told_twice(services: FakeServices, source: Path) -> None:
    tells = {"experimental": {"greenline": {"tellsResults": True}}}
    async with Editor(services, merged(FULL, tells)) as editor:
        Applies(editor)
        uri = editor.open(source)
        end = await editor.job_end((await generate(editor, uri))["job"])
        assert end["results"][0]["testFile"] == str(services.test_file)
        assert editor.sent("window/showMessage") == []
        services.generate.status, services.generate.reason = "nothing_to_gain", "all is covered"
        end = await editor.job_end((await generate(editor, uri, "fine"))["job"])
        assert [p["message"] for p in editor.sent("window/showMessage")] == [end["message"].replace("`", "")]


async def test_where_there_is_no_function_the_reason_says_all(services: FakeServices, source: Path) -> None:
    services.generate.status, services.generate.reason = "failed", "Line 6 of shop.py is in no function."
    async with Editor(services, FULL) as editor:
        answer = await editor.run("greenline.generateTest", {"uri": editor.open(source), "line": 6})
        assert (await editor.job_end(answer["job"]))["message"] == "Line 6 of shop.py is in no function."
        assert [p["type"] for p in editor.sent("window/showMessage")] == [2]


async def test_progress_has_no_backticks(services: FakeServices, source: Path) -> None:
    services.generate.status, services.generate.reason = "nothing_to_gain", "`greet` is covered"
    async with Editor(services, FULL) as editor:
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        end = await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "end")
        assert end["value"]["message"] == "No test for greet: greet is covered"


async def test_a_service_that_breaks_is_one_message(services: FakeServices, source: Path) -> None:
    services.generate.error = KeyError("lost")
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        end = await editor.job_end((await generate(editor, uri))["job"])
        assert end["outcome"] == "failed"
        assert "KeyError" in end["message"]
        assert [p["type"] for p in editor.sent("window/showMessage")] == [1]
        assert await editor.lenses(uri)


async def test_existing_tests_stay_and_the_version_is_sent(services: FakeServices, source: Path) -> None:
    services.test_file.write_text("import os\n", encoding="utf-8")
    async with Editor(services, FULL) as editor:
        applies = Applies(editor)
        editor.open(services.test_file, version=7)
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "done"
        (change,) = applies.edits[0]["documentChanges"]
        assert change["textDocument"]["version"] == 7
        assert services.test_file.read_text(encoding="utf-8") == "import os\n" + NEW


async def test_a_client_that_knows_only_changes(services: FakeServices, source: Path) -> None:
    services.test_file.write_text("import os\n", encoding="utf-8")
    async with Editor(services, {"workspace": {"applyEdit": True}}) as editor:
        applies = Applies(editor)
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert list(applies.edits[0]) == ["changes"]
        assert services.test_file.read_text(encoding="utf-8") == "import os\n" + NEW


async def test_resource_operations_alone_are_enough_to_create(services: FakeServices, source: Path) -> None:
    neovim = {"workspace": {"applyEdit": True, "workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]}}}
    services.test_file.parent.rmdir()
    async with Editor(services, neovim) as editor:
        applies = Applies(editor)
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        create = applies.edits[0]["documentChanges"][0]
        assert create["options"] == {"overwrite": False, "ignoreIfExists": False}
        assert services.test_file.read_text(encoding="utf-8") == NEW


@pytest.mark.parametrize("capabilities", [{}, {"workspace": {"applyEdit": True}}], ids=["bare", "no create"])
async def test_a_client_that_cannot_create_files_is_asked(
    services: FakeServices, source: Path, capabilities: dict[str, Any]
) -> None:
    async with Editor(services, capabilities) as editor:
        editor.handlers["window/showMessageRequest"] = lambda p: p["actions"][1]
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "done"
        asked = editor.sent("window/showMessageRequest")[0]
        assert str(services.test_file) in asked["message"]
        assert services.test_file.read_text(encoding="utf-8") == NEW


@pytest.mark.parametrize("answer", ["No", None, "no such request"])
async def test_without_a_yes_nothing_is_written_and_the_code_is_shown(
    services: FakeServices, source: Path, answer: str | None
) -> None:
    async with Editor(services) as editor:
        if answer != "no such request":
            editor.handlers["window/showMessageRequest"] = lambda _: answer and {"title": answer}
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "failed"
        assert not services.test_file.exists()
        assert any("def test_it" in p["message"] for p in editor.sent("window/showMessage"))


async def test_an_editor_that_refuses_the_edit(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor, applied=False)
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "failed"
        assert "read only" in end["message"]
        assert not services.confirm.started.is_set()


async def test_an_editor_that_fails_at_the_edit(services: FakeServices, source: Path) -> None:
    """With an error, as for a disk that is full, and not with an answer."""
    async with Editor(services, FULL) as editor:
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "failed"
        assert "The editor did not write" in end["message"]
        assert "no workspace/applyEdit" in end["message"]
        assert any("def test_it" in p["message"] for p in editor.sent("window/showMessage"))


async def test_a_test_file_that_changed_meanwhile_is_generated_for_again(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    services.test_file.write_text("import os\n", encoding="utf-8")
    async with Editor(services, FULL) as editor:
        Applies(editor)
        test_uri = editor.open(services.test_file)
        uri = editor.open(source)
        job = (await generate(editor, uri))["job"]
        await asyncio.wait_for(services.generate.started.wait(), LIMIT)
        editor.change(test_uri, "import sys\n", 2)
        services.test_file.write_text("import sys\n", encoding="utf-8")
        await editor.lenses(uri)
        services.generate.gate.set()
        assert (await editor.job_end(job))["outcome"] == "done"
        assert len(services.generate.runs) == 2
        assert services.test_file.read_text(encoding="utf-8") == "import sys\n" + NEW


async def test_a_file_that_appears_meanwhile_is_never_overwritten(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        base = services.generate.generate

        async def slow(target: Target, progress: Any, *, engine: str = "auto") -> Any:
            services.test_file.unlink(missing_ok=True)
            generation = await base(target, progress, engine=engine)
            services.test_file.write_text("precious\n", encoding="utf-8")
            return generation

        services.generate.generate = slow  # type: ignore[method-assign]
        end = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert end["outcome"] == "failed"
        assert "changed" in end["message"]
        assert services.test_file.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("choice", ["Undo", "Keep", None])
@pytest.mark.parametrize("existing", [None, "import os\n"])
@pytest.mark.parametrize("capabilities", [FULL, {}], ids=["full", "bare"])
async def test_a_failed_confirmation_can_be_taken_back(
    services: FakeServices, source: Path, choice: str | None, existing: str | None, capabilities: dict[str, Any]
) -> None:
    services.confirm.answer = Confirmation(
        (),
        0,
        (TestOutcome("t::test_it", "failed", "def test_it():\n...", said="assert 1 == 2 " + "x" * 5000),),
        message="1 test failed",
    )
    if existing is not None:
        services.test_file.write_text(existing, encoding="utf-8")
    answered = asyncio.Event()
    async with Editor(services, capabilities) as editor:
        Applies(editor)

        def answer(params: dict[str, Any]) -> Any:
            titles = [action["title"] for action in params["actions"]]
            if titles == ["No", "Yes"]:  # some editors take RET for the first
                return {"title": "Yes"}
            assert titles == ["Undo", "Keep"]
            assert params["message"].startswith("1 test failed:\nassert 1 == 2")
            assert len(params["message"]) < 1000
            answered.set()
            return choice and {"title": choice}

        editor.handlers["window/showMessageRequest"] = answer
        uri = editor.open(source)
        end = await editor.job_end((await generate(editor, uri))["job"])
        assert (end["outcome"], end["message"]) == ("failed", "1 test failed")
        await asyncio.wait_for(answered.wait(), LIMIT)
        await asyncio.wait_for(_idle(editor), LIMIT)
        assert editor.sent("window/showMessage") == []
        written = services.test_file.read_text(encoding="utf-8") if services.test_file.exists() else None
        assert written == (existing if choice == "Undo" else (existing or "") + NEW)


async def _idle(editor: Editor) -> None:
    """Wait until the server's background work has ended."""
    endless = "watch over coverage reports"
    while tasks := [t for t in editor.server.session._tasks if not t.done() and t.get_name() != endless]:
        await asyncio.wait(tasks)


async def test_what_was_changed_by_hand_is_not_undone(services: FakeServices, source: Path) -> None:
    services.confirm.answer = Confirmation((), 0, (TestOutcome("t", "failed", "no"),), message="1 test failed")
    async with Editor(services, FULL) as editor:
        Applies(editor)

        def answer(params: dict[str, Any]) -> Any:
            services.test_file.write_text(NEW + "# mine\n", encoding="utf-8")
            return {"title": "Undo"}

        editor.handlers["window/showMessageRequest"] = answer
        await generate(editor, editor.open(source))
        assert "by hand" in (await editor.wait_for("window/showMessage"))["message"]
        assert services.test_file.read_text(encoding="utf-8") == NEW + "# mine\n"


async def test_the_whole_file_and_a_line_are_targets(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        for command, argument in (
            ("greenline.generateTestsForFile", {"uri": uri, "version": 1}),
            ("greenline.generateTest", {"uri": uri, "line": 3}),
        ):
            await editor.job_end((await editor.run(command, argument))["job"])
        assert services.generate.runs == [Target(source), Target(source, line=3)]


async def test_a_document_that_moves_while_generating_shows_the_new_text(services: FakeServices, source: Path) -> None:
    services.confirm.gate.clear()
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        job = (await generate(editor, uri))["job"]
        await asyncio.wait_for(services.confirm.started.wait(), LIMIT)
        editor.change(uri, f"# new\n{SOURCE}", 2)
        services.confirm.gate.set()
        await editor.job_end(job)
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: p == {**p, "version": 2, "diagnostics": []})
        assert services.show.calls[-1][1].startswith("# new\n")


async def test_run_tests_with_coverage(services: FakeServices, source: Path) -> None:
    services.show.state, services.show.message = "no-data", "There is no coverage data."
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        run = (await editor.lenses(uri))[1]["command"]
        assert run["title"] == "Run tests with coverage"
        end = await editor.job_end((await editor.run(run["command"], *run["arguments"]))["job"])
        assert (end["outcome"], end["results"]) == ("done", [])
        assert services.run_suite.paths == [source]
        await editor.wait_for("textDocument/publishDiagnostics", lambda p: bool(p["diagnostics"]))


async def test_a_suite_that_cannot_run_says_why(services: FakeServices, source: Path, tmp_path: Path) -> None:
    services.run_suite.answer = SuiteRun("pytest is not installed", ok=False)
    async with Editor(services, FULL, root=tmp_path) as editor:
        end = await editor.job_end((await editor.run("greenline.runTestsWithCoverage"))["job"])
        assert (end["outcome"], end["message"]) == ("failed", "pytest is not installed")
        assert services.run_suite.paths == [tmp_path]


async def test_without_a_folder_there_is_nothing_to_run(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        assert (await editor.run("greenline.runTestsWithCoverage"))["job"] is None


async def test_two_files_of_one_project_start_its_tests_once(services: FakeServices, source: Path) -> None:
    services.run_suite.gate.clear()
    services.run_suite.root = source.parent
    (source.parent / "inside").mkdir()
    other = source.parent / "inside" / "other.py"
    other.write_text("x = 1\n")
    async with Editor(services, FULL) as editor:
        uris = [editor.open(path) for path in (source, other)]
        for uri in uris:
            await editor.diagnostics(uri)
        first, second = [await editor.run("greenline.runTestsWithCoverage", {"uri": uri}) for uri in uris]
        assert first["job"] == second["job"]
        assert [first["started"], second["started"]] == [True, False]
        services.run_suite.gate.set()
        await editor.job_end(first["job"])
    assert len(services.run_suite.paths) == 1


EXITED = "the call `sign(3)` ended the process with exit code 3, as os._exit does"


async def test_what_was_refused_or_ended_is_told_with_what_was_gained(services: FakeServices, source: Path) -> None:
    services.generate.refused = (EXITED,)
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        end = await editor.job_end((await generate(editor, uri))["job"])
        assert end["message"].endswith(f"; the rest is left: {EXITED.replace('`', '')}")
        assert end["results"][0]["refused"] == [EXITED]
        services.generate.status, services.generate.reason = "nothing_to_gain", "it is asserted already"
        end = await editor.job_end((await generate(editor, uri, "fine"))["job"])
        assert end["message"] == f"No test for fine: it is asserted already; {EXITED.replace('`', '')}"
        logged = [p["message"] for p in editor.sent("window/logMessage")]
        assert any(EXITED.replace("`", "") in words.replace("`", "") for words in logged)
