"""How a process begins that surveys files: as a new one, or as a copy of this one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import traceback
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NoReturn

from greenline.adapters import survey_child
from greenline.adapters.own_python import own_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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

    gc.freeze()  # what is there already is not looked at, and so not copied, by any of them
    children: list[Child] = []
    for _ in range(number):
        with suppress(OSError):
            children.append(_forked(begin, children))
    return children


def _forked(begin: Callable[[], Surveyor], earlier: Sequence[Child]) -> Child:
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        for end in (theirs_in, ours_out, ours_in, theirs_out):
            os.close(end)
        raise
    if not pid:
        # An end that stays open here would keep an earlier one waiting for what never comes.
        for end in (ours_out, ours_in, *(pipe.fileno() for child in earlier for pipe in (child.asked, child.answers))):
            os.close(end)
        _survey(begin, theirs_in, theirs_out)
    os.close(theirs_in)
    os.close(theirs_out)
    return Child(os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb"), pid, lambda: os.waitpid(pid, 0))


def _survey(begin: Callable[[], Surveyor], asked: int, answers: int) -> NoReturn:
    """Survey in the copy, and end it without what this process would do at its end."""
    code = 1
    try:
        with os.fdopen(asked, "rb") as paths, os.fdopen(answers, "wb") as rows:
            survey_child.survey(begin, survey_child.read(paths), rows)
        code = 0
    except BaseException:  # noqa: BLE001 - nothing may return into the copied stack
        traceback.print_exc()
    finally:
        os._exit(code)
