"""A model, as a person decides on it: nothing is agreed to without a yes, nor where nothing is trusted."""

from __future__ import annotations

import asyncio
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.lsp.model_key import ModelKey
from unit.lsp.editor import FULL, LIMIT, Editor, merged
from unit.lsp.test_generating import Applies, generate

if TYPE_CHECKING:
    from unit.lsp.fakes import FakeServices

QUESTION = "window/showMessageRequest"
ENABLED = {"greenline": {"model": {"enabled": True}}}
NOT_ASKED = {"model_notes": ("No model was asked: nobody agreed.",), "awaits_consent": True}
WITH_KEY = merged(FULL, {"experimental": {"greenline": {"tellsModelKey": True}}})


def answering(editor: Editor, *answers: str | None) -> None:
    """Answer each question with the next of these, the last one from then on."""
    left = list(answers)

    def answer(_: Any) -> dict[str, str] | None:
        title = left.pop(0) if len(left) > 1 else left[0]
        return {"title": title} if title else None

    editor.handlers[QUESTION] = answer


class Questions:
    """Those that a person leaves open for now; each is answered by its future."""

    def __init__(self, editor: Editor) -> None:
        self._open: asyncio.Queue[asyncio.Future[dict[str, str]]] = asyncio.Queue()
        editor.handlers[QUESTION] = self._ask

    async def _ask(self, _: Any) -> dict[str, str]:
        answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._open.put_nowait(answer)
        return await answer

    async def asked(self) -> asyncio.Future[dict[str, str]]:
        return await asyncio.wait_for(self._open.get(), LIMIT)


async def done(editor: Editor, command: str, *arguments: Any) -> Any:
    return await editor.job_end((await editor.run(command, *arguments))["job"])


async def test_allowing_says_what_is_sent_where_and_at_which_price_and_keeps_a_yes(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, FULL, options=ENABLED) as editor:
        answering(editor, "Allow")
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        (question,) = editor.sent(QUESTION)
        asked = question["message"]
        for words in ("https://api.example.com", "claude-a, then claude-b", "its module", ".env", "$1.00", "$10.00"):
            assert words in asked
        assert [action["title"] for action in question["actions"]] == ["Not now", "Show Details", "Allow"]
        assert services.model.consent.places == {source.parent: ("https://api.example.com",)}
        sentence = f"Source of {source.parent.name} may be sent to https://api.example.com."
        assert (end["outcome"], end["message"]) == ("done", sentence)

        again = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert again["message"].endswith("already.")
        assert len(editor.sent(QUESTION)) == 1


async def test_a_question_stands_alone_and_is_asked_again_for_who_lost_sight_of_it(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, FULL, options=ENABLED) as editor:
        asked = asyncio.Event()

        async def lost(_: Any) -> None:
            asked.set()
            await asyncio.Event().wait()

        editor.handlers[QUESTION] = lost
        first = await editor.run("greenline.model.allow", {"uri": source.as_uri()})
        await asyncio.wait_for(asked.wait(), LIMIT)
        answering(editor, "Allow")
        again = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert again["outcome"] == "done"
        assert services.model.consent.places
        assert (await editor.job_end(first["job"]))["outcome"] == "superseded"
        assert editor.sent("window/workDoneProgress/create") == []


async def test_an_answer_to_the_older_question_says_that_there_is_a_newer_one(
    services: FakeServices, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Editor(services, FULL, options=ENABLED) as editor:
        questions = Questions(editor)
        first = await editor.run("greenline.model.allow", {"uri": source.as_uri()})
        older = await questions.asked()
        second = await editor.run("greenline.model.allow", {"uri": source.as_uri()})
        newer = await questions.asked()
        assert (await editor.job_end(first["job"]))["outcome"] == "superseded"
        older.set_result({"title": "Allow"})
        said = await editor.wait_for("window/showMessage")
        assert said["message"] == "Asked again: answer the newer question."
        assert services.model.consent.places == {}
        newer.set_result({"title": "Allow"})
        assert (await editor.job_end(second["job"]))["outcome"] == "done"
        assert services.model.consent.places
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]


async def test_questions_about_two_projects_stand_side_by_side(services: FakeServices, source: Path) -> None:
    other = source.parent.parent / "other" / "b.py"
    other.parent.mkdir()
    other.write_text("")
    async with Editor(services, FULL, options=ENABLED) as editor:
        questions = Questions(editor)
        first = await editor.run("greenline.model.allow", {"uri": source.as_uri()})
        of_first = await questions.asked()
        second = await editor.run("greenline.model.allow", {"uri": other.as_uri()})
        of_second = await questions.asked()
        of_first.set_result({"title": "Allow"})
        of_second.set_result({"title": "Not now"})
        ends = [await editor.job_end(job["job"]) for job in (first, second)]
        assert [end["outcome"] for end in ends] == ["done", "done"]
        assert list(services.model.consent.places) == [source.parent]


@pytest.mark.parametrize("answer", ["Not now", None])
async def test_without_a_yes_nothing_is_kept(services: FakeServices, source: Path, answer: str | None) -> None:
    async with Editor(services, FULL, options=ENABLED) as editor:
        answering(editor, answer)
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert end["message"] == f"Nothing of {source.parent.name} is sent."
        assert services.model.consent.places == {}


async def test_who_asks_for_details_reads_them_and_is_asked_again(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options=ENABLED) as editor:
        shown: list[str] = []

        def show(params: dict[str, Any]) -> dict[str, bool]:
            shown.append(read(params["uri"]))
            return {"success": True}

        editor.handlers["window/showDocument"] = show
        answering(editor, "Show Details", "Allow")
        await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        (text,) = shown
        assert "the whole text of its module" in text
        assert "Place: https://api.example.com" in text
        assert services.model.consent.places


async def test_an_editor_that_shows_no_documents_offers_no_details(services: FakeServices, source: Path) -> None:
    able = merged(FULL, {"window": {"showDocument": {"support": False}}})
    async with Editor(services, able, options=ENABLED) as editor:
        answering(editor, "Allow")
        await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        (question,) = editor.sent(QUESTION)
        assert [action["title"] for action in question["actions"]] == ["Not now", "Allow"]
        assert services.model.consent.places


async def test_an_editor_that_asks_no_questions_is_told_where_to_agree(services: FakeServices, source: Path) -> None:
    async with Editor(services, {}, options=ENABLED) as editor:
        await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert "greenline model allow" in (await editor.wait_for("window/showMessage"))["message"]
        assert services.model.consent.places == {}


async def test_an_address_that_the_project_names_is_asked_about_by_name(services: FakeServices, source: Path) -> None:
    services.model.wished = "https://elsewhere.example.com"
    async with Editor(services, FULL, options=ENABLED) as editor:
        answering(editor, "Allow")
        await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        message = editor.sent(QUESTION)[0]["message"]
        assert "elsewhere.example.com (a file of the project names that address; you did not." in message
        assert "Your key would go there, too)" in message
        assert services.model.consent.places == {source.parent: ("https://elsewhere.example.com",)}


async def test_what_cannot_be_remembered_is_a_problem(services: FakeServices, source: Path) -> None:
    services.model.consent.problem = "the disk is full"
    async with Editor(services, FULL, options=ENABLED) as editor:
        answering(editor, "Allow")
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert (end["outcome"], end["message"]) == ("failed", "It could not be remembered: the disk is full")


async def test_a_yes_while_none_is_switched_on_says_so(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        answering(editor, "Allow")
        end = await done(editor, "greenline.model.allow", {"uri": source.as_uri()})
        assert "before greenline.model.enabled is switched on" in end["message"]


async def test_a_yes_is_taken_back(services: FakeServices, source: Path) -> None:
    services.model.consent.allow(source.parent, "https://api.example.com")
    async with Editor(services, FULL) as editor:
        end = await done(editor, "greenline.model.forbid", {"uri": source.as_uri()})
        assert end["message"] == f"From now on nothing of {source.parent.name} is sent."
        assert services.model.consent.places == {}
        end = await done(editor, "greenline.model.forbid", {"uri": source.as_uri()})
        assert end["message"].startswith("Nothing was allowed")


async def test_what_would_be_sent_is_shown_and_stands_in_no_log(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        shown: list[str] = []

        def show(params: dict[str, Any]) -> dict[str, bool]:
            shown.append(params["uri"])
            return {"success": True}

        editor.handlers["window/showDocument"] = show
        end = await done(editor, "greenline.model.show", {"uri": source.as_uri(), "qualname": "greet"})
        assert "##### shop.py::greet" in end["text"]
        assert services.model.secret in end["text"]
        assert end["message"].endswith("tokens. Nothing was sent.")
        assert [read(uri) for uri in shown] == [end["text"]]
        if sys.platform != "win32":
            from greenline.lsp.documents import path_of

            file = path_of(shown[0])
            assert file is not None
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert not any(services.model.secret in str(params) for params in editor.sent("window/logMessage"))


async def test_an_editor_that_shows_no_documents_is_told_where_the_text_is(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, {}) as editor:
        end = await done(editor, "greenline.model.show", {"uri": source.as_uri(), "line": 2})
        message = (await editor.wait_for("window/showMessage"))["message"]
        file = Path(message.removeprefix("What would be sent stands in ").removesuffix(". Nothing was sent."))
        assert read(file.as_uri()) == end["text"]


async def test_the_cost_so_far_is_told(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        end = await done(editor, "greenline.model.cost")
        assert end["message"] == "Models cost today: nothing; this month: 2 requests, 12,400 tokens, $0.08."
        assert [p["message"] for p in editor.sent("window/showMessage")] == [end["message"]]


async def test_a_model_is_offered_once_after_the_first_result_and_asked_after_a_yes(
    services: FakeServices, source: Path
) -> None:
    services.generate.asked = NOT_ASKED
    async with Editor(services, FULL, options=ENABLED) as editor:

        def ended() -> list[Any]:
            return editor.sent("greenline/jobEnded")

        Applies(editor)
        answering(editor, "Ask a Model", "Allow")
        uri = editor.open(source)
        assert editor.sent(QUESTION) == []
        first = await editor.job_end((await generate(editor, uri))["job"])
        assert first["message"].endswith("; no model was asked, as nobody has agreed to it yet")
        titles = ["Generate test for greet", "Allow a model", "Generate test for greet"]
        await editor.wait_for("greenline/jobEnded", lambda _: [e["title"] for e in ended()] == titles)
        assert [end["outcome"] for end in ended()] == ["done"] * 3
        assert services.model.consent.places
        offer, terms = editor.sent(QUESTION)
        assert offer["message"].startswith("Ask a model for what is left of greet?")
        assert terms["message"].startswith("May source of")
        assert len(services.generate.runs) == 2


async def test_what_is_wrong_with_the_file_that_names_models_is_said_once(services: FakeServices, source: Path) -> None:
    services.generate.asked = {"tokens": 5, "model_notes": ("It was cut.",)}
    services.model.problems = ("greenline.toml: `a` is named twice.", "greenline.toml: `prize` of a is not known.")
    async with Editor(services, FULL, options=ENABLED) as editor:
        Applies(editor)
        uri = editor.open(source)
        for _ in range(2):
            await editor.job_end((await generate(editor, uri))["job"])
        await editor.wait_for("window/showMessage", lambda said: "named twice" in said["message"])
        await done(editor, "greenline.model.cost")
        said = [params for params in editor.sent("window/showMessage") if "greenline.toml" in params["message"]]
        assert said == [{"type": 2, "message": " ".join(services.model.problems)}]


async def test_without_a_yes_to_the_offer_it_is_not_made_again(services: FakeServices, source: Path) -> None:
    services.generate.asked = NOT_ASKED
    async with Editor(services, FULL, options=ENABLED) as editor:
        Applies(editor)
        answering(editor, "Not now")
        uri = editor.open(source)
        await editor.job_end((await generate(editor, uri))["job"])
        await editor.wait_for(QUESTION)
        end = await editor.job_end((await generate(editor, uri))["job"])
        assert end["outcome"] == "done"
        await done(editor, "greenline.model.cost")  # a job that ends after the offer would have been made
        assert len(editor.sent(QUESTION)) == 1
        assert services.model.consent.places == {}
        assert len(services.generate.runs) == 2


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({}, NOT_ASKED),
        ({"greenline": {"model": {"enabled": True}, "engine": "explore"}}, NOT_ASKED),
        (ENABLED, {}),
        (ENABLED, {"tokens": 5, "model_notes": ("It was cut.",)}),
    ],
    ids=["off", "explore alone", "nothing left", "asked already"],
)
async def test_it_is_not_offered_where_it_makes_no_sense(
    services: FakeServices, source: Path, options: dict[str, Any], asked: dict[str, Any]
) -> None:
    services.generate.asked = asked
    async with Editor(services, FULL, options=options) as editor:
        Applies(editor)
        await editor.job_end((await generate(editor, editor.open(source)))["job"])
        await done(editor, "greenline.model.cost")
        assert editor.sent(QUESTION) == []


@pytest.mark.parametrize("command", ["allow", "show"])
async def test_in_a_workspace_that_is_not_trusted_nothing_is_asked(
    services: FakeServices, source: Path, command: str
) -> None:
    async with Editor(services, FULL, options={**ENABLED, "trusted": False}) as editor:
        answer = await editor.run(f"greenline.model.{command}", {"uri": source.as_uri()})
        assert (answer["job"], answer["started"]) == (None, False)
        assert editor.sent(QUESTION) == []
        forbidden = await done(editor, "greenline.model.forbid", {"uri": source.as_uri()})
        assert forbidden["outcome"] == "done", "taking it back runs nothing"


# The editor's key


async def key_of(editor: Editor, answer: Any) -> str:
    editor.handlers["greenline/modelKey"] = lambda _: answer
    key = ModelKey(seconds=LIMIT)
    key.attach(editor.server)
    return await key()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"modelKey": "sk-one"}, "sk-one"), ({"modelKey": None}, ""), (None, ""), ({"modelKey": 7}, ""), ([], "")],
)
async def test_the_editors_key_is_asked_for_each_time(services: FakeServices, answer: Any, expected: str) -> None:
    async with Editor(services, WITH_KEY) as editor:
        assert await key_of(editor, answer) == expected
        assert await key_of(editor, {"modelKey": "sk-two"}) == "sk-two"


@pytest.mark.parametrize(("capabilities", "may"), [(WITH_KEY, True), (FULL, False)])
async def test_whether_the_editor_may_keep_one_is_known_without_asking(
    services: FakeServices, capabilities: dict[str, Any], may: bool
) -> None:
    async with Editor(services, capabilities) as editor:
        key = ModelKey()
        assert key.may_be_told() is False
        key.attach(editor.server)
        assert key.may_be_told() is may
        assert editor.sent("greenline/modelKey") == []


async def test_an_editor_that_says_nothing_of_a_key_is_not_asked(services: FakeServices) -> None:
    assert await ModelKey()() == ""
    async with Editor(services, FULL) as editor:
        assert await key_of(editor, {"modelKey": "sk-one"}) == ""
        assert editor.sent("greenline/modelKey") == []


async def test_no_key_is_asked_for_where_nothing_is_trusted(services: FakeServices) -> None:
    async with Editor(services, WITH_KEY, options={"trusted": False}) as editor:
        assert await key_of(editor, {"modelKey": "sk-one"}) == ""
        assert editor.sent("greenline/modelKey") == []


async def test_a_key_stands_in_no_log(services: FakeServices, caplog: pytest.LogCaptureFixture) -> None:
    async with Editor(services, WITH_KEY) as editor:
        assert await key_of(editor, {"modelKey": "sk-very-secret"}) == "sk-very-secret"
        key = ModelKey(seconds=LIMIT)
        key.attach(editor.server)
        del editor.handlers["greenline/modelKey"]
        assert await key() == "", "an editor that fails to answer"
    assert "did not tell its key" in caplog.text
    assert "sk-very-secret" not in caplog.text


def read(uri: str) -> str:
    from greenline.lsp.documents import path_of

    path = path_of(uri)
    assert path is not None
    return path.read_text(encoding="utf-8")
