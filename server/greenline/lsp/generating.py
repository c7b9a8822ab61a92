"""The work behind "Generate test": generate, write, confirm, and offer to take back what did not hold."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.jobs.registry import JobFailure
from greenline.lsp import apply_edit, edits, names
from greenline.lsp.job_report import (
    Finished,
    Kept,
    Unfinished,
    and_the_bugs,
    and_the_model,
    and_the_others,
    and_what_was_in_the_way,
    summary_of,
    summary_of_many,
)
from greenline.lsp.session import Error
from greenline.lsp.telling_results import tell
from greenline.ports.progress import WRITTEN, Counted, Share
from greenline.services.stopped import Stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Target
    from greenline.domain.generation.model import TargetResult, TestEdit
    from greenline.lsp.services import Services
    from greenline.lsp.session import Session
    from greenline.lsp.telling_results import Again
    from greenline.ports.progress import Progress
    from greenline.services.confirm_tests import Confirmation
    from greenline.services.generate_tests import Generation

log = logging.getLogger(__name__)

_LONGEST = 800
"""Characters of what a test failed with in a question."""
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of one target; ``applied`` is what was written, None where there was nothing to write."""

    finished: Finished
    applied: apply_edit.Applied | None = None
    stopped: bool = False
    """It was cancelled, and this is what stays of it."""
    told: bool = False


async def generate(session: Session, target: Target, progress: Progress, again: Again) -> Finished:
    """Do the whole path for one target. Raises JobFailure when it ends without confirmed tests that were wanted."""
    ended = await _one(session, target, progress)
    if not ended.told:
        tell(session, ended.finished, [ended.applied] if ended.applied else [], again)
    if ended.stopped:
        raise Kept(ended.finished.message, ended.finished.results)
    return ended.finished


async def generate_all(session: Session, targets: Sequence[Target], progress: Progress, again: Again) -> Finished:
    """Do it for many, one after the other. What was written before a cancellation stays; one failure ends nothing.

    Raises JobFailure where nothing was written and something failed, and Kept when a model was asked as it was
    cancelled.
    """
    results: list[TargetResult] = []
    applied: list[apply_edit.Applied] = []
    reasons: list[str] = []
    failed = stopped = False
    for number, target in enumerate(targets, 1):
        of_all = Share(Counted(progress, number, len(targets)), (number - 1) / len(targets), number / len(targets))
        try:
            ended = await _one(session, target, of_all)
        except JobFailure as problem:
            told = problem.results if isinstance(problem, Unfinished) else ()
            results += told
            reasons += [] if told else [str(problem)]
            failed = True
        except Exception as error:  # the others have nothing to do with it
            log.exception("generating tests for %s", target)
            reasons.append(f"{target.qualname or target.path.name}: {type(error).__name__}: {error}")
            failed = True
        else:
            results += ended.finished.results
            applied += [ended.applied] if ended.applied else []
            if stopped := ended.stopped:
                reasons.append("cancelled; what was confirmed before stays")
                break
    found = [summary_of_many(results) + _besides(results)] if results else []
    message = names.one_line("; ".join([*found, *dict.fromkeys(reasons)]))
    if failed and not applied and not stopped:
        raise Unfinished(message, results)
    finished = tell(session, Finished(message, tuple(results)), applied, again)
    if stopped:
        raise Kept(message, results)
    return finished


async def _one(session: Session, target: Target, progress: Progress) -> _Ended:
    progress.step("Starting")
    services = await session.load_services()
    lock = session.writing(target.path)
    if lock.locked():
        progress.step(f"Waiting for the other job on {target.path.name}")
    async with lock:
        try:
            generation = await _generate(session, services, target, Share(progress, 0.0, WRITTEN))
        except Stopped as stopped:
            return await session.to_the_end(_what_stays(session, services, stopped.generation, progress))
        return await _written(session, services, generation, progress)


async def _written(session: Session, services: Services, generation: Generation, progress: Progress) -> _Ended:
    """Write and confirm what was generated. Raises JobFailure."""
    if await session.findings.suspect(generation.text, generation.results):
        session.redraw()
    if generation.edit is None:
        return _Ended(_nothing_written(generation))
    progress.step(_writing(session, generation.edit))
    code = "\n\n".join(result.code for result in generation.results if result.code)
    applied = await apply_edit.write(session, generation.edit, code or generation.edit.new_text)
    confirmation = await _confirm(session, services, generation, Share(progress, WRITTEN, 1.0))
    return _Ended(_confirmed(session, applied, confirmation), applied)


async def _what_stays(session: Session, services: Services, generation: Generation, progress: Progress) -> _Ended:
    """Write and confirm what was confirmed before a model was asked, and the job cancelled. Raises nothing for it."""
    if generation.edit is None:
        message = f"Cancelled; nothing was written{and_the_model(generation.results)}"
        return _Ended(Finished(message, generation.results), stopped=True)
    try:
        ended = await _written(session, services, generation, progress)
    except JobFailure as problem:
        results, told = (problem.results, problem.told) if isinstance(problem, Unfinished) else ((), False)
        failed = Finished(f"Cancelled. {problem}", results or generation.results)
        return _Ended(failed, stopped=True, told=told)
    message = f"Cancelled; what was confirmed before stays: {ended.finished.message}"
    return replace(ended, finished=replace(ended.finished, message=message), stopped=True)


def _writing(session: Session, edit: TestEdit) -> str:
    if not session.settings.preview:
        return f"Writing {edit.path.name}"
    chosen = session.client.confirms_changes  # in a list of changes, in which none is selected yet
    return "Waiting for you to select and apply the new tests" if chosen else "Waiting for your answer"


async def _generate(session: Session, services: Services, target: Target, progress: Progress) -> Generation:
    """Generate; once more when the person changed the test file meanwhile."""
    for _ in range(_ATTEMPTS):
        generation = await services.generate.generate(target, progress, engine=session.settings.engine)
        if generation.edit is None or edits.is_current(session, generation.edit):
            break
        progress.step(f"{generation.edit.path.name} changed meanwhile; starting again")
    return generation


def _nothing_written(generation: Generation) -> Finished:
    results = generation.results
    message = summary_of(results) + and_the_model(results) + and_the_bugs(results)
    if any(result.status == "failed" for result in generation.results):
        raise Unfinished(message, generation.results)
    return Finished(message, generation.results)


async def _confirm(session: Session, services: Services, generation: Generation, progress: Progress) -> Confirmation:
    """Run what was written; whatever happens, what is shown is looked at again."""
    assert generation.edit is not None
    progress.step(f"Running {generation.edit.path.name}")
    try:
        confirmation = await services.confirm.confirm(generation, progress)
        if confirmation.ok:
            await session.findings.measure(generation.text, confirmation.results)
    except asyncio.CancelledError:
        apply_edit.say_that_they_stand(session, generation.edit)
        raise
    else:
        return confirmation
    finally:
        session.refresh()


def _confirmed(session: Session, applied: apply_edit.Applied, confirmation: Confirmation) -> Finished:
    if confirmation.ok:
        return Finished(confirmation.message + _besides(confirmation.results), confirmation.results)
    message = (
        confirmation.message or confirmation.problem or "The new tests were written, but they could not be confirmed."
    )
    detail = next((told for failure in confirmation.failures if (told := failure.said or failure.message)), "")
    if len(detail) > _LONGEST:
        detail = f"{detail[:_LONGEST]}\n..."
    session.spawn(
        offer_undo(session, applied, f"{message}:\n{detail}" if detail else message), "question about undoing"
    )
    raise Unfinished(message, confirmation.results, told=True)


def _besides(results: Sequence[TargetResult]) -> str:
    """Return what there is to say besides what was gained; where nothing was, that has been said but for the bugs."""
    gained = any(result.status == "confirmed" for result in results)
    gains = (and_the_others, and_what_was_in_the_way, and_the_model, and_the_bugs)
    others = gains if gained else (and_the_model, and_the_bugs)
    return "".join(also(results) for also in others)


async def offer_undo(session: Session, applied: apply_edit.Applied, message: str) -> None:
    """Ask after the job has ended: nothing waits for the answer."""
    if await session.ask(message, "Undo", "Keep") != "Undo":
        return
    problem = await apply_edit.take_back(session, applied)
    if problem is not None:
        session.show(problem, Error)
    session.refresh()
