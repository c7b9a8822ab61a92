"""The libraries that ask models are installed after a "Yes", once a model may be asked, and the work goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from greenline.lsp.model_libraries import TITLE, ModelStorage
from unit.lsp.editor import FULL, Editor
from unit.lsp.test_generating import Applies, generate
from unit.lsp.test_model_commands import ENABLED, QUESTION, answering, done

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

ASKS = "The libraries that ask models are not installed (about 6 MB). Install them into the editor's own storage?"
TO_DO = "Install them: allow."
MISSING = f"The libraries that ask models are not installed. {TO_DO}"
LEFT = {"model_notes": (f"No model was asked: {MISSING}",)}


@pytest.fixture
def lacking(services: FakeServices, source: Path) -> FakeServices:
    """A model may be asked about the project, and what asks it is missing."""
    services.libraries.to_do, services.libraries.asks = TO_DO, ASKS
    services.generate.asked = LEFT
    services.model.consent.allow(source.parent, services.model.endpoint)
    return services


async def until_ended(editor: Editor, *titles: str) -> None:
    """Wait until these jobs have ended, well and in this order."""

    def ended() -> list[tuple[str, str]]:
        return [(end["title"], end["outcome"]) for end in editor.sent("greenline/jobEnded")]

    await editor.wait_for("greenline/jobEnded", lambda _: ended() == [(title, "done") for title in titles])


def shown(editor: Editor) -> list[str]:
    return [params["message"] for params in editor.sent("window/showMessage")]


async def test_they_are_offered_after_the_first_result_and_the_work_goes_on(
    lacking: FakeServices, source: Path
) -> None:
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        Applies(editor)
        answering(editor, "Install")
        first = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        assert first["outcome"] == "done", "what exploring found is written before anything is asked"
        installed = await editor.wait_for("greenline/jobEnded", lambda end: end["title"] == TITLE)
        assert (installed["outcome"], installed["message"]) == ("done", "The libraries that ask models are installed.")
        await until_ended(editor, first["title"], TITLE, first["title"])
        (question,) = editor.sent(QUESTION)
        assert question["message"] == ASKS
        assert [action["title"] for action in question["actions"]] == ["Not now", "Install"]
        assert len(lacking.generate.runs) == 2


@pytest.mark.parametrize("answer", ["Not now", None])
async def test_without_a_yes_nothing_is_installed_and_nobody_is_asked_twice(
    lacking: FakeServices, source: Path, answer: str | None
) -> None:
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        Applies(editor)
        answering(editor, answer)
        uri = editor.open(source)
        for _ in range(2):
            await editor.job_end((await generate(editor, uri))["job"])
            await editor.wait_for(QUESTION)
        await done(editor, "greenline.model.cost")  # a job that ends after the offer would have been made
        assert len(editor.sent(QUESTION)) == 1
        assert lacking.libraries.installs == 0


async def test_who_allows_a_model_is_asked_for_them_as_well(services: FakeServices, source: Path) -> None:
    services.libraries.to_do, services.libraries.asks = TO_DO, ASKS
    services.generate.asked = LEFT
    async with Editor(services, FULL, options=ENABLED) as editor:
        Applies(editor)
        answering(editor, "Ask a Model", "Allow", "Install")
        first = await editor.job_end((await generate(editor, editor.open(source)))["job"])
        await until_ended(editor, first["title"], "Allow a model", first["title"])
        assert [question["message"][:9] for question in editor.sent(QUESTION)] == [
            "Ask a mod",
            "May sourc",
            "The libra",
        ]
        assert services.libraries.installs == 1


async def test_the_command_asks_again_after_a_no(lacking: FakeServices, source: Path) -> None:
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        answering(editor, "Not now", "Install")
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert end["message"].endswith(MISSING)
        assert shown(editor)[-1].endswith(MISSING)
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert end["message"].endswith("already.")
        assert lacking.libraries.installs == 1


async def test_where_the_editor_has_no_place_for_them_it_is_said_what_to_do(
    lacking: FakeServices, source: Path
) -> None:
    lacking.libraries.asks = ""
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        Applies(editor)
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert editor.sent(QUESTION) == []
        assert shown(editor)[-1].endswith(MISSING)


@pytest.mark.parametrize("command", ["offer", "greenline.model.allow"])
async def test_why_they_were_not_installed_is_said(lacking: FakeServices, source: Path, command: str) -> None:
    lacking.libraries.problem = "The package index cannot be reached."
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        Applies(editor)
        answering(editor, "Install")
        if command == "offer":
            await editor.job_end((await generate(editor, editor.open(source)))["job"])
            end = await editor.wait_for("greenline/jobEnded", lambda end: end["title"] == TITLE)
        else:
            end = await done(editor, command, {"uri": source.as_uri()})
        words = "The libraries that ask models were not installed. The package index cannot be reached."
        assert (end["outcome"], end["message"]) == ("failed", words)
        assert shown(editor).count(words) == 1
        assert len(lacking.generate.runs) == (1 if command == "offer" else 0)


async def test_cancelling_says_how_to_go_on(lacking: FakeServices, source: Path) -> None:
    lacking.libraries.gate.clear()
    async with Editor(lacking, FULL, options=ENABLED) as editor:
        answering(editor, "Install")
        started = await editor.run("greenline.model.allow", {"uri": source.as_uri()})
        await editor.wait_for("$/progress", lambda p: p["value"].get("message") == "Collecting anthropic")
        await editor.run("greenline.cancelJob", {"job": started["job"]})
        assert (await editor.job_end(started["job"]))["outcome"] == "cancelled"
        assert lacking.libraries.stopped.is_set()
        assert shown(editor)[-1].startswith("Cancelled: the libraries that ask models were not installed.")


@pytest.mark.parametrize(
    ("option", "trusted", "expected"),
    [("{}", True, True), ("{}", False, False), ("model-sdk", True, False), (7, True, False), (None, True, False)],
)
async def test_the_place_is_what_the_editor_says_where_it_is_trusted(
    services: FakeServices, tmp_path: Path, option: Any, trusted: bool, expected: bool
) -> None:
    told = str(tmp_path) if option == "{}" else option
    async with Editor(services, FULL, options={**ENABLED, "trusted": trusted, "modelStorage": told}) as editor:
        storage = ModelStorage()
        assert storage() is None
        storage.attach(editor.server)
        assert storage() == (tmp_path if expected else None)
        assert "modelStorage" not in json.dumps(editor.sent("window/logMessage")), "it is no setting"
