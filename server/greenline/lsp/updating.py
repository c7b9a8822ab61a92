"""The work behind "Update generated expectations": look, propose, let the person see old and new, write, run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.lsp import apply_edit, names, testing
from greenline.lsp.generating import offer_undo
from greenline.lsp.job_report import Finished, Unfinished
from greenline.lsp.session import Info
from greenline.ports.progress import WRITTEN, Share

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.domain.code.model import Target
    from greenline.jobs.registry import Work
    from greenline.lsp.pictures import Shown
    from greenline.lsp.services import Services
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress
    from greenline.services.update_expectations import Update, Updated

TITLE = "Update generated expectations"
_GENERATE, _NOT_NOW = "Generate test", "Not now"
_MOST_SHOWN = 3
"""Changes that a message names; the edit shows all."""


async def offers(session: Session, shown: Shown, where: types.Range) -> list[types.Command]:
    """Offer it for the failing tests of these lines that are as Greenline wrote them."""
    document, services = shown.document, session.services.built
    if services is None:
        return []
    marks = await session.failing.of(document.path, document.text)
    positions = session.positions(document.text)
    lines = range(positions.line_of(where.start), positions.line_of(where.end) + 1)
    found: dict[tuple[Path, str], None] = {}
    for mark in marks:
        # What is missing around a test, or comes and goes, is no new value.
        if mark.line in lines and mark.failure.test is not None and mark.failure.kind in {"code", "test"}:
            found[mark.failure.test.path, _name(mark.failure.node_id)] = None
    return [_command(session, path, test) for path, test in found if await _is_known(session, services, path, test)]


class Updating:
    """``generate`` starts the job that writes tests for a target."""

    def __init__(self, session: Session, generate: Callable[[Target], object]) -> None:
        self._session = session
        self._generate = generate

    def work(self, path: Path, test: str) -> Work:
        """Return the work of the job for one test of a file, as pytest names it there."""

        async def work(progress: Progress) -> Finished:
            progress.step("Starting")
            services = await self._session.load_services()
            async with self._session.writing(path):
                update = await services.update.propose(path, [test], Share(progress, 0.0, WRITTEN))
                if update.problem:
                    raise Unfinished(update.problem)
                if not update.tests:
                    raise Unfinished(f"{test} is not as Greenline wrote it, or none of its tests: it is left as it is.")
                return await self._updated(services, path, update, Share(progress, WRITTEN, 1.0))

        return work

    async def _updated(self, services: Services, path: Path, update: Update, progress: Progress) -> Finished:
        one = update.tests[0]
        if one.refusal:
            self._refuse(one)
        if update.edit is None:
            message = f"{one.test} expects what the code gives: there is nothing to update."
            self._session.show(message, Info)
            return Finished(message)
        shown_first = self._session.client.confirms_changes
        progress.step("Waiting for you to select and apply the changes" if shown_first else "Writing")
        applied = await apply_edit.write(self._session, update.edit, _told(one, len(one.changes)))
        await asyncio.to_thread(services.update.remember, update)
        if one.renamed:
            self._session.failing.forget(path, one.test)
        progress.step(f"Running {one.name}", 0.5)
        ran = await testing.run_again(self._session, path, [f"{path}::{one.name}"], progress)
        if not ran.ok or ran.failures:
            message = f"{one.name} was updated, and does not pass: {ran.message}"
            self._session.spawn(offer_undo(self._session, applied, message), "question about undoing")
            raise Unfinished(message, told=True)
        message = f"{one.name} is updated and passes: {_told(one, _MOST_SHOWN)}"
        self._session.show(names.plain(message), Info)
        return Finished(message)

    def _refuse(self, one: Updated) -> None:
        """Say why, and offer the other way. Raises Unfinished."""
        message = f"{one.test} cannot be updated: {one.refusal}."
        self._session.spawn(self._offer(one, message), "question about generating")
        raise Unfinished(message, told=True)

    async def _offer(self, one: Updated, message: str) -> None:
        if await self._session.ask(names.plain(message), _GENERATE, _NOT_NOW) == _GENERATE:
            self._generate(one.target)


async def _is_known(session: Session, services: Services, path: Path, test: str) -> bool:
    loop = asyncio.get_running_loop()
    return bool(await loop.run_in_executor(session.executor, services.update.known, path, [test]))


def _command(session: Session, path: Path, test: str) -> types.Command:
    arguments = [{"uri": session.documents.uri_of(path), "test": test}]
    return types.Command(f"{TITLE} of `{test.rpartition('::')[2]}`", names.UPDATE_EXPECTATIONS, arguments=arguments)


def _name(node_id: str) -> str:
    """Return the test's name in its file, without a row of its table, which may have anything in it."""
    return node_id.partition("::")[2].partition("[")[0]


def _told(one: Updated, most: int) -> str:
    more = f" and {len(one.changes) - most} more" if len(one.changes) > most else ""
    return "; ".join(change.words for change in one.changes[:most]) + more
