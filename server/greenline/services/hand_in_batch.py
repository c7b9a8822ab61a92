"""Hands in batches, each written down before, so that one whose name never came back is found again."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from greenline.domain.asking.batches import BatchRecord
from greenline.domain.asking.ceilings import day_is_spent
from greenline.domain.asking.entries import Entry
from greenline.ports.batch_store import AskedAlready, BatchStoreProblem
from greenline.ports.model import ModelProblem
from greenline.services.batch_report import BatchReport, asked_already, unknown, what_stays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenline.domain.asking.batches import BatchRequest
    from greenline.domain.asking.model import Question
    from greenline.ports.model_batches import ModelBatches
    from greenline.services.batch_round import BatchMeans, HandIn

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
    reserved = await asyncio.to_thread(_reserve, means, root, wanted)
    left_out = tuple(
        (wanted.requests[key].target, day_is_spent(means.ceilings)) for key in wanted.requests if key not in reserved
    )
    if not reserved:
        told(replace(not_handed_in(means, root, wanted, day_is_spent(means.ceilings)), problems=left_out))
        return
    with ExitStack() as turns:  # whoever resumes meanwhile must not look for what is just being handed in
        try:
            parts = await wanted.way.batches.parted({key: wanted.questions[key] for key in reserved})
            records = [_record(means, root, wanted, [reserved[key] for key in part]) for part in parts]
            for record in records:
                turns.enter_context(means.store.turn(record.id) or nullcontext())
            followed = [request.earlier[-1][1] for request in reserved.values() if request.earlier]
            await asyncio.to_thread(means.store.add, records, after=after, tried=followed)
        except (ModelProblem, BatchStoreProblem, asyncio.CancelledError):
            await asyncio.shield(asyncio.to_thread(release, means, wanted.model, root, list(reserved.values())))
            raise
        usual = wanted.usual if len(records) == 1 and not left_out else None
        submitting = asyncio.ensure_future(_all_submitted(means, wanted.way.batches, records, parts))
        try:
            await asyncio.shield(submitting)
        finally:  # cancelled, they may be there by now: their names are worth the wait
            first, *others = await submitting
            told(replace(first, problems=(*first.problems, *left_out), usual=usual))
            for report in others:
                told(report)


async def _all_submitted(
    means: BatchMeans,
    batches: ModelBatches,
    records: Sequence[BatchRecord],
    parts: Sequence[Mapping[str, Question]],
) -> list[BatchReport]:
    return [await _submitted(means, batches, record, part) for record, part in zip(records, parts, strict=True)]


async def _submitted(
    means: BatchMeans, batches: ModelBatches, record: BatchRecord, questions: Mapping[str, Question]
) -> BatchReport:
    try:
        name = await batches.submit(questions)
    except ModelProblem as problem:
        if problem.kind in _AMBIGUOUS:
            return BatchReport(record, "unknown", f"{problem} {unknown(record)}")
        return await _refused(means, record, str(problem))
    named = replace(record, name=name, status="waiting")
    try:
        await asyncio.to_thread(means.store.named, record.id, name)
    except BatchStoreProblem as problem:
        return BatchReport(named, "unknown", _NOT_NOTED.format(record.endpoint, problem))
    return BatchReport(named, "handed_in")


async def _refused(means: BatchMeans, record: BatchRecord, why: str) -> BatchReport:
    await asyncio.to_thread(release, means, record.model, Path(record.project), record.requests)
    try:
        await asyncio.to_thread(means.store.close, record.id, "refused")
    except BatchStoreProblem as problem:  # it is not lost: resuming finds out that it was never there
        return BatchReport(record, "refused", f"{why} {problem}")
    return BatchReport(record, "refused", why + what_stays(record.requests))


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


def release(means: BatchMeans, model: str, root: Path, requests: Sequence[BatchRequest]) -> None:
    """Write into the ledger that these requests were not made. Waits for the disk."""
    for request in requests:
        if request.ledger is not None:
            entry = Entry(means.now(), model, str(root), request.target, dollars=0.0, outcome="cancelled", batch=True)
            means.ledger.end(request.ledger, entry)


def _not_waiting(means: BatchMeans, root: Path, wanted: HandIn) -> tuple[HandIn, list[BatchReport]]:
    """Return what waits in no batch, and a report of each batch that some of it waits in. Waits for the disk."""
    first = {request.target for request in wanted.requests.values() if not request.earlier}
    asked: set[str] = set()
    reports = []
    for record in means.store.open_in(root):
        waits = {request.target for request in record.open}
        if there := sorted(target for target in first if _as_kept(target) in waits):
            reports.append(BatchReport(record, "waiting", asked_already([_as_kept(target) for target in there])))
            asked.update(there)
    if not asked:
        return wanted, []
    requests = {key: request for key, request in wanted.requests.items() if request.target not in asked}
    return replace(wanted, requests=requests, usual=None), reports


def _as_kept(target: str) -> str:
    return target.encode("utf-8", "replace").decode("utf-8")  # a path may have bytes that are no text


def _reserve(means: BatchMeans, root: Path, wanted: HandIn) -> dict[str, BatchRequest]:
    """Write the requests into the ledger, as many as the day's money pays; return those with their numbers."""
    found = {}
    for key, request in wanted.requests.items():
        prompts = wanted.questions[key].conversation.prompts
        entry = Entry(
            means.now(),
            wanted.model,
            str(root),
            request.target,
            dollars=request.dollars,
            batch=True,
            prompts=prompts,
        )
        number = means.ledger.begin(entry, means.ceilings.dollars_per_day)
        if number is not None:  # below zero it is known here only, and whoever collects writes it down
            found[key] = replace(request, ledger=number if number > 0 else None)
    return found


def _record(means: BatchMeans, root: Path, wanted: HandIn, requests: Sequence[BatchRequest]) -> BatchRecord:
    return BatchRecord(
        uuid4().hex,
        str(root),
        wanted.way.endpoint,
        wanted.model,
        means.now(),
        tuple(requests),
        settings=means.settings,
    )
