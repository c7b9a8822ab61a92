"""Collects what came of a batch: found at the provider, waited for, and written into the ledger once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.batches import without_tests
from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.entries import Entry
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.model import Answer
from greenline.domain.asking.prices import cost
from greenline.ports.model import ModelProblem
from greenline.services.ask_in_batch import Came
from greenline.services.await_batch import await_batch
from greenline.services.batch_report import BatchReport, unknown, what_stays, words_of
from greenline.services.hand_in_batch import SETTLES, candidates
from greenline.services.reserve_batch import give_up

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from greenline.domain.asking.batches import BatchRecord, BatchRequest
    from greenline.domain.asking.entries import Outcome
    from greenline.ports.model_batches import BatchState
    from greenline.ports.progress import Progress
    from greenline.services.ask_in_batch import BatchWay
    from greenline.services.batch_means import BatchMeans

_GONE = "The answer that this one follows is not kept any more, so what came now cannot be tried. Ask for it anew."
_ANOTHER_KEY = (
    "The key that is set now may be one of another workspace: set the one that asked, and "
    "`greenline generate --resume` collects it. Until it is 29 days old, what is reserved for it stays reserved."
)
_KEPT_FOR = 29 * 86_400.0
"""Seconds for which a provider keeps answers; it shows them to some keys only."""
_NEVER = "It never reached {}: whoever handed it in was stopped before. It cost nothing."


@dataclass(frozen=True, slots=True)
class Collected:
    """The answers of a batch that has ended. ``came`` has, by target, what came of all its requests so far."""

    record: BatchRecord
    came: Mapping[str, tuple[Came, ...]]
    report: BatchReport


class CollectBatch:
    """Works on one batch. Whoever has its turn makes one."""

    def __init__(
        self, means: BatchMeans, way: BatchWay, record: BatchRecord, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._means = means
        self._way = way
        self._record = record
        self._sleep = sleep

    async def collected(self, progress: Progress, *, wait: bool) -> Collected | BatchReport:
        """Return the answers, or how it stands where there are none yet. Raises ModelProblem and BatchStoreProblem."""
        if self._record.status == "reserving":
            return await self._never_handed_in()
        answers = await asyncio.to_thread(self._means.store.answers, self._record.keys)
        if not self._record.keys <= set(answers):
            there = await self._downloaded(progress, wait=wait)
            if isinstance(there, BatchReport):
                return there
            answers = there
        return await self._taken_in(answers)

    async def _downloaded(self, progress: Progress, *, wait: bool) -> Mapping[str, Answer | ModelProblem] | BatchReport:
        """Return the answers of the provider, which are kept here from now on: it deletes them one day."""
        name = self._record.name or await self._looked_up()
        if isinstance(name, BatchReport):
            return name
        try:
            answers = await self._answers(name, progress, wait=wait)
        except ModelProblem as problem:
            if problem.kind != "not_found":
                raise
            return await self._not_seen(problem)
        if isinstance(answers, BatchReport):
            return answers
        if not self._record.keys <= set(answers):  # it only looked like ours
            return BatchReport(self._record, "unknown", unknown(self._record))
        await asyncio.to_thread(self._means.store.keep, {key: answers[key] for key in self._record.keys})
        if not self._record.name:
            await asyncio.to_thread(self._means.store.named, self._record.id, name)
            self._record = replace(self._record, name=name, status="waiting")
        return answers

    async def _not_seen(self, problem: ModelProblem) -> BatchReport:
        """Tell of a batch that the provider does not show; it is given up when no key would bring it back."""
        if self._means.now() - self._record.made_at < _KEPT_FOR:
            return BatchReport(self._record, "away", f"{problem} {_ANOTHER_KEY}")
        await asyncio.to_thread(give_up, self._means, self._record, "lost")
        return BatchReport(self._record, "lost", f"{problem} What was reserved for it is free again.")

    async def _looked_up(self) -> str | BatchReport:
        """Return the name of a batch that was handed in by somebody who was stopped before it was known."""
        record, batches = self._record, self._way.batches
        found = await candidates(self._means, batches, record)
        running = []
        for name in found:
            if not (await batches.state(name)).ended:
                running.append(name)
            elif record.keys <= set(await batches.answers(name)):
                return name
        if len(running) == 1:
            return running[0]
        if running or self._means.now() - record.made_at < SETTLES:
            return BatchReport(record, "unknown", unknown(record))
        return await self._never_handed_in()

    async def _never_handed_in(self) -> BatchReport:
        record = self._record
        await asyncio.to_thread(give_up, self._means, record, "refused")
        stays = what_stays(record.requests)
        return BatchReport(record, "refused", _NEVER.format(record.endpoint) + (stays or " Hand it in again."))

    async def _answers(
        self, name: str, progress: Progress, *, wait: bool
    ) -> Mapping[str, Answer | ModelProblem] | BatchReport:
        def told(state: BatchState) -> None:
            done, all_of_it = state.answered + state.failed, len(self._record.requests)
            how = "is being called off" if state.cancelling else f"{done} of {all_of_it} answered"
            progress.step(f"Batch {name}: {how}; {words_of(self._record.dollars)}", done / all_of_it)

        if wait:
            return await await_batch(self._way.batches, name, self._sleep, told)
        state = await self._way.batches.state(name)
        if state.ended:
            return await self._way.batches.answers(name)
        words = "It is being called off" if state.cancelling else "It is not answered yet"
        message = f"{words}: {state.answered + state.failed} of {len(self._record.requests)} so far."
        return BatchReport(
            self._record, "cancelling" if state.cancelling else "waiting", message, state.answered, state.failed
        )

    async def _taken_in(self, answers: Mapping[str, Answer | ModelProblem]) -> Collected:
        """Write down what it cost, which is the same however often it is done, and sort the answers by target."""
        record = self._record
        spent = await asyncio.to_thread(self._pay, answers)
        known = [each.dollars for each in spent.values() if not each.unpriced]
        problems = tuple(
            (request.target, str(answer))
            for request in record.requests
            if isinstance(answer := answers[request.key], ModelProblem)
        )
        earlier = {key for request in record.open for key in request.earlier}
        before = await asyncio.to_thread(self._means.store.answers, earlier)
        came = {
            request.target: (*_came_before(request, before), Came(answers[request.key], spent[request.key]))
            for request in record.open
        }
        report = BatchReport(
            record,
            "collected",
            answered=len(record.requests) - len(problems),
            failed=len(problems),
            dollars=sum(known) if len(known) == len(spent) else None,
            problems=problems,
        )
        return Collected(record, came, report)

    def _pay(self, answers: Mapping[str, Answer | ModelProblem]) -> dict[str, Spent]:
        found = {}
        for request in self._record.requests:
            answer = answers[request.key]
            entry = self._entry(request, answer)
            self._means.ledger.end(entry)
            asked = int(isinstance(answer, Answer))
            found[request.key] = Spent(entry.usage, entry.dollars or 0.0, int(entry.dollars is None), asked)
        return found

    def _entry(self, request: BatchRequest, answer: Answer | ModelProblem) -> Entry:
        record = self._record
        entry = Entry(record.made_at, record.model, record.project, request.target, batch=True, id=request.key)
        if isinstance(answer, ModelProblem):  # a provider is paid for answers only
            outcome: Outcome = "cancelled" if answer.kind == "cut" else "failed"
            return replace(entry, dollars=0.0, outcome=outcome)
        price = next((each.price for each in self._way.chain if each.name == record.model), None)
        price = price or list_price(record.model)
        dollars = None if price is None else cost(answer.usage, price, batch=True)
        return replace(entry, usage=answer.usage, dollars=dollars, outcome="answered")


def _came_before(request: BatchRequest, answers: Mapping[str, Answer | ModelProblem]) -> list[Came]:
    """Return what came of earlier requests for the target, without the tests that were kept then."""
    found = []
    for key in request.earlier:
        answer = answers.get(key) or ModelProblem("cut", _GONE)
        if isinstance(answer, Answer):
            answer = without_tests(answer, request.kept)
        found.append(Came(answer, Spent()))
    return found
