"""What is told when a step of exploring, not the explored code, goes wrong."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace
from typing import Any

import pytest

from greenline_probe import wire
from greenline_probe.explore import supervise


def test_an_error_of_ours_is_a_failure_on_one_line_and_not_the_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise LookupError("lost\nin two lines")

    monkeypatch.setattr(supervise.session, "search", breaks)
    replies: list[Any] = []
    supervise.serve(wire.Explore("m", "m.py", "f", [], "", 1.0, [], []), replies.append)
    (told,) = replies
    assert (told.failed, told.not_testable) == (True, False)
    assert told.reason.startswith("exploring failed with LookupError: lost in two lines (test_supervise.py:")


@pytest.mark.parametrize("calls", [("f('a')", "f('b')"), (f"f({'x' * 5000!r}, 1)", f"f({'x' * 5000!r}, 2)")])
def test_a_call_that_ended_a_worker_is_not_made_again_however_long_it_is(calls: tuple[str, str]) -> None:
    first, second = calls
    board = supervise._Board([])
    assert board.announce(first)
    again = supervise._Board([board.last()])
    assert [again.announce(first), again.announce(second)] == [False, True]
    assert again.beats() == 1


def test_a_call_with_what_no_file_can_hold_is_known_again() -> None:
    board = supervise._Board([])
    board.announce("f('\ud800')")
    assert not supervise._Board([board.last()]).announce("f('\ud800')")


@pytest.mark.parametrize("waits", [True, False])
def test_a_worker_that_waits_for_a_processor_is_not_stuck(monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:
    """Each look at the clock is a second later; one that waits may go on at the twentieth second."""
    board, seconds = supervise._Board([]), iter(range(1000))
    now = [0]

    def later() -> int:
        now[0] = next(seconds)
        return now[0]

    def queued(of: str) -> int:
        if waits and now[0] == 20:
            os.kill(int(of.split("/")[2]), signal.SIGUSR1)
        return now[0] if waits else 0

    def work(emit: Any) -> None:
        board.announce("f()")
        signal.sigwait({signal.SIGUSR1})
        emit({"found": 1})

    monkeypatch.setattr(supervise, "time", SimpleNamespace(monotonic=later))
    monkeypatch.setattr(supervise, "queued_seconds", queued)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        worker = supervise._Worker(work, board)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert (worker.wait(), worker.is_stuck) == (({"found": 1}, False) if waits else (None, True))
