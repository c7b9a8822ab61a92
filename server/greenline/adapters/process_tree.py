"""Ends a process with all that it started, also what left its process group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_ROUNDS = 400
_PAUSE = 0.005


async def kill_everything(pid: int, *, reaped: bool, marker: str) -> None:
    """Kill the session that ``pid`` leads and, on Linux, whatever has ``marker`` (``NAME=value``) in its environment.

    ``reaped``: ``pid`` itself has been waited for, so its number may mean another process. Ends when none is left
    alive, or after some seconds: a process that the kernel holds cannot be killed.
    """
    if os.name == "nt":
        return  # there the caller's own kill is all there is
    if not reaped or sys.platform != "linux":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    if sys.platform != "linux":
        return
    for _ in range(_ROUNDS):
        living = _living(pid, marker.encode())
        if not living:
            return
        for found in living:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(found, signal.SIGKILL)
        await asyncio.sleep(_PAUSE)


async def end_with_all(process: asyncio.subprocess.Process, marker: str) -> None:
    """Kill a process of asyncio's, the leader of a session, with all that it started, as above, and let go of it."""
    reaped = process.returncode is not None
    if not reaped and os.name == "nt":
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    await kill_everything(process.pid, reaped=reaped, marker=marker)
    transport: asyncio.SubprocessTransport = process._transport  # type: ignore[attr-defined] # noqa: SLF001 - no other way
    # Before it is waited for: for asyncio nothing is over while a pipe holds something that nobody reads.
    for descriptor in range(3):
        if pipe := transport.get_pipe_transport(descriptor):
            pipe.close()
    await process.wait()
    transport.close()


def ask_to_end(pid: int) -> None:
    """Ask a child of asyncio's to end.

    Its own ``terminate`` looks first whether the child has ended, and so takes the exit code away from asyncio, which
    then warns of an unknown process.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)


def outside_pid(top: int, inside: int) -> int | None:
    """Return the process id, here, of the descendant of ``top`` that is called ``inside`` in a namespace of its own.

    None where there is none, or more than one.
    """
    found = [pid for pid, names in _descendants(top) if len(names) > 1 and names[1] == inside]
    return found[0] if len(found) == 1 else None


def running(program: str, argument: str) -> list[int]:
    """Return the processes that run a program, by the name of its file, with an argument. For Linux."""
    found = []
    for name in filter(str.isdigit, os.listdir(_PROC)):  # noqa: PTH208 - as below
        with contextlib.suppress(OSError):  # gone meanwhile
            command, *arguments = _read(name, "cmdline").split(b"\0")
            if command.rpartition(b"/")[2] == program.encode() and os.fsencode(argument) in arguments:
                found.append(int(name))
    return found


def family(pid: int) -> list[int]:
    """Return a process and all below it. For Linux."""
    found = [pid]
    for member in found:  # it grows meanwhile
        found += _children(member)
    return found


def _descendants(top: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the processes below one, each with its ids from here inwards."""
    waiting = [top]
    while waiting:
        for child in _children(waiting.pop()):
            waiting.append(child)
            with contextlib.suppress(OSError, ValueError):  # gone meanwhile
                for line in _read(str(child), "status").splitlines():
                    if line.startswith(b"NSpid:"):
                        yield child, [int(number) for number in line.split()[1:]]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - as below
            found += map(int, _read(str(pid), f"task/{thread}/children").split())
    return found


def _living(session: int, marker: bytes) -> list[int]:
    """Find what runs still: members of the session, their descendants, and whoever carries the marker. No zombies."""
    parents: dict[int, int] = {}
    chosen: set[int] = set()
    for name in os.listdir(_PROC):  # noqa: PTH208 - a hot loop of strings
        if not name.isdigit():
            continue
        pid = int(name)
        try:
            # After the name in parentheses, which may hold anything: state, parent, group, session.
            state, parent, _, its_session = _read(name, "stat").rpartition(b")")[2].split()[:4]
            if state in (b"Z", b"X"):
                continue
            parents[pid] = int(parent)
            if int(its_session) == session or marker in _read(name, "environ").split(b"\0"):
                chosen.add(pid)
        except (OSError, ValueError):  # gone meanwhile, or another user's
            continue
    grew = True
    while grew:
        below = {pid for pid, parent in parents.items() if parent in chosen and pid not in chosen}
        chosen |= below
        grew = bool(below)
    return sorted(chosen)


def _read(pid: str, name: str) -> bytes:
    with open(f"/proc/{pid}/{name}", "rb") as stream:  # noqa: PTH123 - as above
        return stream.read()
