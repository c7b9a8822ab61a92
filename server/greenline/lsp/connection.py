"""Serving one editor: over stdin and stdout, or over one TCP connection. Returns the exit code when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from pygls.io_ import run_async

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.lsp.protocol import GreenlineProtocol
    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

_CHUNK = 1 << 16


class Served(Protocol):
    """What of a server the connection deals with."""

    protocol: GreenlineProtocol
    session: Session

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what went wrong outside of a request."""


def serve_stdio(server: Served) -> int:
    """Serve the process's own stdin and stdout until the client leaves. Nothing else can write to the client then."""
    read_from, write_to = _take_stdio()
    return asyncio.run(_serve_pipes(server, read_from, write_to))


def serve_tcp(server: Served, host: str, port: int, listening: Callable[[str, int], None]) -> int:
    """Serve the first client that connects; ``listening`` is told the address, as port 0 means any."""
    return asyncio.run(_serve_first(server, host, port, listening))


async def serve(server: Served, reader: asyncio.StreamReader, writer: Writer | asyncio.StreamWriter) -> int:
    """Serve one connection to its end: ``exit``, end of file, a lost client or a signal. Afterwards no job lives."""
    server.protocol.set_writer(writer)
    reading = asyncio.ensure_future(
        run_async(server.protocol.stop, reader, server.protocol, log, server.report_server_error)
    )
    terminated = _on_signals(reading)
    try:
        await reading
    except (asyncio.IncompleteReadError, OSError, ValueError) as error:
        log.warning("the connection ended: %s", error)
    except asyncio.CancelledError:
        if not terminated:
            raise
    finally:
        await server.session.close()
    return 128 + terminated[0] if terminated else server.protocol.exit_code


class Writer:
    """Writes to a pipe; a client that has gone away is no reason to fail, as the reading side ends the connection."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._broken = False

    def write(self, data: bytes) -> None:
        """Write and flush, or nothing at all once the client has gone."""
        if self._broken:
            return
        try:
            self._stream.write(data)
            self._stream.flush()
        except (OSError, ValueError):
            self._broken = True
            log.warning("the client reads no more")

    def close(self) -> None:
        """Close the pipe."""
        with contextlib.suppress(OSError):
            self._stream.close()


async def _serve_pipes(server: Served, read_from: int, write_to: BinaryIO) -> int:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    # A daemon thread: asyncio cannot read every kind of stdin, and a thread pool would hold up the process's end.
    threading.Thread(target=_pump, args=(read_from, loop, reader), name="greenline-stdin", daemon=True).start()
    writer = Writer(write_to)
    try:
        return await serve(server, reader, writer)
    finally:
        writer.close()


def _pump(read_from: int, loop: asyncio.AbstractEventLoop, reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed
        while True:
            try:
                data = os.read(read_from, _CHUNK)
            except OSError:
                data = b""
            if not data:
                loop.call_soon_threadsafe(reader.feed_eof)
                return
            loop.call_soon_threadsafe(reader.feed_data, data)


async def _serve_first(server: Served, host: str, port: int, listening: Callable[[str, int], None]) -> int:
    first: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
        asyncio.get_running_loop().create_future()
    )

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first.done():
            writer.close()
        else:
            first.set_result((reader, writer))

    listener = await asyncio.start_server(connected, host, port)
    address = listener.sockets[0].getsockname()
    listening(address[0], address[1])
    try:
        reader, writer = await first
        listener.close()
        try:
            return await serve(server, reader, writer)
        finally:
            with contextlib.suppress(OSError):
                writer.close()
                await writer.wait_closed()
    finally:
        listener.close()


def _take_stdio() -> tuple[int, BinaryIO]:
    """Move the protocol to descriptors that nobody else knows; a stray print then lands on stderr."""
    sys.stdout.flush()
    read_from, write_to = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        for descriptor in (read_from, write_to):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined]
    return read_from, os.fdopen(write_to, "wb")


def _on_signals(reading: asyncio.Future[None]) -> list[int]:
    """Have SIGTERM and SIGINT end the connection in order. Returns the list that the signal's number is put in."""
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        reading.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        # Not on Windows, and not outside of the main thread.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(number, end, int(number))
    return received
