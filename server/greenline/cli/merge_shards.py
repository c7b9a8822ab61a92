"""What several shards found, written and confirmed in the order of their plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenline import __version__
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.git_commit import CommitProblem
from greenline.cli import interrupt
from greenline.cli.bulk_run import BulkRun, Ends
from greenline.cli.bulk_work import JournalOfRun
from greenline.cli.refused_reports import refuse_strangers
from greenline.cli.shard_file import NoShardReport, read_shard
from greenline.cli.wiring import services_for
from greenline.domain.bulk.found import Found
from greenline.domain.bulk.joined_shards import NotTogether, join_shards
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult, TestEdit
from greenline.domain.generation.taken_out import is_bare, without_tests
from greenline.ports.journal import JournalProblem
from greenline.services.run_plan import Limits, RunPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.bootstrap import Services
    from greenline.domain.bulk.joined_shards import JoinedShards
    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import Plan, WorkUnit
    from greenline.ports.progress import Progress
    from greenline.settings import Settings


_LACKING = (
    "Name the reports of all shards; the command that made one goes on with it where it was ended midway. With "
    "--partial what there is is merged."
)


@dataclass(frozen=True, slots=True)
class Merging:
    """What is wanted."""

    reports: tuple[Path, ...]
    partial: bool = False
    jobs: int = 1
    until: float | None = None
    report: Path | None = None
    no_final_run: bool = False
    commit: bool = False
    as_text: bool = True


def merge(merging: Merging, settings: Settings) -> int:
    """Do it; return the exit code. Raises click.ClickException where the reports do not belong together."""
    if merging.report and any(file.resolve() == merging.report.resolve() for file in merging.reports):
        raise click.UsageError(f"{merging.report} has what a shard found. Name another file with --report.")
    root, joined = _joined(merging.reports)
    if joined.lacking and not merging.partial:
        raise click.ClickException(f"{'; '.join(joined.lacking)}. {_LACKING}")
    services = services_for(settings)
    refuse_strangers(joined, root, services.projects)
    try:
        return _merged(merging, joined, root, services)
    except JournalProblem as problem:
        raise click.ClickException(str(problem)) from problem
    except CommitProblem as problem:
        raise click.UsageError(f"--commit: {problem}.") from problem


def _joined(files: Sequence[Path]) -> tuple[Path, JoinedShards]:
    """Read and join the reports. Raises click.ClickException."""
    try:
        read = {file: read_shard(file) for file in files}
        joined = join_shards([(str(file), report) for file, (_, report) in read.items()], __version__)
    except NoShardReport as problem:
        raise click.ClickException(f"{problem}.") from problem
    except NotTogether as problem:
        raise click.ClickException(str(problem)) from problem
    roots = {root: file for file, (root, _) in read.items()}
    if len(roots) > 1:
        one, other = list(roots.values())[:2]
        raise click.ClickException(f"{one} and {other} were made in different folders of the project, or in others.")
    return next(iter(roots)), joined


def _merged(merging: Merging, joined: JoinedShards, root: Path, services: Services) -> int:
    def root_of(path: Path) -> Path:
        return services.projects.project_of(path / "any.py" if path.is_dir() else path).root

    kept = JournalOfRun(services.journal, root, _words(joined, root), root_of)
    ends = Ends(merging.report, merging.no_final_run, merging.commit, merging.until, merging.as_text, merges=True)
    doing = BulkRun(services, kept, ends)
    doing.look_ahead()
    with doing.turns as turns:
        turns.take([*joined.asked, *joined.found])
        problem = doing.measured(services.ranking.rank(joined.asked).to_measure)
        if problem is None:
            return interrupt.CANCELLED
        if problem:
            doing.say(problem)
        stored = kept.journal.find(root, kept.words)
        begun = tuple(one for one in stored.outcomes if _is_there(one)) if stored else ()
        if stored is None:
            kept.journal.begin(root, kept.words, joined.plan.units)
        run, lacking = _run(joined, begun, merging.jobs), "; ".join((*joined.lacking, *joined.stopped))
        return doing.go(run, joined.asked, FoundBefore(joined, run.outcomes), lacking)


def _words(joined: JoinedShards, root: Path) -> str:
    """Return what tells this merge from others, also from one of the same shards in another clone."""
    return sha256(f"merge {joined.digest} {root}".encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _run(joined: JoinedShards, begun: Sequence[UnitOutcome], jobs: int) -> RunPlan:
    """Return the run over what a merge that was ended midway has left."""
    found = joined.found

    def test_file(unit: WorkUnit) -> Path | None:
        edit = found[unit.path].edit if unit.path in found else None
        return edit.path if edit else None

    left = _left(joined.plan, begun)
    return RunPlan(left, Limits(jobs), test_file=test_file, done=begun, before=joined.plan.total)


def _left(plan: Plan, begun: Sequence[UnitOutcome]) -> Plan:
    """Return the plan without what is done; each file is gone through once."""
    over = {one.path: one.keys for one in begun}
    units = []
    for unit in plan.units:
        functions = tuple(one for one in unit.functions if over.get(unit.path, {}).get(one.qualname) != one.key)
        if functions:
            units.append(replace(unit, functions=functions, wish=replace(unit.wish, rounds=1)))
    reached = {one.path: one.summary for one in begun if one.summary.lines.total}
    return replace(plan, units=tuple(units), summaries={**plan.summaries, **reached})


def _is_there(outcome: UnitOutcome) -> bool:
    """Tell whether the tests that an earlier merge wrote are in their files still."""
    for one in outcome.functions:
        try:
            text = DiskDocuments().read(one.test_file) if one.test_file else ""
        except (OSError, UnicodeDecodeError):
            return False
        if not all(f"def {test.rpartition('::')[2]}(" in (text or "") for test in one.tests):
            return False
    return True


class FoundBefore:
    """Implements ``Finds`` by what the shards found."""

    def __init__(self, joined: JoinedShards, outcomes: Mapping[Path, UnitOutcome]) -> None:
        """``outcomes`` tell what held of what was written before."""
        self._joined = joined
        self._outcomes = outcomes

    async def __call__(self, unit: WorkUnit, progress: Progress) -> Found:
        """Return what was found for a unit, as it fits into the test file; see ``Finds``."""
        progress.step("Taking over what was found")
        found = self._joined.found.get(unit.path)
        if found is None:
            why = f"not begun: {'; '.join((*self._joined.lacking, *self._joined.stopped))}"
            return Found(unit.path, (TargetResult(Target(unit.path), "cancelled", why),))
        gone = self._gone(found)
        if found.edit is None or not gone:
            return found
        edit = _without(found.edit, gone)
        results = tuple(replace(one, edit=edit) if one.edit else one for one in found.results)
        return replace(found, edit=edit, results=results)

    def _gone(self, found: Found) -> set[str]:
        """Return the tests of other units that stood in the file when these were found, and that did not hold."""
        names: set[str] = set()
        for other in self._joined.found.values():
            outcome = self._outcomes.get(other.path)
            is_before = found.edit and other.edit and other.edit.path == found.edit.path and other.path != found.path
            if is_before and outcome is not None:
                kept = {test for one in outcome.functions for test in one.tests}
                names |= {test for one in other.results if one.status == "confirmed" for test in one.tests} - kept
        return names


def _without(edit: TestEdit, gone: set[str]) -> TestEdit:
    """Return the edit as it is where tests that it was made after are not there."""
    base, new = without_tests(edit.base_text, gone), without_tests(edit.new_text, gone)
    if is_bare(base) and not edit.path.exists():
        return TestEdit(edit.path, creates=True, base_text="", new_text=new)
    return TestEdit(edit.path, edit.creates, base, new)
