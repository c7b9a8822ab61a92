"""Values that only call sites or the tests that exist know, through the real ``greenline generate``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

SOURCE = f"""
import zlib


def state(code, express=False):
    if zlib.crc32(code.encode()) == {zlib.crc32(b"XK-77:open")}:
        if express:
            return "hurry"
        return "open"
    return "unknown"


class Ledger:
    def __init__(self, key):
        self.key = key

    def book(self, reference, express=False):
        if zlib.crc32(f"{{self.key}}/{{reference}}".encode()) == {zlib.crc32(b"CHF/REF-9")}:
            if express:
                return "hurry"
            return "closed"
        return "booked"
"""
CALLER = """
from shop import Ledger, state


def report():
    ledger = Ledger("CHF")
    return ledger.book("REF-9"), state("XK-77:open")
"""
INDIRECT = """
import shop


def test_parts():
    assert shop.state(":".join(["XK-77", "open"])).upper()
    assert shop.Ledger("chf".upper()).book("-".join(["REF", "9"])).upper()
"""


def generated(root: Path, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "greenline", "generate", "--dry-run", "--interpreter", sys.executable]
    ended = subprocess.run(
        [*command, "--format", "json", f"shop.py::{name}"], cwd=root, check=False, capture_output=True, timeout=120
    )
    assert ended.stderr == b"", ended.stderr.decode()
    (target,) = json.loads(ended.stdout)["targets"]
    return target  # type: ignore[no-any-return]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SOURCE)
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    return tmp_path


@pytest.mark.parametrize("name", ["state", "Ledger.book"])
def test_a_call_site_shows_the_value_that_a_branch_needs(project: Path, name: str) -> None:
    without = generated(project, name)
    (project / "report.py").write_text(CALLER)
    after = generated(project, name)

    assert without["coverage"]["after"]["branches"] == [1, 4]
    assert after["coverage"]["after"]["branches"] == [4, 4]
    assert ("XK-77:open" if name == "state" else "REF-9") in after["code"]


@pytest.mark.parametrize("name", ["state", "Ledger.book"])
def test_what_tests_pass_is_tried_with_everything_else(project: Path, name: str) -> None:
    (project / "test_shop.py").write_text(INDIRECT)

    target = generated(project, name)

    # No text holds the value: it is seen when the tests run, and reaches what they leave out.
    assert target["coverage"]["before"]["branches"] == [2, 4]
    assert target["coverage"]["after"]["branches"] == [4, 4], target


HEADER = """
def parse_header(line):
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError("a header needs a colon")
    name = name.strip().lower()
    if not name:
        raise ValueError("a header needs a name")
    if name.startswith("x-"):
        name = name[2:]
    return name, value.strip()
"""
OF_A_PERSON = """
from shop import parse_header


def test_parse_header():
    assert parse_header("Depot: Utrecht") == ("depot", "Utrecht")
"""


def test_new_tests_pass_small_changes_of_what_the_persons_test_passes(project: Path) -> None:
    (project / "shop.py").write_text(HEADER)
    (project / "test_shop.py").write_text(OF_A_PERSON)

    code = generated(project, "parse_header")["code"]

    assert re.findall(r'parse_header\("([^"]*)"\)', code) == ["x-depot: Utrecht", "Depot Utrecht", ": Utrecht"], code
    assert re.findall(r"def test_parse_header_(\w+)", code) == [
        "when_name_starts_with_x",
        "raises_value_error_without_colon",
        "raises_value_error_without_name",
    ]


RECORDED = """
import random

import pytest
from hypothesis import given, settings, strategies as st
from shop import Ledger, state


@given(st.text())
@settings(max_examples=5, database=None)
def test_made_up(text):
    state(text)


@pytest.mark.parametrize("code", ["a", "b"])
def test_written(code):
    state(code, express=True)


def test_by_chance():
    Ledger(random.randrange(10**9)).book("r")
"""


async def test_a_run_tells_what_functions_were_called_with_and_tells_it_again(project: Path) -> None:
    pytest.importorskip("hypothesis")
    source, tests = project / "shop.py", project / "test_shop.py"
    run = TestRun(
        Project(project, project / "pyproject.toml", (project,), ()),
        Interpreter(Path(sys.executable), (3, 11, 0), "the test", "9"),
        overlay={tests: RECORDED},
        selection=(str(tests),),
        measure=(source,),
        record_calls=True,
    )
    first, second = [await PytestProcess().run(run, Silent()) for _ in range(2)]

    assert first.problem == ""
    assert first.calls == second.calls
    calls = {seen.programs[0]: seen for seen in first.calls[source]}
    assert calls["state('a', True)"].programs == ("state('a', True)", "state('b', True)")
    assert calls["state('a', True)"].types == {"code": ("str",), "express": ("bool",)}
    assert list(first.coverage) == [source]


async def test_a_run_that_is_not_asked_tells_no_calls(project: Path) -> None:
    source, tests = project / "shop.py", project / "test_shop.py"
    run = TestRun(
        Project(project, project / "pyproject.toml", (project,), ()),
        Interpreter(Path(sys.executable), (3, 11, 0), "the test", "9"),
        overlay={tests: INDIRECT},
        selection=(str(tests),),
        measure=(source,),
    )
    assert (await PytestProcess().run(run, Silent())).calls == {}
