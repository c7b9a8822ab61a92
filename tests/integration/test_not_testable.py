"""What cannot be tested automatically says why, by what happened, and what would help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).with_name("needs_much.py")
MODULES = {
    "wants_a_package": "import greenline_is_not_here\n",
    "wants_a_variable": 'import os\n\nTOKEN = os.environ["GREENLINE_IS_NOT_HERE"]\n',
    "fails": "LIMITS = {}\n\nLIMIT = LIMITS['all']\n",
    "is_a_program": 'import sys\n\nsys.exit("usage: program FILE")\n',
    "asks": 'NAME = input("name? ")\n',
    "connects": 'import socket\n\nLINE = socket.create_connection(("127.0.0.1", 9))\n',
    "draws": "import tkinter\n\nROOT = tkinter.Tk()\n",
}
"""Modules that cannot be imported: name -> how they begin."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")


@pytest.fixture(scope="module")
def reasons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What ``greenline generate`` says of each function, by its name, or its module's where importing fails."""
    root = tmp_path_factory.mktemp("needs")
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (root / "needs_much.py").write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    for name, begin in MODULES.items():
        (root / f"{name}.py").write_text(f"{begin}\n\ndef f(a: int) -> int:\n    return a\n")
    command = [
        sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json",
        "--interpreter", sys.executable, "needs_much.py", "needs_much.py::around.inside",
        *(f"{name}.py" for name in MODULES),
    ]  # fmt: skip
    environment = {**os.environ, "DISPLAY": ":4711"}
    ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=400)
    assert ended.stderr == b"", ended.stderr.decode()
    found: dict[str, Any] = {}
    for target in json.loads(ended.stdout)["targets"]:
        file, _, name = target["target"].partition("::")
        found[name if file == "needs_much.py" else file] = target
    assert {name for name, target in found.items() if target["status"] != "not_testable"} == {"around"}
    assert {name for name, target in found.items() if target["suspected_bugs"]} == set()
    return {name: target["reason"] for name, target in found.items() if target["status"] == "not_testable"}


REASONS = {
    "fetches": r"it needs the network: it wants to look up example\.org:80, which is refused while exploring\. Take",
    "asks_the_database": r"it needs a database: it wants to connect to 127\.0\.0\.1:5432, .*connection as a parameter",
    "has_no_tables": r"it needs a database: `has_no_tables\('.*'\)` raises OperationalError: no such table: users",
    "Store.__init__": r"it needs a database: it wants to connect to 127\.0\.0\.1:6379",
    "Store.load": r"making a `Store` needs a database: it wants to connect to 127\.0\.0\.1:6379, .*as a parameter",
    "opens_a_window": r"it needs a display: `opens_a_window\('.*'\)` raises TclError: no display name .*draws nothing",
    "crashes_without_display": r"it needs a display: the call .* crashed the interpreter \(SIGABRT\): qt\.qpa\.xcb",
    "asks": r"it needs input from a terminal: it wants to read from standard input, where nobody types .*parameter",
    "reads_bytes": r"it needs input from a terminal: ",
    "runs_git": r"it needs another program: it wants to run git log .*, which is refused while exploring\. Move",
    "reads_settings": r"it needs a file that is not there: .* FileNotFoundError: .*'/etc/greenline-is-not-here/.*path",
    "imports_late": r"it needs a package that is not installed: .* raises ModuleNotFoundError: .* not mistyped; if it",
    "takes_its_time": r"it is too slow to explore: each call takes longer than 0\.3 s; `takes_its_time\(.*\)` took \d",
    "around.inside": r"it is defined inside `around`, and only reachable through it: generate tests for that one",
    "wants_a_package.py": r"importing wants_a_package failed: line 1 of wants_a_package\.py raises ModuleNotFound"
    r".*\. Check that the name is not mistyped\. Install what provides `greenline_is_not_here` for .*python",
    "wants_a_variable.py": r"line 3 of wants_a_variable\.py raises KeyError: 'GREENLINE_IS_NOT_HERE'\. Set that env",
    "fails.py": r"importing fails failed: line 3 of fails\.py raises KeyError: 'all'$",
    "is_a_program.py": r"raises SystemExit: usage: program FILE\. Put what runs the program below `if __name__",
    "asks.py": r"importing asks needs input from a terminal: line 1 of asks\.py raises EOFError",
    "connects.py": r"importing connects needs the network: it wants to connect to 127\.0\.0\.1:9, .*in a function, not",
    "draws.py": r"importing draws needs a display: line 3 of draws\.py raises TclError",
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_is_what_happened_and_says_what_to_do(reasons: dict[str, str], name: str) -> None:
    assert re.search(REASONS[name], reasons[name]), reasons[name]


def test_no_other_reason_is_left(reasons: dict[str, str]) -> None:
    assert set(reasons) == set(REASONS)
