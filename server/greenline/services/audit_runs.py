"""What runs of the tests show about them: again, and in other orders."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import Weakness
from greenline.ports.progress import Silent
from greenline.ports.tests import Conditions, TestRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.auditing.model import Kind
    from greenline.domain.failures import Failure, FailureKind
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, Project
    from greenline.ports.tests import TestReport, TestRunner

REVERSED = -1
"""The order that shows every pair of tests the other way round."""
_FAILED = frozenset({"failed", "error"})
_CAUSES: dict[FailureKind, str] = {
    "code": "The code may be wrong",
    "test": "The test may be wrong",
    "environment": "Something around it may be missing",
    "flaky": "Chance decides",
}
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests to look at, and how their first run ended."""

    project: Project
    interpreter: Interpreter
    selection: tuple[str, ...]
    report: TestReport
    places: Mapping[str, tuple[Path, int]]
    """Node id without the part in brackets -> file and line."""
    seconds: float
    """At most, for one run."""


class AuditRuns:
    """Runs tests as their authors do: in the project's own folder, and nothing is refused."""

    def __init__(self, runner: TestRunner) -> None:
        self._runner = runner

    async def again(self, suite: Suite, reruns: int, progress: Progress) -> list[TestReport]:
        """Run all so many times again."""
        reports = []
        for number in range(1, reruns + 1):
            progress.step(f"Running the tests again ({number} of {reruns})", number / (reruns + 1))
            reports.append(await self._run(suite))
        return reports

    def flaky(self, suite: Suite, again: Sequence[TestReport]) -> list[Weakness]:
        """Return the tests that ended otherwise when all ran again."""
        failed, reruns = _failed(suite.report), len(again)
        turned: Counter[str] = Counter()
        for report in again:
            ran = {o.node_id for o in report.outcomes}
            turned.update(test for test in failed ^ _failed(report) if test in ran)
        advice = "Look for what differs each time: random numbers, the clock, threads, files that stay."
        return [
            weakness("flaky", suite, test, _ended_otherwise(test in failed, count, reruns), advice)
            for test, count in turned.items()
        ]

    async def dependent(self, suite: Suite, doubtful: Collection[str], progress: Progress) -> list[Weakness]:
        """Return the tests that fail in another order, each time, or without the others, and pass as they stand."""
        passed = {o.node_id for o in suite.report.outcomes if o.outcome == "passed"} - set(doubtful)
        found: dict[str, str] = {}
        for order, words in ((REVERSED, "from the last to the first"), (1, "in random order")):
            progress.step(f"Running the tests {words}")
            suspects = (_failed(await self._run(suite, order)) & passed) - found.keys()
            if suspects:
                suspects &= _failed(await self._run(suite, order))
            for test in sorted(suspects):
                alone = await self._run(replace(suite, selection=(test,)))
                leaves = test not in _failed(alone)
                found[test] = (
                    f"It fails when the tests run {words}, and passes alone: another test leaves something behind."
                    if leaves
                    else f"It fails when the tests run {words}, and alone: it needs what another test leaves behind."
                )
        advice = "Set up in a fixture what it needs, and put back what tests change."
        return [weakness("order-dependent", suite, test, evidence, advice) for test, evidence in found.items()]

    async def _run(self, suite: Suite, order: int | None = None) -> TestReport:
        run = TestRun(
            suite.project,
            suite.interpreter,
            selection=suite.selection,
            seconds=suite.seconds,
            guarded=False,
            conditions=Conditions(shuffle=order),
        )
        return await self._runner.run(run, Silent())


def slow(suite: Suite, limit: float, again: Sequence[TestReport]) -> Iterator[Weakness]:
    """Yield the tests that took longer than ``limit`` seconds each time: once, the machine may have been busy.

    The first run is the slowest anyway, as coverage is measured.
    """
    took = _seconds(suite.report)
    for report in again:
        now = _seconds(report)
        took = {test: min(seconds, now.get(test, seconds)) for test, seconds in took.items()}
    usual = median(took.values()) if took else 0.0
    for test, seconds in took.items():
        if seconds > limit:
            evidence = f"It takes {seconds:.1f} s; half of the tests take {usual:.2g} s or less."
            advice = "Replace what it waits for, or mark it, so that it can be left out."
            yield weakness("slow", suite, test, evidence, advice)


def _seconds(report: TestReport) -> dict[str, float]:
    """Return what each test took; of one with parameters the slowest row."""
    took: dict[str, float] = {}
    for outcome in report.outcomes:
        test = outcome.node_id.partition("[")[0]
        took[test] = max(took.get(test, 0.0), outcome.seconds)
    return took


def failing(suite: Suite, failures: Sequence[Failure]) -> Iterator[Weakness]:
    """Yield the tests that failed, with why, as far as that can be told."""
    for failure in failures:
        said = " ".join(failure.message.split())
        said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."
        kind: Kind = "flaky" if failure.kind == "flaky" else "failing"
        evidence = f"{_CAUSES[failure.kind]}: {said}"
        found = weakness(kind, suite, failure.node_id, evidence, failure.next_step)
        yield replace(found, line=failure.test.line) if failure.test and failure.test.path == found.path else found


def weakness(kind: Kind, suite: Suite, test: str, evidence: str, advice: str) -> Weakness:
    """Return what was seen of a test, at its place; without one, at the first line of its file."""
    file = test.partition("::")[0]
    path, line = suite.places.get(test.partition("[")[0], (suite.project.root / file, 1))
    return Weakness(kind, test, path, line, evidence, advice)


def _ended_otherwise(failed: bool, count: int, reruns: int) -> str:
    times = "once" if count == 1 else f"{count} times"
    first, then = ("failed", "passed") if failed else ("passed", "failed")
    return (
        f"It {first}, and {then} {times} when the same tests ran again ({reruns} {'time' if reruns == 1 else 'times'})."
    )


def _failed(report: TestReport) -> set[str]:
    return {o.node_id for o in report.outcomes if o.outcome in _FAILED}
