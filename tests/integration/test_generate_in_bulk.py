"""``greenline generate`` for many files with the real services: what it writes, and going on after kills."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")

KILLS = 10
MOST_STARTS = 40
MODULES = {
    "prices": "def price(grams: int) -> int:\n    if grams > 500:\n        return 7\n    return 4\n\n\n"
    "def label(grams: int) -> str:\n    return 'heavy' if grams > 500 else 'light'\n",
    "words": "def initials(name: str) -> str:\n    return ''.join(part[0] for part in name.split() if part)\n",
    "signs": "def sign(number: int) -> int:\n    if number < 0:\n        return -1\n    return 1 if number else 0\n",
}
OLD_TEST = "from shop.signs import sign\n\n\ndef test_sign_of_zero():\n    assert sign(0) == 0\n"


def project(root: Path) -> Path:
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").write_text("")
    for name, code in MODULES.items():
        (root / "shop" / f"{name}.py").write_text(code)
    (root / "tests").mkdir()
    (root / "tests" / "test_signs.py").write_text(OLD_TEST)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    return root


def start(root: Path, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "greenline", "generate", "shop", "--interpreter", sys.executable, *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(root.parent / f"{root.name}-cache")}
    return subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def generate(root: Path, *arguments: str) -> dict[str, Any]:
    process = start(root, "--format", "json", *arguments)
    said, complaints = process.communicate(timeout=300)
    others = [line for line in complaints.decode().splitlines() if not line.startswith("Taken back: ")]
    assert (process.returncode, others) == (0, [])
    report: dict[str, Any] = json.loads(said)
    return report


def files(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def told(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report without what two runs of the same differ in: times."""
    for file in report["files"]:
        del file["seconds"]
        for function in file["functions"]:
            del function["seconds"]
    return {key: report[key] for key in ("coverage", "counts", "files", "not_testable", "failed", "not_begun")}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, Any], float]:
    """The files, the report, and the seconds that it took."""
    root = project(tmp_path_factory.mktemp("whole") / "shop")
    began = time.monotonic()
    report = generate(root)
    return files(root), told(report), time.monotonic() - began


def test_all_functions_of_a_folder_are_covered_and_the_suite_passes(uninterrupted: Any, tmp_path: Path) -> None:
    written, report, _ = uninterrupted
    counts = {name: report["counts"][name] for name in ("tests", "cases")}
    assert report["counts"] == {"confirmed": 4, "not_begun": 0, **counts, "test_files": 3}
    assert report["coverage"]["after"]["lines"] == [12, 12]
    assert set(written) - set(files(project(tmp_path / "shop"))) == {"tests/test_prices.py", "tests/test_words.py"}
    assert written["tests/test_signs.py"].startswith(OLD_TEST.partition("def")[0])


def test_killed_at_any_moment_and_run_again_it_ends_in_the_same(uninterrupted: Any, tmp_path: Path) -> None:
    written, report, seconds = uninterrupted
    root = project(tmp_path / "shop")
    chance = random.Random(20261122)
    before = files(root)
    killed = here = 0
    for number in range(MOST_STARTS):
        process = start(root)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0.0, seconds / 3))
        process.kill()
        said, _ = process.communicate(timeout=60)
        if process.returncode == 0 or b"of the project pass" in said:  # what was left of the work took less than that
            assert files(root) == written, f"after {here} kills"
            root, here = project(tmp_path / str(number) / "shop"), 0
            seconds *= 0.8  # the machine may have become faster
            continue
        assert process.returncode == -signal.SIGKILL, process.returncode
        killed, here = killed + 1, here + 1
        for name, text in files(root).items():
            whole = text in {before.get(name), written.get(name)}
            assert whole or name.endswith(".tmp"), f"{name} is neither as it was nor as it is to be"
        if killed >= KILLS:
            break

    again = told(generate(root))

    assert killed == KILLS
    assert here, "this one was killed, too"
    assert files(root) == written
    assert again == report


def test_a_new_test_that_an_old_one_cannot_stand_is_taken_out(tmp_path: Path) -> None:
    """The new test of ``remember`` leaves something behind, which is noticed when it runs before the old one."""
    root = tmp_path / "shop"
    (root / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "memory.py").write_text(
        "import itertools\n\nCALLS = itertools.count()\n\n\n"
        "def remember(number: int) -> int:\n    next(CALLS)\n    return number + 1\n"
    )
    (root / "shop" / "signs.py").write_text(MODULES["signs"])
    old = "from shop.memory import CALLS\n\n\ndef test_nobody_called_before():\n    assert repr(CALLS) == 'count(0)'\n"
    (root / "tests" / "test_zero.py").write_text(old)
    process = start(root, "--format", "json")
    said, _ = process.communicate(timeout=300)
    report = json.loads(said)
    (final,) = report["final_runs"]
    assert final["green"], report
    (taken,) = final["taken_out"]
    assert taken["test"].startswith("tests/test_zero.py::test_remember")
    assert taken["reason"] == "tests/test_zero.py::test_nobody_called_before fails beside it, and passes without it"
    left = (root / "tests" / "test_zero.py").read_text()
    assert "test_remember" not in left
    assert left.rstrip().endswith(old.partition("\n\n")[2].strip())
    assert "def test_sign" in (root / "tests" / "test_signs.py").read_text()
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(plain, cwd=root, check=False, capture_output=True, timeout=120).returncode == 0
