"""Which test ran which lines, and the choice of the tests to run.

What a fixture of a wider scope than one test runs is run once, for the first test that asks for it. It belongs to each
test that uses it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from greenline_probe import node_ids

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from greenline_probe import wire
    from greenline_probe.trace import Tracer

Lines = dict[str, set[int]]


class Contexts:
    """Parts what the tracer records among the tests; ``outside`` is what no test ran, imports mostly."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self.outside: Lines = {}
        self._current: Lines = {}
        self._of_fixtures: dict[Any, Lines] = {}
        self._under_way: list[Lines] = []

    def begin(self) -> None:
        """Begin a test: what came before belongs to none."""
        self.between()
        self._current = {}

    def end(self) -> Lines:
        """End the test and return what it ran."""
        _add(self._current, self._tracer.switch())
        ran, self._current = self._current, {}
        return ran

    def between(self) -> None:
        """Put down what ran since the last test."""
        _add(self.outside, self._tracer.switch())

    @contextlib.contextmanager
    def shared(self, fixture: Any) -> Iterator[None]:
        """Put down what runs within as that of a fixture for several tests."""
        self._hand_out()
        self._under_way.append(self._of_fixtures.setdefault(fixture, {}))
        try:
            yield
        finally:
            self._hand_out()
            self._under_way.pop()

    def uses(self, fixtures: Any) -> None:
        """Add what these fixtures ran, whenever that was, to the test."""
        for fixture in fixtures:
            _add(self._current, self._of_fixtures.get(fixture, {}))

    def _hand_out(self) -> None:
        since = self._tracer.switch()
        for lines in (self._current, *self._under_way):
            _add(lines, since)


def plugin(pytest: Any, request: wire.RunTests, contexts: Contexts | None) -> list[Any]:
    """Return what pytest is to have for contexts and for tests that are left out; nothing for most runs."""
    plugins: list[Any] = []
    if contexts is not None:
        plugins.append(_shares(pytest, contexts))
    if request.skip:
        plugins.append(_leaves_out(pytest, frozenset(request.skip)))
    return plugins


def _shares(pytest: Any, contexts: Contexts) -> Any:
    class Shares:
        """Knows which fixtures a test uses."""

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, Any, None]:
            if getattr(fixturedef, "scope", "function") == "function":
                yield
            else:
                with contexts.shared(fixturedef):
                    yield

        @pytest.hookimpl(tryfirst=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_teardown(self, item: Any) -> None:
            used = getattr(getattr(item, "_request", None), "_fixture_defs", None)
            if isinstance(used, dict):
                # Of each name the test has one; that one may ask for those that it overrides.
                chains = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
                contexts.uses(one for name, last in used.items() for one in {*chains.get(name, ()), last})

    return Shares()


def _leaves_out(pytest: Any, skip: frozenset[str]) -> Any:
    class LeavesOut:
        """Takes the tests out that nobody asked for; what is not known by name stays."""

        @pytest.hookimpl(trylast=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
            as_called = node_ids.as_called(config)
            left_out = [item for item in items if as_called(item.nodeid) in skip]
            if left_out:
                items[:] = [item for item in items if as_called(item.nodeid) not in skip]
                config.hook.pytest_deselected(items=left_out)

    return LeavesOut()


def _add(lines: Lines, more: Lines) -> None:
    for name, ran in more.items():
        lines.setdefault(name, set()).update(ran)
