"""Whether what was said of a line, and of the function around it, still holds for an edited text, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.text_lines import split_lines
from greenline.domain.coverage.remap import unchanged_lines

if TYPE_CHECKING:
    from collections.abc import Collection


def line_now(line: int, function: Collection[int], before: str, after: str) -> int | None:
    """Return where ``line`` of ``before`` stands in ``after``; None when it, or code of the function, is another.

    ``function`` are its lines in ``before``. Blank lines and comments in it may come and go.
    """
    if before == after:
        return line
    old, new = split_lines(before), split_lines(after)
    now_at = {was: now for now, was in unchanged_lines(before, after).items()}
    code = [number for number in function if 0 < number <= len(old) and _is_code(old[number - 1])]
    if line not in now_at or any(number not in now_at for number in code):
        return None
    if code:
        here = range(now_at[min(code)], now_at[max(code)] + 1)
        if sum(_is_code(new[number - 1]) for number in here) != len(code):
            return None
    return now_at[line]


def _is_code(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith("#")
