"""A limit ends the call that it is for, and nothing else."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from greenline_probe.explore import time_limit
from greenline_probe.explore.time_limit import TimeUp, limited

_SILENT = [(0.0, 0.0), (0.0, 0.0)]


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """An alarm that strikes in a callback of the garbage collection is printed, not raised."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_call_that_computes_too_long_is_stopped_even_when_it_swallows_that() -> None:
    with pytest.raises(TimeUp), limited(0.01):
        _swallow(3)


def _swallow(times: int) -> None:
    """Compute, and let the limit strike so often before giving in."""
    with contextlib.suppress(TimeUp) if times else contextlib.nullcontext():
        _compute()
    _swallow(times - 1)


def _compute() -> None:
    while True:
        sum(range(1000))


def test_a_call_that_only_waits_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "WAITING_SECONDS", 0.01)
    with pytest.raises(TimeUp), limited(0.01):
        threading.Event().wait(60)


def test_nothing_strikes_later() -> None:
    with limited(30.0):
        pass

    assert _timers() == _SILENT


class _Strikes:
    """An alarm goes off as one is let go of; C code that does so lets no other code run in between."""

    __del__ = staticmethod(functools.partial(os.kill, os.getpid(), signal.SIGPROF))


def test_what_strikes_at_the_end_of_a_call_does_not_get_out() -> None:
    with pytest.raises(ValueError, match="its own"), limited(30.0):
        [_Strikes(), _fail()]  # let go of on the way from the call to the end of the limit

    assert _timers() == _SILENT


def test_what_strikes_between_two_calls_strikes_in_the_next() -> None:
    done = []
    with contextlib.suppress(TimeUp), limited(0.01):
        _Strikes()
        done.append("between")
        _compute()
        done.append("never")

    assert done == ["between"]


def _fail() -> None:
    raise ValueError("its own")


def test_a_limit_within_a_limit_leaves_the_outer_one_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "WAITING_SECONDS", 0.1)
    done = []
    with contextlib.suppress(TimeUp), limited(0.1):
        done.append(_ended_within(0.01))
        _compute()
        done.append("never")

    assert done == [True]
    assert _timers() == _SILENT


def _ended_within(seconds: float) -> bool:
    try:
        with limited(seconds):
            _compute()
    except TimeUp:
        return True
    return False


def _timers() -> list[tuple[float, float]]:
    return [signal.getitimer(timer) for timer in (signal.ITIMER_REAL, signal.ITIMER_PROF)]
