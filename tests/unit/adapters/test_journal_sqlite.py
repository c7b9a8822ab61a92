"""The journal of runs over many files: what a killed process leaves for the next one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from greenline.adapters.journal_sqlite import JournalSqlite
from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome
from greenline.domain.bulk.plan import PlannedFunction, WorkUnit
from greenline.domain.bulk.states import state_of
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import SuspectedBug
from greenline.ports.journal import JournalProblem, OpenWrite

ROOT = Path("/p")
SUMMARY = Summary(Ratio(3, 4), Ratio(1, 2))
UNIT = WorkUnit(
    ROOT / "src" / "a.py", (PlannedFunction("f", 3, 2, 1, 3.5, "draws on a display", "k1"),), "pkg", 9, SUMMARY
)
BUG = SuspectedBug("f(0)", "ZeroDivisionError", 4)
OUTCOME = UnitOutcome(
    UNIT.path,
    (
        FunctionOutcome("f", "confirmed", "k1", "", "explore", ROOT / "tests" / "test_a.py", ("test_f",), SUMMARY,
                        SUMMARY, (BUG,), ("Line 4 never jumps to 6",), 1.5, 10, None, again=True),
        FunctionOutcome("g", "cancelled", "k2"),
        FunctionOutcome("h", "nothing_to_gain", "k3"),
    ),
    SUMMARY,
    2.25,
)  # fmt: skip


@pytest.fixture
def journal(tmp_path: Path) -> JournalSqlite:
    return JournalSqlite(tmp_path / "cache" / "bulk.sqlite3", now=lambda: 1000.0)


def test_a_run_is_found_again_with_its_plan_and_what_was_done(journal: JournalSqlite, tmp_path: Path) -> None:
    assert journal.find(ROOT, "w") is None
    journal.begin(ROOT, "w", [UNIT])
    journal.done(ROOT, "w", OUTCOME)
    stored = JournalSqlite(tmp_path / "cache" / "bulk.sqlite3").find(ROOT, "w")
    assert stored is not None
    assert (stored.units, stored.outcomes, stored.made_at) == ((UNIT,), (OUTCOME,), 1000.0)
    assert journal.find(ROOT, "other words") is None
    assert journal.find(Path("/q"), "w") is None


def test_a_run_that_nobody_went_on_with_for_long_is_forgotten(journal: JournalSqlite, tmp_path: Path) -> None:
    journal.begin(ROOT, "w", [UNIT])
    journal.writes(ROOT, "w", UNIT.path, OpenWrite(ROOT / "tests" / "test_a.py", None, b"new"))
    day = 86_400.0
    for days, is_known in ((89, True), (91, False)):
        later = JournalSqlite(tmp_path / "cache" / "bulk.sqlite3", now=lambda days=days: 1000.0 + days * day)  # type: ignore[misc]
        later.begin(ROOT, "other words", [UNIT])
        assert (later.find(ROOT, "w") is not None) == is_known
    assert journal.find(ROOT, "other words") is not None
    assert [write.after for write in journal.open_writes(ROOT)] == [b"new"], "a file is still to be put right"


def test_a_file_that_is_not_below_the_root_is_found_again(journal: JournalSqlite) -> None:
    elsewhere = WorkUnit(Path("/elsewhere/b.py"), UNIT.functions)
    journal.begin(ROOT, "w", [elsewhere])
    stored = journal.find(ROOT, "w")
    assert stored is not None
    assert stored.units == (elsewhere,)


def test_what_was_settled_stays_known_when_the_run_has_ended(journal: JournalSqlite) -> None:
    journal.begin(ROOT, "w", [UNIT])
    journal.done(ROOT, "w", OUTCOME)
    journal.ended(ROOT, "w")
    assert journal.find(ROOT, "w") is None
    assert journal.settled(ROOT, ["k1", "k2", "k3"]) == {"k3"}  # k1 is worth another try, k2 was cancelled
    assert journal.settled(Path("/q"), ["k3"]) == frozenset()
    journal.forget(ROOT)
    assert journal.settled(ROOT, ["k3"]) == frozenset()


def test_a_write_is_open_until_its_unit_is_done(journal: JournalSqlite) -> None:
    odd = Path("/p/tests/te\udcff st.py")
    write = OpenWrite(odd, None, b"after \xff", (Path("/p/tests"),))
    journal.begin(ROOT, "w", [UNIT])
    journal.writes(ROOT, "w", UNIT.path, write)
    assert journal.open_writes(ROOT) == (write,)
    journal.done(ROOT, "w", OUTCOME)
    assert journal.open_writes(ROOT) == ()
    other = Path("/other")
    journal.writes(other, "w", UNIT.path, write)
    assert (journal.open_writes(ROOT), journal.open_writes(other)) == ((), (write,))
    journal.done(ROOT, "w", OUTCOME)
    assert journal.open_writes(other) == ()
    journal.writes(ROOT, "w", UNIT.path, OpenWrite(odd, b"before", b"after"))
    journal.taken_back(ROOT)
    assert journal.open_writes(ROOT) == ()


def test_what_a_run_leaves_in_a_file_is_known_until_it_has_ended(journal: JournalSqlite) -> None:
    file = Path("/p/tests/test_a.py")
    journal.begin(ROOT, "w", [UNIT])
    journal.writes(ROOT, "w", UNIT.path, OpenWrite(file, b"old", b"new"))
    journal.leaves(ROOT, "w", OpenWrite(file, b"new", b"less"))
    assert journal.states("w") == {file: tuple(map(state_of, (b"old", b"new", b"less")))}
    journal.taken_back(ROOT)
    journal.leaves(ROOT, "w", OpenWrite(file, b"the person's", b"more"))
    assert journal.states("w") == {file: tuple(map(state_of, (b"the person's", b"more")))}
    assert journal.states("other words") == {}
    journal.ended(ROOT, "w")
    assert journal.states("w") == {}


def test_what_is_revised_is_settled_no_more(journal: JournalSqlite) -> None:
    journal.begin(ROOT, "w", [UNIT])
    journal.done(ROOT, "w", OUTCOME)
    failed = FunctionOutcome("f", "failed", "k1", "taken out again")
    journal.done(ROOT, "w", UnitOutcome(UNIT.path, (failed, FunctionOutcome("h", "not_testable", "k3"))))
    assert journal.settled(ROOT, ["k1", "k3"]) == {"k3"}


def test_a_plan_that_is_made_anew_takes_the_place_of_the_earlier_one(journal: JournalSqlite) -> None:
    journal.begin(ROOT, "w", [UNIT])
    journal.done(ROOT, "w", OUTCOME)
    journal.begin(ROOT, "w", [])
    stored = journal.find(ROOT, "w")
    assert stored is not None
    assert (stored.units, stored.outcomes) == ((), ())


def test_a_run_that_goes_on_has_a_new_plan_and_what_was_done(journal: JournalSqlite) -> None:
    journal.begin(ROOT, "w", [UNIT])
    journal.done(ROOT, "w", OUTCOME)
    other = WorkUnit(ROOT / "src" / "b.py", UNIT.functions)
    journal.goes_on(ROOT, "w", [UNIT, other])
    stored = journal.find(ROOT, "w")
    assert stored is not None
    assert (stored.units, stored.outcomes) == ((UNIT, other), (OUTCOME,))


def test_one_run_of_a_project_at_a_time(journal: JournalSqlite, tmp_path: Path) -> None:
    turn = journal.turn(tmp_path)
    assert turn is not None
    with turn:
        assert journal.turn(tmp_path) is None
    again = journal.turn(tmp_path)
    assert again is not None
    with again:
        pass


def test_what_cannot_be_written_or_read_is_said(journal: JournalSqlite, tmp_path: Path) -> None:
    journal.begin(ROOT, "w", [UNIT])
    file = tmp_path / "cache" / "bulk.sqlite3"
    with closing(sqlite3.connect(file)) as base, base:
        base.execute("update run_1 set plan = '[{}]'")
    with pytest.raises(JournalProblem, match="cannot use its journal"):
        journal.find(ROOT, "w")
    for left in file.parent.glob("bulk.sqlite3*"):
        left.unlink()
    file.write_bytes(b"no database" * 100)
    with pytest.raises(JournalProblem, match="a damaged file can be deleted"):
        journal.settled(ROOT, ["k1"])
