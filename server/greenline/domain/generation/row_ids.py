"""What the rows of a table are called where pytest's own names for them would say little."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.code.syntax_tree import literal_of
from greenline.domain.generation.case_names import distinct
from greenline.domain.generation.value_words import call_slug, slug, value_slug

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 40
_LONGEST_READ = 24
_FEW = 2
_PLAIN = re.compile(r"[!-~]+")


def row_ids(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    outcomes: Sequence[str],
    specials: Sequence[str] = (),
) -> list[str | None]:
    """Return a name for each row; None for those whose own, which pytest makes of the row's values, is as good.

    ``rows`` hold the inputs; ``outcomes`` what comes of each, as source, none where that is no column; ``specials``
    what sets each apart, in the words of the branch that it takes.
    """
    plain = [len(columns) <= _FEW and all(_reads_well(cell, len(columns)) for cell in row) for row in rows]
    if all(plain):
        return [None] * len(rows)
    labels = _labels(columns, rows, outcomes, specials)
    return [None if reads_well else label for reads_well, label in zip(plain, labels, strict=True)]


def _labels(
    columns: Sequence[str], rows: Sequence[Sequence[str]], outcomes: Sequence[str], specials: Sequence[str]
) -> list[str]:
    words = [[_words(cell, name) for cell, name in zip(row, columns, strict=True)] for row in rows]
    telling = ["-".join(row) for row in _without_what_is_usual(words)]
    singles = [[row[column] for row in words] for column in range(len(columns))]
    for labels in (telling, *singles):
        if all(labels) and len(set(labels)) == len(rows) and max(map(len, labels)) <= _LONGEST:
            return labels
    if len(set(specials)) == len(rows) and all(specials):
        return [special.replace("_", "-") for special in specials]
    last = [slug(_text(o)).replace("_", "-") for o in outcomes] or [""] * len(rows)
    cut = [_label(row, outcome) for row, outcome in zip(_without_what_is_usual(words), last, strict=True)]
    return list(distinct(cut, set(), "-"))


def _without_what_is_usual(words: Sequence[Sequence[str]]) -> list[list[str]]:
    """Leave out of each row what at least half of the rows have in that place, where something else is left."""
    usual = [most if n * 2 >= len(column) and n > 1 else None for column in zip(*words, strict=True)
             for most, n in [Counter(column).most_common(1)[0]]]  # fmt: skip
    found = []
    for row in words:
        rest = [word for word, common in zip(row, usual, strict=True) if word and word != common]
        found.append(rest or [word for word in row if word][:1])
    return found


def _label(words: Sequence[str], outcome: str) -> str:
    whole = "-".join(words)
    if 0 < len(whole) <= _LONGEST:
        return whole
    short = [word for word in words if len(word) <= _LONGEST]
    return (short[-1] if short else "") or (f"gives-{outcome}" if 0 < len(outcome) <= _LONGEST else "") or "long"


def _reads_well(cell: str, columns: int) -> bool:
    """Tell whether pytest makes a readable part of a name of it."""
    value = _value(cell)
    if isinstance(value, str):
        plain = bool(_PLAIN.fullmatch(value.replace(" ", "-"))) and value == value.strip()
        return len(value) <= _LONGEST_READ and plain and "\\" not in value
    return (value is None or isinstance(value, (int, float))) and (columns == 1 or type(value) in {int, float})


def _words(cell: str, column: str) -> str:
    value = _value(cell)
    name = slug(column).replace("_", "-")
    if value is None or isinstance(value, bool):
        return name if value else f"no-{name}"
    if isinstance(value, (int, float)) and value >= 0:
        return str(value)  # with its dot, as pytest itself has it
    if value in ("", b""):
        return f"empty-{name}"
    if isinstance(value, str) and _PLAIN.fullmatch(value.replace(" ", "-")) and value.strip() == value:
        text = re.sub(r"\s+", "-", value)
        return text if not set(text) & set("\"'\\[]") and any(c.isalnum() for c in text) else _slug(cell)
    return _slug(cell)


def _slug(cell: str) -> str:
    return (call_slug(cell) or value_slug(cell)).replace("_", "-")


def _value(cell: str) -> object:
    try:
        return literal_of(cell)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ...


def _text(source: str) -> str:
    value = _value(source)
    return value if isinstance(value, str) else ""
