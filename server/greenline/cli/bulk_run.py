"""From the plan to the report: work, prove, tell, commit. What many files have in common, whoever found the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import click

from greenline.adapters.atomic_write import WriteProblem
from greenline.adapters.git_commit import GitCommit
from greenline.cli import bulk_view, interrupt
from greenline.cli.bulk_commit import commit_modules
from greenline.cli.bulk_progress import BulkProgress
from greenline.cli.bulk_proof import proofs
from greenline.cli.bulk_report import report_json
from greenline.cli.bulk_turns import BulkTurns
from greenline.cli.bulk_work import BulkWork
from greenline.cli.console import err, is_watched, out
from greenline.cli.output_file import write_output
from greenline.domain.bulk.outcome import joined
from greenline.ports.cluster import ClusterProblem

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from pathlib import Path

    from greenline.bootstrap import Services
    from greenline.cli.bulk_work import Finds, JournalOfRun
    from greenline.domain.bulk.found import Found
    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.ports.progress import Progress
    from greenline.services.run_plan import RunPlan
    from greenline.settings import EngineChoice

_NOT_COMMITTED = (
    "Not committed: nobody knows whether all tests pass. The same command tries that again, and commits then; "
    "with --no-final-run it commits without knowing."
)
_MERGED = "Merged already: {}."
_MERGE_AGAIN = "Merging all shards again goes on."


@dataclass(frozen=True, slots=True)
class Ends:
    """What is wanted when the work is done."""

    report: Path | None = None
    no_final_run: bool = False
    commit: bool = False
    until: float | None = None
    """Percent without which the exit code is 1."""
    as_text: bool = True
    """For a person, on stdout; else the report stands there."""
    merges: bool = False
    """It is for what shards found: what was done stays known, so that merging once more adds what is new only."""


class Elsewhere(Protocol):
    """Other machines that generate."""

    async def begin(self, progress: Progress) -> None:
        """Reach them. Raises ClusterProblem."""

    async def __call__(self, unit: WorkUnit, progress: Progress, /) -> Found:
        """Return what was found for a unit. Raises ClusterProblem."""

    async def end(self) -> None:
        """Let go of them. Raises nothing."""


class BulkRun:
    """One run, and what a person sees of it."""

    def __init__(self, services: Services, kept: JournalOfRun, ends: Ends, engine: EngineChoice = "auto") -> None:
        self.out, self.err = out(), err()
        self.live = self.out if ends.as_text and is_watched(self.out) else self.err
        self.turns = BulkTurns(kept, self.say)
        self._services = services
        self._kept = kept
        self._ends = ends
        self._engine = engine
        self._is_lost = False
        """Other machines are gone: not all was done that was to be."""

    def look_ahead(self) -> None:
        """Say before anything runs what would be in the way at the end. Raises CommitProblem."""
        if self._ends.commit:
            GitCommit(self._kept.root)

    def say(self, words: str) -> None:
        """Say something that is no part of the report."""
        self.err.print(words, markup=False, soft_wrap=True)

    def measured(self, paths: Sequence[Path]) -> str | None:
        """Run the tests of the projects that nothing is known of; return what stood in the way, None for Ctrl-C."""
        suites = self._services.run_suite
        roots = {suites.root_of(path): path for path in paths}
        problems = []
        try:
            with BulkProgress(self.live, len(roots)) as progress:
                for root, path in roots.items():
                    ran = interrupt.run(suites.run(path, progress.alone(f"{root.name}: its tests, once")))
                    problems += [ran.problem] if ran.problem and not ran.none_found else []
        except KeyboardInterrupt:
            self.say("Cancelled. Nothing was written.")
            return None
        return "\n".join(problems)

    def say_meanwhile(self, words: str) -> None:
        """Say the same while files are in work: above their lines."""
        self.live.print(words, markup=False, soft_wrap=True)

    def go(
        self,
        run: RunPlan,
        asked: Sequence[Path],
        finds: Finds | None = None,
        lacking: str = "",
        elsewhere: Elsewhere | None = None,
    ) -> int:
        """Do it; return the exit code. ``asked`` is what the figures are of. Raises ClusterProblem.

        ``finds`` generates, instead of this process; ``lacking`` says why it does not for all of the plan. Or that is
        done ``elsewhere``.
        """
        if self._ends.as_text:
            bulk_view.print_begin(self.out, run, _MERGED if self._ends.merges else bulk_view.GOING_ON)
        cancelled = self._worked(run, elsewhere or finds, elsewhere)
        run.stopped = run.stopped or lacking
        cancelled = cancelled or not (self._ends.no_final_run or self._proved(run, asked))
        code = self._told(run, cancelled=cancelled)
        if self._ends.commit and any(proof.problem for proof in run.proofs.values()):
            self.say(_NOT_COMMITTED)
            return 1
        if self._ends.commit and not cancelled:
            code = self._committed(run) or code
        if not (run.left or cancelled or self._ends.merges):
            self._kept.journal.ended(self._kept.root, self._kept.words)
        return code

    def _worked(self, run: RunPlan, finds: Finds | None, elsewhere: Elsewhere | None) -> bool:
        """Go through the plan; return whether the person stopped it. Raises ClusterProblem where nothing was done."""
        kept = self._kept

        def done(outcome: UnitOutcome) -> None:
            known = run.outcomes.get(outcome.path)
            kept.done(joined(known, outcome) if known else outcome)

        try:
            with BulkProgress(self.live, len(run.plan.units)) as progress:
                watcher = bulk_view.Watching(self.out if self._ends.as_text else None, progress)
                work = BulkWork(self._services, self._engine, kept, done, progress.of, finds)
                interrupt.run(_while_there(elsewhere, progress, run.work(work, watcher)))
        except KeyboardInterrupt:
            run.stopped = "cancelled"
            return True
        except ClusterProblem as problem:
            if not run.outcomes:
                raise
            run.stopped, self._is_lost = str(problem), True
        return False

    def _proved(self, run: RunPlan, asked: Sequence[Path]) -> bool:
        """Run the whole suite with what was written, and take out what breaks it; return False after Ctrl-C."""
        try:
            with BulkProgress(self.live, 1) as progress:
                run.proofs = interrupt.run(proofs(self._services, run, self._kept, progress.alone("all tests")))
        except KeyboardInterrupt:
            run.stopped = "cancelled while all tests ran: nobody knows whether they pass together"
            return False
        except WriteProblem as problem:
            raise click.ClickException(f"Tests that break the suite could not be taken out: {problem}.") from problem
        if run.proofs:
            run.measured(self._services.ranking.rank(asked).summaries)
        return True

    def _told(self, run: RunPlan, *, cancelled: bool) -> int:
        """Say what came of it, also in a file where that is wanted; return the exit code."""
        report = report_json(run, self._kept.root)
        if self._ends.report is not None:
            write_output(report, self._ends.report)
        if not self._ends.as_text:
            click.echo(report)
        elif run.outcomes or run.plan.units or run.short:
            again = _MERGE_AGAIN if self._ends.merges else "The same command goes on."
            bulk_view.print_end(self.out, run, again=again)
        if cancelled:
            return interrupt.CANCELLED
        return 1 if self._is_lost else bulk_view.exit_code(run, self._ends.until)

    def _committed(self, run: RunPlan) -> int:
        """Commit what was written; return the exit code of that alone."""
        kept, code = self._kept, 0
        for words in commit_modules(GitCommit(kept.root), run.outcomes.values(), kept.states()):
            self.say(words)
            code = code if words.startswith("Committed") else 1
        return code


async def _while_there(elsewhere: Elsewhere | None, progress: BulkProgress, work: Coroutine[Any, Any, None]) -> None:
    """Do the work while the other machines are there. Raises ClusterProblem where they are not."""
    if elsewhere is None:
        await work
        return
    try:
        with progress.meanwhile("the cluster") as line:
            await elsewhere.begin(line)
        await work
    finally:
        work.close()
        await elsewhere.end()
