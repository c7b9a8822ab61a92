from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHOP = '''\
def label(count: int, name: str) -> str:
    """Say how many there are."""
    if count < 0:
        raise ValueError("count must not be negative")
    if count == 0:
        mark = "👋"; return f"{mark} no {name}"
    if count == 1:
        return f"one {name}"
    return f"{count} {name}s"


def total(prices: list[int], reduced: bool = False) -> int:
    result = sum(prices)
    if reduced:
        result -= result // 10
    return result
'''

TEST_SHOP = """\
from shop import label, total


def test_label_of_many():
    assert label(3, "pear") == "3 pears"


def test_total():
    assert total([1, 2]) == 3
"""

WILD = """\
import os
import sys


def loops(number: int) -> int:
    while True:
        number += 1


def exits(number: int) -> int:
    os._exit(3)


def says(number: int) -> int:
    print("Content-Length: 5\\r\\n\\r\\nhello" * 100)
    os.write(1, b"Content-Length: 7\\r\\n\\r\\n{}")
    sys.stdout.flush()
    if number > 3:
        return 1
    return 0


def forks(number: int) -> int:
    if os.fork() == 0:
        while True:
            pass
    return number


def recurses(number: int) -> int:
    return recurses(number + 1)


def leaves(number: int) -> int:
    raise SystemExit(number)
"""


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep out of each run what happens to be installed beside Greenline; most of a cold start is that."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Write a small project; with ``measured`` its tests have run with coverage."""

    def make(*, measured: bool = True) -> Path:
        root = tmp_path / "project"
        (root / "tests").mkdir(parents=True)
        (root / "pyproject.toml").write_text(
            "[tool.coverage.run]\nbranch = true\n"
            '[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n',
            encoding="utf-8",
        )
        (root / "shop.py").write_text(SHOP, encoding="utf-8")
        (root / "wild.py").write_text(WILD, encoding="utf-8")
        (root / "tests" / "test_shop.py").write_text(TEST_SHOP, encoding="utf-8")
        if measured:
            run = [
                sys.executable,
                "-m",
                "coverage",
                "run",
                "--source=.",
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
            ]
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "COVERAGE_", "PYTEST_"))}
            environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            subprocess.run(run, cwd=root, check=True, capture_output=True, timeout=120, env=environment)
            assert (root / ".coverage").exists()
        return root

    return make
