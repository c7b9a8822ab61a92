"""Suites of real packages: where they are, and the environment that runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache" / "run"


class BenchProblem(Exception):
    """The bench cannot run; the message says why."""


@dataclass(frozen=True)
class Suite:
    """A package with its tests, as it was published; ``python`` has all that the tests need, and not the package."""

    name: str
    root: Path
    python: Path


def suite(name: str, python: Path = Path(sys.executable)) -> Suite:
    """Fetch what is missing of a package of suites.txt. Raises BenchProblem."""
    (wanted,) = [line for line in (HERE / "suites.txt").read_text().splitlines() if line.startswith(f"{name}==")]
    version = wanted.partition("==")[2].partition(" ")[0]
    return Suite(name, _unpacked(name, version), environment(python))


def copied(of: Suite, folder: Path) -> Suite:
    """Return a copy that may be changed; only ``folder`` is written to.

    It is not installed: sources in ``src`` are named in PYTHONPATH from here on, for whatever runs the tests. pytest
    itself may have imported another version of the package before any setting of its own could count.
    """
    root = folder / of.name
    shutil.copytree(of.root, root, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    if (root / "src").is_dir():
        os.environ["PYTHONPATH"] = str(root / "src")
    return Suite(of.name, root, of.python)


def _unpacked(name: str, version: str) -> Path:
    folder = CACHE / f"{name}-{version}"
    if folder.is_dir():
        return folder
    archives = CACHE / "sdists"
    options = ["--no-binary", ":all:", "--no-deps", "--require-hashes", "--dest", archives]
    pip(Path(sys.executable), "download", *options, "-r", HERE / "suites.txt")
    with tarfile.open(archives / f"{name.replace('-', '_')}-{version}.tar.gz") as archive:
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        if hasattr(tarfile, "data_filter"):
            archive.extractall(part, filter="data")
        else:  # the hash vouches for the content
            archive.extractall(part)
    (inner,) = part.iterdir()
    inner.rename(folder)
    part.rmdir()
    return folder


def environment(python: Path) -> Path:
    """Return an interpreter of this version that has what environment.txt names. Raises BenchProblem."""
    asked = subprocess.run([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], check=False,
                           capture_output=True, text=True)  # fmt: skip
    if asked.returncode:
        raise BenchProblem(f"{python} does not run: {asked.stderr[-500:]}")
    home = CACHE / f"environment-{asked.stdout.strip()}"
    stamp, wanted = home / "ready", (HERE / "environment.txt").read_text()
    interpreter = home / "bin" / "python"
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"Setting up an environment with Python {asked.stdout.strip()} ...", file=sys.stderr)
        subprocess.run([python, "-m", "venv", "--clear", home], check=True)
        pip(interpreter, "install", "-r", HERE / "environment.txt")
        stamp.write_text(wanted)
    return interpreter


def pip(python: Path, command: str, *arguments: object) -> None:
    """Let an interpreter's pip fetch something. Raises BenchProblem."""
    whole = [str(python), "-m", "pip", command, "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(whole, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchProblem(f"pip failed; the bench needs the package index once.\n{done.stderr.strip()}")
