"""The warm process: it has imported what requests need, and forks a child for each. It runs no code of the project.

A child is like a fresh process: it has the environment, the folder and the first entries of ``sys.path`` that one would
have been started with, its own session, its own channel and output, and none of the other children's.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
from typing import TYPE_CHECKING, Any

from greenline_probe import aftermath, guard, limits, newborn, plugins, preload, wire

if TYPE_CHECKING:
    from greenline_probe.channel import Channel

_SHARED = 16
"""So many first characters of its mark a child has in common with us."""
_PACKET = 4096


def serve(request: wire.StayWarm, channel: Channel) -> Channel | None:
    """Fork children until the server is gone. Returns in a child only, with the child's own channel, else None."""
    kernel = guard.refused_by_kernel()  # before there is a guard here, which lets nobody ask
    confines = guard.confines_by_kernel()
    mark, unfit = newborn.place_of(aftermath.MARK)
    unfit = unfit or preload.everything(request)
    started = sorted(plugins.starting_threads)
    channel.reply(wire.Warm(unfit, started, kernel, preload.files(), confines))
    if mark is None or unfit:
        return None
    limits.outlive_parent()  # from here on we notice that the server is gone, and end what is left
    nursery = _Nursery(socket.socket(fileno=request.socket), channel, mark)
    born = nursery.serve()
    if born is None:
        aftermath.end_all(mark.text[:_SHARED])
        shutil.rmtree(request.scratch, ignore_errors=True)
        return None
    return newborn.settle(born, nursery.parent)


class _Nursery:
    """The children that are not buried yet, and the socket that asks for more."""

    def __init__(self, asked: socket.socket, channel: Channel, mark: newborn.Place) -> None:
        self.parent = os.getpid()
        self._asked = asked
        self._channel = channel
        self._mark = mark
        self._pids: dict[int, int] = {}
        self._buried: set[int] = set()
        self._runs: dict[int, int] = {}
        """Descriptor that a child's end makes readable -> its run."""
        self._poll = select.poll()
        self._poll.register(asked, select.POLLIN)

    def serve(self) -> int | None:
        """Return the descriptor of the channel in a child, None when the server is gone."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._runs:
                    self._tell_end(descriptor)
                    continue
                if descriptor != self._asked.fileno():  # buried a moment ago
                    continue
                packet, descriptors, _, _ = socket.recv_fds(self._asked, _PACKET, 1)
                if not packet:
                    return None
                asked: Any = wire.decode(packet.decode("ascii"), wire.Fork, wire.Bury)
                if isinstance(asked, wire.Bury):
                    self._bury(asked.run)
                elif self._fork(asked, descriptors[0]):
                    return descriptors[0]

    def _fork(self, asked: wire.Fork, descriptor: int) -> bool:
        """Return True in the child."""
        os.set_inheritable(descriptor, False)
        # Whoever looks for the mark finds the child from its first moment on.
        ours = self._mark.text
        self._mark.write(asked.marker)
        pid = os.fork()
        if pid == 0:
            self._leave_to_parent()
            return True
        self._mark.write(ours)
        os.close(descriptor)
        self._pids[asked.run] = pid
        watched = os.pidfd_open(pid)  # type: ignore[attr-defined, unused-ignore]
        self._runs[watched] = asked.run
        self._poll.register(watched, select.POLLIN)
        self._channel.reply(wire.Born(asked.run, pid))
        return False

    def _tell_end(self, descriptor: int) -> None:
        self._poll.unregister(descriptor)
        run = self._runs.pop(descriptor)
        os.close(descriptor)
        how = os.waitid(os.P_PID, self._pids[run], os.WEXITED | os.WNOWAIT)
        assert how is not None
        by_itself = how.si_code == os.CLD_EXITED
        self._channel.reply(wire.Ended(run, how.si_status if by_itself else -how.si_status))

    def _bury(self, run: int) -> None:
        """Let a child's process id go; of one that lives on after all, when it has ended."""
        for descriptor in [watched for watched, number in self._runs.items() if number == run]:
            self._poll.unregister(descriptor)
            del self._runs[descriptor]
            os.close(descriptor)
        self._buried.add(self._pids.pop(run))
        for pid in sorted(self._buried):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self._buried.discard(pid)

    def _leave_to_parent(self) -> None:
        self._asked.close()
        for descriptor in self._runs:
            os.close(descriptor)
        self._channel.close()
