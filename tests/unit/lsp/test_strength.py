"""How strong the tests of a function are: measured when asked for, then shown for as long as it holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.generation.model import Strength
from greenline.domain.generation.small_changes import SmallChange
from greenline.services.covering_tests import Recorded
from greenline.services.measure_strength import Measured
from unit.lsp.editor import FULL, LIMIT, Editor, RpcError
from unit.lsp.test_covering import FILE, TEXT, record, said, shop, source

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

__all__ = ["shop", "source"]

UNNOTICED = (
    SmallChange("line 5: `(n <= 0)` instead of `n < 0`", 5, 7, 5, 12, "(n <= 0)"),
    SmallChange("line 8: `pass` instead of `print(n)`", 8, 8, 8, 16, "pass"),
    SmallChange("line 9: `None` instead of `n`", 9, 11, 9, 12, "None"),
)


@pytest.fixture
def measured(shop: FakeServices, source: Path) -> FakeServices:
    """Measuring ``price`` says that its two tests notice two of five changes."""
    tests = tuple(f"{FILE}::{name}" for name in ("test_a", "test_b"))
    shop.strength.answer = Measured(TEXT, Strength(5, 2), UNNOTICED, tests)
    (source.parent / FILE).parent.mkdir(exist_ok=True)
    (source.parent / FILE).write_text("def test_a(): ...\n")
    return shop


async def measure(editor: Editor, uri: str, **of: Any) -> Any:
    answer = await editor.run("greenline.measureStrength", {"uri": uri, **(of or {"qualname": "price"})})
    return await editor.job_end(answer["job"])


async def title(editor: Editor, uri: str, name: str = "price") -> Any:
    return next(c for lens in await editor.lenses(uri) if (c := lens["command"])["title"].startswith(f"{name}: "))


async def test_what_is_not_noticed_is_told_and_shown_by_lens_and_hover(measured: FakeServices, source: Path) -> None:
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        assert "small changes" not in (await title(editor, uri))["title"] + "".join(await said(editor, uri, 4))
        end = await measure(editor, uri)
        file = source.parent / FILE
        assert measured.strength.asked == [(source, "price", (f"{file}::test_a", f"{file}::test_b"))]
        assert end["message"] == (
            "price: its 2 tests notice 2 of 5 small changes. Not noticed: line 5: `(n <= 0)` instead of `n < 0`; "
            "line 8: `pass` instead of `print(n)`; and 1 more."
        )
        shown = await editor.wait_for("window/showMessage")
        assert shown["message"] == end["message"].replace("`", "")
        assert (await title(editor, uri))["title"].endswith(" · 2 of 5 small changes noticed")
        assert (await said(editor, uri, 4))[2:] == [
            "Its tests notice 2 of 5 small changes, but not these:",
            "- line 5: (n <= 0) instead of n < 0",
            "- line 8: pass instead of print(n)",
            "- line 9: None instead of n",
            "Measured 3 minutes ago (.coverage)",
        ]
        assert not any("notice" in line for line in await said(editor, uri, 5)), "of the function, not of its lines"
        logged = [each["message"] for each in editor.sent("window/logMessage")]
        assert "price: no test notices line 9: `None` instead of `n`" in logged


async def test_it_moves_with_edits_and_goes_with_the_function_and_with_the_tests(
    measured: FakeServices, source: Path
) -> None:
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        await measure(editor, uri)
        editor.change(uri, f"# one more line\n{TEXT}", 2)
        assert "2 of 5" in (await title(editor, uri))["title"]
        assert "- line 6: (n <= 0) instead of n < 0" in await said(editor, uri, 5)
        editor.change(uri, TEXT.replace("print(n)", "print(-n)"), 3)
        assert "noticed" not in (await title(editor, uri))["title"]
        editor.change(uri, TEXT, 4)
        assert "2 of 5" in (await title(editor, uri))["title"]
        (source.parent / FILE).write_text("def test_a(): assert price(1) == 1\n")
        assert "noticed" not in (await title(editor, uri))["title"]


async def test_of_several_definitions_of_a_name_all_count(measured: FakeServices, source: Path) -> None:
    twice = f"def price(n):\n    return n\n\n\n{TEXT}"
    measured.strength.answer = replace(measured.strength.answer, text=twice)
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        editor.change(uri, twice, 2)
        await measure(editor, uri)
        assert "2 of 5" in (await title(editor, uri))["title"]
        editor.change(uri, twice.replace("return n\n", "return n + 1\n", 1), 3)
        assert "noticed" not in (await title(editor, uri))["title"]


async def test_the_lens_leads_to_the_first_change_where_there_is_no_gap(measured: FakeServices, source: Path) -> None:
    changed = SmallChange("line 16: `None` instead of `[self]`", 16, 15, 18, 9, "None")
    measured.strength.answer = Measured(TEXT, Strength(1, 0), (changed,), (f"{FILE}::test_a",))
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        end = await measure(editor, uri, line=17)
        assert measured.strength.asked[-1][1] == "Box.put"
        assert end["message"] == (
            "Box.put: its test notices 0 of 1 small change. Not noticed: line 16: `None` instead of `[self]`."
        )
        lens = await title(editor, uri, "put")
        assert lens["command"] == "greenline.showGap"
        assert lens["arguments"] == [{"uri": uri, "line": 16, "column": 0}]
        assert lens["tooltip"].endswith("Go to the first change that no test notices")


async def test_where_no_test_is_known_those_of_the_file_run_first(measured: FakeServices, source: Path) -> None:
    known, measured.covering.recorded = measured.covering.recorded, Recorded()
    measured.run_affected.gate.clear()
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        answer = await editor.run("greenline.measureStrength", {"uri": uri, "qualname": "price"})
        await asyncio.wait_for(measured.run_affected.began(1), LIMIT)
        measured.covering.recorded = known
        measured.run_affected.gate.set()
        assert (await editor.job_end(answer["job"]))["outcome"] == "done"
        assert measured.run_affected.files == [source]
        assert len(measured.strength.asked[0][2]) == 2


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({"qualname": "Box.lose"}, "No test is known to reach Box.lose."),
        ({"qualname": "gone"}, "shop.py has no function gone."),
        ({"line": 2}, "There is no function in line 2 of shop.py."),
    ],
)
async def test_what_cannot_be_measured_is_said(
    measured: FakeServices, source: Path, of: dict[str, Any], words: str
) -> None:
    async with Editor(measured, FULL) as editor:
        end = await measure(editor, editor.open(source), **of)
        assert (end["outcome"], end["message"]) == ("failed", words)
        assert measured.strength.asked == []


async def test_a_reason_that_nothing_was_tried_is_told_and_nothing_shown(measured: FakeServices, source: Path) -> None:
    measured.strength.answer = Measured(TEXT, problem="The tests of price fail as it is: mend them first.")
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        end = await measure(editor, uri)
        assert (end["outcome"], end["message"]) == ("failed", "The tests of price fail as it is: mend them first.")
        assert (await editor.wait_for("window/showMessage"))["type"] == 2
        assert "noticed" not in (await title(editor, uri))["title"]


async def test_cancelling_ends_it_and_shows_nothing(measured: FakeServices, source: Path) -> None:
    measured.strength.gate.clear()
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        answer = await editor.run("greenline.measureStrength", {"uri": uri, "qualname": "price"})
        await editor.wait_for("$/progress", lambda p: "Trying small changes" in p["value"].get("message", ""))
        assert (await editor.run("greenline.cancelJob", {"job": answer["job"]})) == {"cancelled": True}
        assert (await editor.job_end(answer["job"]))["outcome"] == "cancelled"
        assert measured.strength.ended
        assert "noticed" not in (await title(editor, uri))["title"]


async def test_tests_that_change_while_they_are_measured_show_nothing(measured: FakeServices, source: Path) -> None:
    measured.strength.gate.clear()
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        answer = await editor.run("greenline.measureStrength", {"uri": uri, "qualname": "price"})
        await editor.wait_for("$/progress", lambda p: "Trying small changes" in p["value"].get("message", ""))
        (source.parent / FILE).write_text("def test_a(): assert price(1) == 1\n")
        measured.strength.gate.set()
        assert (await editor.job_end(answer["job"]))["outcome"] == "done"
        assert "noticed" not in (await title(editor, uri))["title"]
        (source.parent / FILE).write_text("def test_a(): ...\n")
        assert "2 of 5" in (await title(editor, uri))["title"]


async def test_tests_that_could_not_judge_are_told(measured: FakeServices, source: Path) -> None:
    measured.strength.answer = replace(measured.strength.answer, unasked=1)
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        end = await measure(editor, uri)
        silent = "1 test could not judge: it fails as it is, or does what changed code may not."
        assert end["message"].endswith(f"; and 1 more. {silent}")
        assert silent in await said(editor, uri, 4)


async def test_it_is_offered_in_a_function_that_tests_reach(measured: FakeServices, source: Path) -> None:
    async with Editor(measured, FULL) as editor:
        uri = editor.open(source)
        (offered,) = [a for a in await editor.actions(uri, 8) if "strong" in a["title"]]
        assert (offered["title"], offered["kind"]) == ("Measure how strong the tests of `price` are", "")
        assert offered["command"]["arguments"] == [{"uri": uri, "qualname": "price", "version": 1}]
        for line in (0, 22):  # outside of functions, and in one that no test runs
            assert not [a for a in await editor.actions(uri, line) if "strong" in a["title"]]


async def test_arguments_that_make_no_sense_are_refused(measured: FakeServices, source: Path) -> None:
    async with Editor(measured, FULL) as editor:
        for argument in ({}, {"uri": source.as_uri()}, {"uri": source.as_uri(), "line": 0}):
            with pytest.raises(RpcError):
                await editor.run("greenline.measureStrength", argument)


async def test_tests_that_are_known_by_a_report_are_measured_too(measured: FakeServices, source: Path) -> None:
    record(measured, {f"{FILE}::test_a": [16]})
    async with Editor(measured, FULL) as editor:
        await measure(editor, editor.open(source), qualname="Box.put")
        assert [test.rpartition("::")[2] for test in measured.strength.asked[0][2]] == ["test_a"]
