"""A large project with coverage data for it, drawn by a seed: 5,000 files, a million statements, 16,000 tests.

    python bench/coverage/project.py

The sources are of ``sources.py``. The data file is written by coverage.py's own ``CoverageData``, with branches and one
context for each test, as pytest-cov names them; what a test reaches is drawn by ``walks.py``: a few files of its own,
and some that everybody uses. The reports in JSON (without contexts: with them coverage.py would need many gigabytes for
it) and XML are coverage.py's own. All of it is kept in ``bench/.cache`` until the code of these files changes.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import coverage
import sources
import walks
from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "bench" / ".cache" / "coverage"
PACKAGES, MODULES, STATEMENTS = 100, 50, 200
TESTS, TESTS_IN_A_FILE = 16_000, 50
COMMON = 20
"""Files that a tenth of all tests reach."""
MIDDLE, LARGE = "middle.py", "large.py"
"""Of 5,000 and of 10,000 lines."""
_SIZES = {MIDDLE: 5_000, LARGE: 10_000}


@dataclass(frozen=True)
class Project:
    """Where everything is."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / ".coverage"

    @property
    def json(self) -> Path:
        return self.root.parent / "reports" / "coverage.json"

    @property
    def xml(self) -> Path:
        return self.root.parent / "reports" / "coverage.xml"

    @property
    def large(self) -> Path:
        return self.root / "warehouse" / LARGE

    @property
    def middle(self) -> Path:
        return self.root / "warehouse" / MIDDLE

    def modules(self) -> list[Path]:
        """Return the 5,000 files in a fixed random order."""
        found = sorted((self.root / "warehouse").glob("*/*.py"))
        random.Random("order").shuffle(found)
        return [path for path in found if path.name != "__init__.py"]

    def common(self) -> list[Path]:
        """Return the files that many tests reach."""
        return [self.root / "warehouse" / name for name in _common()]


def prepare() -> Project:
    """Return the project; make it where it is not there yet."""
    digest = hashlib.sha256(coverage.__version__.encode())
    for name in ("project.py", "sources.py", "walks.py"):
        digest.update((ROOT / "bench" / "coverage" / name).read_bytes())
    folder = CACHE / digest.hexdigest()[:12]
    project = Project(folder / "warehouse")
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _make(project)
        (folder / "ready").touch()
        for other in set(CACHE.iterdir()) - {folder}:
            shutil.rmtree(other)
    return project


def _make(project: Project) -> None:
    began = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {what}\n")

    say("writing 5,000 files")
    drawn = _write_sources(project.root)
    say("writing the data file")
    _write_data(project, drawn)
    say("making it a repository")
    _commit(project.root)
    say("writing the reports in JSON and XML")
    project.json.parent.mkdir()
    makers = [
        subprocess.Popen([sys.executable, __file__, way, str(project.root)], cwd=project.root)
        for way in ("json", "xml")
    ]
    for maker in makers:
        if maker.wait():
            raise SystemExit("a report could not be made")
    say("ready")


def _write_sources(root: Path) -> dict[str, walks.Walks]:
    """Write everything, and return what may run of each file."""
    folder = root / "warehouse"
    names = [_name(package, module) for package in range(PACKAGES) for module in range(MODULES)]
    for package in range(PACKAGES):
        (folder / names[package * MODULES]).parent.mkdir(parents=True)
        (folder / names[package * MODULES]).with_name("__init__.py").touch()
    (folder / "__init__.py").touch()
    with ProcessPoolExecutor() as workers:
        drawn = dict(workers.map(_write_source, [folder / name for name in names], names, chunksize=50))
    drawn.update(_write_source(folder / name, name) for name in _SIZES)
    (root / "pyproject.toml").write_text(sources.SETTINGS, encoding="utf-8")
    (root / "tests").mkdir()
    for number in range(TESTS // TESTS_IN_A_FILE):
        cases = range(number * TESTS_IN_A_FILE, (number + 1) * TESTS_IN_A_FILE)
        tests = [f"def test_case_{case}() -> None:\n    assert True\n" for case in cases]
        (root / "tests" / f"test_{number:03}.py").write_text("\n\n".join(tests), encoding="utf-8")
    return drawn


def _write_source(path: Path, name: str) -> tuple[str, walks.Walks]:
    text = _of_lines(name, _SIZES[name]) if name in _SIZES else sources.module(name, STATEMENTS)
    path.write_text(text, encoding="utf-8")
    return name, walks.walks(text, name, reached=0.75 if name in _SIZES else 0.8)


def _of_lines(name: str, lines: int) -> str:
    """Return a module of about so many lines."""
    few = len(sources.module(name, 1_000).splitlines())
    return sources.module(name, 1_000 * lines // few)


def _write_data(project: Project, drawn: dict[str, walks.Walks]) -> None:
    rng = random.Random("data")
    names, common = sorted(drawn.keys() - _SIZES.keys()), _common()
    where = {name: os.fspath(project.root / "warehouse" / name) for name in drawn}
    data = CoverageData(basename=os.fspath(project.data))
    data.set_context("")
    data.add_arcs({where[name]: ran.imported for name, ran in drawn.items()})
    for number in range(TESTS):
        at = number * len(names) // TESTS
        reached = {names[(at + rng.randrange(40)) % len(names)] for _ in range(5)} | {rng.choice(names)}
        reached |= set(rng.sample(common, 2))
        reached |= {name for name, every in ((LARGE, 40), (MIDDLE, 60)) if number % every == 0}
        data.set_context(f"tests/test_{number // TESTS_IN_A_FILE:03}.py::test_case_{number}|run")
        data.add_arcs({where[name]: _calls(drawn[name], rng, 30 if name in _SIZES else 4) for name in sorted(reached)})
    data.close()


def _calls(ran: walks.Walks, rng: random.Random, most: int) -> set[walks.Arc]:
    """Return what a test takes of one file."""
    if not ran.calls:
        return set()
    chosen = rng.sample(ran.calls, min(len(ran.calls), rng.randint(1, most)))
    return set().union(*(rng.choice(ways) for ways in chosen))


def _commit(root: Path) -> None:
    """Make it a repository of its own, so that nobody takes the one around it for the project's."""
    (root / ".gitignore").write_text(".coverage\n", encoding="utf-8")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all of it"]):
        subprocess.run([*git, *command], cwd=root, check=True)
    os.utime(root / ".coverage")  # nothing is newer


def _common() -> list[str]:
    return [_name(number * PACKAGES // COMMON, 0) for number in range(COMMON)]


def _name(package: int, module: int) -> str:
    return f"area_{package:03}/module_{module:02}.py"


def _report(way: str, project: Project) -> None:
    cov = coverage.Coverage(data_file=os.fspath(project.data), config_file=os.fspath(project.root / "pyproject.toml"))
    cov.load()
    if way == "json":
        cov.json_report(outfile=os.fspath(project.json))
    else:
        cov.xml_report(outfile=os.fspath(project.xml))


def main() -> int:
    """Make the project, or, for itself, one report."""
    if len(sys.argv) == 3:
        _report(sys.argv[1], Project(Path(sys.argv[2])))
        return 0
    print(prepare().root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
