"""What a key costs in the file of 10,000 lines: typed as fast as a person can, and as fast as the server answers."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from editor import DRAWS, PULL, PUSH, Editor, editing, sleep_until
from figures import Row
from keys import Typist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from project import Project
    from rpc import Message

AIM = (None, 5.0)
RATE = 8.0
"""Keys a second."""


def rounds(project: Project, folder: Path, keys: int) -> Iterator[Row]:
    """Type, and measure."""
    yield from _as_fast_as_possible(project, folder, keys)
    yield from _like_a_person(project, folder, keys)


def _as_fast_as_possible(project: Project, folder: Path, keys: int) -> Iterator[Row]:
    idle = Row("a request that costs nothing, nothing else going on")
    busy = Row("(a) `didChange`, then that request, as fast as possible", aims=AIM)
    pulled = Row("(b) `didChange` -> `textDocument/diagnostic`, as fast as possible")
    with _typing(project, folder, PULL) as (editor, uri, typist):
        for _ in range(keys):
            began = time.perf_counter()
            idle.add(editor.server.answer(editor.ask_ping()).at - began)
        for _ in range(keys):
            began = editor.change(uri, typist.press())
            busy.add(editor.server.answer(editor.ask_ping()).at - began)
        editor.settle()
        for _ in range(keys):
            began = editor.change(uri, typist.press())
            pulled.add(editor.server.answer(editor.ask_diagnostics(uri)).at - began)
    yield from (idle, busy, pulled)


def _like_a_person(project: Project, folder: Path, keys: int) -> Iterator[Row]:
    busy = Row("(a) the same at 8 keys a second, which pulls at each", aims=AIM)
    pulled = Row("(b) the same at 8 keys a second, until answered")
    with _typing(project, folder, PULL) as (editor, uri, typist):
        for began, ping, pull in _pressed(editor, uri, typist, keys, pulls=True):
            busy.add(editor.server.answer(ping).at - began)
            pulled.add(editor.server.answer(pull).at - began)
    yield from (busy, pulled)
    pushed = Row("(a) at 8 keys a second, a client that is pushed to", aims=AIM)
    last = Row("the last key of a burst of 8 -> its diagnostics are pushed")
    with _typing(project, folder, PUSH) as (editor, uri, typist):
        for _ in range(max(1, keys // 8)):
            for began, ping, _pull in _pressed(editor, uri, typist, 8, pulls=False):
                pushed.add(editor.server.answer(ping).at - began)
            message = editor.server.until(lambda: editor.published(uri, editor.version))
            last.add(message.at - began)
            editor.server.notified.clear()
    yield from (pushed, last)
    yield from _drawn(project, folder, keys)


def _drawn(project: Project, folder: Path, keys: int) -> Iterator[Row]:
    """Wait for the line states of each version: those that follow from the edit, and those that are settled."""
    followed = Row("(c) `didChange` -> `greenline/coverage` that follows the edit, its pause included")
    settled = Row("(c) `didChange` -> `greenline/coverage` that is settled")
    with _typing(project, folder, {**PULL, "experimental": DRAWS}) as (editor, uri, typist):
        said = editor.server.notified["greenline/coverage"]
        for _ in range(keys // 2):
            said.clear()
            began = editor.change(uri, typist.press())
            version = editor.version
            first = editor.server.until(lambda v=version: _of_version(said, v))
            (settled if first.body["params"]["settled"] else followed).add(first.at - began)
            last = editor.server.until(lambda v=version: _of_version(said, v, settled=True))
            if last is not first:
                settled.add(last.at - began)
    yield from (followed, settled)


def _of_version(said: list[Message], version: int, *, settled: bool = False) -> Message | None:
    params = ((message, message.body["params"]) for message in said)
    return next((m for m, p in params if p["version"] == version and (p["settled"] or not settled)), None)


def _pressed(editor: Editor, uri: str, typist: Typist, keys: int, *, pulls: bool) -> Iterator[tuple[float, int, int]]:
    """Press keys at the rate, whatever the server does meanwhile; then yield what was asked with each."""
    asked = []
    began = time.perf_counter()
    for number in range(keys):
        sleep_until(began + number / RATE)
        changed = editor.change(uri, typist.press())
        asked.append((changed, editor.ask_ping(), editor.ask_diagnostics(uri) if pulls else 0))
    yield from asked


@contextmanager
def _typing(project: Project, folder: Path, capabilities: dict[str, Any]) -> Iterator[tuple[Editor, str, Typist]]:
    """Start a server with the large file open and shown, and someone to type into it."""
    with editing(project.root, folder, capabilities) as editor:
        editor.shown_after(project.large)
        editor.settle()
        text = project.large.read_text(encoding="utf-8")
        yield editor, project.large.as_uri(), Typist(text, whole=editor.wants_whole_texts)
