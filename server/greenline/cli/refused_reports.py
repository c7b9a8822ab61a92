"""What neither a report of a shard nor a worker may want: it is from elsewhere, and is written and run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenline.domain.generation.merge import only_adds
from greenline.domain.generation.taken_out import without_tests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.bulk.found import Found
    from greenline.domain.bulk.joined_shards import JoinedShards
    from greenline.ports.project import ProjectFinder

_ELSEWHERE = (
    "The reports are of the project in {}, and here is another one. Run `greenline merge` in the folder that the "
    "shards ran in, or in the same folder of another clone."
)


def refuse_strangers(joined: JoinedShards, root: Path, projects: ProjectFinder) -> None:
    """Raise click.ClickException where reports tell of what is not in this project, or would do more than add tests.

    What counts is where paths really lead. ``root`` is what the reports take for the project's.
    """
    here = Path.cwd()
    inside = [_real(here), _real(projects.project_of(here / "any.py").root)]
    if not _is_in(root, inside):
        raise click.ClickException(_ELSEWHERE.format(root))
    for path in sorted({*_paths(joined)}):
        if not _is_in(path, inside):
            raise click.ClickException(f"The reports tell of {path}, which is not in {root}: nothing was done.")
    for found in joined.found.values():
        if why := _why_refused("The reports", found, projects):
            raise click.ClickException(f"{why} Nothing was done; make the shards again.")


def refusal(found: Found, path: Path, projects: ProjectFinder) -> str:
    """Return why nothing is done with what workers found for a file; empty where they do no more than add tests."""
    if found.path != path or any(result.target.path != path for result in found.results):
        return f"The workers tell of another file than {path}."
    if found.edit and not _is_in(found.edit.path, [_real(projects.project_of(path).root)]):
        return f"The workers want {found.edit.path} written, which is not in the project."
    return _why_refused("The workers", found, projects)


def _paths(joined: JoinedShards) -> Iterator[Path]:
    plan = joined.plan
    yield from joined.asked
    yield from joined.found
    yield from (found.edit.path for found in joined.found.values() if found.edit)
    yield from (unit.path for unit in plan.units)
    yield from plan.summaries
    yield from (path for paths in plan.problems.values() for path in paths)


def _why_refused(who: str, found: Found, projects: ProjectFinder) -> str:
    edit, tests = found.edit, {test for result in found.results for test in result.tests}
    if edit is None:
        claims = any(result.status == "confirmed" and result.tests for result in found.results)
        return f"{who} tell of tests for {found.path} and have none." if claims else ""
    if not any(_real(edit.path).match(pattern) for pattern in projects.project_of(edit.path).python_files):
        return f"{who} want {edit.path} written, which pytest would not take for tests."
    if edit.creates and edit.base_text:
        return f"{who} do not agree whether {edit.path} was there."
    if not only_adds(edit.base_text, edit.new_text):
        return f"{who} would take away or change what stands in {edit.path}."
    if without_tests(edit.base_text, tests) != edit.base_text:  # they would be taken out where they break the suite
        return f"{who} call tests new that stood in {edit.path} before."
    return ""


def _is_in(path: Path, folders: Sequence[Path]) -> bool:
    return any(_real(path).is_relative_to(folder) for folder in folders)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
