"""Writing tests into the person's workspace: by the editor, or, after asking, by one atomic write; and the way back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from greenline.adapters import atomic_write
from greenline.jobs.registry import JobFailure
from greenline.lsp import edits
from greenline.lsp.edit_words import words_of
from greenline.lsp.session import Warning_

if TYPE_CHECKING:
    from greenline.domain.generation.model import TestEdit
    from greenline.lsp.session import Session

_PATIENCE = 300.0
"""Seconds that a question may stay unanswered; the job waits for the answer."""
_LAST_WORD = 2.0
"""Seconds that an editor has to answer after a cancellation: it writes what it was asked for all the same."""
_LONGEST = 4000
"""Characters of code in a message."""
_LOOKS, _PAUSE = 40, 0.05


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit that was written, and how; ``disk`` is set when not the editor but Greenline wrote the file."""

    edit: TestEdit
    disk: atomic_write.Written | None = None


async def write(session: Session, edit: TestEdit, code: str) -> Applied:
    """Write the edit. Raises JobFailure when nothing was written; the person then has the code all the same."""
    if not edits.is_current(session, edit):
        words = words_of(edit)
        again = words.again.capitalize()
        raise JobFailure(f"{edit.path.name} changed {words.meanwhile}; nothing was written. {again} again.")
    workspace_edit = edits.forward(session, edit)
    if workspace_edit is None:
        return await _write_ourselves(session, edit, code)
    shown_first = session.client.confirms_changes and bool(edit.replacements or session.settings.preview)
    if session.settings.preview and not shown_first:
        await _accepted(session, edit, code)
    answer = await _written_by_the_editor(session, edit, workspace_edit)
    if not answer.applied:
        if shown_first:
            raise JobFailure(f"{edit.path.name} is as it was: the change was not accepted.")
        _show_code(session, edit, code)
        reason = answer.failure_reason or "no reason given"
        raise JobFailure(f"The editor did not write {edit.path.name}: {reason}. {words_of(edit).elsewhere}")
    if (shown_first or edit.replacements) and not await _arrived(session, edit) and shown_first:
        # Neovim says that it did what its person has refused, and a file is created before it asks.
        left = edits.current_text(session, edit.path) or ""
        if edit.creates and edit.path.exists() and not left.strip():
            await take_back(session, Applied(replace(edit, new_text=left)))
        raise JobFailure(f"{edit.path.name} is as it was: the change was not accepted.")
    return Applied(edit)


def say_that_they_stand(session: Session, edit: TestEdit) -> None:
    """Tell the person what a cancellation came too late for."""
    session.show(f"Cancelled. {words_of(edit).stands.format(name=edit.path.name)}")


async def take_back(session: Session, applied: Applied) -> str | None:
    """Undo in one step. Returns why it could not be done, or None."""
    name = applied.edit.path.name
    if applied.disk is not None:
        try:
            applied.disk.undo()
        except (atomic_write.WriteProblem, OSError) as problem:
            return str(problem)
        return None
    inverse = edits.backward(session, applied.edit)
    if inverse is None:
        return f"{name} was changed since; {words_of(applied.edit).by_hand}"
    label = words_of(applied.edit).undo_label.format(name=name)
    params = types.ApplyWorkspaceEditParams(edit=inverse, label=label)
    answer = await _applied(session, params)
    return None if answer.applied else f"The editor did not undo: {answer.failure_reason or 'no reason given'}."


async def _written_by_the_editor(
    session: Session, edit: TestEdit, workspace_edit: types.WorkspaceEdit
) -> types.ApplyWorkspaceEditResult:
    label = words_of(edit).label.format(name=edit.path.name)
    params = types.ApplyWorkspaceEditParams(edit=workspace_edit, label=label)
    writing = asyncio.ensure_future(_applied(session, params))
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        done, _ = await asyncio.wait([writing], timeout=_LAST_WORD)
        if not done:
            writing.cancel()
        elif writing.exception() is None and writing.result().applied:
            say_that_they_stand(session, edit)
            session.refresh()
        raise


async def _applied(session: Session, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
    try:
        return await session.server.workspace_apply_edit_async(params)
    except JsonRpcException as error:  # a disk that is full, or may not be written to
        return types.ApplyWorkspaceEditResult(applied=False, failure_reason=error.message)


async def _arrived(session: Session, edit: TestEdit) -> bool:
    """Tell whether the file is another now: editors tell of what they changed before they answer, or shortly after."""
    for _ in range(_LOOKS):
        text = edits.current_text(session, edit.path)
        if edit.creates:
            there = bool(text and text.strip())  # the buffer of a file that is still empty may have a line
        else:
            there = text is None or not edits.same_text(text, edit.base_text)
        if there:
            return True
        await asyncio.sleep(_PAUSE)
    return False


async def _accepted(session: Session, edit: TestEdit, code: str) -> None:
    """Ask an editor that shows no change before it is made. Raises JobFailure without a yes."""
    shown = code if len(code) <= _LONGEST else f"{code[:_LONGEST]}\n... (the rest is in Greenline's log)"
    words = words_of(edit)
    session.log(f"For {edit.path}:\n{code}")
    answer = await session.ask(f"{words.question} {edit.path}?\n\n{shown}", "Apply", "Discard", limit=_PATIENCE)
    if answer != "Apply":
        raise JobFailure(f"{edit.path.name} is as it was: {words.not_accepted}")
    if not edits.is_current(session, edit):
        again = words.again.capitalize()
        raise JobFailure(f"{edit.path.name} changed meanwhile; nothing was written. {again} again.")


async def _write_ourselves(session: Session, edit: TestEdit, code: str) -> Applied:
    """Ask, because the editor cannot do it; without a yes nothing is written."""
    open_here = session.documents.open_at(edit.path)
    verb = "create" if edit.creates else "change"
    if open_here is not None and open_here.path in session.documents.unsaved():
        _show_code(session, edit, code)
        raise JobFailure(
            f"{edit.path.name} has unsaved changes and this editor applies no edits; "
            f"save it and {words_of(edit).again} again."
        )
    answer = await session.ask(
        f"This editor cannot {verb} files for Greenline. May Greenline {verb} {edit.path}?",
        "No",
        "Yes",
        limit=_PATIENCE,
        otherwise="",  # the code is shown, and how it can be had
    )
    if answer != "Yes":
        _show_code(session, edit, code)
        raise JobFailure(f"{edit.path.name} was not written, as nobody said yes. {words_of(edit).elsewhere}")
    try:
        return Applied(edit, disk=atomic_write.write_edit(edit))
    except (atomic_write.WriteProblem, OSError) as problem:
        _show_code(session, edit, code)
        raise JobFailure(str(problem)) from problem


def _show_code(session: Session, edit: TestEdit, code: str) -> None:
    session.log(f"{words_of(edit).not_written}:\n{code}")
    shown = code if len(code) <= _LONGEST else f"{code[:_LONGEST]}\n... (the rest is in Greenline's log)"
    session.show(f"{words_of(edit).to_copy}\n{shown}", Warning_)
