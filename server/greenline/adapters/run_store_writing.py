"""Merges a run into the tables of runs, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.adapters.run_store_reading import KEPT_TEXTS, key_of
from greenline.adapters.run_store_schema import (
    TABLES,
    hash_of,
    packed_arcs,
    packed_bits,
    packed_name,
    packed_text,
    unpacked_arcs,
    unpacked_bits,
    unpacked_name,
)
from greenline.domain.coverage.contexts import bits_of, moved

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.domain.coverage.model import Arc, Executed
    from greenline.ports.run_store import Carried, RunRecord

_OLDEST = 180 * 24 * 3600.0
"""Seconds for which a test that does not run any more is remembered."""


def write(database: sqlite3.Connection, root: Path, record: RunRecord, largest: int) -> None:
    """Merge the run; where the file has grown beyond ``largest`` bytes, it is all that is left."""
    database.execute("begin immediate")
    try:
        _Writer(database, root, record).write()
        database.execute("commit")
    except BaseException:
        database.execute("rollback")
        raise
    pages, size, free = (
        database.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size", "freelist_count")
    )
    if (pages - free) * size > largest:
        database.execute("begin immediate")
        for table in TABLES:
            database.execute(f"delete from {table}")  # noqa: S608 - a constant
        _Writer(database, root, record).write()
        database.execute("commit")
        database.execute("vacuum")


def empty(database: sqlite3.Connection) -> None:
    """Remove everything."""
    database.execute("begin immediate")
    for table in TABLES:
        database.execute(f"delete from {table}")  # noqa: S608 - a constant
    database.execute("commit")


class _Writer:
    """One run on its way into the tables."""

    def __init__(self, database: sqlite3.Connection, root: Path, record: RunRecord) -> None:
        self._database = database
        self._root = root
        self._record = record
        self._texts: dict[Path, int] = {}
        self._patterns: dict[tuple[int, bytes], int] = {}

    def write(self) -> None:
        for path, text in self._record.texts.items():
            self._texts[path] = self._text(path, text)
        for path, executed in self._record.coverage.items():
            if path in self._texts:
                self._add_run(self._texts[path], self._record.outside.get(path), executed)
        self._tests()
        for carried in self._record.carried:
            self._carry(carried)
        for path, fingerprint in self._record.looked_at.items():
            self._look_at(path, fingerprint)
        pending = [(packed_name(node),) for node in self._record.pending]
        self._database.executemany("update test set complete = 0 where node = ?", pending)
        for path in self._record.gone:
            self._leave_out(path)
        self._clear()

    def _text(self, path: Path, text: str) -> int:
        key, digest = key_of(self._root, path), hash_of(text)
        found = self._database.execute("select id from text where path = ? and hash = ?", (key, digest)).fetchone()
        when, modified = self._record.when, self._record.modified.get(path)
        if found:
            self._database.execute("update text set recorded = ?, modified = ? where id = ?", (when, modified, *found))
            return int(found[0])
        row = (key, digest, packed_text(text), when, modified)
        made = self._database.execute(
            "insert into text (path, hash, content, recorded, modified) values (?, ?, ?, ?, ?)", row
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def _add_run(self, text: int, outside: int | None, executed: Executed) -> None:
        """Add what ran, unless the report was written again: it knows better than what ran before it."""
        bits = bits_of(executed.lines) if outside is None else outside
        report, written = _name_or_none(self._record.report[0]), self._record.report[1]
        known = self._database.execute(
            "select outside, arcs, report, written from ran where text = ?", (text,)
        ).fetchone()
        arcs = executed.arcs
        report_is_newer = known and known[2] == report and known[3] != written
        if known and not self._record.everything and not report_is_newer:
            bits |= unpacked_bits(known[0])
            earlier = unpacked_arcs(known[1])
            arcs = None if arcs is None or earlier is None else arcs | earlier
        self._database.execute(
            "insert or replace into ran values (?, ?, ?, ?, ?)",
            (text, packed_bits(bits), packed_arcs(arcs), report, written),
        )

    def _tests(self) -> None:
        names = [packed_name(test.node_id) for test in self._record.tests]
        rows = [
            (name, key_of(self._root, t.path), t.fingerprint, t.outcome, t.seconds, t.when, int(t.complete))
            for name, t in zip(names, self._record.tests, strict=True)
        ]
        if self._record.everything:
            self._database.execute("delete from test")
            self._database.execute("delete from reach")
            self._database.execute("delete from test_file")
            self._database.execute("delete from whole")
            self._database.execute("insert into whole values (?)", (self._record.when,))
        if self._record.complete:
            # All that was known of what it reached goes: it makes up no more for what is not known now.
            self._database.executemany("update test set complete = 0 where node = ?", [(name,) for name in names])
        self._database.executemany(
            "insert into test (node, path, fingerprint, outcome, seconds, recorded, complete) values (?,?,?,?,?,?,?) "
            "on conflict (node) do update set path = excluded.path, fingerprint = excluded.fingerprint, "
            "outcome = excluded.outcome, seconds = excluded.seconds, recorded = excluded.recorded, "
            "complete = max(test.complete, excluded.complete)",
            rows,
        )
        ids = {unpacked_name(node): int(test) for node, test in self._database.execute("select node, id from test")}
        ran = [(ids[test.node_id],) for test in self._record.tests]
        if self._record.complete:
            self._database.executemany("delete from reach where test = ?", ran)
        else:
            paths = [key_of(self._root, path) for path in self._record.coverage]
            self._database.executemany(
                "delete from reach where test = ? and pattern in (select pattern.id from pattern join text "
                "on text.id = pattern.text where path = ?)",
                [(*test, path) for test in ran for path in paths],
            )
        self._reach(ids)

    def _reach(self, ids: Mapping[str, int]) -> None:
        pairs: list[tuple[int, int]] = []
        for node, lines in self._record.contexts.items():
            if node in ids:
                pairs += [
                    (ids[node], self._pattern(self._texts[path], packed_bits(bits)))
                    for path, bits in lines.items()
                    if path in self._texts
                ]
        self._database.executemany("insert or ignore into reach values (?, ?)", sorted(pairs))

    def _pattern(self, text: int, bits: bytes) -> int:
        known = self._patterns.get((text, bits))
        if known is None:
            self._database.execute("insert or ignore into pattern (text, bits) values (?, ?)", (text, bits))
            found = self._database.execute("select id from pattern where text = ? and bits = ?", (text, bits))
            known = self._patterns[text, bits] = int(found.fetchone()[0])
        return known

    def _carry(self, carried: Carried) -> None:
        key = key_of(self._root, carried.path)
        old = self._database.execute(
            "select id from text where path = ? and hash = ?", (key, hash_of(carried.old))
        ).fetchone()
        new = self._texts.get(carried.path)
        if not old or new is None or old[0] == new:
            return
        patterns = self._database.execute("select id, bits from pattern where text = ?", old).fetchall()
        for pattern, content in patterns:
            bits = unpacked_bits(content)
            if not bits & carried.changed:
                target = self._pattern(new, packed_bits(moved(bits, carried.now_at)))
                self._database.execute(
                    "insert or ignore into reach select test, ? from reach where pattern = ?", (target, pattern)
                )
                self._database.execute("delete from reach where pattern = ?", (pattern,))
        self._carry_arcs(old[0], new, carried.now_at)

    def _carry_arcs(self, old: int, new: int, now_at: Mapping[int, int]) -> None:
        then = self._database.execute("select arcs from ran where text = ?", (old,)).fetchone()
        now = self._database.execute("select arcs from ran where text = ?", (new,)).fetchone()
        if not then or not now or then[0] is None or now[0] is None:
            return
        arcs: set[Arc] = set(unpacked_arcs(now[0]) or ())
        for start, end in unpacked_arcs(then[0]) or ():
            if abs(start) in now_at and abs(end) in now_at:
                arcs.add((_moved_end(start, now_at), _moved_end(end, now_at)))
        self._database.execute("update ran set arcs = ? where text = ?", (packed_arcs(arcs), new))

    def _look_at(self, path: Path, fingerprint: str) -> None:
        key = key_of(self._root, path)
        self._database.execute("insert or replace into test_file values (?, ?)", (key, fingerprint))
        there = {test.node_id for test in self._record.tests} | self._record.skipped
        known = self._database.execute("select id, node from test where path = ?", (key,)).fetchall()
        gone = [(test,) for test, node in known if unpacked_name(node) not in there]
        self._database.executemany("delete from reach where test = ?", gone)
        self._database.executemany("delete from test where id = ?", gone)

    def _leave_out(self, path: Path) -> None:
        """Leave out a file that is no more, and its tests; what is then unused goes with the rest."""
        run, key = self._database.execute, (key_of(self._root, path),)
        run("delete from test where path = ?", key)
        run("delete from test_file where path = ?", key)
        run(
            "delete from reach where pattern in "
            "(select pattern.id from pattern join text on text.id = pattern.text where path = ?)",
            key,
        )
        run("delete from ran where text in (select id from text where path = ?)", key)
        run("delete from text where path = ?", key)

    def _clear(self) -> None:
        """Leave out what nothing leads to any more."""
        run = self._database.execute
        run("delete from test where recorded < ?", (self._record.when - _OLDEST,))
        run("delete from reach where test not in (select id from test)")
        run("delete from pattern where id not in (select pattern from reach)")
        cut_short = self._record.cut_short
        for path in self._texts:
            rows = run(
                "select id from text where path = ? order by recorded desc, id desc", (key_of(self._root, path),)
            ).fetchall()
            for number, (text,) in enumerate(rows):
                replaced = self._record.complete and not cut_short and number
                if replaced and not run("select 1 from pattern where text = ? limit 1", (text,)).fetchone():
                    # What it tells without tests is told by the newest as well.
                    run("delete from ran where text = ?", (text,))
                    run("delete from text where id = ?", (text,))
                elif number >= KEPT_TEXTS * 2:
                    self._forget(text)
                    if cut_short:  # it may have been what tests that did not run were to be compared with
                        run("update test set complete = 0")

    def _forget(self, text: int) -> None:
        """Forget a text; the tests that reached it may reach anything again."""
        run = self._database.execute
        run(
            "update test set complete = 0 where id in "
            "(select test from reach join pattern on pattern.id = reach.pattern where text = ?)",
            (text,),
        )
        run("delete from reach where pattern in (select id from pattern where text = ?)", (text,))
        run("delete from pattern where text = ?", (text,))
        run("delete from ran where text = ?", (text,))
        run("delete from text where id = ?", (text,))


def _moved_end(end: int, now_at: Mapping[int, int]) -> int:
    return now_at[end] if end >= 0 else -now_at[-end]


def _name_or_none(path: Path | None) -> str | bytes | None:
    return None if path is None else packed_name(str(path))
