"""The libraries that ask models: beside Greenline, or installed into a folder that the editor keeps for them."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import importlib.util
import os
import platform
import re
import shutil
import sys
import sysconfig
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.package_installer import PackageInstaller
from greenline.adapters.pip_command import NoPip, find_pip

if TYPE_CHECKING:
    from greenline.ports.installer import Installer
    from greenline.ports.progress import Progress

MEGABYTES = 6
"""Of what is downloaded, about."""
_NAMES = ("anthropic", "tenacity")
_LOCK = "model_requirements.txt"
_OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{8}|new-[0-9a-f]{8}")
"""Folders of the storage that this module made; it removes no other."""
_REPLACED, _LONG = 7 * 86_400.0, 30 * 86_400.0
"""Seconds after which a folder is removed that no server began to use: of other versions, and of another Python.

Another window may still import from either.
"""
_IN_EDITOR = 'Install them: "Allow Model in This Workspace" (greenline.model.allow) asks, and does it.'


def locked_requirements() -> Path | None:
    """Return the file with the versions and hashes of what is installed; None where this installation has none."""
    installed = Path(__file__).resolve().parents[1] / _LOCK
    checkout = Path(__file__).resolve().parents[3] / "requirements" / "model.txt"
    return next((path for path in (installed, checkout) if path.is_file()), None)


class ModelSdk:
    """``Libraries``. ``storage`` returns the folder that the editor keeps for them, None where it keeps none."""

    def __init__(
        self,
        storage: Callable[[], Path | None] = lambda: None,
        *,
        lock: Path | None = None,
        names: tuple[str, ...] = _NAMES,
        installer: Installer | None = None,
    ) -> None:
        """``lock`` and ``names`` are what is installed and what is imported of it, if not the usual."""
        self._storage = storage
        self._lock = lock
        self._names = names
        self._installer = installer or PackageInstaller()
        self._finding = threading.Lock()
        self._installing = asyncio.Lock()

    def missing(self) -> str:
        """Return how they are got; see Libraries."""
        with self._finding:
            if self._found():
                return ""
            folder = self._folder()
            if folder is None:
                return f"Install it: {sys.executable} -m pip install 'greenline[model]'"
            if folder.is_dir():
                _put_in_place(folder)
            return "" if self._found() else _IN_EDITOR

    def place(self) -> str:
        """Return the folder that they are imported from; see Libraries."""
        if self.missing():
            return ""
        spec = importlib.util.find_spec(self._names[0])
        return str(Path(spec.origin).parent.parent) if spec and spec.origin else ""

    def question(self) -> str:
        """Return what a person is asked; see Libraries."""
        if self._folder() is None:
            return ""
        size = f"about {MEGABYTES} MB from the package index"
        return f"The libraries that ask models are not installed ({size}). Install them into the editor's own storage?"

    async def install(self, progress: Progress) -> str:
        """Install them, once for all who ask at a time; see Libraries."""
        async with self._installing:
            missing = await asyncio.to_thread(self.missing)
            folder = self._folder()
            if not missing or folder is None:
                return missing
            problem = await self._installed(folder, progress)
            missing = "" if problem else await asyncio.to_thread(self.missing)
            return problem or (missing and f"What was installed in {folder} cannot be found. Remove it, and try again.")

    async def _installed(self, folder: Path, progress: Progress) -> str:
        """Have all of it in the folder, or nothing; return why not."""
        work = folder.with_name(f"new-{uuid.uuid4().hex[:8]}")
        try:
            await asyncio.to_thread(work.mkdir, parents=True)
            problem = await self._run(work, progress)
            if not problem:
                await asyncio.to_thread(_take_over, work / "libraries", folder)
        except OSError as error:
            return f"{folder.parent} cannot be written: {error.strerror or error}. Put that right, and try again."
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))
        return problem

    async def _run(self, work: Path, progress: Progress) -> str:
        try:
            pip = await find_pip(self._installer, work, progress)
        except NoPip as problem:
            return str(problem)
        exactly = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(self._locked()))
        command = [*pip.command, *exactly, "--target", str(work / "libraries")]
        return await self._installer.install(command, progress, called=pip.name)

    def _found(self) -> bool:
        return all(importlib.util.find_spec(name) is not None for name in self._names)

    def _locked(self) -> Path | None:
        return self._lock or locked_requirements()

    def _folder(self) -> Path | None:
        """Return the folder for this Python and these versions; None where there is no place for it."""
        storage, lock = self._storage(), self._locked()
        if storage is None or lock is None:
            return None
        return storage / f"{_digest(_python())}-{_digest(lock.read_bytes())}"


def _python() -> bytes:
    """Return what native code is built for."""
    about = (sys.implementation.cache_tag, sysconfig.get_config_var("SOABI"), sysconfig.get_platform())
    return repr((*about, getattr(sys, "abiflags", ""), platform.machine())).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]  # short: Windows' paths may have 260 characters


def _put_in_place(folder: Path) -> None:
    """Import from there what is found nowhere else."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
        importlib.invalidate_caches()
        _clear_away(folder)


def _take_over(new: Path, folder: Path) -> None:
    """Make the new folder the one that counts, in one step. Raises OSError."""
    try:
        new.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another window was first
            raise


def _clear_away(used: Path) -> None:
    """Note that a folder is used; remove those that nobody used for long."""
    try:
        os.utime(used)
        for other in used.parent.iterdir():
            replaced = other.name.startswith(used.name.partition("-")[0])
            unused = time.time() - other.stat().st_mtime > (_REPLACED if replaced else _LONG)
            if other != used and _OURS.fullmatch(other.name) and unused:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return  # what stays costs room only
