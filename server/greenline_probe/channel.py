"""The two directions between a probe and the server, on descriptors that the code under test does not know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import Iterator


class Channel:
    """JSON lines in, JSON lines out. Only the process that made it can reply: a fork that comes back to us ends."""

    def __init__(self, read_from: int, write_to: int) -> None:
        self._file = os.fdopen(read_from, encoding="utf-8")
        self._write_to = write_to
        self._owner = os.getpid()

    def requests(self) -> Iterator[str]:
        """Yield the lines that come, until the server has no more."""
        yield from iter(self._file.readline, "")  # of the file itself, whoever takes one line only would close it

    def reply(self, message: Any) -> None:
        """Send one message."""
        if os.getpid() != self._owner:
            os._exit(1)
        data = (wire.encode(message) + "\n").encode("ascii")
        while data:
            data = data[os.write(self._write_to, data) :]

    @property
    def descriptor(self) -> int:
        """Where requests come from."""
        return self._file.fileno()

    def close(self) -> None:
        """Give it up, in a child that has its own."""
        self._file.close()
        os.close(self._write_to)


def take_standard() -> Channel:
    """Move the protocol away from standard input and output: the first is empty from now on, the second is the error.

    The descriptors are not inherited by programs that the code under test starts.
    """
    channel = Channel(os.dup(0), os.dup(1))
    point_at_nothing(0)
    os.dup2(2, 1)
    return channel


def point_at_nothing(descriptor: int) -> None:
    """Make a descriptor read as empty."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
