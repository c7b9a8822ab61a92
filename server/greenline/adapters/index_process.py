"""Makes the index of a large report in a process of its own: nobody waits for it, and its memory goes with it."""

from __future__ import annotations

import logging
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.adapters.own_python import own_python
from greenline.ports.coverage import CoverageProblem, NotReadYet, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.adapters.report_places import Report

log = logging.getLogger(__name__)

LARGE = 4 * 1024 * 1024
"""Bytes that are read in less than 0.2 s; whoever asks waits for smaller reports."""
_CHILD = "greenline.adapters.index_child"


@dataclass
class _Child:
    """One reading. ``problem`` is None until it has ended, and empty when it went well."""

    report: Report
    process: subprocess.Popen[str]
    fraction: float = 0.0
    problem: str | None = None
    over: threading.Event = field(default_factory=threading.Event)


class IndexProcesses:
    """One process for each state of a report that is asked for. Safe on any thread."""

    def __init__(self) -> None:
        self._children: Mapping[str, _Child] = {}
        """Replaced as a whole, with the lock: it is read without it, as who ends a child waits for that."""
        self._lock = threading.Lock()
        self._is_over = False

    def make(self, report: Report, key: str, folder: Path) -> None:
        """Begin to make the index, or look how far it is: raises NotReadYet. Raises CoverageProblem when it failed.

        Returns when it is made.
        """
        with self._lock:
            child = self._children.get(key)
            if child is None:
                self._end({k for k, other in self._children.items() if other.report.path == report.path})
                child = self._started(report, key, folder)
                self._children = {**self._children, key: child}
        if child.problem is None:
            raise NotReadYet(f"{Reading(report.path, report.stamp[1]).title}.")
        if child.problem:
            raise CoverageProblem(child.problem)
        with self._lock:
            self._forget({key})

    def readings(self) -> tuple[Reading, ...]:
        """Return what is being read now. Never waits."""
        going_on = [child for child in self._children.values() if child.problem is None]
        return tuple(Reading(child.report.path, child.report.stamp[1], child.fraction) for child in going_on)

    def stop(self, report: Path) -> None:
        """End the reading of a report, until its next state."""
        with self._lock:
            for child in self._children.values():
                if child.report.path == report and child.problem is None:
                    child.problem = (
                        f"{report.name} was not read to its end, as that was cancelled. It is read when it is written "
                        "again, or loaded."
                    )
                    _kill(child)

    def close(self) -> None:
        """End everything; nothing begins any more."""
        with self._lock:
            self._is_over = True
            self._end(set(self._children))

    def _started(self, report: Report, key: str, folder: Path) -> _Child:
        if self._is_over:
            raise NotReadYet("Greenline ends.")
        try:
            process = subprocess.Popen(
                [*own_python(_CHILD), str(report.path.absolute()), report.kind, key, str(folder.absolute())],
                cwd=folder,
                stdin=subprocess.PIPE,  # it ends when this process does
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise CoverageProblem(f"{report.path.name} cannot be read: no process can be started ({error}).") from error
        child = _Child(report, process)
        threading.Thread(target=_listen, args=(child,), name="greenline-index", daemon=True).start()
        return child

    def _end(self, keys: set[str]) -> None:
        ended = [self._children[key] for key in keys]
        self._forget(keys)
        for child in ended:
            _kill(child)

    def _forget(self, keys: set[str]) -> None:
        self._children = {key: child for key, child in self._children.items() if key not in keys}


def _listen(child: _Child) -> None:
    """Take in what the child says: fractions, then nothing, or what is wrong with the report."""
    process, problem = child.process, ""
    assert process.stdout is not None
    for line in process.stdout:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "at":
            child.fraction = float(rest)
        elif word == "problem":
            problem = rest
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    if code and not problem:
        problem = f"The coverage report {child.report.path} cannot be read: the process that read it ended with {code}."
    if child.problem is None:
        child.problem = problem
    child.over.set()


def _kill(child: _Child) -> None:
    child.process.kill()
    child.over.wait(5)
