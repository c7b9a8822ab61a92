"""'Update generated expectations': offered where it can work, shown before it is done, and never on a person's test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.failures import Failure, FailureKind, Place
from greenline.services.run_suite import SuiteRun
from unit.lsp.editor import FULL, Editor, RpcError, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

TEST = 'from shop import greet\n\n\ndef test_greet():\n    assert greet("") == "x"\n'
SHOWS = merged(FULL, {"workspace": {"workspaceEdit": {"changeAnnotationSupport": {"groupsOnLabel": True}}}})
COMMAND = "greenline.updateExpectations"


class Person:
    """Who has a failing test open."""

    def __init__(self, editor: Editor, services: FakeServices) -> None:
        self.editor, self.services = editor, services
        services.test_file.write_text(TEST)
        services.update.generated = frozenset({"test_greet"})
        self.edits: list[Any] = []
        self.accepts = True
        self.uri = ""
        editor.handlers["workspace/applyEdit"] = self._apply

    def _apply(self, params: Any) -> Any:
        self.edits.append(params["edit"])
        if self.accepts:
            self.editor.change(self.uri, TEST.replace('"x"', '"y"'), 2)
        return {"applied": self.accepts}

    async def fail(self, kind: FailureKind = "code", line: int = 5) -> None:
        self.uri = self.editor.open(self.services.test_file)
        failure = Failure(
            "tests/test_shop.py::test_greet[x::y]",
            kind,
            "assert 'y' == 'x'",
            "Look.",
            Place(self.services.test_file, line),
        )
        self.services.run_affected.answer = SuiteRun("1 failed", ok=True, failures=(failure,))
        answer = await self.editor.run("greenline.runTestsOfFile", {"uri": self.uri})
        await self.editor.job_end(answer["job"])
        self.services.run_affected.answer = SuiteRun("1 passed", ok=True, passed=frozenset({"x::y"}))

    async def offers(self, line: int = 4) -> list[Any]:
        found = await self.editor.actions(self.uri, line)
        return [action for action in found if action["command"]["command"] == COMMAND]

    async def take(self) -> Any:
        (offer,) = await self.offers()
        answer = await self.editor.run(COMMAND, *offer["command"]["arguments"])
        return await self.editor.job_end(answer["job"])


@pytest.mark.parametrize(("kind", "offered"), [("code", 1), ("test", 1), ("flaky", 0), ("environment", 0)])
async def test_it_is_offered_where_the_values_may_have_changed(
    services: FakeServices, kind: FailureKind, offered: int
) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        await person.fail(kind)
        assert len(await person.offers()) == offered


async def test_a_test_that_is_not_known_is_left_alone(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        services.update.generated = frozenset()
        await person.fail()
        assert await person.offers() == []
        answer = await editor.run(COMMAND, {"uri": person.uri, "test": "test_greet"})
        end = await editor.job_end(answer["job"])
        assert (end["outcome"], person.edits) == ("failed", [])
        assert "left as it is" in end["message"]


async def test_an_able_editor_shows_old_and_new_before_anything_changes(services: FakeServices) -> None:
    async with Editor(services, SHOWS) as editor:
        person = Person(editor, services)
        await person.fail()
        end = await person.take()
        assert end["outcome"] == "done", end
        (edit,) = person.edits
        assert edit["changeAnnotations"] == {
            "0": {
                "label": "Update expectations",
                "needsConfirmation": True,
                "description": 'greet(""): "x" -> "y"',
            }
        }
        (change,) = edit["documentChanges"][0]["edits"]
        assert change == {
            "annotationId": "0",
            "newText": '"y"',
            "range": {"start": {"line": 4, "character": 24}, "end": {"line": 4, "character": 27}},
        }
        assert services.run_affected.selected == [(f"{services.test_file}::test_greet",)]
        assert len(services.update.remembered) == 1


async def test_what_is_not_accepted_is_not_done_nor_remembered(services: FakeServices) -> None:
    async with Editor(services, SHOWS) as editor:
        person = Person(editor, services)
        person.accepts = False
        await person.fail()
        end = await person.take()
        assert end["outcome"] == "failed"
        assert end["message"] == "test_shop.py is as it was: the change was not accepted."
        assert services.update.remembered == []
        assert services.run_affected.selected == []


async def test_an_editor_that_says_done_and_did_nothing_is_not_believed(services: FakeServices) -> None:
    async with Editor(services, SHOWS) as editor:
        person = Person(editor, services)
        editor.handlers["workspace/applyEdit"] = lambda _: {"applied": True}
        await person.fail()
        end = await person.take()
        assert end["message"] == "test_shop.py is as it was: the change was not accepted."
        assert services.update.remembered == []


async def test_another_editor_is_told_what_was_replaced(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        await person.fail()
        end = await person.take()
        assert end["outcome"] == "done", end
        assert "changeAnnotations" not in person.edits[0]
        assert end["message"] == 'test_greet is updated and passes: greet(""): "x" -> "y"'


async def test_what_was_not_written_is_spoken_of_as_updating(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        asked: list[Any] = []

        def refuse(params: Any) -> Any:
            asked.append(params)
            return {"applied": False, "failureReason": "read only"}

        editor.handlers["workspace/applyEdit"] = refuse
        await person.fail()
        end = await person.take()
        assert asked[0]["label"] == "Greenline: updated expectations in test_shop.py"
        assert end["message"] == (
            "The editor did not write test_shop.py: read only. "
            "The changes are in Greenline's log; greenline update in a terminal makes them."
        )
        shown = [params["message"] for method, params in editor.received if method == "window/showMessage"]
        assert 'What was to change:\ngreet(""): "x" -> "y"' in shown


async def test_a_test_by_its_old_name_fails_no_more(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        services.update.renamed = "test_greet_gives_y"
        await person.fail(line=1)  # a line that the update leaves as it is
        (offer,) = await person.offers(0)
        answer = await editor.run(COMMAND, *offer["command"]["arguments"])
        end = await editor.job_end(answer["job"])
        assert end["message"].startswith("test_greet_gives_y is updated and passes")
        assert services.run_affected.selected == [(f"{services.test_file}::test_greet_gives_y",)]
        assert await person.offers(0) == []


async def test_what_is_more_than_a_value_is_said_and_generating_is_offered(services: FakeServices) -> None:
    async with Editor(services, FULL) as editor:
        person = Person(editor, services)
        services.update.refusal = "the code raises now where it gave something: KeyError: 1"
        questions: list[Any] = []

        def ask(params: Any) -> Any:
            questions.append(params)
            return {"title": "Generate test"}

        editor.handlers["window/showMessageRequest"] = ask
        await person.fail()
        end = await person.take()
        assert end["outcome"] == "failed"
        assert person.edits == []
        await services.generate.started.wait()
        assert questions[0]["message"] == f"test_greet cannot be updated: {services.update.refusal}."
        assert services.generate.runs[0].qualname == "greet"


@pytest.mark.parametrize("argument", [{}, {"test": ""}, {"test": 3}])
async def test_the_command_says_what_it_needs(services: FakeServices, source: Path, argument: dict[str, Any]) -> None:
    async with Editor(services, FULL) as editor:
        with pytest.raises(RpcError, match="needs a test"):
            await editor.run(COMMAND, {"uri": source.as_uri(), **argument})
