"""A probe that is a fork of a warm process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greenline.adapters.probe_process import LONGEST_LINE, MARKER, Probe
from greenline.adapters.process_tree import kill_everything
from greenline.adapters.warm_process import WarmProblem
from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from greenline.adapters.scratch_overlay import Overlay
    from greenline.adapters.warm_process import WarmProcess

_SECONDS_TO_DIE = 5.0


@dataclass(frozen=True, slots=True)
class _Child:
    run: int
    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class ForkedProbe(Probe):
    """``overlay`` and ``environment`` are those of a fresh process; ``first`` is what comes first on ``sys.path``.

    Entering raises WarmProblem.
    """

    def __init__(
        self,
        interpreter: Path,
        warm: WarmProcess,
        overlay: Overlay,
        environment: Mapping[str, str],
        first: Sequence[Path] = (),
        *,
        limited: bool = False,
    ) -> None:
        output = overlay.scratch / f"output-{uuid.uuid4().hex}"
        super().__init__(interpreter, output, "", scratch=overlay.scratch, limited=limited, sandbox=warm.sandbox)
        self._warm = warm
        self._overlay = overlay
        self._environment = environment
        self._first = first
        self._unlike = ""
        self.unwanted: tuple[str, ...] = ()
        """Plugins that the warm process has and this project does not want."""

    @property
    def unfit(self) -> str:
        """Why a fresh process may end otherwise, in words."""
        return self._unlike or ("the warm process is gone" if self._warm.gone else "")

    async def replies(self, *kinds: type[Any]) -> AsyncIterator[Any]:
        """Yield replies as any probe does; one that finds itself unlike a fresh process has none."""
        async for reply in super().replies(*{*kinds, wire.Problem}):
            if isinstance(reply, wire.Problem) and reply.kind == "unfit":
                self._unlike, self.unwanted = reply.message, tuple(reply.names)
                return
            yield reply

    async def _start(self) -> _Child:
        ours, theirs = socket.socketpair()
        try:
            self._disk.begin()
            run, pid, self._marker = await self._warm.fork(theirs)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        birth = wire.Birth(
            folder=str(self._overlay.root),
            environment={**self._environment, MARKER: self._marker},
            output=str(self._output),
            first=[str(folder) for folder in self._first],
        )
        writer.write((wire.encode(birth) + "\n").encode("ascii"))
        return _Child(run, pid, reader, writer)

    def _channel(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return self._running.reader, self._running.writer

    async def _exit_code(self) -> int:
        try:
            return await asyncio.shield(self._warm.ended(self._running.run))
        except WarmProblem:
            return -9  # with its parent

    async def _kill_all(self, process: _Child) -> None:
        await kill_everything(process.pid, reaped=self._warm.gone, marker=self._mark())

    async def _end(self, process: _Child) -> None:
        await self._kill_all(process)
        with contextlib.suppress(asyncio.TimeoutError, WarmProblem):
            await asyncio.wait_for(asyncio.shield(self._warm.ended(process.run)), _SECONDS_TO_DIE)
        self._warm.bury(process.run)
        process.writer.close()
