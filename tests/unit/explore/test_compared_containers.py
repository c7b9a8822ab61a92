"""Arguments that are compared with dicts and sets: what is made of them on the way may be no value at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from unit.explore.explored import explored

SOURCE = """
def equals_a_set(kind):
    if kind == {"length"}:
        return 1
    return 2


def equals_a_dict(kind):
    if kind == {"length": [1]}:
        return 1
    return 2


def has_three_keys(options: dict):
    if len(options) == 3:
        return 1
    return 2


def has_three_items(options: set):
    if len(options) == 3:
        return 1
    return 2
"""


@pytest.mark.parametrize("name", ["equals_a_set", "equals_a_dict", "has_three_keys", "has_three_items"])
def test_every_branch_is_reached(tmp_path: Path, name: str) -> None:
    with explored(tmp_path, SOURCE, name) as world:
        search = world.search()
        found = search.run([])

        assert search.goals.all - found.met == set()
