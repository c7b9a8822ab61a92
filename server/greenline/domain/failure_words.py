"""What pytest and Python say of a failure, in fewer words: no addresses, and not where a function comes from."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")
_CALLABLE = re.compile(r"<(?:bound method|built-in (?:function|method)|function|class) '?([\w.]+)'?(?: of [^<>]+)?>")
_WHERE = re.compile(r"^\s*\+\s+(where|and) +(.*)$")
_NO_NEWS = re.compile(r"^(?:[\w.]+|<[\w.]+ object>) = [\w.]+$")
_HINT = re.compile(r"^\s*(?:Use -v+ to get more diff|\.\.\.Full output truncated)")
_ASSERTION = re.compile(r"^AssertionError: (?=.)")
_MOST_LINES = 12
_LONGEST_LINE = 300


def values_of(said: str) -> str:
    """Return an exception's text for a person: a few lines, the values in them.

    Of what pytest explains an assertion by, "where 3 = total([1, 2])" stays, and where the function comes from goes.
    """
    text = _ADDRESS.sub("", _ASSERTION.sub("", said.strip()))
    lines: list[str] = []
    for line in text.splitlines():
        where = _WHERE.match(line)
        if where:
            words = _CALLABLE.sub(lambda found: found[1].rpartition(".")[2], where[2])
            if not _NO_NEWS.match(words):
                lines.append(f"{where[1]} {words}")
        elif line.strip() and not _HINT.match(line):
            lines.append(line.rstrip())
    shown = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} ..." for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append("...")
    return "\n".join(shown) or "AssertionError"


def first_line(text: str) -> str:
    """Return the first line that says something, in a sentence's length."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} ..."


def without_class(said: str) -> str:
    """Return what follows the exception's name: "division by zero" of "ZeroDivisionError: division by zero"."""
    name, colon, rest = _ADDRESS.sub("", said).partition(": ")
    return rest.strip() if colon and re.fullmatch(r"[\w.]+", name) else said.strip()
