"""What a person is told when work with batches is cancelled or fails midway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from greenline.cli.in_batches import InBatches
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.ports.batch_store import BatchStoreProblem
from greenline.services.batch_report import BatchOutcome, BatchReport
from greenline.services.confirm_tests import Confirmation
from greenline.services.generate_tests import Generation
from greenline.settings import Settings
from unit.cli.cli_fakes import FakeServices, confirmed

RECORD = BatchRecord("r1", "/p", "https://here", "claude", 100.0, (BatchRequest("k1", "fees.py::fee", "abc", 0.2),))


class Batches:
    """Of one project: it has one open batch, and collecting it is cancelled."""

    def open_in(self, folder: Path) -> tuple[BatchRecord, ...]:
        return (RECORD,)

    async def resume(self, *_: object, **__: object) -> list[BatchReport]:
        raise asyncio.CancelledError


def in_batches(*, as_text: bool = True) -> InBatches:
    work = InBatches(as_text, {})
    work._built[Settings()] = cast("Any", type("Services", (), {"batches": lambda _: Batches()})())
    return work


async def reports(work: InBatches, *outcomes: BatchOutcome, ends: BaseException) -> None:
    for outcome in outcomes:
        work.reported(BatchReport(RECORD, outcome))
    raise ends


def test_cancelled_while_collecting_it_is_said_how_to_go_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    work = in_batches()
    assert work.run(work.resume(tmp_path, Settings())) == 130
    said = capsys.readouterr().err
    assert "`greenline generate --resume` collects it" in said
    assert "Nothing was handed in" not in said


@pytest.mark.parametrize("outcome", ["handed_in", "waiting", "away", "unknown", "cancelling"])
def test_cancelled_with_a_batch_that_may_be_there_it_is_said(
    capsys: pytest.CaptureFixture[str], outcome: BatchOutcome
) -> None:
    work = in_batches()
    assert work.run(reports(work, outcome, ends=asyncio.CancelledError())) == 130
    assert "`greenline generate --resume` collects it" in capsys.readouterr().err


def test_cancelled_before_anything_was_handed_in_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    work = in_batches()
    assert work.run(reports(work, ends=asyncio.CancelledError())) == 130
    assert "Nothing was handed in" in capsys.readouterr().err


def test_where_the_list_of_batches_fails_midway_the_json_has_what_came(capsys: pytest.CaptureFixture[str]) -> None:
    work = in_batches(as_text=False)
    assert work.run(reports(work, "handed_in", ends=BatchStoreProblem("The disk is full."))) == 1
    printed = json.loads(capsys.readouterr().out)
    assert ([each["state"] for each in printed["batches"]], printed["message"]) == (["handed_in"], "The disk is full.")


def test_where_the_list_of_batches_fails_a_person_is_told_and_nothing_else_is_claimed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    work = in_batches()
    assert work.run(reports(work, ends=BatchStoreProblem("The disk is full."))) == 1
    assert capsys.readouterr() == ("", "The disk is full.\n")


@pytest.mark.parametrize(("problem", "written"), [("pytest broke", False), ("", True)])
async def test_tests_that_nobody_could_confirm_are_not_counted_as_tried(
    tmp_path: Path, problem: str, written: bool
) -> None:
    def confirmation(generation: Generation) -> Confirmation:
        return Confirmation(generation.results, passed=0, problem=problem)

    async def generate(*_: object) -> Generation:
        return confirmed(tmp_path)

    heard = []

    async def ended(results: Sequence[TargetResult], there: bool) -> None:
        heard.append(([result.status for result in results], there))

    work = in_batches(as_text=False)
    work._services = cast("Any", FakeServices(confirmation=confirmation))
    (tmp_path / "tests").mkdir()
    await work.work([Target(tmp_path / "prices.py", "price")], generate, ended)
    assert heard == [(["failed"], written)]
