"""Small changes of the code under test, as texts: a test that notices one says something that no other did."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from greenline.domain.code.parse import parse
from greenline.domain.generation.text_spans import Spans


@dataclass(frozen=True, slots=True)
class SmallChange:
    """One change. Lines count from 1, columns are bytes of UTF-8, both as ``ast`` has them."""

    words: str
    """"line 12: bound one higher"."""
    line: int
    column: int
    end_line: int
    end_column: int
    source: str

    def made_in(self, text: str) -> str:
        """Return the text with the change; empty where it is not the text that the change is of, or breaks it."""
        try:
            at = ast.Pass(
                lineno=self.line, col_offset=self.column, end_lineno=self.end_line, end_col_offset=self.end_column
            )
            span = Spans(text).of(at)
        except (IndexError, ValueError):
            return ""
        changed = text[: span.start] + self.source + text[span.end :]
        return changed if parse(changed)[0] is not None and changed != text else ""


def words_of(test: str, noticed: tuple[SmallChange, ...]) -> str:
    """Say what a test was kept for that reaches nothing new."""
    told = "; ".join(dict.fromkeys(each.words for each in noticed))
    count = "a small change" if len(noticed) == 1 else f"{len(noticed)} small changes"
    return f"`{test}` notices {count} of the code that no test noticed ({told})."
