"""Generate: from a target to one edit whose every test has passed, twice, in two processes, and gained something."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from greenline.domain.generation.collected_names import as_collected
from greenline.domain.generation.in_style import in_style
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.render import render_together
from greenline.domain.generation.shared_lines import with_fixtures
from greenline.ports.progress import Share
from greenline.ports.project import InterpreterProblem
from greenline.services.assignments import assignment_of
from greenline.services.target_results import (
    Generation,
    Groundwork,
    judged,
    nothing_to_gain,
    only,
    to_be_asked,
    unconfirmed,
)
from greenline.services.workbench import BadTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from greenline.domain.asking.known import Known
    from greenline.domain.code.model import Function, Target
    from greenline.domain.generation.model import Candidate, Proposal
    from greenline.ports.engine import Engine
    from greenline.ports.progress import Progress
    from greenline.services.fill_gaps import FillGaps
    from greenline.services.test_trial import TestTrial
    from greenline.services.workbench import Bench, Workbench
    from greenline.settings import EngineChoice, Settings

__all__ = ["AT_ONCE", "GenerateTests", "Generation"]

AT_ONCE = 2
"""Functions explored side by side."""

_PREPARED, _PROPOSED = 0.15, 0.7
"""How much of generating is done by then."""
_EXPLORED = 0.5
"""... where a model is asked after it."""
_NO_MODEL = (
    "The model engine is not available: no model is switched on. Set model.enabled (or say --engine model), and agree "
    "to what is sent (`greenline model allow`); or use explore."
)


class GenerateTests:
    """Proposes, tries and keeps; writes nothing."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        trial: TestTrial,
        engines: Mapping[str, Engine],
        settings: Settings,
        model: FillGaps | None = None,
    ) -> None:
        """``model`` is asked for what the engine leaves, where one is switched on."""
        self._workbench = workbench
        self._trial = trial
        self._engines = engines
        self._settings = settings
        self._model = model

    async def generate(
        self,
        target: Target,
        progress: Progress,
        *,
        engine: EngineChoice = "auto",
        only_for: Collection[str] | None = None,
    ) -> Generation:
        """Never raises for the target's sake: what went wrong is in the results. Cancelling ends all children.

        ``only_for``: qualified names of some functions of a file, where not all of them are meant.

        ``auto`` explores, and asks a model for what is left where one is switched on. Raises Stopped when it is
        cancelled while a model is asked: with what was confirmed before.
        """
        began = time.monotonic()
        if engine == "model" and self._model is None:
            return only(target, _NO_MODEL, began)
        try:
            functions, bench = await self._prepared(target, only_for, progress)
        except (BadTarget, InterpreterProblem) as problem:
            return only(target, str(problem), began)
        if engine == "model":
            reason = await self._in_the_way(bench)
            return only(target, reason, began) if reason else await self._by_model(functions, bench, progress)
        if engine == "explore" or self._model is None:
            return (await self._explored(functions, bench, progress)).generation
        explored = await self._explored(functions, bench, Share(progress, 0.0, _EXPLORED))
        return await self._model.fill(bench, functions, explored, Share(progress, _EXPLORED, 1.0))

    async def ask_on(
        self,
        target: Target,
        names: Collection[str],
        known: Callable[[str], Mapping[str, Known]],
        progress: Progress,
    ) -> Generation:
        """Go on asking a model for some functions of a file, by their qualified names; nothing is explored again.

        ``known`` is given the file's text as it is now, and returns by name what is known of it since it was explored.
        """
        assert self._model is not None
        began = time.monotonic()
        try:
            functions, bench = await self._prepared(target, names, progress)
        except (BadTarget, InterpreterProblem) as problem:
            return only(target, str(problem), began)
        there = known(bench.text)
        found = {function: there[function.qualname] for function in functions if function.qualname in there}
        reason = await self._in_the_way(bench)
        return only(target, reason, began) if reason else await self._by_model(functions, bench, progress, found)

    async def _prepared(
        self, target: Target, only_for: Collection[str] | None, progress: Progress
    ) -> tuple[Sequence[Function], Bench]:
        """Return the functions that are meant, and all that lies ready. Raises BadTarget and InterpreterProblem."""
        progress.step("Reading the project")
        functions, bench = await self._workbench.prepare(target, Share(progress, 0.0, _PREPARED))
        return [each for each in functions if only_for is None or each.qualname in only_for], bench

    async def _in_the_way(self, bench: Bench) -> str:
        """Return why no model can be asked here; empty where one can."""
        assert self._model is not None
        if bench.interpreter.pytest_version is None:
            return bench.interpreter.without_pytest
        return await asyncio.to_thread(self._model.refusal, bench.project)

    async def _by_model(
        self,
        functions: Sequence[Function],
        bench: Bench,
        progress: Progress,
        known: Mapping[Function, Known] = MappingProxyType({}),
    ) -> Generation:
        assert self._model is not None
        results = [to_be_asked(bench, f) if bench.has_gaps(f) else nothing_to_gain(bench, f) for f in functions]
        unexplored = Groundwork(Generation(tuple(results), None, bench.text), known=known)
        return await self._model.fill(bench, functions, unexplored, Share(progress, _PREPARED, 1.0))

    async def _explored(self, functions: Sequence[Function], bench: Bench, progress: Progress) -> Groundwork:
        open_targets = [f for f in functions if bench.has_gaps(f)]
        engine = self._engines["explore"]
        asked = await self._propose(open_targets, bench, engine, Share(progress, _PREPARED, _PROPOSED))
        proposals = _told_together({function: proposal for function, (proposal, _) in asked.items()}, bench)
        if bench.interpreter.pytest_version is None:
            results = [unconfirmed(bench, f, asked.get(f)) for f in functions]
            return Groundwork(Generation(tuple(results), None, bench.text), proposals)
        began = time.monotonic()
        named = bench.project.python_functions
        found = with_fixtures([p.candidates for p in proposals.values()], bench.test_text, bench.lessons.fixtures)
        reach = Reach.together(proposal.reach for proposal in proposals.values())
        styled = [[self._in_style(each, bench, reach) for each in mine] for mine in found]
        candidates = [(f, as_collected(mine, named)) for f, mine in zip(proposals, styled, strict=True)]
        tried = await self._trial.run(bench, candidates, Share(progress, _PROPOSED, 1.0))
        shared = (bench.seconds + time.monotonic() - began) / max(1, len(functions))
        results = []
        for function in functions:
            result = nothing_to_gain(bench, function)
            if function in asked:
                result = replace(judged(bench, function, proposals[function], tried), seconds=asked[function][1])
            results.append(replace(result, seconds=result.seconds + shared))
        return Groundwork(Generation(tuple(results), tried.edit, bench.text), proposals, tried)

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
                proposal = await engine.propose(assignment_of(function, bench, self._settings), share)
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

    def _in_style(self, candidate: Candidate, bench: Bench, reach: Reach) -> Candidate:
        style, wanted = bench.lessons.style, self._settings.docstrings
        followed = candidate.summary if wanted == "follow" and style.docstrings else ""
        docstring = candidate.story if wanted == "given-when-then" else followed
        return replace(in_style(candidate, style, bench.module_name, docstring, reach), reach=reach)


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
