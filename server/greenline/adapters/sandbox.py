"""Bubblewrap: a child that sees a read-only machine, without network, other processes and the person's files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING

from greenline.adapters.interpreter_places import (
    is_below,
    on_python_path,
    prefixes_of,
    worked_on,
)
from greenline.adapters.process_tree import running
from greenline.adapters.variable_places import named_certificates, named_libraries, user_packages
from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PROGRAM = "bwrap"
INSIDE_PARENT = 1
"""Process id, inside, of the one that started ours."""
_SECONDS_TO_TRY = 10.0
_ALWAYS_HIDDEN = ("/tmp", "/var/tmp", "/run", "/home", "/root", "/mnt", "/media")  # noqa: S108 - hidden, not used
"""Besides the person's home: what others keep there, and sockets of services that do what they are told."""
_STILL_SHOWN = ("/run/current-system", "/run/opengl-driver", "/home/linuxbrew/.linuxbrew")
"""Where NixOS and Homebrew have their programs."""
_OURS = Path(wire.__file__).parent
_REPOSITORY = (".git", ".hg", ".svn")
_LONGEST_COMPLAINT = 200
_MOST_READ = 10_000


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
        for path in self.shown:
            # Python finds its library from where a link to it leads.
            is_link = os.path.islink(path) and not os.path.isdir(path)  # noqa: PTH112, PTH114 - they are strings
            arguments += ["--symlink", os.readlink(path), path] if is_link else ["--ro-bind", path, path]  # noqa: PTH115
        for folder in self.writable:
            arguments += ["--bind", folder, folder]
        for folder in self.hidden:
            arguments += ["--remount-ro", folder]
        arguments += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--cap-drop", "ALL", "--new-session"]
        arguments += ["--die-with-parent"] if leash else []
        return [shutil.which(PROGRAM) or PROGRAM, *arguments, "--", *command]


def sandbox_for(interpreter: Path, project: Path, *, writable: Iterable[Path] = ()) -> Sandbox:
    """Return one in which this interpreter runs this project. Looks at the files of both."""
    prefixes = prefixes_of(interpreter)
    needed = [
        _OURS,
        repository_of(project),
        *_links_in(project),
        *prefixes,
        *worked_on(prefixes),
        *on_python_path(project),
    ]
    needed += [*user_packages(project), *named_libraries(project), *named_certificates(project)]
    needed += map(Path, _STILL_SHOWN)
    named = [str(path) for each in needed for path in (each.absolute(), Path(os.path.realpath(each)))]
    existing = [path for path in dict.fromkeys(named) if Path(path).exists()]
    hidden = tuple(top for top in _hidden() if not any(is_below(top, path) for path in existing))
    shown = [path for path in existing if any(is_below(path, top) for top in hidden)]
    return Sandbox(
        hidden=hidden,
        shown=tuple(sorted(p for p in shown if not any(p != other and is_below(p, other) for other in shown))),
        writable=tuple(map(str, writable)),
    )


def is_there() -> bool:
    """Return whether there is something that can be tried."""
    return sys.platform == "linux" and shutil.which(PROGRAM) is not None


async def why_not(writable: Iterable[Path] = ()) -> str:
    """Return why nothing can be run in a sandbox here, and what to do; empty when it can. It is tried.

    What is ``writable`` in it tells ``end_unbegun`` whose it was.
    """
    if sys.platform != "linux":
        return "this system has no bubblewrap"
    if not is_there():
        return "bubblewrap is not installed (the package is called bubblewrap, its program bwrap)"
    tried = Sandbox((), (), tuple(map(str, writable)))
    complaint = await asyncio.to_thread(_complaint, tried.command([PROGRAM, "--version"]))
    return complaint and (
        f"bubblewrap is installed, but not permitted to work ({complaint}): "
        "inside a container, or where user namespaces are switched off, that is usual"
    )


async def why_not_python(made: Sandbox, interpreter: Path) -> str:
    """Return why an interpreter does not start in this sandbox; empty when it does. It is tried."""
    complaint = await asyncio.to_thread(_complaint, made.command([interpreter, "-c", "pass"]))
    return complaint and f"{interpreter} does not start in one ({complaint})"


def end_unbegun(writable: Path) -> None:
    """End sandboxes that have not begun, by what can be written in them: for when nobody is there who started them.

    Bubblewrap's second half waits for its first one before it is on the leash. Where that is killed in between, with
    the server, it waits for ever.
    """
    for pid in running(PROGRAM, str(writable)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _complaint(command: Sequence[str | Path]) -> str:
    """Run a command that does nothing; return what it complains of, empty when it ends well.

    In a thread: asyncio's own subprocesses cannot be ended whose start the end of the loop cuts short.
    """
    try:
        # To a file: its second half, which somebody may have left alone, would keep a pipe open.
        with tempfile.TemporaryFile() as said:
            code = _ended(subprocess.Popen(command, stdin=DEVNULL, stdout=DEVNULL, stderr=said, start_new_session=True))
            said.seek(0)
            complaint = " ".join(said.read(_MOST_READ).decode("utf-8", "replace").split())[:_LONGEST_COMPLAINT]
    except subprocess.TimeoutExpired:
        return f"it did not end within {_SECONDS_TO_TRY:g} s"
    except OSError as error:
        return f"it could not be started: {error}"
    return (complaint or f"exit code {code}") if code else ""


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the leader of a session, and end what is left of that. Raises subprocess.TimeoutExpired."""
    with process:
        try:
            return process.wait(_SECONDS_TO_TRY)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _hidden() -> tuple[str, ...]:
    """Return folders that exist, outermost only, by where they really are."""
    named = [*_ALWAYS_HIDDEN, str(Path.home()), tempfile.gettempdir()]
    real = [path for path in dict.fromkeys(map(os.path.realpath, named)) if path != "/" and Path(path).is_dir()]
    return tuple(path for path in real if not any(path != other and is_below(path, other) for other in real))


def repository_of(project: Path) -> Path:
    """Return the repository that a project is in, which may be one of several in it; else the project."""
    home = os.path.realpath(Path.home())
    for folder in (project, *project.parents):
        if is_below(home, os.path.realpath(folder)):
            break
        if any((folder / name).exists() for name in _REPOSITORY):
            return folder
    return project


def _links_in(project: Path) -> list[Path]:
    """Return where links at the top of a project lead: to its data, say."""
    with contextlib.suppress(OSError), os.scandir(project) as entries:
        return [Path(os.path.realpath(entry.path)) for entry in entries if entry.is_symlink()]
    return []
