"""A whole repository of any number of files, drawn by a seed: packages, tests, coverage data and a history in git.

    python bench/scale/repository.py FILES

The sources are of ``bench/coverage/sources.py``: most modules are small and few are large, about 60 statements in the
middle. What ran of them is drawn by ``bench/coverage/walks.py`` and written by coverage.py's own ``CoverageData``; a
seventh of the modules was never imported. Each commit after the first touches a few files, most of them the same ones.
All of it is kept in ``bench/.cache/scale`` until the code of these files changes.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "coverage"))

import sources  # noqa: E402 - where its folder is has just been said
import walks  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

CACHE = ROOT / "bench" / ".cache" / "scale"
IN_A_PACKAGE, IN_AN_AREA = 25, 1_000
BODIES = 4_000
"""Different modules; more files than these differ in a constant and in what ran of them."""
NEVER_IMPORTED = 7
"""Every so manieth module."""
MEDIAN, SPREAD, MOST = 40, 0.9, 900
"""Statements of a module: a logarithmic normal distribution, as in real repositories, cut off at the top."""
COMMITS, TOUCHED = 300, 5
AT_ONCE = 500
"""Files whose rows are written to the data file together."""


@dataclass(frozen=True)
class Drawn:
    """One module, and what ran of it."""

    name: str
    text: str
    arcs: frozenset[walks.Arc]


def prepare(files: int) -> Path:
    """Return the repository; make it where it is not there yet."""
    digest = hashlib.sha256()
    for file in (ROOT / "bench" / "scale" / "repository.py", *sorted((ROOT / "bench" / "coverage").glob("[sw]*.py"))):
        digest.update(file.read_bytes())
    folder = CACHE / digest.hexdigest()[:12] / f"{files}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        make(folder / "warehouse", files)
        (folder / "ready").touch()
        for other in set(CACHE.iterdir()) - {folder.parent}:
            shutil.rmtree(other)
    return folder / "warehouse"


def make(root: Path, files: int) -> None:
    """Write everything."""
    began = time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:5.0f} s  {what}\n")

    say(f"writing {files:,} files and what ran of them")
    _write_packages(root, files)
    _write_modules(root, files)
    _write_tests(root, files)
    say("writing the history")
    _commit(root, files)
    os.utime(root / ".coverage")  # nothing is newer
    say("ready")


def names(files: int) -> list[str]:
    """Return the modules, as paths below the root."""
    return [
        f"warehouse/area_{n // IN_AN_AREA:02}/part_{n % IN_AN_AREA // IN_A_PACKAGE:02}/module_{n % IN_A_PACKAGE:02}.py"
        for n in range(files)
    ]


def draw(number: int, name: str) -> Drawn:
    """Return the module of that number: the same for the same number and name."""
    text, ran = _body(number % BODIES)
    rng = random.Random(f"ran {name}")
    # In a line of its own, which holds nothing else that counts.
    text = text.replace("log = logging.getLogger(__name__)", f'log = logging.getLogger("{name}")', 1)
    arcs: set[walks.Arc] = set()
    if number % NEVER_IMPORTED:
        called = rng.sample(ran.calls, rng.randint(0, len(ran.calls)))
        arcs.update(ran.imported, *(way for ways in called for way in ways))
    return Drawn(name, text, frozenset(arcs))


@cache
def _body(number: int) -> tuple[str, walks.Walks]:
    seed = f"body {number}"
    drawn = math.exp(random.Random(seed).gauss(math.log(MEDIAN), SPREAD))
    text = sources.module(seed, min(MOST, max(8, round(drawn))))
    return text, walks.walks(text, seed, reached=0.8)


def _write_packages(root: Path, files: int) -> None:
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text(sources.SETTINGS, encoding="utf-8")
    (root / ".gitignore").write_text(".coverage\n", encoding="utf-8")
    packages = {root / folder for name in names(files) for folder in Path(name).parents[:-1]}
    for package in sorted(packages):
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()


def _write_modules(root: Path, files: int) -> None:
    """Write the modules and the data of those that ran, a few hundred at a time."""
    from coverage import CoverageData  # noqa: PLC0415 - the processes of the pool need none of it

    data = CoverageData(basename=os.fspath(root / ".coverage"))
    starts = range(0, files, AT_ONCE)
    with ProcessPoolExecutor() as pool:
        for drawn in pool.map(_write_some, [root] * len(starts), starts, [files] * len(starts)):
            data.add_arcs({os.fspath(root / name): arcs for name, arcs in drawn if arcs})
    # What a package's own file runs: nothing, but it was imported.
    data.add_arcs({os.fspath(package): {(-1, 1), (1, -1)} for package in root.glob("warehouse/**/__init__.py")})
    data.close()


def _write_some(root: Path, start: int, files: int) -> list[tuple[str, frozenset[walks.Arc]]]:
    drawn = [draw(start + at, name) for at, name in enumerate(names(files)[start : start + AT_ONCE])]
    for one in drawn:
        (root / one.name).write_text(one.text, encoding="utf-8")
    return [(one.name, one.arcs) for one in drawn]


def _write_tests(root: Path, files: int) -> None:
    """Write a test file for each package, with a test for each module: enough to be counted and read."""
    for name in names(files)[::IN_A_PACKAGE]:
        package = name.rpartition("/")[0]
        test = root / "tests" / f"test_{package.removeprefix('warehouse/').replace('/', '_')}.py"
        cases = [f"def test_module_{n:02}():\n    assert {n} == {n}\n" for n in range(IN_A_PACKAGE)]
        test.write_text("\n\n".join(cases), encoding="utf-8")


def _commit(root: Path, files: int) -> None:
    """Make it a repository whose last commit has the files as they are."""
    git = ["git", "-c", "gc.auto=0", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], cwd=root, check=True)
    importer = subprocess.Popen([*git, "fast-import", "--quiet"], cwd=root, stdin=subprocess.PIPE)
    assert importer.stdin is not None
    with importer.stdin as stream:
        for piece in _history(root, files):
            stream.write(piece)
    if importer.wait():
        raise SystemExit("git could not make the history")
    subprocess.run([*git, "symbolic-ref", "HEAD", "refs/heads/main"], cwd=root, check=True)
    subprocess.run([*git, "reset", "-q"], cwd=root, check=True)


def _history(root: Path, files: int) -> Iterator[bytes]:
    """Yield what ``git fast-import`` reads: all files, then commits that touch some, and leave them as they are now."""
    rng, every, now = random.Random("history"), names(files), int(time.time())
    often = rng.sample(every, max(1, files // 20))
    rounds = [rng.sample(often if rng.random() < 0.7 else every, min(TOUCHED, len(often))) for _ in range(COMMITS)]
    last = {name: number for number, touched in enumerate(rounds) for name in touched}
    there = sorted(file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())
    tracked = [name for name in there if not name.startswith((".git/", ".coverage"))]
    yield _commit_head("all of it", now - (COMMITS + 1) * 3_600)
    for name in tracked:
        yield _file(root, name, "" if name not in last else "# first\n")
    for number, touched in enumerate(rounds):
        yield _commit_head(f"change {number}", now - (COMMITS - number) * 3_600)
        for name in touched:
            yield _file(root, name, "" if last[name] == number else f"# change {number}\n")


def _commit_head(message: str, when: int) -> bytes:
    who = f"committer bench <bench@localhost> {when} +0000"
    return f"commit refs/heads/main\n{who}\ndata {len(message)}\n{message}\n".encode()


def _file(root: Path, name: str, more: str) -> bytes:
    content = (root / name).read_bytes() + more.encode()
    return b"M 644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content)


def main() -> int:
    """Make one."""
    print(prepare(int(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
