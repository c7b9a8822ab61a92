"""Fetch, unpack and install the packages, once; later runs take them from bench/.cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from hashlib import sha256
from typing import TYPE_CHECKING

from choose import HERE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from choose import Package

ROOT = HERE.parents[1]
CACHE = ROOT / "bench" / ".cache" / "real"
_SDISTS = CACHE / "sdists"


class BenchProblem(Exception):
    """The bench cannot run; the message says what to do."""


def unpacked(package: Package) -> Path:
    """Return the folder with the package's source distribution as it was published."""
    folder = CACHE / "unpacked" / f"{package.name}-{package.version}"
    if not folder.is_dir():
        with tarfile.open(_sdist(package)) as archive:
            target = folder.with_name(folder.name + ".part")
            shutil.rmtree(target, ignore_errors=True)
            _extract(archive, target)
        (inner,) = target.iterdir()
        inner.rename(folder)
        target.rmdir()
    return folder


def fresh_copy(package: Package, kind: str = "work") -> Path:
    """Return a fresh copy of the package as it was published."""
    folder = CACHE / kind / package.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(unpacked(package), folder)
    # Pytest and ruff look for settings in the folders above: without these they would take Greenline's own.
    (folder.parent / "pytest.ini").write_text("[pytest]\n")
    (folder.parent / "ruff.toml").write_text("")
    return folder


def working_copy(package: Package) -> tuple[Path, list[str]]:
    """Return a fresh copy without the package's own tests (else there is little to gain), and what was left out."""
    folder = fresh_copy(package)
    own = [folder / name for name in ("tests", "test") if (folder / name).is_dir()]
    own += [*folder.glob("test_*.py"), *folder.glob("*_test.py")]
    for path in own:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    return folder, [path.name for path in own]


def interpreter_for(package: Package, folder: Path, tools: str = "environment.txt") -> Path:
    """Return the Python of the package's own environment: the working copy installed as editable, and pytest."""
    stamp_text = sha256((HERE / tools).read_bytes() + f"{package.version}{sys.version}".encode()).hexdigest()
    home = CACHE / "environments" / package.name / sha256(tools.encode()).hexdigest()[:8]
    stamp = home / "ready"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not stamp.is_file() or stamp.read_text() != stamp_text:
        print(f"Setting up an environment for {package.name} ...", file=sys.stderr)
        venv.create(home, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _pip([*install, "-r", str(HERE / tools)], "the test tools")
        _pip([*install, "--no-deps", "--editable", str(folder)], package.name)
        stamp.write_text(stamp_text)
    return python


def _sdist(package: Package) -> Path:
    stem = f"{package.name.replace('-', '_')}-{package.version}.tar.gz"
    if not (_SDISTS / stem).is_file():
        print("Fetching the source distributions ...", file=sys.stderr)
        _SDISTS.mkdir(parents=True, exist_ok=True)
        options = [
            "--quiet",
            "--disable-pip-version-check",
            "--no-binary",
            ":all:",
            "--no-deps",
            "--dest",
            str(_SDISTS),
        ]
        _pip([sys.executable, "-m", "pip", "download", *options, "-r", str(HERE / "sdists.txt")], "the packages")
    if not (_SDISTS / stem).is_file():
        raise BenchProblem(f"pip fetched no {stem}; look into {_SDISTS} and correct bench/real/sdists.txt")
    return _SDISTS / stem


def _pip(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchProblem(f"pip could not get {what}; the bench needs the package index once.\n{done.stderr.strip()}")


def _extract(archive: tarfile.TarFile, target: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        archive.extractall(target, filter="data")
    else:  # the hashes in sdists.txt vouch for the content
        archive.extractall(target)
