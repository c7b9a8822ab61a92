"""pytest is installed after a "Yes", where something failed for want of it or the person asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from unit.lsp.editor import FULL, Editor, merged
from unit.lsp.fakes import FakeServices

QUESTION = "window/showMessageRequest"


def answering(editor: Editor, answer: str | None) -> None:
    editor.handlers[QUESTION] = lambda _: {"title": answer} if answer else None


async def failed(editor: Editor, services: FakeServices, source: Path) -> str:
    """Have a generation fail for want of pytest."""
    services.install.missing = True
    services.generate.status, services.generate.reason = "failed", "Python 3.11 has no pytest."
    uri = editor.open(source)
    started = await editor.run("greenline.generateTest", {"uri": uri, "qualname": "greet"})
    ended = await editor.job_end(started["job"])
    assert ended["outcome"] == "failed"
    return uri


QUIET = merged(FULL, {"experimental": {"greenline": {"quietButtons": True}}})


@pytest.mark.parametrize(
    ("capabilities", "titles"),
    [(FULL, ["Not now", "Install pytest"]), (QUIET, ["Install pytest", "Not now"])],
    ids=["a key answers", "a question at the side"],
)
async def test_what_the_person_came_for_stands_out_where_no_key_chooses_it(
    services: FakeServices, source: Path, capabilities: dict[str, Any], titles: list[str]
) -> None:
    async with Editor(services, capabilities) as editor:
        answering(editor, None)
        services.install.missing = True
        await editor.job_end((await editor.run("greenline.installPytest", {"uri": source.as_uri()}))["job"])
        await failed(editor, services, source)
        await editor.wait_for(QUESTION, lambda asked: "has no pytest" in asked["message"])
        assert [[action["title"] for action in asked["actions"]] for asked in editor.sent(QUESTION)] == [titles] * 2


async def titles(editor: Editor, uri: str) -> list[Any]:
    return [action["title"] for action in await editor.actions(uri, 1)]


async def test_a_failure_for_want_of_it_comes_with_a_button_that_installs_it(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, FULL) as editor:
        answering(editor, "Install pytest")
        uri = await failed(editor, services, source)
        ended = await editor.wait_for("greenline/jobEnded", lambda p: p["title"] == "Install pytest")

        assert (ended["outcome"], ended["message"]) == ("done", "pytest 8.4.2 was installed, for /p/python.")
        (question,) = editor.sent(QUESTION)
        assert question["message"] == "No test for greet: Python 3.11 has no pytest."
        assert [action["title"] for action in question["actions"]] == ["Not now", "Install pytest"]
        assert services.install.installs == [source]
        assert [m["message"] for m in editor.sent("window/showMessage")] == [ended["message"]]
        assert "Install pytest in the project's Python" not in await titles(editor, uri)


@pytest.mark.parametrize("answer", ["Not now", None])
async def test_without_a_yes_nothing_is_installed_and_the_light_bulb_offers_it(
    services: FakeServices, source: Path, answer: str | None
) -> None:
    async with Editor(services, FULL) as editor:
        answering(editor, answer)
        uri = await failed(editor, services, source)
        await editor.wait_for(QUESTION)
        offer = "Install pytest in the project's Python"
        (action,) = [each for each in await editor.actions(uri, 1) if each["title"] == offer]
        command = action["command"]
        started = await editor.run(command["command"], *command["arguments"])
        ended = await editor.job_end(started["job"])

        assert (ended["outcome"], ended["message"]) == ("done", "pytest was not installed.")
        assert editor.sent(QUESTION)[-1]["message"] == "Install pytest? This runs: pip install pytest"
        assert services.install.installs == []


async def test_other_failures_are_told_as_ever(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        services.generate.status, services.generate.reason = "failed", "it hangs"
        uri = editor.open(source)
        started = await editor.run("greenline.generateTest", {"uri": uri, "qualname": "greet"})
        await editor.job_end(started["job"])

        assert editor.sent(QUESTION) == []
        assert [m["message"] for m in editor.sent("window/showMessage")] == ["No test for greet: it hangs"]
        assert "Install pytest in the project's Python" not in await titles(editor, uri)


async def test_a_problem_is_told(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        answering(editor, "Install pytest")
        services.install.missing, services.install.problem = True, "pytest was not installed. No network."
        started = await editor.run("greenline.installPytest", {"uri": source.as_uri()})
        ended = await editor.job_end(started["job"])

        assert (ended["outcome"], ended["message"]) == ("failed", "pytest was not installed. No network.")
        assert [m["message"] for m in editor.sent("window/showMessage")] == [ended["message"]]


async def test_whoever_has_mended_what_was_in_the_way_tries_again(services: FakeServices, source: Path) -> None:
    async with Editor(services, QUIET) as editor:
        problem = services.install.problem = "pytest was not installed. No network."
        services.install.missing = True

        def mend(question: Any) -> dict[str, str]:
            if question["message"] != problem:
                return {"title": "Install pytest"}
            services.install.problem = ""
            return {"title": "Try Again"}

        editor.handlers[QUESTION] = mend
        started = await editor.run("greenline.installPytest", {"uri": source.as_uri()})
        assert (await editor.job_end(started["job"]))["outcome"] == "failed"
        await editor.wait_for("greenline/jobEnded", lambda end: end["outcome"] == "done")
        assert services.install.installs == [source, source]
        assert problem not in [said["message"] for said in editor.sent("window/showMessage")], "said once"


async def test_installing_shows_its_steps_and_can_be_cancelled(services: FakeServices, source: Path) -> None:
    services.install.gate.clear()
    async with Editor(services, FULL) as editor:
        answering(editor, "Install pytest")
        services.install.missing = True
        started = await editor.run("greenline.installPytest", {"uri": source.as_uri()})
        await editor.wait_for("$/progress", lambda p: p["value"].get("message") == "Collecting pytest")
        again = await editor.run("greenline.installPytest", {"uri": source.as_uri()})
        assert (again["job"], again["started"]) == (started["job"], False)
        assert await editor.run("greenline.cancelJob", {"job": started["job"]}) == {"cancelled": True}
        ended = await editor.job_end(started["job"])

        assert ended["outcome"] == "cancelled"
        assert services.install.stopped.is_set()


async def test_what_is_no_file_is_refused(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        answer = await editor.run("greenline.installPytest", {"uri": "untitled:one"})
        assert answer["job"] is None
        assert "save this code" in answer["message"]
