"""From the domain's edit to LSP's, in the form that the client understands, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.generation.model import TestEdit
    from greenline.lsp.session import Session


_NEW = "new"
"""The annotation of new tests."""


def current_text(session: Session, path: Path) -> str | None:
    """Return the file's text as the person sees it; None when it is not there or cannot be read."""
    try:
        return session.documents.read(path)
    except (OSError, UnicodeDecodeError):
        return None


def same_text(one: str, other: str) -> bool:
    """Compare texts; editors are free to choose line endings."""
    return _plain(one) == _plain(other)


def is_current(session: Session, edit: TestEdit) -> bool:
    """Tell whether the test file is still what the edit was made for."""
    text = current_text(session, edit.path)
    if edit.creates:
        return text is None and not edit.path.exists()
    return text is not None and same_text(text, edit.base_text)


def forward(session: Session, edit: TestEdit) -> types.WorkspaceEdit | None:
    """Return the edit that writes the tests; None where the client cannot do it (creating a file, mostly)."""
    if not session.client.applies_edits:
        return None
    if edit.creates:
        return _previewed(session, edit, _creation(session, edit)) if session.client.creates_files else None
    text = current_text(session, edit.path) or ""
    if edit.replacements:
        return _replacing(session, edit, text)
    positions = session.positions(text)
    changes = [
        types.TextEdit(types.Range(at := positions.position(i.line, i.column), at), i.text) for i in edit.insertions
    ]
    written = _changing(session, edit.path, changes or [replacement(session, text, edit.new_text)])
    return _previewed(session, edit, written)


def backward(session: Session, edit: TestEdit) -> types.WorkspaceEdit | None:
    """Return the edit that takes the tests back in one step; None when the file is not as it was written any more."""
    text = current_text(session, edit.path)
    if text is None or not same_text(text, edit.new_text) or not session.client.applies_edits:
        return None
    # A created file that was never saved is only a buffer: some editors leave that alone when told to delete the file.
    if edit.creates and session.client.deletes_files and edit.path.exists():
        options = types.DeleteFileOptions(recursive=False, ignore_if_not_exists=True)
        uri = session.documents.uri_of(edit.path)
        return types.WorkspaceEdit(document_changes=[types.DeleteFile(uri=uri, options=options)])
    return _changing(session, edit.path, [replacement(session, text, edit.base_text)])


def replacement(session: Session, old: str, new: str) -> types.TextEdit:
    """Return the one edit from one text to another, as small as its common beginning and end allow."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if 0 < start < len(old) and old[start - 1 : start + 1] == "\r\n":
        start -= 1  # no position lies inside a line end
    if end and old[len(old) - end - 1 : len(old) - end + 1] == "\r\n":
        end -= 1
    positions = session.positions(old)
    where = types.Range(positions.position_at(start), positions.position_at(len(old) - end))
    return types.TextEdit(where, new[start : len(new) - end])


def _creation(session: Session, edit: TestEdit) -> types.WorkspaceEdit:
    """Create the file, then fill it.

    Neovim empties a file that is there unless told to ignore it, but makes missing folders only when not told so.
    """
    uri = session.documents.uri_of(edit.path)
    options = types.CreateFileOptions(overwrite=False, ignore_if_exists=edit.path.parent.exists())
    start = types.Position(0, 0)
    fill = types.TextDocumentEdit(
        types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None),
        [types.TextEdit(types.Range(start, start), edit.new_text)],
    )
    return types.WorkspaceEdit(document_changes=[types.CreateFile(uri=uri, options=options), fill])


def _previewed(session: Session, edit: TestEdit, written: types.WorkspaceEdit) -> types.WorkspaceEdit:
    """Have the editor show the new tests before it writes them, where the person wants that and it can."""
    if not session.settings.preview or not session.client.confirms_changes:
        return written
    for change in written.document_changes or ():
        if isinstance(change, types.CreateFile):
            change.annotation_id = _NEW
        elif isinstance(change, types.TextDocumentEdit):
            change.edits = [types.AnnotatedTextEdit(_NEW, one.range, one.new_text) for one in change.edits
                            if isinstance(one, types.TextEdit)]  # fmt: skip
    words = f"{edit.path.name}: they have passed, and are written when this is applied"
    written.change_annotations = {_NEW: types.ChangeAnnotation("New tests", needs_confirmation=True, description=words)}
    return written


def _replacing(session: Session, edit: TestEdit, text: str) -> types.WorkspaceEdit:
    """Replace in place; where the client can, it shows the changes first, under what they say."""
    positions = session.positions(text)
    changes = [
        types.TextEdit(
            types.Range(positions.position(r.line, r.column), positions.position(r.end_line, r.end_column)), r.text
        )
        for r in edit.replacements
    ]
    if not session.client.confirms_changes:
        return _changing(session, edit.path, changes)
    said = list(dict.fromkeys(r.words for r in edit.replacements))
    annotated = [
        types.AnnotatedTextEdit(str(said.index(r.words)), change.range, change.new_text)
        for r, change in zip(edit.replacements, changes, strict=True)
    ]
    shown = _changing(session, edit.path, annotated)
    shown.change_annotations = {
        str(number): types.ChangeAnnotation("Update expectations", needs_confirmation=True, description=words)
        for number, words in enumerate(said)
    }
    return shown


def _changing(
    session: Session, path: Path, changes: Sequence[types.TextEdit | types.AnnotatedTextEdit]
) -> types.WorkspaceEdit:
    uri = session.documents.uri_of(path)
    if not session.client.document_changes:
        return types.WorkspaceEdit(changes={uri: [types.TextEdit(c.range, c.new_text) for c in changes]})
    document = session.documents.open_at(path)
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=document.version if document else None)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(changes))])


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
