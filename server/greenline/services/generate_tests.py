"""Generate: from a target to one edit whose every test has passed, twice, in two processes, and gained something."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.coverage.gaps import find_gaps
from greenline.domain.generation.collected_names import as_collected
from greenline.domain.generation.in_style import in_style
from greenline.domain.generation.model import Coverage, TargetResult, TestEdit
from greenline.domain.generation.render import render_together
from greenline.domain.generation.shared_lines import with_fixtures
from greenline.ports.engine import Assignment
from greenline.ports.progress import Share
from greenline.ports.project import InterpreterProblem
from greenline.services.find_seeds import Seeds
from greenline.services.workbench import BadTarget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.code.model import Function, Target
    from greenline.domain.coverage.model import CoverageMap
    from greenline.domain.generation.model import Candidate, Proposal
    from greenline.ports.engine import Engine
    from greenline.ports.progress import Progress
    from greenline.services.test_trial import TestTrial, Tried
    from greenline.services.workbench import Bench, Workbench
    from greenline.settings import EngineChoice, Settings

AT_ONCE = 2
"""Functions explored side by side."""

_PREPARED, _PROPOSED = 0.15, 0.7
"""How much of generating is done by then."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One result per function of the target, and the one edit that writes all their tests (None: nothing to write)."""

    results: tuple[TargetResult, ...]
    edit: TestEdit | None
    text: str = ""
    """Of the target's file, as it was read: what lines in the results count in."""


class GenerateTests:
    """Proposes, tries and keeps; writes nothing."""

    def __init__(
        self, *, workbench: Workbench, trial: TestTrial, engines: Mapping[str, Engine], settings: Settings
    ) -> None:
        self._workbench = workbench
        self._trial = trial
        self._engines = engines
        self._settings = settings

    async def generate(self, target: Target, progress: Progress, *, engine: EngineChoice = "auto") -> Generation:
        """Never raises for the target's sake: what went wrong is in the results. Cancelling ends all children."""
        began = time.monotonic()
        chosen = self._engines.get("explore" if engine == "auto" else engine)
        if chosen is None:
            return _only(target, f"The {engine} engine is not available in this version; use explore.", began)
        try:
            progress.step("Reading the project")
            functions, bench = await self._workbench.prepare(target, Share(progress, 0.0, _PREPARED))
        except (BadTarget, InterpreterProblem) as problem:
            return _only(target, str(problem), began)
        return await self._generate(functions, bench, chosen, progress)

    async def _generate(
        self, functions: Sequence[Function], bench: Bench, engine: Engine, progress: Progress
    ) -> Generation:
        open_targets = [f for f in functions if bench.has_gaps(f)]
        asked = await self._propose(open_targets, bench, engine, Share(progress, _PREPARED, _PROPOSED))
        proposals = _told_together({function: proposal for function, (proposal, _) in asked.items()}, bench)
        if bench.interpreter.pytest_version is None:
            return Generation(tuple(_unconfirmed(bench, f, asked.get(f)) for f in functions), None, bench.text)
        began = time.monotonic()
        named = bench.project.python_functions
        found = with_fixtures([p.candidates for p in proposals.values()], bench.test_text, bench.lessons.fixtures)
        styled = [[self._in_style(each, bench) for each in mine] for mine in found]
        candidates = [(f, as_collected(mine, named)) for f, mine in zip(proposals, styled, strict=True)]
        tried = await self._trial.run(bench, candidates, Share(progress, _PROPOSED, 1.0))
        shared = (bench.seconds + time.monotonic() - began) / max(1, len(functions))
        results = []
        for function in functions:
            result = _nothing(bench, function)
            if function in asked:
                result = replace(_result(bench, function, proposals[function], tried), seconds=asked[function][1])
            results.append(replace(result, seconds=result.seconds + shared))
        return Generation(tuple(results), tried.edit, bench.text)

    async def _propose(
        self, functions: Sequence[Function], bench: Bench, engine: Engine, progress: Progress
    ) -> dict[Function, tuple[Proposal, float]]:
        """Ask the engine for each function, a few at once; what one finds does not depend on when another is done."""
        gate = asyncio.Semaphore(AT_ONCE)
        found: dict[Function, tuple[Proposal, float]] = {}

        async def ask(function: Function) -> None:
            async with gate:
                began = time.monotonic()
                share = Share(progress, len(found) / len(functions), (len(found) + 1) / len(functions))
                proposal = await engine.propose(self._assignment(function, bench), share)
                found[function] = proposal, time.monotonic() - began
                if len(functions) > 1:
                    progress.step(f"Explored {len(found)} of {len(functions)} functions", len(found) / len(functions))

        tasks = [asyncio.ensure_future(ask(function)) for function in functions]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return {f: found[f] for f in functions}

    def _in_style(self, candidate: Candidate, bench: Bench) -> Candidate:
        style, wanted = bench.lessons.style, self._settings.docstrings
        followed = candidate.summary if wanted == "follow" and style.docstrings else ""
        docstring = candidate.story if wanted == "given-when-then" else followed
        return in_style(candidate, style, bench.module_name, docstring)

    def _assignment(self, function: Function, bench: Bench) -> Assignment:
        seeds = bench.seeds.get(function.qualname, Seeds())
        return Assignment(
            project=bench.project,
            interpreter=bench.interpreter,
            path=bench.path,
            module_name=bench.module_name,
            text=bench.text,
            module=bench.module,
            function=function,
            before=bench.before,
            seconds=self._settings.explore_seconds,
            unsaved=bench.unsaved,
            examples=seeds.examples,
            hints=seeds.hints,
            lessons=bench.lessons,
        )


def _told_together(proposals: dict[Function, Proposal], bench: Bench) -> dict[Function, Proposal]:
    """Join what was found for private functions by calling public ones with the tests of those."""
    found = [(function, proposal.cases) for function, proposal in proposals.items() if proposal.cases]
    if len(found) < 2:  # noqa: PLR2004 - nothing to join
        return proposals
    together = render_together(found, bench.text, bench.before.statements.first_line)

    def joined(function: Function, proposal: Proposal) -> tuple[Candidate, ...]:
        if function not in together:
            return proposal.candidates
        return (*together[function], *(c for c in proposal.candidates if "property" in c.oracles))

    return {f: replace(p, candidates=joined(f, p)) for f, p in proposals.items()}


def _result(bench: Bench, function: Function, proposal: Proposal, tried: Tried) -> TargetResult:
    """Judge one function by what the trial kept of its candidates."""
    kept = tried.kept.get(function)
    common = _common(bench, function, proposal)
    helped = tried.helped.get(function.qualname)
    if helped and not (kept and kept.names) and bench.gains(function, tried.after):
        kept = helped
    elif not proposal.candidates:
        return replace(common, status="not_testable" if proposal.not_testable else "failed", reason=proposal.reason)
    if tried.problem:
        return replace(common, reason=tried.problem)
    if kept is None or not kept.names:
        reason = kept.reason if kept else "nothing of it could be kept"
        return replace(common, status="failed" if kept and kept.failed else "nothing_to_gain", reason=reason)
    gained = Coverage(bench.summary(function), bench.summary(function, tried.after))
    left = _left(bench, function, tried.after, proposal)
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


def _unconfirmed(bench: Bench, function: Function, asked: tuple[Proposal, float] | None) -> TargetResult:
    """Tell what was found where no test can run: there is no pytest."""
    if asked is None:
        return _nothing(bench, function)
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
        not_tested=_left(bench, function, bench.before, proposal),
        refused=proposal.refused,
    )


def _left(bench: Bench, function: Function, coverage: CoverageMap, proposal: Proposal) -> tuple[str, ...]:
    """Return what is left uncovered of a function, in words, and before it what was in the way."""
    gaps = find_gaps(coverage, bench.module, bench.text)
    left = tuple(gap.explanation for gap in gaps if gap.function == function.qualname)
    hindered = () if not proposal.hindered or proposal.hindered in proposal.refused else (proposal.hindered,)
    return (*hindered, *proposal.refused, *left) if left else ()


def _nothing(bench: Bench, function: Function) -> TargetResult:
    summary = bench.summary(function)
    reason = "the tests reach every line and branch of it already"
    if not summary.lines.total:
        reason = "it has no statement that could run"
    return TargetResult(
        bench.target_of(function), "nothing_to_gain", reason=reason, coverage=Coverage(summary, summary)
    )


def _only(target: Target, reason: str, began: float) -> Generation:
    return Generation((TargetResult(target, "failed", reason, seconds=time.monotonic() - began),), None)
