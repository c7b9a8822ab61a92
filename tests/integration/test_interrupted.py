"""Functions of which one branch is refused or ended while exploring: that is said, with the tests and a second time."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CODE = """\
import ctypes
import os
from pathlib import Path


def saves(name: str) -> str:
    if not name:
        return "nothing"
    Path.home().joinpath(".wild").write_text(name)
    return "saved"


def loops(number: int) -> int:
    if number < 0:
        return 0
    while True:
        number += 1


def eats(number: int) -> int:
    if number < 0:
        return 0
    return len(bytearray(10**11 + number))


def leaves(code: int) -> int:
    if code == 0:
        return 0
    os._exit(code)


def crashes(number: int) -> str:
    if number < 0:
        return "negative"
    return str(ctypes.string_at(0))


def interrupts(number: int) -> str:
    if number < 0:
        return "negative"
    os.kill(os.getppid(), 2)
    return "done"
"""
SAID = {
    "saves": r"it changes files outside of a temporary folder: it wants to write to ~/\.wild, which is refused",
    "loops": r"` (had not ended after \d+ s|did not end within \d+ s)",  # as others have the processor
    "eats": r"` wanted to use more than 4 GiB of memory, which is refused while exploring",
    "leaves": r"` ended the process with exit code \d+, as os\._exit does",
    "crashes": r"` crashed the interpreter \(segmentation fault\)",
    "interrupts": r"` wanted to send signal 2 to process \d+, which is refused",
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")


def generate(root: Path, *options: str) -> str:
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", sys.executable, *options, "wild.py"]
    ended = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=300, text=True)
    assert ended.stderr == ""
    return ended.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """What a first run says of each function, its lines; and a second one, as JSON."""
    root = tmp_path_factory.mktemp("wild")
    (root / "pyproject.toml").write_text('[project]\nname = "wild"\nversion = "1"\n')
    (root / "wild.py").write_text(CODE)
    lines: dict[str, list[str]] = {}
    for line in generate(root).splitlines():
        _, target, name = line.partition(" wild.py::")
        if target:
            name = name.partition(" ")[0]
        elif line.startswith("    "):
            name = list(lines)[-1]
        else:
            continue
        lines.setdefault(name, []).append(line.strip())
    again = json.loads(generate(root, "--format", "json"))["targets"]
    return lines, {target["target"].partition("::")[2]: target for target in again}


@pytest.mark.parametrize("name", SAID)
def test_the_first_run_writes_a_test_and_says_what_was_in_the_way(runs: Any, name: str) -> None:
    lines, _ = runs
    assert lines[name][0].startswith("✔")
    assert any(line.startswith("left: ") for line in lines[name])
    in_the_way = [line for line in lines[name] if line.startswith("in the way: ")]
    assert [line for line in in_the_way if re.search(SAID[name], line)], lines[name]


def test_a_class_that_cannot_be_made_says_what_its_call_did(tmp_path: Path) -> None:
    bodies = {
        "Leaves": ("os._exit(4)", "the call `Leaves('Ada')` ended the process with exit code 4, as os._exit does"),
        "Waits": ("while True: pass", "`Waits('Ada')` had not ended after 0.3 s, and what takes longer is ended"),
        "Fills": ("bytearray(10**12)", "the call `Fills('Ada')` wanted to use more than 4 GiB of memory"),
        "Breaks": ("os.kill(os.getpid(), 9)", "the call `Breaks('Ada')` ended the process: it was killed"),
    }
    classes = (
        f"class {name}:\n    def __init__(self, name: str) -> None:\n        {body}\n\n"
        "    def greet(self) -> str:\n        return 'x'\n"
        for name, (body, _) in bodies.items()
    )
    (tmp_path / "wild.py").write_text("import os\n\n\n" + "\n\n".join(classes))
    told = json.loads(generate(tmp_path, "--format", "json", "--dry-run"))["targets"]
    reasons = {target["target"].partition("::")[2]: target["reason"] for target in told}
    for name, (_, said) in bodies.items():
        assert f"no instance of `{name}` could be made" in reasons[f"{name}.greet"]
        assert said in reasons[f"{name}.greet"]


@pytest.mark.parametrize("name", SAID)
def test_the_second_run_says_it_again(runs: Any, name: str) -> None:
    _, again = runs
    assert again[name]["status"] == "nothing_to_gain"
    assert [words for words in again[name]["refused"] if re.search(SAID[name], words)]
    assert [words for words in again[name]["not_tested"] if re.search(SAID[name], words)]
    assert again[name]["not_tested"][-1].startswith(("Not covered", "Line "))
