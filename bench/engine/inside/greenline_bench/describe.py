"""Values as text that tells as much as an assertion could notice, and nothing that another run would change."""

from __future__ import annotations

import enum
import io
import os
import re
import types
from typing import Any

PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, range, slice, type(...))
_NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType)
_MOST_ITEMS = 100
_LONGEST = 4000
_CONTEXT = 60
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def described(value: Any, depth: int = 5) -> str:
    """Return the value in words: plain values and containers exactly, objects by what they show."""
    try:
        return scrubbed(_described(value, depth))
    except Exception as error:
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def scrubbed(text: str) -> str:
    """Take out addresses and the temporary folder."""
    text = _ADDRESS.sub("0x", text)
    folder = os.environ.get("TMPDIR", "")
    text = text.replace(folder, "TMPDIR") if folder else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... of {len(text)} ({sum(map(ord, text))})"


def told_apart(usual: str, other: str) -> str:
    """Return two descriptions around the first place where they differ."""
    same = next((i for i, (a, b) in enumerate(zip(usual, other)) if a != b), min(len(usual), len(other)))
    start = max(0, same - _CONTEXT)
    return f"{usual[:_CONTEXT]} [...] {usual[start : same + _CONTEXT]} | mutant: {other[start : same + _CONTEXT]}"


def _described(value: Any, depth: int) -> str:
    kind = type(value)
    if kind in PLAIN or isinstance(value, enum.Enum):
        return repr(value)
    if isinstance(value, _NAMED):
        return f"<{kind.__name__} {getattr(value, '__qualname__', value.__name__)}>"
    if depth == 0:
        return f"<{kind.__name__}>"
    if isinstance(value, dict):
        rows = [f"{_described(k, depth - 1)}: {_described(v, depth - 1)}" for k, v in list(value.items())[:_MOST_ITEMS]]
        return f"{_prefix(kind, dict)}{{{', '.join(rows)}}} of {len(value)}"
    if isinstance(value, (set, frozenset)):
        return f"{kind.__name__}({sorted(_described(v, depth - 1) for v in value)})"
    if isinstance(value, (list, tuple)):
        rows = [_described(v, depth - 1) for v in value[:_MOST_ITEMS]]
        return f"{_prefix(kind, list)}[{', '.join(rows)}] of {len(value)}"
    if isinstance(value, BaseException):
        return f"{kind.__name__}({value}) {_described(list(value.args), depth - 1)}{_public(value, depth)}"
    if isinstance(value, io.StringIO):
        return f"StringIO({value.getvalue()!r})" if not value.closed else "StringIO closed"
    shown = repr(value) if kind.__repr__ is not object.__repr__ else ""
    return f"<{kind.__name__} {shown}{_public(value, depth)}>"


def _prefix(kind: type, plain: type) -> str:
    return "" if kind is plain else kind.__name__


def _public(value: Any, depth: int) -> str:
    state = getattr(value, "__dict__", None)
    if not isinstance(state, dict):
        return ""
    rows = [f"{k}={_described(v, depth - 1)}" for k, v in sorted(state.items()) if not k.startswith("_")]
    return f" {' '.join(rows)}" if rows else ""
