"""Words that several parts of the page use."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
