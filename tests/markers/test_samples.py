"""What the server says of small projects is what their comments state: nothing is missing, nothing is added."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

from markers.looking import Look, look_at
from markers.marked import marked

if TYPE_CHECKING:
    from pathlib import Path

_ROUNDS = 4
"""Markers are lines, and messages name lines: the first round may move what the second one says."""


async def test_the_server_says_what_the_markers_state(sample: Path, tmp_path: Path, *, updates: bool) -> None:
    stated = _texts(sample)
    look = Look.of(sample)
    texts = stated
    for number in range(_ROUNDS if updates else 1):
        said = await look_at(texts, look, tmp_path / str(number))
        found = {name: marked(text, said[name]) for name, text in texts.items()}
        if found == texts:
            break
        texts = found
    else:
        if updates:
            pytest.fail(f"what the server says of {sample.name} is another each time")
    if updates:
        for name, text in texts.items():
            if text != stated[name]:
                (sample / name).write_text(text, encoding="utf-8")
    elif texts != stated:
        pytest.fail("\n".join(_differences(stated, texts)), pytrace=False)


def _texts(sample: Path) -> dict[str, str]:
    return {str(path.relative_to(sample)): path.read_text(encoding="utf-8") for path in sorted(sample.rglob("*.py"))}


def _differences(stated: dict[str, str], found: dict[str, str]) -> list[str]:
    return [
        line
        for name in stated
        for line in difflib.unified_diff(
            stated[name].split("\n"),
            found[name].split("\n"),
            f"{name} states",
            f"the server says of {name}",
            lineterm="",
            n=2,
        )
    ]
