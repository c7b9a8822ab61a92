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
from greenline.adapters.scratch_overlay import READ_BY_PYTEST

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
        absent, about = [*places.absent, *self._settings_above(run, top)], _about(run)
        return replace(places, absent=tuple(place for place in dict.fromkeys(absent) if place not in about))

    def _settings_above(self, run: TestRun, top: Path) -> list[str]:
        """Return what pytest would read between ``top`` and the project, and is never sent."""
        root = run.project.root
        above = [folder for folder in root.parents if folder.is_relative_to(top)]
        files = [folder / name for folder in above for name in READ_BY_PYTEST]
        return [_real(file) for file in files if file.is_file() and self._places.is_never_sent(file, run.project)]

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

    ``seen`` are the places at which something was looked for, as its process tells: it may tell anything.
    """
    known = frozenset(places.absent)
    found = [name for place in seen if (name := _absent_at(overlay.map_back(Path(place)), known))]
    said = "\n".join(outcome.message for outcome in report.outcomes)
    missing = {module.rpartition(".")[2] for module in _NOT_IMPORTED.findall(said)}
    found += [place for place in places.absent if place.endswith(".py") and Path(place).stem in missing]
    root = os.path.realpath(run.project.root)
    return tuple(dict.fromkeys(_named(Path(place), root) for place in found))


def _absent_at(place: Path, known: frozenset[str]) -> str:
    """Return what the disk has there, else the folder or file that is absent around it; empty for none."""
    if ".." in place.parts:
        return ""
    real = _real(place)
    around = next((str(each) for each in (Path(real), *Path(real).parents) if str(each) in known), "")
    return real if around and os.path.lexists(real) else around


def _named(place: Path, root: str) -> str:
    """Return how a file is called in the project; one from elsewhere by its name alone, as a model is told."""
    real = _real(place)
    return os.path.relpath(real, root).replace(os.sep, "/") if is_below(real, root) else place.name


def _real(place: Path) -> str:
    return os.path.realpath(place.parent) + os.sep + place.name  # it may be a link itself


def _about(run: TestRun) -> set[str]:
    """Return the files that a run is about: of its tests, and what it measures."""
    tests = [item.partition("::")[0] for item in run.selection]
    return set(map(os.path.realpath, [*tests, *map(str, run.measure or ())]))
