"""What a run does about the project's plugins: they act as ever, but for what would spoil the run or move its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenline_probe import wire

_NEED_ONE_PROCESS = frozenset({"pytest_dependency", "pytest_order", "pytest_ordering", "pytest_benchmark.plugin"})
"""Tests that wait for each other, or that are timed: not distributed unless the project asks for it."""


def tame(config: Any, args: list[str], request: wire.RunTests, *, distribute: bool) -> None:
    """Undo what addopts may ask of plugins that would move tests to other processes, measure, shuffle or report.

    ``args`` is changed, in the place of the options that pytest is about to read for good.
    """
    manager = config.pluginmanager
    loaded = _loaded(config)
    if "xdist.plugin" in loaded and not distribute:
        args += ["-n0", "--dist=no"]
    if "pytest_cov.plugin" in loaded:
        args += ["--no-cov"]
        config.known_args_namespace.no_cov = True  # it starts before the arguments are read for good
    if "pytest_randomly" in loaded and not _is_the_persons(request) and not _asked(request, "--randomly"):
        args += [f"--randomly-seed={request.seed}", "--randomly-dont-reorganize"]
    if "random_order.plugin" in loaded and not _is_the_persons(request) and not _asked(request, "--random-order"):
        args += ["--random-order-bucket=none"]
    if "pytest_forked" in loaded:
        manager.unregister(loaded["pytest_forked"])
    if "pytest_rerunfailures" in loaded:
        args += ["--reruns=0"]  # a test that passes at the second try did not pass
    if "_pytest.junitxml" in loaded and not _asked(request, "--junit"):
        args += ["--junitxml="]


def keep_to(config: Any, request: wire.RunTests) -> None:
    """Undo what addopts may ask of pytest itself: other paths, a debugger that nobody would answer, an early end."""
    if request.selection:
        config.args[:] = [*request.selection, *(path for path in config.args if path in request.options)]
    for name in ("usepdb", "trace", "stepwise"):
        if hasattr(config.option, name):
            setattr(config.option, name, False)


def distribution(config: Any, request: wire.RunTests) -> list[str] | None:
    """Return the options by which pytest-xdist is to run the tests in several processes; None where it is not to.

    The project's own numbers count, where it has any. Where it has none, the tests of a file stay together, in their
    order: nobody has written them for anything else.
    """
    loaded = _loaded(config)
    if not request.parallel or request.refuse or request.calls or "xdist.plugin" not in loaded:
        return None
    known = config.known_args_namespace
    number, how, where = (getattr(known, name, None) for name in ("numprocesses", "dist", "tx"))
    if getattr(known, "usepdb", False) or getattr(known, "looponfail", False) or not _fits(how, where):
        return None
    if number is not None or where:
        return [] if number or where else None
    if request.workers < 2 or _NEED_ONE_PROCESS.intersection(loaded):  # noqa: PLR2004 - several
        return None
    return [f"-n{request.workers}", *(["--dist=loadfile"] if how in (None, "no") else [])]


def _fits(how: Any, where: Any) -> bool:
    """Tell whether each test runs once, on this machine."""
    here = all(str(spec).partition("*")[2 if "*" in str(spec) else 0].startswith("popen") for spec in where or ())
    return here and how != "each"


def _is_the_persons(request: wire.RunTests) -> bool:
    """Tell a run of the whole suite for the person, which is like their own, from one that has to be repeatable."""
    return not request.limited and not request.selection


def _asked(request: wire.RunTests, beginning: str) -> bool:
    """Tell whether the person gave such an option for this run: it counts, unlike those of the project's addopts."""
    return any(option.startswith(beginning) for option in request.options)


def _loaded(config: Any) -> dict[str, Any]:
    # By module: the name it is registered under depends on whether it was found or asked for.
    return {str(getattr(plugin, "__name__", "")): plugin for plugin in config.pluginmanager.get_plugins()}
