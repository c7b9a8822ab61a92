"""What is needed to go on with a request of a batch, until nobody goes on with it: what was known, and the answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.known import Known, known_of
from greenline.domain.asking.model import Answer, Usage
from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Mapping

MATERIAL = (
    "create table if not exists known_1 (key text primary key, known text not null)",
    "create table if not exists answer_1 (key text primary key, answer text not null)",
)
_GOES_ON = (
    "select key, earlier from asked_2 join batch_2 on batch_2.id = asked_2.batch "
    "where done = 0 and status in ('reserving', 'handing_in', 'waiting')"
)


def put_known(base: sqlite3.Connection, known: Mapping[str, Known]) -> None:
    """Keep what is known of the targets of requests, by their keys."""
    rows = [(key, json.dumps(each.to_plain())) for key, each in known.items()]
    base.executemany("insert or replace into known_1 values (?, ?)", rows)


def known_for(base: sqlite3.Connection, keys: Collection[str]) -> dict[str, Known]:
    """Return what is known, for as many of the keys as there is something."""
    return {key: known_of(json.loads(text)) for key, text in _rows(base, "known_1", keys)}


def put_answers(base: sqlite3.Connection, answers: Mapping[str, Answer | ModelProblem]) -> None:
    """Keep what came of requests, by their keys."""
    rows = [(key, json.dumps(_plain(answer))) for key, answer in answers.items()]
    base.executemany("insert or replace into answer_1 values (?, ?)", rows)


def answers_to(base: sqlite3.Connection, keys: Collection[str]) -> dict[str, Answer | ModelProblem]:
    """Return what came of requests, for as many of the keys as is kept."""
    return {key: _answer(json.loads(text)) for key, text in _rows(base, "answer_1", keys)}


def forget_material(base: sqlite3.Connection) -> None:
    """Delete what nobody goes on with."""
    needed: set[str] = set()
    for key, earlier in base.execute(_GOES_ON):
        needed.update((key, *json.loads(earlier)))
    for table in ("known_1", "answer_1"):
        there = base.execute(f"select key from {table}").fetchall()  # noqa: S608 - ours
        base.executemany(f"delete from {table} where key = ?", [row for row in there if row[0] not in needed])  # noqa: S608


def _rows(base: sqlite3.Connection, table: str, keys: Collection[str]) -> list[tuple[str, str]]:
    query = f"select * from {table} where key = ?"  # noqa: S608 - ours
    return [row for key in keys if (row := base.execute(query, (key,)).fetchone())]


def _plain(answer: Answer | ModelProblem) -> dict[str, Any]:
    if isinstance(answer, ModelProblem):
        return {"kind": answer.kind, "message": str(answer)}
    return asdict(answer)


def _answer(plain: dict[str, Any]) -> Answer | ModelProblem:
    if "kind" in plain:
        return ModelProblem(plain["kind"], plain["message"])
    return Answer(**{**plain, "usage": Usage(**plain["usage"])})
