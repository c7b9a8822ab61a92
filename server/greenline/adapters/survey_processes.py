"""Surveys many files in as many processes as there are cores; few files are not worth the start of one."""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.survey import Surveyor

_FEW = 150
"""Files that one process has done before another one has started."""
_MOST = 61
"""Processes that Windows can wait for at once."""
_CHUNK = 25
"""Files that a process gets at once: enough that handing them over costs nothing, few enough that all end together."""


@dataclass(frozen=True, slots=True)
class SurveyProcesses:
    """Implements ``Survey``. ``begin`` runs in other processes too: a module's function, or a ``partial`` of one."""

    begin: Callable[[], Surveyor]
    processes: int = 0
    """0 for as many as there are cores."""

    def __call__(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield the rows in the order of the files."""
        processes = min(self.processes or os.cpu_count() or 1, _MOST)
        if len(paths) <= _FEW or processes == 1:
            with closing(self.begin()) as surveyor:
                yield from surveyor.rows(paths)
            return
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 30 ms, only for many files
        from multiprocessing import get_context  # noqa: PLC0415 - as above

        chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
        # Spawned: threads of this process would be missing in a fork.
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=(self.begin,)) as pool:
            try:
                for rows in pool.map(_rows, chunks):
                    yield from rows
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


_surveyor: Surveyor | None = None
"""That of this process, where it is one of a pool."""


def _begin(begin: Callable[[], Surveyor]) -> None:
    global _surveyor  # noqa: PLW0603 - a process of a pool has nothing else to keep it in
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the first process, which ends the others
    _surveyor = begin()
    atexit.register(_surveyor.close)


def _rows(paths: Sequence[Path]) -> list[FileRow]:
    assert _surveyor is not None, "the pool begins it"
    return list(_surveyor.rows(paths))
