"""What a warm process imports, and whether a child of it would be like a process that imports it itself."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.metadata
import importlib.util
import os
import sys
import sysconfig
import tempfile
from typing import TYPE_CHECKING, Any

from greenline_probe import guard, plugins
from greenline_probe.bytecode import keep_bytecode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from greenline_probe import wire

_HERE = os.path.dirname(os.path.abspath(__file__))
_STANDARD = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib")})
_TASKS = "/proc/self/task"
_WHEN_CONFIGURED = ("email.parser", "faulthandler", "pdb", "tomllib", "tomli")
"""What pytest imports when it is configured, those of them that there are: all of pytest's own is there by then."""


def everything(request: wire.StayWarm) -> str:
    """Import what requests need; return why the children would not be like fresh processes, empty when they are."""
    if not hasattr(os, "fork") or not hasattr(os, "pidfd_open") or not os.path.isdir(_TASKS):
        return "this system cannot fork, or not tell whether it is safe"
    try:
        if request.tests:
            _pytest(request)
        else:
            importlib.import_module("greenline_probe.explore")
            keep_bytecode("")
    except BaseException as error:  # a plugin, or the guard in one
        return f"importing fails: {type(error).__name__}: {error}"
    os.close(os.pidfd_open(os.getpid()))  # type: ignore[attr-defined, unused-ignore] # an old kernel has none
    importlib.import_module("resource")
    tempfile.tempdir = None
    unfit = _other_threads() or _from_elsewhere() or _remembers(request.scratch)
    sys.stdout.flush()
    sys.stderr.flush()
    gc.collect()
    gc.freeze()  # what is here is never collected: the children share its memory
    return unfit


def files() -> list[str]:
    """Return what was imported from installed packages, and the folders that packages are installed in."""
    folders = [path for path in sys.path if os.path.isdir(path) and path not in _STANDARD]
    return [*folders, *(path for _, path in _files() if not _is_standard(path))]


def _pytest(request: wire.StayWarm) -> None:
    """Start pytest as far as its plugins are loaded and rewritten, in an empty project, and end it there."""
    with open("pytest.ini", "w") as file:
        file.write("[pytest]\n")
    in_force = guard.install([folder for folder in (request.scratch, request.bytecode) if folder], native=False)
    in_force.polite = True
    keep_bytecode(request.bytecode)
    pytest: Any = importlib.import_module("pytest")
    without = sorted({*request.without, *_plugins_from_elsewhere()})
    argument = sys.argv[0]
    sys.argv[0] = os.path.join(os.path.dirname(pytest.__file__), "__main__.py")

    class Stop:
        """Ends pytest before anything is configured; looks at each plugin as it comes."""

        threads = 1

        def pytest_plugin_registered(self, plugin: Any, manager: Any) -> None:
            if _threads() > self.threads:
                self.threads = _threads()
                plugins.starting_threads.add(str(manager.get_name(plugin)))

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_cmdline_main(self, config: Any) -> int:
            plugins.imported.update(plugins.loaded(config.pluginmanager))
            return 0

    code = pytest.main(["-c", "pytest.ini", *(f"-pno:{name}" for name in without)], plugins=[Stop()])
    if code != 0:
        raise RuntimeError(f"pytest ends with {code!r}")
    sys.argv[0] = argument
    importlib.import_module("greenline_probe.pytest_run")
    for name in _WHEN_CONFIGURED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    keep_bytecode("")
    in_force.lift()


def _plugins_from_elsewhere() -> Iterator[str]:
    """Yield plugins that are being worked on: installed as a link to their source."""
    for distribution in importlib.metadata.distributions():
        for entry in distribution.entry_points:
            if entry.group != "pytest11":
                continue
            spec = importlib.util.find_spec(entry.value.partition(":")[0].partition(".")[0])
            places = [*(spec.submodule_search_locations or ()), spec.origin or ""] if spec else []
            if not all(is_installed(place) for place in places if place):
                yield entry.name


def _other_threads() -> str:
    whose = ", ".join(sorted(plugins.starting_threads))
    return f"importing {whose or 'something'} started {_threads() - 1} more threads" if _threads() > 1 else ""


def _threads() -> int:
    return len(os.listdir(_TASKS))


def _from_elsewhere() -> str:
    """Name a module that may be the project's own, or of one that is being worked on."""
    for name, path in _files():
        if not is_installed(path):
            return f"{name} comes from {path}, where it may change"
    return ""


def _remembers(scratch: str) -> str:
    """Name a module that keeps the folder that it was imported in: its home, say."""
    for name, module in list(sys.modules.items()):
        if name == "__main__" or name.partition(".")[0] == "greenline_probe":
            continue
        for value in list(getattr(module, "__dict__", {}).values()):
            if isinstance(value, (str, os.PathLike)) and str(value).startswith(scratch):
                return f"{name} remembers the folder that it was imported in"
    return ""


def _files() -> Iterator[tuple[str, str]]:
    module: ModuleType
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and os.path.isabs(path):
            yield name, path


def is_installed(path: str) -> bool:
    """Tell whether a file belongs to an installed library, to Python or to us."""
    parts = path.split(os.sep)
    return path in ("built-in", "frozen") or "site-packages" in parts or "dist-packages" in parts or _is_standard(path)


def _is_standard(path: str) -> bool:
    """Tell whether it comes with Python, or with us."""
    inside = (*_STANDARD, _HERE)
    return "site-packages" not in path and any(path.startswith(folder + os.sep) for folder in inside)
