"""``greenline generate`` on the example project with the real services."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from processes import below, until_ended, words_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "parcels"
GREENLINE = [sys.executable, "-m", "greenline"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(EXAMPLE, tmp_path / "parcels", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    ).resolve()


def tree(project: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def generate(project: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    command = [*GREENLINE, "generate", "--interpreter", sys.executable, "--format", "json", *arguments]
    ended = subprocess.run(command, cwd=project, check=False, capture_output=True, timeout=300)
    assert ended.stderr == b"", ended.stderr.decode()
    return ended.returncode, json.loads(ended.stdout)


def test_writes_tests_that_pass_under_plain_pytest(project: Path) -> None:
    before = tree(project)

    code, said = generate(project, "src/parcels/pricing.py::delivery_price")

    (target,) = said["targets"]  # type: ignore[misc]
    assert (code, target["status"]) == (0, "confirmed"), target
    assert target["target"] == "src/parcels/pricing.py::delivery_price"
    assert target["test_file"] == str(Path("tests/test_pricing.py"))
    assert sum(map(sum, (target["coverage"]["after"]["lines"][:1],))) > target["coverage"]["before"]["lines"][0]
    after = tree(project)
    assert {name for name in after if after[name] != before.get(name)} == {target["test_file"]}
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(plain, cwd=project, check=False, capture_output=True, timeout=120).returncode == 0


def test_dry_run_leaves_the_project_as_it_is(project: Path) -> None:
    before = tree(project)

    code, said = generate(project, "src/parcels/address.py::initials", "--dry-run")

    (target,) = said["targets"]  # type: ignore[misc]
    assert (code, target["status"]) == (0, "confirmed"), target
    assert "def test_" in target["code"]
    assert tree(project) == before


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
def test_ctrl_c_ends_every_child_and_leaves_the_project_as_it_is(project: Path) -> None:
    (project / "src" / "parcels" / "slow.py").write_text(
        "import os\nimport pathlib\nimport time\n\n\ndef wait(seconds: int) -> int:\n"
        "    while True:\n        time.sleep(0.01)\n"
    )
    before = tree(project)
    command = [*GREENLINE, "generate", "--interpreter", sys.executable, "src/parcels/slow.py::wait"]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    children = wait_until_exploring(process.pid)

    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)

    assert process.returncode == 130
    assert complaints.decode() == "Cancelled. Nothing was written.\n"
    assert until_ended(children) == []
    assert tree(project) == before


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("from shop import clamp\n\n\n{}clamp(-2) == 0\n", ("from shop import clamp, sign\n", "assert sign(")),
        ("import shop as s\n\n\n{}s.clamp(-2) == 0\n", ("import shop as s\n", "assert s.sign(")),
    ],
    ids=["names", "through the package"],
)
@pytest.mark.parametrize(
    ("module", "init"),
    [("numbers", "from .numbers import *\n"), ("sign", "from .sign import clamp, sign\n")],
    ids=["a star", "a function that its module is called after"],
)
def test_what_a_package_passes_on_is_reached_as_the_tests_that_are_there_reach_it(
    tmp_path: Path, before: str, expected: tuple[str, str], module: str, init: str
) -> None:
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "shop/__init__.py": init,
        f"shop/{module}.py": "def clamp(value: int) -> int:\n    return max(0, value)\n\n\n"
        "def sign(value: int) -> int:\n    if value < 0:\n        return -1\n    return 1 if value else 0\n",
        f"tests/test_{module}.py": before.format("def test_clamp():\n    assert "),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    code, said = generate(tmp_path, f"shop/{module}.py::sign")

    assert code == 0, said
    written = (tmp_path / "tests" / f"test_{module}.py").read_text(encoding="utf-8")
    assert all(part in written for part in expected), written
    assert f"shop.{module}" not in written


def wait_until_exploring(pid: int, limit: float = 60.0) -> list[int]:
    """Wait until a probe has a process of its own for the code under test; return all that is below the command."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        found = below(pid)
        if any("greenline_probe" in words_of(each) and "bwrap" not in words_of(each) and below(each) for each in found):
            return found
        time.sleep(0.02)
    raise AssertionError("no child was started")
