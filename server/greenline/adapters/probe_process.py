"""One probe: a child process in the project's interpreter, and the certainty that nothing of it stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys
import uuid
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.disk_watch import DiskWatch
from greenline.adapters.process_tree import family, kill_everything
from greenline.adapters.sandbox import INSIDE_PARENT
from greenline.domain.secret_variables import masked, masked_but_for_needed
from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from greenline.adapters.sandbox import Sandbox
    from greenline.adapters.scratch_overlay import Overlay

ENTRY = Path(wire.__file__).with_name("__main__.py")
LONGEST_LINE = 64 * 1024 * 1024
_SECONDS_TO_DIE = 5.0
_BY_SIGNAL = 128
_REFUSED_CALL = "wanted, in native code, to start a process or to signal another one, which is refused"
MARKER = "GREENLINE_PROBE"
# These would make the child measure, inspect, shuffle or import in ways that are not the project's.
_REMOVED = frozenset(
    {
        "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE", "COVERAGE_RCFILE", "COVERAGE_CORE",
        "COV_CORE_SOURCE", "COV_CORE_CONFIG", "COV_CORE_DATAFILE", "COV_CORE_BRANCH", "COV_CORE_CONTEXT",
        "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT",
        "PYTEST_XDIST_TESTRUNUID", "PYTHONHOME", "PYTHONINSPECT", "PYTHONPYCACHEPREFIX", "PYTHONSAFEPATH",
        "PYTHONSTARTUP", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__",
    }
)  # fmt: skip


class ProbeProblem(Exception):
    """The probe could not be started or said something that is no message; the message is for a person."""


class Probe:
    """Use as ``async with``: at the end, whichever it is, the process and all that it started are dead and reaped.

    What it prints goes to ``output``; ``marker`` is in its environment, and in that of all that it starts. One that is
    ``limited`` is ended when it writes too much below ``scratch``; one in a ``sandbox`` is told what is hidden there.
    """

    def __init__(
        self,
        interpreter: Path,
        output: Path,
        marker: str,
        *,
        scratch: Path | None = None,
        limited: bool = False,
        sandbox: Sandbox | None = None,
    ) -> None:
        self._interpreter = interpreter
        self._output = output
        self._marker = marker
        self._sandbox = sandbox
        self._disk = DiskWatch(output, scratch or output.parent, limited=limited, processes=self._all)
        self._watching: asyncio.Task[None] | None = None
        self._overdone = ""
        self._process: Any = None

    async def __aenter__(self) -> Self:
        starting = _ToItsEnd(self._start())
        # The child may exist already when this is cancelled: only what has been started can be killed.
        cancelled = await _ended(starting)
        error = starting.exception()
        if error is None:
            self._process = starting.result()
        if cancelled is not None:
            await self.kill()
            raise cancelled
        if error is not None:
            self._disk.close()
        if isinstance(error, OSError):
            raise ProbeProblem(f"{self._interpreter} could not be started: {error.strerror or error}") from error
        if error is not None:
            raise error
        self._watching = asyncio.get_running_loop().create_task(self._watch(), name="watch over a probe")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    async def send(self, message: Any) -> None:
        """Send one request. A probe that is gone already is noticed by ``replies``, not here."""
        _, writer = self._channel()
        with contextlib.suppress(ConnectionError):
            writer.write((wire.encode(self._told(message)) + "\n").encode("ascii"))
            await writer.drain()

    async def replies(self, *kinds: type[Any]) -> AsyncIterator[Any]:
        """Yield replies, which must be of these kinds, until the probe closes the channel. Raises ProbeProblem."""
        reader, _ = self._channel()
        while True:
            try:
                line = await reader.readline()
                if not line.endswith(b"\n"):  # the end, perhaps in the middle of a line
                    return
                reply = wire.decode(line.decode("ascii"), *kinds)
            except ConnectionError:
                return
            except (ValueError, TypeError) as error:
                raise ProbeProblem(f"The code under test disturbed the channel to Greenline: {error}") from error
            yield self._heard(reply)

    @property
    def overdone(self) -> str:
        """What it did too much of, and was ended for; empty when it was not."""
        return self._overdone

    async def death(self) -> str:
        """Tell how the probe ended, once its replies have: "was killed by SIGSEGV", "ended with exit code 3"."""
        if self._overdone:
            return f"was ended, because it {self._overdone}"
        code: int | None = None
        with contextlib.suppress(asyncio.TimeoutError):
            code = await asyncio.wait_for(self._exit_code(), _SECONDS_TO_DIE)
        if code is None:
            return "closed its channel but went on running"
        if code >= 0:
            return f"ended with exit code {code}"
        if code == -getattr(signal, "SIGSYS", 0):
            return f"was ended, because it {_REFUSED_CALL}"
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
        return f"was killed by signal {-code}"

    def output(self, limit: int = 4000) -> str:
        """Return the end of what the child printed, at most ``limit`` bytes of it."""
        return self._disk.end(limit)

    async def kill(self) -> None:
        """End the process and all that it started, and reap it. Cancelling the caller does not interrupt this."""
        process = self._process
        if self._watching is not None:
            self._watching.cancel()
        if process is None:
            self._disk.close()
            return
        ending = _ToItsEnd(self._end(process))
        cancelled = await _ended(ending)
        ending.result()
        self._process = None
        self._disk.close()
        if cancelled is not None:
            raise cancelled

    @property
    def unfit(self) -> str:
        """Why a fresh process may end otherwise, in words; empty for one that is fresh."""
        return ""

    @property
    def pid(self) -> int:
        """The process id of the probe."""
        return int(self._running.pid)

    @property
    def _running(self) -> Any:
        assert self._process is not None, "use it inside `async with`"
        return self._process

    async def _watch(self) -> None:
        self._overdone = await self._disk.until_too_much()
        await self._kill_all(self._running)

    def _all(self) -> list[int]:
        return family(self._process.pid) if self._process is not None and sys.platform == "linux" else []

    def _mark(self) -> str:
        return f"{MARKER}={self._marker}"

    def _told(self, message: Any) -> Any:
        """Return a request with what it has to say about where it runs."""
        if self._sandbox is not None and isinstance(message, (wire.RunTests, wire.Explore)):
            shown = [*self._sandbox.shown, *self._sandbox.writable]
            return dataclasses.replace(message, hidden=list(self._sandbox.hidden), shown=shown)
        return message

    def _heard(self, reply: Any) -> Any:
        """Return a reply in the words of here."""
        return reply

    async def _start(self) -> Any:
        raise NotImplementedError

    def _channel(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise NotImplementedError

    async def _exit_code(self) -> int:
        """Wait for the end; negative for a signal."""
        raise NotImplementedError

    async def _kill_all(self, process: Any) -> None:
        """Kill it and all that it started; it may not be reaped yet."""
        raise NotImplementedError

    async def _end(self, process: Any) -> None:
        raise NotImplementedError


class ProbeProcess(Probe):
    """A fresh process, in a ``sandbox`` where there is one.

    ``python_path`` comes before the person's PYTHONPATH. ``own_home`` gives the child an empty HOME, ``confined`` an
    environment that says nothing of the person. ``environment`` is added last, for TZ and the like, and ``removed``
    taken out; ``descriptors`` are handed on under their numbers. ``title`` is for those who look at the list of
    processes.
    """

    _leash = True
    """In a sandbox it ends with us, at once; else it notices itself."""

    def __init__(
        self,
        interpreter: Path,
        overlay: Overlay,
        *,
        python_path: Sequence[Path] = (),
        hash_seed: int | None = 0,
        own_home: bool = True,
        confined: bool = False,
        environment: Mapping[str, str] | None = None,
        descriptors: Sequence[int] = (),
        removed: Sequence[str] = (),
        title: str = "",
        sandbox: Sandbox | None = None,
    ) -> None:
        marker = uuid.uuid4().hex
        super().__init__(
            interpreter,
            overlay.scratch / f"output-{marker}",
            marker,
            scratch=overlay.scratch,
            limited=own_home,
            sandbox=sandbox,
        )
        self._overlay = overlay
        self._descriptors = tuple(descriptors)
        self._title = (title,) if title else ()
        self._environment = child_environment(
            interpreter,
            overlay,
            python_path=python_path,
            hash_seed=hash_seed,
            own_home=own_home,
            confined=confined,
        ) | {MARKER: marker, **(environment or {})}
        for name in removed:
            self._environment.pop(name, None)

    @property
    def marker(self) -> str:
        """What is in the environment of the process and of all that it starts."""
        return self._marker

    def _command(self) -> list[str | Path]:
        if self._sandbox is not None:
            inside = [self._interpreter, ENTRY, str(INSIDE_PARENT), *self._title]
            return self._sandbox.command(inside, leash=self._leash)
        return [self._interpreter, ENTRY, str(os.getpid()), *self._title]

    async def _start(self) -> Any:
        return await asyncio.create_subprocess_exec(
            *self._command(),
            cwd=self._overlay.root,
            env=self._environment,
            stdin=PIPE,
            stdout=PIPE,
            stderr=self._disk.begin(),
            start_new_session=True,
            limit=LONGEST_LINE,
            pass_fds=self._descriptors,
        )

    def _channel(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        return self._running.stdout, self._running.stdin

    async def _exit_code(self) -> int:
        code = int(await self._running.wait())
        # A program that runs another one tells the signal that ended that one as a shell does.
        return _BY_SIGNAL - code if code > _BY_SIGNAL and self._is_inside else code

    @property
    def _is_inside(self) -> bool:
        """Whether it is started by another program."""
        return self._sandbox is not None

    async def _kill_all(self, process: Any) -> None:
        if process.returncode is None and sys.platform == "win32":
            process.kill()
        await kill_everything(process.pid, reaped=process.returncode is not None, marker=self._mark())

    async def _end(self, process: Any) -> None:
        await self._kill_all(process)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), _SECONDS_TO_DIE)
        # Its pipes stay open for as long as the loop does, unless told otherwise.
        process._transport.close()  # noqa: SLF001 - asyncio.subprocess has no other way


class _ToItsEnd(asyncio.Task[Any]):
    """A task that the end of the loop waits for and does not cancel: asyncio hangs where a start is cut short."""

    def cancel(self, msg: Any | None = None) -> bool:  # noqa: ARG002 - the signature of the class above
        """Do nothing."""
        return False


async def _ended(work: asyncio.Future[Any]) -> asyncio.CancelledError | None:
    """Wait until ``work`` has ended, however that is, and however often the caller is cancelled meanwhile."""
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:  # noqa: PERF203 - a wait, not a hot loop
            cancelled = error
    return cancelled


def child_environment(
    interpreter: Path,
    overlay: Overlay,
    *,
    python_path: Sequence[Path] = (),
    hash_seed: int | None = 0,
    own_home: bool = True,
    confined: bool = False,
) -> dict[str, str]:
    """Return the person's environment as the child shall see it: as if the interpreter's environment were activated.

    Without a ``hash_seed`` the person's own counts, chance where they have none. With a home of its own it is code
    that nobody has accepted: the person's secrets are masked, and get into no test. ``confined`` is for what a model
    wrote: all that is not known to be needed is masked.
    """
    env = {key: value for key, value in os.environ.items() if key not in _REMOVED}
    _activate(env, interpreter)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [*map(str, python_path), env.get("PYTHONPATH", "")]))
    if not env["PYTHONPATH"]:
        del env["PYTHONPATH"]
    if hash_seed is not None:
        env["PYTHONHASHSEED"] = str(hash_seed)
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    for name in ("TMPDIR", "TEMP", "TMP"):
        env[name] = str(overlay.tmp)
    if own_home:
        env = masked_but_for_needed(env) if confined else masked(env)
        _move_home(env, overlay.home)
    return env


def _activate(env: dict[str, str], interpreter: Path) -> None:
    env.pop("VIRTUAL_ENV", None)
    folder = interpreter.parent
    if (folder.parent / "pyvenv.cfg").is_file():
        env["VIRTUAL_ENV"] = str(folder.parent)
        env["PATH"] = os.pathsep.join(filter(None, [str(folder), env.get("PATH", "")]))


def _move_home(env: dict[str, str], home: Path) -> None:
    if "PYTHONUSERBASE" not in env and sys.platform.startswith("linux"):
        env["PYTHONUSERBASE"] = str(Path.home() / ".local")  # what pip --user installed stays importable
    for name in [name for name in env if name.startswith("XDG_")]:
        del env[name]
    env["HOME"] = env["USERPROFILE"] = str(home)
