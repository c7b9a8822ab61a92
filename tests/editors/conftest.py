"""A copy of the sample project with its coverage."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from editors.neovims import FOLDERS, Neovim, find_neovim
from editors.real_editors import REPOSITORY, measure, server_command

FAULTY = """\
def port_of(address: str) -> int:
    parts = address.split(":")
    if len(parts) > 2:
        raise ValueError("one colon at most")
    return int(parts[1])
"""


ORDERS = {
    "pyproject.toml": """\
[project]
name = "orders"
version = "1"

[tool.pytest.ini_options]
pythonpath = ["."]
testpaths = ["tests"]
""",
    "orders.py": '''\
"""Orders of a small shop: one of each kind of mark."""


def total(prices, express=False):
    cost = sum(prices)
    if express:
        cost += 5
        cost *= 1.1
    if cost > 100:
        cost -= 10
    return cost


def refund(amount):
    return -amount


def receipt(order):
    lines = [f"{item}: {price}" for item, price in order]
    return "\\n".join(lines)


def currency():  # pragma: no cover
    return "EUR"


class Archive:
    def __init__(self, orders):
        self.orders = orders

    def find(self, number):
        return self.orders[number]
''',
    "tests/test_orders.py": """\
from orders import currency, refund, total


def test_total():
    assert total([100, 20]) == 110


def test_refund():
    assert refund(5) == 5


def test_currency():
    assert currency() == "EUR"
""",
}


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which ``greenline`` is on PATH, and the Python that has pytest."""
    program = tmp_path / "bin" / "greenline"
    program.parent.mkdir()
    *command, last = server_command()
    assert last == "lsp"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return {"PATH": os.pathsep.join([str(program.parent), str(Path(sys.executable).parent), os.environ["PATH"]])}


@pytest.fixture(params=FOLDERS)
def neovim(request: pytest.FixtureRequest) -> Neovim:
    """One of each supported version."""
    return find_neovim(request.param)


@pytest.fixture
def kinds(tmp_path: Path) -> Path:
    """A project with something to say of every kind."""
    folder = tmp_path / "orders"
    for name, text in ORDERS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def faulty(project: Path) -> Path:
    """A module of the project with a bug in its last line."""
    return project / "src" / "parcels" / "ports.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project, measured by its own tests."""
    folder = tmp_path / "parcels"
    shutil.copytree(
        REPOSITORY / "examples" / "parcels", folder, ignore=shutil.ignore_patterns("__pycache__", ".*cache")
    )
    (folder / "src" / "parcels" / "ports.py").write_text(FAULTY, encoding="utf-8")
    measure(folder)
    return folder
