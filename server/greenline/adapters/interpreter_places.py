"""Where an interpreter is installed, and where the packages are that are installed for it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS_OF_PREFIX = ("pyvenv.cfg", "lib*/python3*", "lib*/pypy3*")
_MOST_LINKS = 64


def is_below(path: str, top: str) -> bool:
    """Tell whether a path is a folder or in it."""
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def worked_on(prefixes: Iterable[Path]) -> list[Path]:
    """Return the folders of packages that are installed as links to where they are worked on."""
    sites = [site for prefix in prefixes for site in prefix.glob("lib*/python*/site-packages")]
    return [folder for site in sites for folder in _links_of(site, site.stat().st_mtime_ns)]


def on_python_path(root: Path) -> list[Path]:
    """Return the folders that the person's PYTHONPATH names, relative ones as they are from the project's root."""
    return [root / entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]


def prefixes_of(interpreter: Path) -> list[Path]:
    """Return the folders that the interpreter is installed in: of its environment, and of the Python it was made of.

    Where it lies among other things, as a link in ~/.local/bin does, it is the link itself, and Python's own library.
    """
    programs = [interpreter, Path(os.path.realpath(interpreter))]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in (interpreter.parent.parent / "pyvenv.cfg").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                programs += [Path(value.strip()) / "python3", *sorted(Path(value.strip()).glob("python*"))]
    # One step at a time: on the way to the program each link has to be there.
    for program in tuple(programs):
        step = program
        while step.is_symlink() and len(programs) < _MOST_LINKS:  # a circle ends too
            step = Path(os.path.normpath(step.parent / step.readlink()))
            programs.append(step)
    found: list[Path] = []
    for program in dict.fromkeys(programs):
        folder = program.parent.parent
        found += [folder] if _is_prefix(folder) else [program, *folder.glob("lib*/python3*")]
    return [path for path in dict.fromkeys(found) if str(path) != "/"]


def _is_prefix(folder: Path) -> bool:
    """Tell whether a folder is an installation of Python, and neither the home, one above it nor its ~/.local."""
    real, home = os.path.realpath(folder), os.path.realpath(Path.home())
    if is_below(home, real) or real == os.path.realpath(Path.home() / ".local"):
        return False
    return any(any(folder.glob(mark)) for mark in _MARKS_OF_PREFIX)


@functools.lru_cache(maxsize=64)
def _links_of(site: Path, modified: int) -> tuple[Path, ...]:  # noqa: ARG001 - what is installed changes the folder
    return tuple(_installed_as_links(site))


def _installed_as_links(site: Path) -> Iterator[Path]:
    """Yield the folders that packages are worked on in: of .pth files, and of ``direct_url.json`` as PEP 610 has it."""
    for file in site.glob("*.pth"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for line in file.read_text("utf-8").splitlines():
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    yield Path(os.path.normpath(site / line.strip()))
    for file in site.glob("*.dist-info/direct_url.json"):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            told = json.loads(file.read_text("utf-8"))
            if told.get("dir_info", {}).get("editable"):
                yield Path(unquote(urlparse(told["url"]).path))
