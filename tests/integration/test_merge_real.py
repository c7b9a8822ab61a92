"""Tests are added to the real test files of five packages: nothing else changes, and all of them run."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate

_SET_UP = Path(__file__).parents[2] / ".venv" / "environments" / "subjects"
_PYTHON = _SET_UP / "venv" / "bin" / "python"
PACKAGES = ("attrs", "boltons", "more_itertools", "packaging", "python-dateutil")
_SECONDS = 120


@pytest.fixture(scope="module", autouse=True)
def _set_up() -> None:
    if not _PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the real test suites are missing: make environments")
        pytest.skip("the real test suites are missing: make environments")


@cache
def suite_of(package: str) -> Path:
    (folder,) = (_SET_UP / "unpacked").glob(f"{package}-*")
    return folder / "tests"


@cache
def files_of(package: str) -> tuple[Path, ...]:
    return tuple(sorted(suite_of(package).rglob("test_*.py")))


# ---- what is added -------------------------------------------------------------------------------------------------

TABLE = dedent("""\
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("", 0, id="empty"),
            pytest.param("[1, 2]", 2, id="two"),
        ],
    )
    def test_{stem}_of_some_texts(text, expected):
        assert len(json.loads(text or "[]")) == expected
    """)
FORMS = {
    "plain": ("assert {subject} is not None", ()),
    "standard library": (
        "assert os.path.join('a', 'b').endswith('b')\n    assert OrderedDict(a=1) == {{'a': 1}}",
        ("import os.path", "from collections import OrderedDict"),
    ),
    "raising": (
        "with pytest.raises(ValueError, match='^' + re.escape('invalid literal')):\n        int('{subject}')",
        ("import pytest", "import re"),
    ),
    "aliased": ("assert decode('[1]') == [1]\n    assert {subject} or True", ("from json import loads as decode",)),
    "clashing": ("assert parse('a=1') == {{'a': ['1']}}", ("from urllib.parse import parse_qs as parse",)),
}


def candidate(form: str, stem: str, needed: str, number: int) -> Candidate:
    """A test that passes, about a name that the file imports or defines."""
    name = f"test_{stem}_{form.replace(' ', '_')}_{number}"
    if form == "table":
        code = TABLE.format(stem=f"{stem}_{number}")
        return Candidate(f"test_{stem}_{number}_of_some_texts", code, ("import pytest", "import json"))
    if form == "fixture":
        steps = [f"(tmp_path / 'a').write_text('{number}')", "assert len([*tmp_path.iterdir()]) == 1"]
        return Candidate(name, "\n    ".join([f"def {name}(tmp_path):", *steps]) + "\n")
    if form == "coroutine":
        steps = ["async def told():", f"    return {number}", "", f"assert asyncio.run(told()) == {number}"]
        return Candidate(name, "\n    ".join([f"def {name}():", *steps]) + "\n", ("import asyncio",))
    body, imports = FORMS[form]
    return Candidate(
        name, f"def {name}():\n    {body.format(subject=stem)}\n", (*imports, *([needed] if needed else []))
    )


ALL_FORMS = (*FORMS, "table", "fixture", "coroutine")


@dataclass(frozen=True)
class Subject:
    """A name that a file imports by ``from``: what new tests are about."""

    name: str
    statement: str


def subjects_of(text: str) -> list[Subject]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text.removeprefix("\ufeff"))
    found = [Subject("basename", "from os.path import basename")]
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module not in {"__future__", None}:
            names = [alias for alias in node.names if alias.name != "*" and not alias.asname]
            found += [Subject(alias.name, f"from {node.module} import {alias.name}") for alias in names]
    return found


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


# ---- the same files as others have them ----------------------------------------------------------------------------


def _with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _with_mixed_endings(text: str) -> str:
    lines = re.split(r"\r\n|\r|\n", text)
    return "".join(line + ("\r\n", "\n", "\r")[number % 3] for number, line in enumerate(lines[:-1])) + lines[-1]


def _with_cookie(text: str) -> str:
    return "# -*- coding: latin-1 -*-\n" + text.encode("latin-1", "backslashreplace").decode("latin-1")


VARIANTS = {
    "as it is": lambda text: text,
    "CRLF": _with_crlf,
    "mixed endings": _with_mixed_endings,
    "byte order mark": lambda text: "\ufeff" + text,
    "latin-1": _with_cookie,
    "no last newline": lambda text: text.rstrip("\n"),
    "tabs": lambda text: re.sub(r"^(?: {4})+", lambda match: "\t" * (len(match[0]) // 4), text, flags=re.MULTILINE),
}


def check(base: str, new: list[Candidate], target: str, encoding: str = "utf-8") -> str:
    """Merge; everything outside of the insertions is byte for byte what it was, and the whole is Python."""
    result = merge_tests(base, new, target=target)
    assert not result.problem
    assert None not in result.placed
    rest = result.new_text.encode(encoding)
    kept, behind, at = [], 0, 0
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", base)
    for insertion in sorted(result.insertions, key=lambda each: (each.line, each.column)):
        offset = sum(map(len, lines[: insertion.line - 1])) + insertion.column
        before = base[at:offset].encode(encoding)
        assert rest[behind : behind + len(before)] == before
        kept.append(before)
        text = insertion.text.encode(encoding)
        assert rest[behind + len(before) : behind + len(before) + len(text)] == text
        behind += len(before) + len(text)
        at = offset
    kept.append(base[at:].encode(encoding))
    assert rest[behind:] == kept[-1]
    assert b"".join(kept) == base.encode(encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(result.new_text.encode(encoding))
        before_tree = ast.parse(base.encode(encoding))
    assert set(result.names) <= set(names_in(tree)) - set(names_in(before_tree))
    assert len(names_in(tree)) == len(names_in(before_tree)) + len(new)
    return result.new_text


def names_in(tree: ast.Module) -> list[str]:
    found = []
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        found += [node.name] if isinstance(node, ast.FunctionDef) else []
        found += [f"{node.name}::{each.name}" for each in inside if isinstance(each, ast.FunctionDef)]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_takes_every_form(package: str) -> None:
    assert files_of(package)
    for path in files_of(package):
        base = text_of(path)
        subject = subjects_of(base)[-1]
        new = [candidate(form, subject.name, subject.statement, 0) for form in ALL_FORMS]
        merged = check(base, new, subject.name)
        again = merge_tests(merged, new, target=subject.name)
        assert again.new_text == merged


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_but_insertions_in_any_file_however_it_is_written(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for package in PACKAGES for path in files_of(package)]))
    variant = data.draw(st.sampled_from(sorted(VARIANTS)))
    base = VARIANTS[variant](text_of(path))
    encoding = "latin-1" if variant == "latin-1" else "utf-8"
    try:
        ast.parse(base.encode(encoding))
    except SyntaxError:
        return  # what its variant broke, tabs in the middle of a table say, is no test file
    subject = data.draw(st.sampled_from(subjects_of(base)))
    forms = data.draw(st.lists(st.sampled_from(ALL_FORMS), min_size=1, max_size=5, unique=True))
    new = [candidate(form, subject.name, subject.statement, number) for number, form in enumerate(forms)]
    check(base, new, subject.name, encoding)


# ---- and they run --------------------------------------------------------------------------------------------------

_CHOSEN = {
    "attrs": ("test_filters.py", "test_cmp.py", "test_setattr.py"),
    "boltons": ("test_listutils.py", "test_mathutils.py", "test_timeutils.py"),
    "more_itertools": ("test_recipes.py",),
    "packaging": ("test_utils.py", "test_errors.py", "test_elffile.py"),
    "python-dateutil": ("test_easter.py", "test_import_star.py", "test_utils.py", "test_relativedelta.py"),
}


_ONLY = {
    "boltons": "not matching_timezone",  # which wants that no second passes
    "more_itertools": "basename or counter or decimal or AllEqual or batched or take or tail or consume or nth",
}
"""Of a long suite, some of which chance decides: what is not named after one of these is left out."""


def outcomes_of(folder: Path, names: tuple[str, ...], only: str) -> dict[str, str]:
    """Run files of a suite, and return how each test of them ended."""
    report = folder.parent / "ran.txt"
    command = [str(_PYTHON), "-m", "pytest", "-q", "-rA", "--color=no", "-p", "no:cacheprovider", "--tb=short"]
    with report.open("w") as output:
        subprocess.run(
            [*command, "-k", only, *(str(folder / name) for name in names)],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=folder.parent,
            timeout=_SECONDS,
            env={**os.environ, "PYTHONHASHSEED": "0", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder.parent / "examples")},
        )
    said = report.read_text()
    ends = re.findall(r"^(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S+::.*?)(?: - .*)?$", said, re.MULTILINE)
    found = {node: ending for ending, node in ends}
    assert found, said[-2000:]
    assert "error" not in said.splitlines()[-1], said[-2000:]
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_the_tests_that_were_there_end_as_before_and_the_new_ones_pass(package: str, tmp_path: Path) -> None:
    folders = [tmp_path / "before" / "tests", tmp_path / "after" / "tests"]
    for folder in folders:
        # With the settings of its own project, which are above the tests.
        shutil.copytree(suite_of(package).parent, folder.parent)
    added = []
    for name in _CHOSEN[package]:
        path = folders[1] / name
        base = text_of(path)
        for number, subject in enumerate(subjects_of(base)[:3]):
            new = [candidate(form, subject.name, subject.statement, number) for form in ALL_FORMS]
            merged = merge_tests(base, new, target=subject.name)
            added += [f"tests/{name}::{each}" for each in merged.names]
            base = merged.new_text
        path.write_bytes(base.encode())
    with ThreadPoolExecutor(2) as pool:
        before, after = pool.map(outcomes_of, folders, [_CHOSEN[package]] * 2, [_ONLY.get(package, "")] * 2)

    assert {node: ending for node, ending in after.items() if node in before} == before
    new_ones = {node: ending for node, ending in after.items() if node not in before}
    assert {node.partition("[")[0] for node in new_ones} == set(added)
    assert set(new_ones.values()) == {"PASSED"}
