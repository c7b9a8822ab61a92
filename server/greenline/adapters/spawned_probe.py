"""A fresh process that may be started while the event loop ends."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.adapters.probe_process import LONGEST_LINE, ProbeProcess
from greenline.adapters.process_tree import kill_everything

if TYPE_CHECKING:
    from typing_extensions import Self

_SECONDS_TO_DIE = 5.0


@dataclass(frozen=True, slots=True)
class _Spawned:
    process: subprocess.Popen[bytes]
    pidfd: int
    """Readable once the process is dead; it is reaped then."""
    ended: asyncio.Future[int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def pid(self) -> int:
        return self.process.pid


def why_not() -> str:
    """Return why none can ever be started here; empty when it can. Raises OSError for what may pass."""
    try:
        os.close(os.pidfd_open(os.getpid()))  # type: ignore[attr-defined, unused-ignore]
    except AttributeError:
        return "the Python that Greenline runs on was built without pidfd_open"
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EPERM}:
            raise
        return f"this system does not let us use pidfd_open ({error.strerror})"
    return ""


class SpawnedProbe(ProbeProcess):
    """Does without asyncio's subprocesses, of which none can be ended whose start the end of the loop cuts short.

    For Linux only.
    """

    _leash = False

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self._watching is not None:  # it runs for long, and none of the project's code
            self._watching.cancel()
        return self

    async def _start(self) -> _Spawned:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = subprocess.Popen(  # noqa: ASYNC220 - no more than what asyncio itself does here
                    self._command(),
                    cwd=self._overlay.root,
                    env=self._environment,
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    stderr=self._disk.begin(),
                    start_new_session=True,
                    pass_fds=self._descriptors,
                )
            except BaseException:
                ours.close()
                raise
        try:
            return await _connected(process, ours)
        except BaseException:
            process.kill()
            process.wait()
            ours.close()
            raise

    def _channel(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return self._running.reader, self._running.writer

    async def _exit_code(self) -> int:
        code: int = await asyncio.shield(self._running.ended)
        return code

    async def _kill_all(self, process: _Spawned) -> None:
        await kill_everything(process.pid, reaped=process.ended.done(), marker=self._mark())

    async def _end(self, process: _Spawned) -> None:
        await self._kill_all(process)
        await asyncio.wait([process.ended], timeout=_SECONDS_TO_DIE)
        asyncio.get_running_loop().remove_reader(process.pidfd)
        os.close(process.pidfd)
        process.writer.close()
        with contextlib.suppress(OSError):
            await process.writer.wait_closed()


async def _connected(process: subprocess.Popen[bytes], ours: socket.socket) -> _Spawned:
    loop = asyncio.get_running_loop()
    pidfd = os.pidfd_open(process.pid)  # type: ignore[attr-defined, unused-ignore]
    ended: asyncio.Future[int] = loop.create_future()

    def tell() -> None:
        loop.remove_reader(pidfd)
        if not ended.done():
            ended.set_result(process.wait())

    try:
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
    except BaseException:
        os.close(pidfd)
        raise
    loop.add_reader(pidfd, tell)
    return _Spawned(process, pidfd, ended, reader, writer)
