"""What is remembered of tests that were accepted: those, and no other of their name."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.code.model import Target
from greenline.domain.generation.accepted_tests import accepted_tests
from greenline.domain.generation.kept_tests import GeneratedTest, keys_of
from greenline.domain.generation.model import TargetResult, TestEdit

ROOT = Path("/project")
TEXT = '''\
def test_one():
    assert label(0) == "none"


class TestLabel:
    def test_one(self):
        assert label(1) == "one"

    class TestDeeper:
        def test_one(self):
            assert label(2) == "two"


class TestItems:
    def test_one(self):
        """Mine, by hand."""
        assert items(1) == 7
'''


@pytest.mark.parametrize("test", ["test_one", "TestLabel::test_one", "TestLabel::TestDeeper::test_one"])
def test_of_one_name_in_several_classes_the_new_one_is_remembered(test: str) -> None:
    result = TargetResult(
        Target(ROOT / "src" / "shop.py", qualname="label"),
        "confirmed",
        engine="explore",
        tests=(test,),
        oracles=("observed",),
    )
    edit = TestEdit(ROOT / "tests" / "test_shop.py", creates=False, base_text="", new_text=TEXT)
    expected = GeneratedTest(keys_of(TEXT)[test], "src/shop.py::label", "explore", ("observed",))
    assert accepted_tests([result], edit, ROOT) == [expected]


def test_each_test_is_remembered_as_its_engines() -> None:
    result = TargetResult(
        Target(ROOT / "shop.py", qualname="label"),
        "confirmed",
        engine="explore",
        tests=("test_one", "TestLabel::test_one"),
        oracles=("observed", "intended"),
        engines={"TestLabel::test_one": "model"},
    )
    edit = TestEdit(ROOT / "test_shop.py", creates=False, base_text="", new_text=TEXT)
    found = accepted_tests([result], edit, ROOT)
    assert [(one.engine, one.oracles) for one in found] == [("explore", ("observed",)), ("model", ("intended",))]


@pytest.mark.parametrize(
    "result",
    [
        TargetResult(Target(ROOT / "shop.py"), "failed", tests=("test_one",)),
        TargetResult(Target(Path("/elsewhere/shop.py")), "confirmed", tests=("test_one",)),
        TargetResult(Target(ROOT / "shop.py"), "confirmed", tests=("test_two", "TestItems::test_two")),
    ],
)
def test_what_is_not_new_there_is_not_remembered(result: TargetResult) -> None:
    edit = TestEdit(ROOT / "tests" / "test_shop.py", creates=False, base_text="", new_text=TEXT)
    assert accepted_tests([result], edit, ROOT) == []
