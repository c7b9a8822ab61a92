"""What takes back what a function does: found by names and documentation, proved by running."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator
from typing import Any

from greenline_probe.explore.express import Names
from greenline_probe.explore.subject import Subject

MOST = 4
_OPPOSITES = [
    ("encode", "decode"), ("dumps", "loads"), ("dump", "load"), ("pack", "unpack"), ("parse", "format"),
    ("parse", "unparse"), ("parse", "render"), ("parse", "serialize"), ("parse", "stringify"), ("parse", "dump"),
    ("parse", "dumps"), ("parse", "build"), ("parse", "compose"), ("parse", "join"), ("load", "save"),
    ("escape", "unescape"), ("quote", "unquote"), ("serialize", "deserialize"), ("serialise", "deserialise"),
    ("compress", "decompress"), ("encrypt", "decrypt"), ("to", "from"), ("as", "from"), ("write", "read"),
    ("split", "join"), ("wrap", "unwrap"), ("flatten", "unflatten"), ("freeze", "thaw"), ("merge", "split"),
    ("compose", "decompose"), ("marshal", "unmarshal"), ("structure", "unstructure"), ("explode", "implode"),
    ("string", "parse"), ("str", "parse"),
]  # fmt: skip
_INVERSE = re.compile(r"\b(?:inverse|invert\w*|revers\w+|opposite|undo\w*|undone|counterpart|back)\b", re.IGNORECASE)


def partners(subject: Subject, names: Names) -> list[tuple[str, str]]:
    """Return (callee, qualified name) of what may reverse the target; a class stands for its constructor."""
    found: list[tuple[str, str]] = []
    for qualname, thing in _around(subject):
        if qualname == subject.qualname:
            continue
        if not _may_reverse(subject, qualname, thing):
            continue
        owner, _, last = qualname.rpartition(".")
        base = names.of(subject.owner) if owner else names.of(thing)
        if base is not None:
            found.append((f"{base}.{last}" if owner else base, qualname))
    return found[:MOST]


def is_documented(subject: Subject, qualname: str) -> bool:
    """Tell whether the documentation of what takes back says so: the other way round may lose something."""
    other: Any = subject.module
    for part in qualname.split("."):
        other = getattr(other, part, None)
    return _says_so(other, subject.name)


def _around(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Yield the functions of the target's class that need no instance, then those of its module."""
    module, owner = subject.module, subject.owner
    if owner is not None:
        for name, member in vars(owner).items():
            if isinstance(member, (classmethod, staticmethod)) and not name.startswith("_"):
                yield f"{owner.__qualname__}.{name}", member.__func__
        yield owner.__qualname__, owner
    for name, thing in list(vars(module).items()):
        own = getattr(thing, "__module__", None) == module.__name__
        if isinstance(thing, types.FunctionType) and own and not name.startswith("_"):
            yield name, thing


def _may_reverse(subject: Subject, qualname: str, thing: Any) -> bool:
    last = qualname.rpartition(".")[2]
    if subject.name in ("__str__", "__bytes__"):
        made = re.match(r"parse|from|of$|load|decode|read", last) and not isinstance(thing, type)
        return bool("." in qualname and made) or thing is subject.owner
    if isinstance(thing, type):
        return False
    return are_opposite(subject.name, last) or _says_so(subject.function, last) or _says_so(thing, subject.name)


def _says_so(thing: Any, other: str) -> bool:
    """Tell whether a sentence of the documentation calls one the inverse of the other."""
    doc = inspect.getdoc(thing) or ""
    mention = re.compile(rf"(?<!\w){re.escape(other)}(?!\w)")
    return any(_INVERSE.search(part) and mention.search(part) for part in re.split(r"\.\s|\n\s*\n|>>>", doc))


def are_opposite(one: str, other: str) -> bool:
    """Tell whether two names say that one takes back what the other does: encode and decode, x_to_y and y_to_x."""
    a, b = words_of(one), words_of(other)
    if a == b:
        return False
    for turn in ("to", "2"):
        if turn in a and turn in b:
            at, bt = a.index(turn), b.index(turn)
            if 0 < at < len(a) - 1 and (a[:at], a[at + 1 :]) == (b[bt + 1 :], b[:bt]):
                return True
    if len(a) == len(b):
        differing = [(x, y) for x, y in zip(a, b) if x != y]
        return len(differing) == 1 and _words_are_opposite(*differing[0])
    return False


def words_of(name: str) -> list[str]:
    """Return the words of a name, in lower case: ``toRoman`` is to, roman; ``int2base`` is int, 2, base."""
    spaced = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=2[a-z])|(?<=[a-z]2)(?=[a-z])", "_", name
    )
    return [word for word in spaced.lower().split("_") if word]


def _words_are_opposite(a: str, b: str) -> bool:
    if (a, b) in _OPPOSITES or (b, a) in _OPPOSITES:
        return True
    short, long = sorted((a, b), key=len)
    return any(long == mark + short or long == short[:1] + mark + short[1:] for mark in ("un", "de", "dis"))
