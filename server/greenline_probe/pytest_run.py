"""Runs pytest once in this process, as ``python -m pytest`` would, and tells what happens while it happens."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe import conditions, failures, guard, limits, plugins, wire
from greenline_probe.bytecode import keep_bytecode
from greenline_probe.trace import Tracer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from greenline_probe.calls import Calls

_LONGEST_MESSAGE = 4000
_MOST_REFUSALS = 50
_SECONDS_TO_END = 5.0
"""For the threads that tests left behind, after the last one."""


def run(request: wire.RunTests, reply: Callable[[Any], None]) -> None:
    """Carry out the request: Started, TestBegan and TestDone as they happen, last RunDone or Problem."""
    calls = _calls(request)  # before anything of the project can be imported in the place of what it imports
    os.chdir(request.root)
    sys.path.insert(0, os.getcwd())
    keep_bytecode(request.bytecode)
    try:
        pytest = importlib.import_module("pytest")
    except ImportError as error:
        reply(wire.Problem("no-pytest", str(error)))
        return
    sys.argv[:] = [os.path.join(os.path.dirname(str(pytest.__file__)), "__main__.py"), *request.selection]
    refusals: list[str] = []
    if request.limited:
        limits.apply(cpu_seconds=request.cpu_seconds)
    in_force = None
    if request.refuse:
        writable = [folder for folder in (request.scratch, request.bytecode) if folder]
        in_force = guard.install(writable, request.refuse, lambda what: _remember(refusals, what))
        in_force.polite = True
    tracer = Tracer(request.files, request.roots, calls) if request.files or request.roots else None
    listener = _listener(pytest, reply, request, in_force, tracer=tracer, calls=calls)
    if tracer:
        tracer.start_with_first_file()
    exit_code = _pytest_main(pytest, request, listener)
    coverage: dict[str, list[list[Any]]] = {}
    if tracer:
        tracer.stop()
        coverage = {name: [sorted(lines), sorted(arcs)] for name, (lines, arcs) in tracer.take().items()}
    done = wire.RunDone(exit_code, coverage, refusals, listener.internal_error)
    if tracer and calls:
        done.calls = calls.take(tracer.reported_name)
    if request.limited:
        _wait_for_threads(done, reply)
    reply(done)


def _calls(request: wire.RunTests) -> Calls | None:
    if not request.calls:
        return None
    from greenline_probe.calls import Calls  # noqa: PLC0415 - only for runs that ask for it

    return Calls((request.root, request.scratch))


def _pytest_main(pytest: Any, request: wire.RunTests, listener: Any) -> int:
    arguments = [
        *request.selection,
        "-o",
        f"cache_dir={os.path.join(request.scratch, 'pytest-cache')}",  # the person's --lf is not ours to disturb
        "--maxfail=0",
    ]
    try:
        return int(pytest.main(arguments, plugins=[listener, *conditions.plugin(pytest, request)]))
    except BaseException as error:  # a plugin, or the guard in one
        listener.internal_error = listener.internal_error or f"{type(error).__name__}: {error}"
        return 3


def _wait_for_threads(done: wire.RunDone, reply: Callable[[Any], None]) -> None:
    """End the threads as the end of the interpreter would; reply and leave when that takes too long."""

    def give_up() -> None:
        main = threading.main_thread()
        done.lingering = [t.name for t in threading.enumerate() if not t.daemon and t is not main]
        reply(done)
        os._exit(0)

    watch = threading.Timer(_SECONDS_TO_END, give_up)
    watch.daemon = True
    watch.start()
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - what the interpreter itself calls
    watch.cancel()


def _remember(refusals: list[str], what: str) -> None:
    if len(refusals) < _MOST_REFUSALS and what not in refusals:
        refusals.append(what)


def _listener(  # noqa: C901 - many hooks, each short
    pytest: Any,
    reply: Callable[[Any], None],
    request: wire.RunTests,
    in_force: guard.Guard | None,
    *,
    tracer: Tracer | None,
    calls: Calls | None,
) -> Any:
    """Make the plugin. A function, because pytest's decorators exist only once the project's pytest is imported."""

    class Listener:
        """Hears pytest's hooks; one outcome for each node, sent when the node is done."""

        def __init__(self) -> None:
            self.internal_error = ""
            self._outcomes: dict[str, tuple[str, str]] = {}
            self._failures: dict[str, tuple[str, str, list[list[Any]]]] = {}
            self._began = 0.0

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_load_initial_conftests(self, early_config: Any, args: list[str]) -> Iterator[None]:
            # The plugins are loaded and the arguments, the project's addopts among them, not yet read for good.
            unwanted = plugins.imported - plugins.loaded(early_config.pluginmanager)
            if unwanted:
                reply(wire.Problem("unfit", "it has plugins that these tests do not want", sorted(unwanted)))
                os._exit(0)
            _tame_plugins(early_config, args, request.seed)
            keep_bytecode("")
            if in_force:
                in_force.close(request.bytecode)
            yield

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_collection(self) -> None:
            if in_force:
                in_force.polite = False  # from here on the code under test runs

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_sessionfinish(self) -> None:
            if in_force:
                in_force.polite = True

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_terminal_summary(self, exitstatus: int) -> None:
            # Nobody reads it, and plugins import for seconds what they want to add to it. pytest goes on to its end.
            raise pytest.exit.Exception("no summary", returncode=int(exitstatus))

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                reply(wire.TestDone(report.nodeid, "error", _shortened(report.longreprtext)))

        def pytest_collection_finish(self, session: Any) -> None:
            reply(wire.Started(len(session.items)))

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_setup(self, item: Any) -> None:
            if calls:
                calls.begin_test(repeatable=_is_repeatable(item))
                if "random" in sys.modules:
                    sys.modules["random"].seed(request.seed)

        def pytest_runtest_logstart(self, nodeid: str) -> None:
            self._outcomes[nodeid] = ("", "")
            self._began = time.perf_counter()
            if tracer:
                tracer.resume()
                if request.contexts:
                    tracer.switch()  # what came before belongs to no test
            reply(wire.TestBegan(nodeid))

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
            made = yield
            report = made.get_result()
            if report.failed and call.excinfo is not None:
                self._failures.setdefault(item.nodeid, failures.described(call.excinfo.value, report))

        def pytest_runtest_logreport(self, report: Any) -> None:
            told = _outcome(report)
            worst = self._outcomes.get(report.nodeid, ("", ""))
            if told and worst[0] not in {"failed", "error"}:
                self._outcomes[report.nodeid] = told
            elif report.outcome == "rerun":  # a plugin runs it again: what it gave so far does not count
                self._outcomes[report.nodeid] = ("", "")

        def pytest_runtest_logfinish(self, nodeid: str) -> None:
            outcome, message = self._outcomes.pop(nodeid, ("", ""))
            done = wire.TestDone(nodeid, outcome or "error", message or ("" if outcome else "pytest gave no outcome"))
            failure = self._failures.pop(nodeid, None)
            if failure and done.outcome in {"failed", "error"}:
                done.error, done.said, done.frames = failure
            done.seconds = time.perf_counter() - self._began
            if tracer and request.contexts:
                done.lines = {name: _bits(lines) for name, lines in tracer.switch().items()}
            reply(done)

        def pytest_internalerror(self, excrepr: Any) -> None:
            self.internal_error = _shortened(str(excrepr))

        def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
            self.internal_error = self.internal_error or f"{excinfo.typename}: {excinfo.value}".rstrip(": ")

    return Listener()


def _bits(lines: set[int]) -> str:
    """Return the lines as a hexadecimal number with bit n for line n."""
    bits = bytearray(max(lines, default=0) // 8 + 1)
    for line in lines:
        bits[line >> 3] |= 1 << (line & 7)
    return f"{int.from_bytes(bits, 'little'):x}"


def _is_repeatable(item: Any) -> bool:
    """Tell whether a test's inputs are written down; Hypothesis makes them up."""
    return not hasattr(getattr(item, "obj", None), "hypothesis")


def _outcome(report: Any) -> tuple[str, str] | None:
    """Return the outcome and pytest's words for it; None for a set-up or teardown that just worked."""
    expected_to_fail = hasattr(report, "wasxfail")
    if report.failed:
        return ("failed" if report.when == "call" else "error"), _shortened(report.longreprtext)
    if report.skipped:
        if expected_to_fail:
            return "xfailed", str(report.wasxfail)
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        return "skipped", _shortened(str(reason))
    if report.passed and report.when == "call":
        return ("xpassed", str(report.wasxfail)) if expected_to_fail else ("passed", "")
    return None


def _tame_plugins(config: Any, args: list[str], seed: int) -> None:
    """Undo what addopts may ask of plugins that would move tests to other processes, measure, shuffle or report."""
    manager = config.pluginmanager
    # By module: the name it is registered under depends on whether it was found or asked for.
    loaded = {getattr(plugin, "__name__", ""): plugin for plugin in manager.get_plugins()}
    if "xdist.plugin" in loaded:
        args += ["-n0", "--dist=no"]
    if "pytest_cov.plugin" in loaded:
        args += ["--no-cov"]
        config.known_args_namespace.no_cov = True  # it starts before the arguments are read for good
    if "pytest_randomly" in loaded:
        args += [f"--randomly-seed={seed}", "--randomly-dont-reorganize"]
    if "random_order.plugin" in loaded:
        args += ["--random-order-bucket=none"]
    if "pytest_forked" in loaded:
        manager.unregister(loaded["pytest_forked"])
    if "pytest_rerunfailures" in loaded:
        args += ["--reruns=0"]  # a test that passes at the second try did not pass
    if "_pytest.junitxml" in loaded:
        args += ["--junitxml="]


def _shortened(text: str) -> str:
    """Keep both ends: what was called stands first, what went wrong stands last."""
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:1000]}\n[...]\n{text[-(_LONGEST_MESSAGE - 1010) :]}"
