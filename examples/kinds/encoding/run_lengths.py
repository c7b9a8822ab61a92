"""Run-length encoding of texts: "aaab" is "3a1b"; digits cannot be encoded."""

from __future__ import annotations

import re

_RUN = re.compile(r"(\d+)(\D)", re.DOTALL)


def encode(text: str) -> str:
    """Return the runs of the text, each with its length."""
    if any(character.isdecimal() for character in text):
        raise ValueError("digits cannot be encoded")
    runs: list[list] = []
    for character in text:
        if runs and runs[-1][1] == character:
            runs[-1][0] += 1
        else:
            runs.append([1, character])
    return "".join(f"{length}{character}" for length, character in runs)


def decode(encoded: str) -> str:
    """Return the text of which these are the runs."""
    position = 0
    parts: list[str] = []
    while position < len(encoded):
        run = _RUN.match(encoded, position)
        if run is None:
            raise ValueError(f"no run at position {position}")
        parts.append(run[2] * int(run[1]))
        position = run.end()
    return "".join(parts)
