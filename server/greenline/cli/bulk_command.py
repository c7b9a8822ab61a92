"""``greenline generate`` for many files: plan, work, prove, report."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from greenline.adapters.git_commit import CommitProblem
from greenline.cli import interrupt
from greenline.cli.bulk_run import BulkRun, Ends
from greenline.cli.bulk_targets import asked_for, with_wishes
from greenline.cli.bulk_work import JournalOfRun
from greenline.cli.target_names import refuse_path_as_branch
from greenline.cli.wiring import services_for
from greenline.domain.bulk.outcome import total_of
from greenline.domain.code.model import Target
from greenline.ports.cluster import ClusterProblem
from greenline.ports.journal import JournalProblem
from greenline.services.plan_generation import Asked
from greenline.services.rank_gaps import HistoryProblem, NoSuchPackage
from greenline.services.run_plan import Limits, RunPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from greenline.bootstrap import Services
    from greenline.cli.bulk_options import Bulk
    from greenline.cli.bulk_run import Elsewhere
    from greenline.cli.bulk_shard import Part
    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import Plan, WorkUnit
    from greenline.domain.bulk.shards import Shard
    from greenline.domain.coverage.model import Summary
    from greenline.ports.journal import StoredRun
    from greenline.settings import Settings


_FROM_HERE = "models are asked from this machine only; see --executor."


def run_bulk(bulk: Bulk, settings: Settings, *, as_text: bool) -> int:
    """Do what is wanted of many files; return the exit code. Raises click.UsageError and click.ClickException."""
    face = _face(bulk, settings, as_text=as_text)
    with _in_words():
        if bulk.plan_only:
            return face.show_plan()
        return face.run() if bulk.shard is None else face.find(bulk.shard)


def planned_targets(
    bulk: Bulk, settings: Settings, may: Callable[[Sequence[Path]], bool], *, as_text: bool
) -> tuple[list[Target], int]:
    """Say what the plan is, and return its targets, for who does the work otherwise; and the exit code of that alone.

    ``may`` is told the files before anything runs; where it says no, there are no targets. Raises
    click.UsageError and click.ClickException.
    """
    face = _face(bulk, settings, as_text=as_text)
    with _in_words():
        return face.targets(may)


def _face(bulk: Bulk, settings: Settings, *, as_text: bool) -> _Face:
    refuse_path_as_branch("--changed", bulk.changed)
    return _Face(bulk, services_for(replace(settings, changed_since=bulk.changed)), settings, as_text=as_text)


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what went wrong as commands do."""
    try:
        yield
    except HistoryProblem as problem:
        raise click.UsageError(f"--changed: {problem}.") from problem
    except NoSuchPackage as problem:
        raise click.UsageError(f"--package: {problem}.") from problem
    except JournalProblem as problem:
        raise click.ClickException(str(problem)) from problem
    except ClusterProblem as problem:
        raise click.ClickException(str(problem)) from problem
    except CommitProblem as problem:
        raise click.UsageError(f"--commit: {problem}.") from problem


class _Face:
    """One run, and what a person sees of it."""

    def __init__(self, bulk: Bulk, services: Services, settings: Settings, *, as_text: bool) -> None:
        self._bulk = bulk
        self._services = services
        self._settings = settings
        self._as_text = as_text
        self._asked = self._asked_for()
        root = self._root_of(self._asked.paths[0])
        self._kept = JournalOfRun(services.journal, root, services.plan.words(self._asked, bulk.wanted), self._root_of)
        ends = Ends(bulk.report, bulk.no_final_run, bulk.commit, bulk.until, as_text)
        self._doing = BulkRun(services, self._kept, ends, settings.engine)

    def _root_of(self, path: Path) -> Path:
        return self._services.projects.project_of(path / "any.py" if path.is_dir() else path).root

    def _asked_for(self) -> Asked:
        """Return what the command line and the file of targets mean together. Raises click.UsageError."""
        file = self._bulk.targets_file
        if file is None:
            return asked_for(self._bulk.targets)
        asked = asked_for(self._bulk.targets) if self._bulk.targets else Asked(())
        roots = self._services.projects.project_of(file.absolute()).source_roots
        return with_wishes(asked, file, roots)

    def show_plan(self) -> int:
        """Show what would be done; return the exit code."""
        from greenline.cli.plan_view import plan_json, print_plan  # noqa: PLC0415 - loads with its use
        from greenline.cli.shard_view import print_shard, shard_plan_json  # noqa: PLC0415 - as above

        shard = self._bulk.shard
        no_begun = self._bulk.fresh or shard is not None
        stored = None if no_begun else self._kept.journal.find(self._kept.root, self._kept.words)
        plan = self._plan(self._begun(stored))
        part = self._part(plan, shard) if shard is not None else None
        if not self._as_text:
            click.echo(plan_json(plan) if part is None else shard_plan_json(part))
        elif part is None:
            print_plan(self._doing.out, plan)
        else:
            print_plan(self._doing.out, part.plan)
            print_shard(self._doing.out, part)
        return 1 if plan.problems else 0

    def targets(self, may: Callable[[Sequence[Path]], bool]) -> tuple[list[Target], int]:
        """Return what the plan is for, after saying it, and the exit code of that alone."""
        from greenline.cli.plan_view import print_plan_sum  # noqa: PLC0415 - loads with its use

        first = self._plan(())
        try:
            paths = [*(unit.path for unit in first.units), *first.to_measure]
            if paths and not may(paths):
                return [], 1
        except KeyboardInterrupt:
            self._doing.say("Cancelled. Nothing was written.")
            return [], interrupt.CANCELLED
        with self._doing.turns as turns:
            turns.take(self._asked.paths)
            plan, problem = self._measured_plan((), first)
        if plan is None:
            return [], interrupt.CANCELLED
        if problem:
            self._doing.say(problem)
        print_plan_sum(self._doing.out if self._as_text else self._doing.err, plan)
        return [target for unit in plan.units for target in self._targets(unit)], 1 if plan.problems else 0

    def _targets(self, unit: WorkUnit) -> list[Target]:
        """Return a file as one, which is read and measured once, where all of its functions with gaps are meant."""
        if not self._bulk.changed and unit.path not in self._asked.only:
            return [Target(unit.path)]
        return [Target(unit.path, qualname=one.qualname) for one in unit.functions]

    def find(self, shard: Shard) -> int:
        """Find what is to be found for a shard, and write its report alone; return the exit code."""
        from greenline.cli.bulk_shard import ShardRun  # noqa: PLC0415 - loads with its use

        bulk = self._bulk
        assert bulk.report is not None
        plan, problem = self._measured_plan(())
        if plan is None:
            return interrupt.CANCELLED
        if problem:
            self._doing.say(problem)
        shards = ShardRun(self._services, self._settings.engine, self._doing, self._part(plan, shard), self._kept.root)
        limits = Limits(bulk.jobs, bulk.seconds, bulk.dollars)
        return shards.go(bulk.report, self._asked.paths, limits, fresh=bulk.fresh, as_text=self._as_text)

    def _part(self, plan: Plan, shard: Shard) -> Part:
        from greenline.cli.bulk_shard import Part  # noqa: PLC0415 - loads with its use

        return Part.of(plan, shard, self._test_file)

    def run(self) -> int:
        """Do it; return the exit code."""
        kept, doing = self._kept, self._doing
        doing.look_ahead()
        self._look_for_cluster()
        with doing.turns as turns:
            turns.take(self._asked.paths)
            if self._bulk.fresh:
                kept.journal.forget(kept.root)
            run, problem = self._prepared()
            if run is None:
                return interrupt.CANCELLED
            if problem:
                doing.say(problem)
            return doing.go(run, self._asked.paths, elsewhere=self._elsewhere(run))

    def _look_for_cluster(self) -> None:
        """Raise ClusterProblem where a cluster is meant and is not there."""
        if self._bulk.executor != "local":
            if self._settings.engine == "model":
                raise click.UsageError(f"--engine model: {_FROM_HERE}")
            if any(wish.engine == "model" for wish in self._asked.wishes.values()):
                raise click.UsageError(f"`engine: model` in {self._bulk.targets_file}: {_FROM_HERE}")
            from greenline.cli.on_cluster import look_for  # noqa: PLC0415 - only where one is meant

            interrupt.run(look_for(self._bulk.scheduler))

    def _elsewhere(self, run: RunPlan) -> Elsewhere | None:
        """Return what generates, where that is not this process."""
        if self._bulk.executor == "local":
            return None
        from greenline.cli.on_cluster import OnCluster, Where  # noqa: PLC0415 - as above

        where = Where(self._bulk.scheduler, self._doing.say_meanwhile)
        return OnCluster(where, self._services, self._settings, run.plan.units, self._test_file)

    def _prepared(self) -> tuple[RunPlan | None, str]:
        """Return the run: a new one, or what is left of one that was ended midway; None where that was cancelled."""
        kept, bulk = self._kept, self._bulk
        stored = kept.journal.find(kept.root, kept.words)
        begun = self._begun(stored)
        plan, problem = self._measured_plan(begun)
        if plan is None:
            return None, ""
        self._doing.turns.take(unit.path for unit in plan.units)
        before = self._written_down(plan, stored)
        limits = Limits(bulk.jobs, bulk.seconds, bulk.dollars, bulk.until)
        return RunPlan(plan, limits, test_file=self._test_file, done=begun, before=before), problem

    def _measured_plan(self, begun: Sequence[UnitOutcome], first: Plan | None = None) -> tuple[Plan | None, str]:
        """Return the plan, after the tests ran where nothing is measured; and what is to be said of that run.

        ``first`` is what it was before that, where it is known already.
        """
        plan = first or self._plan(begun)
        if not plan.to_measure:
            return plan, ""
        measured = self._doing.measured(plan.to_measure)
        return (None, "") if measured is None else (self._plan(begun), measured)

    def _written_down(self, plan: Plan, stored: StoredRun | None) -> Summary:
        """Write down the plan; return what was covered at the run's first beginning."""
        kept, first = self._kept, {unit.path: unit for unit in stored.units} if stored else {}
        units = {**{unit.path: unit for unit in plan.units}, **first}
        if stored is None:
            kept.journal.begin(kept.root, kept.words, plan.units)
        else:
            kept.journal.goes_on(kept.root, kept.words, tuple(units.values()))
        then = {path: first[path].before for path in plan.summaries if path in first}
        return total_of({**plan.summaries, **then}.values())

    def _begun(self, stored: StoredRun | None) -> tuple[UnitOutcome, ...]:
        return self._services.plan.holding(self._asked, stored.outcomes) if stored else ()

    def _plan(self, begun: Sequence[UnitOutcome]) -> Plan:
        kept = self._kept
        tried = () if self._bulk.fresh else None
        return self._services.plan.plan(
            self._asked,
            self._bulk.wanted,
            lambda keys: tried if tried is not None else kept.journal.settled(kept.root, keys),
            begun,
        )

    def _test_file(self, unit: WorkUnit) -> Path | None:
        project = self._services.projects.project_of(unit.path)
        return self._services.layout.test_file_for(project, unit.path).path
