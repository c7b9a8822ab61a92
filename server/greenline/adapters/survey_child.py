"""A process that surveys files: ``python -m greenline.adapters.survey_child``.

Pickled by the process that started it, there come what begins a survey, and then lists of paths, each of which it
answers with the list of their rows. It ends with its input.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.survey import Surveyor

_SELDOM = 1_000_000
"""New objects until unreachable ones are looked for: trees have no cycles, and are gone with their file anyway."""


def main() -> int:
    """Survey until there is nothing more to do. Returns the exit code."""
    asked, answers = read(sys.stdin.buffer), sys.stdout.buffer
    begin = next(asked, None)
    if begin is not None:
        survey(begin, asked, answers)
    return 0


def survey(begin: Callable[[], Surveyor], asked: Iterable[Sequence[Path]], answers: BinaryIO) -> None:
    """Answer each list of paths. The process is this survey's alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the first process, which ends the others
    sys.stdout = sys.stderr  # what a library prints is no row
    gc.set_threshold(_SELDOM)
    with closing(begin()) as surveyor:
        for paths in asked:
            _tell(list(surveyor.rows(paths)), answers)


def read(stream: BinaryIO) -> Iterator[Any]:
    """Yield what was pickled, until the stream ends."""
    with suppress(EOFError):
        while True:
            yield pickle.load(stream)  # noqa: S301 - from Greenline itself


def _tell(rows: Sequence[FileRow], stream: BinaryIO) -> None:
    try:
        pickle.dump(rows, stream)
        stream.flush()
    except OSError:  # nobody listens any more
        os._exit(3)


if __name__ == "__main__":
    raise SystemExit(main())
