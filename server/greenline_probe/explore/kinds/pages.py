"""What of a page is asserted: a short one as it is, of a long one the lines that are not the same for every request."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LONGEST = 300
"""So much text is compared as it is."""
MOST_LINES = 2
MOST_TEMPLATES = 200
_WORD = re.compile(r"[\w.-]+")
_TAG = re.compile(r"<[^>]*>")
_BETWEEN_LINES = re.compile(r"\n|(?<=>)(?=<)")
_OPENS = re.compile(r"{%-?\s*(?:if|for)\b")
_CLOSES = re.compile(r"{%-?\s*end(?:if|for)\b")
_still: set[str] = set()
"""Lines that stand in templates, whatever is asked for."""


def told(text: str, shown: str, sent: Sequence[str] = ()) -> list[str]:
    """Return the parts that say what a text body is; ``shown`` is its expression, ``sent`` what the request said.

    Of a long one these are lines that were computed, those first that have something of the request in them.
    """
    if not text:
        return []
    if len(text) <= LONGEST:
        return [shown]
    lines = list(dict.fromkeys(line for line in _lines(text) if len(line) <= LONGEST and not line.startswith("<!")))
    words = {word for each in sent for word in _WORD.findall(each)}

    def rank(line: str) -> tuple[bool, bool, bool]:
        return line in _still, not words & set(_WORD.findall(line)), not _WORD.search(_TAG.sub("", line))

    lines.sort(key=rank)
    computed = [line for line in lines if line not in _still]
    return [holds(line, shown) for line in (computed[:MOST_LINES] or lines[:1])]


def holds(text: str, shown: str) -> str:
    """Return the part that asks whether a text is in another."""
    return f"{text!r} in ".replace("{", "{{").replace("}", "}}") + shown


def know_texts(module: Any) -> None:
    """Take note of the templates that are texts of a module."""
    for value in list(vars(module).values()):
        if isinstance(value, str) and len(value) > LONGEST:
            _still.update(_fixed(value))


def know_templates(environment: Any) -> None:
    """Take note of the templates that a Jinja environment loads."""
    with contextlib.suppress(Exception):  # a loader that cannot list what it has
        for name in environment.list_templates()[:MOST_TEMPLATES]:
            with contextlib.suppress(Exception):
                _still.update(_fixed(environment.loader.get_source(environment, name)[0]))


def _fixed(template: str) -> Iterator[str]:
    """Yield the lines of a template that are in each page made of it: under no condition, in no loop."""
    depth = 0
    for line in template.split("\n"):
        depth += len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
        if depth <= 0 and "{%" not in line:
            yield from _lines(line)


def _lines(text: str) -> Iterable[str]:
    return [line.strip() for line in _BETWEEN_LINES.split(text) if line.strip()]
