"""``greenline generate --shard``: finds the tests of one part of a plan, and writes nothing but its report."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from greenline import __version__
from greenline.cli import bulk_view, interrupt
from greenline.cli.bulk_progress import BulkProgress
from greenline.cli.shard_file import NoShardReport, read_shard, shard_text, write_shard
from greenline.cli.shard_view import print_shard, print_shard_end
from greenline.domain.bulk.found import coverage_with
from greenline.domain.bulk.outcome import UnitOutcome, outcome_of
from greenline.domain.bulk.shard_report import ShardReport
from greenline.domain.bulk.shards import deal, digest_of
from greenline.domain.bulk.states import state_of
from greenline.services.find_tests import find_tests
from greenline.services.run_plan import Limits, RunPlan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.bootstrap import Services
    from greenline.cli.bulk_run import BulkRun
    from greenline.domain.bulk.found import Found
    from greenline.domain.bulk.plan import Plan, WorkUnit
    from greenline.domain.bulk.shards import Shard
    from greenline.ports.progress import Progress
    from greenline.settings import EngineChoice

_ONE_ROUND = (
    "A shard generates once for each file. For more rounds (max_iterations), run `greenline generate` after the merge."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One shard's units, and what they are a part of."""

    shard: Shard
    whole: Plan
    parts: tuple[tuple[WorkUnit, ...], ...]
    """The units of each shard."""
    test_files: dict[WorkUnit, Path | None]

    @classmethod
    def of(cls, plan: Plan, shard: Shard, test_file: Callable[[WorkUnit], Path | None]) -> Part:
        """Deal out a plan."""
        files = {unit: test_file(unit) for unit in plan.units}
        return cls(shard, plan, deal(plan.units, shard.of, files.__getitem__), files)

    @property
    def units(self) -> tuple[WorkUnit, ...]:
        """Those of this shard."""
        return self.parts[self.shard.number - 1]

    @property
    def plan(self) -> Plan:
        """The plan without the work of the others."""
        return replace(self.whole, units=self.units)

    def digest(self, root: Path) -> str:
        """Return words that are the same in all shards of this plan."""
        files = sorted({file for file in self.test_files.values() if file is not None and file.is_file()})
        texts = {file: state_of(file.read_bytes()) for file in files}
        return digest_of(self.whole.units, texts, self.shard.of, root)


class ShardRun:
    """One shard, and what a person sees of it."""

    def __init__(self, services: Services, engine: EngineChoice, doing: BulkRun, part: Part, root: Path) -> None:
        self._services = services
        self._engine = engine
        self._doing = doing
        self._part = part
        self._root = root

    def go(self, file: Path, asked: tuple[Path, ...], limits: Limits, *, fresh: bool, as_text: bool) -> int:
        """Find what is to be found, with what the report in ``file`` has already; return the exit code."""
        new = ShardReport(self._part.shard, self._part.digest(self._root), __version__, self._part.whole, asked)
        begun = self._begun(new, file)
        self._report, self._file = new if fresh else begun, file
        write_shard(self._report, self._root, file)
        run = self._run(limits)
        if as_text:
            bulk_view.print_begin(self._doing.out, run)
            print_shard(self._doing.out, self._part)
        if any(unit.wish.rounds > 1 for unit in self._part.units):
            self._doing.say(_ONE_ROUND)
        cancelled = self._worked(run, as_text=as_text)
        self._keep(replace(self._report, ended=not cancelled, stopped=run.stopped))
        if as_text:
            print_shard_end(self._doing.out, run, self._part.shard, file)
        else:
            click.echo(shard_text(self._report, self._root))
        return interrupt.CANCELLED if cancelled else 0

    def _begun(self, new: ShardReport, file: Path) -> ShardReport:
        """Return the report with what was found before this shard was ended, where the file has that.

        Raises click.ClickException where it has what another shard found: that would be lost.
        """
        if not file.exists():
            return new
        try:
            _, old = read_shard(file)
        except NoShardReport:
            return new
        is_of_plan = (old.digest, old.greenline) == (new.digest, new.greenline)
        if is_of_plan and old.shard != new.shard:
            raise click.ClickException(f"{file} has what shard {old.shard} found. Name another file with --report.")
        if not is_of_plan:
            self._doing.say(f"{file} is of another plan, and is replaced.")
            return new
        kept = {path: one for path, one in old.found.items() if not one.stopped}
        return replace(new, found=kept, seconds=old.seconds)

    def _run(self, limits: Limits) -> RunPlan:
        """Return the run over what is left."""
        part, found = self._part, self._report.found
        done = [self._outcome(unit, found[unit.path]) for unit in part.units if unit.path in found]
        reached = {outcome.path: outcome.summary for outcome in done}
        left = tuple(unit for unit in part.units if unit.path not in found)
        plan = replace(part.plan, units=left, summaries={**part.whole.summaries, **reached})
        return RunPlan(plan, limits, test_file=part.test_files.get, done=done, before=part.whole.total)

    def _worked(self, run: RunPlan, *, as_text: bool) -> bool:
        """Go through the shard; return whether the person stopped it."""
        try:
            with BulkProgress(self._doing.live, len(run.plan.units)) as progress:
                watcher = bulk_view.Watching(self._doing.out if as_text else None, progress)

                async def work(unit: WorkUnit) -> UnitOutcome:
                    return await self._work(unit, progress.of(unit))

                interrupt.run(run.work(work, watcher))
        except KeyboardInterrupt:
            run.stopped = "cancelled"
            return True
        return False

    async def _work(self, unit: WorkUnit, progress: Progress) -> UnitOutcome:
        began = time.monotonic()
        found = await find_tests(self._services_for(unit).generate, unit, self._engine, progress)
        seconds = {**self._report.seconds, unit.path: time.monotonic() - began}
        if found.edit is not None or not found.stopped:
            self._keep(replace(self._report, found={**self._report.found, unit.path: found}, seconds=seconds))
        return self._outcome(unit, found, seconds[unit.path])

    def _services_for(self, unit: WorkUnit) -> Services:
        """Return services that see the unit's test file with what was found for it before: nothing is written."""
        file = self._part.test_files[unit]
        units = self._part.units
        earlier = [self._report.found.get(one.path) for one in units[: units.index(unit)]]
        texts = [one.edit.new_text for one in earlier if one and one.edit and one.edit.path == file]
        return self._services.over({file: texts[-1]}) if file and texts else self._services

    def _outcome(self, unit: WorkUnit, found: Found, seconds: float = 0.0) -> UnitOutcome:
        """Return what came of a unit, as it is expected to be when it is merged."""
        summary = coverage_with(unit.before, found)
        seconds = seconds or self._report.seconds.get(unit.path, 0.0)
        return outcome_of(unit, found.results, summary, seconds, stopped=found.stopped)

    def _keep(self, report: ShardReport) -> None:
        self._report = report
        write_shard(report, self._root, self._file)
