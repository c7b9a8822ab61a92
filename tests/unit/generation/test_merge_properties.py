"""Over real test files: what was there stays, byte for byte, and the whole is Python with unique names."""

from __future__ import annotations

import ast
import sysconfig
import tokenize
import warnings
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from greenline.domain.generation.merge import merge_tests, only_adds
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.source_text import SourceText

_LARGEST = 60_000


@cache
def real_files() -> list[Path]:
    """Test files of this Python and of what is installed in it, and this project's own; small ones first."""
    folders = [
        Path(sysconfig.get_path("stdlib")) / "test",
        Path(sysconfig.get_path("purelib")),
        Path(__file__).parents[2],
    ]
    found = {path for folder in folders if folder.is_dir() for path in folder.rglob("test_*.py")}
    return sorted((p for p in found if p.stat().st_size < _LARGEST), key=lambda p: (p.stat().st_size, str(p)))


def text_of(path: Path) -> str:
    with tokenize.open(path) as file:
        encoding = file.encoding
    return path.read_bytes().decode(encoding.removesuffix("-sig"))


def names_of(text: str) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text.removeprefix("\ufeff"))
    found = []
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        found += [node.name] if isinstance(node, ast.FunctionDef) else []
        found += [f"{node.name}::{each.name}" for each in inside if isinstance(each, ast.FunctionDef)]
    return found


IMPORTS = [
    "import pytest",
    "import json",
    "import os.path",
    "import unittest",
    "import unittest.mock",
    "from unittest import mock, TestCase",
    "import sys as system",
    "from os import path",
    "from test import support",
    "from test.support import os_helper",
    "from parcels.core import parse",
    "from parcels import core as c",
]


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    made = []
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(["test_parse", "test_main", "test_basic", "test_path_join", "setUpModule"]))
        imports = tuple(draw(st.lists(st.sampled_from(IMPORTS), max_size=4, unique=True)))
        number = draw(st.integers(0, 3))
        made.append(Candidate(name, f"def {name}():\n    assert parse({number}, path, mock)\n", imports))
    return made


@pytest.mark.skipif(not real_files(), reason="no test files are installed")
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(index=st.integers(min_value=0), new=candidates())
def test_taking_the_insertions_out_gives_the_base_back(index: int, new: list[Candidate]) -> None:
    path = real_files()[index % len(real_files())]
    try:
        base = text_of(path)
        before = names_of(base)
    except (SyntaxError, UnicodeDecodeError, ValueError):
        assume(False)
        return
    result = merge_tests(base, new)

    assert not result.problem, path
    text, shift = result.new_text, 0
    for insertion in result.insertions:
        offset = sum(len(piece) for piece in _lines(base)[: insertion.line - 1]) + insertion.column
        assert text[offset : offset + len(insertion.text)] == insertion.text
        text = text[:offset] + text[offset + len(insertion.text) :]
        shift += len(insertion.text)
    assert text == base
    assert only_adds(base, result.new_text)
    assert not (result.names and only_adds(result.new_text, base))
    assert len(result.new_text) == len(base) + shift
    after = names_of(result.new_text)
    assert len(after) - len(set(after)) == len(before) - len(set(before))
    assert set(result.names) <= set(after)


def _lines(text: str) -> list[str]:
    """The lines as an editor counts them."""
    lines, current = [], ""
    for index, character in enumerate(text):
        current += character
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            lines.append(current)
            current = ""
    return [*lines, current]


@given(st.text(alphabet="ab\n\r\x0c\u2028 é\ufeff"), st.data())
def test_insertions_land_where_they_were_computed(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assume(text[offset - 1 : offset + 1] != "\r\n")
    source = SourceText(text)
    insertion = source.insertion(offset, "<>")
    assert source.with_insertions([insertion]) == text[:offset] + "<>" + text[offset:]
    assert sum(map(len, _lines(text)[: insertion.line - 1])) + insertion.column == offset
