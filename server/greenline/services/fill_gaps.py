"""After exploring: a model is asked for what is left, function by function, and all that is confirmed is one edit."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.explored_facts import explored_facts
from greenline.domain.asking.known import Known
from greenline.domain.generation.model import Coverage, Proposal
from greenline.domain.generation.small_changes import words_of
from greenline.ports.progress import Counted, Share
from greenline.services.agree_to_model import in_a_terminal
from greenline.services.confirmed_so_far import ConfirmedSoFar
from greenline.services.model_engine import Asking, Means
from greenline.services.stopped import Stopped
from greenline.services.target_results import Generation, Groundwork, left_of, nothing_to_gain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.generation.model import TargetResult
    from greenline.ports.consent import Consent
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.services.model_engine import Asks, Contexts
    from greenline.services.try_answers import TryAnswers
    from greenline.services.workbench import Bench
    from greenline.settings import Settings

log = logging.getLogger(__name__)

_FOR_NONE = frozenset({"no_sdk", "no_key", "unauthorized"})
"""Kinds of problems after which no other function is asked for either."""
_OWN_MISTAKE = (
    "Greenline failed while it asked the model or read what came ({}), which is a mistake in Greenline: its log says "
    "where. What was confirmed before stays."
)
_CANCELLED = "It was cancelled while the model was asked; what was confirmed before stays."


@dataclass(frozen=True, slots=True)
class ModelAt:
    """Who is asked about one project, and where that is, as a person agreed to it."""

    asks: Asks
    endpoint: str
    problems: tuple[str, ...] = ()
    """What is wrong with files that name models, in a sentence each; the rest of them counts."""


class FillGaps:
    """Composes the engines: what exploring confirmed stays, whatever becomes of asking."""

    def __init__(
        self,
        *,
        model: Callable[[Project], ModelAt],
        contexts: Callable[[], Contexts],
        tries: TryAnswers,
        consent: Consent,
        settings: Settings,
        missing: Callable[[], str] = str,
    ) -> None:
        """``model`` may read files; ``contexts`` makes one for each job; ``missing`` is that of Libraries."""
        self._model = model
        self._contexts = contexts
        self._tries = tries
        self._consent = consent
        self._settings = settings
        self._missing = missing

    def refusal(self, project: Project) -> str:
        """Return why no model may be asked about a project, and what to do; empty where one may. Reads files."""
        return self._without_consent(project, self._model(project).endpoint) or self._without_libraries()

    def _without_libraries(self) -> str:
        missing = self._missing()
        return missing and f"The libraries that ask models are not installed. {missing}"

    def _without_consent(self, project: Project, endpoint: str) -> str:
        if self._consent.given(project, endpoint):
            return ""
        return (
            f"No model was asked: nobody agreed that source of {project.root.name} is sent to {endpoint}. "
            f"`{in_a_terminal(self._settings, endpoint)}`, "
            'or "Allow Model in This Workspace" in the editor, shows what is sent, and asks.'
        )

    def states(self, project: Project) -> tuple[tuple[str, str], ...]:
        """Return each model that is asked about a project, with what is known of it, in words. Reads files."""
        return self._model(project).asks.states()

    async def fill(
        self, bench: Bench, functions: Sequence[Function], groundwork: Groundwork, progress: Progress
    ) -> Generation:
        """Return the generation with the model's tests. Raises Stopped when it is cancelled."""
        work = _Work(bench, functions, groundwork)
        if groundwork.tried is not None and groundwork.tried.problem:
            return groundwork.generation  # pytest cannot do its work: it could not for a model's tests
        wanted = [f for f in functions if work.so_far.bench.has_gaps(f)]
        if bench.interpreter.pytest_version is None or not wanted:
            return groundwork.generation
        at = await asyncio.to_thread(self._model, bench.project)  # once: files that name the place may change
        means = Means(at.asks, self._contexts(), self._tries, self._settings)
        try:
            await self._ask(work, wanted, at, means, progress)
        except asyncio.CancelledError:
            work.cancel(wanted)
            raise Stopped(work.generation()) from None
        work.warn(wanted[0], at.problems)  # last, as the first note may be the reason of a result
        return work.generation()

    async def _ask(
        self, work: _Work, wanted: Sequence[Function], at: ModelAt, means: Means, progress: Progress
    ) -> None:
        for number, function in enumerate(wanted):
            refusal = await asyncio.to_thread(self._without_consent, work.project, at.endpoint)
            if reason := refusal or await asyncio.to_thread(self._without_libraries):
                work.note(wanted[number:], reason, awaits_consent=bool(refusal))  # it may be taken back at any time
                return
            share = Share(progress, number / len(wanted), (number + 1) / len(wanted))
            asking = await work.ask(means, function, Counted(share, number + 1, len(wanted)))
            if asking is not None and asking.problem is not None and asking.problem.kind in _FOR_NONE:
                problem = asking.problem
                work.note(wanted[number + 1 :], str(problem), awaits_consent=False, wants_key=problem.wants_key)
                return


class _Work:
    """One job: the results as they are so far."""

    def __init__(self, bench: Bench, functions: Sequence[Function], groundwork: Groundwork) -> None:
        self._bench = bench
        self._functions = functions
        self._groundwork = groundwork
        self._results = dict(zip(functions, groundwork.generation.results, strict=True))
        self.so_far = ConfirmedSoFar(bench)
        self._known: dict[str, Known] = {}
        self._asked: set[Function] = set()
        """Of whom the model was asked to the end."""
        if groundwork.tried is not None:
            self.so_far.take(groundwork.tried)

    @property
    def project(self) -> Project:
        """Whose functions these are."""
        return self._bench.project

    def note(self, functions: Sequence[Function], words: str, *, awaits_consent: bool, wants_key: bool = False) -> None:
        """Say why no model was asked for some functions; where nothing else is said, as the reason."""
        for function in functions:
            result = self._results[function]
            self._results[function] = replace(
                result,
                model_notes=(*result.model_notes, words),
                model_problem="" if awaits_consent else words,
                wants_key=wants_key,
                awaits_consent=awaits_consent,
                reason=result.reason or _reason(result, words),
            )

    def warn(self, function: Function, words: Sequence[str]) -> None:
        """Say something of the whole job; it stands with one function and is no reason for anything."""
        result = self._results[function]
        self._results[function] = replace(result, model_notes=(*result.model_notes, *words))

    async def ask(self, means: Means, function: Function, progress: Progress) -> Asking | None:
        """Ask for one function, unless tests that came meanwhile reach all of it. A cancellation keeps what came."""
        if not self.so_far.bench.has_gaps(function):
            result = self._results[function]
            if result.status == "failed" and not result.reason:
                self._results[function] = nothing_to_gain(self.so_far.bench, function)
            return None
        began = time.monotonic()
        known = self._known[function.qualname] = self._known_of(function)
        explored = replace(known.explored, coverage=self.so_far.bench.before)
        begun = ConfirmedSoFar(self.so_far.bench, self.so_far.edit, known.unnoticed)
        asking = Asking(means, function, explored, begun)
        try:
            await asking.run(progress)
        except asyncio.CancelledError:
            asking.told.note(_CANCELLED)
            self._end(function, asking, time.monotonic() - began)
            raise
        except Exception as error:  # noqa: BLE001 - whatever an answer makes us do, what was confirmed is not lost
            _log(error)
            asking.told.note(_OWN_MISTAKE.format(type(error).__name__))
        self._end(function, asking, time.monotonic() - began)
        self._asked.add(function)
        return asking

    def cancel(self, wanted: Sequence[Function]) -> None:
        """Say of functions without tests that nobody knows yet what a model would have given."""
        for function in wanted:
            result = self._results[function]
            unknown = function not in self._asked and self.so_far.bench.has_gaps(function)
            if unknown and result.status != "confirmed":
                self._results[function] = replace(result, status="cancelled", reason=_CANCELLED)

    def generation(self) -> Generation:
        """Return all results with the one edit, and what tests reach by it."""
        edit, bench = self.so_far.edit, self.so_far.bench
        results = []
        for function, result in self._results.items():
            confirmed = result
            if result.status == "confirmed" and result.coverage is not None:
                after = bench.summary(function)
                proposal = self._groundwork.proposals.get(function, Proposal("model"))
                left = left_of(self._bench, function, bench.before, proposal)
                confirmed = replace(
                    result, edit=edit, coverage=Coverage(result.coverage.before, after), not_tested=left
                )
            results.append(confirmed)
        return Generation(tuple(results), edit, self._bench.text, self._known)

    def _end(self, function: Function, asking: Asking, seconds: float) -> None:
        self.so_far = asking.so_far
        result = _with_the_models(self._results[function], asking, seconds, self._bench)
        if asking.withheld and asking.account.spent.requests:
            result = replace(result, model_notes=(*result.model_notes, asking.withheld))
        self._results[function] = result

    def _known_of(self, function: Function) -> Known:
        proposal = self._groundwork.proposals.get(function)
        if proposal is None:
            return self._groundwork.known.get(function, Known())
        tried = self._groundwork.tried
        kept = tried.kept.get(function) if tried else None
        return Known(explored_facts(proposal, [kept.code] if kept and kept.code else []), proposal.unnoticed)


def _with_the_models(result: TargetResult, asking: Asking, seconds: float, bench: Bench) -> TargetResult:
    """Return the result with what asking came to."""
    spent, tests = asking.account.spent, tuple(asking.so_far.tests)
    known = {(bug.call, bug.words) for bug in result.suspected_bugs}
    kept_for = (words_of(test, noticed) for test, noticed in asking.so_far.noticing.items())
    result = replace(
        result,
        seconds=result.seconds + seconds,
        model_notes=(*result.model_notes, *asking.told.notes, *kept_for),
        model_problem=str(asking.problem or ""),
        wants_key=asking.problem is not None and asking.problem.wants_key,
        suspected_bugs=(*result.suspected_bugs, *(b for b in asking.told.bugs if (b.call, b.words) not in known)),
        tokens=spent.usage.total,
        dollars=None if spent.unpriced else spent.dollars,
        asked=asking.told.asked(spent.requests),
    )
    if not tests:
        return replace(result, reason=result.reason or _reason(result, "the model's tests gave nothing to keep"))
    return replace(
        result,
        status="confirmed",
        reason="",
        engine=result.engine if result.tests else "model",
        engines=dict.fromkeys(tests, "model") if result.tests else {},
        placed=bench.placement.why,
        tests=(*result.tests, *tests),
        code="\n\n".join(code for code in (result.code, *asking.so_far.codes) if code),
        strength=None,  # that of the explored tests alone would say too little
        oracles=(*result.oracles, "intended"),
    )


def _log(error: Exception) -> None:
    """Write down where it happened, and not what it says: that may quote source."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("asking a model failed: %s\n%s", type(error).__name__, where.rstrip())


def _reason(result: TargetResult, words: str) -> str:
    """Return the reason of a result that would be without one."""
    return "" if result.status == "confirmed" else next(iter(result.model_notes), words)
