"""Other circumstances for a run of tests: a sound test does not notice them."""

from __future__ import annotations

import contextlib
import datetime
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline_probe import wire


def plugin(pytest: Any, request: wire.RunTests) -> list[Any]:
    """Return the plugins, one or none, that let each test run on another day and in another folder."""
    if not request.days_later and not request.elsewhere:
        return []

    class Elsewhere:
        """Fixtures are set up as always: what they read from the project's folder is the project's own affair."""

        @pytest.hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator, unused-ignore]
        def pytest_runtest_call(self, item: Any) -> Iterator[None]:
            with contextlib.ExitStack() as stack:
                if request.days_later:
                    stack.enter_context(_later(request, item))
                if request.elsewhere:
                    stack.enter_context(_another_folder(os.path.join(request.scratch, "elsewhere")))
                yield

    return [Elsewhere()]


def _later(request: wire.RunTests, item: Any) -> contextlib.AbstractContextManager[None]:
    from greenline_probe.clock import another_day  # noqa: PLC0415 - only for runs that ask for it

    test_module = str(getattr(getattr(item, "module", None), "__name__", ""))
    packages = {request.package, test_module.partition(".")[0]} - {""}
    return another_day(packages, datetime.timedelta(days=request.days_later))


@contextlib.contextmanager
def _another_folder(folder: str) -> Iterator[None]:
    try:
        here = os.getcwd()
    except OSError:  # removed by an earlier test
        yield
        return
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(here)
