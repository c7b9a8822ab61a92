"""Failing tests where the person looks: on the assertion, and on the line of the code that raised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from greenline.domain.coverage.remap import unchanged_lines
from greenline.domain.failures import Failure, Place
from greenline.lsp.failing import Failing
from greenline.services.run_suite import SuiteRun
from unit.lsp.conftest import SOURCE
from unit.lsp.editor import FULL, PULL, Editor, merged
from unit.lsp.fakes import FakeServices

TEST = """\
from shop import greet


def test_greet():
    assert greet("") == "x"


def test_fine():
    assert greet("a") is None
"""
NODE = "tests/test_shop.py::test_greet"


@pytest.fixture(params=["push", "pull"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def test_file(services: FakeServices) -> Path:
    services.test_file.write_text(TEST)
    return services.test_file


@pytest.fixture
def failure(test_file: Path, source: Path) -> Failure:
    return Failure(
        NODE, "code", "ValueError: no name\nRaised in `greet` (shop.py:3).", "Correct `greet`.",
        test=Place(test_file, 5), source=Place(source, 3),
    )  # fmt: skip


class Looking:
    """An editor of either kind, and what it shows of failing tests."""

    def __init__(self, editor: Editor, services: FakeServices, kind: str) -> None:
        self.editor, self.services, self.kind = editor, services, kind
        self.versions: dict[str, int] = {}

    def open(self, path: Path) -> str:
        uri = self.editor.open(path)
        self.versions[uri] = 1
        return uri

    def edit(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.editor.change(uri, text, self.versions[uri])

    async def run(
        self,
        *failures: Failure,
        passed: tuple[str, ...] = (),
        skipped: tuple[str, ...] = (),
        command: str = "RunAffected",
        cut_short: bool = False,
    ) -> Any:
        answer = SuiteRun(
            "ran", True, failures=failures, passed=frozenset(passed), skipped=frozenset(skipped), cut_short=cut_short
        )
        self.services.run_suite.answer = self.services.run_affected.answer = answer
        name = {"RunAffected": "greenline.runAffectedTests", "File": "greenline.runTestsOfFile"}.get(
            command, "greenline.runTestsWithCoverage"
        )
        uri = next(iter(self.versions), self.services.test_file.as_uri())
        return await self.editor.job_end((await self.editor.run(name, {"uri": uri}))["job"])

    async def shown(self, uri: str) -> list[dict[str, Any]]:
        """Return what is shown now in an open file."""
        if self.kind == "pull":
            report = await self.editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
            found = report["items"]
        else:
            since = len(self.editor.received)
            self.editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
            pushed = await self.editor.wait_for(
                "textDocument/publishDiagnostics",
                lambda p: p["uri"] == uri and p.get("version") == self.versions[uri],
                since=since,
            )
            found = pushed["diagnostics"]
        return [d for d in found if d.get("code") in {"failing-test", "raised-in-test"}]

    async def lines(self, uri: str) -> list[int]:
        return [d["range"]["start"]["line"] + 1 for d in await self.shown(uri)]


def looking(services: FakeServices, kind: str, **options: Any) -> Editor:
    return Editor(services, merged(FULL, PULL) if kind == "pull" else FULL, **options)


async def test_it_is_marked_on_the_assertion_and_on_the_line_that_raised(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        assert await looks.shown(test) == await looks.shown(code) == []
        await looks.run(failure)

        (on_test,) = await looks.shown(test)
        (on_code,) = await looks.shown(code)
        words = (
            "`test_greet` fails (the code may be wrong): ValueError: no name\nRaised in `greet` (shop.py:3).\n"
            "Correct `greet`."
        )
        assert on_test["message"] == on_code["message"] == words
        assert (on_test["code"], on_code["code"]) == ("failing-test", "raised-in-test")
        assert {on_test["source"], on_code["source"]} == {"greenline"}
        assert on_test["range"] == {"start": {"line": 4, "character": 4}, "end": {"line": 4, "character": 27}}
        assert on_code["range"]["start"] == {"line": 2, "character": 8}
        assert (on_test["severity"], on_code["severity"]) == (1, 1)
        assert on_test["data"] == {
            "test": NODE, "kind": "code", "message": failure.message, "nextStep": "Correct `greet`.",
        }  # fmt: skip
        (there,), (back,) = on_test["relatedInformation"], on_code["relatedInformation"]
        assert (there["message"], there["location"]["uri"]) == ("Raised here", code)
        assert there["location"]["range"]["start"]["line"] == 2
        assert (back["message"], back["location"]["uri"]) == ("`test_greet` fails with it", test)
        assert back["location"]["range"]["start"]["line"] == 4


async def test_it_goes_when_the_test_is_skipped(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(failure)
        await looks.run(skipped=("tests/test_shop.py::test_fine",))
        assert await looks.lines(test) == [5], "another is"
        await looks.run(skipped=(NODE,))
        assert await looks.lines(test) == await looks.lines(code) == []


async def test_it_goes_when_its_whole_file_is_skipped(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(failure)
        await looks.run(skipped=("tests/test_other.py",))
        assert await looks.lines(test) == [5], "another is"
        await looks.run(skipped=("tests/test_shop.py",))
        assert await looks.lines(test) == await looks.lines(code) == []


async def test_what_many_marks_share_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test, code = tmp_path / "test_a.py", tmp_path / "a.py"
    test.write_text("".join(f"def test_{n}():\n    assert f({n}) == 2\n\n\n" for n in range(30)))
    code.write_text("".join(f"def f{n}():\n    raise ValueError\n" for n in range(30)))
    failures = tuple(
        Failure(f"test_a.py::test_{n}", "code", "x", "y", Place(test, 4 * n + 2), Place(code, 2 * n + 2))
        for n in range(30)
    )
    read: list[Path] = []
    compared: list[tuple[str, str]] = []

    class OnDisk:
        def all_open(self) -> tuple[()]:
            return ()

        def read(self, path: Path) -> str:
            read.append(path)
            return path.read_text()

    def counted(before: str, after: str) -> dict[int, int]:
        compared.append((before, after))
        return unchanged_lines(before, after)

    monkeypatch.setattr("greenline.lsp.failing.unchanged_lines", counted)
    documents: Any = OnDisk()
    with ThreadPoolExecutor(1) as executor:
        failing = Failing(documents, executor)
        await failing.take(tmp_path, SuiteRun("ran", ok=True, failures=failures[:20]), {})
        await failing.take(tmp_path, SuiteRun("ran", ok=True, failures=failures[20:]), {})
        text = test.read_text()
        code.write_text("# new\n" + code.read_text())
        read.clear()
        marks = await failing.of(test, "# a\n# b\n" + text)

    assert [(mark.line, mark.other) for mark in marks] == [(4 * n + 4, Place(code, 2 * n + 3)) for n in range(30)]
    assert read == [code]
    assert len(compared) == 2


async def test_it_goes_when_the_test_passes(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(failure)
        await looks.run(passed=("tests/test_shop.py::test_fine",))
        assert await looks.lines(test) == [5], "another test"
        await looks.run(passed=(NODE,))
        assert await looks.lines(test) == await looks.lines(code) == []


async def test_a_run_of_everything_leaves_nothing_of_before(
    services: FakeServices, kind: str, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test = looks.open(test_file)
        services.run_suite.root = services.test_file.parent.parent
        await looks.run(failure)
        await looks.run(command="Suite", cut_short=True)  # nothing is known of the tests that did not run
        assert await looks.lines(test) != []
        await looks.run(command="Suite")
        assert await looks.lines(test) == []


async def test_a_file_that_can_be_collected_again_has_no_mark_for_that(
    services: FakeServices, kind: str, test_file: Path
) -> None:
    broken = Failure("tests/test_shop.py", "environment", "not installed", "Install it.", test=Place(test_file, 1))
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test = looks.open(test_file)
        await looks.run(broken)
        assert await looks.lines(test) == [1]
        await looks.run(passed=("tests/test_shop.py::test_fine",))
        assert await looks.lines(test) == []


async def test_it_moves_with_edits_and_goes_with_its_line(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(failure)
        looks.edit(test, "# one more line\n" + TEST)
        assert (await looks.lines(test), await looks.lines(code)) == ([6], [3])
        looks.edit(test, TEST.replace('"x"', '"y"'))
        assert await looks.lines(test) == []
        assert await looks.lines(code) == [], "the test is another now"
        looks.edit(test, TEST)
        assert (await looks.lines(test), await looks.lines(code)) == ([5], [3])
        looks.edit(code, SOURCE.replace('"👋 nobody"', '"nobody"'))
        assert await looks.lines(code) == []
        (left,) = await looks.shown(test)
        assert "relatedInformation" not in left


async def test_what_is_edited_while_it_runs_is_told_of_the_text_that_ran(
    services: FakeServices, kind: str, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test = looks.open(test_file)
        services.run_affected.gate.clear()
        services.run_affected.answer = SuiteRun("ran", ok=True, failures=(failure,))
        job = (await editor.run("greenline.runAffectedTests", {"uri": test}))["job"]
        await services.run_affected.began(1)
        looks.edit(test, "\n\n" + TEST)
        services.run_affected.gate.set()
        await editor.job_end(job)
        assert await looks.lines(test) == [7]


async def test_rows_that_fail_on_one_line_are_one_mark(
    services: FakeServices, kind: str, test_file: Path, failure: Failure
) -> None:
    rows = [replace(failure, node_id=f"{NODE}[a::{n}]", message=f"assert {n} == 9", source=None) for n in range(3)]
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test = looks.open(test_file)
        await looks.run(*rows)
        (mark,) = await looks.shown(test)
        assert mark["message"].splitlines() == [
            "`test_greet[a::0]` fails (the code may be wrong): assert 0 == 9",
            "2 more rows of it fail here.",
            "Correct `greet`.",
        ]
        await looks.run(passed=(f"{NODE}[a::0]", f"{NODE}[a::1]"))
        (mark,) = await looks.shown(test)
        assert mark["message"].startswith("`test_greet[a::2]`")
        assert "more row" not in mark["message"]


async def test_many_tests_that_fail_with_one_line_are_one_mark_on_it(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    others = [replace(failure, node_id=f"tests/test_shop.py::test_{n}", test=Place(test_file, 9)) for n in range(3)]
    rows = [replace(failure, node_id=f"{NODE}[{n}]") for n in range(2)]
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(*rows, *others)
        (mark,) = await looks.shown(code)
        assert "1 more row of it and 3 other tests fail here." in mark["message"].splitlines()
        assert await looks.lines(test) == [5, 9]
        await looks.run(passed=(f"{NODE}[1]", *(one.node_id for one in others[1:])))
        (mark,) = await looks.shown(code)
        assert "1 other test fails here." in mark["message"].splitlines()


@pytest.mark.parametrize(
    ("setting", "failing", "flaky"),
    [("error", 1, 2), ("warning", 2, 2), ("hint", 4, 4), ("off", None, None)],
)
async def test_the_setting_says_how_loud_it_is(  # noqa: PLR0917 - the columns of a table
    services: FakeServices, test_file: Path, failure: Failure, setting: str, failing: int | None, flaky: int | None
) -> None:
    chance = replace(failure, node_id="tests/test_shop.py::test_fine", kind="flaky", test=Place(test_file, 9))
    async with looking(services, "push", options={"severity": {"failingTest": setting}}) as editor:
        looks = Looking(editor, services, "push")
        test = looks.open(test_file)
        await looks.run(failure, chance)
        assert [d["severity"] for d in await looks.shown(test)] == [s for s in (failing, flaky) if s is not None]


async def test_files_that_are_not_open_are_marked_too(
    services: FakeServices, kind: str, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, kind) as editor:
        looks = Looking(editor, services, kind)
        looks.open(source)
        since = len(editor.received)
        await looks.run(failure)
        (mark,) = await editor.diagnostics(test_file.as_uri(), since=since)
        assert (mark["code"], mark["range"]["start"]["line"]) == ("failing-test", 4)

        since = len(editor.received)
        test = looks.open(test_file)
        assert await looks.lines(test) == [5]
        if kind == "pull":
            assert await editor.diagnostics(test, since=since) == [], "else it would be there twice"

        since = len(editor.received)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": test}})
        await editor.wait_for(
            "textDocument/publishDiagnostics", lambda p: p["uri"] == test and len(p["diagnostics"]) == 1, since=since
        )
        since = len(editor.received)
        await looks.run(passed=(NODE,))
        assert await editor.diagnostics(test, since=since) == []


async def test_one_click_runs_the_tests_of_the_file_again(
    services: FakeServices, source: Path, test_file: Path, failure: Failure
) -> None:
    async with looking(services, "push") as editor:
        looks = Looking(editor, services, "push")
        test, code = looks.open(test_file), looks.open(source)
        await looks.run(failure)
        marks = await looks.shown(test)
        (action,) = await editor.actions(test, 4, marks)
        assert (action["title"], action["kind"]) == ("Run the tests of this file", "quickfix")
        assert action["diagnostics"] == marks
        job = (await editor.run(action["command"]["command"], *action["command"]["arguments"]))["job"]
        await editor.job_end(job)
        assert services.run_affected.files == [test_file]

        (action,) = await editor.actions(test, 0)
        assert action["kind"] == "source"
        titles = {a["title"]: a["command"] for a in await editor.actions(code, 2, await looks.shown(code))}
        assert titles["Run the tests of this file"]["command"] == "greenline.runAffectedTests"


async def test_a_run_that_measured_nothing_says_why(services: FakeServices, source: Path) -> None:
    services.run_affected.answer = SuiteRun("The project's Python has no pytest.", ok=False)
    async with looking(services, "push") as editor:
        uri = editor.open(source)
        for command in ("greenline.runAffectedTests", "greenline.runTestsOfFile"):
            end = await editor.job_end((await editor.run(command, {"uri": uri}))["job"])
            assert (end["outcome"], end["message"]) == ("failed", "The project's Python has no pytest.")
        assert len(editor.sent("window/showMessage")) == 2
        assert (await editor.run("greenline.runTestsOfFile", {"uri": "untitled:a"}))["job"] is None
