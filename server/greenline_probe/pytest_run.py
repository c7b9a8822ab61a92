"""Runs pytest once in this process, as ``python -m pytest`` would, and tells what happens while it happens."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import importlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe import conditions, contexts, copied, guard, limits, wire
from greenline_probe.bytecode import keep_bytecode
from greenline_probe.contexts import Contexts
from greenline_probe.listener import Run, listener
from greenline_probe.trace import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline_probe.calls import Calls

_MOST_REFUSALS = 50
_SECONDS_TO_END = 5.0
"""For the threads that tests left behind, after the last one, where nobody has accepted them yet."""
_SECONDS_UNTOLD = 1.0
"""For the same, elsewhere, until it is told that they are waited for."""
_SECONDS_FOR_THE_END = 30.0
"""For what is registered with ``atexit``."""


def run(request: wire.RunTests, reply: Callable[[Any], None]) -> None:
    """Carry out the request: Started, TestBegan and TestDone as they happen, last RunDone or Problem."""
    calls = _calls(request)  # before anything of the project can be imported in the place of what it imports
    os.chdir(request.root)
    sys.path.insert(0, os.getcwd())
    copied.follow(request)
    keep_bytecode(request.bytecode)
    try:
        pytest = importlib.import_module("pytest")
    except ImportError as error:
        reply(wire.Problem("no-pytest", str(error)))
        return
    program = os.path.join(os.path.dirname(str(pytest.__file__)), "__main__.py")
    sys.argv[:] = [program, *request.selection, *request.options]
    _keep_what_hypothesis_stores(request)
    refusals: list[str] = []
    if request.limited:
        limits.apply(cpu_seconds=request.cpu_seconds)
    this = Run(request, reply, calls=calls)
    if request.refuse:
        writable = [folder for folder in (request.scratch, request.bytecode) if folder]
        this.guard = guard.install(
            writable,
            request.refuse,
            lambda what: _remember((refusals, this.refused), what),
            hidden=request.hidden,
            shown=request.shown,
        )
        this.guard.polite = True
        if request.confined:
            from greenline_probe import confinement  # noqa: PLC0415 - only for tests that a model wrote

            absent = confinement.Absent(request.absent, request.scratch)
            reply(wire.Confined(confinement.confine(this.guard, request, absent)))
            this.looked_for = absent.looked_for
    if request.files or request.roots:
        this.tracer = Tracer(request.files, request.roots, calls)
        this.contexts = Contexts(this.tracer) if request.contexts else None
        this.tracer.start_with_first_file()
    exit_code = _pytest_main(pytest, this)
    if this.tracer:
        this.tracer.stop()
        if this.contexts:
            this.contexts.between()
            this.ran_outside(this.contexts.outside)
        this.ran(this.tracer.take())
    done = wire.RunDone(exit_code, this.coverage, refusals, this.internal_error, this.workers, outside=this.outside)
    done.skipped_files = sorted(this.skipped_files)
    if this.tracer and calls:
        done.calls = calls.take(this.tracer.reported_name)
    done.noted = this.noted
    done.looked_for = list(this.looked_for)
    if request.limited:
        _end_threads(done, reply)
    else:
        _wait_for_threads(done, reply)
        _run_what_is_registered(done, reply)
    reply(done)


def _keep_what_hypothesis_stores(request: wire.RunTests) -> None:
    """Have Hypothesis store what it finds outside of the project.

    Not where the project has such a folder: what failed before is in it, and is tried again as in the person's runs.
    """
    if not os.path.isdir(os.path.join(request.root, ".hypothesis")):
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(request.scratch, "hypothesis"))


def _calls(request: wire.RunTests) -> Calls | None:
    if not request.calls:
        return None
    from greenline_probe.calls import Calls  # noqa: PLC0415 - only for runs that ask for it

    return Calls((request.root, request.scratch))


def _pytest_main(pytest: Any, this: Run) -> int:
    arguments = [
        *this.request.selection,
        "-o",
        f"cache_dir={os.path.join(this.request.scratch, 'pytest-cache')}",  # the person's --lf is not ours to disturb
        "--maxfail=0",
        *this.request.options,
    ]
    try:
        more = [*conditions.plugin(pytest, this.request), *contexts.plugin(pytest, this.request, this.contexts)]
        return int(pytest.main(arguments, plugins=[listener(pytest, this), *more]))
    except BaseException as error:  # a plugin, or the guard in one
        this.internal_error = this.internal_error or f"{type(error).__name__}: {error}"
        return 3


def _end_threads(done: wire.RunDone, reply: Callable[[Any], None]) -> None:
    """End the threads as the end of the interpreter would; reply and leave when that takes too long."""

    def lingering() -> None:
        done.lingering = _threads()

    with _watch(_SECONDS_TO_END, done, reply, lingering), contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - what the interpreter itself calls


def _wait_for_threads(done: wire.RunDone, reply: Callable[[Any], None]) -> None:
    """Wait as the end of the interpreter would; the server sets an end to it, and knows until then what there is."""

    def tell() -> None:
        reply(dataclasses.replace(done, lingering=_threads(), waiting=True))

    telling = threading.Timer(_SECONDS_UNTOLD, tell)
    telling.daemon = True
    telling.start()
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - as above
    telling.cancel()
    telling.join()  # it may be in the middle of it


def _threads() -> list[str]:
    main = threading.main_thread()
    return [thread.name for thread in threading.enumerate() if not thread.daemon and thread is not main]


def _run_what_is_registered(done: wire.RunDone, reply: Callable[[Any], None]) -> None:
    """Do what the end of the interpreter does next: a conftest.py may stop there what it has started."""
    with _watch(_SECONDS_FOR_THE_END, done, reply), contextlib.suppress(BaseException):
        atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter itself calls


@contextlib.contextmanager
def _watch(
    seconds: float, done: wire.RunDone, reply: Callable[[Any], None], before: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Reply and leave when what runs within takes longer."""

    def give_up() -> None:
        before()
        reply(done)
        os._exit(0)

    watch = threading.Timer(seconds, give_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _remember(lists: tuple[list[str], ...], what: str) -> None:
    for refusals in lists:
        if len(refusals) < _MOST_REFUSALS and what not in refusals:
            refusals.append(what)
