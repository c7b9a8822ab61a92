"""The process that writes one page: ``python -m greenline.page.child``.

A line of JSON comes in, with what is asked. Lines of JSON go out: steps, then the file, or what is in the way. It ends
when nobody listens any more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.shown_texts import keep_shown
from greenline.bootstrap import build, lasting_for_terminal
from greenline.page.project_page import TARGET, project_page, trend_page
from greenline.page.words import one_line
from greenline.ports.coverage import CoverageProblem
from greenline.ports.history import HistoryProblem
from greenline.ports.trend import TrendProblem
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.bootstrap import Services

_OUTSIDE = (
    "{name} belongs to no project. Put a pyproject.toml into the project's folder, or open a file of another one."
)
_UNMEASURED = "Nothing is measured in {name} yet: run the tests with coverage first."
_NO_HISTORY = "There is no history of {name} yet: recording the coverage of a commit begins one."


def main() -> int:
    """Write the page. Returns the exit code."""
    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer

    def tell(**said: str) -> None:
        print(json.dumps(said), file=answers, flush=True)

    try:
        tell(file=str(_written(asked, lambda step: tell(step=step))))
    except CoverageProblem as problem:
        tell(problem=str(problem))
    except (HistoryProblem, TrendProblem) as problem:  # which follow the name of what was to be done
        tell(problem=f"{one_line(Path(asked['place']).name)}: {problem}")
    except OSError as problem:
        tell(problem=f"The page cannot be written: {problem}")
    return 0


def _written(asked: dict[str, Any], step: Callable[[str], None]) -> Path:
    """Write what is asked, return the file. Raises what ``main`` puts into words."""
    place = Path(asked["place"])
    project = ProjectFiles().project_of(place / "any.py" if place.is_dir() else place)
    if project.marker is None and not place.is_dir():
        raise CoverageProblem(_OUTSIDE.format(name=one_line(place.name)))  # its folder may be the person's home
    root = project.root
    report = asked["loaded"].get(str(root), asked["coverage_file"])
    settings = Settings(coverage_file=report, coverage_paths=asked["coverage_paths"], trend_file=asked["trend_file"])
    services = build(settings, DiskDocuments(), lasting_for_terminal())
    place = place if place.is_dir() else root
    if asked["kind"] == "report":
        return keep_shown(_file("coverage", place), _report(services, place, step))
    return keep_shown(_file("trend", root), _trend(services, place, step, record=asked["kind"] == "record"))


def _file(page: str, about: Path) -> str:
    """Return the name of a page's file: several folders may have one name."""
    return f"{page}-{about.name[:40]}-{sha256(os.fsencode(about)).hexdigest()[:12]}.html"


def _report(services: Services, place: Path, step: Callable[[str], None]) -> str:
    step("Looking at the files")
    ranking = services.ranking.rank([place])
    project = one_line(place.name)
    if not ranking.total.lines.total:
        raise CoverageProblem(_UNMEASURED.format(name=project))
    step("Drawing the page")
    try:
        return project_page(ranking, services.gaps, services.trend(None).shown(place), project, _names(place))
    except TrendProblem as problem:
        return project_page(ranking, services.gaps, None, project, _names(place), str(problem))


def _trend(services: Services, place: Path, step: Callable[[str], None], *, record: bool) -> str:
    keep = services.trend(None)
    if record:
        step("Counting what is measured")
    history = keep.record(place) if record else keep.shown(place)
    if not history.points:
        raise CoverageProblem(_NO_HISTORY.format(name=one_line(place.name)))
    return trend_page(history, TARGET, _names(place))


def _names(place: Path) -> Callable[[Path], str]:
    """Return what writes a path as it is below a folder."""
    return lambda path: one_line(str(path.relative_to(place) if path.is_relative_to(place) else path))


def _end_with_the_server() -> None:
    sys.stdin.read()
    os._exit(3)


if __name__ == "__main__":
    raise SystemExit(main())
