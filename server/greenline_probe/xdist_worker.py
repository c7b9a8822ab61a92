"""A worker of pytest-xdist: records what its tests run, and sends it along with what pytest-xdist sends anyway."""

from __future__ import annotations

import importlib
import inspect
import json
import os
from typing import TYPE_CHECKING, Any

from greenline_probe import contexts, copied, limits, project_plugins, wire
from greenline_probe.contexts import Contexts
from greenline_probe.listener import bits, describe_collecting, describe_running
from greenline_probe.trace import Tracer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import CodeType


def begin(request: str) -> CodeType:
    """Prepare this process, whose parent started it for tests; return what pytest-xdist's workers execute."""
    limits.die_with_parent(os.getppid())
    wanted = wire.RunTests(**json.loads(request))
    copied.follow(wanted)
    pytest: Any = importlib.import_module("pytest")
    config: Any = importlib.import_module("_pytest.config")
    prepare = config._prepareconfig  # noqa: SLF001 - the way in that pytest-xdist takes as well
    tracer = Tracer(wanted.files, wanted.roots) if wanted.files or wanted.roots else None
    parted = Contexts(tracer) if tracer and wanted.contexts else None

    def with_ours(args: Any, plugins: Any = None) -> Any:
        return prepare(
            args, [*(plugins or ()), _plugin(pytest, wanted, tracer, parted), *contexts.plugin(pytest, wanted, parted)]
        )

    config._prepareconfig = with_ours  # noqa: SLF001 - as above
    remote = importlib.import_module("xdist.remote")
    if tracer:
        tracer.start_with_first_file()
    return compile(inspect.getsource(remote), str(remote.__file__), "exec")


def _plugin(  # noqa: C901 - many hooks, each short
    pytest: Any, request: wire.RunTests, tracer: Tracer | None, parted: Contexts | None
) -> Any:
    class Worker:
        """Does in a worker what the listener does in a run that has one process."""

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_load_initial_conftests(self, early_config: Any, args: list[str]) -> Iterator[None]:
            project_plugins.tame(early_config, args, request, distribute=True)
            yield

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_make_collect_report(self) -> Generator[None, Any, None]:
            made = yield
            describe_collecting(made.get_result())

        def pytest_runtest_logstart(self) -> None:
            if tracer:
                tracer.resume()
            if parted:
                parted.begin()

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_makereport(self, call: Any) -> Generator[None, Any, None]:
            made = yield
            report = made.get_result()
            describe_running(report, call)
            if tracer and parted and report.when == "teardown":  # the last that goes out for a test
                report.greenline_lines = {name: bits(ran) for name, ran in parted.end().items()}
                # Each once: should this process die, nobody else can tell of them.
                report.greenline_arcs = {name: sorted(arcs) for name, arcs in tracer.new_arcs().items()}

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_sessionfinish(self, session: Any) -> None:
            if tracer:
                tracer.stop()
                if parted:
                    parted.between()
                    outside = {name: sorted(lines) for name, lines in parted.outside.items()}
                    session.config.workeroutput["greenline-outside"] = outside
                taken = {name: [sorted(lines), sorted(arcs)] for name, (lines, arcs) in tracer.take().items()}
                session.config.workeroutput["greenline"] = taken

    return Worker()
