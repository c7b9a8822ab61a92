"""The ledger among several processes, on a disk that is full, and where nothing can be written."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from greenline.adapters import ledger_sqlite
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.entries import Entry, Kept
from greenline.domain.asking.model import Usage

NOON = datetime(2026, 3, 5, 12).astimezone().timestamp()
LIMIT = 60
ENTRY = Entry(NOON, "one", "/p", "a.py::f", dollars=0.5, prompts="12-abc")


def another(**changes: Any) -> Entry:
    """Return the entry of another request."""
    return replace(ENTRY, id=uuid4().hex, **changes)


def ended(entry: Entry = ENTRY, dollars: float | None = 0.1) -> Entry:
    return replace(entry, usage=Usage(1, 2, 3, 4), dollars=dollars, outcome="answered")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


def ledger_at(file: Path, when: float = NOON) -> LedgerSqlite:
    return LedgerSqlite(file, now=lambda: when)


def test_what_was_written_is_read_by_the_next_process(file: Path) -> None:
    ledger = ledger_at(file)
    assert ledger.begin(ENTRY, 10.0)
    assert ledger_at(file).spent_today() == 0.5
    assert ledger_at(file).entries(0.0) == (ENTRY,)
    ledger.end(ended())
    ledger.keep(Kept(NOON, "/p", "a.py::f", 3))
    again = ledger_at(file)
    assert again.entries(0.0) == (ended(),)
    assert again.entries(NOON + 1) == ()
    assert again.kept(0.0) == (Kept(NOON, "/p", "a.py::f", 3),)
    assert again.spent_today() == pytest.approx(0.1)


def test_reading_makes_no_file(file: Path) -> None:
    ledger = ledger_at(file)
    assert (ledger.spent_today(), ledger.entries(0.0), ledger.kept(0.0)) == (0.0, (), ())
    assert not file.parent.exists()


def test_a_day_begins_at_midnight_here(file: Path) -> None:
    midnight = datetime(2026, 3, 5).astimezone().timestamp()
    ledger = ledger_at(file)
    assert ledger.begin(another(when=midnight - 1, dollars=8.0), 10.0)
    assert ledger.begin(another(when=midnight, dollars=2.0), 10.0)
    assert ledger.spent_today() == 2.0


def test_what_is_open_counts_with_the_most_that_it_can_cost(file: Path) -> None:
    ledger = ledger_at(file)
    assert ledger.begin(replace(ENTRY, dollars=0.9), 1.0)
    assert not ledger_at(file).begin(another(), 1.0)
    ledger.end(ended())
    assert ledger_at(file).begin(another(), 1.0)
    assert ledger_at(file).begin(another(dollars=None), 0.0), "a price that nobody knows"


def test_of_many_at_once_as_many_begin_as_the_day_pays(file: Path) -> None:
    many = [
        another(target=name, dollars=dollars) for name, dollars in (("a", 0.6), ("b", 0.6), ("c", 0.3), ("d", None))
    ]
    begun = ledger_at(file).begin_all(many, 1.0)
    assert [entry.target for entry in many if entry.id in begun] == ["a", "c", "d"]
    assert [entry.target for entry in ledger_at(file).entries(0.0)] == ["a", "c", "d"]


WORKER = """
import sys
from dataclasses import replace
from pathlib import Path
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.model import Usage
from greenline.domain.asking.entries import Entry

file, when, most, times = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
ledger = LedgerSqlite(file, now=lambda: when)
sys.stdin.readline()
begun = 0
for _ in range(times):
    entry = Entry(when, "one", "/p", "f", dollars=1.0)
    if ledger.begin(entry, most):
        begun += 1
        ledger.end(replace(entry, usage=Usage(output=1), outcome="answered"))
print(begun)
"""


def worker(file: Path, most: float, times: int, before: str = "") -> subprocess.Popen[str]:
    arguments = [str(file), str(NOON), str(most), str(times)]
    return subprocess.Popen(
        [sys.executable, "-c", before + WORKER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_at_once_lose_nothing_and_never_pass_the_day(file: Path) -> None:
    workers = [worker(file, 25.0, 10) for _ in range(4)]
    answers = [process.communicate("go\n", timeout=LIMIT) for process in workers]
    assert [error for _, error in answers] == [""] * 4
    assert sum(int(out) for out, _ in answers) == 25
    entries = ledger_at(file).entries(0.0)
    assert (len(entries), {entry.outcome for entry in entries}) == (25, {"answered"})
    assert ledger_at(file).spent_today() == 25.0


def test_what_is_older_than_a_year_and_a_month_is_forgotten_and_nothing_else(file: Path) -> None:
    day = 86_400.0
    first = ledger_at(file, NOON - 500 * day)
    for days in (500, 401, 399, 1):
        entry = another(when=NOON - days * day)
        assert first.begin(entry, 10_000.0)
        first.end(ended(entry))
        first.keep(Kept(NOON - days * day, "/p", "a.py::f", 3))
    assert len(ledger_at(file).entries(0.0)) == 4, "who only reads changes nothing"
    assert ledger_at(file).begin(ENTRY, 10.0)
    stays = [NOON - 399 * day, NOON - day]
    assert [entry.when for entry in ledger_at(file).entries(0.0)] == [*stays, NOON]
    assert [kept.when for kept in ledger_at(file).kept(0.0)] == stays


def test_processes_that_forget_at_once_lose_nothing_else(file: Path) -> None:
    old = ledger_at(file, NOON - 500 * 86_400.0)
    for _ in range(200):
        assert old.begin(another(when=NOON - 500 * 86_400.0), 10_000.0)
    workers = [worker(file, 25.0, 10) for _ in range(4)]
    answers = [process.communicate("go\n", timeout=LIMIT) for process in workers]
    assert [error for _, error in answers] == [""] * 4
    assert sum(int(out) for out, _ in answers) == 25
    assert [entry.when for entry in ledger_at(file).entries(0.0)] == [NOON] * 25


FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (24576, 24576))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_full_disk_stops_nobody_and_the_ceiling_holds_all_the_same(file: Path) -> None:
    process = worker(file, 150.0, 200, before=FULL)
    out, error = process.communicate("go\n", timeout=LIMIT)
    assert int(out) == 150
    assert error.count("cannot write its ledger") == 1
    with closing(sqlite3.connect(file)) as base:
        assert base.execute("pragma integrity_check").fetchone() == ("ok",)
    kept = len(ledger_at(file).entries(0.0))
    assert 0 < kept < 150, "as much as there was room for"


def test_where_no_folder_can_be_made_this_process_knows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("in the way")
    ledger = ledger_at(tmp_path / "data" / "ledger.sqlite3")
    with caplog.at_level(logging.WARNING):
        assert ledger.begin(ENTRY, 1.0)
        assert not ledger.begin(another(dollars=0.6), 1.0)
        ledger.end(ended())
        ledger.keep(Kept(NOON, "/p", "f", 1))
    assert ledger.spent_today() == pytest.approx(0.1)
    assert ledger.entries(0.0) == (ended(),)
    assert [kept.tests for kept in ledger.kept(0.0)] == [1]
    assert len(caplog.records) == 1
    assert "cannot write its ledger" in caplog.text


def test_a_file_that_only_may_be_read_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = ledger_at(file)
    assert ledger.begin(ENTRY, 10.0)
    connect = sqlite3.connect

    def read_only(path: Path, **options: object) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload,no-any-return]

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", read_only)
        assert not ledger.begin(another(dollars=0.7), 1.0), "what others spent still counts"
        second = another(dollars=0.25)
        assert ledger.begin(second, 1.0)
        ledger.end(ended())
        ledger.end(ended(second, dollars=0.2))
        assert ledger.spent_today() == pytest.approx(0.7)
    ledger.keep(Kept(NOON, "/p", "f", 1))
    assert [entry.dollars for entry in ledger_at(file).entries(0.0)] == [0.1, 0.2]
    assert ledger_at(file).spent_today() == pytest.approx(0.3)


def test_who_holds_the_file_for_long_holds_up_nobody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_sqlite, "_PATIENCE", 0.0)
    ledger = ledger_at(file)
    ledger.keep(Kept(NOON, "/p", "f", 1))
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert ledger.begin(ENTRY, 10.0)
        other.execute("rollback")
    ledger.end(ended())
    assert ledger_at(file).entries(0.0) == (ended(),)


@pytest.mark.parametrize(
    "content", [b"this was a ledger, and something wrote over it" * 20, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_damaged_file_is_put_aside_and_not_lost(file: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    ledger = ledger_at(file)
    assert ledger.entries(0.0) == ()
    assert ledger.begin(ENTRY, 10.0)
    ledger.end(ended())
    assert ledger_at(file).entries(0.0) == (ended(),)
    (aside,) = file.parent.glob("*.damaged-*")
    assert aside.read_bytes() == content


def test_a_ledger_that_was_begun_anew_keeps_each_request_to_itself(file: Path) -> None:
    ledger, before, after = ledger_at(file), another(target="a.py::before"), another(target="a.py::after")
    assert ledger.begin(before, 10.0)
    file.write_bytes(b"something wrote over it" * 40)
    assert ledger_at(file).begin(after, 10.0)
    ledger.end(ended(before, dollars=0.2))
    assert ledger_at(file).entries(0.0) == (after, ended(before, dollars=0.2))
    ledger.end(ended(after))
    assert [(e.target, e.dollars) for e in ledger_at(file).entries(0.0)] == [
        ("a.py::after", 0.1),
        ("a.py::before", 0.2),
    ]


def test_what_was_answered_is_paid_once_and_stays_paid(file: Path) -> None:
    ledger = ledger_at(file)
    for dollars in (0.1, 0.3):  # the second time with other prices
        ledger.end(ended(dollars=dollars))
    ledger.release([ENTRY.id])
    ledger.end(replace(ENTRY, dollars=0.0, outcome="cancelled"))
    assert ledger_at(file).entries(0.0) == (ended(),)


def test_what_was_never_made_costs_nothing_and_is_not_made_up(file: Path) -> None:
    ledger = ledger_at(file)
    assert ledger.begin(ENTRY, 10.0)
    ledger.release([ENTRY.id, "nobody knows"])
    assert ledger_at(file).entries(0.0) == (replace(ENTRY, dollars=0.0, outcome="cancelled"),)
    ledger.end(ended())
    assert ledger_at(file).spent_today() == 0.1, "it was made after all"


def test_what_is_released_while_nothing_can_be_written_is_released_later(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_sqlite, "_PATIENCE", 0.0)
    ledger, unwritten = ledger_at(file), another()
    assert ledger.begin(ENTRY, 10.0)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert ledger.begin(unwritten, 10.0)
        ledger.release([ENTRY.id, unwritten.id])
        assert ledger.spent_today() == 0.5, "what is in the file counts until it can be written"
        other.execute("rollback")
    ledger.keep(Kept(NOON, "/p", "f", 1))
    assert ledger_at(file).spent_today() == 0.0


def test_a_path_with_bytes_that_are_no_text_is_written_down(file: Path) -> None:
    ledger = ledger_at(file)
    assert ledger.begin(replace(ENTRY, project="/p\udcff"), 10.0)
    assert ledger_at(file).entries(0.0)[0].project == "/p?"


def test_the_ledger_holds_names_and_numbers_only(file: Path) -> None:
    ledger_at(file).begin(ENTRY, 10.0)
    with closing(sqlite3.connect(file)) as base:
        names = [row[1] for table in ("request_3", "kept_1") for row in base.execute(f"pragma table_info({table})")]
    assert set(names) == {
        "id", "at", "model", "project", "target", "fresh", "cache_written", "cache_read", "output", "dollars",
        "outcome", "exact", "batch", "prompts", "tests",
    }  # fmt: skip
