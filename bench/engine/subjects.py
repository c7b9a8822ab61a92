"""The modules that are measured: pinned packages from PyPI in one folder, and an interpreter that has pytest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache" / "engine"
SUBJECTS = CACHE / "subjects"

MODULES = (
    "flutils.txtutils",
    "string_utils.validation",
    "semver.version",
    "typesystem.tokenize.tokenize_json",
    "dotenv.main",
    "asyncstdlib.builtins",
)


class BenchProblem(Exception):
    """The bench cannot run; the message says why."""


@dataclass(frozen=True)
class Subject:
    """One module in a project of its own: ``file`` is relative to ``project``."""

    module: str
    project: Path

    @property
    def file(self) -> str:
        return self.module.replace(".", "/") + ".py"

    @property
    def source(self) -> Path:
        return self.project / self.file

    @property
    def tests(self) -> Path:
        return self.project / "tests"


def prepared() -> Path:
    """Fetch what is missing; return the interpreter that runs the subjects. Raises BenchProblem."""
    python = CACHE / "venv" / "bin" / "python"
    wanted = (HERE / "subjects.txt").read_text() + (HERE / "environment.txt").read_text()
    ready = CACHE / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        _run(sys.executable, "-m", "venv", CACHE / "venv")
        _run(python, "-m", "pip", "install", "-q", "-r", HERE / "environment.txt")
        _run(python, "-m", "pip", "install", "-q", "--no-deps", "--target", SUBJECTS, "-r", HERE / "subjects.txt")
        ready.write_text(wanted)
    return python


def fresh(module: str, folder: Path) -> Subject:
    """Copy the module's package into a project without tests."""
    top = module.partition(".")[0]
    shutil.copytree(SUBJECTS / top, folder / top, ignore=shutil.ignore_patterns("__pycache__"))
    settings = f'[project]\nname = "{top}"\nversion = "0"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
    (folder / "pyproject.toml").write_text(settings)
    return Subject(module, folder)


def _run(*command: object) -> None:
    ended = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)
    if ended.returncode:
        raise BenchProblem(f"{' '.join(map(str, command))} failed:\n{ended.stderr[-2000:]}")
