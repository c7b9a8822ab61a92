"""The work on one file of a run over many, cancelled at any moment."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from greenline.cli.bulk_work import BulkWork, Finds, JournalOfRun
from greenline.domain.bulk.found import Found
from greenline.domain.bulk.outcome import UnitOutcome
from greenline.domain.bulk.plan import PlannedFunction, WorkUnit
from greenline.domain.coverage.model import Summary
from greenline.ports.progress import Progress, Silent
from greenline.services.find_tests import find_tests
from unit.cli.bulk_fakes import HALF, WHOLE, BulkServices


@pytest.fixture
def kept(folder: Path) -> JournalOfRun:
    kept = JournalOfRun(BulkServices().journal, folder, "w", lambda _: folder)
    kept.journal.begin(folder, "w", ())
    return kept


def unit(folder: Path) -> WorkUnit:
    return WorkUnit(folder / "prices.py", (PlannedFunction("price", 1, 2, 0, key="k"),), before=HALF)


def work(kept: JournalOfRun, finds: Finds | None = None) -> BulkWork:
    def done(outcome: UnitOutcome) -> None:
        kept.journal.done(kept.root, kept.words, outcome)

    services: Any = BulkServices()
    return BulkWork(services, "auto", kept, done, lambda _: Silent(), finds)


async def test_what_was_confirmed_is_written_down_though_it_is_cancelled_before_that(
    kept: JournalOfRun, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, looking, goes_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def summary(*_: object) -> Summary:
        loop.call_soon_threadsafe(looking.set)
        goes_on.wait(10)
        return WHOLE

    monkeypatch.setattr(BulkWork, "_summary", summary)
    task = asyncio.ensure_future(work(kept)(unit(folder)))
    await asyncio.wait_for(looking.wait(), 10)
    for _ in range(2):  # the time is over, and the person does not want to wait
        task.cancel()
        await asyncio.sleep(0)
    goes_on.set()

    outcome = await task

    assert [(one.status, one.tests) for one in outcome.functions] == [("confirmed", ("test_price",))]
    assert outcome.summary == WHOLE
    stored = kept.journal.find(folder, "w")
    assert stored is not None
    assert [one.functions for one in stored.outcomes] == [outcome.functions]
    assert kept.journal.open_writes(folder) == ()


async def test_what_was_confirmed_is_written_down_though_nobody_can_say_what_it_covers(
    kept: JournalOfRun, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picture(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(BulkServices, "picture", picture)
    outcome = await work(kept)(unit(folder))
    assert [one.status for one in outcome.functions] == ["confirmed"]
    assert kept.journal.open_writes(folder) == ()


async def test_what_was_found_elsewhere_is_written_and_confirmed_here(kept: JournalOfRun, folder: Path) -> None:
    elsewhere: Any = BulkServices()

    async def finds(unit: WorkUnit, progress: Progress) -> Found:
        found = await find_tests(elsewhere.generate, unit, "auto", progress)
        assert not (folder / "tests").exists()
        return found

    outcome = await work(kept, finds)(unit(folder))

    assert [(one.status, one.tests) for one in outcome.functions] == [("confirmed", ("test_price",))]
    assert (folder / "tests" / "test_prices.py").read_text() == "def test_price():\n    ...\n"
    assert kept.journal.open_writes(folder) == ()


async def test_what_was_found_before_a_cancellation_elsewhere_is_written_and_told_as_not_over(
    kept: JournalOfRun, folder: Path
) -> None:
    elsewhere: Any = BulkServices(stopped=True)

    async def finds(unit: WorkUnit, progress: Progress) -> Found:
        return await find_tests(elsewhere.generate, unit, "auto", progress)

    outcome = await work(kept, finds)(unit(folder))

    assert [one.status for one in outcome.functions] == ["confirmed"]
    assert (folder / "tests" / "test_prices.py").read_text() == "def test_price():\n    ...\n"
