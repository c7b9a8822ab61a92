"""Stands where models are asked: answers of batches are given, and what would be asked next is taken down.

So everything around it is as when a model is asked at once: who agreed, what is sent, how tests are tried.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.account import Account
from greenline.domain.asking.batches import ROUNDS, halved
from greenline.domain.asking.ceilings import Ceilings, Spent, day_is_spent
from greenline.domain.asking.entries import Kept
from greenline.domain.asking.foreseen import foreseen
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.model import Answer, Question, Thinking
from greenline.ports.model import ModelProblem
from greenline.services.model_requests import FOR_ALL, ModelRequests, most_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from greenline.domain.asking.model import Conversation, ModelChoice
    from greenline.ports.ledger import Ledger
    from greenline.ports.model_batches import ModelBatches
    from greenline.ports.progress import Progress

FIRST = "What is left of it is asked for in a batch."
NEXT = "What failed is sent back in the next batch."
_NO_MORE = "The model was asked no more: in a batch, what failed is sent back once."
_FOR_GOOD = frozenset({"bad_request", "no_consent"})
"""Kinds of problems that the same request has another time, too; what it would have followed is done with."""
_PREPARES = 90.0
"""Seconds for what a model can do, and how long a request is."""


@dataclass(frozen=True, slots=True)
class BatchWay:
    """How batches are handed in for one project, and where that is, as a person agreed to it."""

    batches: ModelBatches
    requests: ModelRequests
    chain: Sequence[ModelChoice]
    endpoint: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one request of a batch, and what it used up."""

    answer: Answer | ModelProblem
    spent: Spent


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that waits to be handed in."""

    question: Question
    usual: float | None
    """Dollars, as a rule; ``most`` at most. None where the price is not known."""
    most: float | None


class AskInBatch:
    """Implements ``Asks`` for one round of one project: nobody is asked, and nothing is sent but to be counted."""

    def __init__(
        self,
        way: BatchWay,
        ledger: Ledger,
        *,
        ceilings: Ceilings,
        thinking: Thinking,
        came: Mapping[str, Sequence[Came]],
        now: Callable[[], float] = time.time,
    ) -> None:
        """``came``: by target, what came of its requests so far, the first one first."""
        self.way = way
        self._ledger = ledger
        self._ceilings = ceilings
        self._thinking = thinking
        self._came = came
        self._now = now
        self._choice: ModelChoice | None = None
        self.wanted: dict[str, Wanted] = {}
        """By target, what is asked next."""
        self.unable: set[str] = set()
        """Targets that were answered, and could not be asked for again, though they may be later."""
        self.given: set[str] = set()
        """Targets of which an answer that came was given to be tried."""

    def account(self, target: str, project: str = "") -> Account:
        """Return what one target may use up; see ``Asks``."""
        return _BatchAccount(target, project, self._ceilings)

    async def ask(
        self, conversation: Conversation, schema: Mapping[str, Any], account: Account, progress: Progress
    ) -> Answer:
        """Return the answer that came, if there is one. Raises ModelProblem: "later" where it is asked for now."""
        assert isinstance(account, _BatchAccount)
        came, number = self._came.get(account.target, ()), account.asked
        account.asked += 1
        if number < len(came):
            self.given.add(account.target)
            account.spent += came[number].spent
            answer = came[number].answer
            if isinstance(answer, ModelProblem):  # of this request: the others were answered
                raise ModelProblem("cut", str(answer))
            return answer
        if number >= ROUNDS:
            raise ModelProblem("later", _NO_MORE)
        progress.step("Preparing the request")
        question = Question("", conversation, schema, self._thinking)
        try:
            self.wanted[account.target] = await self._fitted(question, account)
        except ModelProblem as problem:
            if came and self._may_be_later(problem):
                self.unable.add(account.target)
            raise
        self.unable.discard(account.target)
        raise ModelProblem("later", NEXT if came else FIRST)

    async def keep(self, account: Account, tests: int) -> None:
        """Write down how many tests of the account's target were kept."""
        if tests:
            kept = Kept(self._now(), account.project, account.target, tests)
            await asyncio.to_thread(self._ledger.keep, kept)

    def states(self) -> tuple[tuple[str, str], ...]:
        """Return each model that may be asked; in batches nothing is known of those that fail."""
        return tuple((choice.name, "") for choice in self.way.chain)

    async def choice(self) -> ModelChoice:
        """Return the first model of the chain that can be asked in batches, with its price there.

        Raises ModelProblem where none can.
        """
        problems: list[ModelProblem] = []
        for choice in () if self._choice else sorted(self.way.chain, key=lambda each: each.priority):
            try:
                await self.way.batches.check(choice.name)
            except ModelProblem as problem:
                if problem.kind in FOR_ALL or problem.passing:
                    raise
                problems.append(problem)
                continue
            price = choice.price or list_price(choice.name)
            self._choice = replace(choice, price=halved(price)) if price else choice
            break
        if self._choice is None:
            raise problems[0] if problems else ModelProblem("not_found", "No model is named. Set model.name.")
        return self._choice

    def _may_be_later(self, problem: ModelProblem) -> bool:
        """Tell whether the request itself stands in no way: a key, a model or another day may help."""
        if problem.kind == "ceiling":  # what one target may use up does not grow again
            return str(problem) == day_is_spent(self._ceilings)
        return problem.kind not in _FOR_GOOD

    async def _fitted(self, question: Question, account: Account) -> Wanted:
        """Return the request with an answer no longer than what may still be paid. Raises ModelProblem."""
        choice = await self.choice()
        prepared = await self.way.requests.prepare(choice, question, self.way.requests.deadline(_PREPARES))
        others = sum(each.most or 0.0 for target, each in self.wanted.items() if target != account.target)
        fitted = await self.way.requests.fitted(prepared, account, reserved=others)
        usual = foreseen(choice, prepared.prompt, self._ceilings).usual if prepared.price else None
        return Wanted(fitted, usual, most_of(prepared, fitted))


class _BatchAccount(Account):
    """Knows which of its target's requests comes next."""

    asked = 0
