"""The gates of promise one: every candidate passes twice, in two processes, in the file as it would be written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.merge_maps import merge_maps
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.indentation import outdented
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.known_assertions import assertions_of, says_nothing_new
from greenline.domain.generation.longer_run import in_depth
from greenline.domain.generation.model import TestEdit
from greenline.ports.tests import Conditions, TestReport, TestRun
from greenline.services import importable
from greenline.services.merge_in_layout import MergeInLayout
from greenline.services.spoiling_tests import spoilers
from greenline.services.trial_verdicts import ADDS_NOTHING, failed_tests, harmed, in_one_line, name_of, spoiled, why

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.coverage.model import CoverageMap
    from greenline.domain.generation.merge import Merged
    from greenline.domain.generation.model import Candidate, Oracle
    from greenline.ports.formatter import Formatter
    from greenline.ports.progress import Progress
    from greenline.ports.tests import TestRunner
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.workbench import Bench
    from greenline.settings import Settings

SEEDS = (0, 4242)
"""Hash seeds of the runs: what depends on the order of a set shows."""
_OTHER = Conditions(timezone="GLT-13:45", locale="C.UTF-8", days_later=403.2, elsewhere=True, shuffle=SEEDS[1])
ROUNDS = 6
TRIAL_SECONDS = 30.0
"""For a run of new tests, plus one for each: what was explored took less, so what takes longer hangs."""
PROPERTY_SECONDS = 40.0
"""More for tests by Hypothesis: it tries hundreds of examples, and first learns all of Unicode."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of one function's candidates; ``reason`` says why nothing is."""

    names: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""
    failed: bool = False
    oracles: tuple[Oracle, ...] = ()
    whole: bool = True
    """Nothing that was proposed was left out."""
    tests: tuple[tuple[str, Candidate], ...] = ()
    """The names with the candidates that they were."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A candidate that did not pass each time, and what it said."""

    function: Function
    candidate: Candidate
    message: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How the trial ended. ``after`` is the coverage with the kept tests."""

    after: CoverageMap
    edit: TestEdit | None = None
    kept: Mapping[Function, Kept] = field(default_factory=dict)
    helped: Mapping[str, Kept] = field(default_factory=dict)
    """By qualified name, for private functions: the kept tests of others that are there for it."""
    problem: str = ""
    idle: tuple[Function, ...] = ()
    """Functions whose tests add nothing: they are taken out, and the rest is run again."""
    failed: tuple[Failed, ...] = ()
    """Candidates that were dropped because they failed, in the order in which they did."""
    report: TestReport = field(default_factory=TestReport)
    """Of the last run of the file as it would be written, its old tests included; of a trial that kept something."""


class TestTrial:
    """Runs candidates where nothing of the person's can be harmed, and keeps those that hold."""

    __test__ = False

    def __init__(
        self, runner: TestRunner, show: ShowCoverage, settings: Settings, formatter: Formatter | None = None
    ) -> None:
        self._runner = runner
        self._formatter = formatter
        self._show = show
        self._settings = settings

    async def run(
        self, bench: Bench, proposed: Sequence[tuple[Function, Sequence[Candidate]]], progress: Progress
    ) -> Tried:
        """Try all candidates together, drop those that fail, and try again what is left."""
        known = assertions_of(bench.test_text or "")
        new = {f: [c for c in found if not says_nothing_new(c.code, known)] for f, found in proposed if found}
        candidates = {function: found for function, found in new.items() if found}
        failures: list[Failed] = []
        idle = {f: Kept(reason="what exploring found is asserted already") for f, found in new.items() if not found}
        merging = MergeInLayout(self._formatter, bench, progress)
        for _ in range(ROUNDS):
            if not any(candidates.values()):
                break
            merged = await merging.merge(candidates)
            reports = await self._run_twice(bench, merged, progress) if merged.names else [TestReport()]
            problem = f"{bench.placement.path.name}: {merged.problem}" if merged.problem else ""
            problem = problem or importable.of_the_files(bench.project, reports)
            if problem:  # no test of ours is to blame, and none would do better
                return Tried(bench.before, problem=problem, failed=tuple(failures))
            problem = _problem(bench, merged, reports)
            harmful = await self._harmful(merging, candidates, merged, reports, progress)
            if harmful:
                failures += [Failed(function, candidate, harm) for (function, candidate), harm in harmful.items()]
                candidates = {f: [c for c in found if (f, c) not in harmful] for f, found in candidates.items()}
                continue
            failed = failed_tests(merged.names, reports)
            if not failed:
                problem = problem or await self._harm(bench, merged, reports[0], progress)
            if problem and not failed:
                return Tried(bench.before, problem=problem, failed=tuple(failures))
            failed = failed or await self._failed_in_other_order(bench, merged, progress)
            failed = failed or await self._failed_in_longer_run(bench, merged, progress)
            if failed:
                failures += _drop(candidates, merged, failed)
                continue
            tried = self._kept(bench, candidates, merged, reports, failures)
            if not tried.idle:
                cut = (f for f, found in proposed if len(new.get(f, found)) < len(found))
                parts = {*(failure.function for failure in failures), *cut}
                return _marked(replace(tried, kept={**idle, **tried.kept}), parts)
            idle |= {f: tried.kept[f] for f in tried.idle}
            candidates = {f: found for f, found in candidates.items() if f not in tried.idle}
        said = _said(failures)
        kept = {f: Kept(reason=why(said.get(f, "")), failed=True) for f, found in proposed if found}
        return Tried(bench.before, kept=kept | idle, failed=tuple(failures))

    async def _run_twice(self, bench: Bench, merged: Merged, progress: Progress) -> list[TestReport]:
        count = len(merged.names)
        progress.step(f"Running {count} new {'test' if count == 1 else 'tests'}, twice", 0.0)
        path = bench.placement.path
        alone = tuple(f"{path}::{name}" for name in merged.names)
        # With the tests that are there, as the file will be; and without them, so that none leans on another. A file
        # that cannot run to its end without us cannot do so with us either.
        together = alone if bench.existing.problem else (str(path),)
        other = replace(_OTHER, package=bench.module_name.partition(".")[0])
        runs = [
            self._run_of(bench, merged, selection=together),
            self._run_of(bench, merged, selection=alone, hash_seed=SEEDS[1], conditions=other),
        ]
        tasks = [asyncio.ensure_future(self._runner.run(run, progress)) for run in runs]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _run_of(self, bench: Bench, merged: Merged, **more: Any) -> TestRun:
        return TestRun(
            bench.project,
            bench.interpreter,
            overlay={**bench.unsaved, bench.placement.path: merged.new_text},
            measure=(bench.path,),
            seconds=min(self._settings.run_seconds, self._seconds(bench, merged)),
            confined=bench.confined,
            **more,
        )

    def _seconds(self, bench: Bench, merged: Merged) -> float:
        properties = PROPERTY_SECONDS if in_depth(merged.new_text, merged.names) else 0.0
        return TRIAL_SECONDS + properties + len(merged.names) + 3 * bench.existing.seconds

    async def _failed_in_other_order(self, bench: Bench, merged: Merged, progress: Progress) -> dict[str, str]:
        """Run the file with its old tests once more, shuffled; what fails only there leans on what ran before it."""
        if not merged.names or not bench.existing.outcomes or bench.existing.problem:
            return {}
        shuffled = Conditions(shuffle=SEEDS[1])
        run = self._run_of(bench, merged, selection=(str(bench.placement.path),), conditions=shuffled)
        report = await self._runner.run(run, progress)
        if spoiled(bench.existing, merged.names, [report]):  # an old test that stops the run is none of ours
            return {}
        said = failed_tests(merged.names, [report])
        return {
            name: f"{in_one_line(m)} (after other tests of {bench.placement.path.name})" for name, m in said.items()
        }

    async def _failed_in_longer_run(self, bench: Bench, merged: Merged, progress: Progress) -> dict[str, str]:
        """Let Hypothesis try five times as much, from another seed: what it finds only there would fail some day."""
        longer = in_depth(merged.new_text, merged.names)
        if longer is None:
            return {}
        progress.step("Trying properties on more examples", 0.0)
        alone = tuple(f"{bench.placement.path}::{name}" for name in merged.names)
        run = self._run_of(bench, replace(merged, new_text=longer), selection=alone)
        report = await self._runner.run(run, progress)
        failed = failed_tests(merged.names, [report])
        return {name: f"{in_one_line(message)} (on more examples)" for name, message in failed.items()}

    async def _harm(self, bench: Bench, merged: Merged, together: TestReport, progress: Progress) -> str:
        """Say which test that was there passes no longer beside the new ones; empty for none.

        One that passes when the same is run again is flaky, and no fault of theirs.
        """
        fails = harmed(bench.existing, together)
        if fails:
            again = await self._runner.run(
                self._run_of(bench, merged, selection=(str(bench.placement.path),)), progress
            )
            fails = tuple(node for node in fails if node in harmed(bench.existing, again))
        if fails and bench.confined:
            alone = await self._without(bench, progress)
            fails = tuple(node for node in fails if node in harmed(alone, again))
        if not fails:
            return ""
        return f"beside the new tests, {name_of(fails[0])} fails, which passed without them; nothing was written"

    async def _without(self, bench: Bench, progress: Progress) -> TestReport:
        """Run the old tests alone, as confined as beside the new ones: what fails then is not harmed by those."""
        path = bench.placement.path
        run = TestRun(
            bench.project,
            bench.interpreter,
            overlay={**bench.unsaved, path: bench.test_text or ""},
            selection=(str(path),),
            seconds=min(self._settings.run_seconds, TRIAL_SECONDS + 3 * bench.existing.seconds),
            confined=True,
        )
        return await self._runner.run(run, progress)

    async def _harmful(
        self,
        merging: MergeInLayout,
        candidates: Mapping[Function, Sequence[Candidate]],
        merged: Merged,
        reports: Sequence[TestReport],
        progress: Progress,
    ) -> dict[tuple[Function, Candidate], str]:
        """Return the tests that spoil the run for the others, with what they do; empty when none or all do."""
        bench = merging.bench
        groups = [[(f, c) for c in found] for f, found in candidates.items() if found]
        problem = spoiled(bench.existing, merged.names, reports)
        if not problem or sum(map(len, groups)) < 2:  # noqa: PLR2004 - for nobody else
            return {}

        async def problem_of(some: Sequence[tuple[Function, Candidate]]) -> str:
            part: dict[Function, list[Candidate]] = {}
            for function, candidate in some:
                part.setdefault(function, []).append(candidate)
            tried = await merging.merge(part)
            again = await self._run_twice(bench, tried, progress) if tried.names else []
            return spoiled(bench.existing, tried.names, again)

        return await spoilers(groups, problem, problem_of)

    def _kept(
        self,
        bench: Bench,
        candidates: Mapping[Function, Sequence[Candidate]],
        merged: Merged,
        reports: Sequence[TestReport],
        failures: Sequence[Failed],
    ) -> Tried:
        # Of the run without the old tests: one of those that takes another way each time is no gain of ours.
        ran = reports[-1].coverage.get(bench.path, Executed(arcs=frozenset()))
        after = merge_maps(bench.before, self._show.map_of(bench.path, bench.text, ran))
        placed = iter(merged.placed)
        kept = {f: Kept(reason=why(message), failed=True) for f, message in _said(failures).items()}
        idle = [f for f, found in candidates.items() if found and not _help(bench, f, found, after)]
        helpers: dict[str, dict[str, Candidate]] = {}
        for function, found in candidates.items():
            here = [(name, candidate) for candidate in found if (name := next(placed))]
            names = tuple(name for name, _ in here)
            for name, candidate in here:
                for helped in candidate.found_for:
                    helpers.setdefault(helped, {})[name] = candidate
            if names and function not in idle:
                kept[function] = _as_kept(dict(here), merged)
            else:
                kept.setdefault(function, Kept(reason=ADDS_NOTHING))
        if idle:
            return Tried(bench.before, kept=kept, idle=tuple(idle))
        if not any(k.names for k in kept.values()):
            return Tried(bench.before, kept=kept, failed=tuple(failures))
        edit = TestEdit(
            bench.placement.path, bench.test_text is None, bench.test_text or "", merged.new_text, merged.insertions
        )
        others = {helped: _as_kept(tests, merged) for helped, tests in helpers.items()}
        return Tried(after, edit, kept, others, failed=tuple(failures), report=reports[0])


def _problem(bench: Bench, merged: Merged, reports: Sequence[TestReport]) -> str:
    problems = [spoiled(bench.existing, merged.names, reports), *(report.problem for report in reports)]
    return next(filter(None, problems), "")


def _help(bench: Bench, function: Function, found: Sequence[Candidate], after: CoverageMap) -> bool:
    """Tell whether the tests add something, to what they call or to what they are there for."""
    others = [bench.module.function(name) for name in dict.fromkeys(n for c in found for n in c.found_for)]
    return any(c.notices for c in found) or any(bench.gains(each, after) for each in (function, *others) if each)


def _marked(tried: Tried, parts: Collection[Function]) -> Tried:
    """Mark what is only a part of what was proposed: nobody knows what the part is worth."""
    kept = {f: replace(k, whole=f not in parts) for f, k in tried.kept.items()}
    helped = {name: replace(k, whole=not parts) for name, k in tried.helped.items()}
    return replace(tried, kept=kept, helped=helped)


def _as_kept(tests: Mapping[str, Candidate], merged: Merged) -> Kept:
    names = tuple(tests)
    oracles = dict.fromkeys(oracle for candidate in tests.values() for oracle in candidate.oracles)
    return Kept(names, _code_of(merged.new_text, names), oracles=tuple(oracles), tests=tuple(tests.items()))


def _said(failures: Iterable[Failed]) -> dict[Function, str]:
    """Return what the first failure of each function said."""
    said: dict[Function, str] = {}
    for failure in failures:
        said.setdefault(failure.function, failure.message)
    return said


def _drop(candidates: dict[Function, list[Candidate]], merged: Merged, failed: Mapping[str, str]) -> list[Failed]:
    """Take out the candidates that failed, and return them."""
    placed = iter(merged.placed)
    dropped: list[Failed] = []
    for function, found in candidates.items():
        named = [(candidate, next(placed)) for candidate in found]
        dropped += [Failed(function, candidate, failed[name]) for candidate, name in named if name and name in failed]
        candidates[function] = [candidate for candidate, name in named if name and name not in failed]
    return dropped


def _code_of(merged_text: str, names: Sequence[str]) -> str:
    """Return the source of these tests as they stand in the merged file, methods without their class."""
    lines = split_lines(merged_text.removeprefix("\ufeff"))
    found = []
    for name, node in named_tests(merged_text).items():
        if name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found.append(outdented("\n".join(lines[first - 1 : node.end_lineno])))
    return "\n\n\n".join(found) + "\n"
