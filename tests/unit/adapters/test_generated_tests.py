"""The list of generated tests: bounded, shared, and harmless whatever becomes of its file."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters import generated_tests_sqlite
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.domain.generation.kept_tests import GeneratedTest

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE = GeneratedTest("k1", "src/a.py::f", "explore", ("observed", "documented"))
TWO = GeneratedTest("k2", "src/a.py::C.m")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "generated-tests.sqlite3"


def test_what_one_process_remembers_another_finds(file: Path) -> None:
    GeneratedTestsSqlite(file).remember([ONE, TWO])
    assert GeneratedTestsSqlite(file).find(["k1", "k2", "k3"]) == {"k1": ONE, "k2": TWO}


def test_looking_makes_no_file(file: Path) -> None:
    index = GeneratedTestsSqlite(file)
    index.remember([])
    assert index.find(["k1"]) == {}
    assert not file.parent.exists()


def test_more_keys_than_one_question_holds_are_found(file: Path) -> None:
    tests = [GeneratedTest(f"k{number}", "a.py") for number in range(1200)]
    index = GeneratedTestsSqlite(file)
    index.remember(tests)
    assert len(index.find([test.key for test in tests])) == len(tests)


def test_the_oldest_are_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_tests_sqlite, "MOST_KEPT", 2)
    times = iter([1.0, 2.0, 3.0])
    monkeypatch.setattr(generated_tests_sqlite.time, "time", lambda: next(times))
    index = GeneratedTestsSqlite(file)
    for key in ("k1", "k2", "k3"):
        index.remember([GeneratedTest(key, "a.py")])
    assert sorted(index.find(["k1", "k2", "k3"])) == ["k2", "k3"]


@pytest.mark.parametrize("content", [b"", b"no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_made_anew(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    index = GeneratedTestsSqlite(file)
    assert index.find(["k1"]) == {}
    index.remember([ONE])
    assert GeneratedTestsSqlite(file).find(["k1"]) == {"k1": ONE}


def test_what_another_version_wrote_is_left_to_it(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as other:
        other.executescript(
            "create table test_99 (key text); insert into test_99 values ('k1'); pragma user_version = 99"
        )
    index = GeneratedTestsSqlite(file)
    assert index.find(["k1"]) == {}
    index.remember([ONE])
    assert index.find(["k1"]) == {"k1": ONE}
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("select key from test_99").fetchall() == [("k1",)]


def test_two_that_make_the_file_at_the_same_time_lose_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    class Interrupted(sqlite3.Connection):
        """Another process does all of its work after the first question."""

        def execute(self, sql: str, *parameters: Any) -> Any:
            rows = iter(super().execute(sql, *parameters).fetchall())
            if sqlite3.connect is not real:
                monkeypatch.setattr(sqlite3, "connect", real)
                GeneratedTestsSqlite(file).remember([TWO])
            return SimpleNamespace(fetchone=lambda: next(rows, None))

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: real(*a, factory=Interrupted, **k))
    GeneratedTestsSqlite(file).remember([ONE])
    assert GeneratedTestsSqlite(file).find(["k1", "k2"]) == {"k1": ONE, "k2": TWO}


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of a process there")
def test_a_full_disk_costs_nothing_that_was_kept(file: Path) -> None:
    GeneratedTestsSqlite(file).remember([ONE])
    code = """
import resource, signal, sys
from pathlib import Path
from greenline.adapters.generated_tests_sqlite import GeneratedTestsSqlite
from greenline.domain.generation.kept_tests import GeneratedTest
file = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, resource.RLIM_INFINITY))
index = GeneratedTestsSqlite(file)
index.remember([GeneratedTest(f"more{number:032d}", "a.py") for number in range(3000)])
assert len(index.find(["k1", f"more{7:032d}"])) == 2, "this process knows all the same"
"""
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, timeout=60)
    assert GeneratedTestsSqlite(file).find(["k1"]) == {"k1": ONE}


@pytest.mark.parametrize(
    "said",
    ["disk I/O error", "database or disk is full", "attempt to write a readonly database", "no such table: test"],
)
def test_a_file_that_cannot_be_used_is_kept(
    file: Path, said: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    GeneratedTestsSqlite(file).remember([ONE])

    def connect(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError(said)

    with monkeypatch.context() as broken:
        broken.setattr(sqlite3, "connect", connect)
        GeneratedTestsSqlite(file).remember([TWO])
    assert "cannot use its list of generated tests" in caplog.text
    assert GeneratedTestsSqlite(file).find(["k1"]) == {"k1": ONE}


@pytest.fixture
def in_use(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    GeneratedTestsSqlite(file).remember([TWO])
    monkeypatch.setattr(generated_tests_sqlite, "_PATIENCE", 0.0)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin exclusive")
    yield
    other.close()


@pytest.mark.usefixtures("in_use")
def test_a_file_in_use_is_left_alone_and_this_process_knows_all_the_same(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index = GeneratedTestsSqlite(file)
    with caplog.at_level(logging.WARNING):
        index.remember([ONE])
        assert index.find(["k1", "k2"]) == {"k1": ONE}
    assert [record.message.count("locked") for record in caplog.records] == [1], "it is said once"
    assert file.exists()


def test_where_nothing_can_be_written_this_process_knows_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    index = GeneratedTestsSqlite(tmp_path / "file" / "generated-tests.sqlite3")
    index.remember([ONE])
    assert index.find(["k1"]) == {"k1": ONE}


def test_a_text_that_is_none_harms_nothing(file: Path) -> None:
    index = GeneratedTestsSqlite(file)
    index.remember([GeneratedTest("k1", "\udcff.py")])
    index.remember([TWO])
    assert "k2" in index.find(["k1", "k2"])
