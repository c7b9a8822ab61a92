"""A pip for the Python that runs this process: its own, uv, or the one that Python can make an environment with."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.ports.progress import Silent

if TYPE_CHECKING:
    from greenline.ports.installer import Installer
    from greenline.ports.progress import Progress

_PIP = ("-I", "-m", "pip")
_INSTALL = ("install", "--no-compile", "--retries", "2", "--timeout", "15")
"""Whoever imports compiles, and knows where bytecode is kept; five attempts take a minute to find no network."""


class NoPip(Exception):
    """Nothing here installs packages; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Pip:
    """The beginning of a command that installs packages, and its name for a person."""

    name: str
    command: tuple[str, ...]


async def find_pip(installer: Installer, work: Path, progress: Progress) -> Pip:
    """Return one that takes nothing from the current folder, which may be a workspace. Raises NoPip.

    ``work`` is a folder to put into what it takes.
    """
    if not await installer.install([sys.executable, *_PIP, "--version"], Silent()):
        return Pip("pip", (sys.executable, *_PIP, *_INSTALL))
    uv = shutil.which("uv")
    if uv and Path(uv).is_absolute():
        return Pip("uv", (uv, "--directory", str(work), "pip", "install", "--python", sys.executable))
    progress.step("Making an environment with a pip")
    if await installer.install([sys.executable, "-I", "-m", "venv", str(work / "environment")], Silent()):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise NoPip(
            f"Python {version} at {sys.executable}, which runs Greenline, has no pip. Install it (on Debian and "
            "Ubuntu: apt install python3-pip), or uv, and try again."
        )
    programs = work / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    return Pip("pip", (str(programs / "python"), *_PIP, *_INSTALL))
