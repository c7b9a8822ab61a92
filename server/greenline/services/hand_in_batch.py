"""Hands in batches, each written down before, so that one whose name never came back is found again."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from greenline.domain.asking.batches import BatchRecord
from greenline.domain.asking.ceilings import day_is_spent
from greenline.ports.batch_store import AskedAlready, BatchStoreProblem
from greenline.ports.model import ModelProblem
from greenline.services.batch_report import BatchReport, asked_already, unknown, what_ends, what_stays
from greenline.services.reserve_batch import free_abandoned, give_up, reserved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.domain.asking.batches import BatchRequest
    from greenline.ports.model_batches import ModelBatches
    from greenline.services.batch_means import BatchMeans, HandIn

_AMBIGUOUS = frozenset({"server", "unreachable", "timeout", "cut"})
"""Kinds of problems after which a batch may have been taken all the same."""
_TRIES = 3
"""Other processes may be asking for the same targets meanwhile."""
_CLOCKS = 300.0
"""Seconds by which the provider's clock may differ from ours."""
SETTLES = 120.0
"""Seconds after which a batch that is not in the provider's list never was there."""


async def hand_in(
    means: BatchMeans,
    root: Path,
    wanted: HandIn,
    told: Callable[[BatchReport], None],
    *,
    after: str = "",
) -> None:
    """Hand in what a round wants to ask, in as many batches as the provider needs; ``told`` hears what became of each.

    That is so also when this is cancelled meanwhile. What waits in a batch already is left out. ``after`` is the batch
    that they follow. Raises ModelProblem and BatchStoreProblem where nothing was handed in.
    """
    await asyncio.to_thread(free_abandoned, means)
    for left in reversed(range(_TRIES)):
        wanted, waiting = await asyncio.to_thread(_not_waiting, means, root, wanted)
        for report in waiting:
            told(report)
        try:
            if wanted.requests:
                await _paid_and_submitted(means, root, wanted, told, after)
            break
        except AskedAlready:  # by another process, just now
            if not left:
                raise


async def _paid_and_submitted(
    means: BatchMeans, root: Path, wanted: HandIn, told: Callable[[BatchReport], None], after: str
) -> None:
    parts = await wanted.way.batches.parted({key: wanted.questions[key] for key in wanted.requests})
    planned = [_record(means, root, wanted, [wanted.requests[key] for key in part]) for part in parts]
    with ExitStack() as turns:  # whoever resumes meanwhile must not look for what is just being handed in
        records = await reserved(means, wanted, planned, turns, after)
        paid = {request.key for record in records for request in record.requests}
        why = day_is_spent(means.ceilings)
        left_out = tuple((request.target, why) for key, request in wanted.requests.items() if key not in paid)
        if not records:
            told(replace(not_handed_in(means, root, wanted, why), problems=left_out))
            return
        usual = wanted.usual if len(records) == 1 and not left_out else None
        submitting = asyncio.ensure_future(_all_submitted(means, wanted, records))
        try:
            await asyncio.shield(submitting)
        finally:  # cancelled, they may be there by now: their names are worth the wait
            first, *others = await submitting
            told(replace(first, problems=(*first.problems, *left_out), usual=usual))
            for report in others:
                told(report)


async def _all_submitted(means: BatchMeans, wanted: HandIn, records: Sequence[BatchRecord]) -> list[BatchReport]:
    return [await _submitted(means, wanted, record) for record in records]


async def _submitted(means: BatchMeans, wanted: HandIn, record: BatchRecord) -> BatchReport:
    try:
        name = await wanted.way.batches.submit({each.key: wanted.questions[each.key] for each in record.requests})
    except ModelProblem as problem:
        if problem.kind in _AMBIGUOUS:
            return BatchReport(record, "unknown", f"{problem} {unknown(record)}")
        return await _refused(means, record, problem)
    named = replace(record, name=name, status="waiting")
    try:
        await asyncio.to_thread(means.store.named, record.id, name)
    except BatchStoreProblem as problem:
        return BatchReport(named, "unknown", _NOT_NOTED.format(record.endpoint, problem))
    return BatchReport(named, "handed_in")


async def _refused(means: BatchMeans, record: BatchRecord, problem: ModelProblem) -> BatchReport:
    """Tell that the provider took nothing; what it does not take for what it says is not tried again."""
    for_good = problem.kind == "bad_request"
    words = str(problem) + (what_ends if for_good else what_stays)(record.requests)
    try:
        await asyncio.to_thread(give_up, means, record, "declined" if for_good else "refused")
    except BatchStoreProblem as unwritten:  # it is not lost: resuming finds out that it was never there
        return BatchReport(record, "refused", f"{problem} {unwritten}")
    return BatchReport(record, "refused", words)


_NOT_NOTED = "{} took it, but its name was not written down. {} `greenline generate --resume` finds it."


def not_handed_in(means: BatchMeans, root: Path, wanted: HandIn, why: str) -> BatchReport:
    """Return the report of requests that were not handed in."""
    why += what_stays(wanted.requests.values())
    return BatchReport(_record(means, root, wanted, ()), "refused", why)


async def candidates(means: BatchMeans, batches: ModelBatches, record: BatchRecord) -> list[str]:
    """Return the names of batches that may be this one, whose name never came back. Raises ModelProblem."""
    since = record.made_at - _CLOCKS
    made = await batches.made_since(since, len(record.requests))
    known = await asyncio.to_thread(means.store.names)
    return [name for name in made if name not in known]


def _not_waiting(means: BatchMeans, root: Path, wanted: HandIn) -> tuple[HandIn, list[BatchReport]]:
    """Return what waits in no batch, and a report of each batch that some of it waits in. Waits for the disk."""
    followed = {key for request in wanted.requests.values() for key in request.earlier[-1:]}
    asked: set[str] = set()
    reports = []
    for record in means.store.open_in(root):
        waits = {request.target for request in record.open if request.key not in followed}
        targets = sorted(request.target for request in wanted.requests.values() if _as_kept(request.target) in waits)
        if targets:
            reports.append(BatchReport(record, "waiting", asked_already([_as_kept(target) for target in targets])))
            asked.update(targets)
    if not asked:
        return wanted, []
    requests = {key: request for key, request in wanted.requests.items() if request.target not in asked}
    return replace(wanted, requests=requests, usual=None), reports


def _as_kept(target: str) -> str:
    return target.encode("utf-8", "replace").decode("utf-8")  # a path may have bytes that are no text


def _record(means: BatchMeans, root: Path, wanted: HandIn, requests: Sequence[BatchRequest]) -> BatchRecord:
    return BatchRecord(
        uuid4().hex,
        str(root),
        wanted.way.endpoint,
        wanted.model,
        means.now(),
        tuple(requests),
        settings=means.settings,
        status="reserving",
    )
