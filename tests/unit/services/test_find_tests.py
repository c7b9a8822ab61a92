"""What was found for one file: generated without a trace, and handed on as plain values."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.found_records import found_of, found_record
from greenline.domain.bulk.plan import PlannedFunction, Wish, WorkUnit
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Asked, Coverage, Strength, SuspectedBug, TargetResult, TestEdit
from greenline.ports.progress import Silent
from greenline.services.find_tests import find_tests, generation_of
from greenline.services.stopped import Stopped
from greenline.services.target_results import Generation

HERE, THERE = Path("/here/shop"), Path("/there/shop")
HALF, WHOLE = Summary(Ratio(1, 2), Ratio(0, 2)), Summary(Ratio(2, 2), Ratio(2, 2))


def found_in(root: Path) -> Found:
    """Return a result that has all there can be, and one that has nothing."""
    source = root / "src" / "prices.py"
    edit = TestEdit(root / "tests" / "test_prices.py", creates=False, base_text="A = 1\n", new_text="A = 1\nB = 2\n")
    rich = TargetResult(
        Target(source, "price"),
        "confirmed",
        "",
        "explore",
        edit,
        ("test_price", "TestPrice::test_more"),
        "def test_price(): ...\n",
        Coverage(HALF, WHOLE),
        12,
        1.25,
        (SuspectedBug("price(0)", "ZeroDivisionError: no", 3), SuspectedBug("price(1)", "gives 3", 4, "gives 2", "no")),
        Strength(8, 7),
        ("observed", "intended"),
        ("line 4 was never reached",),
        ("it opens a socket",),
        "imports prices already",
        {"test_price": "model"},
        ("asked twice",),
        "the key is refused",
        wants_key=True,
        awaits_consent=True,
        tokens=99,
        dollars=None,
        asked=Asked(2, 5, 1, {"no_gain": 3}),
    )
    return Found(source, (rich, TargetResult(Target(source, "other"), "not_testable", "it blocks")), edit)


def test_what_was_found_is_the_same_in_another_folder_after_json() -> None:
    record = json.loads(json.dumps(found_record(found_in(HERE), HERE)))
    assert found_of(record, THERE) == found_in(THERE)
    assert str(HERE) not in json.dumps(record)


def test_nothing_and_a_cancellation_are_handed_on_too() -> None:
    nothing = Found(HERE / "a.py", (TargetResult(Target(HERE / "a.py"), "cancelled", "cancelled"),), stopped=True)
    assert found_of(found_record(nothing, HERE), HERE) == nothing


@pytest.mark.parametrize("missing", ["path", "results", "edit", "stopped"])
def test_what_is_no_record_is_refused(missing: str) -> None:
    record = found_record(found_in(HERE), HERE)
    del record[missing]
    with pytest.raises(KeyError):
        found_of(record, HERE)


class Generates:
    def __init__(self, ends: Generation | BaseException) -> None:
        self.ends, self.asked = ends, []  # type: ignore[var-annotated]

    async def generate(self, target: Target, _progress: Any, *, engine: str, only_for: frozenset[str]) -> Generation:
        self.asked.append((target, engine, only_for))
        if isinstance(self.ends, BaseException):
            raise self.ends
        return self.ends


UNIT = WorkUnit(HERE / "src" / "prices.py", (PlannedFunction("price", 1, 1, 2),), wish=Wish(engine="explore"))


def finding(ends: Generation | BaseException) -> tuple[Found, Generates]:
    generates: Any = Generates(ends)
    return asyncio.run(find_tests(generates, UNIT, "auto", Silent())), generates


def test_a_unit_is_generated_for_as_it_was_wished() -> None:
    there = found_in(HERE)
    found, generates = finding(Generation(there.results, there.edit))
    assert found == there
    assert generates.asked == [(Target(UNIT.path), "explore", frozenset({"price"}))]
    assert generation_of(found) == Generation(there.results, there.edit)


def test_what_was_confirmed_before_a_cancellation_is_found() -> None:
    there = found_in(HERE)
    found, _ = finding(Stopped(Generation(there.results, there.edit)))
    assert (found.results, found.edit, found.stopped) == (there.results, there.edit, True)
    with pytest.raises(Stopped) as stopped:
        generation_of(found)
    assert stopped.value.generation.edit == there.edit


def test_a_cancellation_and_a_fault_of_ours_end_one_file_only(caplog: pytest.LogCaptureFixture) -> None:
    cancelled, _ = finding(asyncio.CancelledError())
    assert ([one.status for one in cancelled.results], cancelled.stopped) == (["cancelled"], True)
    failed, _ = finding(RuntimeError("ours"))
    assert ([one.status for one in failed.results], failed.stopped) == (["failed"], False)
    assert "ours" in failed.results[0].reason
    assert "generating for" in caplog.text
