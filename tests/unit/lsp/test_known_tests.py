"""What test explorers ask for: the tests that are known, what they reach, and what ran of one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.contexts import bits_of
from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.coverage.mapping import coverage_map, summarize
from greenline.domain.coverage.model import Executed
from greenline.domain.coverage.reaching import Recording
from greenline.services.covering_tests import Recorded
from greenline.services.picture import Picture
from greenline.services.test_places import TestPlace
from unit.lsp.editor import Editor, RpcError

if TYPE_CHECKING:
    from pathlib import Path

    from unit.lsp.fakes import FakeServices

TEXT = """\
def price(n):
    if n < 0:
        raise ValueError
    return n


def never():
    return 1
"""


@pytest.fixture
def shop(services: FakeServices, tmp_path: Path) -> Path:
    """`price` was called with something that is not negative, by `test_price`."""
    path = tmp_path / "shop.py"
    path.write_text(TEXT, encoding="utf-8")
    module, _ = read_module(TEXT)
    statements, _ = CoverageParser().analyse(TEXT)
    ran = Executed(frozenset({1, 2, 4, 7}), frozenset({(-1, 1), (1, 7), (7, -1), (-1, 2), (2, 4), (4, -1)}))
    known = coverage_map(statements, ran)
    functions = {f.qualname: summarize(known, f, module) for f in module.functions}
    picture = Picture(path, "measured", "", module, known, find_gaps(known, module, TEXT), functions)
    services.show.picture = lambda *_: picture  # type: ignore[method-assign]
    test = tmp_path / "tests" / "test_shop.py"
    services.tests.there = [TestPlace("test_price", "tests/test_shop.py::test_price", test, 3)]
    services.covering.there = services.tests.there
    lines = {line: line for line in range(1, 9)}
    services.covering.recorded = Recorded(
        (Recording({"tests/test_shop.py::test_price": bits_of([2, 4])}, bits_of([1, 7]), lines),)
    )
    services.files.measured = (path,)
    return path


async def test_the_tests_that_are_known_by_file(services: FakeServices, shop: Path, tmp_path: Path) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        (file,) = (await editor.request("greenline/tests", {}))["files"]
        test = tmp_path / "tests" / "test_shop.py"
        assert (file["uri"], file["name"]) == (test.as_uri(), "tests/test_shop.py")
        assert file["tests"] == [{"id": f"{test}::test_price", "name": "test_price", "line": 3}]


async def test_how_much_of_each_file_ran_and_by_which_tests(services: FakeServices, shop: Path, tmp_path: Path) -> None:
    async with Editor(services, folders=[tmp_path]) as editor:
        (file,) = (await editor.request("greenline/coveredFiles", {}))["files"]
        assert (file["uri"], file["lines"], file["functions"]) == (shop.as_uri(), [4, 6], [1, 2])
        assert file["branches"] == [1, 2]
        assert file["tests"] == [f"{tmp_path / 'tests' / 'test_shop.py'}::test_price"]


async def test_the_statements_with_their_branches(services: FakeServices, shop: Path) -> None:
    async with Editor(services) as editor:
        told = await editor.request("greenline/coverageDetails", {"uri": shop.as_uri()})
        ran = {one["line"]: one["ran"] for one in told["statements"]}
        assert ran == {1: True, 2: True, 3: False, 4: True, 7: True, 8: False}
        (branches,) = [one["branches"] for one in told["statements"] if "branches" in one]
        assert branches == [{"to": 3, "taken": False}, {"to": 4, "taken": True}]
        assert {one["name"]: one["ran"] for one in told["functions"]} == {"price": True, "never": False}
        bodies = {
            one["name"]: (one["range"]["start"]["line"], one["range"]["end"]["line"]) for one in told["functions"]
        }
        assert bodies == {"price": (0, 3), "never": (6, 7)}  # what an explorer counts for a function is in its range


async def test_what_one_test_ran(services: FakeServices, shop: Path, tmp_path: Path) -> None:
    async with Editor(services) as editor:
        test = f"{tmp_path / 'tests' / 'test_shop.py'}::test_price"
        told = await editor.request("greenline/coverageDetails", {"uri": shop.as_uri(), "test": test})
        assert {one["line"]: one["ran"] for one in told["statements"]} == {
            2: True,
            3: False,
            4: True,
            8: False,
        }  # 1, 7: on import
        other = await editor.request("greenline/coverageDetails", {"uri": shop.as_uri(), "test": f"{test}_b"})
        assert not any(one["ran"] for one in other["statements"] + other["functions"])


async def test_a_file_that_is_not_there_has_nothing(services: FakeServices, tmp_path: Path) -> None:
    async with Editor(services) as editor:
        told = await editor.request("greenline/coverageDetails", {"uri": (tmp_path / "gone.py").as_uri()})
        assert (told["statements"], told["functions"]) == ([], [])
        with pytest.raises(RpcError):
            await editor.request("greenline/coverageDetails", {})


async def test_the_end_of_a_run_says_what_became_of_each_test(services: FakeServices, shop: Path) -> None:
    from greenline.domain.failures import Failure, Place
    from greenline.services.run_suite import SuiteRun

    place = Place(shop.parent / "tests" / "test_shop.py", 12)
    failure = Failure("tests/test_shop.py::test_b[2]", "code", "assert 1 == 2", "Look at it.", place)
    passed = frozenset({"tests/test_shop.py::test_a", "tests/test_shop.py::test_b[1]"})
    services.run_affected.answer = SuiteRun("1 failed", ok=True, failures=(failure,), passed=passed)
    services.run_suite.root = shop.parent
    async with Editor(services) as editor:
        test = f"{shop.parent / 'tests' / 'test_shop.py'}::test_a"
        job = await editor.run("greenline.runTests", {"tests": [test]})
        end = await editor.job_end(job["job"])
        assert services.run_affected.selected == [(test,)]
        assert [(one["id"].rpartition("::")[2], one["outcome"]) for one in end["tests"]] == [
            ("test_a", "passed"),
            ("test_b", "failed"),
        ]
        assert end["tests"][1]["message"] == "assert 1 == 2"
        assert end["tests"][1]["failures"] == [
            {"message": "[2]\nassert 1 == 2\nLook at it.", "uri": place.path.as_uri(), "line": 12}
        ]


async def test_tests_of_several_projects_run_in_their_own(services: FakeServices, tmp_path: Path) -> None:
    from greenline.services.run_suite import SuiteRun

    one, two = (tmp_path / name / "tests" / "test_a.py" for name in ("one", "two"))
    services.run_suite.root_of = lambda path: path.parent.parent  # type: ignore[method-assign]
    passed = frozenset({"tests/test_a.py::test_a"})
    services.run_affected.answers = {
        one: SuiteRun("1 passed", ok=True, passed=passed, tests=1),
        two: SuiteRun("pytest is missing", ok=False),
    }
    async with Editor(services) as editor:
        ids = [f"{one}::test_a", f"{two}::test_a", f"{one}::test_b"]
        job = await editor.run("greenline.runTests", {"tests": ids})
        end = await editor.job_end(job["job"])
        assert services.run_affected.selected == [(ids[0], ids[2]), (ids[1],)]
        assert end["message"] == "one: 1 passed. two: pytest is missing."
        assert [(told["id"], told["outcome"]) for told in end["tests"]] == [(ids[0], "passed")]
