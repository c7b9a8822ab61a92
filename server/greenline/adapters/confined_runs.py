"""Runs of tests that a model wrote: what is there for them, and what is not although it is on the disk."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.interpreter_places import is_below
from greenline.adapters.probes import top_of_copy
from greenline.adapters.readable_places import ReadablePlaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.adapters.readable_places import Places
    from greenline.adapters.scratch_overlay import Overlay
    from greenline.ports.tests import TestReport, TestRun

_NOT_IMPORTED = re.compile(r"(?:No module named|cannot import name) '([\w.]+)'")


class ConfinedRuns:
    """``ignore`` are patterns of files that are never sent to a model, besides the usual ones."""

    def __init__(self, ignore: Sequence[str] = ()) -> None:
        self._places = ReadablePlaces(ignore)

    def places(self, run: TestRun) -> Places:
        """Return what a run may read; what it is about is there, whatever its name is. Walks: not for the loop."""
        top = top_of_copy(run.project.root, run.project.source_roots)
        places = self._places.of(run.project, run.interpreter.path, top)
        about = _about(run)
        return replace(places, absent=tuple(place for place in places.absent if place not in about))

    def texts(self, run: TestRun) -> dict[Path, str]:
        """Return the texts of a run without open files that are never sent."""
        about = _about(run)
        return {
            path: text
            for path, text in run.overlay.items()
            if os.path.realpath(path) in about or not self._places.is_never_sent(path, run.project)
        }


def absent_in(overlay: Overlay, places: Places) -> list[str]:
    """Return what is not there, by where it is and by where it would be in the copy."""
    copies = (overlay.in_copy(Path(place)) for place in places.absent)
    return [*places.absent, *(os.path.realpath(copy) for copy in copies if copy is not None)]


def looked_for(
    overlay: Overlay, run: TestRun, places: Places, report: TestReport, seen: Sequence[str]
) -> tuple[str, ...]:
    """Return what is not there and something looked for, or could not import, as it is called in the project.

    ``seen`` are the places at which something was looked for.
    """
    found = [str(overlay.map_back(Path(place))) for place in seen]
    said = "\n".join(outcome.message for outcome in report.outcomes)
    missing = {module.rpartition(".")[2] for module in _NOT_IMPORTED.findall(said)}
    found += [place for place in places.absent if place.endswith(".py") and Path(place).stem in missing]
    root = os.path.realpath(run.project.root)
    return tuple(dict.fromkeys(_named(Path(place), root) for place in found))


def _named(place: Path, root: str) -> str:
    real = os.path.realpath(place.parent) + os.sep + place.name  # it may be a link itself
    return os.path.relpath(real, root).replace(os.sep, "/") if is_below(real, root) else real


def _about(run: TestRun) -> set[str]:
    """Return the files that a run is about: of its tests, and what it measures."""
    tests = [item.partition("::")[0] for item in run.selection]
    return set(map(os.path.realpath, [*tests, *map(str, run.measure or ())]))
