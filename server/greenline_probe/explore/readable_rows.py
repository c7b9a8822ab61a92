"""Which inputs of many show a law to a reader: ordinary ones, each unlike the others."""

from __future__ import annotations

import re

SHORT = 40
LEAST_DISTINCT = 3
"""So few different results would say little."""
Row = tuple[str, ...]
"""An expression for each parameter of a test."""

_UNFIT = re.compile(r"tmp_path|monkeypatch|lambda|\\x|\\u|--|-0\b|[^\x00-\x7f]{3}")


def is_fit(source: str) -> bool:
    """Tell whether an input can be shown: short of fixtures, escapes and what nobody writes."""
    return not _UNFIT.search(source)


def is_short(source: str) -> bool:
    """Tell whether an input can stand in a decorator of its own."""
    return len(source) <= SHORT and is_fit(source)


def with_others(kept: list[Row], rows: list[Row]) -> list[Row]:
    """Add rows that read well, each unlike the others, up to a few; all in the order of ``rows``."""
    chosen, looks = list(kept), {_look(row) for row in kept}
    for row in rows:
        if len(chosen) > LEAST_DISTINCT:
            break
        if row not in chosen and _look(row) not in looks:
            chosen.append(row)
            looks.add(_look(row))
    more = [r for r in rows if r not in chosen]
    return sorted([*chosen, *more][: max(len(chosen), LEAST_DISTINCT)], key=rows.index)


def reading_cost(row: Row) -> float:
    """Measure how hard the inputs are to read: long, tiny or odd ones are."""
    cost = 3.0 * (len(row) - len(set(row)))
    for source in row:
        if source.lstrip("-").replace(".", "", 1).isdigit():
            cost += abs(len(source) - 2)
            continue
        cost += 0.2 * max(0, len(source) - 16) + 0.5 * max(0, 8 - len(source))
        plain = "'\" _-." if source[:1] in "'\"" else "'\"[](), _-.="
        cost += 0.6 * sum(not (c.isalnum() or c in plain) for c in source)
    return cost


def _look(row: Row) -> str:
    """Return what makes rows alike to a reader: the kinds of characters and the number of items."""
    text = re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"[0-9]", "9", " ".join(row))))
    return re.sub(r"(?:aA|Aa)+", "aA", text)
