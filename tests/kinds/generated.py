"""Generates for an example of ``examples/kinds`` by the real command, in the environment that has its libraries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "kinds"
PYTHON = ROOT / ".venv" / "environments" / "kinds" / "bin" / "python"
SECONDS = 600


@dataclass(frozen=True)
class Generated:
    """What one ``greenline generate`` wrote for the modules of an example."""

    folder: Path
    targets: dict[str, dict[str, Any]]
    """By name, as ``greenline generate --format json`` tells of them."""
    code: str
    """All test files that were written."""

    def pytest(self) -> subprocess.CompletedProcess[str]:
        """Run the example's tests as a person would."""
        return run_pytest(self.folder)


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of an example as a person would."""
    command = [str(PYTHON), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=SECONDS, env=_environment()
    )


def generated_for(example: str, folder: Path, python: Path = PYTHON) -> Generated:
    """Generate in a copy of an example, without the tests that stand beside it."""
    shutil.copytree(EXAMPLES / example, folder, ignore=shutil.ignore_patterns("test_*.py", "__pycache__"))
    modules = [str(p.relative_to(folder)) for p in sorted(folder.rglob("*.py")) if not _is_set_up(p)]
    command = [
        sys.executable, "-m", "greenline", "generate", "--interpreter", str(python), "--format", "json", *modules,
    ]  # fmt: skip
    ended = subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=SECONDS, env=_environment()
    )
    assert ended.stderr == ""
    targets = {t["target"].partition("::")[2]: t for t in json.loads(ended.stdout)["targets"]}
    written = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("test_*.py"))]
    return Generated(folder, targets, "\n".join(written))


def written_for(target: str, project: Path, files: dict[str, str]) -> tuple[str, str]:
    """Generate for one target of a project of these files; return what was said, and all tests that there are then."""
    _write(project, {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n', **files})
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", str(PYTHON), target]
    ended = subprocess.run(
        command, cwd=project, check=False, capture_output=True, text=True, timeout=SECONDS, env=_environment()
    )
    tests = [path.read_text(encoding="utf-8") for path in sorted(project.rglob("test_*.py"))]
    return ended.stdout + ended.stderr, "\n".join(tests)


def calls_of(target: str, project: Path, files: dict[str, str], *, python: Path = PYTHON) -> list[dict[str, Any]]:
    """Return the first call of each way to a target of a project of these files, as ``first_calls`` tells of them."""
    _write(project, files)
    module, _, name = target.partition("::")
    command = [str(python), str(Path(__file__).with_name("first_calls.py")), str(ROOT / "server"), module, name]
    ended = subprocess.run(
        command, cwd=project, check=False, capture_output=True, text=True, timeout=SECONDS, env=_environment()
    )
    assert ended.returncode == 0, ended.stderr
    found: list[dict[str, Any]] = json.loads(ended.stdout.splitlines()[-1])
    return found


def _write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        place = project / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text).lstrip("\n"), encoding="utf-8")


def environment_without(folder: Path, *left_out: str) -> Path:
    """Make an environment with the examples' libraries but for those; return its Python."""
    subprocess.run([str(PYTHON), "-m", "venv", "--without-pip", str(folder)], check=True, timeout=SECONDS)
    (there,) = (PYTHON.parents[1] / "lib").glob("python*/site-packages")
    here = folder / "lib" / there.parent.name / "site-packages"
    for each in there.iterdir():
        if not each.name.startswith(left_out) and not (here / each.name).exists():
            if each.is_dir():
                shutil.copytree(each, here / each.name, copy_function=_linked)
            else:
                _linked(each, here / each.name)
    return folder / "bin" / "python"


def _linked(source: str | Path, to: str | Path) -> None:
    """Give a file another name: a sandbox may hide where a symbolic link leads."""
    try:
        os.link(source, to)
    except OSError:  # another file system
        shutil.copy2(source, to)


def _is_set_up(path: Path) -> bool:
    return path.name in {"conftest.py", "__init__.py", "settings.py", "urls.py", "factories.py"}


def _environment() -> dict[str, str]:
    """Return the environment without what would reach into the example's own tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_", "COV_"))}
