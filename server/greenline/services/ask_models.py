"""Asks the models of the chain, one after another, until one answers, within the ceilings."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.account import Account
from greenline.domain.asking.breaker import CLOSED, FIRST_PAUSE, Breaker
from greenline.domain.asking.ceilings import Ceilings, Spent, out_of_time, seconds_left
from greenline.domain.asking.entries import Kept
from greenline.domain.asking.foreseen import Foreseen, foreseen
from greenline.domain.asking.model import Answer, Conversation, ModelChoice, Question, Thinking
from greenline.ports.model import ModelProblem, ProblemKind
from greenline.services.model_requests import FOR_ALL, ModelRequests, Prepared, guessed_prompt

if TYPE_CHECKING:
    from types import ModuleType

    from tenacity import RetryCallState

    from greenline.ports.ledger import Ledger
    from greenline.ports.model import ModelClient
    from greenline.ports.progress import Progress

ATTEMPTS = 3
"""Of one model for one answer."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 20.0
"""Seconds between attempts, where the provider does not say; up to one more by chance, as others wait, too."""
_FORBIDDEN = 300.0
"""Seconds for which a model is not asked that this key may not ask, or that wants to be paid."""
_SHORT: dict[ProblemKind, str] = {
    "rate_limited": "has too many requests",
    "overloaded": "is overloaded",
    "server": "failed at its provider's",
    "unreachable": "cannot be reached",
    "timeout": "did not answer in time",
    "cut": "stopped in the middle of its answer",
    "not_found": "is not there, or not any more",
    "forbidden": "may not be asked with this key",
    "unpaid": "wants to be paid first",
    "bad_request": "did not take the request",
}


class AskModels:
    """Asks for answers. One for all targets: what it knows of models that fail counts for each of them."""

    def __init__(
        self,
        client: ModelClient,
        chain: Sequence[ModelChoice],
        ledger: Ledger,
        ceilings: Ceilings = Ceilings(),  # noqa: B008 - frozen
        thinking: Thinking = Thinking(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._chain = sorted(chain, key=lambda choice: choice.priority)
        self._ledger = ledger
        self._ceilings = ceilings
        self._requests = ModelRequests(client, ledger, clock, now)
        self._thinking = thinking
        self._clock, self._now, self._sleep = clock, now, sleep
        self._breakers: dict[str, Breaker] = {}
        self._failed_by: dict[str, ProblemKind] = {}
        """By the name of a model: what its last failure was."""

    def account(self, target: str, project: str = "") -> Account:
        """Return what may be used up for one target, from now on: ``path.py::function``, and its project's folder."""
        return Account(target, project, self._ceilings)

    async def ask(
        self, conversation: Conversation, schema: Mapping[str, Any], account: Account, progress: Progress
    ) -> Answer:
        """Return the answer of the first model that gives one. Raises ModelProblem when none does, or may.

        A refusal, and an answer that was cut because it was too long, are answers: their ``stop`` says so.
        """
        started = self._clock()
        deadline = started + seconds_left(account.ceilings, account.spent)
        wanted = Question("", conversation, schema, self._thinking)
        problems: list[tuple[str, ModelProblem]] = []
        try:
            for choice in self._chain:
                if problem := self._held_back(choice):
                    problems.append((choice.name, problem))
                    continue
                if problems:
                    progress.step(f"{_said_of(problems[-1:])}; asking {choice.name} instead")
                try:
                    answer = await self._ask_one(choice, wanted, account, deadline, progress)
                    return replace(answer, instead=_said_of(problems))
                except ModelProblem as problem:
                    if problem.kind in FOR_ALL:
                        raise
                    if problem.kind == "unreachable":  # so is the next one: they are at the same place
                        self._hold_all(problem)
                        raise
                    problems.append((choice.name, problem))
            raise _nobody(problems)
        finally:
            account.spent += Spent(seconds=self._clock() - started)

    async def keep(self, account: Account, tests: int) -> None:
        """Write down how many tests of the account's target were kept."""
        kept = Kept(self._now(), account.project, account.target, tests)
        await asyncio.to_thread(self._ledger.keep, kept)

    def foresee(self, conversation: Conversation, schema: Mapping[str, Any]) -> Foreseen:
        """Return about what the first request of a target would cost, without asking anybody."""
        allowed = [choice for choice in self._chain if self._breaker(choice).allows(self._clock())]
        return foreseen((allowed or self._chain)[0], guessed_prompt(conversation, schema), self._ceilings)

    def states(self) -> tuple[tuple[str, str], ...]:
        """Return each model of the chain with what is known of it, in words."""
        now = self._clock()
        return tuple((choice.name, self._breaker(choice).words(now)) for choice in self._chain)

    async def _ask_one(
        self, choice: ModelChoice, wanted: Question, account: Account, deadline: float, progress: Progress
    ) -> Answer:
        """Return the answer of this model, asked again where it may help. Raises ModelProblem."""
        if self._clock() >= deadline:
            raise ModelProblem("ceiling", out_of_time(account.ceilings))
        before = f" ({words} so far)" if (words := account.words) else ""
        progress.step(f"Asking {choice.name}{before}")
        prepared = await self._prepared(choice, wanted, deadline)
        if not before:
            progress.step(f"Sending {foreseen(choice, prepared.prompt, account.ceilings).words}")
        tenacity = _tenacity()  # after who says better what is missing
        waits = _Waits(tenacity, choice.name, progress)
        retrying = tenacity.AsyncRetrying(
            sleep=self._sleep,
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, ModelProblem) and error.passing),
            wait=waits,
            stop=lambda state: self._gives_up(choice, state, deadline),
            before_sleep=waits.tell,
            reraise=True,
        )
        answer: Answer = await retrying(self._attempt, prepared, account, deadline, progress)
        return answer

    def _held_back(self, choice: ModelChoice) -> ModelProblem | None:
        """Return why a model is not asked now, None where it may be."""
        breaker, now = self._breaker(choice), self._clock()
        if breaker.allows(now):
            return None
        wait = breaker.until - now
        kind = self._failed_by.get(choice.name, "overloaded")
        return ModelProblem(kind, f"{choice.name} {breaker.words(now)}", wait if math.isfinite(wait) else None)

    async def _prepared(self, choice: ModelChoice, wanted: Question, deadline: float) -> Prepared:
        try:
            return await self._requests.prepare(choice, wanted, deadline)
        except ModelProblem as problem:
            self._failed(choice, problem)
            raise

    async def _attempt(self, prepared: Prepared, account: Account, deadline: float, progress: Progress) -> Answer:
        try:
            answer = await self._requests.make(prepared, account, deadline, progress)
        except ModelProblem as problem:
            account.received = max(account.received, problem.received, key=len)
            self._failed(prepared.choice, problem)
            raise
        self._breakers[prepared.choice.name] = CLOSED
        account.received = ""
        return answer

    def _gives_up(self, choice: ModelChoice, state: RetryCallState, deadline: float) -> bool:
        """Tell whether the next model is asked, and not this one again; a long wait keeps it from being asked."""
        now, wait = self._clock(), state.upcoming_sleep
        error = state.outcome.exception() if state.outcome else None
        if now + wait >= deadline and isinstance(error, ModelProblem) and error.retry_after is not None:
            self._breakers[choice.name] = self._breaker(choice).held(now, error.retry_after, str(error))
        return state.attempt_number >= ATTEMPTS or now + wait >= deadline or not self._breaker(choice).allows(now)

    def _failed(self, choice: ModelChoice, problem: ModelProblem) -> None:
        breaker, now = self._breaker(choice), self._clock()
        self._failed_by[choice.name] = problem.kind
        if problem.kind == "not_found":
            self._breakers[choice.name] = breaker.gone(str(problem))
        elif problem.kind in {"forbidden", "unpaid"}:  # somebody may pay, or allow it
            self._breakers[choice.name] = breaker.held(now, _FORBIDDEN, str(problem))
        elif problem.passing and problem.kind != "rate_limited":  # who is asked too often is well
            self._breakers[choice.name] = breaker.failed(now, str(problem))

    def _hold_all(self, problem: ModelProblem) -> None:
        for choice in self._chain:
            self._failed_by[choice.name] = problem.kind
            self._breakers[choice.name] = self._breaker(choice).held(self._clock(), FIRST_PAUSE, str(problem))

    def _breaker(self, choice: ModelChoice) -> Breaker:
        return self._breakers.get(choice.name, CLOSED)


class _Waits:
    """How long to wait before the next attempt: as the provider asks, else longer each time, never all at once."""

    def __init__(self, tenacity: ModuleType, model: str, progress: Progress) -> None:
        self._model = model
        self._progress = progress
        self._growing: Callable[[RetryCallState], float] = tenacity.wait_exponential_jitter(FIRST_WAIT, LONGEST_WAIT)
        self._chance: Callable[[RetryCallState], float] = tenacity.wait_random(0, 1)

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ModelProblem) and error.retry_after is not None:
            return error.retry_after + self._chance(state)
        return self._growing(state)

    def tell(self, state: RetryCallState) -> None:
        """Say that this waits, and why."""
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, ModelProblem):
            return
        asked = ", as the provider asks" if error.retry_after is not None else ""
        seconds = math.ceil(state.upcoming_sleep if error.retry_after is None else error.retry_after)
        self._progress.step(f"{self._model} {_SHORT.get(error.kind, 'failed')}; waiting {seconds} s{asked}")


def _tenacity() -> ModuleType:
    """Return the library, which loads only when a model is asked. Raises ModelProblem."""
    try:
        import tenacity  # noqa: PLC0415 - as the docstring says
    except ImportError:
        message = "Asking a model needs the package tenacity beside Greenline, which comes with greenline[model]."
        raise ModelProblem("no_sdk", message) from None
    return tenacity


def _nobody(problems: Sequence[tuple[str, ModelProblem]]) -> ModelProblem:
    """Return the one problem, or all of them in one."""
    if not problems:
        return ModelProblem("not_found", "No model is named. Set model.name, or `models` in greenline.toml.")
    if len(problems) == 1:
        return problems[0][1]
    kind = next((problem.kind for _, problem in problems if problem.passing), problems[0][1].kind)
    waits = [problem.retry_after for _, problem in problems if problem.retry_after is not None]
    return ModelProblem(kind, f"No model answered: {_said_of(problems)}. {problems[0][1]}", min(waits, default=None))


def _said_of(problems: Sequence[tuple[str, ModelProblem]]) -> str:
    """Say in short why models did not answer; of none it is empty."""
    return "; ".join(f"{name} {_SHORT.get(problem.kind, 'failed')}" for name, problem in problems)
