"""What became of the functions of one generation, in results for a person."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.generation.model import Asked, Coverage, Proposal, TargetResult, TestEdit
from greenline.services.trial_verdicts import ADDS_NOTHING, why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.asking.known import Known
    from greenline.domain.code.model import Function, Target
    from greenline.domain.coverage.model import CoverageMap
    from greenline.domain.generation.model import SuspectedBug
    from greenline.services.test_trial import Tried
    from greenline.services.workbench import Bench


@dataclass(frozen=True, slots=True)
class Generation:
    """One result per function of the target, and the one edit that writes all their tests (None: nothing to write)."""

    results: tuple[TargetResult, ...]
    edit: TestEdit | None
    text: str = ""
    """Of the target's file, as it was read: what lines in the results count in."""
    known: Mapping[str, Known] = field(default_factory=dict)
    """By qualified name, what a model is told, where one was asked: for whoever asks on."""


@dataclass(frozen=True, slots=True)
class Groundwork:
    """What exploring came to: what an engine that comes after it builds on. Without a trial nothing was tried."""

    generation: Generation
    proposals: Mapping[Function, Proposal] = field(default_factory=dict)
    tried: Tried | None = None
    known: Mapping[Function, Known] = field(default_factory=dict)
    """What was known when a model was asked for the first time, where nothing is explored again."""


def judged(bench: Bench, function: Function, proposal: Proposal, tried: Tried) -> TargetResult:
    """Judge one function by what the trial kept of its candidates."""
    kept = tried.kept.get(function)
    common = _common(bench, function, proposal)
    helped = tried.helped.get(function.qualname)
    if helped and not (kept and kept.names) and bench.gains(function, tried.after):
        kept = helped
    elif not proposal.candidates and proposal.cases:
        return _told_with_others(common, function, tried)
    elif not proposal.candidates:
        return replace(common, status="not_testable" if proposal.not_testable else "failed", reason=proposal.reason)
    if tried.problem:
        return replace(common, reason=tried.problem)
    if kept is None or not kept.names:
        reason = kept.reason if kept else "nothing of it could be kept"
        return replace(common, status="failed" if kept and kept.failed else "nothing_to_gain", reason=reason)
    gained = Coverage(bench.summary(function), bench.summary(function, tried.after))
    left = left_of(bench, function, tried.after, proposal)
    return replace(
        common,
        status="confirmed",
        reason="",
        edit=tried.edit,
        placed=bench.placement.why,
        tests=kept.names,
        code=kept.code,
        coverage=gained,
        strength=proposal.strength if kept.whole else None,
        oracles=kept.oracles,
        not_tested=left,
    )


def _told_with_others(result: TargetResult, function: Function, tried: Tried) -> TargetResult:
    """Return the result of a function whose cases call others, and gained nothing among the tests of those."""
    if tried.problem:
        return replace(result, reason=tried.problem)
    said = next((one.message for one in tried.failed if function.qualname in one.candidate.found_for), None)
    if said is None or function.qualname in tried.helped:
        return replace(result, status="nothing_to_gain", reason=ADDS_NOTHING)
    return replace(result, reason=why(said))


def unconfirmed(bench: Bench, function: Function, asked: tuple[Proposal, float] | None) -> TargetResult:
    """Tell what was found where no test can run: there is no pytest."""
    if asked is None:
        return nothing_to_gain(bench, function)
    proposal, seconds = asked
    found = len(proposal.candidates)
    result = replace(_common(bench, function, proposal), seconds=seconds)
    if not found and proposal.not_testable:
        return replace(result, status="not_testable", reason=proposal.reason)
    if not found:
        return replace(result, reason=f"{bench.interpreter.without_pytest}\n{proposal.reason}")
    tests = "1 test was found" if found == 1 else f"{found} tests were found"
    return replace(
        result,
        reason=f"{bench.interpreter.without_pytest}\n{tests}, and cannot be confirmed without it.",
        code="\n\n".join(candidate.code for candidate in proposal.candidates),
    )


def _common(bench: Bench, function: Function, proposal: Proposal) -> TargetResult:
    """Return what is true of a function for which nothing was written."""
    summary = bench.summary(function)
    return TargetResult(
        bench.target_of(function),
        "failed",
        engine=proposal.engine,
        coverage=Coverage(summary, summary),
        observations=proposal.observations,
        suspected_bugs=proposal.suspected_bugs,
        not_tested=left_of(bench, function, bench.before, proposal),
        refused=proposal.refused,
    )


def left_of(bench: Bench, function: Function, coverage: CoverageMap, proposal: Proposal) -> tuple[str, ...]:
    """Return what is left uncovered of a function, in words, and before it what was in the way."""
    gaps = find_gaps(coverage, bench.module, bench.text)
    left = tuple(gap.explanation for gap in gaps if gap.function == function.qualname)
    hindered = () if not proposal.hindered or proposal.hindered in proposal.refused else (proposal.hindered,)
    return (*hindered, *proposal.refused, *left) if left else ()


def to_be_asked(bench: Bench, function: Function) -> TargetResult:
    """Return the result of a function for which a model is asked and nothing else is tried, before it is."""
    return _common(bench, function, Proposal("model"))


def nothing_to_gain(bench: Bench, function: Function) -> TargetResult:
    """Return the result of a function that no test is wanted for."""
    summary = bench.summary(function)
    reason = "the tests reach every line and branch of it already"
    if not summary.lines.total:
        reason = "it has no statement that could run"
    return TargetResult(
        bench.target_of(function), "nothing_to_gain", reason=reason, coverage=Coverage(summary, summary)
    )


def only(target: Target, reason: str, began: float) -> Generation:
    """Return a generation that came to nothing for one reason."""
    return Generation((TargetResult(target, "failed", reason, seconds=time.monotonic() - began),), None)


def joined_results(first: TargetResult, second: TargetResult) -> TargetResult:
    """Return two results of one function, one after the other, as one."""
    if not first.tests:
        kept = replace(second, suspected_bugs=_each_once((*first.suspected_bugs, *second.suspected_bugs)))
    else:
        models = dict.fromkeys(second.tests, "model") if second.engine == "model" else {}
        kept = replace(
            first,
            edit=second.edit or first.edit,
            tests=(*first.tests, *second.tests),
            code="\n\n".join(code for code in (first.code, second.code) if code),
            strength=None if second.tests else first.strength,
            oracles=tuple(dict.fromkeys((*first.oracles, *second.oracles))),
            suspected_bugs=_each_once((*first.suspected_bugs, *second.suspected_bugs)),
            not_tested=second.not_tested,
            engines={**first.engines, **({} if first.engine == "model" else models), **second.engines},
            model_notes=second.model_notes,
        )
    before = first.coverage or second.coverage
    after = second.coverage or first.coverage
    dollars = None if first.dollars is None or second.dollars is None else first.dollars + second.dollars
    return replace(
        kept,
        coverage=Coverage(before.before, after.after) if before and after else None,
        observations=first.observations + second.observations,
        seconds=first.seconds + second.seconds,
        tokens=first.tokens + second.tokens,
        dollars=dollars,
        asked=_joined(first.asked, second.asked),
    )


def _joined(first: Asked, second: Asked) -> Asked:
    """Join what was counted; the later one tells of all tests that were not kept before."""
    kept, not_kept = first.kept + second.kept, second.not_kept if second.requests else first.not_kept
    return Asked(first.requests + second.requests, kept + sum(not_kept.values()), kept, not_kept)


def _each_once(bugs: Sequence[SuspectedBug]) -> tuple[SuspectedBug, ...]:
    return tuple({(bug.call, bug.words): bug for bug in bugs}.values())
