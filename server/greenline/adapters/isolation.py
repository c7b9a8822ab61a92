"""Which isolation level is in force for code that nobody has accepted, and why not a stronger one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters import sandbox
from greenline.adapters.command_template import CommandTemplate, TemplateProblem
from greenline.adapters.probe_process import ProbeProblem
from greenline.ports.isolation import InForce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.adapters.sandbox import Sandbox
    from greenline.ports.isolation import Level

_FOLDER = "greenline-sandboxed-{pid}-"
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """The settings about isolation."""

    level: str = "guard"
    """auto, guard, sandbox or command"""
    command: str = ""
    paths: str = ""


class Isolation:
    """Decides once, when it is first asked: what is installed here does not change while we run."""

    def __init__(self, wanted: Wanted | None = None) -> None:
        self.wanted = wanted or Wanted()
        self._no_sandbox: str | None = None
        """Why there is none, once it was tried."""
        self._scratch: Path | None = None
        self._worked: set[Sandbox] = set()
        """The project's interpreter starts in these."""

    async def in_force(self) -> InForce:
        """Return the level, and why it is not a stronger one. Tries out, the first time, what this system can do."""
        wanted = self.wanted
        if wanted.level == "command":
            return _by_command(wanted)
        if wanted.level == "guard":
            return InForce("guard", "the setting greenline.isolation.level says so")
        why_not = await self._why_no_sandbox()
        return _no_sandbox(wanted, why_not) if why_not else InForce("sandbox", why=_why(wanted))

    async def in_force_for(
        self, interpreter: Path, project: Path, bytecode: Path | None
    ) -> tuple[InForce, Sandbox | None]:
        """Return the same for an interpreter in a project, and the sandbox, where it is one. Tries that out, too.

        ``bytecode`` can be written in it, and scratch copies in the folder that comes first in ``writable``.
        """
        found = await self.in_force()
        if found.level != "sandbox":
            return found, None
        writable = await self._writable(bytecode)
        made = await asyncio.to_thread(sandbox.sandbox_for, interpreter, project, writable=writable)
        if made not in self._worked:
            why_not = await sandbox.why_not_python(made, interpreter)
            if why_not:  # it may be mended, or there again
                return _no_sandbox(self.wanted, why_not), None
            self._worked.add(made)
        return found, made

    async def level(self) -> Level:
        """Return the level in force. Raises ProbeProblem where the setting asks for one that is not to be had."""
        return checked(await self.in_force()).level

    def template(self) -> CommandTemplate:
        """Return how to run a program elsewhere. Raises ProbeProblem."""
        try:
            return CommandTemplate.read(self.wanted.command, self.wanted.paths)
        except TemplateProblem as problem:
            raise ProbeProblem(str(problem)) from problem

    async def scratch(self) -> Path | None:
        """Return the folder for scratch copies: those of later children must be seen in a sandbox. None: anywhere."""
        if (await self.in_force()).level != "sandbox":
            return None
        return self._own_scratch()

    def _own_scratch(self) -> Path:
        if self._scratch is None or not self._scratch.is_dir():  # a tidy system removes what is old
            self._scratch, lock = _made()
            weakref.finalize(self, _remove, self._scratch, lock)
        return self._scratch

    async def _writable(self, bytecode: Path | None) -> list[Path]:
        """Return what can be written in a sandbox: the folder for scratch copies comes first."""
        scratch = await self.scratch()
        return [folder for folder in (scratch, bytecode) if folder is not None and _is_there(folder)]

    async def _why_no_sandbox(self) -> str:
        if self._no_sandbox is None:
            writable = []
            if sandbox.is_there():
                with contextlib.suppress(OSError):  # said where something is to be written there
                    writable = [self._own_scratch()]
            self._no_sandbox = await sandbox.why_not(writable)
        return self._no_sandbox


def checked(found: InForce) -> InForce:
    """Return it. Raises ProbeProblem where nothing is run."""
    if found.problem:
        raise ProbeProblem(found.problem)
    return found


def _no_sandbox(wanted: Wanted, why_not: str) -> InForce:
    problem = (
        f"The setting greenline.isolation.level is `sandbox`, and {why_not}. Nothing is run without one: "
        "make it work, or set `auto`, and the guard alone holds code back."
    )
    return InForce("guard", why_not, why=_why(wanted), problem=problem if wanted.level == "sandbox" else "")


def _by_command(wanted: Wanted) -> InForce:
    try:
        CommandTemplate.read(wanted.command, wanted.paths)
    except TemplateProblem as problem:
        return InForce("command", problem=str(problem))
    return InForce("command", why=_why(wanted))


def _why(wanted: Wanted) -> str:
    if wanted.level == "auto":
        return "the strongest that works here, as the setting greenline.isolation.level is `auto`"
    return f"as the setting greenline.isolation.level is `{wanted.level}`"


def _made() -> tuple[Path, int | None]:
    """Make the folder; clean up after servers that were killed. Returns the descriptor that locks it, too.

    There is none where the file system knows no locks; then nobody takes the folder for one that was left, either.
    """
    for folder in _left():
        lock = _locked(folder)
        if lock is not None:
            sandbox.end_unbegun(folder.resolve())  # as it was told where it can be written
            _remove(folder, lock)
    for _ in range(_TRIES):
        folder = Path(tempfile.mkdtemp(prefix=_FOLDER.format(pid=os.getpid()))).resolve()
        lock = _locked(folder)
        if lock is not None and folder.is_dir():  # else another server took it for one that was left
            return folder, lock
        if lock is not None:
            os.close(lock)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder, None


def _locked(folder: Path) -> int | None:
    """Lock a folder as long as this process lives; None where another one has.

    Process ids alone say little: who shares a temporary folder may have others for the same processes.
    """
    import fcntl  # noqa: PLC0415 - POSIX only, as sandboxes are

    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove(folder: Path, lock: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def _is_there(folder: Path) -> bool:
    """Make a folder where there is none; False where none can be made, in a home that is read-only."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder.is_dir()


def _left() -> Iterator[Path]:
    before, _, after = _FOLDER.partition("{pid}")
    for folder in Path(tempfile.gettempdir()).glob(f"{before}*"):
        pid = folder.name[len(before) :].partition(after)[0]
        with contextlib.suppress(OSError):
            if pid.isdigit() and folder.stat().st_uid == os.getuid() and not Path("/proc", pid).exists():
                yield folder
