"""Questions to the tables of runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.run_store_schema import (
    hash_of,
    packed_name,
    unpacked_arcs,
    unpacked_bits,
    unpacked_name,
    unpacked_text,
)
from greenline.domain.coverage.contexts import EVERY_LINE
from greenline.ports.run_store import RanText, Reached, StoredTest

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

KEPT_TEXTS = 4
"""Texts of one file that are worth showing."""

_TEST = "test.node, test.path, test.fingerprint, test.outcome, test.seconds, test.recorded, test.complete"


def measured(database: sqlite3.Connection, root: Path, path: Path) -> tuple[RanText, ...]:
    """Return what was measured of one file, newest first."""
    rows = database.execute(
        "select id, content, outside, arcs, report, written from text join ran on ran.text = text.id "
        "where path = ? order by recorded desc, id desc limit ?",
        (key_of(root, path), KEPT_TEXTS),
    ).fetchall()
    return tuple(
        RanText(
            unpacked_text(content),
            unpacked_bits(outside),
            unpacked_arcs(arcs),
            (Path(unpacked_name(report)) if report is not None else None, written),
            _reached(database, root, text),
        )
        for text, content, outside, arcs, report, written in rows
    )


def texts(database: sqlite3.Connection, root: Path, path: Path) -> tuple[tuple[str, int], ...]:
    """Return the texts of a file that ran, newest first, each with the lines that ran outside of all tests."""
    rows = database.execute(
        "select content, outside from text left join ran on ran.text = text.id where path = ? "
        "order by recorded desc, id desc",
        (key_of(root, path),),
    )
    return tuple((unpacked_text(content), unpacked_bits(outside or b"")) for content, outside in rows)


def saved_texts(database: sqlite3.Connection, root: Path, path: Path) -> tuple[tuple[str, float], ...]:
    """Return the texts of a file that ran as they were on disk, newest first, each with when it was written."""
    rows = database.execute(
        "select content, modified from text where path = ? and modified is not null order by recorded desc, id desc",
        (key_of(root, path),),
    )
    return tuple((unpacked_text(content), written) for content, written in rows)


def newest_texts(database: sqlite3.Connection, root: Path) -> dict[Path, tuple[str, int]]:
    """Return of each file the newest text that ran, and its lines that ran outside of all tests."""
    newest = dict(database.execute("select path, id from text order by recorded, id"))
    wanted = set(newest.values())
    rows = database.execute("select id, path, content, outside from text left join ran on ran.text = text.id")
    return {
        path_of(root, key): (unpacked_text(content), unpacked_bits(outside or b""))
        for text, key, content, outside in rows
        if text in wanted
    }


def unsettled(database: sqlite3.Connection, root: Path) -> frozenset[Path]:
    """Return the files that several texts are known of."""
    rows = database.execute("select path from text group by path having count(*) > 1")
    return frozenset(path_of(root, key) for (key,) in rows)


def whole_at(database: sqlite3.Connection) -> float | None:
    """Return when all tests last ran to their end in one run."""
    found = database.execute("select max(recorded) from whole").fetchone()
    return None if found is None else found[0]


def files(database: sqlite3.Connection, root: Path) -> dict[Path, float | None]:
    """Return the files that ran, and when the newest text that ran was written."""
    rows = database.execute("select path, modified from text order by recorded, id")
    return {path_of(root, key): modified for key, modified in rows}


def tests(database: sqlite3.Connection, root: Path) -> tuple[StoredTest, ...]:
    """Return every test that is known."""
    return tuple(_test(root, row) for row in database.execute(f"select {_TEST} from test"))  # noqa: S608 - a constant


def test_files(database: sqlite3.Connection, root: Path) -> dict[Path, str]:
    """Return the test files all of whose tests are known."""
    rows = database.execute("select path, fingerprint from test_file")
    return {path_of(root, key): fingerprint for key, fingerprint in rows}


def reaching(database: sqlite3.Connection, root: Path, path: Path, lines: Mapping[str, int]) -> frozenset[str]:
    """Return the tests that ran one of the lines."""
    wanted: list[tuple[int]] = []
    for text, bits in lines.items():
        patterns = database.execute(
            "select pattern.id, bits from pattern join text on text.id = pattern.text where path = ? and hash = ?",
            (key_of(root, path), hash_of(text)),
        )
        wanted += [(one,) for one, its in patterns if bits == EVERY_LINE or unpacked_bits(its) & bits]
    database.execute("create temp table if not exists wanted (pattern integer primary key)")
    database.execute("delete from temp.wanted")
    database.executemany("insert or ignore into temp.wanted values (?)", wanted)
    query = (
        "select distinct node from temp.wanted join reach on reach.pattern = wanted.pattern "
        "join test on test.id = reach.test"
    )
    return frozenset(unpacked_name(node) for (node,) in database.execute(query))


def key_of(root: Path, path: Path) -> str | bytes:
    """Return how a file is named in the tables: below the root relative to it."""
    return packed_name(path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path))


def path_of(root: Path, key: str | bytes) -> Path:
    """Return the file again."""
    return root / unpacked_name(key)


def _reached(database: sqlite3.Connection, root: Path, text: int) -> tuple[Reached, ...]:
    rows = database.execute(
        f"select bits, {_TEST} from pattern join reach on reach.pattern = pattern.id "  # noqa: S608 - a constant
        "join test on test.id = reach.test where pattern.text = ?",
        (text,),
    )
    return tuple(Reached(_test(root, row[1:]), unpacked_bits(row[0])) for row in rows)


def _test(root: Path, row: Sequence[Any]) -> StoredTest:
    node, path, fingerprint, outcome, seconds, when, complete = row
    return StoredTest(unpacked_name(node), path_of(root, path), fingerprint, outcome, seconds, when, bool(complete))


test_files.__test__ = False  # type: ignore[attr-defined] # no test, whatever pytest thinks of its name
