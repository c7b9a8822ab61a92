"""A limit ends the call that it is for, and nothing else."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from greenline_probe.explore import time_limit
from greenline_probe.explore.time_limit import TimeUp, _Limit, limited

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
    """Go on for longer than any limit here, but not for ever."""
    until = time.process_time() + 10.0
    while time.process_time() < until:
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
    """An alarm goes off as one is let go of, by code that does not look for it: the next code that does is struck."""

    __del__ = staticmethod(functools.partial(ctypes.CDLL(None).kill, os.getpid(), int(signal.SIGPROF)))


def test_what_strikes_at_the_end_of_a_call_does_not_get_out() -> None:
    with pytest.raises(ValueError, match="its own"), limited(30.0):
        [_Strikes(), _fail()]  # let go of on the way from the call to the end of the limit

    assert _timers() == _SILENT


def test_what_strikes_between_two_calls_strikes_in_the_next() -> None:
    done = []
    with contextlib.suppress(TimeUp), limited(0.01):
        signal.raise_signal(signal.SIGPROF)
        done.append("between")
        _compute()
        done.append("never")

    assert done == ["between"]


def test_what_strikes_while_a_limit_is_set_or_lifted_does_not_get_out(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    set_timer, struck = signal.setitimer, []

    def striking(*arguments: Any) -> tuple[float, float]:
        struck.append(arguments)
        signal.raise_signal(signal.SIGPROF)
        return set_timer(*arguments)

    monkeypatch.setattr(signal, "setitimer", striking)
    with limited(30.0):
        pass

    assert len(struck) >= 4
    assert _timers() == _SILENT


def test_what_strikes_during_a_strike_does_not_strike_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look through many frames takes longer than until the next alarm: they would go on within each other."""
    look, answers, struck = _Limit._is_between_calls, [], []

    def looking(limit: _Limit, frame: FrameType | None) -> bool:
        if not struck:
            struck.append(frame)
            signal.raise_signal(signal.SIGPROF)
        answers.append(look(limit, frame))
        return answers[-1]

    monkeypatch.setattr(_Limit, "_is_between_calls", looking)
    with pytest.raises(TimeUp), limited(0.01):
        _compute()

    assert answers[:2] == [True, False]


def test_a_limit_that_is_over_keeps_nothing_alive() -> None:
    assert _seen_in_a_block()() is None


def _seen_in_a_block() -> weakref.ref[Any]:
    seen = threading.Event()
    with limited(30.0):
        pass
    return weakref.ref(seen)


def test_a_limit_that_could_not_be_lifted_ends_with_the_next() -> None:
    _never_lifted()
    with limited(30.0):
        pass

    assert _timers() == _SILENT


def _never_lifted() -> None:
    limited(30.0).__enter__()


def test_who_puts_its_answer_back_after_the_end_of_a_limit_is_not_struck() -> None:
    with limited(30.0):
        answer = signal.getsignal(signal.SIGPROF)
    before = signal.signal(signal.SIGPROF, answer)
    try:
        _sound(signal.SIGPROF)
    finally:
        signal.signal(signal.SIGPROF, before)

    assert callable(answer)


def _sound(alarm: signal.Signals) -> None:
    signal.raise_signal(alarm)
    sum(range(10))


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
