"""Promises that only real runs can prove: where the person's code runs, what it leaves, what works without it."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import Services, build
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.ports.progress import Silent
from greenline.settings import Settings

FLAG = "greenline_was_here"

MARKED = f"""\
import builtins

builtins.{FLAG} = __name__


def sign(number: int) -> int:
    if number < 0:
        return -1
    return 1
"""

WILD = """\
import os
import shutil
from pathlib import Path


def spoil(number: int) -> str:
    here = Path(__file__).resolve().parent
    try:
        if number > 10:
            (here / "made.txt").write_text("x")
            return "made"
        if number < 0:
            os.remove(here / "kept.txt")
            return "removed"
        if number == 7:
            shutil.rmtree(here / "data")
            return "emptied"
        os.chmod(here / "kept.txt", 0o600)
        os.makedirs("left/behind")
    except BaseException:
        return "refused"
    return "done"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "one.csv").write_text("1\n")
    (root / "data" / "link.csv").symlink_to("one.csv")
    (root / "kept.txt").write_text("kept\n")
    (root / "pyproject.toml").write_text(
        '[tool.coverage.run]\nbranch = true\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n'
    )
    (root / "marked.py").write_text(MARKED)
    (root / "wild.py").write_text(WILD)
    (root / "tests").mkdir()
    (root / "tests" / "test_marked.py").write_text(
        "from marked import sign\n\n\ndef test_sign():\n    assert sign(1) == 1\n"
    )
    return root


def services(interpreter: str = sys.executable) -> Services:
    return build(Settings(interpreter=interpreter, explore_seconds=2.0), DiskDocuments())


async def generate(path: Path, qualname: str, engine: str = "auto") -> TargetResult:
    generation = await services().generate.generate(Target(path, qualname), Silent(), engine=engine)  # type: ignore[arg-type]
    (result,) = generation.results
    return result


def measure(root: Path) -> None:
    command = [sys.executable, "-m", "coverage", "run", "--source=.", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COV_", "COVERAGE_", "PYTEST_"))}
    environment = {**kept, "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=120)


def snapshot(root: Path) -> dict[str, tuple[int, int, object]]:
    """Return mode, time of change and content of everything, bytecode included."""

    def seen(path: Path) -> tuple[int, int, object]:
        stat = path.lstat()
        if path.is_symlink():
            return stat.st_mode, stat.st_mtime_ns, path.readlink()
        return stat.st_mode, stat.st_mtime_ns, path.read_bytes() if path.is_file() else None

    return {str(path.relative_to(root)): seen(path) for path in [root, *root.rglob("*")]}


async def test_the_server_process_never_imports_the_code_that_it_works_on(project: Path) -> None:
    """The code ran, as the result shows; its import left its mark in another process."""
    measure(project)
    path = project / "marked.py"
    ready = services()
    assert ready.show.picture(path, MARKED).gaps
    assert ready.gaps.find([project]).pictures
    assert await ready.doctor.diagnose(project)

    result = await generate(path, "sign")

    assert (result.status, result.observations > 0) == ("confirmed", True), result.reason
    assert not hasattr(builtins, FLAG)
    assert not {"marked", "wild", "test_marked"} & set(sys.modules)
    assert str(project) not in sys.path


@pytest.mark.parametrize("name", ["marked.py::sign", "wild.py::spoil"])
async def test_trials_leave_the_project_as_it_is(project: Path, name: str) -> None:
    before = snapshot(project)
    module, _, function = name.partition("::")

    result = await generate(project / module, function)

    assert result.status in {"confirmed", "not_testable", "nothing_to_gain", "failed"}
    assert result.observations > 0, result.reason
    assert snapshot(project) == before


async def test_coverage_is_shown_where_tests_cannot_run(project: Path) -> None:
    measure(project)
    path = project / "marked.py"
    without = services(interpreter=str(project / "no" / "such" / "python"))

    picture = without.show.picture(path, MARKED)
    generation = await without.generate.generate(Target(path, "sign"), Silent())

    assert (picture.state, len(picture.gaps)) == ("measured", 1)
    assert without.gaps.find([path]).pictures[0].gaps == picture.gaps
    (result,) = generation.results
    assert result.status == "failed"
    assert "no/such/python" in result.reason
    assert without.show.picture(path, MARKED).gaps == picture.gaps


async def test_the_explore_engine_needs_no_model(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anthropic", None)  # whoever imports it fails
    asked = await generate(project / "marked.py", "sign", engine="model")
    assert asked.status == "failed"
    assert asked.reason == (
        "The model engine is not available: no model is switched on. Set model.enabled (or say --engine model), "
        "and agree to what is sent (`greenline model allow`); or use explore."
    )
    auto = await generate(project / "marked.py", "sign", engine="auto")
    assert (auto.status, auto.engine) == ("confirmed", "explore"), auto.reason
