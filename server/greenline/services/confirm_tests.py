"""Confirm: run the test file as it now stands, as the person would, and say what it gained."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import summarize_tested
from greenline.domain.generation.accepted_tests import accepted_tests
from greenline.domain.generation.counted_tests import counted_tests
from greenline.domain.generation.model import Coverage, Strength
from greenline.ports.project import InterpreterProblem
from greenline.ports.tests import TestRun
from greenline.services.trial_verdicts import in_one_line, name_of
from greenline.services.workbench import BadTarget, functions_of, reached

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.code.model import Module
    from greenline.domain.coverage.model import CoverageMap, Summary
    from greenline.domain.generation.model import TargetResult, TestEdit
    from greenline.ports.documents import Documents
    from greenline.ports.generated_tests import GeneratedTests
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, Project, ProjectFinder
    from greenline.ports.tests import TestOutcome, TestReport, TestRunner
    from greenline.services.generate_tests import Generation
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.written_by_model import WrittenByModel
    from greenline.settings import Settings


_MOST_SHOWN = 3
"""Functions, as many as fit a message."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the written file fared. ``results`` carry the status and coverage after the run."""

    results: tuple[TargetResult, ...]
    passed: int
    """New tests that passed; each row of a table counts."""
    failures: tuple[TestOutcome, ...] = ()
    problem: str = ""
    message: str = ""
    """One sentence for the person: "2 tests (6 cases) passed in tests/test_mail.py (imports mail already);
    `parse_header` 40 % -> 100 % (6 lines, 4 branches)".

    Where it was measured, it goes on: "; they notice 7 of 8 small changes of the code".
    """

    @property
    def ok(self) -> bool:
        """Every new test passed in the file as written."""
        return not self.problem and not self.failures and self.passed > 0


class ConfirmTests:
    """Runs what was written and merges its coverage into the picture."""

    def __init__(
        self,
        *,
        projects: ProjectFinder,
        interpreters: InterpreterFinder,
        runner: TestRunner,
        show: ShowCoverage,
        documents: Documents,
        settings: Settings,
        generated: GeneratedTests | None = None,
        by_model: WrittenByModel | None = None,
    ) -> None:
        self._projects = projects
        self._interpreters = interpreters
        self._runner = runner
        self._show = show
        self._documents = documents
        self._settings = settings
        self._generated = generated
        self._by_model = by_model

    async def confirm(self, generation: Generation, progress: Progress) -> Confirmation:
        """Run the edit's resulting text with coverage. Raises nothing for the tests' sake."""
        edit = generation.edit
        if edit is None:
            return Confirmation(generation.results, 0, problem="There is nothing to confirm.")
        source = generation.results[0].target.path
        project = self._projects.project_of(source)
        if self._by_model is not None:  # whatever comes of them: they are in the file now
            self._by_model.take(accepted_tests(generation.results, edit, project.root), project.root)
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            return _failed(generation.results, str(problem), ())
        try:
            text = self._documents.read(source)
        except (OSError, UnicodeDecodeError) as error:
            return _failed(generation.results, f"{source.name} cannot be read any more: {error}", ())
        if text is None:
            return _failed(generation.results, f"{source.name} is gone.", ())
        unsaved = {p: t for p, t in self._documents.unsaved().items() if p.is_relative_to(project.root)}
        progress.step(f"Running {edit.path.name} as it now stands", 0.0)
        run = TestRun(
            project,
            interpreter,
            overlay={**unsaved, source: text, edit.path: edit.new_text},
            selection=(str(edit.path),),
            measure=(source,),
            contexts=True,
            seconds=self._settings.run_seconds,
            guarded=False,
        )
        report = await self._runner.run(run, progress)
        new = _new_tests(generation)
        if report.problem and new - _ran(report):
            # A test that was there before stops the file; what is to be confirmed are the new ones.
            alone = replace(run, selection=tuple(f"{edit.path}::{name}" for name in sorted(new)))
            report = await self._runner.run(alone, progress)
        return await self._judged(generation, edit, source, text, report)

    async def _judged(
        self, generation: Generation, edit: TestEdit, source: Path, text: str, report: TestReport
    ) -> Confirmation:
        new = _new_tests(generation)
        mine = [o for o in report.outcomes if name_of(o.node_id) in new]
        failures = tuple(o for o in mine if o.outcome != "passed")
        missing = sorted(new - _ran(report))
        if missing:
            problem = report.problem or f"{edit.path.name} ran without {', '.join(missing)}."
            return _failed(generation.results, problem, failures)
        if failures:
            return _failed(generation.results, "", failures)
        kept = replace(report, coverage={p: c for p, c in report.coverage.items() if p == source})
        project = self._projects.project_of(source)
        texts = {source: text, edit.path: edit.new_text}
        if report.replaced:  # saved anew meanwhile: what ran of it is not known
            texts = {path: text for path, text in texts.items() if path not in report.replaced}
        if texts:
            await asyncio.to_thread(self._show.keep, project, kept, texts)
        results = self._with_coverage(generation.results, source, text, report)
        if self._generated is not None:
            await asyncio.to_thread(self._generated.remember, accepted_tests(results, edit, project.root))
        return Confirmation(results, len(mine), message=_message(mine, results, _place(edit, project, results)))

    def _with_coverage(
        self, results: Sequence[TargetResult], source: Path, text: str, report: TestReport
    ) -> tuple[TargetResult, ...]:
        """Replace what the trial expected by what this run measured, for what the picture does not know better."""
        if source not in report.coverage:
            return tuple(results)
        module, _ = read_module(text)
        after = reached(self._show, source, text, report)
        ran = self._show.map_of(source, text, report.coverage[source])
        return tuple(_with_coverage(result, module, after, ran) for result in results)


def _new_tests(generation: Generation) -> set[str]:
    return {name for result in generation.results for name in result.tests if result.status == "confirmed"}


def _ran(report: TestReport) -> set[str]:
    return {name_of(outcome.node_id) for outcome in report.outcomes}


def _with_coverage(result: TargetResult, module: Module, after: CoverageMap, ran: CoverageMap) -> TargetResult:
    if result.status != "confirmed" or result.coverage is None:
        return result
    try:
        function = functions_of(result.target, module)[0]
    except BadTarget:  # renamed meanwhile
        return result
    expected, now = result.coverage.after, summarize_tested(after, function, module)
    if expected.lines.total == now.lines.total and _covered(now) > _covered(expected):
        # What only the picture adds may be of tests that are gone; the trial has looked into that.
        now = max(expected, summarize_tested(ran, function, module), key=_covered)
    return replace(result, coverage=Coverage(result.coverage.before, now))


def _covered(summary: Summary) -> tuple[int, int]:
    return summary.lines.covered, summary.branches.covered


def _failed(results: Sequence[TargetResult], problem: str, failures: tuple[TestOutcome, ...]) -> Confirmation:
    reason = problem or (f"{name_of(failures[0].node_id)} failed: {_essence(failures[0])}" if failures else "")
    changed = tuple(replace(r, status="failed", reason=reason) if r.status == "confirmed" else r for r in results)
    count = len(failures)
    message = problem or f"{count} new {'test' if count == 1 else 'tests'} failed in the file as written"
    return Confirmation(changed, 0, failures, problem, message)


def _essence(failure: TestOutcome) -> str:
    """Return one line of what a test failed with."""
    said = failure.said.strip()
    return said.splitlines()[0] if said else in_one_line(failure.message)


def _place(edit: TestEdit, project: Project, results: Sequence[TargetResult]) -> str:
    """Say which file the tests are in, and why that one where it is known."""
    root = project.root
    shown = edit.path.relative_to(root).as_posix() if edit.path.is_relative_to(root) else str(edit.path)
    why = next((result.placed for result in results if result.placed), "")
    return f"{shown} ({why})" if why else shown


def _message(mine: Sequence[TestOutcome], results: Sequence[TargetResult], place: str) -> str:
    gained = [r for r in results if r.status == "confirmed" and r.coverage is not None]
    count = len({name_of(outcome.node_id) for outcome in mine})
    tests = f"{counted_tests(count, len(mine))} passed in {place}"
    shown = [_gain(r) for r in gained[:_MOST_SHOWN]]
    more = [f"and {len(gained) - _MOST_SHOWN} more"] if len(gained) > _MOST_SHOWN else []
    return "; ".join([tests, *shown, *more, *_strength(count, gained)])


def _strength(tests: int, gained: Sequence[TargetResult]) -> list[str]:
    """Say what the new tests notice, where that was measured of all of them."""
    measured = [r.strength for r in gained if r.strength is not None]
    if not measured or len(measured) < len(gained):
        return []
    killed, mutants = sum(s.killed for s in measured), sum(s.mutants for s in measured)
    return [f"{'it notices' if tests == 1 else 'they notice'} {Strength(mutants, killed).words} of the code"]


def _gain(result: TargetResult) -> str:
    assert result.coverage is not None
    before, after = result.coverage.before, result.coverage.after
    lines = after.lines.covered - before.lines.covered
    branches = after.branches.covered - before.branches.covered
    parts = [_counted(lines, "line", "lines")] if lines else []
    parts += [_counted(branches, "branch", "branches")] if branches else []
    name = result.target.qualname or result.target.path.name
    return f"`{name}` {_percent(before)} -> {_percent(after)} ({', '.join(parts) or 'nothing new'})"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _percent(summary: Summary) -> str:
    return f"{summary.whole_percent} %"
