"""Whether a project's suite is large enough for several processes."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from greenline.adapters.tree_walk import TreeWalk

if TYPE_CHECKING:
    from greenline.ports.project import Project

WORTH = 4.0
"""Seconds that have to be won: each process imports and collects everything once more, for a second or two."""
ENOUGH = 400
"""Tests, as they are written, where nobody knows yet how long they take."""
_MOST = 8
_ENTRIES = 5_000
_TEST = re.compile(rb"^[ \t]*(?:async )?def test", re.MULTILINE)


def workers_for(project: Project, took: float | None) -> int:
    """Return in how many processes the whole suite had better run, where the project does not say; 1 for a small one.

    ``took``: the seconds that its tests took the last time. Where that is not known, test files are read until enough
    tests have been seen. The tests of a file stay together: more processes than files are of no use.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    walk = TreeWalk(project.python_files, _ENTRIES)
    for root in project.test_roots or (project.root,):
        walk.walk(root)
    workers = min(cores, _MOST, len(walk.tests))
    if workers < 2:  # noqa: PLR2004 - several
        return 1
    if took is not None:
        return workers if took * (1 - 1 / workers) >= WORTH else 1
    tests = 0
    for path in walk.tests:
        try:
            tests += len(_TEST.findall(path.read_bytes()))
        except OSError:
            continue
        if tests >= ENOUGH:
            return workers
    return 1
