"""Whatever is typed, undone, saved and measured: no line is told to be what another text was.

The real buffers, pictures and services, driven on one loop; the editor is a list of what it does.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, cast
from unittest.mock import patch

import coverage
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.coverage.line_states import state_ranges
from greenline.lsp.documents import EditorDocuments, OpenDocument
from greenline.lsp.pictures import Pictures, Shown
from greenline.lsp.services import LazyServices
from greenline.services.show_coverage import ShowCoverage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from greenline.services.picture import Picture

# No two lines are equal, so that a line's text says which measured line it stems from.
TEXT = """\
def price(weight, express):
    if weight > 10:
        cost = 5
    else:
        cost = 3
    if express:
        cost *= 2
    return cost


def fee(
    amount,
):
    total = (
        amount
        + 1
    )
    for part in range(total):
        total += part
    return total
"""
CALLS = ["price(1, True)", "price(20, False)", "fee(2)", "fee(-1)"]
LINES = TEXT.splitlines()
SOME = ["    new = 1", "# a word", "", "    pass", "        cost = 3", "    return cost", "        total += part"]
BROKEN = ["    new = (", "def", "    '''", "  wrong"]
TOLD = frozenset({"covered", "uncovered", "partial"})

place = st.integers(0, 24)
edit = st.one_of(
    st.tuples(st.just("put"), place, st.lists(st.sampled_from(SOME + LINES), min_size=1, max_size=3)),
    st.tuples(st.just("put"), place, st.lists(st.sampled_from(BROKEN), min_size=1, max_size=1)),
    st.tuples(st.just("take"), place, st.integers(1, 4)),
    st.tuples(st.just("move"), place, place),
    st.tuples(st.just("append"), place, st.sampled_from([" + 1", " +", "  # why", ":"])),
    st.tuples(st.just("undo"), st.integers(1, 4), st.booleans()),
    st.tuples(st.just("undo"), st.just(100), st.booleans()),
)
other = st.one_of(
    st.tuples(st.just("save")),
    st.tuples(st.just("ask")),
    st.tuples(st.just("settle")),
    st.tuples(st.just("notice")),
    st.tuples(st.just("measure"), st.lists(st.sampled_from(CALLS), max_size=3)),
)
steps = st.lists(st.one_of(edit, edit, other), max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_no_line_is_told_to_be_what_another_text_was(done: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, patch("greenline.lsp.pictures.PAUSE", 0.0):
        asyncio.run(_done(Path(folder).resolve(), done))


async def _done(root: Path, steps: Sequence[tuple[Any, ...]]) -> None:
    with ThreadPoolExecutor(1) as executor:
        editor = _Editor(root, executor)
        await editor.settle()
        for what, *arguments in steps:
            result = getattr(editor, what)(*arguments)
            if asyncio.iscoroutine(result):
                await result
            editor.look()
        editor.notice()
        await editor.settle()
        editor.agrees_with_a_fresh_server()
        editor.pictures.close()


class _Editor:
    """One buffer of one file; every picture that it is shown is looked at."""

    def __init__(self, root: Path, executor: ThreadPoolExecutor) -> None:
        self.root, self.path = root, root / "prices.py"
        (root / "pyproject.toml").touch()
        self.uri = self.path.as_uri()
        self.clock = itertools.count(100, 10)
        self.versions = itertools.count(1)
        self.undone = [TEXT]
        self.documents = EditorDocuments()
        show = self.fresh()
        build = cast("Any", lambda _settings, _documents: SimpleNamespace(show=show))
        self.pictures = Pictures(self.documents, LazyServices(build, self.documents), executor)
        self.pictures.on_new(self._told_of_itself)
        self.wrong: list[AssertionError] = []
        self.measured: list[tuple[str, dict[str, set[str]]]] = []
        """Each measured text that may still be told of, and the states of its lines by their texts; the last is it."""
        self.last: Shown | None = None
        self.asked: list[asyncio.Future[Any]] = []
        self._write(TEXT)
        self._report(_ran(TEXT, CALLS[:1]))
        self.documents.put(OpenDocument(self.uri, self.path, TEXT, next(self.versions)))

    def fresh(self) -> ShowCoverage:
        return ShowCoverage(
            ProjectFiles(home=self.root.parent), CoverageReports(environ={}), CoverageParser(), SavedFiles()
        )

    @property
    def text(self) -> str:
        document = self.documents.get(self.uri)
        assert document is not None
        return document.text

    # What a person does

    def put(self, at: int, lines: list[str]) -> None:
        now = self.text.splitlines()
        self._type([*now[:at], *lines, *now[at:]])

    def take(self, at: int, count: int) -> None:
        now = self.text.splitlines()
        self._type([*now[:at], *now[at + count :]])

    def move(self, at: int, to: int) -> None:
        now = self.text.splitlines()
        if at < len(now):
            line = now.pop(at)
            now.insert(to, line)
            self._type(now)

    def append(self, at: int, words: str) -> None:
        now = self.text.splitlines()
        if at < len(now):
            now[at] += words
            self._type(now)

    def undo(self, count: int, whole: bool) -> None:
        del self.undone[max(1, len(self.undone) - count) :]
        self._become(self.undone[-1], whole=whole)

    async def save(self) -> None:
        if len(self.measured) > 1:
            await self.settle()  # a report is looked at in 0.3 s: the text that it measured was still there then
        self._write(self.text)
        self.documents.saved(self.uri)
        self.pictures.invalidate()

    async def measure(self, calls: list[str]) -> None:
        """Save, and have tests run. Nobody notices yet."""
        if CoverageParser().analyse(self.text)[1]:
            return
        arcs = _ran(self.text, calls)
        if arcs:
            await self.save()
            self._report(arcs)

    # What the server does beside it

    def notice(self) -> None:
        self.pictures.invalidate()

    def ask(self) -> None:
        self.asked.append(asyncio.ensure_future(self.pictures.of(self.uri)))

    async def settle(self) -> None:
        self.pictures.invalidate()
        await asyncio.wait_for(asyncio.gather(*self.asked), 60)
        self.asked.clear()
        del self.measured[:-1]
        shown = await asyncio.wait_for(self.pictures.of(self.uri), 60)
        assert shown is not None
        self.told(shown)
        assert not self.wrong, self.wrong[0]

    def look(self) -> None:
        """See what is told in a moment after an edit."""
        if (shown := self.pictures.followed(self.uri, quick=True)) is not None:
            self.told(shown)

    # What has to hold

    def told(self, shown: Shown) -> None:
        if shown.document is not self.documents.get(self.uri):
            return  # told to nobody
        self.last = shown
        for line, state in _told(shown.picture):
            text = shown.document.lines[line - 1]
            known = [states.get(text, set()) for _, states in self.measured]
            assert any(state in states for states in known), (
                f"{text!r} is told to be {state}, and was {known}; settled: {not shown.followed}"
            )

    def agrees_with_a_fresh_server(self) -> None:
        assert self.last is not None
        fresh = self.fresh().picture(self.path, self.text)
        if fresh.state != "measured":
            return
        event("a fresh server knows")
        told, said = dict(_told(self.last.picture)), dict(_told(fresh))
        assert {line: told[line] for line in told.keys() & said.keys()} == {
            line: said[line] for line in told.keys() & said.keys()
        }
        if self.text == self.measured[-1][0]:
            event("the text is what was measured")
            assert self.last.picture.states == fresh.states
            assert self.last.picture.gaps == fresh.gaps

    # How it is done

    def _told_of_itself(self, shown: Shown) -> None:
        try:
            self.told(shown)
        except AssertionError as error:  # the loop would only log it
            self.wrong.append(error)

    def _type(self, lines: list[str]) -> None:
        text = "".join(line + "\n" for line in lines)
        self.undone.append(text)
        self._become(text, whole=False)

    def _become(self, text: str, *, whole: bool) -> None:
        change = types.TextDocumentContentChangeWholeDocument(text) if whole else _change(self.text, text)
        self.documents.change(self.uri, next(self.versions), [change])
        self.pictures.edited(self.uri)

    def _write(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        self._at(self.path)

    def _at(self, path: Path) -> None:
        now = next(self.clock)
        os.utime(path, (now, now))

    def _report(self, arcs: set[tuple[int, int]]) -> None:
        file = self.root / ".coverage"
        file.unlink(missing_ok=True)
        data = coverage.CoverageData(str(file))
        data.add_arcs({str(self.path): arcs})
        data.write()
        data.close()
        self._at(file)
        text = self.path.read_text(encoding="utf-8")
        states: dict[str, set[str]] = {}
        for line, state in _told(self.fresh().picture(self.path, text)):
            states.setdefault(text.splitlines()[line - 1], set()).add(state)
            if state == "partial":  # of the branch that was not taken nothing is known once it leads to another line
                states[text.splitlines()[line - 1]].add("covered")
        self.measured.append((text, states))


def _told(picture: Picture) -> Iterator[tuple[int, Literal["covered", "uncovered", "partial"]]]:
    for state, first, last in state_ranges(picture.states):
        if state in TOLD:
            for line in range(first, last + 1):
                yield line, cast("Any", state)


def _ran(text: str, calls: Sequence[str]) -> set[tuple[int, int]]:
    """Run the text and some calls, for what ran: each line and the one before it, as coverage.py writes it down."""
    arcs: set[tuple[int, int]] = set()
    last: dict[int, int] = {}

    def trace(frame: FrameType, what: str, _: object) -> Any:
        if frame.f_code.co_filename != "<text>":
            return None
        outside = -max(1, frame.f_code.co_firstlineno)
        if what in {"line", "return"}:
            now = frame.f_lineno if what == "line" else outside
            arcs.add((last.get(id(frame), outside), now))
            last[id(frame)] = now
        if what in {"call", "return"}:
            last.pop(id(frame), None)
        return trace

    before = sys.gettrace()
    known: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            code = compile(text, "<text>", "exec")
        except SyntaxError:
            return set()
    sys.settrace(trace)
    try:
        for one in [code, *(compile(call, "<call>", "eval") for call in calls)]:
            with suppress(Exception):
                exec(one, known)
    finally:
        sys.settrace(before)
    return arcs


def _change(before: str, after: str) -> types.TextDocumentContentChangePartial:
    """Return the change of the lines that differ, as editors send it."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = sum(1 for _ in itertools.takewhile(lambda both: both[0] == both[1], zip(old, new, strict=False)))
    left = min(len(old), len(new)) - head
    tails = itertools.islice(zip(reversed(old), reversed(new), strict=False), left)
    tail = sum(1 for _ in itertools.takewhile(lambda both: both[0] == both[1], tails))
    where = types.Range(types.Position(head, 0), types.Position(len(old) - tail, 0))
    return types.TextDocumentContentChangePartial(where, "".join(new[head : len(new) - tail]))
