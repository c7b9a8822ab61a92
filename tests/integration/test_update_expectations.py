"""What becomes of each form of expectation when the code gives something else: real runs in the project's Python."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.formatter_process import FormatterProcess
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.adapters.interpreter_discovery import InterpreterDiscovery
from greenline.adapters.probes import Probes
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.generation.kept_tests import GeneratedTest, key_of, keys_of, named_tests
from greenline.services.update_expectations import Update, UpdateExpectations
from greenline.settings import Settings

CODE = '''\
from dataclasses import dataclass
from decimal import Decimal
import subprocess
import time


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Other:
    pass


def half(number):
    """Halve it.

    >>> half(4)
    2.0
    """
    return number / 3


def word(n):
    return {0: "none", 1: "a"}.get(n, f"{n} of them")


def nothing(n):
    return "it" if n else None


def point(n):
    return Point(n, n + 1)


def refuses(n):
    if n < 0:
        raise ValueError(f"{n} is too small (by far)")
    raise KeyError(n)


def breaks(n):
    raise RuntimeError("out of order")


def given(n):
    return n


def foreign():
    return Decimal("1.5")


def odd():
    return Other()


def clock():
    return time.time()


def twice(n):
    return [n, n + 1]


def starts(n):
    return subprocess.run(["git", "--version"], capture_output=True).returncode


def swallows(n):
    try:
        return starts(n)
    except BaseException:
        return None


async def later(n):
    return n + 1
'''

TESTS = """\
import asyncio
import re

import pytest

from shop import Point, breaks, clock, foreign, given, half, later, nothing, odd, point, refuses, twice, word
from shop import starts, swallows


def test_equal():
    assert word(2) == "2"


def test_single_quotes():
    assert word(2) == '2'


def test_is_none():
    assert nothing(1) is None


def test_becomes_none():
    assert nothing(0) == "it"


def test_object_in_the_names_of_the_file():
    assert point(1) == Point(x=1, y=1)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        pytest.param(0, "zero", id="nothing"),
        (1, "a"),
        (5, "5 items"),
    ],
)
def test_table(n, expected):
    assert word(n) == expected


def test_approximate():
    assert half(5) == pytest.approx(2.5)


def test_becomes_approximate():
    assert half(7) == 3.5


def test_raises_with_message():
    with pytest.raises(ValueError, match=r"^-1 is small"):
        refuses(-1)


def test_raises_another():
    with pytest.raises(ValueError):
        refuses(1)


@pytest.mark.parametrize(("n", "message"), [(-1, "-1 is too small (by far)"), (-2, "minus two")])
def test_raising_table(n, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        refuses(n)


@pytest.mark.parametrize(("n", "message"), [(-3, "minus three"), (-4, "-4 is too small (by far)")])
def test_raising_table_with_its_messages_escaped(n, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        refuses(n)


@pytest.mark.parametrize(("n", "message"), [(-5, "minus five"), (-6, "-6 is too small")])
def test_raising_table_with_patterns(n, message):
    with pytest.raises(ValueError, match=message):
        refuses(n)


def test_awaited():
    assert asyncio.run(later(1)) == 1


class TestInAClass:
    def test_method(self):
        assert word(3) == "3"


def test_several():
    result = twice(1)

    assert result == [1, 1]
    assert len(result) == 2
    assert result[1] == 1


def test_given_gives_2():
    assert given(3) == 2


def test_fine():
    assert word(0) == "none"


def test_documented():
    assert half(4) == 2.0


def test_raises_now():
    assert breaks(1) == 1


def test_no_longer_raises():
    with pytest.raises(TypeError):
        given(1)


def test_needs_an_import():
    assert foreign() == 1


def test_cannot_be_written():
    assert odd() == 1


def test_changes_each_time():
    assert clock() == 1.0


@pytest.mark.parametrize("n", [1, 2])
def test_property(n):
    assert half(n) == n


def test_same_as():
    assert half(2) == half(3)


def test_no_value():
    assert given(0)


def test_refused():
    assert starts(0) == 1


@pytest.mark.parametrize("n", [0, 1])
def test_refused_and_swallowed(n):
    assert swallows(n) == 1
"""

AT_IMPORT = """\
import subprocess

try:
    subprocess.run(["hg"])
except BaseException:
    pass
"""

AFTER = {
    'def test_equal():\n    assert word(2) == "2"': 'def test_equal():\n    assert word(2) == "2 of them"',
    "assert word(2) == '2'": "assert word(2) == '2 of them'",
    "assert nothing(1) is None": 'assert nothing(1) == "it"',
    'assert nothing(0) == "it"': "assert nothing(0) is None",
    "assert point(1) == Point(x=1, y=1)": "assert point(1) == Point(x=1, y=2)",
    'pytest.param(0, "zero", id="nothing")': 'pytest.param(0, "none", id="nothing")',
    '(5, "5 items")': '(5, "5 of them")',
    "pytest.approx(2.5)": "pytest.approx(1.6666666666666667)",
    "assert half(7) == 3.5": "assert half(7) == pytest.approx(2.3333333333333335)",
    'match=r"^-1 is small"': r'match=r"-1 is too small \(by far\)"',
    "    with pytest.raises(ValueError):\n        refuses(1)": "    with pytest.raises(KeyError):\n        refuses(1)",
    '(("n", "message"), [(-1, "-1 is too small (by far)"), (-2, "minus two")])': """(
    ("n", "message"),
    [(-1, "-1 is too small (by far)"), (-2, "-2 is too small (by far)")],
)""",
    '(("n", "message"), [(-3, "minus three"), (-4, "-4 is too small (by far)")])': """(
    ("n", "message"),
    [(-3, "-3 is too small (by far)"), (-4, "-4 is too small (by far)")],
)""",
    '(("n", "message"), [(-5, "minus five"), (-6, "-6 is too small")])': r"""(
    ("n", "message"), [(-5, r"-5 is too small \(by far\)"), (-6, "-6 is too small")]
)""",
    "assert asyncio.run(later(1)) == 1": "assert asyncio.run(later(1)) == 2",
    'assert word(3) == "3"': 'assert word(3) == "3 of them"',
    "assert result == [1, 1]": "assert result == [1, 2]",
    "assert result[1] == 1": "assert result[1] == 2",
    "def test_given_gives_2():\n    assert given(3) == 2": "def test_given_gives_3():\n    assert given(3) == 3",
}
"""What is replaced by what, and nothing else is."""

REFUSED = {
    "test_documented": "`half(4)` gives",
    "test_raises_now": "the code raises now where it gave something: RuntimeError: out of order",
    "test_no_longer_raises": "`given(1)` raises nothing any more",
    "test_needs_an_import": "gives Decimal('1.5') now, which cannot be written down in this file",
    "test_cannot_be_written": "which cannot be written down in this file",
    "test_changes_each_time": "does not pass twice",
    "test_property": "it asserts what is no value to replace",
    "test_same_as": "it asserts what is no value to replace",
    "test_no_value": "it asserts what is no value to replace",
    "test_refused": "it wants to run git --version, which is refused here",
    "test_refused_and_swallowed": "it wants to run git --version, which is refused here",
}


class Silent:
    def step(self, what: str, fraction: float | None = None) -> None:
        pass


class Desk:
    """A project whose tests Greenline has generated, before its code changed."""

    def __init__(self, root: Path, cache: Path, runner: PytestProcess) -> None:
        self.root = root
        self.tests = root / "tests" / "test_shop.py"
        self.tests.parent.mkdir(parents=True)
        (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
        (root / "shop.py").write_text(CODE)
        self.tests.write_text(TESTS)
        self.index = GeneratedTestsSqlite(cache / "generated-tests.sqlite3")
        self.service = UpdateExpectations(
            projects=ProjectFiles(),
            interpreters=InterpreterDiscovery(),
            runner=runner,
            documents=DiskDocuments(),
            generated=self.index,
            settings=Settings(interpreter=sys.executable),
            sources=SourceTreeOnDisk(),
            formatter=FormatterProcess(),
        )

    def accept(self) -> None:
        """Know all tests as generated, for ``half`` where nothing else is said."""
        self.index.remember([GeneratedTest(key_of(node), "shop.py::half") for node in named_tests(TESTS).values()])

    async def propose(self, *tests: str) -> Update:
        return await self.service.propose(self.tests, tests or None, Silent())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Desk(tmp_path / "project", tmp_path / "cache", PytestProcess(Probes(warm=False)))


async def test_each_form_is_updated_in_place_and_the_rest_is_told(desk: Desk) -> None:
    desk.accept()
    update = await desk.propose()
    assert update.problem == ""
    assert update.edit is not None
    wanted = TESTS
    for old, new in AFTER.items():
        assert wanted.count(old) == 1, old
        wanted = wanted.replace(old, new)
    assert update.edit.new_text == wanted
    refused = {one.test: one.refusal for one in update.tests if one.refusal}
    assert refused.keys() == REFUSED.keys()
    for test, words in REFUSED.items():
        assert words in refused[test], refused[test]
    assert [one.test for one in update.tests if not one.refusal and not one.changes] == ["test_fine"]
    rows = next(one.changes for one in update.tests if one.test == "test_table")
    assert [change.words for change in rows] == [
        'word(0): "zero" -> "none"',
        'word(5): "5 items" -> "5 of them"',
    ]
    assert desk.tests.read_text() == TESTS, "nothing is written"


def test_of_a_folder_the_projects_own_files_with_generated_tests(desk: Desk) -> None:
    installed = desk.root / "env" / "lib" / "site-packages" / "shop" / "test_shop.py"
    installed.parent.mkdir(parents=True)
    (desk.root / "env" / "pyvenv.cfg").touch()
    installed.write_text(TESTS)
    (desk.tests.parent / "test_mine.py").write_text("def test_mine():\n    assert True\n")
    (desk.tests.parent / "test_broken.py").write_text("def test_broken(:\n")
    assert desk.service.files(desk.root) == []
    desk.accept()
    assert desk.service.files(desk.root) == [desk.tests]
    assert desk.service.files(desk.tests.parent) == [desk.tests]


async def test_what_a_model_takes_for_intended_is_not_bent(desk: Desk) -> None:
    node = named_tests(TESTS)["test_equal"]
    desk.index.remember([GeneratedTest(key_of(node), "shop.py::half", "model", ("intended",))])
    update = await desk.propose("test_equal")
    assert update.edit is None
    assert [one.test for one in update.tests] == ["test_equal"]
    assert "what a model takes the code to be meant to do" in update.tests[0].refusal


async def test_what_was_updated_is_known_from_then_on(desk: Desk) -> None:
    desk.accept()
    update = await desk.propose("test_equal")
    assert update.edit is not None
    desk.tests.write_text(update.edit.new_text)
    assert desk.service.known(desk.tests, ["test_equal"]) == ()
    desk.service.remember(update)
    assert desk.service.known(desk.tests, ["test_equal"]) == ("test_equal",)


async def test_a_test_is_known_by_its_new_name(desk: Desk) -> None:
    desk.accept()
    update = await desk.propose("test_given_gives_2")
    assert update.edit is not None
    assert [one.name for one in update.tests] == ["test_given_gives_3"]
    desk.tests.write_text(update.edit.new_text)
    desk.service.remember(update)
    assert desk.service.known(desk.tests, ["test_given_gives_3"]) == ("test_given_gives_3",)


async def test_the_projects_formatter_lays_out_what_is_longer_now(desk: Desk) -> None:
    with (desk.root / "pyproject.toml").open("a") as settings:
        settings.write("[tool.ruff]\nline-length = 60\n")
    desk.accept()
    update = await desk.propose("test_raises_with_message", "test_equal")
    assert update.edit is not None
    assert update.edit.new_text == TESTS.replace('word(2) == "2"', 'word(2) == "2 of them"').replace(
        '    with pytest.raises(ValueError, match=r"^-1 is small"):\n',
        '    with pytest.raises(\n        ValueError, match=r"-1 is too small \\(by far\\)"\n    ):\n',
    )


OF_UNITTEST = """\
import unittest

from shop import given, nothing, refuses, word


class ShopTest(unittest.TestCase):
    def test_values(self):
        self.assertEqual(word(2), "2")
        self.assertIsNone(nothing(1))
        self.assertEqual(nothing(0), "it")
        self.assertIs(given(True), False)

    def test_raises(self):
        with self.assertRaisesRegex(ValueError, "old") as caught:
            refuses(-1)
        self.assertEqual(caught.exception.args, ("old",))

    def test_rounds(self):
        for n, expected in [
            (0, "zero"),
            (1, "a"),
            (5, None),
        ]:
            with self.subTest(n=n):
                self.assertEqual(word(n), expected)
"""


async def test_what_unittest_says_is_updated(desk: Desk) -> None:
    desk.tests.write_text(OF_UNITTEST)
    desk.index.remember([GeneratedTest(key, "shop.py::word") for key in keys_of(OF_UNITTEST).values()])
    update = await desk.propose()
    assert update.edit is not None
    wanted = OF_UNITTEST
    for old, new in {
        '(word(2), "2")': '(word(2), "2 of them")',
        "assertIsNone(nothing(1))": 'assertEqual(nothing(1), "it")',
        'assertEqual(nothing(0), "it")': "assertIsNone(nothing(0))",
        "assertIs(given(True), False)": "assertIs(given(True), True)",
        '(ValueError, "old") as': r"""(
            ValueError, r"-1 is too small \(by far\)"
        ) as""",
        '("old",)': '("-1 is too small (by far)",)',
        "zero": "none",
        "(5, None)": '(5, "5 of them")',
    }.items():
        wanted = wanted.replace(old, new)
    assert update.edit.new_text == wanted
    assert not any(one.refusal for one in update.tests)


async def test_an_edited_test_is_named_and_not_looked_at(desk: Desk) -> None:
    desk.accept()
    desk.tests.write_text(TESTS.replace('(1, "a"),', '(1, "a"),\n        (2, "b"),'))
    update = await desk.propose("test_table")
    assert (update.edited, update.tests, update.edit) == (("test_table",), (), None)


async def test_an_empty_index_is_no_problem(desk: Desk) -> None:
    update = await desk.propose()
    assert (update.tests, update.edit, update.problem) == ((), None, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def (", "does not parse"),
        (f"import no_such_module\n{TESTS}", "cannot be imported: ModuleNotFoundError"),
        (f"{AT_IMPORT}{TESTS}", "imports wants to run hg, which is refused here"),
    ],
)
async def test_a_file_that_does_not_run_is_told(desk: Desk, text: str, words: str) -> None:
    desk.accept()
    desk.tests.write_text(text)
    assert words in (await desk.propose()).problem
