from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.domain.asking.known import Known
from greenline.domain.asking.model import Answer, Explored, Usage
from greenline.domain.generation.small_changes import SmallChange
from greenline.ports.batch_store import AskedAlready, BatchStoreProblem
from greenline.ports.model import ModelProblem

PROJECT = Path("/home/me/shop")
REQUESTS = (
    BatchRequest("k1", "shop/fees.py::fee", "abc", 0.25),
    BatchRequest("k2", "shop/fees.py::tax", "abc", None, earlier=("k0",), kept=("test_tax",)),
)
RECORD = BatchRecord("r1", str(PROJECT), "https://here", "claude", 100.0, REQUESTS, {"model_refinement": False})


@pytest.fixture
def store(tmp_path: Path) -> BatchStoreSqlite:
    return BatchStoreSqlite(tmp_path / "data" / "batches.sqlite3", now=lambda: 200.0)


def again(store: BatchStoreSqlite) -> BatchStoreSqlite:
    """Return what another process has."""
    return BatchStoreSqlite(store._file, now=lambda: 200.0)


def test_another_process_reads_what_was_written(store: BatchStoreSqlite) -> None:
    assert store.open_in(PROJECT) == ()
    assert not store._file.exists(), "looking makes nothing"
    store.add([RECORD], {})
    assert again(store).open_in(PROJECT) == (RECORD,)
    assert store.open_in(PROJECT.parent) == ()
    again(store).named("r1", "msgbatch_2")
    assert store.open_in(PROJECT) == (replace(RECORD, name="msgbatch_2", status="waiting"),)
    assert store.names() == {"msgbatch_2"}


def test_when_all_was_tried_it_is_collected(store: BatchStoreSqlite) -> None:
    store.add([RECORD], {})
    store.named("r1", "msgbatch_2")
    store.tried("r1", ["k1"])
    (record,) = store.open_in(PROJECT)
    assert [request.key for request in record.open] == ["k2"]
    store.tried("r1", ["k2"])
    assert store.open_in(PROJECT) == ()


def test_what_follows_and_what_it_follows_are_one_step(store: BatchStoreSqlite) -> None:
    store.add([RECORD], {})
    store.named("r1", "msgbatch_2")
    follows = replace(RECORD, id="r2", requests=(replace(REQUESTS[0], key="k3", earlier=("k1",)),), status="reserving")
    store.add([follows], {})
    assert [(r.id, len(r.open)) for r in store.open_in(PROJECT)] == [("r1", 2), ("r2", 1)]
    assert store.reserving() == (follows,)
    store.reserved([follows], after="r1", tried=["k1", "k2"])
    assert store.open_in(PROJECT) == (replace(follows, status="handing_in"),)


def test_what_the_day_does_not_pay_is_not_asked(store: BatchStoreSqlite) -> None:
    store.add([replace(RECORD, status="reserving")], {})
    store.reserved([replace(RECORD, requests=REQUESTS[1:])])
    assert store.open_in(PROJECT) == (replace(RECORD, requests=REQUESTS[1:]),)


def test_of_two_that_ask_for_the_same_one_is_told(store: BatchStoreSqlite) -> None:
    store.add([RECORD], {})
    with pytest.raises(AskedAlready):
        again(store).add([replace(RECORD, id="r2", requests=(replace(REQUESTS[0], key="k3"),))], {})
    follows = replace(RECORD, id="r3", requests=(replace(REQUESTS[0], key="k4", earlier=("k1",)),))
    store.add([follows], {})
    with pytest.raises(AskedAlready):
        again(store).add([replace(follows, id="r5", requests=(replace(follows.requests[0], key="k5"),))], {})
    assert [record.id for record in store.open_in(PROJECT)] == ["r1", "r3"]


def test_what_is_needed_to_go_on_is_kept_until_nobody_goes_on(store: BatchStoreSqlite) -> None:
    known = Known(Explored(observations=("fee(1) == 2",), calls=3), (SmallChange("bound", 1, 2, 3, 4, "<"),))
    answer = Answer("tests", usage=Usage(fresh=1, output=2), model="claude")
    store.add([replace(RECORD, requests=REQUESTS[:1])], {"k1": known})
    store.named("r1", "msgbatch_1")
    store.keep({"k1": answer})
    follows = replace(RECORD, id="r2", requests=(replace(REQUESTS[0], key="k3", earlier=("k1",)),))
    store.add([follows], {"k3": known})
    store.reserved([follows], after="r1", tried=["k1"])
    store.keep({"k3": ModelProblem("timeout", "It expired.")})
    assert again(store).known(["k1", "k3", "k9"]) == {"k1": known, "k3": known}
    found = again(store).answers(["k1", "k3", "k9"])
    assert (found["k1"], str(found["k3"]), len(found)) == (answer, "It expired.", 2)
    store.named("r2", "msgbatch_2")
    store.tried("r2", ["k3"])
    assert (store.known(["k1", "k3"]), store.answers(["k1", "k3"])) == ({}, {})


@pytest.mark.parametrize("status", ["refused", "lost"])
def test_what_was_given_up_is_not_looked_for_again(store: BatchStoreSqlite, status: str) -> None:
    store.add([RECORD], {})
    store.close("r1", status)  # type: ignore[arg-type]
    assert store.open_in(PROJECT) == ()


def test_old_ones_are_forgotten_and_open_ones_never(store: BatchStoreSqlite) -> None:
    old = replace(RECORD, id="old", requests=(replace(REQUESTS[0], key="k9"),))
    store.add([RECORD, old], {})
    store.named("r1", "msgbatch_1")
    store.named("old", "msgbatch_0")
    store.tried("old", ["k9"])
    later = BatchStoreSqlite(store._file, now=lambda: 200.0 + 61 * 86_400)
    later.add([], {})
    assert later.names() == {"msgbatch_1"}
    assert [record.id for record in later.open_in(PROJECT)] == ["r1"]


def test_what_another_greenline_made_is_left_alone(store: BatchStoreSqlite) -> None:
    store.add([RECORD], {})
    with closing(sqlite3.connect(store._file)) as base:
        base.execute("create table batch_3 (id text)")
        base.commit()
        assert base.execute("pragma journal_mode").fetchone() == ("wal",)
    assert store.open_in(PROJECT) == (RECORD,)


def test_what_cannot_be_kept_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = BatchStoreSqlite(tmp_path / "file" / "batches.sqlite3")
    with pytest.raises(BatchStoreProblem, match="cannot use its list of batches"):
        store.add([RECORD], {})
    damaged = BatchStoreSqlite(tmp_path / "file")
    (tmp_path / "file").write_text("no database " * 100)
    with pytest.raises(BatchStoreProblem):
        damaged.open_in(PROJECT)


def test_one_process_at_a_time_has_the_turn(store: BatchStoreSqlite) -> None:
    turn = store.turn("r1")
    assert turn is not None
    with turn:
        assert again(store).turn("r1") is None
        other = again(store).turn("r2")
        assert other is not None
        with other:
            pass
    free = again(store).turn("r1")
    assert free is not None
    with free:
        pass


def test_a_turn_leaves_nothing_behind(store: BatchStoreSqlite) -> None:
    turn = store.turn("r1")
    assert turn is not None
    with turn:
        pass
    with closing(sqlite3.connect(store._file)) as base:
        assert base.execute("select count(*) from turn_1").fetchone() == (0,)
    assert [path.name for path in store._file.parent.iterdir() if "batches.sqlite3" not in path.name] == []


TAKES = """
import sys
from pathlib import Path
from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
turn = BatchStoreSqlite(Path(sys.argv[1]), now=lambda: 200.0).turn("r1")
print(turn is not None, flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there it takes until its lease is over")
def test_the_turn_of_a_process_that_was_killed_is_free_at_once(store: BatchStoreSqlite) -> None:
    command = [sys.executable, "-c", TAKES, str(store._file)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    assert store.turn("r1") is None
    holder.kill()
    holder.communicate()
    free = store.turn("r1")
    assert free is not None
    with free:
        pass


def test_the_turn_of_another_machine_is_free_when_it_is_silent(
    store: BatchStoreSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("platform.node", lambda: "elsewhere")
        turn = store.turn("r1")
    assert turn is not None
    with turn:
        assert store.turn("r1") is None
        later = BatchStoreSqlite(store._file, now=lambda: 200.0 + 121)
        free = later.turn("r1")
        assert free is not None
    with free:
        assert later.turn("r1") is None, "who left it after it was taken over takes nothing away"


def test_whoever_works_on_shows_it(store: BatchStoreSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenline.adapters.batch_turns_sqlite.RENEWED", 0.01)
    clock = [200.0]
    turn = BatchStoreSqlite(store._file, now=lambda: clock[0]).turn("r1")
    assert turn is not None
    with turn:
        clock[0] += 1_000
        until_renewed(store._file, clock[0])
        assert BatchStoreSqlite(store._file, now=lambda: clock[0]).turn("r1") is None


def until_renewed(file: Path, when: float) -> None:
    """Wait for the sign of life, which another thread writes."""
    end = time.monotonic() + 60
    with closing(sqlite3.connect(file)) as base:
        while base.execute("select renewed from turn_1").fetchone() != (when,):
            assert time.monotonic() < end, "it never came"
            time.sleep(0.01)


def _add(file: Path, name: str) -> None:
    store = BatchStoreSqlite(file)
    for number in range(10):
        key = f"{name}-{number}"
        store.add([replace(RECORD, id=key, requests=(replace(REQUESTS[0], key=key, target=key),))], {})
        store.named(key, f"msgbatch_{key}")


def test_several_processes_write_at_once(store: BatchStoreSqlite) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_add, args=(store._file, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert len(store.open_in(PROJECT)) == 20
    assert {record.status for record in store.open_in(PROJECT)} == {"waiting"}
