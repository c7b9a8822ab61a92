"""Hovers, lenses, hints and commands that say which tests reach a line."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.line_states import line_states
from greenline.domain.coverage.mapping import coverage_map, summarize
from greenline.domain.coverage.model import Executed
from greenline.domain.coverage.reaching import Recording
from greenline.lsp.hovers import age
from greenline.services.covering_tests import Recorded
from greenline.services.picture import Picture
from greenline.services.test_places import TestPlace
from unit.lsp.editor import FULL, LIMIT, Editor, RpcError, merged

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

TEXT = """\
RATE = 19


def price(n):
    if n < 0:
        raise ValueError
    for _ in range(n):
        print(n)
    return n


class Box:
    def put(
        self,
    ):
        return [
            self,
        ]

    def take(self):  # pragma: no cover
        return 1

    def lose(self):
        return 2

# the end
"""
RAN = [1, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20, 23]
ARCS = [(-1, 1), (1, 4), (4, 12), (12, 13), (13, 20), (20, 23), (23, -12), (12, -1),
        (-4, 5), (5, 7), (7, 8), (8, 7), (7, 9), (9, -4), (-13, 16), (16, 17), (17, -13)]  # fmt: skip
HOVER = {"textDocument": {"hover": {"contentFormat": ["markdown", "plaintext"]}}}
MARKDOWN = merged(FULL, HOVER)
FILE = "tests/test_shop.py"
TESTS = [f"{FILE}::test_{letter}" for letter in "abcdefghij"]


def picture(path: Path, text: str, *_: object) -> Picture:
    """Draw what really would be drawn, had the first text been measured."""
    parser = CoverageParser()
    module, _problems = read_module(text)
    coverage = coverage_map(parser.analyse(text)[0], Executed(frozenset(RAN), frozenset(ARCS)))
    gaps = find_gaps(coverage, module, text)
    figures = {f.qualname: summarize(coverage, f, module) for f in module.functions}
    shown = {name: summary for name, summary in figures.items() if summary.lines.total}
    return Picture(path, "measured", "", module, coverage, gaps, shown, line_states(coverage, text.count("\n") + 1))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def shop(services: FakeServices, source: Path) -> FakeServices:
    """Two tests reach ``price``, one of them in two cases, and ``test_a`` also ``Box.put``."""
    services.show.picture = picture  # type: ignore[method-assign]
    record(services, {TESTS[0]: [5, 7, 8, 9, 16, 17], f"{TESTS[1]}[1]": [5, 7, 9], f"{TESTS[1]}[2]": [5, 7, 9]})
    there(services, source, 5, 9)
    return services


def record(services: FakeServices, tests: dict[str, list[int]], *notes: str, **more: Any) -> None:
    lines = range(1, 40)
    told = {"came_from": {line: line for line in lines}, "at": time.time() - 200, "report": ".coverage"} | more
    recording = Recording({test: bits_of(ran) for test, ran in tests.items()}, bits_of([1, 4, 12, 13, 23]), **told)
    services.covering.recorded = Recorded((recording,), notes)


def there(services: FakeServices, source: Path, *lines: int) -> None:
    file = source.parent / FILE
    cases = [1, 2, *[1] * 20]
    services.covering.there = [
        TestPlace(test.rpartition("::")[2], test, file, line, case)
        for test, line, case in zip(TESTS, lines, cases, strict=False)
    ]
    services.covering.places = lambda path, tests: [  # type: ignore[method-assign]
        place for place in services.covering.there if any(test.partition("[")[0] == place.node_id for test in tests)
    ]


async def hover(editor: Editor, uri: str, line: int, character: int = 0) -> Any:
    at = {"line": line - 1, "character": character}
    return await editor.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": at})


async def said(editor: Editor, uri: str, line: int, character: int = 0) -> list[str]:
    found = await hover(editor, uri, line, character)
    return [part for part in found["contents"]["value"].split("\n") if part] if found else []


async def test_a_line_says_whether_it_ran_which_ways_and_by_which_tests(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        uri = editor.open(source)
        link = (source.parent / FILE).as_uri()
        assert await said(editor, uri, 5) == [
            "**Partly covered**: 1 of 2 branches taken",
            "- Line 5 never jumps to 6: the condition is never true",
            "- Line 5 jumps to 7",
            f"Reached by 3 tests: [`test_a`]({link}#L5), [`test_b`]({link}#L9) (2 cases)",
            "*Measured 3 minutes ago (.coverage)*",
        ]
        found = await hover(editor, uri, 5, 6)
        assert found["contents"]["kind"] == "markdown"
        assert found["range"] == {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 13}}
        assert "\n\n- Line 5 never jumps to 6: the condition is never true\n- Line 5" in found["contents"]["value"]


async def test_what_did_not_run_names_the_branch_that_leads_there(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        assert await said(editor, editor.open(source), 6) == [
            "**Not covered**: no test that was measured runs this line.",
            "- Line 5 never jumps to 6: the condition is never true",
            "*Measured 3 minutes ago (.coverage)*",
        ]


async def test_every_line_of_a_statement_says_the_same(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        uri = editor.open(source)
        told = [await said(editor, uri, line) for line in (16, 17, 18)]
        assert told[0][0] == "**Covered**"
        assert "Reached by 1 test: [`test_a`]" in told[0][1]
        assert told[0] == told[1] == told[2]


async def test_what_runs_at_import_is_reached_by_no_test_and_nothing_is_wrong(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        assert (await said(editor, editor.open(source), 1))[:2] == [
            "**Covered**", "It runs when the module is imported.",
        ]  # fmt: skip


@pytest.mark.parametrize("line", [2, 19, 26, 27])
async def test_blank_lines_and_comments_say_nothing(shop: FakeServices, source: Path, line: int) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        assert await hover(editor, editor.open(source), line) is None


async def test_what_is_left_out_says_that(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        (only,) = await said(editor, editor.open(source), 21)
        assert only.startswith("**Not counted**: a pragma or")


async def test_names_of_functions_and_classes_have_their_figures(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN) as editor:
        uri = editor.open(source)
        function = await said(editor, uri, 4, 6)
        assert function[0] == "**`price`**: 78 % covered (4 of 5 lines, 3 of 4 branches, 1 gap)"
        assert function[1].startswith("Reached by 3 tests: ")
        assert (await hover(editor, uri, 4, 6))["range"] == {
            "start": {"line": 3, "character": 4}, "end": {"line": 3, "character": 9},
        }  # fmt: skip
        of_class = await said(editor, uri, 12, 7)
        assert of_class[0] == "**`Box`**: 50 % covered (1 of 2 lines, 1 gap)"
        assert of_class[1].startswith("Reached by 1 test: [`test_a`]")
        assert (await said(editor, uri, 14, 9))[0] == "**`Box.put`**: 100 % covered (1 of 1 line)"
        never = await said(editor, uri, 23, 9)
        assert never == ["**`Box.lose`**: 0 % covered (0 of 1 line, 1 gap)", "*Measured 3 minutes ago (.coverage)*"]


async def test_a_client_without_markdown_gets_plain_text(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        found = await hover(editor, editor.open(source), 5)
        assert found["contents"] == {
            "kind": "plaintext",
            "value": "Partly covered: 1 of 2 branches taken\n"
            "- Line 5 never jumps to 6: the condition is never true\n"
            "- Line 5 jumps to 7\n"
            "Reached by 3 tests: test_a, test_b (2 cases)\n"
            "Measured 3 minutes ago (.coverage)",
        }


async def test_many_tests_are_counted(shop: FakeServices, source: Path) -> None:
    record(shop, {test: [9] for test in TESTS})
    there(shop, source, *range(1, 10))
    shop.covering.there = [*shop.covering.there]
    async with Editor(shop, FULL) as editor:
        line = (await said(editor, editor.open(source), 9))[1]
        assert line.startswith("Reached by 10 tests: test_a, test_b (2 cases), test_c, ")
        assert line.endswith("test_h, and 1 more")


async def test_a_note_says_why_there_may_be_more_or_why_none_is_known(shop: FakeServices, source: Path) -> None:
    record(shop, {TESTS[0]: [9]}, "There may be `more`.", complete=False)
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        assert (await said(editor, uri, 9))[1:3] == ["Reached by 1+ tests: test_a", "There may be more."]
        assert (await said(editor, uri, 8))[:2] == ["Covered", "There may be more."]
        assert "test" not in (await said(editor, uri, 8))[0]
        titles = [lens["command"]["title"] for lens in await editor.lenses(uri)]
        assert "price: 78 % · 1 gap · 1+ tests" in titles


async def test_a_line_that_was_touched_says_so(shop: FakeServices, source: Path) -> None:
    def changed(path: Path, text: str, *_: object) -> Picture:
        drawn = picture(path, text)
        assert drawn.map is not None
        return replace(drawn, map=replace(drawn.map, covered=drawn.map.covered - {9}, unknown=frozenset({9})))

    shop.show.picture = changed  # type: ignore[method-assign]
    record(shop, {TESTS[0]: [8]}, came_from={line: line for line in range(1, 40) if line != 9})
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        assert await said(editor, uri, 9) == [
            "Unknown. It changed since it was measured. Run the tests to know.",
        ]  # fmt: skip
        assert "1 line changed since it was measured, and is not known." in await said(editor, uri, 4, 5)


async def test_links_that_run_tests_are_only_for_clients_that_follow_them(shop: FakeServices, source: Path) -> None:
    follows = {"experimental": {"greenline": {"followsCommands": True}}}
    async with Editor(shop, merged(MARKDOWN, follows)) as editor:
        uri = editor.open(source)
        last = (await said(editor, uri, 9))[-1]
        assert last.startswith("[Run these tests](command:greenline.runCoveringTests?")
        argument = json.loads(unquote(last.partition("?")[2].removesuffix(")")))
        assert argument == [{"uri": uri, "line": 9}]
        assert "command:" not in "".join(await said(editor, uri, 6))
    async with Editor(shop, MARKDOWN) as editor:
        assert "command:" not in "".join(await said(editor, editor.open(source), 9))
    async with Editor(shop, merged(MARKDOWN, follows), options={"trusted": False}) as editor:
        assert "command:" not in "".join(await said(editor, editor.open(source), 9))


async def test_hovers_can_be_switched_off_and_elsewhere_there_are_none(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, MARKDOWN, options={"hover": False}) as editor:
        assert await hover(editor, editor.open(source), 5) is None
    async with Editor(shop, MARKDOWN) as editor:
        assert await hover(editor, editor.open("untitled:a", TEXT), 5) is None
        assert await hover(editor, "file:///never/opened.py", 5) is None


async def test_a_service_that_fails_is_a_sentence(shop: FakeServices, source: Path) -> None:
    shop.covering.error = ZeroDivisionError("oops")
    async with Editor(shop, FULL) as editor:
        told = await said(editor, editor.open(source), 9)
        assert told == ["Covered", "Which tests reach it is not known: oops."]


async def test_lenses_ask_for_no_contexts_until_they_come_into_view(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source, version=7)
        found = await editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
        unresolved = [lens for lens in found if "command" not in lens]
        assert [lens["data"] for lens in unresolved] == [
            {"uri": uri, "qualname": name, "version": 7} for name in ("price", "Box", "Box.put", "Box.lose")
        ]
        assert shop.covering.asked == []
        first = await editor.request("codeLens/resolve", unresolved[0])
        assert first["command"]["title"] == "price: 78 % · 1 gap · 3 tests"
        assert first["range"] == unresolved[0]["range"]
        titles = [(await editor.request("codeLens/resolve", lens))["command"]["title"] for lens in unresolved[1:]]
        assert titles == ["Box: 50 % · 1 gap · 1 test", "put: 100 % · 1 test", "lose: 0 % · 1 gap"]
        assert shop.covering.asked == [source]


async def test_a_class_has_lenses_as_its_functions_have(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        over_class = [
            lens for lens in await editor.lenses(uri) if lens["range"]["start"] == {"line": 11, "character": 6}
        ]
        assert [lens["command"]["title"] for lens in over_class] == [
            "Box: 50 % · 1 gap · 1 test", "Generate tests", "Run tests",
        ]  # fmt: skip
        assert {json.dumps(lens["command"]["arguments"]) for lens in over_class[1:]} == {
            json.dumps([{"uri": uri, "qualname": "Box", "version": 1}])
        }
        assert over_class[0]["command"]["arguments"] == [{"uri": uri, "line": 24, "column": 8}]


async def test_a_lens_of_what_is_gone_says_nothing(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        lens = (await editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}}))[0]
        editor.change(uri, "x = 1\n", 2)
        assert (await editor.request("codeLens/resolve", lens))["command"]["title"] == ""
        strange = [{"range": lens["range"]}, lens | {"data": 3}, lens | {"data": {"uri": uri}}]
        for one in strange:
            assert (await editor.request("codeLens/resolve", one))["command"]["title"] == ""


async def test_hints_are_off_unless_wanted(shop: FakeServices, source: Path) -> None:
    refreshed = {"workspace": {"inlayHint": {"refreshSupport": True}}}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 30, "character": 0}}
    async with Editor(shop, FULL) as editor:
        params = {"textDocument": {"uri": editor.open(source)}, "range": everything}
        assert await editor.request("textDocument/inlayHint", params) == []
        assert shop.covering.asked == []
    editor = Editor(shop, merged(FULL, refreshed), options={"inlayHints": True})
    editor.handlers["workspace/inlayHint/refresh"] = lambda _: None
    async with editor:
        params = {"textDocument": {"uri": editor.open(source)}, "range": everything}
        hints = await editor.request("textDocument/inlayHint", params)
        assert {hint["position"]["line"] + 1: hint["label"] for hint in hints} == {
            1: "covered", 4: "covered", 5: "1 of 2 branches, 3 tests", 6: "not covered", 7: "3 tests", 8: "1 test",
            9: "3 tests", 12: "covered", 13: "covered", 16: "1 test", 23: "covered", 24: "not covered",
        }  # fmt: skip
        assert hints[0]["position"] == {"line": 0, "character": 9}
        params["range"] = {"start": {"line": 5, "character": 0}, "end": {"line": 7, "character": 0}}
        some = await editor.request("textDocument/inlayHint", params)
        assert [hint["position"]["line"] + 1 for hint in some] == [6, 7, 8]
        editor.notify("textDocument/didSave", {"textDocument": params["textDocument"]})
        await editor.wait_for("workspace/inlayHint/refresh")


async def test_the_only_test_is_shown_and_told(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        editor.handlers["window/showDocument"] = lambda _: {"success": True}
        uri = editor.open(source)
        answer = await editor.run("greenline.goToCoveringTest", {"uri": uri, "line": 17})
        there = (source.parent / FILE).as_uri()
        assert answer == {"protocol": 1, "tests": [{"name": "test_a", "uri": there, "line": 5}], "message": ""}
        shown = await editor.wait_for("window/showDocument")
        assert (shown["uri"], shown["takeFocus"]) == (there, True)
        assert shown["selection"]["start"] == {"line": 4, "character": 0}


@pytest.mark.parametrize(("answer", "line"), [({"title": "test_b"}, 9), (None, None), ("unknown", 5)])
async def test_of_several_tests_the_person_picks_one(
    shop: FakeServices, source: Path, answer: Any, line: int | None
) -> None:
    async with Editor(shop, FULL) as editor:
        editor.handlers["window/showDocument"] = lambda _: {"success": True}
        if answer != "unknown":  # a client that knows no such request is shown the nearest
            editor.handlers["window/showMessageRequest"] = lambda _: answer
        uri = editor.open(source)
        told = await editor.run("greenline.goToCoveringTest", {"uri": uri, "qualname": "price"})
        assert [test["line"] for test in told["tests"]] == [5, 9]
        asked = await editor.wait_for("window/showMessageRequest")
        assert asked["message"] == "2 tests reach price."
        assert [action["title"] for action in asked["actions"]] == ["test_a", "test_b"]
        if line:
            shown = await editor.wait_for("window/showDocument")
            assert shown["selection"]["start"]["line"] == line - 1
    if line is None:
        assert editor.sent("window/showDocument") == []


async def test_an_answer_that_nobody_waits_for_any_more_is_nobodys_problem(
    shop: FakeServices, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def late(_params: Any) -> Any:
        asked.set()
        await may_answer.wait()
        return {"title": "test_b"}

    async with Editor(shop, FULL) as editor:
        editor.handlers["window/showMessageRequest"] = late
        uri = editor.open(source)
        await editor.run("greenline.goToCoveringTest", {"uri": uri, "qualname": "price"})
        await asyncio.wait_for(asked.wait(), LIMIT)
        (waiting,) = [task for task in editor.server.session._tasks if task.get_name() == "tests of price"]
        waiting.cancel()  # as the end of the connection does
        may_answer.set()
        await editor.lenses(uri)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_client_that_lets_pick_by_itself_is_only_told(shop: FakeServices, source: Path) -> None:
    picks = {"experimental": {"greenline": {"picksTests": True}}}
    async with Editor(shop, merged(FULL, picks)) as editor:
        told = await editor.run("greenline.goToCoveringTest", {"uri": editor.open(source), "qualname": "price"})
        assert len(told["tests"]) == 2
    assert editor.sent("window/showMessageRequest") == editor.sent("window/showDocument") == []


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ({"line": 6}, "No test is known to reach line 6."),
        ({"qualname": "gone"}, "shop.py has no gone."),
        ({"line": 4000}, "shop.py has no line 4000."),
        ({"qualname": "Box.lose"}, "No test is known to reach Box.lose."),
    ],
)
async def test_where_no_test_is_known_that_is_said(
    shop: FakeServices, source: Path, argument: dict[str, Any], words: str
) -> None:
    async with Editor(shop, FULL) as editor:
        told = await editor.run("greenline.goToCoveringTest", {"uri": editor.open(source), **argument})
        assert (told["tests"], told["message"]) == ([], words)
        assert (await editor.wait_for("window/showMessage"))["message"] == words


async def test_tests_that_are_gone_are_said_to_be(shop: FakeServices, source: Path) -> None:
    shop.covering.there = []
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        told = await editor.run("greenline.goToCoveringTest", {"uri": uri, "line": 17})
        assert told["message"] == "The tests that reach line 17 are not there any more."
        assert (await said(editor, uri, 17))[1] == "Reached by 1 test: not there any more"


async def test_covering_tests_are_run_by_a_server_that_has_not_seen_the_file(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        answer = await editor.run("greenline.runCoveringTests", {"uri": source.as_uri(), "qualname": "price"})
        assert (await editor.job_end(answer["job"]))["outcome"] == "done"
        file = source.parent / FILE
        assert shop.run_affected.selected == [(f"{file}::test_a", f"{file}::test_b")]
        assert shop.run_affected.files == []


async def test_where_no_test_is_known_those_of_the_file_run(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        answer = await editor.run("greenline.runCoveringTests", {"uri": editor.open(source), "line": 6})
        assert (await editor.job_end(answer["job"]))["outcome"] == "done"
        assert (shop.run_affected.selected, shop.run_affected.files) == ([], [source])


@pytest.mark.parametrize("name", ["greenline.goToCoveringTest", "greenline.runCoveringTests"])
async def test_arguments_that_make_no_sense_are_refused(shop: FakeServices, source: Path, name: str) -> None:
    async with Editor(shop, FULL) as editor:
        uri = source.as_uri()
        for argument in ({}, {"uri": uri}, {"uri": uri, "line": 0}, {"uri": uri, "qualname": ""}, {"line": 3}):
            with pytest.raises(RpcError):
                await editor.run(name, argument)


async def test_actions_on_a_covered_line_lead_to_its_tests(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        offered = {action["title"]: action for action in await editor.actions(uri, 8)}
        run, go = offered["Run the tests that reach line 9"], offered["Go to the test that reaches line 9"]
        assert {run["kind"], go["kind"]} == {""}
        assert run["command"]["arguments"] == go["command"]["arguments"] == [{"uri": uri, "line": 9}]
        for line in (5, 1, 20):
            assert not [a for a in await editor.actions(uri, line) if "reach" in a["title"]]
        assert shop.covering.asked == []


async def test_actions_that_are_known_to_lead_nowhere_are_not_offered(shop: FakeServices, source: Path) -> None:
    shop.covering.recorded = Recorded()
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        await hover(editor, uri, 9)
        assert shop.covering.asked
        assert not [action for action in await editor.actions(uri, 8) if "reach" in action["title"]]


async def test_what_is_known_is_asked_for_once_until_something_changes(shop: FakeServices, source: Path) -> None:
    async with Editor(shop, FULL) as editor:
        uri = editor.open(source)
        await asyncio.gather(*(hover(editor, uri, line) for line in (5, 7, 9)))
        assert len(shop.covering.asked) == 1
        editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        await hover(editor, uri, 5)
        assert len(shop.covering.asked) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"), (59, "just now"), (60, "1 minute ago"), (3599, "59 minutes ago"), (7200, "2 hours ago"),
        (86400, "1 day ago"), (86400 * 40, "40 days ago"),
    ],
)  # fmt: skip
def test_ages_in_words(seconds: float, words: str) -> None:
    assert age(1000.0, 1000.0 + seconds) == words
