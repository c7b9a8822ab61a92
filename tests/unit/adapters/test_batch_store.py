from __future__ import annotations

import multiprocessing
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.ports.batch_store import BatchStoreProblem

PROJECT = Path("/home/me/shop")
REQUESTS = (
    BatchRequest("k1", "shop/fees.py::fee", "abc", 0.25, ledger=7),
    BatchRequest("k2", "shop/fees.py::tax", "abc", None, earlier=(("msgbatch_1", "k0"),), kept=("test_tax",)),
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
    store.add([RECORD])
    assert again(store).open_in(PROJECT) == (RECORD,)
    assert store.open_in(PROJECT.parent) == ()
    again(store).named("r1", "msgbatch_2")
    assert store.open_in(PROJECT) == (replace(RECORD, name="msgbatch_2", status="waiting"),)
    assert store.names() == {"msgbatch_2"}


def test_when_all_was_tried_it_is_collected(store: BatchStoreSqlite) -> None:
    store.add([RECORD])
    store.named("r1", "msgbatch_2")
    store.tried("r1", ["k1"])
    (record,) = store.open_in(PROJECT)
    assert [request.key for request in record.open] == ["k2"]
    store.tried("r1", ["k2"])
    assert store.open_in(PROJECT) == ()


def test_what_follows_and_what_it_follows_are_one_step(store: BatchStoreSqlite) -> None:
    store.add([RECORD])
    store.named("r1", "msgbatch_2")
    follows = replace(RECORD, id="r2", requests=(replace(REQUESTS[0], key="k3"),))
    with pytest.raises(BatchStoreProblem):  # a key that is there already
        store.add([replace(follows, requests=REQUESTS)], after="r1", tried=["k1", "k2"])
    assert [(r.id, len(r.open)) for r in store.open_in(PROJECT)] == [("r1", 2)]
    store.add([follows], after="r1", tried=["k1", "k2"])
    assert store.open_in(PROJECT) == (follows,)


@pytest.mark.parametrize("status", ["refused", "lost"])
def test_what_was_given_up_is_not_looked_for_again(store: BatchStoreSqlite, status: str) -> None:
    store.add([RECORD])
    store.close("r1", status)  # type: ignore[arg-type]
    assert store.open_in(PROJECT) == ()


def test_old_ones_are_forgotten_and_open_ones_never(store: BatchStoreSqlite) -> None:
    old = replace(RECORD, id="old", requests=(replace(REQUESTS[0], key="k9"),))
    store.add([RECORD, old])
    store.named("r1", "msgbatch_1")
    store.named("old", "msgbatch_0")
    store.tried("old", ["k9"])
    later = BatchStoreSqlite(store._file, now=lambda: 200.0 + 61 * 86_400)
    later.add([])
    assert later.names() == {"msgbatch_1"}
    assert [record.id for record in later.open_in(PROJECT)] == ["r1"]


def test_what_another_greenline_made_is_left_alone(store: BatchStoreSqlite) -> None:
    store.add([RECORD])
    with closing(sqlite3.connect(store._file)) as base:
        base.execute("create table batch_2 (id text)")
        base.commit()
        assert base.execute("pragma journal_mode").fetchone() == ("wal",)
    assert store.open_in(PROJECT) == (RECORD,)


def test_what_cannot_be_kept_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = BatchStoreSqlite(tmp_path / "file" / "batches.sqlite3")
    with pytest.raises(BatchStoreProblem, match="cannot use its list of batches"):
        store.add([RECORD])
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


def _add(file: Path, name: str) -> None:
    store = BatchStoreSqlite(file)
    for number in range(10):
        key = f"{name}-{number}"
        store.add([replace(RECORD, id=key, requests=(replace(REQUESTS[0], key=key, target=key),))])
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
