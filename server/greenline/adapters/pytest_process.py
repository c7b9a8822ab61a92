"""Runs tests with pytest, in the project's interpreter, in a child process, in a scratch copy or in the project."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from greenline.adapters.confined_runs import ConfinedRuns, absent_in, looked_for
from greenline.adapters.crash_words import last_words
from greenline.adapters.probe_process import ProbeProblem
from greenline.adapters.probes import Kind, Probes
from greenline.adapters.scratch_overlay import OverlayProblem, is_saved
from greenline.adapters.suite_size import workers_for
from greenline.adapters.withheld_output import without_what_tests_say
from greenline.domain.coverage.model import Executed
from greenline.domain.generation.noted import Noted
from greenline.ports.tests import OUTCOMES, CallsSeen, Frame, TestOutcome, TestReport
from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.adapters.probe_process import Probe
    from greenline.adapters.readable_places import Places
    from greenline.adapters.scratch_overlay import Overlay
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter
    from greenline.ports.tests import Conditions, Outcome, TestRun

_EVERYTHING = ["write", "network", "process", "signal"]
_LAST_PRINTED = 64_000
"""Bytes: a trace of a deep recursion is long, and its beginning says where it was."""
_REPLIES = (wire.Confined, wire.Started, wire.TestBegan, wire.TestDone, wire.RunDone, wire.Problem)


class PytestProcess:
    """A TestRunner. Each run is a process of its own; that of a whole suite is always a fresh one."""

    def __init__(self, probes: Probes | None = None, ignore: Sequence[str] = ()) -> None:
        """``ignore`` are patterns of files that are never sent to a model, besides the usual ones."""
        self._probes = probes or Probes(warm=False)
        self._confined = ConfinedRuns(ignore)
        self._took: dict[Path, float] = {}
        """Project -> seconds that all its tests took the last time, one after the other."""

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        """Run to the end, time limit or cancellation; leaves no process behind, raises nothing for the tests' sake."""
        began = time.monotonic()
        try:
            report = await self._run(run, progress) or await self._run(run, progress, fresh=True) or TestReport()
        except (OverlayProblem, ProbeProblem) as problem:
            report = TestReport(problem=str(problem))
        except OSError as error:
            report = TestReport(problem=f"The scratch copy could not be made: {error}. Is the temporary folder full?")
        if not run.selection and not report.problem:
            self._took[run.project.root] = sum(outcome.seconds for outcome in report.outcomes)
        return replace(report, seconds=time.monotonic() - began)

    async def _workers(self, run: TestRun) -> int:
        if not run.parallel:
            return 0
        return await asyncio.to_thread(workers_for, run.project, self._took.get(run.project.root))

    async def _run(self, run: TestRun, progress: Progress, *, fresh: bool = False) -> TestReport | None:
        """Return None where only a fresh process can tell how it ends."""
        of = run.interpreter.path, run.project.root
        saved = None if run.guarded else await asyncio.to_thread(_all_saved, run.overlay)
        confined = run.confined and run.guarded
        places = await asyncio.to_thread(self._confined.places, run) if confined else None
        if places is not None:
            run = replace(run, overlay=self._confined.texts(run))
        copied = await self._probes.overlay(
            *of,
            run.overlay if saved is None else {},
            guarded=run.guarded,
            imported=run.project.source_roots,
            without=map(Path, places.absent) if places else (),
        )
        with copied as overlay:
            # A text that is laid over was measured where the run had it from the copy, and nowhere else.
            laid_over = frozenset(run.overlay) if run.measure is None and not overlay.in_place else frozenset[Path]()
            heard = _Heard(overlay, laid_over)
            seed = run.hash_seed if run.guarded else None
            kind = Kind(*of, tests=True, hash_seed=seed, own_home=run.guarded, confined=confined)
            # The whole suite takes its time: nothing to win, and nothing that could be different.
            opened = self._probes.open(
                kind,
                overlay,
                # A module of the project may have the name of one that a warm process has.
                first=list(dict.fromkeys([overlay.root, *map(overlay.map_out, run.project.source_roots)])),
                fresh=fresh or not run.selection,
                variables=_variables(run.conditions),
            )
            workers = await self._workers(run)
            async with opened as probe:
                request = self._request(overlay, run, workers, places)
                problem = await self._ended(probe, request, run, heard, progress)
                if not heard.ended and probe.unfit:
                    return None
            if not heard.cannot_be_parallel:
                report = _report(overlay, run, heard, problem)
                if places is not None:
                    seen = heard.done.looked_for if heard.done else []
                    report = replace(report, looked_for=looked_for(overlay, run, places, report, seen))
                if confined and heard.confined is False:  # before that is told, no test has run
                    report = without_what_tests_say(report)
                return replace(report, replaced=await asyncio.to_thread(_replaced, saved or {}))
        return await self._run(replace(run, parallel=False), progress, fresh=fresh)

    async def _ended(
        self, probe: Probe, request: wire.RunTests, run: TestRun, heard: _Heard, progress: Progress
    ) -> str:
        """Hear all that it says; return why it could not do its work, empty when it could."""
        try:
            await asyncio.wait_for(self._converse(probe, request, heard, progress), run.seconds)
        except (asyncio.TimeoutError, TimeoutError):
            # All that there is to know was told before the wait for threads.
            return _time_is_up(run, heard) if heard.done is None else _problem(run, heard, probe.output())
        except ProbeProblem as error:
            return str(error)
        if heard.ended or probe.unfit:
            return _problem(run, heard, probe.output()) if heard.ended else ""
        return await _death(probe, heard)

    def _request(self, overlay: Overlay, run: TestRun, workers: int, places: Places | None) -> wire.RunTests:
        files: dict[str, str] = {}
        for path in run.measure or ():
            files[str(overlay.map_out(path))] = str(path)
            if overlay.in_place or path not in run.overlay:
                files[str(path)] = str(path)  # where something imports it from the project itself
        roots: list[str] = []
        if run.measure is None:
            roots = [str(place) for root in run.project.source_roots for place in (overlay.map_out(root), root)]
        return wire.RunTests(
            root=str(overlay.root),
            selection=[_selected(overlay, item) for item in run.selection],
            scratch=str(overlay.scratch),
            files=files,
            roots=roots,
            refuse=_EVERYTHING if run.guarded else [],
            seed=run.hash_seed,
            # A backstop for a process that escaped the watch on wall-clock time; threads may spend it faster.
            cpu_seconds=int(run.seconds * 4) + 10 if run.guarded else None,
            limited=run.guarded,
            confined=places is not None,
            readable=list(places.readable) if places else [],
            listed=list(places.listed) if places else [],
            absent=absent_in(overlay, places) if places else [],
            bytecode=str(self._probes.bytecode or ""),
            calls=run.record_calls,
            contexts=run.contexts,
            skip=sorted(run.skip),
            shuffle=run.conditions.shuffle,
            days_later=run.conditions.days_later,
            package=run.conditions.package,
            elsewhere=run.conditions.elsewhere,
            project="" if overlay.in_place else str(run.project.root),
            options=list(run.options),
            notes=run.notes,
            parallel=run.parallel,
            workers=workers,
        )

    async def _converse(self, probe: Probe, request: wire.RunTests, heard: _Heard, progress: Progress) -> None:
        progress.step("Starting pytest")
        await probe.send(request)
        async for reply in probe.replies(*_REPLIES):
            heard.hear(reply)
            if isinstance(reply, wire.Started):
                progress.step(f"Running tests (0 of {reply.total})", 0.0)
            elif isinstance(reply, wire.TestDone) and heard.total:
                done = len(heard.outcomes)
                progress.step(f"Running tests ({done} of {heard.total})", min(1.0, done / heard.total))
            elif isinstance(reply, wire.RunDone) and reply.waiting:
                progress.step(f"Waiting for threads that tests left running ({', '.join(reply.lingering)})", 1.0)
            if heard.ended:
                return


@dataclass
class _Heard:
    """What the probe has said so far."""

    overlay: Overlay
    laid_over: frozenset[Path] = frozenset()
    confined: bool | None = None
    """The kernel keeps the tests from reading what a model must not learn; None before that is told."""
    total: int = 0
    running: str = ""
    outcomes: list[TestOutcome] = field(default_factory=list)
    contexts: dict[str, dict[Path, int]] = field(default_factory=dict)
    _began: set[str] = field(default_factory=set)
    _ran: set[str] = field(default_factory=set)
    _paths: dict[str, Path | None] = field(default_factory=dict)
    _bits: dict[str, int] = field(default_factory=dict)
    done: wire.RunDone | None = None
    refusal_to_run: wire.Problem | None = None

    @property
    def cannot_be_parallel(self) -> bool:
        """The tests cannot be handed out to several processes, and nobody but us wanted that."""
        return self.refusal_to_run is not None and self.refusal_to_run.kind == "not-parallel"

    @property
    def ended(self) -> bool:
        return (self.done is not None and not self.done.waiting) or self.refusal_to_run is not None

    @property
    def not_run(self) -> int:
        """So many tests were to run and have not."""
        return max(0, self.total - len(self._ran))

    @property
    def all_ran(self) -> bool:
        """Every test that was to run came to its end, whatever came after the last one."""
        return self.done is not None and self.total > 0 and not self.not_run and not self.failed_to_collect

    @property
    def none_found(self) -> bool:
        """All that was to be collected was, and held no test."""
        return self.done is not None and self.done.exit_code == 5 and not (self.outcomes or self.done.lingering)  # noqa: PLR2004 - pytest.ExitCode

    @property
    def failed_to_collect(self) -> bool:
        """There is an error without a test that began: pytest then runs none, unless it is told to."""
        return any(outcome.outcome == "error" and outcome.node_id not in self._ran for outcome in self.outcomes)

    def hear(self, reply: object) -> None:
        if isinstance(reply, wire.Confined):
            # Only the first counts: later on tests run, which could say so as well.
            self.confined = reply.held if self.confined is None else self.confined
        elif isinstance(reply, wire.Started):
            self.total = reply.total
        elif isinstance(reply, wire.TestBegan):
            self.running = reply.node_id
            self._began.add(reply.node_id)
        elif isinstance(reply, wire.TestDone):
            if self.running == reply.node_id:  # several may run, in several processes
                self.running = ""
            if reply.node_id in self._began:  # a plugin may run one several times
                self._ran.add(reply.node_id)
            frames = tuple(Frame(Path(file), line, function) for file, line, function in reply.frames)
            self.outcomes.append(
                TestOutcome(
                    reply.node_id,
                    _outcome(reply.outcome),
                    reply.message,
                    error=reply.error,
                    said=reply.said,
                    frames=frames,
                    seconds=reply.seconds,
                    refused=tuple(reply.refused),
                )
            )
            if reply.lines:
                self.contexts[reply.node_id] = self.by_path(reply.lines)
        elif isinstance(reply, wire.RunDone):
            self.done = reply
        elif isinstance(reply, wire.Problem):
            self.refusal_to_run = reply

    def by_path(self, lines: Mapping[str, str]) -> dict[Path, int]:
        """Return sets of lines by file of the project; thousands of tests name the same ones."""
        mapped: dict[Path, int] = {}
        for name, bits in lines.items():
            path = self.path_of(name)
            if path is not None:
                mapped[path] = mapped.get(path, 0) | self._bits.setdefault(bits, int(bits, 16))
        return mapped

    def path_of(self, name: str) -> Path | None:
        """Return the file of the project that ran by this name; None where that has another text than the run is of."""
        if name not in self._paths:
            path = self.overlay.map_back(Path(name))
            another = path in self.laid_over and not Path(name).is_relative_to(self.overlay.root)
            self._paths[name] = None if another else path
        return self._paths[name]


def _outcome(said: str) -> Outcome:
    """Return what became of a test; a test can say anything, and what is no outcome may be what it must not tell."""
    return cast("Outcome", said) if said in OUTCOMES else "failed"


_Stamp = tuple[int, int, int]


def _all_saved(texts: Mapping[Path, str]) -> dict[Path, _Stamp] | None:
    """Return which files on the disk have these texts already; None where one has another."""
    stamps: dict[Path, _Stamp] = {}
    for path, text in texts.items():
        stamp = _stamp(path)  # before the text is read: what is saved in between shows
        if stamp is None or not is_saved(path, text):
            return None
        stamps[path] = stamp
    return stamps


def _replaced(saved: Mapping[Path, _Stamp]) -> frozenset[Path]:
    return frozenset(path for path, stamp in saved.items() if _stamp(path) != stamp)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _variables(conditions: Conditions) -> dict[str, str]:
    asked = {"TZ": conditions.timezone, "LC_ALL": conditions.locale, "LANGUAGE": conditions.locale}
    return {name: value for name, value in asked.items() if value}


def _selected(overlay: Overlay, item: str) -> str:
    """Return a path or node id of the project as it is called from inside the copy."""
    path, colons, test = item.partition("::")
    if Path(path).is_absolute():
        path = os.path.relpath(overlay.map_out(Path(path)), overlay.root)
    return path + colons + test


def _report(overlay: Overlay, run: TestRun, heard: _Heard, problem: str) -> TestReport:
    coverage: dict[Path, Executed] = {}
    for name, (lines, arcs) in (heard.done.coverage if heard.done else {}).items():
        path = heard.path_of(name)
        if path is None:
            continue
        ran = Executed(frozenset(lines), frozenset((start, end) for start, end in arcs))
        coverage[path] = coverage[path].merged(ran) if path in coverage else ran
    calls: dict[Path, tuple[CallsSeen, ...]] = {}
    for name, rows in (heard.done.calls if heard.done else {}).items():
        calls[overlay.map_back(Path(name))] = tuple(
            CallsSeen(line, tuple(programs), {p: tuple(kinds) for p, kinds in types.items()})
            for line, programs, types in rows
        )
    return TestReport(
        outcomes=tuple(_in_project(outcome, overlay) for outcome in heard.outcomes),
        coverage=coverage,
        problem=overlay.in_words(problem),
        complaint=_complaint(run, heard) if not problem else "",
        none_found=heard.none_found,
        all_ran=heard.all_ran,
        not_run=heard.not_run,
        unfinished=heard.running if problem else "",
        calls=calls,
        contexts=heard.contexts,
        outside=heard.by_path(heard.done.outside) if heard.done else {},
        workers=heard.done.workers if heard.done else 0,
        refusals=tuple(map(overlay.in_words, heard.done.refusals if heard.done else ())),
        skipped_files=frozenset(heard.done.skipped_files if heard.done else ()),
        noted=tuple(Noted(**one) for one in (heard.done.noted if heard.done else ())),
    )


def _in_project(outcome: TestOutcome, overlay: Overlay) -> TestOutcome:
    return replace(
        outcome,
        message=overlay.in_words(outcome.message),
        said=overlay.in_words(outcome.said),
        refused=tuple(map(overlay.in_words, outcome.refused)),
        frames=tuple(replace(frame, path=overlay.map_back(frame.path)) for frame in outcome.frames),
    )


def _time_is_up(run: TestRun, heard: _Heard) -> str:
    where = f" `{heard.running}` was running." if heard.running else ""
    return f"The tests did not end within {_limit(run)}.{where}"


def _limit(run: TestRun) -> str:
    setting = "greenline.run.seconds" if run.selection else "greenline.run.suiteSeconds"
    return f"{run.seconds:g} s (setting {setting})"


async def _death(probe: Probe, heard: _Heard) -> str:
    how = await probe.death()
    when = f"while `{heard.running}` was running" if heard.running else "before the tests were done"
    if heard.done is not None:
        when = f"after the last test, while a thread went on running ({', '.join(heard.done.lingering)})"
    return f"The Python process {how} {when}. {last_words(probe.output(_LAST_PRINTED), heard.overlay)}".rstrip()


def _problem(run: TestRun, heard: _Heard, output: str) -> str:
    """Say why pytest could not do its work; empty when it could, whatever came of the tests."""
    if heard.refusal_to_run is not None:
        return _no_pytest(run.interpreter, heard.refusal_to_run)
    assert heard.done is not None
    error = _last_lines(heard.done.internal_error)
    what = ", ".join(run.selection) or "this project"
    code = heard.done.exit_code
    if heard.done.lingering and run.guarded:
        threads = ", ".join(heard.done.lingering)
        return f"After the last test of {what} a thread went on running ({threads}): pytest would never end."
    # pytest.ExitCode, which the server has not
    if code in {0, 1, 2} and heard.failed_to_collect:
        return ""
    if code in {0, 1}:
        return _stopped_early(heard, error)
    messages = {
        2: f"pytest was interrupted. {error}".rstrip(),
        3: f"pytest itself, a plugin or a conftest.py failed: {error or _last_lines(output)}",
        4: f"pytest could not start: {_last_lines(_usage_error(output))}",
        5: f"pytest found no tests in {what}.",
    }
    return messages.get(code, f"pytest ended with exit code {code}: {_last_lines(output)}")


def _usage_error(output: str) -> str:
    """Return what pytest says is wrong with its options; before it are its header, and our own end of its summary."""
    before, error, said = output.rpartition("ERROR: ")
    return error + said if not before or before.endswith("\n") else output


def _stopped_early(heard: _Heard, error: str) -> str:
    """Say that tests did not run, which a plugin or a hook can ask for without an error; else say nothing."""
    if not heard.not_run:
        return ""
    return f"pytest stopped before {heard.not_run} of {heard.total} tests ran. {error}".rstrip()


def _complaint(run: TestRun, heard: _Heard) -> str:
    """Say that pytest ended as if a test had failed, and none has; or would not have ended."""
    if heard.done is not None and heard.done.lingering:
        threads = ", ".join(heard.done.lingering)
        return (
            f"After the last test a thread went on running ({threads}), for which pytest waits; the run did not end "
            f"within {_limit(run)}."
        )
    failed = any(outcome.outcome in {"failed", "error"} for outcome in heard.outcomes)
    if heard.done is None or heard.done.exit_code != 1 or failed:
        return ""
    return "No test failed, but pytest ended with exit code 1: a plugin or a conftest.py found fault with something."


def _no_pytest(interpreter: Interpreter, problem: wire.Problem) -> str:
    if "'pytest'" in problem.message:
        return interpreter.without_pytest
    python = ".".join(map(str, interpreter.version[:2]))
    return f"The pytest of Python {python} at {interpreter.path} cannot be imported: {problem.message}"


def _last_lines(text: str, count: int = 6) -> str:
    return "\n".join([line for line in text.strip().splitlines() if line.strip()][-count:])
