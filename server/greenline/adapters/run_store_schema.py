"""The tables that runs are kept in, and the form of what they hold.

Tests mostly share what they reach, so each set of lines of a text is held once, as a *pattern*.
"""

from __future__ import annotations

import zlib
from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.adapters.sqlite_steps import write_ahead

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from greenline.domain.coverage.model import Arc

VERSION = 1

TABLES = {
    "text": "id integer primary key, path text not null, hash blob not null, content blob not null, "
    "recorded real not null, modified real, unique (path, hash)",
    "ran": "text integer primary key, outside blob not null, arcs blob, report text, written real",
    "pattern": "id integer primary key, text integer not null, bits blob not null, unique (text, bits)",
    "test": "id integer primary key, node text not null unique, path text not null, fingerprint text not null, "
    "outcome text not null, seconds real not null, recorded real not null, complete integer not null",
    "reach": "test integer not null, pattern integer not null, primary key (test, pattern)",
    "test_file": "path text primary key, fingerprint text not null",
    "whole": "recorded real not null",
}
_INDEXES = (
    "create index reach_pattern on reach (pattern)",
    "create index test_path on test (path)",
)


def prepare(database: sqlite3.Connection, patience: float) -> None:
    """Make the tables where there are none, or none of this version; what another version wrote goes.

    So many seconds of ``patience`` there are with others who begin at the same time.
    """
    if database.execute("pragma user_version").fetchone()[0] == VERSION:
        return
    write_ahead(database, patience)
    database.execute("begin immediate")
    if database.execute("pragma user_version").fetchone()[0] != VERSION:  # another process may have been first
        existing = database.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        for (name,) in existing.fetchall():
            quoted = name.replace('"', '""')
            database.execute(f'drop table "{quoted}"')
        for name, columns in TABLES.items():
            tail = " without rowid" if name == "reach" else ""
            database.execute(f"create table {name} ({columns}){tail}")
        for statement in _INDEXES:
            database.execute(statement)
        database.execute(f"pragma user_version = {VERSION}")
    database.execute("commit")


def packed_name(name: str) -> str | bytes:
    """Return a path or node id as it is kept: a file's name may have bytes that are no text, which SQLite refuses."""
    return name if name.isascii() or _is_text(name) else name.encode("utf-8", "surrogatepass")


def unpacked_name(kept: str | bytes) -> str:
    """Return the name again."""
    return kept if isinstance(kept, str) else kept.decode("utf-8", "surrogatepass")


def hash_of(text: str) -> bytes:
    """Return what tells texts apart."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def packed_text(text: str) -> bytes:
    """Return the text, compressed."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpacked_text(content: bytes) -> str:
    """Return the text again."""
    return zlib.decompress(content).decode("utf-8", "surrogatepass")


def packed_bits(bits: int) -> bytes:
    """Return a set of lines as bytes, the lowest lines first."""
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def unpacked_bits(content: bytes) -> int:
    """Return the set again."""
    return int.from_bytes(content, "little")


def packed_arcs(arcs: Iterable[Arc] | None) -> bytes | None:
    """Return arcs as compressed numbers, in this machine's form: the cache does not travel."""
    if arcs is None:
        return None
    return zlib.compress(array("i", [end for arc in sorted(arcs) for end in arc]).tobytes(), 1)


def unpacked_arcs(content: bytes | None) -> frozenset[Arc] | None:
    """Return the arcs again."""
    if content is None:
        return None
    ends = array("i")
    ends.frombytes(zlib.decompress(content))
    return frozenset(zip(ends[::2], ends[1::2], strict=True))


def _is_text(name: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in name)
