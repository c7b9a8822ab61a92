"""The budget, and what stands in for pytest's monkeypatch."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenline_probe.explore import budget, time_limit
from greenline_probe.explore.budget import PATIENCE, Budget
from greenline_probe.explore.monkeypatch import Monkeypatch
from greenline_probe.explore.time_limit import TimeUp, limited


def test_computing_uses_the_budget_up(monkeypatch: pytest.MonkeyPatch) -> None:
    computing, clock = [0.0], [0.0]
    monkeypatch.setattr(budget.time, "thread_time", lambda: computing[0])
    monkeypatch.setattr(budget.time, "monotonic", lambda: clock[0])
    ours = Budget(2.0)

    assert not ours.is_over()
    computing[0] = 2.1
    assert ours.is_over()


def test_waiting_uses_it_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    computing, clock = [0.0], [0.0]
    monkeypatch.setattr(budget.time, "thread_time", lambda: computing[0])
    monkeypatch.setattr(budget.time, "monotonic", lambda: clock[0])
    ours = Budget(2.0)
    clock[0] = 2.0 * PATIENCE - 0.1
    assert not ours.is_over()
    clock[0] = 2.0 * PATIENCE + 0.1
    assert ours.is_over()


def test_no_time_is_over_at_once() -> None:
    assert Budget(0.0).is_over() or time.thread_time() >= 0


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLINE_SET", "before")
    monkeypatch.delenv("GREENLINE_NEW", raising=False)
    ours = Monkeypatch()
    ours.setenv("GREENLINE_SET", "one")
    ours.setenv("GREENLINE_SET", "two")
    ours.setenv("GREENLINE_NEW", "three")
    assert (os.environ["GREENLINE_SET"], os.environ["GREENLINE_NEW"]) == ("two", "three")
    ours.delenv("GREENLINE_SET")
    ours.delenv("GREENLINE_NEW")
    ours.delenv("GREENLINE_NEW", raising=False)
    with pytest.raises(KeyError):
        ours.delenv("GREENLINE_NEW")

    ours.close()

    assert os.environ["GREENLINE_SET"] == "before"
    assert "GREENLINE_NEW" not in os.environ


def test_the_folder_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours = Monkeypatch()
    ours.chdir(tmp_path / "a")
    ours.chdir(tmp_path / "b")
    assert Path.cwd() == tmp_path / "b"

    ours.close()
    ours.close()

    assert Path.cwd() == tmp_path


def test_time_that_others_had_the_processor_is_not_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, queued = [0.0], [0.0]
    monkeypatch.setattr(budget.time, "thread_time", lambda: 0.0)
    monkeypatch.setattr(budget.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(budget, "queued_seconds", lambda: queued[0])
    ours = Budget(2.0)

    clock[0], queued[0] = 60.0, 58.0
    assert not ours.is_over()
    clock[0] = 60.0 + 2.0 * PATIENCE
    assert ours.is_over()


@pytest.fixture
def _no_collection() -> Iterator[None]:
    """An alarm that strikes in a callback of the garbage collection is printed, not raised."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collection")
def test_a_call_that_computes_too_long_is_stopped_even_when_it_swallows_that() -> None:
    with pytest.raises(TimeUp), limited(0.01):
        _swallow(3)


def _swallow(times: int) -> None:
    """Compute, and let the limit strike so often before giving in."""
    with contextlib.suppress(TimeUp) if times else contextlib.nullcontext():
        while True:
            sum(range(1000))
    _swallow(times - 1)


def test_a_call_that_only_waits_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limit, "WAITING_SECONDS", 0.01)
    with pytest.raises(TimeUp), limited(0.01):
        threading.Event().wait(60)


def test_nothing_strikes_later() -> None:
    with limited(30.0):
        pass

    assert [signal.getitimer(t) for t in (signal.ITIMER_REAL, signal.ITIMER_PROF)] == [(0.0, 0.0), (0.0, 0.0)]
