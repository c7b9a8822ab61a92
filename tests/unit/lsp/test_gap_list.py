"""The list of gaps: worst first, a page at a time, and of one file without a look at the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.code.model import Target
from greenline.lsp import gap_list
from unit.lsp.editor import FULL, Editor, RpcError, merged
from unit.lsp.test_generating import Applies

if TYPE_CHECKING:
    from unit.lsp.fakes import FakeServices

LISTS = merged(FULL, {"experimental": {"greenline": {"listsGaps": True}}})


@pytest.fixture
def many(services: FakeServices, tmp_path: Path) -> list[Path]:
    """Seven measured files: the number in the name is how many lines never ran."""
    files = []
    for number in range(7):
        path = tmp_path / f"m{number}.py"
        path.write_text("def f():\n" + "    x = 1  # gap\n" * number + "    return 1\n", encoding="utf-8")
        files.append(path)
    services.files.measured = (*files, tmp_path / "tests" / "test_shop.py")
    return files


async def test_the_functions_of_a_file_worst_first_with_what_a_test_would_gain(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services) as editor:
        uri = editor.open(source)
        answer = await editor.request("greenline/gaps", {"uri": uri})
        by_name = {one["name"]: one for one in answer["functions"]}
        assert list(by_name) == ["greet", "Box.take"]  # the local function's gap is that of the one around it
        assert by_name["greet"]["target"] == {"uri": uri, "qualname": "greet", "version": 1}
        assert [gap["kind"] for gap in by_name["greet"]["gaps"]] == ["partial-branch", "uncovered"]
        assert by_name["greet"]["gaps"][1]["range"]["start"] == {"line": 3, "character": 17}
        assert by_name["Box.take"]["words"] == "1 line"


async def test_of_one_file_no_other_is_looked_at(services: FakeServices, source: Path, many: list[Path]) -> None:
    async with Editor(services) as editor:
        await editor.request("greenline/gaps", {"uri": editor.open(source)})
        assert {path for path, _ in services.show.calls} == {source}


async def test_a_file_that_is_not_open_is_read(services: FakeServices, source: Path) -> None:
    async with Editor(services) as editor:
        answer = await editor.request("greenline/gaps", {"uri": source.as_uri()})
        assert [one["name"] for one in answer["functions"]] == ["greet", "Box.take"]
        gone = await editor.request("greenline/gaps", {"uri": source.with_name("gone.py").as_uri()})
        assert gone["functions"] == []


async def test_the_files_of_the_workspace_worst_first_without_tests(
    services: FakeServices, many: list[Path], tmp_path: Path
) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        answer = await editor.run("greenline.gaps")
        assert [file["name"] for file in answer["files"]] == [f"m{number}.py" for number in range(6, 0, -1)]
        assert (answer["state"], answer["more"], answer["unread"]) == ("measured", 0, 0)


async def test_of_several_folders_each_file_says_whose_it_is(
    services: FakeServices, many: list[Path], tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "m9.py").write_text(many[6].read_text(encoding="utf-8"), encoding="utf-8")
    services.files.measured = (many[6], shop / "m9.py")
    async with Editor(services, folders=[tmp_path, shop]) as editor:
        files = (await editor.run("greenline.gaps"))["files"]
    assert {file["name"]: file["folder"] for file in files} == {"m6.py": tmp_path.name, "m9.py": "shop"}


async def test_a_page_says_how_many_are_left(services: FakeServices, many: list[Path], tmp_path: Path) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        first = await editor.run("greenline.gaps", {"limit": 2})
        assert ([file["name"] for file in first["files"]], first["more"]) == (["m6.py", "m5.py"], 4)
        second = await editor.run("greenline.gaps", {"limit": 2, "offset": 2})
        assert [file["name"] for file in second["files"]] == ["m4.py", "m3.py"]


async def test_what_is_known_is_not_looked_at_again(services: FakeServices, many: list[Path], tmp_path: Path) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        await editor.run("greenline.gaps")
        services.show.calls.clear()
        many[0].write_text("def f():\n    x = 1  # gap\n    y = 1  # gap\n", encoding="utf-8")
        answer = await editor.run("greenline.gaps")
        assert [path for path, _ in services.show.calls] == [many[0]]
        assert "m0.py" in {file["name"] for file in answer["files"]}


async def test_a_test_file_that_changed_has_the_others_looked_at(
    services: FakeServices, many: list[Path], tmp_path: Path
) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        await editor.run("greenline.gaps")
        services.show.covered = True  # what a changed test ran counts no more, and its file is all that changed
        (tmp_path / "tests").mkdir(exist_ok=True)
        (tmp_path / "tests" / "test_shop.py").write_text("def test_other(): ...\n", encoding="utf-8")
        assert (await editor.run("greenline.gaps"))["files"] == []


async def test_an_open_file_is_listed_as_it_is_shown(services: FakeServices, many: list[Path], tmp_path: Path) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        uri = editor.open(many[6])
        assert "m6.py" in {file["name"] for file in (await editor.run("greenline.gaps"))["files"]}
        services.show.covered = True  # by a test that was written, or taken back: the file and the reports are the same
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert "m6.py" not in {file["name"] for file in (await editor.run("greenline.gaps"))["files"]}


async def test_many_files_are_looked_at_after_the_answer_and_then_it_is_asked_again(
    services: FakeServices, many: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gap_list, "AT_ONCE", 3)
    async with Editor(services, LISTS, folders=[tmp_path]) as editor:
        first = await editor.request("greenline/gaps", {})
        assert first["unread"] == 4
        await editor.wait_for("greenline/gapsChanged")
        assert (await editor.request("greenline/gaps", {}))["unread"] == 0


async def test_without_data_it_says_so(services: FakeServices, source: Path, tmp_path: Path) -> None:
    services.files.measured = (source,)
    services.show.state, services.show.message = "no-data", "No data."
    async with Editor(services, folders=[tmp_path]) as editor:
        assert (await editor.run("greenline.gaps"))["state"] == "no-data"
        assert (await editor.run("greenline.gaps", {"uri": source.as_uri()}))["message"] == "No data."


async def test_a_client_with_a_list_is_told_seldom_for_many_reasons(services: FakeServices, source: Path) -> None:
    async with Editor(services, LISTS) as editor:
        uri = editor.open(source)
        await editor.diagnostics(uri)
        for _ in range(20):
            editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await editor.wait_for("greenline/gapsChanged")
        await editor.lenses(uri)
        assert len(editor.sent("greenline/gapsChanged")) < 10


@pytest.mark.parametrize("values", [{"limit": -1}, {"offset": "2"}])
async def test_a_page_that_makes_no_sense_is_refused(services: FakeServices, values: dict[str, Any]) -> None:
    async with Editor(services) as editor:
        with pytest.raises(RpcError):
            await editor.run("greenline.gaps", values)


async def test_many_targets_are_one_job_with_one_progress(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        targets = [{"uri": uri, "qualname": "greet"}, {"uri": uri, "qualname": "Box.take"}]
        services.generate.gate.clear()
        job = await editor.run("greenline.generateTests", {"targets": targets})
        await editor.wait_for("$/progress", lambda p: p["value"].get("message") == "1 of 2: Exploring")
        services.generate.gate.set()
        end = await editor.job_end(job["job"])
        assert end["title"] == "Generate tests for 2 functions"
        assert end["message"] == "2 tests passed for 2 functions; newly covered: 2 lines"
        assert [target.qualname for target in services.generate.runs] == ["greet", "Box.take"]
        assert len(editor.sent("window/workDoneProgress/create")) == 1


async def test_a_function_of_a_file_that_is_wanted_as_a_whole_is_not_asked_for_twice(
    services: FakeServices, source: Path
) -> None:
    async with Editor(services, FULL) as editor:
        Applies(editor)
        uri = editor.open(source)
        job = await editor.run(
            "greenline.generateTests", {"targets": [{"uri": uri, "qualname": "greet"}, {"uri": uri}]}
        )
        await editor.job_end(job["job"])
        assert services.generate.runs == [Target(source)]


async def test_cancelling_many_ends_the_one_under_way_and_starts_no_other(services: FakeServices, source: Path) -> None:
    services.generate.gate.clear()
    async with Editor(services, FULL) as editor:
        applies = Applies(editor)
        uri = editor.open(source)
        targets = [{"uri": uri, "qualname": "greet"}, {"uri": uri, "qualname": "Box.take"}]
        job = await editor.run("greenline.generateTests", {"targets": targets})
        await editor.wait_for("$/progress", lambda p: "Exploring" in p["value"].get("message", ""))
        await editor.run("greenline.cancelJob", {"job": job["job"]})
        assert (await editor.job_end(job["job"]))["outcome"] == "cancelled"
        assert len(services.generate.runs) == 1
        assert applies.edits == []


async def test_what_gave_no_test_ends_nothing_else(services: FakeServices, source: Path) -> None:
    services.generate.status, services.generate.reason = "failed", "it waits for a person"
    async with Editor(services, FULL) as editor:
        uri = editor.open(source)
        targets = [{"uri": uri, "qualname": "greet"}, {"uri": uri, "qualname": "Box.take"}]
        job = await editor.run("greenline.generateTests", {"targets": targets})
        end = await editor.job_end(job["job"])
        assert (end["outcome"], len(services.generate.runs), len(end["results"])) == ("failed", 2, 2)
        assert "it waits for a person" in end["message"]


@pytest.mark.parametrize("values", [{}, {"targets": []}, {"targets": ["a.py"]}, {"targets": [{"qualname": "f"}]}])
async def test_targets_that_make_no_sense_are_refused(services: FakeServices, values: dict[str, Any]) -> None:
    async with Editor(services) as editor:
        with pytest.raises(RpcError):
            await editor.run("greenline.generateTests", values)


async def test_of_many_it_is_said_which_got_no_test(services: FakeServices, source: Path) -> None:
    generate = services.generate.generate

    async def only_greet(target: Target, progress: Any, **more: Any) -> Any:
        services.generate.status = "confirmed" if target.qualname == "greet" else "failed"
        return await generate(target, progress, **more)

    services.generate.generate = only_greet  # type: ignore[method-assign]
    async with Editor(services, FULL) as editor:
        Applies(editor)
        end = await generated_for(editor, editor.open(source), "greet", "Box.take")
        assert end["message"] == (
            "1 test passed for 1 function; newly covered: 1 line; no test for Box.take (the log says why)"
        )


async def test_where_nothing_was_accepted_that_is_all_there_is_to_say(services: FakeServices, source: Path) -> None:
    async with Editor(services, FULL, options={"generate": {"preview": True}}) as editor:
        editor.handlers["window/showMessageRequest"] = lambda _: {"title": "Discard"}
        end = await generated_for(editor, editor.open(source), "greet", "Box.take")
        assert end["message"].startswith("test_shop.py is as it was: the new tests were not accepted.")
        assert "no function" not in end["message"]


async def test_what_should_not_happen_to_one_ends_none_of_the_others(services: FakeServices, source: Path) -> None:
    generate = services.generate.generate

    async def broken_at_first(target: Target, progress: Any, **more: Any) -> Any:
        if target.qualname == "greet":
            raise RecursionError("too deep")
        return await generate(target, progress, **more)

    services.generate.generate = broken_at_first  # type: ignore[method-assign]
    async with Editor(services, FULL) as editor:
        applies = Applies(editor)
        end = await generated_for(editor, editor.open(source), "greet", "Box.take")
        assert len(applies.edits) == 1
        assert end["outcome"] == "done"
        assert "greet: RecursionError: too deep" in end["message"]


async def generated_for(editor: Editor, uri: str, *names: str) -> Any:
    targets = [{"uri": uri, "qualname": name} for name in names]
    job = await editor.run("greenline.generateTests", {"targets": targets})
    return await editor.job_end(job["job"])
