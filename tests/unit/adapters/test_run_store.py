"""What runs measured is kept, whatever happens to the file that it is kept in."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters import run_store_sqlite
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.domain.coverage.contexts import EVERY_LINE, bits_of
from greenline.domain.coverage.model import Executed
from greenline.ports.run_store import Carried, RunRecord, StoredTest

ROOT = Path("/somewhere/shop")
A, B = ROOT / "a.py", Path("/elsewhere/b.py")
TEXT = "x = 1\r\n\ud800é\n"
RAN = Executed(frozenset({1, 2, 700}), frozenset({(-1, 1), (1, 2), (2, -1)}))
ONE = StoredTest("t.py::one", ROOT / "t.py", "f1", "passed", 0.25, 1000.0)
TWO = replace(ONE, node_id="t.py::two[a-é]", outcome="failed")
RECORD = RunRecord(
    when=1000.0,
    texts={A: TEXT, B: "y\n"},
    coverage={A: RAN, B: Executed(frozenset({1}))},
    outside={A: bits_of([1]), B: 0},
    tests=(ONE, TWO),
    contexts={ONE.node_id: {A: bits_of([2])}, TWO.node_id: {A: bits_of([2, 700]), B: bits_of([1])}},
    complete=True,
    everything=True,
    looked_at={ROOT / "t.py": "whole"},
    modified={A: 12.5},
    report=(ROOT / ".coverage", 3.0),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "runs"


@pytest.fixture
def store(folder: Path) -> RunStoreSqlite:
    return RunStoreSqlite(folder)


def of_tests(store: RunStoreSqlite, path: Path = A) -> dict[str, int]:
    return {reached.test.node_id: reached.bits for text in store.measured(ROOT, path) for reached in text.tests}


@pytest.mark.parametrize("where", ["disk", "another process", "memory"])
def test_what_is_kept_comes_back(folder: Path, where: str) -> None:
    store = RunStoreSqlite(None if where == "memory" else folder)
    store.record(ROOT, RECORD)
    if where == "another process":
        store = RunStoreSqlite(folder)
    (text,) = store.measured(ROOT, A)
    assert (text.text, text.outside, text.arcs, text.report) == (TEXT, bits_of([1]), RAN.arcs, RECORD.report)
    assert of_tests(store) == {ONE.node_id: bits_of([2]), TWO.node_id: bits_of([2, 700])}
    (other,) = store.measured(ROOT, B)
    assert (other.arcs, len(other.tests)) == (None, 1)
    assert set(store.tests(ROOT)) == {ONE, TWO}
    assert store.files(ROOT) == {A: 12.5, B: None}
    assert store.texts(ROOT, A) == ((TEXT, bits_of([1])),)
    assert store.newest_texts(ROOT) == {A: (TEXT, bits_of([1])), B: ("y\n", 0)}
    assert store.test_files(ROOT) == {ROOT / "t.py": "whole"}
    assert store.whole_at(ROOT) == 1000.0
    assert store.reaching(ROOT, A, {TEXT: bits_of([700])}) == {TWO.node_id}
    assert store.reaching(ROOT, A, {TEXT: EVERY_LINE}) == {ONE.node_id, TWO.node_id}
    assert store.reaching(ROOT, A, {"another text": EVERY_LINE}) == frozenset()
    assert store.measured(ROOT.parent, A) == ()


@pytest.mark.parametrize("where", ["disk", "memory"])
def test_names_that_are_no_text_come_back(folder: Path, where: str, caplog: pytest.LogCaptureFixture) -> None:
    store = RunStoreSqlite(None if where == "memory" else folder)
    store.record(ROOT, RECORD)
    odd = ROOT / os.fsdecode(b"test_\xff.py")
    assert store.texts(ROOT, odd) == ()
    test = replace(ONE, node_id=f"{odd.name}::test_it", path=odd)
    more = replace(
        RECORD, everything=False, texts={odd: "y\n"}, coverage={odd: RAN}, outside={}, tests=(test,),
        modified={odd: 9.0}, contexts={test.node_id: {odd: bits_of([1])}}, looked_at={odd: "whole"}, report=(odd, 1.0),
    )  # fmt: skip
    for record in (more, replace(more, pending=frozenset({test.node_id})), more):
        store.record(ROOT, record)
    assert store.files(ROOT) == {A: 12.5, B: None, odd: 9.0}
    assert set(store.tests(ROOT)) == {ONE, TWO, test}
    assert (store.test_files(ROOT)[odd], store.newest_texts(ROOT)[odd]) == ("whole", ("y\n", bits_of([1, 2, 700])))
    (text,) = store.measured(ROOT, odd)
    assert (text.report, [reached.test for reached in text.tests]) == ((odd, 1.0), [test])
    assert store.reaching(ROOT, odd, {"y\n": EVERY_LINE}) == {test.node_id}
    store.record(ROOT, replace(more, texts={odd: "z\n"}, tests=(), contexts={}, looked_at={}, cut_short=True))
    assert store.unsettled(ROOT) == {odd}
    assert caplog.records == []


def test_what_cannot_be_kept_harms_nothing(store: RunStoreSqlite, folder: Path) -> None:
    store.record(ROOT, RECORD)
    store.record(ROOT, replace(RECORD, tests=(replace(ONE, fingerprint="\ud800"),)))
    assert set(RunStoreSqlite(folder).tests(ROOT)) == {ONE, TWO}


def test_nothing_is_made_before_there_is_something_to_keep(store: RunStoreSqlite, folder: Path) -> None:
    assert (store.measured(ROOT, A), store.tests(ROOT), store.whole_at(ROOT)) == ((), (), None)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes")
def test_nobody_else_can_read_it(store: RunStoreSqlite, folder: Path) -> None:
    store.record(ROOT, RECORD)
    assert folder.stat().st_mode & 0o077 == 0


def test_what_a_test_reached_before_is_replaced(store: RunStoreSqlite) -> None:
    store.record(ROOT, RECORD)
    again = replace(
        RECORD, when=2000.0, tests=(replace(TWO, outcome="passed", when=2000.0),), everything=False, looked_at={},
        contexts={TWO.node_id: {A: bits_of([1])}},
    )  # fmt: skip
    store.record(ROOT, again)
    assert of_tests(store) == {ONE.node_id: bits_of([2]), TWO.node_id: bits_of([1])}
    assert of_tests(store, B) == {}
    assert {test.node_id: test.outcome for test in store.tests(ROOT)} == {ONE.node_id: "passed", TWO.node_id: "passed"}
    # A run that recorded chosen files only says nothing of the others.
    store.record(ROOT, RECORD)
    partly = replace(again, complete=False, coverage={B: RAN}, contexts={TWO.node_id: {}})
    store.record(ROOT, partly)
    assert of_tests(store, B) == {}
    assert of_tests(store)[TWO.node_id] == bits_of([2, 700])


def test_tests_that_are_gone_are_forgotten(store: RunStoreSqlite) -> None:
    store.record(ROOT, RECORD)
    rest = replace(RECORD, everything=False, tests=(ONE,), contexts={ONE.node_id: {A: 4}})
    store.record(ROOT, replace(rest, skipped=frozenset({TWO.node_id})))
    assert len(store.tests(ROOT)) == 2
    store.record(ROOT, replace(rest, looked_at={}))
    assert len(store.tests(ROOT)) == 2
    store.record(ROOT, rest)
    assert [test.node_id for test in store.tests(ROOT)] == [ONE.node_id]
    store.record(ROOT, replace(RECORD, tests=(TWO,), contexts={}))
    assert [test.node_id for test in store.tests(ROOT)] == [TWO.node_id]


def test_runs_add_up_until_the_report_is_written_again_or_everything_runs(store: RunStoreSqlite) -> None:
    more = replace(
        RECORD, everything=False, outside={A: bits_of([9])}, coverage={A: Executed(frozenset({9}), frozenset({(9, 9)}))}
    )
    store.record(ROOT, RECORD)
    store.record(ROOT, more)
    (text,) = store.measured(ROOT, A)
    assert (text.outside, text.arcs) == (bits_of([1, 9]), (RAN.arcs or frozenset()) | {(9, 9)})
    store.record(ROOT, replace(more, report=(ROOT / ".coverage", 4.0)))
    (text,) = store.measured(ROOT, A)
    assert (text.outside, text.arcs) == (bits_of([9]), {(9, 9)})
    store.record(ROOT, RECORD)
    assert store.measured(ROOT, A)[0].outside == bits_of([1])


def test_what_a_change_does_not_concern_is_carried_to_the_new_text(store: RunStoreSqlite) -> None:
    store.record(ROOT, RECORD)
    now_at = {1: 1, 2: 5}
    changed = Carried(A, TEXT, "new\n", bits_of([700]), now_at)
    store.record(
        ROOT,
        replace(
            RECORD, everything=False, looked_at={}, texts={A: "new\n"}, tests=(), contexts={}, carried=(changed,),
            coverage={A: Executed(frozenset({1}), frozenset({(1, -1)}))}, when=2000.0,
        ),
    )  # fmt: skip
    newest, oldest = store.measured(ROOT, A)
    assert {r.test.node_id: r.bits for r in newest.tests} == {ONE.node_id: bits_of([5])}
    assert {r.test.node_id for r in oldest.tests} == {TWO.node_id}
    assert newest.arcs == {(1, -1), (-1, 1), (1, 5), (5, -1)}
    assert store.unsettled(ROOT) == {A}


def test_texts_that_no_test_needs_any_more_go_and_others_are_few(store: RunStoreSqlite) -> None:
    for number in range(20):
        test = replace(ONE, node_id=f"t.py::test_{number}")
        record = replace(
            RECORD, when=1000.0 + number, texts={A: f"x = {number}\n"}, tests=(test,), everything=False, looked_at={},
            contexts={test.node_id: {A: 2}},
        )  # fmt: skip
        store.record(ROOT, record)
    assert len(store.texts(ROOT, A)) == 8
    # What is not known any more has to run again.
    assert [test.node_id for test in store.tests(ROOT) if test.complete] == [f"t.py::test_{n}" for n in range(12, 20)]
    store.record(ROOT, replace(RECORD, when=3000.0, texts={A: TEXT}))
    assert [text for text, _ in store.texts(ROOT, A)] == [TEXT]


def damage(file: Path, how: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        if how == "another version":
            database.execute("drop table test")
            database.execute('create table "odd "" name" (x)')
            database.execute("pragma user_version = 99")
        elif how == "without a table":
            database.execute("drop table pattern")
        elif how == "foreign content":
            database.execute("update text set content = x'00'")
        database.commit()
    if how == "no database":
        file.write_text("no database at all, " * 500)
    elif how == "cut":
        os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("how", ["no database", "cut", "another version", "without a table", "foreign content"])
def test_a_damaged_store_is_made_anew(store: RunStoreSqlite, how: str, caplog: pytest.LogCaptureFixture) -> None:
    store.record(ROOT, RECORD)
    damage(store.file_of(ROOT), how)
    with caplog.at_level(logging.WARNING):
        assert store.measured(ROOT, A) == ()
        assert store.tests(ROOT) == ()
        store.record(ROOT, RECORD)
    assert len(store.measured(ROOT, A)) == 1
    assert RunStoreSqlite(store.file_of(ROOT).parent).tests(ROOT) == store.tests(ROOT)
    said = [record.message for record in caplog.records]
    assert len(said) == (0 if how == "another version" else 1)
    assert all("is made anew" in message for message in said)


@pytest.mark.parametrize("what", ["a file in the place of the folder", "a folder in the place of the file"])
def test_where_nothing_can_be_written_it_stays_in_memory(
    folder: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = RunStoreSqlite(folder)
    if what.startswith("a file"):
        folder.parent.mkdir(parents=True)
        folder.write_text("in the way")
    else:
        store.file_of(ROOT).mkdir(parents=True)
    before = store.stamp(ROOT)
    store.record(ROOT, RECORD)
    assert of_tests(store) == {ONE.node_id: bits_of([2]), TWO.node_id: bits_of([2, 700])}
    assert store.stamp(ROOT) != before
    assert ["cannot keep runs" in record.message for record in caplog.records] == [True]


def test_a_store_in_use_is_left_alone(
    store: RunStoreSqlite, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_store_sqlite, "_PATIENCE", 0.01)
    store.record(ROOT, RECORD)
    with closing(sqlite3.connect(store.file_of(ROOT), isolation_level=None)) as other:
        other.execute("begin immediate")
        store.record(ROOT, replace(RECORD, tests=(), contexts={}))
        assert len(store.tests(ROOT)) == 2
        other.execute("rollback")
    assert ["in use by another process" in record.message for record in caplog.records] == [True]
    store.record(ROOT, replace(RECORD, tests=(ONE,), contexts={}))
    assert store.tests(ROOT) == (ONE,)


def test_what_could_not_be_read_is_asked_for_again(store: RunStoreSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store_sqlite, "_PATIENCE", 0.01)
    store.record(ROOT, RECORD)
    before = store.stamp(ROOT)
    with closing(sqlite3.connect(store.file_of(ROOT), isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        assert store.measured(ROOT, A) == ()
        other.execute("rollback")
    assert store.stamp(ROOT) != before, "who remembers an answer by its stamp would never ask again"
    assert len(store.measured(ROOT, A)) == 1


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
sys.path[:0] = {path!r}
from unit.adapters.test_run_store import ONE, RECORD, ROOT, RunStoreSqlite, run_store_sqlite
run_store_sqlite._PATIENCE = 60.0
store = RunStoreSqlite(Path({folder!r}))
for number in range(10):
    test = replace(ONE, node_id=f"t.py::{{sys.argv[1]}}_{{number}}")
    store.record(ROOT, replace(RECORD, tests=(test,), contexts={{}}, everything=False, looked_at={{}}))
"""


def test_several_processes_and_threads_write_at_once(
    store: RunStoreSqlite, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_store_sqlite, "_PATIENCE", 60.0)
    program = WRITER.format(path=sys.path, folder=str(folder))
    children = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("a", "b")]
    seen: list[int] = []
    reading = threading.Thread(target=lambda: seen.extend(len(store.tests(ROOT)) for _ in range(50)))
    reading.start()
    assert [child.wait(60) for child in children] == [0, 0]
    reading.join(60)
    assert seen == sorted(seen)
    expected = {f"t.py::{name}_{number}" for name in ("a", "b") for number in range(10)}
    assert {test.node_id for test in store.tests(ROOT)} == expected


def test_it_does_not_grow_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store_sqlite, "_LARGEST", 200_000)
    store = RunStoreSqlite(folder)
    for number in range(30):
        path = ROOT / f"{number}.py"
        text = os.urandom(20_000).hex()
        store.record(ROOT, replace(RECORD, texts={path: text}, coverage={path: RAN}, everything=False, contexts={}))
        assert store.file_of(ROOT).stat().st_size < 400_000
    assert ROOT / "29.py" in store.files(ROOT)


def test_projects_that_nobody_runs_are_forgotten(folder: Path) -> None:
    RunStoreSqlite(folder).record(ROOT, RECORD)
    old = RunStoreSqlite(folder).file_of(ROOT)
    os.utime(old, (time.time() - 200 * 24 * 3600,) * 2)
    RunStoreSqlite(folder).record(ROOT.parent, RECORD)
    assert not old.exists()
    assert len(list(folder.glob("*.sqlite3"))) == 1


def test_the_stamp_changes_with_the_store(store: RunStoreSqlite, folder: Path) -> None:
    before = store.stamp(ROOT)
    assert store.stamp(ROOT) == before
    RunStoreSqlite(folder).record(ROOT, RECORD)
    assert store.stamp(ROOT) != before


def test_for_one_look_at_many_files_the_store_is_looked_at_once(store: RunStoreSqlite, folder: Path) -> None:
    looking = RunStoreSqlite(folder, once=True)
    before = looking.stamp(ROOT)
    store.record(ROOT, RECORD)
    assert looking.stamp(ROOT) == before
    looking.record(ROOT, RECORD)
    assert looking.stamp(ROOT) != before


def test_a_project_is_forgotten_and_no_other(folder: Path) -> None:
    for store in (RunStoreSqlite(folder), RunStoreSqlite(None)):
        store.record(ROOT, RECORD)
        store.record(ROOT.parent, RECORD)
        before = store.stamp(ROOT)
        store.forget(ROOT)
        assert (store.tests(ROOT), store.files(ROOT), store.whole_at(ROOT)) == ((), {}, None)
        assert store.stamp(ROOT) != before
        assert store.tests(ROOT.parent)
        store.record(ROOT, RECORD)
        assert store.tests(ROOT)
