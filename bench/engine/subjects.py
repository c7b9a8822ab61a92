"""The modules that are measured, and the environments in which they run."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache" / "engine"

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
class Place:
    """Packages that are laid out for measuring."""

    module: str
    python: Path
    """Runs the module and its tests: it has pytest, coverage.py and what the package needs, not the package."""
    packages: Path
    """Holds the module's package."""
    needs: Path | None = None
    """Holds what the package needs, where it needs anything."""


@dataclass(frozen=True)
class Subject:
    """One module in a project of its own."""

    module: str
    project: Path
    python: Path

    @property
    def file(self) -> str:
        """The module's file, relative to the project."""
        stem = self.module.replace(".", "/")
        return f"{stem}/__init__.py" if (self.project / stem).is_dir() else f"{stem}.py"

    @property
    def source(self) -> Path:
        return self.project / self.file

    @property
    def tests(self) -> Path:
        return self.project / "tests"


def open_modules(python: Path) -> list[Place]:
    """Fetch what is missing of the six modules. Raises BenchProblem."""
    folder = _folder(python)
    wanted = HERE / "subjects.txt", HERE / "environment.txt"
    if not _is_ready(folder, *(file.read_text() for file in wanted)):
        interpreter = _environment(python, folder)
        install(interpreter, folder / "packages", "--no-deps", "--require-hashes", "-r", wanted[0])
        _is_ready(folder, *(file.read_text() for file in wanted), now=True)
    return [Place(module, folder / "venv" / "bin" / "python", folder / "packages") for module in MODULES]


def any_module(wanted: str, python: Path) -> Place:
    """Fetch ``PACKAGE==VERSION:MODULE``, with what it needs. Raises BenchProblem."""
    requirement, _, module = wanted.partition(":")
    if "==" not in requirement or not module:
        raise BenchProblem(f"{wanted} is no subject: write PACKAGE==VERSION:MODULE, as in inflection==0.5.1:inflection")
    folder = _folder(python) / "any" / requirement.replace("==", "-")
    packages, needs = folder / "packages", folder / "needs"
    if not _is_ready(folder, requirement, (HERE / "environment.txt").read_text()):
        interpreter = _environment(python, folder)
        install(interpreter, packages, "--no-deps", requirement)
        install(interpreter, needs, requirement)
        _leave_out(needs, packages)
        (site,) = (folder / "venv").glob("lib/python*/site-packages")
        (site / "needs.pth").write_text(f"{needs}\n")
        _is_ready(folder, requirement, (HERE / "environment.txt").read_text(), now=True)
    place = Place(module, folder / "venv" / "bin" / "python", packages, needs)
    if not Subject(module, packages, python).source.is_file():
        raise BenchProblem(f"{requirement} has no module {module} in Python source")
    return place


def fresh(place: Place, folder: Path) -> Subject:
    """Copy the module's package into a project without tests."""
    top = place.module.partition(".")[0]
    left_out = shutil.ignore_patterns("__pycache__", "bin", "tests" if ".tests" not in place.module else "")
    if place.needs is None:  # the six share a folder
        shutil.copytree(place.packages / top, folder / top, ignore=left_out)
    else:
        shutil.copytree(place.packages, folder, ignore=left_out, dirs_exist_ok=True)
    settings = f'[project]\nname = "{top}"\nversion = "0"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
    (folder / "pyproject.toml").write_text(settings)
    return Subject(place.module, folder, place.python)


def pynguin(python: Path) -> Path:
    """Fetch Pynguin where it is missing; return the interpreter that has it. Raises BenchProblem."""
    folder = _folder(python).with_name(_folder(python).name + "-pynguin")
    wanted = HERE / "pynguin.txt"
    interpreter = folder / "venv" / "bin" / "python"
    if not _is_ready(folder, wanted.read_text()):
        _run(python, "-m", "venv", folder / "venv")
        _run(interpreter, "-m", "pip", "install", "-q", "--require-hashes", "-r", wanted)
        _is_ready(folder, wanted.read_text(), now=True)
    return interpreter


def install(python: Path, folder: Path, *what: object) -> None:
    """Install into a folder. Raises BenchProblem."""
    _run(python, "-m", "pip", "install", "-q", "--no-compile", "--target", folder, *what)


def interpreter_name(python: Path) -> str:
    """Return an interpreter's kind and version. Raises BenchProblem."""
    ended = subprocess.run(
        [str(python), "-c", "import sys; print('%s-%d.%d.%d' % (sys.implementation.name, *sys.version_info[:3]))"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if ended.returncode:
        raise BenchProblem(f"{python} does not run: {ended.stderr[-500:]}")
    return ended.stdout.strip()


def _folder(python: Path) -> Path:
    return CACHE / interpreter_name(python)


def _environment(python: Path, folder: Path) -> Path:
    _run(python, "-m", "venv", folder / "venv")
    interpreter = folder / "venv" / "bin" / "python"
    _run(interpreter, "-m", "pip", "install", "-q", "--require-hashes", "-r", HERE / "environment.txt")
    return interpreter


def _is_ready(folder: Path, *wanted: str, now: bool = False) -> bool:
    """Tell whether the folder was made for the same requirements; if not, empty it. ``now`` notes that it is made."""
    ready = folder / "ready"
    if now:
        ready.write_text("".join(wanted))
    elif not ready.exists() or ready.read_text() != "".join(wanted):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return ready.exists()


def _leave_out(needs: Path, packages: Path) -> None:
    """Take the package itself out of what it needs: it is measured in a project, not in an environment."""
    for path in sorted(packages.rglob("*"), reverse=True):
        same = needs / path.relative_to(packages)
        if path.is_dir() and same.is_dir():
            if not any(same.iterdir()):
                same.rmdir()
        else:
            same.unlink(missing_ok=True)


def _run(*command: object) -> None:
    ended = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)
    if ended.returncode:
        raise BenchProblem(f"{' '.join(map(str, command))} failed:\n{ended.stderr[-2000:]}")
