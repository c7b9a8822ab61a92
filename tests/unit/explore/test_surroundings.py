"""The budget, and what stands in for pytest's monkeypatch."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from greenline_probe.explore import budget
from greenline_probe.explore.budget import PATIENCE, Budget
from greenline_probe.explore.monkeypatch import Monkeypatch


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
