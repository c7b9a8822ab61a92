"""One warm process: it has imported what requests need, and each request is a fork of it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import uuid
from typing import TYPE_CHECKING

from greenline.adapters import spawned_probe
from greenline.adapters.probe_process import ProbeProblem
from greenline.adapters.process_tree import outside_pid
from greenline.adapters.scratch_overlay import empty_scratch
from greenline.adapters.spawned_probe import SpawnedProbe
from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.adapters.sandbox import Sandbox
    from greenline.adapters.scratch_overlay import Overlay

log = logging.getLogger(__name__)

WARM = "warm"
_SECONDS_TO_WARM = 30.0
_SECONDS_TO_FORK = 10.0
_SECONDS_IDLE = 600.0
_SHARED = 16
# They name what is loaded at the start; a fork gets them with the rest of its environment.
_NOT_YET = ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")


class WarmProblem(Exception):
    """There is no warm process that could be forked; a fresh process does the same."""


class WarmProcess:
    """Starts when it is made, on the running loop; ends with the loop, by ``retire``, or after a time without use."""

    def __init__(
        self,
        interpreter: Path,
        *,
        tests: bool,
        hash_seed: int | None = 0,
        own_home: bool = True,
        confined: bool = False,
        without: Sequence[str] = (),
        bytecode: Path | None = None,
        sandbox: Sandbox | None = None,
        scratch: Path | None = None,
        idle: float = _SECONDS_IDLE,
    ) -> None:
        self.unfit = ""
        """Why no fork of it would be like a fresh process, once it has told."""
        self.culprits: frozenset[str] = frozenset()
        """Plugins without which it would be fit."""
        self.kernel: tuple[str, ...] = ()
        """What the kernel refuses to its children besides the guard, in words."""
        self.confines: bool | None = None
        """The kernel can keep its children from reading what is not theirs; None before it has said so."""
        self.gone = False
        self._interpreter = interpreter
        self._hash_seed, self._own_home, self._confined = hash_seed, own_home, confined
        self._tests, self._without, self._bytecode = tests, tuple(without), str(bytecode or "")
        self.sandbox = sandbox
        self._scratch = scratch
        self._idle = idle
        self._numbers = itertools.count(1)
        self._births: dict[int, asyncio.Future[int]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._living: set[int] = set()
        self._stamp: object = None
        self._files: list[str] = [str(interpreter)]
        self._marks = ""
        self._retired = False
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._socket: socket.socket | None = None
        self.pid = 0
        self._keeper = self._loop.create_task(self._keep(), name="warm Python process")
        self._keeper.add_done_callback(self._over)

    @property
    def is_outdated(self) -> bool:
        """Whether something that it has imported has changed, or something was installed."""
        return self._stamp is not None and self._stamp != _stamp(self._files)

    async def ready(self) -> None:
        """Wait until it can be forked. Raises WarmProblem."""
        # Not `wait_for`: it may pass over a cancellation that comes at the same time.
        await asyncio.wait([self._ready], timeout=_SECONDS_TO_WARM)
        if not self._ready.done():
            self.unfit = f"it was not ready within {_SECONDS_TO_WARM:g} s"
            self.retire()
        if self.unfit or self.gone:
            raise WarmProblem(self.unfit or "it is gone")

    async def fork(self, channel: socket.socket) -> tuple[int, int, str]:
        """Fork a child with that channel. Returns its number, process id and marker. Raises WarmProblem."""
        if self.gone or self._socket is None:
            raise WarmProblem("it is gone")
        run, marker = next(self._numbers), self._marks + uuid.uuid4().hex[_SHARED:]
        birth = self._births[run] = self._loop.create_future()
        self._ends[run] = self._loop.create_future()
        self._living.add(run)
        try:
            socket.send_fds(self._socket, [wire.encode(wire.Fork(run, marker)).encode("ascii")], [channel.fileno()])
            pid = await asyncio.wait_for(birth, _SECONDS_TO_FORK)
            return run, self._outside(pid), marker
        except (OSError, asyncio.TimeoutError) as error:
            self._keeper.cancel()  # one that does not answer may fork later on
            raise WarmProblem(f"it did not fork: {error}") from error

    def _outside(self, pid: int) -> int:
        """Return what we call a child that the warm process calls ``pid``. Raises ProcessLookupError."""
        if self.sandbox is None:
            return pid
        found = outside_pid(self.pid, pid)
        if found is None:
            raise ProcessLookupError("its child is not to be found")
        return found

    def ended(self, run: int) -> asyncio.Future[int]:
        """Return the future of a child's exit code, negative for a signal."""
        return self._ends[run]

    def bury(self, run: int) -> None:
        """Let a dead child's process id go."""
        self._living.discard(run)
        del self._births[run], self._ends[run]
        with contextlib.suppress(OSError):
            assert self._socket is not None
            self._socket.send(wire.encode(wire.Bury(run)).encode("ascii"))
        self._rest()

    def retire(self) -> None:
        """End it as soon as its last child has ended."""
        self._retired = True
        self._rest()

    async def wait(self) -> None:
        """Wait until nothing of it is left."""
        await asyncio.wait([self._keeper])

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._living:
            self._timer = self._loop.call_later(0.0 if self._retired else self._idle, self._keeper.cancel)

    async def _keep(self) -> None:
        """Live as long as the process does; cancelled, end it."""
        with contextlib.suppress(OSError):
            self.unfit = spawned_probe.why_not()
        if self.unfit:
            log.info("%s runs each request in a fresh process: %s", self._interpreter, self.unfit)
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        self._socket = ours
        try:
            with empty_scratch(self._scratch) as scratch, ours, theirs:
                await self._keep_in(scratch, theirs)
        except (OSError, ProbeProblem) as problem:
            log.info("no warm process of %s: %s", self._interpreter, problem)

    def _over(self, keeper: asyncio.Task[None]) -> None:
        """Tell all who wait; runs also when the keeper was cancelled before its first step."""
        self.gone = True
        if self._timer is not None:
            self._timer.cancel()
        if not self._ready.done():
            self._ready.set_result(None)
        for future in (*self._births.values(), *self._ends.values()):
            if not future.done():
                future.set_exception(WarmProblem("it is gone"))
                future.exception()  # nobody may be waiting for it
        if not keeper.cancelled() and keeper.exception() is not None:
            log.error("the warm process of %s was given up", self._interpreter, exc_info=keeper.exception())

    async def _keep_in(self, scratch: Overlay, theirs: socket.socket) -> None:
        probe = SpawnedProbe(
            self._interpreter,
            scratch,
            hash_seed=self._hash_seed,
            own_home=self._own_home,
            confined=self._confined,
            descriptors=[theirs.fileno()],
            removed=_NOT_YET,
            title=WARM,
            sandbox=self.sandbox,
        )
        self._marks = probe.marker[:_SHARED]
        async with probe:
            self.pid = probe.pid
            await probe.send(
                wire.StayWarm(
                    socket=theirs.fileno(),
                    scratch=str(scratch.scratch),
                    tests=self._tests,
                    without=list(self._without),
                    bytecode=self._bytecode,
                )
            )
            theirs.close()
            async for reply in probe.replies(wire.Warm, wire.Born, wire.Ended):
                self._hear(reply)
            if not self._ready.done():
                log.info("the warm process of %s %s: %s", self._interpreter, await probe.death(), probe.output())

    def _hear(self, reply: wire.Warm | wire.Born | wire.Ended) -> None:
        if isinstance(reply, wire.Warm):
            self.unfit, self.culprits = reply.unfit, frozenset(reply.plugins)
            self.kernel, self.confines = tuple(reply.kernel), reply.confines
            self._files += reply.files
            self._stamp = _stamp(self._files)
            if self.unfit:
                log.info("%s runs each request in a fresh process: %s", self._interpreter, self.unfit)
            self._ready.set_result(None)
            self._rest()
            return
        future = (self._births if isinstance(reply, wire.Born) else self._ends).get(reply.run)
        if future is not None and not future.done():
            future.set_result(reply.pid if isinstance(reply, wire.Born) else reply.code)


def _stamp(files: Sequence[str]) -> object:
    stamps: list[tuple[int, int] | None] = []
    for file in files:
        try:
            found = os.stat(file)  # noqa: PTH116 - some hundreds, before each fork
            stamps.append((found.st_mtime_ns, found.st_size))
        except OSError:  # noqa: PERF203 - as above
            stamps.append(None)
    return stamps
