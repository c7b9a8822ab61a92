"""Money for batches: reserved for all that is written down before, and released whatever ends this process."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.asking.entries import Entry
from greenline.ports.batch_store import BatchStoreProblem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from greenline.domain.asking.batches import BatchRecord, BatchRequest, BatchStatus
    from greenline.services.batch_means import BatchMeans, HandIn


async def reserved(
    means: BatchMeans, wanted: HandIn, planned: Sequence[BatchRecord], turns: ExitStack, after: str
) -> list[BatchRecord]:
    """Return the batches with the requests that the day's money pays, written down as about to be handed in.

    ``turns`` holds the turn of each. Cancelled, nothing of it stays. Raises BatchStoreProblem.
    """
    reserving = asyncio.ensure_future(asyncio.to_thread(_reserved, means, wanted, planned, turns, after))
    try:
        return await asyncio.shield(reserving)
    except asyncio.CancelledError:
        with suppress(BatchStoreProblem):
            await asyncio.to_thread(_take_back, means, await reserving)  # a thread goes on to its end
        raise


def free_abandoned(means: BatchMeans) -> None:
    """Release what processes reserved that died before they handed anything in. Waits for the disk."""
    for record in means.store.reserving():
        turn = means.store.turn(record.id)
        if turn is None:  # it is at it
            continue
        with turn:
            if any(each.id == record.id for each in means.store.reserving()):
                give_up(means, record, "refused")


def give_up(means: BatchMeans, record: BatchRecord, status: BatchStatus) -> None:
    """Write down that a batch is not at the provider. Waits for the disk. Raises BatchStoreProblem."""
    means.ledger.release(record.keys)
    means.store.close(record.id, status)


def _reserved(
    means: BatchMeans, wanted: HandIn, planned: Sequence[BatchRecord], turns: ExitStack, after: str
) -> list[BatchRecord]:
    for record in planned:
        if (turn := means.store.turn(record.id)) is not None:
            turns.enter_context(turn)
    means.store.add(planned, wanted.known)  # before the ledger: whatever ends this process, it is found again
    try:
        entries = [_entry(wanted, record, request) for record in planned for request in record.requests]
        paid = means.ledger.begin_all(entries, means.ceilings.dollars_per_day)
        records = [each for record in planned if (each := _with_only(record, paid)).requests]
        for record in planned:
            if not record.keys & paid:
                means.store.close(record.id, "refused")
        followed = [key for each in records for request in each.requests for key in request.earlier[-1:]]
        means.store.reserved(records, after=after, tried=followed)
    except BaseException:
        with suppress(BatchStoreProblem):
            _take_back(means, planned)
        raise
    return records


def _with_only(record: BatchRecord, paid: Collection[str]) -> BatchRecord:
    """Return a batch that is about to be handed in, with the requests that are paid."""
    requests = tuple(request for request in record.requests if request.key in paid)
    return replace(record, requests=requests, status="handing_in")


def _entry(wanted: HandIn, record: BatchRecord, request: BatchRequest) -> Entry:
    return Entry(
        record.made_at,
        record.model,
        record.project,
        request.target,
        dollars=request.dollars,
        batch=True,
        prompts=wanted.questions[request.key].conversation.prompts,
        id=request.key,
    )


def _take_back(means: BatchMeans, records: Sequence[BatchRecord]) -> None:
    for record in records:
        give_up(means, record, "refused")
