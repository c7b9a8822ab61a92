"""Makes one request of one model: fitted to what is left to spend, written into the ledger before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.ceilings import (
    LEAST_ANSWER,
    LEAST_THOUGHT,
    Spent,
    day_is_spent,
    guessed_tokens,
    out_of_time,
    room,
)
from greenline.domain.asking.entries import Entry
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.model import (
    Answer,
    Capabilities,
    Conversation,
    ModelChoice,
    Price,
    Question,
    Thinking,
    Usage,
)
from greenline.domain.asking.prices import cost, most
from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    from greenline.domain.asking.account import Account
    from greenline.domain.asking.entries import Outcome
    from greenline.ports.ledger import Ledger
    from greenline.ports.model import ModelClient
    from greenline.ports.progress import Progress

FOR_ALL = frozenset({"no_sdk", "no_key", "unauthorized", "ceiling", "no_consent"})
"""Kinds of problems that another model of the same provider has, too."""
_NOT_AT_ALL = Thinking(None, None)
_PATIENCE = 90.0
"""Seconds to wait for what a model can do, and for how long a request is; then it goes without. The command that prints
the key has a minute of them, as a person may have to unlock it."""
_BILLED = frozenset({"cut", "timeout"})
"""Kinds of problems after which some of the answer may have been written, and has to be paid."""
_TOLD_EACH = 4_000
"""Characters of an answer, after which progress is told again."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request of which the length is known."""

    choice: ModelChoice
    price: Price | None
    question: Question
    prompt: int
    """Tokens; counted by the provider, or guessed."""
    capabilities: Capabilities = field(default_factory=Capabilities)


class ModelRequests:
    """Prepares requests and makes them, one attempt at a time."""

    def __init__(
        self,
        client: ModelClient,
        ledger: Ledger,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._clock = clock
        """Never goes back."""
        self._now = now
        """Since the epoch, for the ledger."""

    def deadline(self, seconds: float) -> float:
        """Return the time of the clock in so many seconds."""
        return self._clock() + seconds

    async def prepare(self, choice: ModelChoice, wanted: Question, deadline: float) -> Prepared:
        """Return the question for this model, with its length. Raises ModelProblem where no request can help."""
        capabilities = await self._capabilities(choice.name, deadline)
        limits = (wanted.max_tokens, choice.max_output, capabilities.max_output)
        question = replace(wanted, model=choice.name, max_tokens=min(limit for limit in limits if limit))
        price = choice.price or list_price(choice.name)
        return Prepared(choice, price, question, await self._count(question, deadline), capabilities)

    async def make(self, prepared: Prepared, account: Account, deadline: float, progress: Progress) -> Answer:
        """Return the answer, and add what it used up to the account. Raises ModelProblem.

        ``deadline`` is a time of the clock. A cancelled request is in the ledger with what it may have cost.
        """
        question = await self.fitted(prepared, account)
        entry = Entry(
            self._now(),
            question.model,
            account.project,
            account.target,
            dollars=most_of(prepared, question),
            prompts=question.conversation.prompts,
        )
        await self._begin(entry, account)
        heard = _Heard(prepared, question, account, progress)
        ended = replace(entry, dollars=0.0, outcome="failed")
        try:
            left = max(0.0, deadline - self._clock())
            answer = await asyncio.wait_for(self._client.ask(question, heard), left)
            told = answer.usage.total > 0  # some gateways and servers of one's own count nothing
            usage = answer.usage if told else heard.usage()
            ended = _ended(entry, prepared, usage, outcome="answered", exact=told)
            return answer if answer.model else replace(answer, model=question.model)
        except ModelProblem as problem:
            if problem.usage.total or problem.kind in _BILLED:
                usage = heard.usage(problem.usage)
                ended = _ended(entry, prepared, usage, outcome="failed", exact=False)
            raise
        except (asyncio.TimeoutError, asyncio.CancelledError) as stopped:
            ended = _ended(entry, prepared, heard.usage(), outcome="cancelled", exact=False)
            if isinstance(stopped, asyncio.CancelledError):
                raise
            raise ModelProblem("ceiling", out_of_time(account.ceilings)) from None
        finally:
            account.spent += _spent(ended)
            await asyncio.shield(asyncio.to_thread(self._ledger.end, ended))

    async def fitted(self, prepared: Prepared, account: Account, *, reserved: float = 0.0) -> Question:
        """Return the question with an answer no longer than what may still be paid. Raises ModelProblem.

        ``reserved`` are dollars of requests that will be made today, and are not in the ledger yet.
        """
        today = reserved + await asyncio.to_thread(self._ledger.spent_today)
        thinks = prepared.question.thinking != _NOT_AT_ALL
        least = min(LEAST_THOUGHT if thinks else LEAST_ANSWER, prepared.question.max_tokens)
        free = room(account.ceilings, account.spent, today, prepared.prompt, prepared.price, least=least)
        if free.reason:
            raise ModelProblem("ceiling", free.reason)
        tokens = min(free.tokens, prepared.question.max_tokens)
        if takes := prepared.capabilities.max_input:
            tokens = min(tokens, takes - prepared.prompt)
        if tokens < least:
            message = f"{prepared.choice.name} takes {takes:,} tokens at most; the request has {prepared.prompt:,}."
            raise ModelProblem("bad_request", message)
        return replace(prepared.question, max_tokens=tokens)

    async def _begin(self, entry: Entry, account: Account) -> None:
        """Write the entry down. Raises ModelProblem where the day's money is spent."""
        begun = asyncio.ensure_future(asyncio.to_thread(self._ledger.begin, entry, account.ceilings.dollars_per_day))
        try:
            written = await asyncio.shield(begun)
        except asyncio.CancelledError:
            await begun
            await asyncio.to_thread(self._ledger.release, [entry.id])
            raise
        if not written:
            raise ModelProblem("ceiling", day_is_spent(account.ceilings))

    async def _capabilities(self, model: str, deadline: float) -> Capabilities:
        """Return what the model can do; what could not be asked is left to the request."""
        try:
            capabilities = await asyncio.wait_for(self._client.capabilities(model), self._patience(deadline))
        except asyncio.TimeoutError:
            return Capabilities()
        except ModelProblem as problem:
            if problem.kind in FOR_ALL or problem.kind in {"not_found", "forbidden", "unpaid"}:
                raise
            return Capabilities()
        if capabilities.retired:
            raise ModelProblem("not_found", f"{model} is retired. Take it out of the models that are asked.")
        return capabilities

    async def _count(self, question: Question, deadline: float) -> int:
        try:
            return await asyncio.wait_for(self._client.count(question), self._patience(deadline))
        except ModelProblem as problem:
            if problem.kind in FOR_ALL:
                raise
        except asyncio.TimeoutError:
            pass
        return guessed_prompt(question.conversation, question.schema)

    def _patience(self, deadline: float) -> float:
        return max(0.0, min(_PATIENCE, deadline - self._clock()))


def guessed_prompt(conversation: Conversation, schema: Mapping[str, Any]) -> int:
    """Return about how many tokens a prompt has, rather too many than too few; nobody is asked."""
    blocks = [*conversation.system, *(block for turn in conversation.turns for block in turn.blocks)]
    # bytes, as signs beyond ASCII take more tokens
    return guessed_tokens(sum(len(block.text.encode("utf-8", "replace")) for block in blocks) + len(str(dict(schema))))


class _Heard:
    """What was received of an answer so far."""

    def __init__(self, prepared: Prepared, question: Question, account: Account, progress: Progress) -> None:
        self._prepared = prepared
        self._question = question
        self._account = account
        self._progress = progress
        self._signs = self._told = 0

    def __call__(self, signs: int) -> None:
        self._signs = max(self._signs, signs)
        if self._signs - self._told >= _TOLD_EACH:
            self._told = self._signs
            usage, price = self.usage(), self._prepared.price
            dollars = cost(usage, price) if price else 0.0
            so_far = self._account.spent + Spent(usage, dollars, unpriced=int(price is None), requests=1)
            written = f"{self._question.model} has written about {guessed_tokens(self._signs):,} tokens"
            self._progress.step(f"{written} ({so_far.words} so far)")

    def usage(self, told: Usage = Usage()) -> Usage:  # noqa: B008 - frozen
        """Return about what was used up when the provider did not come to say all of it."""
        output = min(max(told.output, guessed_tokens(self._signs)), self._question.max_tokens)
        return replace(told, output=output) if told.total else Usage(fresh=self._prepared.prompt, output=output)


def most_of(prepared: Prepared, question: Question) -> float | None:
    """Return the most that a question can cost; None where the price is not known."""
    return None if prepared.price is None else most(prepared.prompt, question.max_tokens, prepared.price)


def _ended(entry: Entry, prepared: Prepared, usage: Usage, *, outcome: Outcome, exact: bool = True) -> Entry:
    dollars = None if prepared.price is None else cost(usage, prepared.price)
    return replace(entry, usage=usage, dollars=dollars, outcome=outcome, exact=exact)


def _spent(ended: Entry) -> Spent:
    """Return what an entry adds to an account; what was not even begun adds nothing."""
    if not ended.usage.total:
        return Spent()
    return Spent(ended.usage, ended.dollars or 0.0, int(ended.dollars is None), requests=1)
