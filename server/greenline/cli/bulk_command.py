"""``greenline generate`` for many files: plan, work, prove, report."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from greenline.adapters.atomic_write import WriteProblem
from greenline.adapters.git_commit import CommitProblem, GitCommit
from greenline.adapters.replaced_file import SHARED, replace_file
from greenline.cli import bulk_view, interrupt
from greenline.cli.bulk_commit import commit_modules
from greenline.cli.bulk_progress import BulkProgress
from greenline.cli.bulk_proof import proofs
from greenline.cli.bulk_report import report_json
from greenline.cli.bulk_targets import asked_for, with_wishes
from greenline.cli.bulk_turns import BulkTurns
from greenline.cli.bulk_work import BulkWork, JournalOfRun
from greenline.cli.console import err, out
from greenline.cli.target_names import refuse_path_as_branch
from greenline.cli.wiring import services_for
from greenline.domain.bulk.outcome import joined, total_of
from greenline.ports.journal import JournalProblem
from greenline.services.plan_generation import Asked
from greenline.services.rank_gaps import HistoryProblem, NoSuchPackage
from greenline.services.run_plan import Limits, RunPlan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.bootstrap import Services
    from greenline.cli.bulk_options import Bulk
    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import Plan, WorkUnit
    from greenline.domain.coverage.model import Summary
    from greenline.ports.journal import StoredRun
    from greenline.settings import Settings

_NOT_COMMITTED = (
    "Not committed: nobody knows whether all tests pass. The same command tries that again, and commits then; "
    "with --no-final-run it commits without knowing."
)


def run_bulk(bulk: Bulk, settings: Settings, *, as_text: bool) -> int:
    """Do what is wanted of many files; return the exit code. Raises click.UsageError and click.ClickException."""
    refuse_path_as_branch("--changed", bulk.changed)
    services = services_for(replace(settings, changed_since=bulk.changed))
    face = _Face(bulk, services, settings, as_text=as_text)
    try:
        return face.show_plan() if bulk.plan_only else face.run()
    except HistoryProblem as problem:
        raise click.UsageError(f"--changed: {problem}.") from problem
    except NoSuchPackage as problem:
        raise click.UsageError(f"--package: {problem}.") from problem
    except JournalProblem as problem:
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
        self._out, self._err = out(), err()
        self._turns = BulkTurns(self._kept, lambda words: self._err.print(words, markup=False, soft_wrap=True))
        self._live = self._out if as_text and self._out.is_terminal else self._err

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

        stored = None if self._bulk.fresh else self._kept.journal.find(self._kept.root, self._kept.words)
        plan = self._plan(self._begun(stored))
        if self._as_text:
            print_plan(self._out, plan)
        else:
            click.echo(plan_json(plan))
        return 1 if plan.problems else 0

    def run(self) -> int:
        """Do it; return the exit code."""
        kept = self._kept
        if self._bulk.commit:
            GitCommit(kept.root)  # a problem is said before anything runs
        with self._turns as turns:
            turns.take(self._asked.paths)
            if self._bulk.fresh:
                kept.journal.forget(kept.root)
            return self._run()

    def _run(self) -> int:
        run, problem = self._prepared()
        if run is None:
            return interrupt.CANCELLED
        if problem:
            self._err.print(problem, markup=False, soft_wrap=True)
        if self._as_text:
            bulk_view.print_begin(self._out, run)
        cancelled = self._worked(run) or not (self._bulk.no_final_run or self._proved(run))
        code = self._told(run, cancelled=cancelled)
        if self._bulk.commit and any(proof.problem for proof in run.proofs.values()):
            self._err.print(_NOT_COMMITTED, markup=False, soft_wrap=True)
            return 1
        if self._bulk.commit and not cancelled:
            code = self._committed(run) or code
        if not run.left and not cancelled:
            self._kept.journal.ended(self._kept.root, self._kept.words)
        return code

    def _committed(self, run: RunPlan) -> int:
        """Commit what was written; return the exit code of that alone."""
        kept, code = self._kept, 0
        for words in commit_modules(GitCommit(kept.root), run.outcomes.values(), kept.states()):
            self._err.print(words, markup=False, soft_wrap=True)
            code = code if words.startswith("Committed") else 1
        return code

    def _prepared(self) -> tuple[RunPlan | None, str]:
        """Return the run: a new one, or what is left of one that was ended midway; None where that was cancelled."""
        kept, bulk = self._kept, self._bulk
        stored = kept.journal.find(kept.root, kept.words)
        begun = self._begun(stored)
        plan, problem = self._plan(begun), ""
        if plan.to_measure:
            measured = self._measured(plan.to_measure)
            if measured is None:
                return None, ""
            plan, problem = self._plan(begun), measured
        self._turns.take(unit.path for unit in plan.units)
        before = self._written_down(plan, stored)
        limits = Limits(bulk.jobs, bulk.seconds, bulk.dollars, bulk.until)
        return RunPlan(plan, limits, test_file=self._test_file, done=begun, before=before), problem

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

    def _measured(self, paths: tuple[Path, ...]) -> str | None:
        """Run the tests of the projects that nothing is known of; return what stood in the way, None for Ctrl-C."""
        suites = self._services.run_suite
        roots = {suites.root_of(path): path for path in paths}
        problems = []
        try:
            with BulkProgress(self._live, len(roots)) as progress:
                for root, path in roots.items():
                    ran = interrupt.run(suites.run(path, progress.alone(f"{root.name}: its tests, once")))
                    problems += [ran.problem] if ran.problem and not ran.none_found else []
        except (asyncio.CancelledError, KeyboardInterrupt):
            self._err.print("Cancelled. Nothing was written.")
            return None
        return "\n".join(problems)

    def _test_file(self, unit: WorkUnit) -> Path | None:
        project = self._services.projects.project_of(unit.path)
        return self._services.layout.test_file_for(project, unit.path).path

    def _worked(self, run: RunPlan) -> bool:
        """Go through the plan; return whether the person stopped it."""
        kept = self._kept

        def done(outcome: UnitOutcome) -> None:
            known = run.outcomes.get(outcome.path)
            kept.done(joined(known, outcome) if known else outcome)

        try:
            with BulkProgress(self._live, len(run.plan.units)) as progress:
                watcher = bulk_view.Watching(self._out if self._as_text else None, progress)
                work = BulkWork(self._services, self._settings.engine, kept, done, progress.of)
                interrupt.run(run.work(work, watcher))
        except (asyncio.CancelledError, KeyboardInterrupt):
            run.stopped = "cancelled"
            return True
        return False

    def _proved(self, run: RunPlan) -> bool:
        """Run the whole suite with what was written, and take out what breaks it; return False after Ctrl-C."""
        try:
            with BulkProgress(self._live, 1) as progress:
                run.proofs = interrupt.run(proofs(self._services, run, self._kept, progress.alone("all tests")))
        except (asyncio.CancelledError, KeyboardInterrupt):
            run.stopped = "cancelled while all tests ran: nobody knows whether they pass together"
            return False
        except WriteProblem as problem:
            raise click.ClickException(f"Tests that break the suite could not be taken out: {problem}.") from problem
        if not run.proofs:
            return True
        run.measured(self._services.ranking.rank(self._asked.paths).summaries)
        return True

    def _told(self, run: RunPlan, *, cancelled: bool) -> int:
        """Say what came of it, also in a file where that is wanted; return the exit code."""
        report = report_json(run, self._kept.root)
        if self._bulk.report is not None:
            try:
                replace_file(self._bulk.report, f"{report}\n", SHARED)
            except OSError as error:
                raise click.ClickException(f"{self._bulk.report} cannot be written: {error.strerror}.") from error
        if not self._as_text:
            click.echo(report)
        elif run.outcomes or run.plan.units:
            bulk_view.print_end(self._out, run)
        return interrupt.CANCELLED if cancelled else bulk_view.exit_code(run, self._bulk.until)
