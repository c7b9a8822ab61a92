"""How a process begins that surveys files: as a new one, or as a copy of this one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NoReturn

from greenline.adapters import survey_child
from greenline.adapters.own_python import import_path, own_python

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from greenline.ports.survey import Surveyor

_CHILD = "greenline.adapters.survey_child"


@dataclass(frozen=True, slots=True)
class Child:
    """A process that answers lists of paths with lists of rows, both pickled. ``wait`` returns when it is gone."""

    asked: IO[bytes]
    answers: IO[bytes]
    pid: int
    wait: Callable[[], object]

    def kill(self) -> None:
        """End it now. Raises nothing."""
        with suppress(OSError):
            os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def end(self) -> None:
        """Let it see that nothing more comes, and wait until it is gone. Raises nothing."""
        for pipe in (self.asked, self.answers):
            with suppress(OSError):
                pipe.close()
        with suppress(OSError):
            self.wait()


def started(begun: bytes) -> Child | None:
    """Start a new process; ``begun`` is what begins its survey, pickled. None where none can be started."""
    try:
        process = subprocess.Popen(own_python(_CHILD), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    except OSError:
        return None
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):
        process.stdin.write(begun)
    return Child(process.stdin, process.stdout, process.pid, process.wait)


def forked(begin: Callable[[], Surveyor], number: int) -> list[Child]:
    """Start copies of this process, fewer where there cannot be so many. It must have one thread, and on POSIX only."""
    from coverage import parser  # noqa: F401, PLC0415 - loaded once instead of by each

    children: list[Child] = []
    gc.freeze()  # what is there already is not looked at, and so not copied, by any of them
    try:
        for _ in range(number):
            with suppress(OSError):
                children.append(_forked(begin, children))
    except BaseException:
        for child in children:
            child.kill()
            child.end()
        raise
    finally:
        gc.unfreeze()
    return children


def _forked(begin: Callable[[], Surveyor], earlier: Sequence[Child]) -> Child:
    ends: list[int] = []
    pid = None
    # Held back until the copy has its own way to end: a Ctrl+C would unwind the copied stack.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ends += os.pipe()
        ends += os.pipe()
        pid = os.fork()
        if not pid:
            _survey(begin, ends, earlier, before)
    finally:
        for end in ends if pid is None else (ends[0], ends[3]):
            os.close(end)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Child(os.fdopen(ends[1], "wb"), os.fdopen(ends[2], "rb"), pid, lambda: os.waitpid(pid, 0))


def _survey(
    begin: Callable[[], Surveyor], ends: Sequence[int], earlier: Sequence[Child], mask: Iterable[int]
) -> NoReturn:
    """Survey in the copy, and end it without what this process would do at its end."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with suppress(OSError):  # the current folder may be gone
            sys.path[:] = import_path()  # as a new process: nothing is loaded from it
        # An end that stays open here would keep an earlier one waiting for what never comes.
        for pipe in (pipe for child in earlier for pipe in (child.asked, child.answers)):
            os.close(pipe.fileno())
        os.close(ends[1])
        os.close(ends[2])
        with os.fdopen(ends[0], "rb") as paths, os.fdopen(ends[3], "wb") as rows:
            survey_child.survey(begin, survey_child.read(paths), rows)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may return into the copied stack
        traceback.print_exc()
    finally:
        os._exit(code)
