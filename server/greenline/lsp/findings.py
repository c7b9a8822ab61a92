"""What is known of functions besides their coverage: suspected bugs, and how strong their tests are.

Generating told the former, and how strong the new tests are; of the tests that are there that is measured when asked
for. It is shown for as long as the function's code is the one that was explored, and moves with edits around it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.code.read_module import read_module
from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.same_code import line_now

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from greenline.domain.generation.model import Strength, SuspectedBug, TargetResult
    from greenline.lsp.documents import EditorDocuments, OpenDocument
    from greenline.services.measure_strength import Measured

_LONGEST = 200
"""Characters of a call in a sentence."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A suspected bug, where it stands now."""

    id: str
    """The same for the same exception in the same line of the same function."""
    qualname: str
    bug: SuspectedBug
    line: int
    function_line: int
    """Of the ``def``; 0 where the line is in the function anyway."""

    @property
    def message(self) -> str:
        """One sentence: the shortest call that shows it, and what it does."""
        said = f"`{short(self.bug.call)}` {' '.join(self.bug.words.split())}"
        if self.bug.documented or self.bug.said:
            return said
        return f"{said.rstrip('.')}, which neither the code nor its documentation announces"


@dataclass(frozen=True, slots=True)
class Noticed:
    """How strong all tests of a function are, as it was measured."""

    strength: Strength
    unnoticed: tuple[tuple[int, str], ...] = ()
    """Changes that no test notices: their lines as they are now, and what was changed, in words."""
    unasked: int = 0
    """Tests that could not judge."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one document's functions."""

    suspicions: tuple[Suspicion, ...] = ()
    strengths: Mapping[str, Strength] = field(default_factory=dict)
    """By qualified name: what the tests that were written notice, where they still stand as they were written."""
    noticed: Mapping[str, Noticed] = field(default_factory=dict)
    """By qualified name: what all tests notice, where neither the function nor a file of its tests has changed."""


@dataclass(frozen=True, slots=True)
class _Explored:
    """One function, as it was explored."""

    text: str
    lines: range
    line: int


@dataclass(frozen=True, slots=True)
class _Measured:
    """How strong the tests of one function were, and the texts of their files then."""

    explored: _Explored
    measured: Measured
    tests: Mapping[Path, str | None]


@dataclass(frozen=True, slots=True)
class _Known:
    """What stays of a file's generations, by qualified name."""

    bugs: Mapping[str, tuple[_Explored, tuple[SuspectedBug, ...]]] = field(default_factory=dict)
    strengths: Mapping[str, tuple[_Explored, TargetResult]] = field(default_factory=dict)
    measured: Mapping[str, _Measured] = field(default_factory=dict)


class Findings:
    """Changed on the loop's thread only; what takes long is done on the executor's."""

    def __init__(self, documents: EditorDocuments, executor: ThreadPoolExecutor) -> None:
        self._documents = documents
        self._executor = executor
        self._known: dict[Path, _Known] = {}
        self._dismissed: set[tuple[Path, str]] = set()

    async def suspect(self, text: str, results: Sequence[TargetResult]) -> bool:
        """Take over the suspected bugs of functions that were explored, in the place of earlier ones; True if any."""
        changed = False
        told = {r.target.qualname: r for r in results if r.target.qualname and r.observations}
        for qualname, explored in (await self._explored(text, tuple(told))).items():
            path = told[qualname].target.path
            known, bugs = self._known.get(path, _Known()), told[qualname].suspected_bugs
            changed = changed or bool(bugs) or qualname in known.bugs
            others = {name: found for name, found in known.bugs.items() if name != qualname}
            now = {**others, qualname: (explored, bugs)} if bugs else others
            self._known[path] = replace(known, bugs=now)
        return changed

    async def measure(self, text: str, results: Sequence[TargetResult]) -> None:
        """Take over how strong the tests are that were written."""
        told = {r.target.qualname: r for r in results if r.target.qualname and r.status == "confirmed"}
        for qualname, explored in (await self._explored(text, tuple(told))).items():
            result = told[qualname]
            known = self._known.get(result.target.path, _Known())
            others = {name: found for name, found in known.strengths.items() if name != qualname}
            now = {**others, qualname: (explored, result)} if result.strength else others
            self._known[result.target.path] = replace(known, strengths=now)

    async def texts_of(self, tests: Sequence[str]) -> dict[Path, str | None]:
        """Return the texts of the files of tests, by their node ids, as they are now."""
        files = {Path(test.partition("::")[0]) for test in tests}
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._texts, files)

    async def take_strength(
        self, path: Path, qualname: str, measured: Measured, tests: Mapping[Path, str | None]
    ) -> None:
        """Take over how strong the tests of a function are; ``tests`` are their files before they were run."""
        explored = (await self._explored(measured.text, [qualname])).get(qualname)
        if explored is None or measured.strength is None:
            return
        known = self._known.get(path, _Known())
        now = _Measured(explored, measured, tests)
        self._known[path] = replace(known, measured={**known.measured, qualname: now})

    def dismiss(self, path: Path, suspicion: str) -> None:
        """Show this one no more, for as long as the server runs."""
        self._dismissed.add((path, suspicion))

    async def of(self, document: OpenDocument) -> Told:
        """Return what still holds for this version of the document."""
        known = self._known.get(document.path)
        if known is None:
            return Told()
        told = await asyncio.get_running_loop().run_in_executor(self._executor, self._told, known, document.text)
        seen = tuple(s for s in told.suspicions if (document.path, s.id) not in self._dismissed)
        return replace(told, suspicions=seen)

    async def _explored(self, text: str, qualnames: Sequence[str]) -> dict[str, _Explored]:
        if not qualnames:
            return {}
        return await asyncio.get_running_loop().run_in_executor(self._executor, _explored, text, qualnames)

    def _told(self, known: _Known, text: str) -> Told:
        found = []
        for qualname, (explored, bugs) in known.bugs.items():
            for bug in bugs:
                suspicion = _placed(qualname, explored, bug, text)
                if suspicion is not None:
                    found.append(suspicion)
        strengths = {
            qualname: result.strength
            for qualname, (explored, result) in known.strengths.items()
            if result.strength and _now(explored, explored.line, text) and self._still_stands(result)
        }
        noticed = {
            qualname: noticed
            for qualname, one in known.measured.items()
            if (noticed := _noticed(one, text)) and self._texts(one.tests) == one.tests
        }
        return Told(tuple(sorted(found, key=lambda s: (s.line, s.id))), strengths, noticed)

    def _texts(self, files: Collection[Path]) -> dict[Path, str | None]:
        return {path: self._text(path) for path in files}

    def _text(self, path: Path) -> str | None:
        try:
            return self._documents.read(path)
        except (OSError, UnicodeDecodeError):
            return None

    def _still_stands(self, result: TargetResult) -> bool:
        """Tell whether the tests are what they were when they were measured."""
        if result.edit is None:
            return False
        plain = "\n".join(split_lines(self._text(result.edit.path) or ""))
        return all(test.strip("\n") in plain for test in result.code.split("\n\n\n"))


def could_not_judge(tests: int) -> str:
    """Say of how many tests nobody knows what they notice."""
    if tests == 1:
        return "1 test could not judge: it fails as it is, or does what changed code may not."
    return f"{tests} tests could not judge: they fail as they are, or do what changed code may not."


def short(call: str) -> str:
    """Return a call as it fits a sentence."""
    one_line = " ".join(call.split())
    return one_line if len(one_line) <= _LONGEST else f"{one_line[:_LONGEST].rstrip()} ..."


def _explored(text: str, names: Sequence[str]) -> dict[str, _Explored]:
    """Find functions: from the first of a name's definitions to the last, as in a property."""
    module, _ = read_module(text)
    functions = {name: [f for f in module.functions if f.qualname == name] for name in names}
    return {
        name: _Explored(text, range(found[0].first_line, found[-1].end_line + 1), found[-1].line)
        for name, found in functions.items()
        if found
    }


def _now(explored: _Explored, line: int, text: str) -> int | None:
    return line_now(line, explored.lines, explored.text, text)


def _noticed(one: _Measured, text: str) -> Noticed | None:
    """Return what was measured, with its lines as they are now; None where the function is another."""
    strength = one.measured.strength
    if strength is None or _now(one.explored, one.explored.line, text) is None:
        return None
    lines = [(_now(one.explored, change.line, text), change.words) for change in one.measured.unnoticed]
    placed = [(line, words.partition(": ")[2] or words) for line, words in lines if line is not None]
    return Noticed(strength, tuple(placed), one.measured.unasked)


def _placed(qualname: str, explored: _Explored, bug: SuspectedBug, text: str) -> Suspicion | None:
    lines = split_lines(explored.text)
    was = bug.line if bug.line and 0 < bug.line <= len(lines) else explored.line
    line, function_line = _now(explored, was, text), _now(explored, explored.line, text)
    if line is None or function_line is None:
        return None
    what = f"{bug.error}, not {bug.documented}" if bug.documented else bug.error.partition(":")[0]
    words = "\n".join([qualname, what, lines[was - 1].strip()])
    digest = hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:12]
    return Suspicion(digest, qualname, bug, line, 0 if was in explored.lines else function_line)
