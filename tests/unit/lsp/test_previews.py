"""New tests that are shown before they are written, and what can be done about them afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from greenline.lsp import apply_edit
from unit.lsp.editor import FULL, Editor, merged
from unit.lsp.test_generating import NEW, Applies, generate

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

PREVIEW = {"generate": {"preview": True}}
CONFIRMS = merged(FULL, {"workspace": {"workspaceEdit": {"changeAnnotationSupport": {}}}})
BUTTONS = merged(FULL, {"experimental": {"greenline": {"quietButtons": True}}})


@pytest.mark.parametrize("exists", [False, True])
async def test_an_editor_that_shows_changes_first_is_told_to(
    services: FakeServices, source: Path, *, exists: bool
) -> None:
    if exists:
        services.test_file.write_text("import os\n", encoding="utf-8")
    async with Editor(services, CONFIRMS, options=PREVIEW) as editor:
        applies = Applies(editor)
        job = await generate(editor, editor.open(source))
        assert (await editor.job_end(job["job"]))["outcome"] == "done"
        (edit,) = applies.edits
        (annotation,) = edit["changeAnnotations"].values()
        assert annotation["needsConfirmation"] is True
        (name,) = edit["changeAnnotations"]
        said = [change.get("annotationId") for change in edit["documentChanges"] if "kind" in change]
        said += [one["annotationId"] for change in edit["documentChanges"] for one in change.get("edits", ())]
        assert set(said) == {name}
        assert len(said) == (1 if exists else 2)


async def test_a_change_that_is_discarded_leaves_the_file_and_says_so(services: FakeServices, source: Path) -> None:
    async with Editor(services, CONFIRMS, options=PREVIEW) as editor:
        Applies(editor, applied=False)
        job = await generate(editor, editor.open(source))
        end = await editor.job_end(job["job"])
        assert (end["outcome"], end["message"]) == ("failed", "test_shop.py is as it was: the change was not accepted.")
        assert not services.test_file.exists()


@pytest.mark.parametrize("exists", [False, True])
async def test_an_editor_that_says_done_after_a_no_is_not_believed(
    services: FakeServices, source: Path, monkeypatch: pytest.MonkeyPatch, *, exists: bool
) -> None:
    """Neovim answers so, and has created the file before it asks."""
    monkeypatch.setattr(apply_edit, "_LOOKS", 2)
    if exists:
        services.test_file.write_text("import os\n", encoding="utf-8")

    def refused(params: Any) -> Any:
        for change in params["edit"]["documentChanges"]:
            if change.get("kind") == "create":
                services.test_file.touch()
                editor.open(services.test_file, "\n")  # the buffer that it would have been
            elif change.get("kind") == "delete":
                services.test_file.unlink()
        return {"applied": True}

    async with Editor(services, CONFIRMS, options=PREVIEW) as editor:
        editor.handlers["workspace/applyEdit"] = refused
        job = await generate(editor, editor.open(source))
        end = await editor.job_end(job["job"])
        assert (end["outcome"], end["message"]) == ("failed", "test_shop.py is as it was: the change was not accepted.")
        assert services.test_file.exists() is exists


@pytest.mark.parametrize(("answer", "written"), [("Apply", True), ("Discard", False), (None, False)])
async def test_another_editor_is_asked_with_the_code(
    services: FakeServices, source: Path, answer: str | None, *, written: bool
) -> None:
    async with Editor(services, FULL, options=PREVIEW) as editor:
        Applies(editor)
        asked: list[Any] = []

        def choose(params: Any) -> Any:
            asked.append(params)
            return {"title": answer} if answer else None

        editor.handlers["window/showMessageRequest"] = choose
        job = await generate(editor, editor.open(source))
        end = await editor.job_end(job["job"])
        assert (end["outcome"] == "done") is written
        assert services.test_file.exists() is written
        assert [action["title"] for action in asked[0]["actions"]] == ["Apply", "Discard"]
        assert NEW.strip() in asked[0]["message"]


async def test_without_the_setting_nobody_is_asked(services: FakeServices, source: Path) -> None:
    async with Editor(services, CONFIRMS) as editor:
        applies = Applies(editor)
        job = await generate(editor, editor.open(source))
        assert (await editor.job_end(job["job"]))["outcome"] == "done"
        assert "changeAnnotations" not in applies.edits[0]


async def finished(editor: Editor, source: Path, answer: str | None) -> Any:
    """Generate, answer the message, and return its question."""
    editor.handlers["window/showMessageRequest"] = lambda _: {"title": answer} if answer else None
    job = await generate(editor, editor.open(source))
    await editor.job_end(job["job"])
    return await editor.wait_for("window/showMessageRequest")


async def test_what_was_gained_comes_with_buttons_where_they_hold_up_nobody(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, BUTTONS) as editor:
        Applies(editor)
        asked = await finished(editor, source, None)
        assert asked["message"] == "1 test passed; f 50 % -> 100 %"
        assert asked["type"] == 3  # information
        assert [action["title"] for action in asked["actions"]] == ["Open Test", "Undo", "Run Again"]
        assert editor.sent("window/showMessage") == []


async def test_undo_takes_the_tests_back(services: FakeServices, source: Path) -> None:
    async with Editor(services, BUTTONS) as editor:
        applies = Applies(editor)
        await finished(editor, source, "Undo")
        await editor.wait_for("workspace/applyEdit", lambda p: "undo" in p["label"])
        assert applies.edits
        await editor.run("greenline.cancelJob", {"job": "none"})
        assert not services.test_file.exists()


async def test_open_test_puts_the_cursor_on_the_first_new_one(services: FakeServices, source: Path) -> None:
    services.test_file.write_text("import os\n", encoding="utf-8")
    async with Editor(services, BUTTONS) as editor:
        Applies(editor)
        editor.handlers["window/showDocument"] = lambda _: {"success": True}
        await finished(editor, source, "Open Test")
        shown = await editor.wait_for("window/showDocument")
        assert shown["uri"] == services.test_file.as_uri()
        assert shown["selection"]["start"]["line"] == 1


async def test_run_again_runs_the_tests_of_the_file(services: FakeServices, source: Path) -> None:
    async with Editor(services, BUTTONS) as editor:
        Applies(editor)
        await finished(editor, source, "Run Again")
        await editor.wait_for("greenline/jobEnded", lambda p: p["title"] == "Run tests of test_shop.py")
        assert services.run_affected.files == [services.test_file]
