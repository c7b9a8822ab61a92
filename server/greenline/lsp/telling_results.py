"""What was gained, told with what can be done about it: open the tests, undo, run them again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.lsp import apply_edit, model_key, names
from greenline.lsp.positions import start_of
from greenline.lsp.session import Error, Info, Warning_

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.code.model import Target
    from greenline.domain.generation.model import TargetResult
    from greenline.lsp.job_report import Finished
    from greenline.lsp.session import Session

_OPEN, _UNDO, _RUN, _TRY, _KEY = "Open Test", "Undo", "Run Again", "Try Again", "Set Model Key"


@dataclass(frozen=True, slots=True)
class Again:
    """Starts jobs for a person who wants them once more."""

    run: Callable[[Path], Any]
    """The tests of a file."""
    generate: Callable[[Sequence[Target]], Any]


def tell(session: Session, finished: Finished, applied: Sequence[apply_edit.Applied], again: Again) -> Finished:
    """Tell it without waiting for an answer; a client that would hold up the person gets the message alone."""
    if not applied and asking_failed(finished.results):
        tell_problem(session, finished.message, finished.results, again)
    elif not applied:
        session.show(finished.message, Info)
    elif session.client.buttons_do_not_block:
        session.spawn(_offer(session, finished, applied, again), "what to do with the new tests")
    elif not session.client.tells_results:
        session.show(names.plain(finished.message), Info)
    return finished


def asking_failed(results: Sequence[TargetResult]) -> list[Target]:
    """Return the targets for which asking a model failed."""
    return [result.target for result in results if result.model_problem]


def tell_problem(session: Session, message: str, results: Sequence[TargetResult], again: Again) -> None:
    """Say why asking a model failed: whoever mends that goes on from there."""

    async def offer() -> None:
        if await _chosen(session, message, _ways_on(session, results), Warning_) == _TRY:
            again.generate(asking_failed(results))

    if session.client.buttons_do_not_block:
        session.spawn(offer(), "whether to ask a model again")
    else:
        session.show(message, Warning_)


def tell_failure(session: Session, message: str, again: Callable[[], object]) -> None:
    """Say why a job failed that may succeed as soon as somebody has mended what the message names."""

    async def offer() -> None:
        if await session.ask(message, _TRY) == _TRY:
            again()

    if session.client.buttons_do_not_block:
        session.spawn(offer(), "whether to try it again")
    else:
        session.show(message, Warning_)


def _ways_on(session: Session, results: Sequence[TargetResult]) -> list[str]:
    """Return the buttons for who mends why asking failed; none where it did not."""
    counts = session.client.types_model_key and not session.settings.model_key_command
    wants_key = counts and any(result.wants_key for result in results)
    return [*([_KEY] if wants_key else []), _TRY] if asking_failed(results) else []


async def _chosen(session: Session, message: str, offered: Sequence[str], kind: types.MessageType = Info) -> str | None:
    """Ask what to do. Who types a key wants to try again with it; who then types none is asked once more."""
    while (chosen := await session.ask(names.plain(message), *offered, kind=kind)) == _KEY:
        if await model_key.is_typed(session):
            return _TRY
    return chosen


async def _offer(session: Session, finished: Finished, applied: Sequence[apply_edit.Applied], again: Again) -> None:
    opens = [_OPEN] if session.client.shows_documents else []
    ways_on = _ways_on(session, finished.results) or [_RUN]
    chosen = await _chosen(session, finished.message, [*opens, _UNDO, *ways_on])
    if chosen == _OPEN:
        await _open(session, applied[0].edit.path, finished)
    elif chosen == _UNDO:
        problems = [await apply_edit.take_back(session, one) for one in reversed(applied)]
        for problem in filter(None, problems):
            session.show(problem, Error)
        session.refresh()
    elif chosen == _RUN:
        for path in dict.fromkeys(one.edit.path for one in applied):
            again.run(path)
    elif chosen == _TRY:
        again.generate(asking_failed(finished.results))


async def _open(session: Session, path: Path, finished: Finished) -> None:
    """Put the cursor on the first new test; in a file of many, somewhere else is nowhere."""
    lines = (session.documents.read(path) or "").split("\n")
    wanted = [
        result.tests[0] for result in finished.results if result.edit and result.edit.path == path and result.tests
    ]
    starts = tuple(f"def {name}(" for name in wanted) + tuple(f"async def {name}(" for name in wanted)
    line = next((number for number, text in enumerate(lines, 1) if starts and text.lstrip().startswith(starts)), 1)
    uri = session.documents.uri_of(path)
    params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=start_of(line))
    await session.show_document(params)
