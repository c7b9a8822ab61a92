"""All that runs of one project's tests show about them, one kind of run after the other."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.auditing.guards import guards_in, leads_past
from greenline.domain.auditing.model import Weakness
from greenline.domain.auditing.purposes import is_about_types, says_it_must_not_raise
from greenline.domain.code.parse import parse
from greenline.domain.coverage.contexts import bits_of, union
from greenline.domain.coverage.reaching import body_lines
from greenline.ports.progress import Share
from greenline.ports.project import InterpreterProblem
from greenline.services.audit_runs import Suite, failing, slow, weakness
from greenline.services.recorded_runs import Wanted as WantedRun
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Gap
    from greenline.ports.documents import Documents
    from greenline.ports.progress import Progress
    from greenline.ports.project import InterpreterFinder, Project
    from greenline.ports.tests import TestReport
    from greenline.services.audit_changes import AuditChanges, TriedChanges
    from greenline.services.audit_runs import AuditRuns
    from greenline.services.find_gaps import FindGaps
    from greenline.services.read_audit import ReadTests
    from greenline.services.recorded_runs import RecordedRun, RecordedRuns
    from greenline.settings import Settings

_EXPLAINED = frozenset(
    {"no-assertion", "always-true", "swallowed", "unreached", "only-mocks", "over-mocked", "forgotten-assert"}
)
"""Where one of these is told of a test, that it cannot fail goes without saying."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """How far to look."""

    most_patches: int = 5
    """More stand-ins in one test are too many."""
    runs: bool = True
    """Run the tests; else their text is read, and that is all."""
    reruns: int = 2
    """0: neither again nor in another order."""
    budget: float = 60.0
    """Seconds for small changes of the code; 0 for none."""
    slow: float = 1.0
    """Seconds: a test that takes longer is slow."""
    jobs: int = 1
    """Changes that are tried at once."""


@dataclass(slots=True)
class Seen:
    """What runs showed. ``problems`` say what could not be looked at, ``notes`` what was done and what it took."""

    weaknesses: list[Weakness] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class AuditSuite:
    """Runs the tests that were read: once with coverage, again, in other orders, and over changed code."""

    def __init__(
        self,
        *,
        recorded: RecordedRuns,
        runs: AuditRuns,
        changes: AuditChanges,
        gaps: FindGaps,
        interpreters: InterpreterFinder,
        documents: Documents,
        settings: Settings,
    ) -> None:
        self._recorded = recorded
        self._runs = runs
        self._changes = changes
        self._gaps = gaps
        self._interpreters = interpreters
        self._documents = documents
        self._settings = settings

    async def look(self, read: ReadTests, wanted: Wanted, progress: Progress) -> Seen:
        """Return what the runs show. Raises nothing for the tests' sake; cancelling ends all children."""
        project, seen = read.project, Seen()
        try:
            interpreter = await self._interpreters.interpreter_for(project, setting=self._settings.interpreter)
        except InterpreterProblem as problem:
            seen.problems.append(str(problem))
            return seen
        started = time.monotonic()
        # As its authors run it, where all is meant: pytest's configuration may leave files out that look like tests.
        selection = () if project.root in read.wanted else tuple(map(str, read.wanted))
        ran = await self._recorded.run(project, interpreter, WantedRun(selection), Share(progress, 0.0, 0.2))
        if ran.report.problem and not ran.report.all_ran:
            seen.problems.append(ran.report.problem)
        places = {test.node_id: (test.path, test.line) for test in read.tests}
        suite = Suite(project, interpreter, selection, ran.report, places, self._settings.suite_seconds)
        seen.weaknesses += failing(suite, ran.failures)
        seen.weaknesses += await asyncio.to_thread(lambda: list(self._one_way(project, ran)))
        seen.notes += _not_read(read, ran.report)
        doubtful = {one.subject for one in seen.weaknesses if one.kind == "flaky"}
        again = await self._runs.again(suite, wanted.reruns, Share(progress, 0.2, 0.4))
        seen.weaknesses += slow(suite, wanted.slow, again)
        if wanted.reruns:
            unsteady = await self._unsteady(suite, again, doubtful, Share(progress, 0.4, 0.5))
            doubtful |= {one.subject for one in unsteady}
            seen.weaknesses += unsteady
        seen.notes.append(f"Running {len(ran.report.outcomes)} tests took {time.monotonic() - started:.0f} s.")
        if wanted.budget:
            share = Share(progress, 0.5, 1.0)
            tried = await self._changes.look(suite, doubtful, wanted.budget, share, jobs=wanted.jobs)
            seen.weaknesses += _unnoticed(suite, read, tried)
            seen.notes += _said(tried, wanted.budget)
        return seen

    async def _unsteady(
        self, suite: Suite, again: list[TestReport], doubtful: set[str], progress: Progress
    ) -> list[Weakness]:
        flaky = [one for one in self._runs.flaky(suite, again) if one.subject not in doubtful]
        return [*flaky, *await self._runs.dependent(suite, doubtful | {one.subject for one in flaky}, progress)]

    def _one_way(self, project: Project, ran: RecordedRun) -> Iterator[Weakness]:
        """Yield functions that these tests reach and all of whose lines ran, though not all ways between them.

        A way counts where any test that is known took it, also one that did not run now.
        """
        files = sorted(path for path in ran.measured if not is_test(project, path))
        for picture in self._gaps.find(files).pictures if files else ():
            reached = union(lines.get(picture.path, 0) for lines in ran.report.contexts.values())
            guards = self._guards(picture.path)
            known = picture.module.functions
            count = Counter(function.qualname for function in known)  # the figures of several of one name are added up
            starts = {
                function.qualname: function.first_line
                for function in known
                if count[function.qualname] == 1 and reached & bits_of(body_lines(function))
            }
            for name, summary in picture.functions.items():
                lines, branches = summary.lines, summary.branches
                if lines.covered < lines.total or branches.covered == branches.total or name not in starts:
                    continue
                missed = [g for g in picture.gaps if g.function == name and not (g.arc and leads_past(g.arc, guards))]
                if not missed:
                    continue
                path = picture.path
                shown = path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)
                evidence = (
                    f"All {lines.total} lines run, but {branches.covered} of {branches.total} ways: {_ways(missed)}."
                )
                advice = f"`greenline generate {shown}::{name}` writes a test for the other ways."
                yield Weakness("one-way", f"{shown}::{name}", path, starts[name], evidence, advice)

    def _guards(self, path: Path) -> dict[int, range]:
        try:
            tree, _ = parse(self._documents.read(path) or "")
        except (OSError, UnicodeDecodeError):
            return {}
        return guards_in(tree) if tree is not None else {}


def first_of(names: Sequence[str]) -> str:
    """Return the first few names, for a sentence that says how many there are."""
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")


def _not_read(read: ReadTests, report: TestReport) -> list[str]:
    """Say which tests ran whose text nobody has found: code makes them."""
    known = {test.node_id for test in read.tests}
    made = sorted({o.node_id.partition("[")[0] for o in report.outcomes if "::" in o.node_id} - known)
    if not made:
        return []
    were = "1 test was" if len(made) == 1 else f"{len(made)} tests were"
    return [f"{were} judged by runs only, as code makes what is written down of others: {first_of(made)}."]


def _ways(missed: list[Gap]) -> str:
    words = [gap.message.rstrip(".") for gap in missed[:2]]
    return "; ".join(words) + (f"; and {len(missed) - len(words)} more" if len(missed) > len(words) else "")


def _unnoticed(suite: Suite, read: ReadTests, tried: TriedChanges) -> Iterator[Weakness]:
    yield from tried.noticing.unchecked()
    explained = {one.subject for one in read.weaknesses if one.kind in _EXPLAINED}
    explained |= {test.node_id for test in read.tests if says_it_must_not_raise(test) or is_about_types(test)}
    for test, evidence in tried.noticing.cannot_fail():
        if test not in explained:
            advice = "Assert what the code gives, or delete it."
            yield weakness("cannot-fail", suite, test, evidence, advice)


def _said(tried: TriedChanges, budget: float) -> list[str]:
    changes, functions = _count(tried.tried, "small change"), _count(len(tried.noticing.functions), "function")
    said = [f"Trying {changes} of {functions} took {tried.seconds:.0f} s."]
    if tried.left:
        left = _count(tried.left, "function")
        said.append(f"Of {left} something was left untried: {budget:.0f} s were up (--budget).")
    if undecided := tried.noticing.undecided:
        said.append(
            f"{_count(undecided, 'test')} noticed nothing so far: more time (--budget) would tell what that means."
        )
    if tried.refused:
        were = "was" if tried.refused == 1 else "were"
        said.append(
            f"{_count(tried.refused, 'test')} {were} not judged by changes: changed code may not do what they want."
        )
    return said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else noun + 's'}"
