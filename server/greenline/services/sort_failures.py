"""Why the failing tests of a run failed: the code, the test, chance, or what is around both."""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
import shlex
import tempfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from greenline.domain.adding_packages import LOCKS, PIP, Adding, adding_to
from greenline.domain.code.read_module import read_module
from greenline.domain.code.text_lines import split_lines
from greenline.domain.failure_evidence import Evidence, Since, Step, Where
from greenline.domain.failure_kinds import flaky, judge, may_be_flaky
from greenline.domain.failure_surroundings import of_the_run
from greenline.domain.failures import Failure, Place
from greenline.ports.tests import Conditions
from greenline.services.importable import not_importable
from greenline.services.show_coverage import is_test

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from greenline.ports.documents import Disk
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.ports.tests import TestOutcome, TestReport, TestRun, TestRunner

_MOST_AGAIN = 20
"""Tests that run a second time: where more fail, it is not chance."""
_SECONDS_AGAIN = 20.0
_REPORTS = ("--junit", "--html", "--report-log", "--json-report", "--log-file", "--csv")
"""Options of pytest that write of all tests to a file: the second run would write over it."""
_FAILED = ("failed", "error")
_MODULE = re.compile(r"(?:No module named|from(?: partially initialized module)?) '([\w.]+)'")


@dataclass(slots=True)
class LastPasses:
    """What each test ran, and how it was, when it last passed: kept for as long as the server runs."""

    _seen: dict[tuple[Path, str], tuple[frozenset[Path], Mapping[Path, str]]] = field(default_factory=dict)
    """Project and node id -> files, and the digests of all files of that run; the newest last."""

    def passed(self, root: Path, contexts: Mapping[str, Collection[Path]], digests: Mapping[Path, str]) -> None:
        """Take over a run: node id -> the files that it ran, and how those files were."""
        same: dict[frozenset[Path], frozenset[Path]] = {}
        for node_id, files in contexts.items():
            ran = frozenset(files)
            self._seen.pop((root, node_id), None)
            self._seen[root, node_id] = same.setdefault(ran, ran), digests  # thousands of tests run the same few files

    def files(self, root: Path, node_id: str) -> Mapping[Path, str] | None:
        """Return the files that the test ran when it passed, with their digests; None where nobody saw it pass.

        Of a test file that could not be collected: what any of its tests ran.
        """
        if "::" in node_id:
            seen = [self._seen[root, node_id]] if (root, node_id) in self._seen else []
        else:
            seen = [ran for (of, test), ran in self._seen.items() if of == root and _file_of(test) == node_id]
        return {path: digests[path] for files, digests in seen for path in files if path in digests} or None


class SortFailures:
    """Sorts by what failing tests said, by what changed since they passed, and by whether they pass when run again."""

    def __init__(
        self, *, runner: TestRunner, disk: Disk, passes: LastPasses | None = None, in_editor: bool = True
    ) -> None:
        self._runner = runner
        self._in_editor = in_editor
        self._disk = disk
        self._passes = passes or LastPasses()

    async def sort(
        self, run: TestRun, report: TestReport, progress: Progress, *, started: float = math.inf
    ) -> tuple[Failure, ...]:
        """Return one failure for each test of ``report`` that failed, in its order; ``run`` is what gave the report.

        ``started`` is when the run began, in seconds since the epoch: of a file that was saved since then nobody knows
        what ran.
        Where pytest could not even start, and it is known why, that is one failure without a node id. Raises nothing
        for the tests' sake; cancelling ends all children.
        """
        texts = _Texts(run.overlay, self._disk, started)
        evidence = await asyncio.to_thread(self._evidence, run, report, texts)
        same = [one for one in evidence if may_be_flaky(one) and _as_it_ran(run, report, one, texts)]
        passed = await self._pass_again(run, report, [one.node_id for one in same], progress)
        passed &= {one.node_id for one in same if _as_it_ran(run, report, one, texts)}  # it may be saved at any time
        found = [flaky(one) if one.node_id in passed else _judged(run.project, report, one) for one in evidence]
        found += _ended_by(report)
        found = await asyncio.to_thread(lambda: [_placed(run.project.root, failure, texts) for failure in found])
        if not report.outcomes:
            apart = await asyncio.to_thread(not_importable, run.project, report.problem)
            if apart:
                found.append(Failure("", "environment", *apart))
            else:
                adding = await asyncio.to_thread(self._adding, run)
                found += [Failure("", *why)] if (why := of_the_run(report.problem, adding, run.options)) else []
        return tuple(found)

    def _adding(self, run: TestRun) -> Adding:
        """Look at which tool keeps the project's list of packages."""
        root, interpreter = run.project.root, run.interpreter
        files = {name for name in LOCKS if self._disk.modified_at(root / name) is not None}
        python = shlex.quote(str(interpreter.path))
        without_pip = f"{python} -m ensurepip && {python} -m pip install"
        installing = shlex.join(interpreter.installing("")[:-1]) or without_pip
        return adding_to(files, "" if interpreter.managed else installing)

    def _evidence(self, run: TestRun, report: TestReport, texts: _Texts) -> list[Evidence]:
        """Look at files: to be called on a thread of its own."""
        root = run.project.root
        passed = [o.node_id for o in report.outcomes if o.outcome == "passed" and o.node_id in report.contexts]
        contexts = {node_id: {*report.contexts[node_id], root / _file_of(node_id)} for node_id in passed}
        digests = {path: texts.digest(path) for path in set().union(*contexts.values())}
        failed = [o for o in report.outcomes if o.outcome in _FAILED]
        adding = self._adding(run) if failed else PIP
        found = [self._evidence_of(run, report, o, texts, adding) for o in failed]
        surely = {path for path in digests if texts.surely_ran(path)}  # asked after the texts were read
        self._passes.passed(root, {node_id: files for node_id, files in contexts.items() if files <= surely}, digests)
        return found

    def _evidence_of(
        self, run: TestRun, report: TestReport, outcome: TestOutcome, texts: _Texts, adding: Adding
    ) -> Evidence:
        project = run.project
        steps = tuple(
            Step(
                frame.path, frame.line, frame.function, _where(project, frame.path), texts.line(frame.path, frame.line)
            )
            for frame in outcome.frames
        )
        ran = {*report.contexts.get(outcome.node_id, ()), *(step.path for step in steps if step.where == "source")}
        since, changed = self._since(project, outcome.node_id, texts)
        return Evidence(
            outcome.node_id,
            outcome.error,
            outcome.said,
            outcome.message,
            steps,
            set_up=outcome.outcome == "error",
            since=since,
            changed=changed,
            newer=_newer(project, project.root / _file_of(outcome.node_id), ran, texts),
            own_modules=_own(project, outcome.said),
            side_by_side=report.workers > 1,
            temporary=tempfile.gettempdir(),
            adding=adding,
            in_editor=self._in_editor,
        )

    def _since(self, project: Project, node_id: str, texts: _Texts) -> tuple[Since, tuple[Path, ...]]:
        then = self._passes.files(project.root, node_id)
        if then is None or not all(texts.surely_ran(path) for path in then):
            return "unknown", ()
        changed = tuple(sorted(path for path, digest in then.items() if texts.digest(path) != digest))
        kinds = {"test" if _where(project, path) == "test" else "source" for path in changed}
        if len(kinds) > 1:
            return "both", changed
        return ("test" if "test" in kinds else "source" if kinds else "neither"), changed

    async def _pass_again(
        self, run: TestRun, report: TestReport, again: Sequence[str], progress: Progress
    ) -> frozenset[str]:
        """Run those that may be flaky once more, without the others, within limits; return which passed."""
        seconds = {o.node_id: o.seconds for o in report.outcomes}
        allowed = min(_SECONDS_AGAIN, run.seconds)
        if not again or len(again) > _MOST_AGAIN or sum(seconds[one] for one in again) > allowed:
            return frozenset()
        progress.step(f"Running {len(again)} failing {'test' if len(again) == 1 else 'tests'} again")
        second = await self._runner.run(
            replace(
                run,
                selection=tuple(again),
                measure=(),
                contexts=False,
                parallel=False,
                record_calls=False,
                conditions=Conditions(),
                seconds=allowed,
                options=tuple(option for option in run.options if not option.startswith(_REPORTS)),
            ),
            _Quiet(),
        )
        return frozenset(o.node_id for o in second.outcomes if o.outcome == "passed")


@dataclass(slots=True)
class _Texts:
    """The files as they ran: what was not saved, before what was."""

    overlay: Mapping[Path, str]
    disk: Disk
    started: float
    _lines: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    _digests: dict[Path, str] = field(default_factory=dict)

    def line(self, path: Path, number: int) -> str:
        if path not in self._lines:
            self._lines[path] = tuple(split_lines(self.text(path) or ""))
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def digest(self, path: Path) -> str:
        if path not in self._digests:
            text = self.text(path)
            data = b"" if text is None else text.encode("utf-8", "surrogatepass")
            self._digests[path] = hashlib.blake2b(data, digest_size=12).hexdigest()
        return self._digests[path]

    def surely_ran(self, path: Path) -> bool:
        """Tell whether the text is the one that ran: not one that was saved since."""
        written = None if path in self.overlay else self.disk.modified_at(path)
        return written is None or written < self.started

    def written(self, path: Path) -> float | None:
        """Return when the file was saved; an unsaved text is newer than all that is saved."""
        if path in self.overlay:
            return float("inf")
        saved = self.disk.saved(path)
        return saved.modified_at if saved else None

    def text(self, path: Path) -> str | None:
        if path in self.overlay:
            return self.overlay[path]
        saved = self.disk.saved(path)
        return saved.text if saved else None


class _Quiet:
    """The second run is short; its own count of tests would only confuse."""

    def step(self, message: str, fraction: float | None = None) -> None:
        pass


def _ended_by(report: TestReport) -> list[Failure]:
    """Return the test that ended the run, and has no outcome for that reason."""
    if not report.unfinished:
        return []
    step = "Run the test alone; what ended the process may be in a library that is not written in Python."
    return [Failure(report.unfinished, "code", report.problem, step)]


def _placed(root: Path, failure: Failure, texts: _Texts) -> Failure:
    """Give a failure without a traceback the line of its test; of a file that could not be read, the first one."""
    if failure.test is not None or not failure.node_id:
        return failure
    file, _, test = failure.node_id.partition("::")
    text = texts.text(root / file)
    if text is None:
        return failure
    function = read_module(text)[0].function(test.partition("[")[0].replace("::", "."))
    return replace(failure, test=Place(root / file, function.line if function else 1))


def _judged(project: Project, report: TestReport, one: Evidence) -> Failure:
    failure, apart = judge(one), not_importable(project, one.said, error=one.error, ran=report.coverage)
    return replace(failure, kind="environment", message=apart[0], next_step=apart[1]) if apart else failure


def _as_it_ran(run: TestRun, report: TestReport, one: Evidence, texts: _Texts) -> bool:
    files = {run.project.root / one.file, *report.contexts.get(one.node_id, ()), *(step.path for step in one.own)}
    return all(texts.surely_ran(path) for path in files)


def _where(project: Project, path: Path) -> Where:
    inside = any(path.is_relative_to(root) for root in (project.root, *project.source_roots, *project.test_roots))
    if not inside or {"site-packages", "dist-packages"} & set(path.parts):
        return "elsewhere"
    return "test" if is_test(project, path) else "source"


def _newer(project: Project, test: Path, ran: Iterable[Path], texts: _Texts) -> Where | None:
    """Tell which was written last; files that were written together (a checkout) tell nothing."""
    own = [texts.written(path) for path in ran if _where(project, path) == "source"]
    sources = [time for time in own if time is not None]
    written = texts.written(test)
    if written is None or not sources or abs(written - max(sources)) < 1:
        return None
    return "test" if written > max(sources) else "source"


def _own(project: Project, said: str) -> frozenset[str]:
    """Return which of the modules that an exception names are the project's."""
    tops = {name.partition(".")[0] for name in _MODULE.findall(said)}
    roots = {project.root, *project.source_roots, *project.test_roots}
    return frozenset(top for top in tops if any((r / top).is_dir() or (r / f"{top}.py").is_file() for r in roots))


def _file_of(node_id: str) -> str:
    return node_id.partition("::")[0]
