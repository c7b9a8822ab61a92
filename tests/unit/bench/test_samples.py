"""The reading samples are test files that a person could have written, as far as a program can tell."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from pathlib import Path

import pytest
import samples
from samples import SAMPLES, numbered, table_of

FILES = sorted(SAMPLES.glob("test_*.py"))
MOST_NUMBERED = 0.02


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def sample(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def test_there_are_ten() -> None:
    assert len(FILES) == 10


def test_it_uses_no_name_that_is_not_there_and_imports_none_for_nothing(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    table = symtable.symtable(text, sample.name, "exec")
    known = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    wanted = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    scopes = [table]
    for scope in scopes:
        scopes += scope.get_children()
        wanted |= {s.get_name() for s in scope.get_symbols() if s.is_global() and scope is not table}
    assert wanted <= known | set(dir(builtins))
    assert {s.get_name() for s in table.get_symbols() if s.is_imported()} <= wanted


def test_each_test_asserts_something_and_none_is_skipped(sample: Path) -> None:
    for test in samples.tests_of(sample.read_text(encoding="utf-8")):
        words = ast.unparse(test)
        assert "assert " in words or "pytest.raises" in words, test.name
        assert "skip" not in [*words.split(), test.name]
        assert "xfail" not in words


def test_the_rows_of_a_table_have_names_of_their_own(sample: Path) -> None:
    for test in samples.tests_of(sample.read_text(encoding="utf-8")):
        ids = [k.value.value for n in ast.walk(test) if isinstance(n, ast.Call) for k in n.keywords
               if k.arg == "id" and isinstance(k.value, ast.Constant) and "param" in ast.unparse(n.func)]  # fmt: skip
        assert len(ids) == len(set(ids)), test.name


def test_names_are_told_apart_by_words() -> None:
    tests = [samples.tests_of(file.read_text(encoding="utf-8")) for file in FILES]
    assert sum(len(numbered(found)) for found in tests) <= MOST_NUMBERED * sum(map(len, tests))
    assert all(len(test.name) <= 80 and not re.search(r"__|_$", test.name) for found in tests for test in found)


def test_the_readme_shows_the_figures_of_what_is_there() -> None:
    assert table_of(FILES) in (SAMPLES / "README.md").read_text(encoding="utf-8")
