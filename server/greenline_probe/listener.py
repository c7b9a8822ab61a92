"""Hears pytest's hooks while it runs, and tells the server what happens while it happens."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe import failures, node_ids, order, plugins, project_plugins, wire
from greenline_probe.bytecode import keep_bytecode

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from greenline_probe import guard
    from greenline_probe.calls import Calls
    from greenline_probe.contexts import Contexts
    from greenline_probe.trace import Recorded, Tracer


@dataclass
class Run:
    """What the listener works with, and what it found out that no reply has said yet."""

    request: wire.RunTests
    reply: Callable[[Any], None]
    guard: guard.Guard | None = None
    tracer: Tracer | None = None
    calls: Calls | None = None
    contexts: Contexts | None = None
    internal_error: str = ""
    workers: int = 0
    skipped_files: set[str] = field(default_factory=set)
    """Node ids of files that skip themselves as a whole, while they are imported."""
    grouped: bool = False
    """pytest-xdist adds the name of its group to a test's node id."""
    as_called: Callable[[str], str] = str
    """Makes a node id of pytest's one that pytest can be called with."""
    refused: list[str] = field(default_factory=list)
    """What the guard refused since the test began that runs now, in words."""
    looked_for: Iterable[str] = ()
    """What something looked for that is never sent to a model."""
    _ran: dict[str, Recorded] = field(default_factory=dict)
    _outside: dict[str, set[int]] = field(default_factory=dict)

    def ran(self, recorded: Mapping[str, Recorded]) -> None:
        """Add what was recorded, in this process or another."""
        for name, (lines, arcs) in recorded.items():
            so_far = self._ran.setdefault(name, (set(), set()))
            so_far[0].update(lines)
            so_far[1].update(arcs)

    def ran_outside(self, lines: Mapping[str, Iterable[int]]) -> None:
        """Add what ran outside of all tests, in this process or another."""
        for name, ran in lines.items():
            self._outside.setdefault(name, set()).update(ran)

    @property
    def outside(self) -> dict[str, str]:
        """What ran outside of all tests, as it goes over the wire."""
        return {name: bits(lines) for name, lines in self._outside.items()}

    @property
    def noted(self) -> list[dict[str, Any]]:
        """What expectations saw, of a run that notes."""
        return _notes().take() if self.request.notes else []

    @property
    def coverage(self) -> dict[str, list[list[Any]]]:
        """What was recorded, as it goes over the wire."""
        return {name: [sorted(lines), sorted(arcs)] for name, (lines, arcs) in self._ran.items()}


def listener(pytest: Any, run: Run) -> Any:  # noqa: C901 - many hooks, each short
    """Make the plugin. A function, because pytest's decorators exist only once the project's pytest is imported."""
    request, tracer, calls = run.request, run.tracer, run.calls

    class Listener:
        """One outcome for each node, sent when the node is done."""

        def __init__(self) -> None:
            self._ends = _Ends(run)

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_load_initial_conftests(self, early_config: Any, args: list[str]) -> Iterator[None]:
            # The plugins are loaded and the arguments, the project's addopts among them, not yet read for good.
            unwanted = plugins.imported - plugins.loaded(early_config.pluginmanager)
            if unwanted:
                run.reply(wire.Problem("unfit", "it has plugins that these tests do not want", sorted(unwanted)))
                os._exit(0)
            options = project_plugins.distribution(early_config, request)
            if options is not None and _distributed(pytest, early_config, run, asked=not options):
                args += options
                project_plugins.tame(early_config, args, request, distribute=True)
            else:
                project_plugins.tame(early_config, args, request, distribute=False)
            keep_bytecode("")
            if run.guard:
                run.guard.close(request.bytecode)
            yield

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_cmdline_main(self, config: Any) -> None:
            project_plugins.keep_to(config, request)
            run.as_called = node_ids.as_called(config)

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_collection(self) -> None:
            if run.guard:
                run.guard.polite = False  # from here on the code under test runs

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_sessionfinish(self) -> None:
            if run.guard:
                run.guard.polite = True

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_terminal_summary(self) -> None:
            # Nobody reads it, and plugins import for seconds what they want to add to it. pytest goes on to its end,
            # with the exit code that it has, or that a plugin has given it meanwhile.
            raise pytest.exit.Exception("no summary", returncode=None)

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_make_collect_report(self) -> Generator[None, Any, None]:
            made = yield
            describe_collecting(made.get_result())

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                self._ends.not_collected(report)
            elif report.skipped and report.nodeid:
                run.skipped_files.add(run.as_called(report.nodeid))

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_collection_modifyitems(self, items: list[Any]) -> None:
            if request.shuffle is not None:
                order.shuffle(items, request.shuffle)  # pytest then brings together what shares a fixture

        def pytest_collection_finish(self, session: Any) -> None:
            run.reply(wire.Started(len({item.nodeid for item in session.items})))

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_setup(self, item: Any) -> None:
            if calls:
                calls.begin_test(repeatable=_is_repeatable(item))
                if "random" in sys.modules:
                    sys.modules["random"].seed(request.seed)
            if request.notes:
                _notes().begin(item)

        def pytest_runtest_logstart(self, nodeid: str) -> None:
            if tracer:
                tracer.resume()
            if run.contexts:
                run.contexts.begin()
            self._ends.began(nodeid)

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, None]:
            made = yield
            describe_running(made.get_result(), call)

        def pytest_runtest_logreport(self, report: Any) -> None:
            self._ends.reported(report)

        def pytest_runtest_logfinish(self, nodeid: str) -> None:
            lines = run.contexts.end() if run.contexts else {}
            self._ends.finished(nodeid, {name: bits(ran) for name, ran in lines.items()})

        def pytest_unconfigure(self) -> None:
            self._ends.all_over()

        def pytest_internalerror(self, excrepr: Any) -> None:
            run.internal_error = failures.shortened(str(excrepr))

        def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
            run.internal_error = run.internal_error or f"{excinfo.typename}: {excinfo.value}".rstrip(": ")

    return Listener()


def _distributed(pytest: Any, config: Any, run: Run, *, asked: bool) -> bool:
    from greenline_probe import xdist_run  # noqa: PLC0415 - only for runs that are distributed

    return xdist_run.start(pytest, config, run, asked=asked)


def describe_running(report: Any, call: Any) -> None:
    """Put what made a test fail into its report: that goes wherever the report goes."""
    if report.failed and call.excinfo is not None:
        report.greenline_failure = failures.described(call.excinfo.value, report)


def describe_collecting(report: Any) -> None:
    """Put what kept a file from being collected into its report."""
    error = getattr(getattr(report, "call", None), "excinfo", None)
    if report.failed and error is not None:
        report.greenline_failure = failures.described(error.value, report)


def bits(lines: set[int]) -> str:
    """Return the lines as a hexadecimal number with bit n for line n."""
    found = bytearray(max(lines, default=0) // 8 + 1)
    for line in lines:
        found[line >> 3] |= 1 << (line & 7)
    return f"{int.from_bytes(found, 'little'):x}"


def lines_in(ran: int) -> set[int]:
    """Return the lines of a bit set."""
    return {line for line, bit in enumerate(reversed(f"{ran:b}")) if bit == "1"}


class _Ends:
    """Makes one message of all that is reported about a node; several may be under way, in several processes."""

    def __init__(self, run: Run) -> None:
        self._reply = run.reply
        self._run = run
        self._open: dict[str, wire.TestDone] = {}
        self._since: dict[str, float] = {}
        self._brought: dict[str, int] = {}
        """Name -> bit set of the lines that reports of other processes came with."""
        self._arcs: dict[str, set[tuple[int, int]]] = {}
        """Name -> the arcs that they came with."""

    def began(self, nodeid: str) -> None:
        nodeid = self._of_pytest(nodeid)
        self._open[nodeid] = wire.TestDone(nodeid, "")
        self._since[nodeid] = time.perf_counter()
        self._run.refused.clear()
        self._reply(wire.TestBegan(nodeid))

    def reported(self, report: Any) -> None:
        nodeid = self._of_pytest(report.nodeid)
        done = self._open.setdefault(nodeid, wire.TestDone(nodeid, ""))
        told = failures.outcome(report)
        if told and done.outcome not in {"failed", "error"}:
            done.outcome, done.message = told
            done.error, done.said, done.frames = getattr(report, "greenline_failure", ("", "", []))
        elif report.outcome == "rerun":  # a plugin runs it again: what it gave so far does not count
            done.outcome = done.message = ""
        brought = getattr(report, "greenline_lines", None)
        if brought:
            done.lines = brought
            for name, ran in brought.items():
                self._brought[name] = self._brought.get(name, 0) | int(ran, 16)
        for name, arcs in getattr(report, "greenline_arcs", {}).items():
            self._arcs.setdefault(name, set()).update((start, end) for start, end in arcs)

    def finished(self, nodeid: str, lines: dict[str, str]) -> None:
        self._finish(self._of_pytest(nodeid), lines)

    def _finish(self, nodeid: str, lines: dict[str, str]) -> None:
        done = self._open.pop(nodeid, None) or wire.TestDone(nodeid, "")
        if not done.outcome:
            done.outcome, done.message = "error", done.message or "pytest gave no outcome"
        done.seconds = time.perf_counter() - self._since.pop(nodeid, time.perf_counter())
        done.lines = lines or done.lines
        done.refused = self._run.refused[:]
        self._reply(done)

    def not_collected(self, report: Any) -> None:
        done = wire.TestDone(self._run.as_called(report.nodeid), "error", failures.shortened(report.longreprtext))
        done.error, done.said, done.frames = getattr(report, "greenline_failure", ("", "", []))
        self._reply(done)

    def all_over(self) -> None:
        """Tell of the tests that were reported and never finished: their process died, and took what it recorded."""
        names = {*self._brought, *self._arcs}
        self._run.ran({n: (lines_in(self._brought.get(n, 0)), self._arcs.get(n, set())) for n in names})
        for nodeid, done in list(self._open.items()):
            if done.outcome:
                self._finish(nodeid, {})

    def _of_pytest(self, nodeid: str) -> str:
        """Return the node id without its group; a row may have an @ as well."""
        before, at, group = nodeid.rpartition("@")
        return self._run.as_called(before if self._run.grouped and at and "]" not in group else nodeid)


def _notes() -> Any:
    from greenline_probe import noted  # noqa: PLC0415 - only for runs that note

    return noted


def _is_repeatable(item: Any) -> bool:
    """Tell whether a test's inputs are written down; Hypothesis makes them up."""
    return not hasattr(getattr(item, "obj", None), "hypothesis")
