"""Bubblewrap: a child that sees a read-only machine, without network, other processes and the person's files."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROGRAM = "bwrap"
INSIDE_PARENT = 1
"""Process id, inside, of the one that started ours."""
_SECONDS_TO_TRY = 10.0
_ALWAYS_HIDDEN = ("/tmp", "/var/tmp", "/run", "/home", "/root", "/mnt", "/media")  # noqa: S108 - hidden, not used
"""Besides the person's home: what others keep there, and sockets of services that do what they are told."""
_STILL_SHOWN = ("/run/current-system", "/run/opengl-driver")
"""Where NixOS has its programs."""
_LONGEST_COMPLAINT = 200


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a child sees: of ``hidden`` folders only what is ``shown``, read-only; ``writable`` alone can be written."""

    hidden: tuple[str, ...]
    shown: tuple[str, ...]
    writable: tuple[str, ...]

    def command(self, command: Iterable[str | Path], *, leash: bool = True) -> list[str | Path]:
        """Return the command that runs ``command`` inside; on a ``leash`` it ends with the thread that starts it."""
        arguments = ["--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]  # noqa: S108 - a private one
        arguments += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
        for folder in self.hidden:
            arguments += ["--tmpfs", folder]
        for folder in self.shown:
            arguments += ["--ro-bind", folder, folder]
        for folder in self.writable:
            arguments += ["--bind", folder, folder]
        for folder in self.hidden:
            arguments += ["--remount-ro", folder]
        arguments += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--cap-drop", "ALL", "--new-session"]
        arguments += ["--die-with-parent"] if leash else []
        return [shutil.which(PROGRAM) or PROGRAM, *arguments, "--", *command]


def sandbox_for(interpreter: Path, project: Path, *, writable: Iterable[Path] = ()) -> Sandbox:
    """Return one in which this interpreter runs this project. Looks at the files of both."""
    needed = [project, *_prefixes(interpreter)]
    for site in [site for prefix in needed[1:] for site in _sites(prefix)]:
        needed += _installed_as_links(site)
    needed += [Path(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    user = Path.home() / ".local" / "lib"
    needed += [user, *map(Path, _STILL_SHOWN)]
    named = [str(path) for each in needed for path in (each.absolute(), Path(os.path.realpath(each)))]
    existing = [path for path in dict.fromkeys(named) if Path(path).exists()]
    hidden = tuple(top for top in _hidden() if not any(_is_below(top, path) for path in existing))
    shown = [path for path in existing if any(_is_below(path, top) for top in hidden)]
    return Sandbox(
        hidden=hidden,
        shown=tuple(sorted(p for p in shown if not any(p != other and _is_below(p, other) for other in shown))),
        writable=tuple(map(str, writable)),
    )


async def why_not() -> str:
    """Return why nothing can be run in a sandbox here, and what to do; empty when it can. It is tried."""
    if sys.platform != "linux":
        return "this system has no bubblewrap"
    program = shutil.which(PROGRAM)
    if program is None:
        return "bubblewrap is not installed (the package is called bubblewrap, its program bwrap)"
    command = Sandbox(_hidden(), (), ()).command([program, "--version"])
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    try:
        _, said = await asyncio.wait_for(process.communicate(), _SECONDS_TO_TRY)
    except asyncio.TimeoutError:
        return f"bubblewrap did not start a program within {_SECONDS_TO_TRY:g} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode == 0:
        return ""
    complaint = " ".join(said.decode("utf-8", "replace").split())[:_LONGEST_COMPLAINT]
    return (
        f"bubblewrap is installed, but not permitted to work ({complaint or f'exit code {process.returncode}'}): "
        "inside a container, or where user namespaces are switched off, that is usual"
    )


def _hidden() -> tuple[str, ...]:
    """Return folders that exist, outermost only, by where they really are."""
    named = [*_ALWAYS_HIDDEN, str(Path.home()), tempfile.gettempdir()]
    real = [path for path in dict.fromkeys(map(os.path.realpath, named)) if path != "/" and Path(path).is_dir()]
    return tuple(path for path in real if not any(path != other and _is_below(path, other) for other in real))


def _is_below(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip(os.sep) + os.sep)


def _prefixes(interpreter: Path) -> list[Path]:
    """Return the folders that the interpreter is installed in: of its environment, and of the Python it was made of."""
    found = [interpreter.parent.parent, Path(os.path.realpath(interpreter)).parent.parent]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in (found[0] / "pyvenv.cfg").read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home":
                found.append(Path(value.strip()).parent)
    # One step at a time: on the way to the program each link has to be there.
    step = interpreter
    while step.is_symlink() and len(found) < 16:  # noqa: PLR2004 - a circle ends too
        step = Path(os.path.normpath(step.parent / step.readlink()))
        found.append(step.parent.parent)
    return [path for path in dict.fromkeys(found) if str(path) != "/"]


def _sites(prefix: Path) -> Iterator[Path]:
    yield from prefix.glob("lib*/python*/site-packages")


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
