"""HTML that is safe by how it is made: what is no ``Html`` is text, and is escaped."""

from __future__ import annotations

import html
import json
from typing import Any

LINK = "a"
_VOID = frozenset({"input", "meta"})


class Html(str):
    """Markup that was made here, and is not escaped again."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | bool | None) -> Html:
    """Return an element with its children in a row.

    Of an attribute's name a trailing ``_`` is dropped, and other ``_`` are hyphens: ``class_``, ``aria_label``. One
    that is None or False is left out, one that is True has no value.
    """
    said = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    return Html(f"<{name}{said}>" if name in _VOID else f"<{name}{said}>{joined(*children)}</{name}>")


def joined(*children: str) -> Html:
    """Return markup and escaped texts in a row."""
    return Html("".join(one if isinstance(one, Html) else html.escape(one, quote=False) for one in children))


def data(value: Any) -> Html:
    """Return a value as JSON inside of an element that a script reads: no text in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return element("script", Html(text.replace("<", "\\u003c")), type="application/json")


def _attribute(name: str, value: str | float) -> str:
    key = name.removesuffix("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{html.escape(str(value))}"'
