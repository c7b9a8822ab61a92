"""The command line's way to change a file: one atomic write, which can be taken back."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import secrets
import shutil
import stat
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from greenline.domain.generation.model import TestEdit


class WriteProblem(Exception):
    """The file was not written and is as it was; the message says why and what to do."""


class MovedOn(WriteProblem):
    """The file is another one than the edit was made for; made again, it may fit."""


@dataclass(frozen=True, slots=True)
class Written:
    """One write that happened. ``before`` is None when the file was created.

    ``folders`` were created for it, outermost first.
    """

    file: Path
    before: bytes | None
    after: bytes
    folders: tuple[Path, ...] = ()

    def undo(self) -> None:
        """Put back what was there. Raises WriteProblem when the file has changed since: then it is left alone."""
        if _read(self.file) != self.after:
            raise WriteProblem(f"{self.file} was changed since it was written; it is left as it is now")
        if self.before is not None:
            _replace(self.file, self.before, instead_of=self.after, otherwise="it is left as it is now")
            return
        self.file.unlink()
        _remove_empty(self.folders)


def write_edit(edit: TestEdit, about_to: Callable[[Written], None] = lambda _: None) -> Written:
    """Write the edit's text, whole or not at all; mode, symbolic link, encoding and line endings stay as they are.

    ``about_to`` is told before anything is changed. Raises MovedOn when the file is not the one that the edit was made
    for, WriteProblem when it cannot be written.
    """
    file = Path(os.path.realpath(edit.path))
    before = _read(file)
    if edit.creates and before is not None:
        raise MovedOn(f"{edit.path} has been created meanwhile; generate again to add the tests to it")
    if not edit.creates and before is None:
        again = "" if edit.replacements else "; generate again to create it"
        raise MovedOn(f"{edit.path} has been removed meanwhile{again}")
    encoding, newline = "utf-8", "\n"
    if before is not None:
        text, encoding = _decode(edit.path, before)
        if _plain(text) != _plain(edit.base_text):
            raise MovedOn(f"{edit.path} has changed meanwhile; {_again(edit)}")
        newline = _newline_of(text, edit.new_text)
    after = _encode(edit, encoding, newline)
    written = Written(file, before, after, _missing_folders(file.parent))
    about_to(written)
    _make_folders(written.folders)
    try:
        _replace(file, after, instead_of=before, otherwise=_again(edit))
    except BaseException:
        _remove_empty(written.folders)
        raise
    return written


def remove_file(file: Path, text: str) -> None:
    """Remove a file that nothing is left of. Raises MovedOn where its text is another one, WriteProblem."""
    content = _read(file)
    if content is None:
        return
    if _plain(_decode(file, content)[0]) != _plain(text):
        raise MovedOn(f"{file} has changed meanwhile; it is left as it is now")
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise WriteProblem(f"{file} cannot be removed: {error.strerror}") from error


def take_back(written: Written) -> bool:
    """Undo a write of a process that was killed, wherever in it that was; return whether there was something to undo.

    Raises WriteProblem as ``undo`` does.
    """
    file = written.file
    for scratch in file.parent.glob(f".{escape(file.name)}.*.tmp"):
        if written.after.startswith(_read(scratch) or b""):
            scratch.unlink(missing_ok=True)
    if _read(file) != written.before:
        written.undo()
        return True
    if written.before is None:
        _remove_empty(written.folders)
    return False


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WriteProblem(f"{file} cannot be read: {error.strerror}") from error


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    """Return the text and its encoding, as Python itself would read the file."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding), encoding
    except (SyntaxError, UnicodeDecodeError) as error:
        raise WriteProblem(f"{path} cannot be read as text: {error}; save it as UTF-8") from error


def _encode(edit: TestEdit, encoding: str, newline: str) -> bytes:
    text = edit.new_text if newline == "" else _plain(edit.new_text).replace("\n", newline)
    text = text.removeprefix(codecs.BOM_UTF8.decode())
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise WriteProblem(f"{edit.path} is written in {encoding}, which has no {text[error.start]!r}") from error


def _newline_of(text: str, new_text: str) -> str:
    """Return the line ending of the file; empty for mixed ones, whose lines stay as the edit has them."""
    endings = _endings(text)
    if len(endings) > 1:
        return ""
    return endings.pop() if endings else ("\r\n" if "\r\n" in new_text else "\n")


def _endings(text: str) -> set[str]:
    windows = text.count("\r\n")
    found = {"\r\n"} if windows else set()
    if text.count("\n") > windows:
        found.add("\n")
    if text.count("\r") > windows:
        found.add("\r")
    return found


def _plain(text: str) -> str:
    return text.removeprefix(codecs.BOM_UTF8.decode()).replace("\r\n", "\n").replace("\r", "\n")


def _missing_folders(folder: Path) -> tuple[Path, ...]:
    """Return what has to be made for a folder, outermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return tuple(reversed(missing))


def _make_folders(missing: Sequence[Path]) -> None:
    made: list[Path] = []
    try:
        for path in missing:
            path.mkdir()
            made.append(path)
    except OSError as error:
        _remove_empty(tuple(made))
        raise WriteProblem(f"the folder {path} cannot be created: {error.strerror}") from error


def _remove_empty(folders: tuple[Path, ...]) -> None:
    with contextlib.suppress(OSError):  # somebody else has put something there
        for folder in reversed(folders):
            shutil.rmtree(folder / "__pycache__", ignore_errors=True)
            folder.rmdir()


def _again(edit: TestEdit) -> str:
    return f"{'update' if edit.replacements else 'generate'} again to work on its new text"


def _replace(file: Path, content: bytes, *, instead_of: bytes | None, otherwise: str) -> None:
    """Write beside the file, then rename over it. Raises WriteProblem; MovedOn when it is not what it was.

    ``otherwise`` says what is to be done then.
    """
    scratch = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        with scratch.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            scratch.chmod(stat.S_IMODE(file.stat().st_mode))
        if _read(file) != instead_of:  # while this was written
            raise MovedOn(f"{file} has changed meanwhile; {otherwise}")
        scratch.replace(file)
    except OSError as error:
        raise WriteProblem(f"{file} cannot be written: {error.strerror}") from error
    finally:
        scratch.unlink(missing_ok=True)
