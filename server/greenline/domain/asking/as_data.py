"""Mark text that others wrote as data: what stands between its tags is not spoken to the model."""

from __future__ import annotations

import re


def as_data(tag: str, text: str, **about: str) -> str:
    """Return the text, unchanged, between tags that nothing in it closes; ``about`` are the first one's attributes."""
    name, number = tag, 1
    while f"</{name}" in text:
        number += 1
        name = f"{tag}-{number}"
    attributes = "".join(f' {key}="{_attribute(value)}"' for key, value in about.items() if value)
    end = "" if text.endswith("\n") else "\n"
    return f"<{name}{attributes}>\n{text}{end}</{name}>"


def shortened(text: str, first: int = 10, last: int = 30, longest: int = 240) -> str:
    """Return the first and the last lines of a text, each line cut at ``longest``, with a word about what is left out.

    What pytest prints has what was called at its beginning, and what came of it at its end.
    """
    lines = text.strip("\n").splitlines()
    left_out = len(lines) - first - last
    if left_out > 1:
        lines[first : first + left_out] = [f"[{left_out} lines are left out]"]
    return "\n".join(line if len(line) <= longest else f"{line[:longest]} [cut off]" for line in lines)


def _attribute(value: str) -> str:
    return re.sub(r'[\s"<>]+', " ", value)[:200]
