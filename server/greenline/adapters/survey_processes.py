"""Surveys many files in as many processes as there are cores; few files are not worth the start of one."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow

_FEW = 150
"""Files that one process has done before another one has started."""
_MOST = 61
"""Processes that Windows can wait for at once."""
_CHUNK = 25
"""Files that a process gets at once: enough that handing them over costs nothing, few enough that all end together."""


@dataclass(frozen=True, slots=True)
class SurveyProcesses:
    """Implements ``Survey``. ``survey`` runs in other processes too: a module's function, or a ``partial`` of one."""

    survey: Callable[[Sequence[Path]], Iterable[FileRow]]
    processes: int = 0
    """0 for as many as there are cores."""

    def __call__(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield the rows in the order of the files."""
        processes = min(self.processes or os.cpu_count() or 1, _MOST)
        if len(paths) <= _FEW or processes == 1:
            yield from self.survey(paths)
            return
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - 30 ms, only for many files
        from multiprocessing import get_context  # noqa: PLC0415 - as above

        chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
        # Spawned: threads of this process would be missing in a fork.
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=_leave_ctrl_c_to_the_first) as pool:
            try:
                for rows in pool.map(_Rows(self.survey), chunks):
                    yield from rows
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True, slots=True)
class _Rows:
    survey: Callable[[Sequence[Path]], Iterable[FileRow]]

    def __call__(self, paths: Sequence[Path]) -> list[FileRow]:
        return list(self.survey(paths))


def _leave_ctrl_c_to_the_first() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
