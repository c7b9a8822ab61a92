"""From tests that a model wrote to confirmed ones: looked at, repaired by rule, tried alone, then together."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.asking.as_candidate import NoCandidate, as_candidate
from greenline.domain.asking.model import FailedTest
from greenline.domain.asking.repair import Around, repaired
from greenline.domain.asking.rounds import kind_of
from greenline.domain.asking.screening import refused
from greenline.domain.generation.collected_names import as_collected
from greenline.domain.generation.kept_tests import named_tests
from greenline.services.single_trials import gaining

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from greenline.domain.asking.model import ProposedTest
    from greenline.domain.asking.rounds import Standing
    from greenline.domain.code.model import Function
    from greenline.domain.generation.model import Candidate
    from greenline.ports.progress import Progress
    from greenline.services.confirmed_so_far import ConfirmedSoFar
    from greenline.services.noticed_changes import NoticedChanges
    from greenline.services.single_trials import SingleTrials
    from greenline.services.test_trial import TestTrial, Tried
    from greenline.services.workbench import Bench

MOST_TESTS = 24
"""Of one answer; each runs several times."""
_NO_GAIN = "it passes, and reaches nothing that tests do not reach already"
_TOO_MANY = f"the answer had more than {MOST_TESTS} tests, and only the first ones are tried"


class TryAnswers:
    """Tries the tests of one answer; one that fails takes no other with it."""

    def __init__(self, trial: TestTrial, singles: SingleTrials, noticed: NoticedChanges) -> None:
        self._trial = trial
        self._singles = singles
        self._noticed = noticed

    async def tried(
        self,
        function: Function,
        tests: Sequence[ProposedTest],
        standing: Standing,
        so_far: ConfirmedSoFar,
        progress: Progress,
    ) -> tuple[FailedTest, ...]:
        """Add to ``so_far`` what holds and gains something; return all others, each with the reason."""
        ready, failed = await asyncio.to_thread(_all_made_ready, tests[:MOST_TESTS], so_far.bench, standing)
        failed += [FailedTest(test, _TOO_MANY, "no_gain") for test in tests[MOST_TESTS:]]
        if not ready:
            return tuple(failed)
        progress.step(f"Trying {'1 test' if len(ready) == 1 else f'{len(ready)} tests'} of the model, one by one")
        singles = await self._singles.run(_confined(so_far.bench), function, list(ready), progress)
        failed += [_failed(ready[one.candidate], one.message, one.absent) for one in singles if one.message]
        good = [one.candidate for one in gaining(so_far.bench, function, singles)]
        idle = [one.candidate for one in singles if not one.message and one.candidate not in good]
        failed += await self._together(function, {c: ready[c] for c in good}, so_far, progress)
        failed += await self._for_changes(function, {c: ready[c] for c in idle}, so_far, progress)
        return tuple(failed)

    async def _for_changes(
        self, function: Function, idle: dict[Candidate, ProposedTest], so_far: ConfirmedSoFar, progress: Progress
    ) -> list[FailedTest]:
        """Keep those that reach nothing new and notice small changes that no test noticed; return the others."""
        told: tuple[Candidate, ...] = ()
        if idle and so_far.unnoticed:
            bench = _confined(so_far.bench)
            told = await self._noticed.noticing(bench, function, list(idle), so_far.unnoticed, progress)
        noticing = {candidate: idle[replace(candidate, notices=())] for candidate in told}
        kept = list(noticing.values())
        without = [FailedTest(test, _NO_GAIN, "no_gain") for test in idle.values() if test not in kept]
        return without + await self._together(function, noticing, so_far, progress)

    async def _together(
        self, function: Function, ready: dict[Candidate, ProposedTest], so_far: ConfirmedSoFar, progress: Progress
    ) -> list[FailedTest]:
        """Try them in the file, several times; where that cannot be said of one of them, one after the other."""
        if not ready:
            return []
        tried = await self._trial.run(_confined(so_far.bench), [(function, list(ready))], progress)
        if tried.problem and len(ready) > 1:
            failed = []
            for candidate, test in ready.items():
                failed += await self._together(function, {candidate: test}, so_far, progress)
            return failed
        so_far.take(tried, function)
        return _left_out(function, ready, tried)


def _all_made_ready(
    tests: Sequence[ProposedTest], bench: Bench, standing: Standing
) -> tuple[dict[Candidate, ProposedTest], list[FailedTest]]:
    """Return what can be tried, and the others with the reason. Takes long: not for the loop."""
    ready: dict[Candidate, ProposedTest] = {}
    failed: list[FailedTest] = []
    names = set(named_tests(bench.test_text or ""))
    for test in tests:
        made = _made_ready(test, bench, standing, names)
        if isinstance(made, FailedTest):
            failed.append(made)
            continue
        candidate, mended = made
        names.add(candidate.name)
        ready[candidate] = mended
    return ready, failed


def _made_ready(
    proposed: ProposedTest, bench: Bench, standing: Standing, names: Collection[str]
) -> tuple[Candidate, ProposedTest] | FailedTest:
    """Return what can be tried, or why nothing can."""
    around = Around(
        module=bench.module_name,
        source=bench.text,
        test_text=bench.test_text or "",
        waiting=bench.lessons.style.waiting,
        fixtures=frozenset(bench.lessons.fixtures),
    )
    test = repaired(proposed, around).test
    objection = standing.objection(test)
    if objection is not None:
        return objection
    why = refused(test)
    if why:
        return FailedTest(test, why, "refused")
    try:
        candidate = as_candidate(test, names)
    except NoCandidate as problem:
        return FailedTest(test, str(problem), "wrong_test")
    (named,) = as_collected([candidate], bench.project.python_functions)
    return replace(named, oracles=("intended",), engine="model"), test


def _confined(bench: Bench) -> Bench:
    return replace(bench, confined=True)


def _left_out(function: Function, ready: dict[Candidate, ProposedTest], tried: Tried) -> list[FailedTest]:
    """Return those that the trial did not keep."""
    kept = tried.kept.get(function)
    held = {candidate for _, candidate in kept.tests} if kept and tried.edit else set()
    said = {failed.candidate: failed.message for failed in tried.failed}
    found = []
    for candidate, test in ready.items():
        if candidate in held:
            continue
        message = said.get(candidate, tried.problem)
        found.append(_failed(test, message) if message else FailedTest(test, _NO_GAIN, "no_gain"))
    return found


def _failed(test: ProposedTest, message: str, absent: tuple[str, ...] = ()) -> FailedTest:
    return FailedTest(test, message, kind_of(test, message, absent), absent)
