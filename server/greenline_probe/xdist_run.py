"""A run whose tests pytest-xdist hands out to several processes: what this side of them does.

The processes are started by pytest-xdist, and end with it; that they have this package, the tracer among it, is
because of the hook by which a plugin says what a worker executes (``pytest_xdist_getremotemodule``).
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
from typing import TYPE_CHECKING, Any

from greenline_probe import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline_probe.listener import Run

_HERE = os.path.dirname(os.path.abspath(__file__))
# Runs in the worker, before pytest is there. As in __main__: without the folder around the package, which belongs to
# another environment. All that pytest-xdist has its workers execute follows, as it is.
_WORKER = """
def greenline_begins():
    import importlib.util, os, sys
    folder, request = {here!r}, {request!r}
    spec = importlib.util.spec_from_file_location(
        "greenline_probe", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    sys.modules["greenline_probe"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from greenline_probe import xdist_worker
    return xdist_worker.begin(request)

exec(greenline_begins(), globals())
"""


def start(pytest: Any, config: Any, run: Run, *, asked: bool) -> bool:
    """Prepare for workers, before arguments are read; False where this pytest-xdist cannot have ours.

    ``asked``: the project itself wants it, and what it leads to is what it leads to without us.
    """
    remote = importlib.import_module("xdist.remote")
    has_hook = hasattr(importlib.import_module("xdist.newhooks"), "pytest_xdist_getremotemodule")
    if not has_hook or not hasattr(remote, "_prepareconfig"):
        return False
    run.grouped = getattr(config.known_args_namespace, "dist", "") == "loadgroup"
    if run.tracer:
        run.tracer.stop()  # what runs here is pytest's, and the same conftest files as there
    config.pluginmanager.register(_plugin(pytest, run, asked=asked), "greenline-workers")
    return True


def _plugin(pytest: Any, run: Run, *, asked: bool) -> Any:
    request = json.dumps(dataclasses.asdict(run.request))

    class Workers:
        """Gives the workers what they need, and takes what they bring."""

        def __init__(self) -> None:
            self._counted = False

        @pytest.hookimpl(tryfirst=True, optionalhook=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_xdist_getremotemodule(self) -> str:
            return _WORKER.format(here=_HERE, request=request)

        @pytest.hookimpl(optionalhook=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_xdist_setupnodes(self, specs: Sequence[Any]) -> None:
            run.workers = len(specs)

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_collectreport(self, report: Any) -> None:
            # Rows from a set or of today, say: then the processes have no common list of tests to share out.
            if report.failed and not asked and "tests were collected between" in str(report.longrepr):
                run.reply(wire.Problem("not-parallel", str(report.longrepr)))
                os._exit(0)  # the workers end with this process

        @pytest.hookimpl(optionalhook=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
            if not self._counted:  # each worker collects them all
                self._counted = True
                run.reply(wire.Started(len(set(ids))))

        @pytest.hookimpl(optionalhook=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_testnodedown(self, node: Any) -> None:
            run.ran_outside(getattr(node, "workeroutput", {}).get("greenline-outside", {}))
            brought = getattr(node, "workeroutput", {}).get("greenline", {})
            run.ran({name: (set(lines), {(a, b) for a, b in arcs}) for name, (lines, arcs) in brought.items()})

    return Workers()
