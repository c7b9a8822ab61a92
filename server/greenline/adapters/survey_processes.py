"""Surveys many files in as many processes as there are cores; few files are not worth the start of one.

Not by ``multiprocessing``: its processes import from the current folder first, which may hold a ``pickle.py`` of the
repository that is looked at.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from typing import TYPE_CHECKING, cast

from greenline.adapters.survey_starts import forked, started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from typing_extensions import Self

    from greenline.adapters.survey_starts import Child
    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.survey import Surveyor

_FEW = 150
"""Files that one process has done before another one has started."""
_CHUNK = 25
"""Files that a process gets at once: enough that handing them over costs nothing, few enough that all end together."""


@dataclass(frozen=True, slots=True)
class SurveyProcesses:
    """Implements ``Survey``. ``begin`` runs in other processes too: a module's function, or a ``partial`` of one."""

    begin: Callable[[], Surveyor]
    processes: int = 0
    """0 for as many as there are cores."""
    may_fork: bool = False
    """Whether this process holds nothing that a copy of it would break: the copies need not load what it has loaded."""

    def __call__(self, paths: Sequence[Path]) -> Iterator[FileRow]:
        """Yield the rows in the order of the files."""
        processes = self.processes or os.cpu_count() or 1
        with ExitStack() as stack:
            here = cache(lambda: stack.enter_context(closing(self.begin())))
            if len(paths) <= _FEW or processes == 1:
                yield from here().rows(paths)
                return
            chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
            children = stack.enter_context(_Children(self._started(min(processes, len(chunks)))))
            for chunk, rows in zip(chunks, children.rows(chunks), strict=True):
                yield from here().rows(chunk) if rows is None else rows

    def _started(self, number: int) -> list[Child]:
        # Elsewhere system libraries do not outlive a fork, and a copy of several threads has locks that nobody opens.
        if self.may_fork and sys.platform == "linux" and threading.active_count() == 1:
            return forked(self.begin, number)
        begun = pickle.dumps(self.begin)
        return [child for _ in range(number) if (child := started(begun)) is not None]


class _Children:
    """Processes that survey chunks: the next one is for whichever is free."""

    def __init__(self, children: Sequence[Child]) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only for many files

        self._all = children
        self._free: SimpleQueue[Child | None] = SimpleQueue()
        """None when all of them are gone."""
        self._gone: list[Child] = []
        for child in children:
            self._free.put(child)
        self._threads = ThreadPoolExecutor(max(1, len(children)), "greenline-survey")

    def __enter__(self) -> Self:
        return self

    def rows(self, chunks: Sequence[Sequence[Path]]) -> Iterator[list[FileRow] | None]:
        """Yield the rows of each chunk, None where its process could not find them."""
        return self._threads.map(self._asked, chunks)

    def __exit__(self, kind: object, *_: object) -> None:
        for child in self._all:
            if kind is not None:
                child.kill()  # nobody waits for what it is at
        self._free.put(None)
        self._threads.shutdown(cancel_futures=True)
        for child in self._all:
            child.end()

    def _asked(self, chunk: Sequence[Path]) -> list[FileRow] | None:
        child = self._free.get() if self._all else None
        if child is None:
            self._free.put(None)
            return None
        try:
            pickle.dump(chunk, child.asked)
            child.asked.flush()
            rows = cast("list[FileRow]", pickle.load(child.answers))  # noqa: S301 - from Greenline itself
        except Exception:  # noqa: BLE001 - it has ended and said why, or what it says is not to be understood
            self._gone.append(child)
            if len(self._gone) == len(self._all):
                self._free.put(None)
            return None
        self._free.put(child)
        return rows
