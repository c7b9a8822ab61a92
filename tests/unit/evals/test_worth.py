"""The tests of a model are taken out of a file, and mutants are those of one function."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from subjects import Subject
from worth import mutants_of, without

TESTS = """\
import pytest


def test_kept():
    assert True


@pytest.mark.parametrize(
    "n", [1, 2]
)
def test_of_the_model(n):
    assert n


class TestBox:
    async def test_of_the_model_too(self):
        assert True
"""
SOURCE = """\
def outer(n):
    return n + 1


class Box:
    def put(self, n):
        if n > 3:
            return n * 2
        return n - 1

    def take(self):
        return 7
"""


def test_what_a_model_wrote_is_taken_out_and_all_else_stays() -> None:
    text = without(TESTS, {"test_of_the_model", "test_of_the_model_too"})
    names = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert names == ["test_kept", "TestBox"]
    assert len(text.splitlines()) == len(TESTS.splitlines())
    assert without(TESTS, set()) == TESTS


@pytest.mark.parametrize(("function", "lines"), [("Box.put", range(6, 10)), ("outer", range(1, 3)), ("Box.gone", ())])
def test_mutants_are_of_one_function(tmp_path: Path, function: str, lines: range) -> None:
    (tmp_path / "boxes.py").write_text(SOURCE)
    mutants = mutants_of(Subject("boxes", tmp_path, Path(sys.executable)), function)
    assert {mutant.line for mutant in mutants} <= set(lines)
    assert bool(mutants) is bool(lines)
