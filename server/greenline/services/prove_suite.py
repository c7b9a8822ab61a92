"""After new tests were written: whether the whole suite passes, also in another order, and which of them break it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.ports.project import InterpreterProblem
from greenline.ports.tests import Conditions, TestRun
from greenline.services.recorded_runs import Wanted, cut_short
from greenline.services.run_records import file_of
from greenline.services.spoiling_tests import spoilers
from greenline.services.trial_verdicts import in_one_line, name_of

if TYPE_CHECKING:
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, InterpreterFinder, Project
    from greenline.ports.tests import TestOutcome, TestReport, TestRunner
    from greenline.services.recorded_runs import RecordedRuns
    from greenline.settings import Settings

NewTest = tuple[Path, str]
"""The file, and the name in it: ``test_x``, or ``TestBox::test_x``."""
TakeOut = Callable[[Mapping[NewTest, str]], None]
ORDER = 20_261
"""Of the other order; which does not matter, but a failure is to be seen again."""
_ROUNDS = 4
"""Runs in one order, at most: what was taken out may have hidden something."""
_FAILED = {"failed", "error"}
_NOT_SHOWN = "Each run had new tests to take out, and no run has shown that all tests pass without them."


@dataclass(frozen=True, slots=True)
class Proof:
    """How the suite of one project fares with the new tests."""

    tests: int = 0
    """That ran, the new ones among them."""
    taken_out: Mapping[NewTest, str] = field(default_factory=dict)
    """New tests that failed or broke others, and why; they are gone from their files."""
    failing: tuple[str, ...] = ()
    """Node ids of other tests that fail, and not because of the new ones."""
    unsteady: tuple[str, ...] = ()
    """Node ids of other tests that fail in random order only, and not because of some of the new ones."""
    problem: str = ""
    """Why nobody knows whether all tests pass: they could not run, or not all of them did."""
    complaint: str = ""
    """What was wrong although every test ran: pytest, or a plugin, found fault with something, or did not end."""

    @property
    def is_green(self) -> bool:
        """The suite passed in both orders."""
        return not (self.failing or self.unsteady or self.problem or self.complaint)


class ProveSuite:
    """Runs the suite in its own order, recorded, then shuffled; has taken out what breaks it."""

    def __init__(
        self, *, interpreters: InterpreterFinder, runner: TestRunner, runs: RecordedRuns, settings: Settings
    ) -> None:
        self._interpreters = interpreters
        self._runner = runner
        self._runs = runs
        self._settings = settings

    async def prove(self, project: Project, new: Collection[NewTest], take_out: TakeOut, progress: Progress) -> Proof:
        """Run and judge. Raises nothing for the tests' sake; cancelling ends all children."""
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            return Proof(problem=str(problem))
        suite = _Suite(self._runner, self._settings, project, interpreter, progress)
        taken: dict[NewTest, str] = {}
        told = Proof()
        for shuffled in (False, True):
            suite.shuffled = shuffled
            for _ in range(_ROUNDS):
                report = await self._ran(suite, interpreter, progress)
                found, others = await suite.culprits(report, frozenset(new) - taken.keys(), told.failing)
                if not found:
                    told = _told(told, report, others, taken, shuffled=shuffled)
                    break
                take_out(found)
                taken |= found
            else:
                return replace(told, tests=len(report.outcomes), taken_out=dict(taken), problem=_NOT_SHOWN)
            if told.problem:
                return told
        return told

    async def _ran(self, suite: _Suite, interpreter: Interpreter, progress: Progress) -> TestReport:
        if suite.shuffled:
            progress.step("Running all tests in random order")
            return await suite.run()
        progress.step("Running all tests")
        return (await self._runs.run(suite.project, interpreter, Wanted(), progress)).report


def _told(
    before: Proof, report: TestReport, others: tuple[str, ...], taken: Mapping[NewTest, str], *, shuffled: bool
) -> Proof:
    problem = (report.problem or _not_all(report)) if cut_short(report) else ""
    complaint = report.complaint or ("" if problem or report.none_found else report.problem)
    return Proof(
        len(report.outcomes),
        dict(taken),
        before.failing if shuffled else others,
        others if shuffled else (),
        problem,
        before.complaint or complaint,
    )


def _not_all(report: TestReport) -> str:
    return "Not all tests ran" + (f": {report.not_run} did not." if report.not_run else ".")


class _Suite:
    """The runs of one project's suite that find out what breaks it."""

    def __init__(
        self, runner: TestRunner, settings: Settings, project: Project, interpreter: Interpreter, progress: Progress
    ) -> None:
        self._runner = runner
        self._settings = settings
        self.project = project
        self._interpreter = interpreter
        self._progress = progress
        self.shuffled = False

    async def run(self, skip: Collection[str] = ()) -> TestReport:
        """Run all tests but some, as the person would."""
        run = TestRun(
            self.project,
            self._interpreter,
            seconds=self._settings.suite_seconds,
            guarded=False,
            skip=frozenset(skip),
            conditions=Conditions(shuffle=ORDER if self.shuffled else None),
        )
        return await self._runner.run(run, self._progress)

    async def culprits(
        self, report: TestReport, new: Collection[NewTest], known: Collection[str]
    ) -> tuple[dict[NewTest, str], tuple[str, ...]]:
        """Return the new tests that break the suite, with the reasons; and the others that fail without them.

        ``known``: node ids of those of which that is known already.
        """
        root = self.project.root
        failed = [one for one in report.outcomes if one.outcome in _FAILED]
        mine = {test: _why(one) for one in failed for test in _tests_of(root, one, new)}
        mine = mine or await self._never_ending(report, new)
        others = [one for one in failed if not _tests_of(root, one, new) and one.node_id not in known]
        if mine or not others or not new:
            return mine, tuple(one.node_id for one in others)
        nodes = {one.node_id: _test(root, one.node_id) for one in report.outcomes if _test(root, one.node_id) in new}
        broken = {one.node_id for one in others}
        if not nodes or _broken(await self.run(nodes), broken):
            return {}, tuple(broken)
        return await self._spoilers(nodes, broken)

    async def _never_ending(self, report: TestReport, new: Collection[NewTest]) -> dict[NewTest, str]:
        """Return the new tests at which runs came to an end; where without them all others run, and not else."""
        left_out: dict[str, str] = {}
        while len(left_out) < _ROUNDS and report.unfinished and _test(self.project.root, report.unfinished) in new:
            left_out[report.unfinished] = report.problem
            report = await self.run(left_out)
        if cut_short(report):
            return {}
        return {_test(self.project.root, node): why for node, why in left_out.items()}

    async def _spoilers(
        self, nodes: Mapping[str, NewTest], broken: set[str]
    ) -> tuple[dict[NewTest, str], tuple[str, ...]]:
        """Find which of the new tests break others, by halves."""

        async def problem_of(some: Sequence[NewTest]) -> str:
            left_out = [node for node, test in nodes.items() if test not in some]
            fails = _broken(await self.run(left_out), broken)
            return f"{fails[0]} fails beside it, and passes without it" if fails else ""

        tests = list(dict.fromkeys(nodes.values()))
        first = f"{min(broken)} fails beside it, and passes without it"
        found = await spoilers([[test] for test in tests], first, problem_of)
        if not found and not self.shuffled:  # all of them: without any the suite passes
            found = dict.fromkeys(tests, first)
        return found, () if found else tuple(sorted(broken))


def _broken(report: TestReport, tests: Collection[str]) -> list[str]:
    return sorted(one.node_id for one in report.outcomes if one.outcome in _FAILED and one.node_id in tests)


def _tests_of(root: Path, outcome: TestOutcome, new: Collection[NewTest]) -> list[NewTest]:
    """Return the new test that an outcome is of; of a file that cannot be collected all new ones in it."""
    if "::" in outcome.node_id:
        test = _test(root, outcome.node_id)
        return [test] if test in new else []
    file = file_of(root, outcome.node_id)
    return [test for test in new if test[0] == file]


def _test(root: Path, node_id: str) -> NewTest:
    return file_of(root, node_id), name_of(node_id)


def _why(outcome: TestOutcome) -> str:
    return in_one_line(outcome.said or outcome.message)
