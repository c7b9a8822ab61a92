"""Which functions of a test file are taken for tests: those that pytest would run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.auditing.suppressed import Ignored
from greenline.services.read_audit import ReadAudit

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.read_audit import ReadTests


def read(folder: Path, **files: str) -> ReadTests:
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    tests = folder / "tests"
    tests.mkdir()
    for name, text in files.items():
        (tests / f"{name}.py").write_text(text)
    reading = ReadAudit(ProjectFiles(), SourceTreeOnDisk(), DiskDocuments(), lambda _: Ignored())
    (found,) = asyncio.run(reading.read([tests], 5))
    return found


def names(found: ReadTests) -> list[str]:
    return [test.node_id.partition("::")[2] for test in found.tests]


CONDITIONAL = """\
import sys

if sys.platform != "win32":
    def test_fork():
        assert spawn() == 1
else:
    def test_fork():
        assert spawn() == 1

try:
    import numpy
except ImportError:
    numpy = None
else:
    class TestArrays:
        if sys.version_info > (3, 9):
            def test_sum(self):
                total([1])
"""

MIXIN = """\
import unittest

class Common:
    def test_empty(self):
        self.check("", 0)

    def test_long(self):
        size("aaa")

    def test_left_out(self):
        assert size("b") == 1

class TextTest(Common, unittest.TestCase):
    test_left_out = None

    def check(self, text, expected):
        self.assertEqual(size(text), expected)

class BytesTest(Common, unittest.TestCase):
    def check(self, text, expected):
        self.assertEqual(size(text.encode()), expected)
"""

MADE = """\
def make(number, look):
    def inner():
        look(number)
    return inner

def silent(number):
    def inner():
        double(number)
    return inner

test_one = make(1, check_double)
test_two = make(2, check_double)
test_three = silent(3)
test_data = load("data.json")
"""


def test_tests_below_if_and_try_are_read_and_those_of_two_ways_do_not_shadow_each_other(tmp_path: Path) -> None:
    found = read(tmp_path, test_shop=CONDITIONAL)
    assert names(found) == ["test_fork", "test_fork", "TestArrays::test_sum"]
    assert [(one.kind, one.line) for one in found.weaknesses] == [("no-assertion", 17)]


def test_what_a_class_inherits_is_counted_for_each_class_and_judged_once(tmp_path: Path) -> None:
    found = read(tmp_path, test_shop=MIXIN)
    assert names(found) == [
        "TextTest::test_empty",
        "TextTest::test_long",
        "BytesTest::test_empty",
        "BytesTest::test_long",
        "BytesTest::test_left_out",
    ]
    assert [(one.kind, one.line) for one in found.weaknesses] == [("no-assertion", 7)]


def test_what_a_class_inherits_from_another_file_is_judged_where_it_stands(tmp_path: Path) -> None:
    base, classes = MIXIN.split("class TextTest", 1)
    found = read(
        tmp_path, common=base, test_shop=f"import unittest\nfrom common import Common\nclass TextTest{classes}"
    )
    assert [(test.path.name, test.line) for test in found.tests][:2] == [("common.py", 4), ("common.py", 7)]
    assert [(one.kind, one.path.name, one.line) for one in found.weaknesses] == [("no-assertion", "common.py", 7)]


def test_tests_that_a_function_makes_are_read_inside_of_it(tmp_path: Path) -> None:
    found = read(tmp_path, test_shop=MADE)
    assert names(found) == ["test_one", "test_two", "test_three"]
    assert [(one.kind, one.line) for one in found.weaknesses] == [("no-assertion", 7)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"test_shop": "def test_price():\n    assert price(1) == 1\n"}, ""),
        ({"shop_tests": "def test_price():\n    assert price(1) == 1\n"}, "no file there is called test_*.py or "),
        ({"test_shop": "def check_price():\n    assert price(1) == 1\n"}, "nothing there is called test or Test"),
    ],
)
def test_where_there_are_no_tests_it_is_said_with_where_they_are_looked_for(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    found = read(tmp_path, **files)
    assert len(found.empty) == bool(said)
    assert said in "".join(found.empty)


MADE_ELSEWHERE = """\
import lib
from lib import Machine


def make():
    def test_it(): ...
    return test_it


test_made = lib.make_test(3)
TestStates = Machine.TestCase
test_own = make()
test_rows = [1, 2]
other = lib.make_test()
"""


def test_what_other_code_makes_is_told_and_not_taken_for_read(tmp_path: Path) -> None:
    found = read(tmp_path, test_made=MADE_ELSEWHERE)
    assert names(found) == ["test_own"]
    assert found.made_elsewhere == ("tests/test_made.py::test_made", "tests/test_made.py::TestStates")
