"""What is known of failing tests: shown where they failed and where the code raised, for as long as those lines stand.

A mark goes when its test passes or is skipped, when the line is edited, and when the test is no more; it moves with
other edits.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from greenline.domain.coverage.remap import unchanged_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from greenline.domain.failures import Failure, Place
    from greenline.lsp.documents import EditorDocuments
    from greenline.services.run_suite import SuiteRun

Role = Literal["test", "source"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of one file, where it stands now. ``other`` is the line at the other end, if that stands still."""

    failure: Failure
    role: Role
    line: int
    rows: int = 0
    """More rows of the same test that fail on the same line."""
    tests: int = 0
    """Other tests that do."""
    other: Place | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """One failing test, and the texts that its places are lines of."""

    root: Path
    failure: Failure
    texts: Mapping[Path, str]

    def place(self, role: Role) -> Place | None:
        return self.failure.test if role == "test" else self.failure.source


class Failing:
    """Changed on the loop's thread only; texts are compared on the executor's."""

    def __init__(self, documents: EditorDocuments, executor: ThreadPoolExecutor) -> None:
        self._documents = documents
        self._executor = executor
        self._known: dict[tuple[Path, str], _Known] = {}

    def texts(self) -> dict[Path, str]:
        """Return the buffers as they are: what a run that begins now finds in them."""
        return {document.path: document.text for document in self._documents.all_open()}

    async def take(self, root: Path, run: SuiteRun, texts: Mapping[Path, str], *, everything: bool = False) -> None:
        """Take over how a run ended that began with those buffers; of a run of ``everything`` nothing else is left."""
        found = [failure for failure in run.failures if failure.node_id]
        paths = {place.path for failure in found for place in (failure.test, failure.source) if place}
        ran = {**await self._read(paths - texts.keys()), **{path: texts[path] for path in paths & texts.keys()}}
        seen = {*run.passed, *run.skipped, *(failure.node_id for failure in found)}
        collected = {node_id.partition("::")[0] for node_id in seen if "::" in node_id}
        for key in list(self._known):
            of, node_id = key
            its_file = node_id.partition("::")[0]
            if of == root and (everything or node_id in seen or node_id in collected or its_file in run.skipped):
                del self._known[key]
        for failure in found:
            self._known[root, failure.node_id] = _Known(root, failure, ran)

    def forget(self, path: Path, test: str) -> None:
        """Know no more of one test of a file, as pytest named it there: it has another name now."""
        for key, known in list(self._known.items()):
            place = known.failure.test
            if place is not None and place.path == path and _function(known.failure).partition("::")[2] == test:
                del self._known[key]

    def tests(self, root: Path) -> frozenset[str]:
        """Return the tests of a project that are known to fail, by node id."""
        return frozenset(node_id for of, node_id in self._known if of == root)

    def paths(self) -> frozenset[Path]:
        """Return the files that have, or had, marks."""
        places = [known.place(role) for known in self._known.values() for role in ("test", "source")]
        return frozenset(place.path for place in places if place)

    async def of(self, path: Path, text: str) -> tuple[Mark, ...]:
        """Return the marks of one file's text."""
        known = [one for one in self._known.values() if any(p and p.path == path for p in _places(one))]
        if not known:
            return ()
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._marks, known, path, text)

    async def _read(self, paths: Iterable[Path]) -> dict[Path, str]:
        def read() -> dict[Path, str]:
            return {path: text for path in paths if (text := self._text(path)) is not None}

        return await asyncio.get_running_loop().run_in_executor(self._executor, read)

    def _marks(self, known: list[_Known], path: Path, text: str) -> tuple[Mark, ...]:
        found: dict[tuple[Role, int], list[Mark]] = defaultdict(list)
        standing = _Standing({path: text}, self._text)
        for one in known:
            for role in ("test", "source"):
                mark = _mark(one, role, path, standing)
                if mark is not None:
                    found[role, mark.line].append(mark)
        return tuple(sorted(map(_joined, found.values()), key=lambda mark: mark.line))

    def _text(self, path: Path) -> str | None:
        try:
            return self._documents.read(path)
        except (OSError, UnicodeDecodeError):
            return None


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where lines stand now. Many marks share few texts: each is read, and compared with what ran, once."""

    texts: dict[Path, str | None]
    read: Callable[[Path], str | None]
    _moved: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)

    def line(self, place: Place, then: str | None) -> int | None:
        """Return where the line of that text is; None when it is another, or gone."""
        if place.path not in self.texts:
            self.texts[place.path] = self.read(place.path)
        now = self.texts[place.path]
        if then is None or now is None:
            return None
        if then == now:
            return place.line
        if (then, now) not in self._moved:
            self._moved[then, now] = {was: line for line, was in unchanged_lines(then, now).items()}
        return self._moved[then, now].get(place.line)


def _mark(known: _Known, role: Role, path: Path, standing: _Standing) -> Mark | None:
    place, other = (known.failure.test, known.failure.source)[:: 1 if role == "test" else -1]
    if place is None or place.path != path:
        return None
    line = standing.line(place, known.texts.get(path))
    still = standing.line(other, known.texts.get(other.path)) if other else None
    if line is None or (role == "source" and other is not None and still is None):
        return None  # a test that is another now says nothing about the code
    where = None if other is None or still is None else type(other)(other.path, still)
    return Mark(known.failure, role, line, other=where)


def _places(known: _Known) -> tuple[Place | None, Place | None]:
    return known.failure.test, known.failure.source


def _joined(marks: list[Mark]) -> Mark:
    """Return one mark for all that is said of one line: a hundred would hide it."""
    first = marks[0]
    rows = Counter(_function(mark.failure) for mark in marks)
    return replace(first, rows=rows[_function(first.failure)] - 1, tests=len(rows) - 1)


def _function(failure: Failure) -> str:
    """Return the test without its row."""
    return failure.node_id.partition("[")[0]
