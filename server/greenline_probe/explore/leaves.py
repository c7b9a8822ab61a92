"""The smallest expressions: texts, numbers, dates, files, functions, awaitables."""

from __future__ import annotations

import ast
import datetime
import decimal
import fractions
import inspect
import io
import os
import pathlib
import re
import typing
import uuid
from typing import Any, Callable

from greenline_probe.explore import typical
from greenline_probe.explore.express import Names
from greenline_probe.explore.facts import Facts
from greenline_probe.explore.pools import interleave, unique
from greenline_probe.explore.regex_samples import samples
from greenline_probe.explore.sources import with_prelude
from greenline_probe.explore.typical import PLAIN_TEXT, SEVERAL

# fmt: off
TEXTS = ["'abc'", "''", "'Hello World'", "'a'", "' '", "'42'", "'a,b'", "'foo bar baz'", "'one two three four'", "'ABC'", "'3.14'", "'-7'", "'Ünïcode'", "'two\\nlines'"]  # noqa: E501
FORMATS = [
    "'{\"a\": [1, 2.5, true], \"b\": null}'", "'[1, -2, \"x\"]'", "'key=value'", "'2024-01-31'", "'12:30:05'",
    "'https://example.com/a?b=1#c'", "'user@example.com'", "'<b>x</b>'", "'a: 1\\nb: [2]'", "'name,age\\nAda,36'",
    "'/usr/lib/x.py'", "'1.2.3'", "'$1,234.50'",
]
INTEGERS = ["3", "0", "1", "2", "-1", "10", "7", "100", "-5", "12345"]
FLOATS = ["2.5", "0.0", "1.0", "-1.5", "100.0", "0.1", "1e10"]
ANYTHING = ["'abc'", "3", "None", "[1, 2]", "2.5", "{'a': 1}", "True"]
# fmt: on
CONTENTS = [
    "'a=1\\nb=two words\\n'",
    "'first line\\nsecond line\\n'",
    "''",
    "'{\"a\": [1, 2]}'",
    "'name,age\\nAda,36\\n'",
]
LARGEST = 10**9


class Leaves:
    """Expressions for types that are not made of others, in the light of the facts about the target."""

    def __init__(self, names: Names, facts: Facts) -> None:
        self.names = names
        self.facts = facts
        plain: dict[Any, Callable[[], list[str]]] = {
            int: self.integers,
            float: lambda: [*FLOATS[:4], *self._boundaries((int, float)), *FLOATS[4:], "3"],
            complex: lambda: ["1+2j", "0j", "3j"],
            bool: lambda: ["True", "False"],
            str: self.texts,
            bytes: self.byte_strings,
            bytearray: lambda: [f"bytearray({s})" for s in self.byte_strings()[:8]],
            type(None): lambda: ["None"],
            object: lambda: ANYTHING,
            type: lambda: ["int", "str", "dict"],
            slice: lambda: ["slice(0, 2)", "slice(None)", "slice(None, None, -1)"],
            range: lambda: ["range(3)", "range(0)"],
            re.Match: self.matches,
            re.Pattern: lambda: [f"{self._module(re)}.compile({p})" for p in ("'[a-z]+'", "r'\\d+'", "'x'")],
        }
        calls: dict[Any, list[str]] = {
            decimal.Decimal: ["'10.50'", "'0'", "'-1'", "'2.345'", "'100'"],
            fractions.Fraction: ["1, 2", "0", "-3, 4"],
            datetime.datetime: ["2024, 1, 31, 12, 30", "2024, 2, 29", "1999, 12, 31, 23, 59, 59"],
            datetime.date: ["2024, 1, 31", "2024, 2, 29", "1999, 12, 31", "2023, 7, 1"],
            datetime.time: ["12, 30", "0", "23, 59, 59"],
            datetime.timedelta: ["days=1", "0", "hours=5, minutes=30", "days=-2"],
            uuid.UUID: ["'12345678-1234-5678-1234-567812345678'"],
        }
        self._known: dict[Any, Callable[[], list[str]]] = {
            **plain,
            **{kind: self._caller(kind, arguments) for kind, arguments in calls.items()},
            **dict.fromkeys((datetime.tzinfo, datetime.timezone), self._zones),
            **dict.fromkeys((pathlib.Path, pathlib.PurePath, os.PathLike), self.paths),
            **dict.fromkeys((io.StringIO, io.TextIOBase, io.TextIOWrapper, typing.TextIO, typing.IO), self.text_files),
            **dict.fromkeys((io.BytesIO, io.BufferedIOBase, typing.BinaryIO), self.byte_files),
        }

    def of(self, kind: Any) -> list[str] | None:
        """Return the pool of such a type, None for any other."""
        try:
            make = self._known.get(kind)
        except TypeError:  # not hashable
            return None
        return make() if make else None

    def texts(self) -> list[str]:
        """Return an ordinary text, what patterns match and just miss, the code's own words, then odd texts."""
        constants = [c for c in self.facts.constants if isinstance(c, str)]
        found = interleave([samples(p, 4) for p in self.facts.patterns[:12]])
        found += [s for c in constants if _is_pattern(c) for s in samples(c, 4)]
        words = [c for c in constants if c and not _is_pattern(c)]
        around = [f"{w}abc" for w in words[:4]] + [f"abc{w}def" for w in words[:4]]
        return unique(
            [TEXTS[0], *map(repr, found[:24]), *map(repr, words[:16]), *TEXTS[1:], *map(repr, around), *FORMATS]
        )

    def byte_strings(self) -> list[str]:
        """Return bytes, the code's own among them."""
        constants = [repr(c) for c in self.facts.constants if isinstance(c, bytes) and c]
        return ["b'abc'", "b''", *constants[:12], "b'\\x00\\xff'", "b'hello world'"]

    def typical_text(self, name: str) -> list[str]:
        """Return the text that a person would give a parameter of that name; empty where the name says nothing."""
        return typical.text(name)

    def integers(self) -> list[str]:
        """Return an ordinary number, the code's constants and their neighbours, then usual numbers."""
        return unique([INTEGERS[0], *self._boundaries((int,)), *INTEGERS[1:]])

    def paths(self) -> list[str]:
        """Return paths below ``tmp_path``, which each call gets anew: files with content, none, a folder, nowhere."""
        constants = [repr(c + "\n") for c in self.facts.constants if isinstance(c, str) and len(c) > 2][:6]
        path = "tmp_path / 'data.txt'"
        there = [with_prelude(f"({path}).write_text({content})", path) for content in [*CONTENTS, *constants]]
        encoded = [with_prelude(f"({path}).write_bytes(b'caf\\xe9\\n')", path)] if self._minds_encodings() else []
        return [*there[:2], path, *encoded, "tmp_path", *there[2:], "tmp_path / 'missing' / 'data.txt'"]

    def _minds_encodings(self) -> bool:
        names = {n.id for code in self.facts.code for n in ast.walk(code) if isinstance(n, ast.Name)}
        return bool(names & {"UnicodeDecodeError", "UnicodeError"})

    def matches(self) -> list[str]:
        """Return matches of the code's own patterns, else of usual ones."""
        patterns = [p.pattern if isinstance(p, re.Pattern) else p for p in self.facts.patterns[:6]]
        pairs = [(p, text) for p in patterns if len(p) < 60 for text in samples(p, 2)[:2]]
        usual = [(r"(\w+) (\w+)", "ab cd"), (r"(\d+)", "42"), (r"(?P<key>\w+)=(?P<value>\w*)", "a=1"), ("x", "x")]
        found = [(p, t) for p, t in [*pairs, *usual] if re.match(p, t)]
        return [f"{self._module(re)}.match({p!r}, {t!r})" for p, t in found]

    def text_files(self) -> list[str]:
        """Return open files of text, in memory."""
        contents = [CONTENTS[1], "''", CONTENTS[0], *self.texts()[:12]]
        return [f"{self._module(io)}.StringIO({text})" for text in contents]

    def byte_files(self) -> list[str]:
        """Return open files of bytes, in memory."""
        return [f"{self._module(io)}.BytesIO({text})" for text in self.byte_strings()[:8]]

    def async_items(self, items: list[str]) -> list[str]:
        """Return async generators that yield a few of these items."""
        items = several(items)
        rows = [", ".join(items[:3]), "", items[0], ", ".join(items[1:3][::-1])]
        bodies = [f"for item in [{row}]:\n        yield item" for row in rows]
        return [with_prelude(f"async def items():\n    {body}", "items()") for body in bodies]

    def awaitables(self, results: list[str]) -> list[str]:
        """Return coroutines that give one of these results."""
        return [with_prelude(f"async def give():\n    return {r}", "give()") for r in results[:4]]

    def async_callables(self, names: list[str], results: list[str]) -> list[str]:
        """Return coroutine functions of so many parameters."""
        bodies = [*names[:1], *results[:3], "None"]
        return [with_prelude(f"async def work({', '.join(names)}):\n    return {b}", "work") for b in bodies]

    def wrong_types(self, name: str, hint: Any) -> list[str]:
        """Return a value or two of another type than the parameter's, where the code looks at types."""
        if not self.facts.checks_types:
            return []
        asked = " ".join(self.facts.instances.get(name, ()))
        if not asked and hint in (Any, object, inspect.Parameter.empty):
            return []
        others = {"str": "'abc'", "int": "3", "float": "2.5", "None": "None"}
        return [source for word, source in others.items() if word not in (asked or str(hint))][:3]

    def _boundaries(self, kinds: tuple[type, ...]) -> list[str]:
        pool: list[str] = []
        for constant in self.facts.constants:
            if type(constant) in kinds and abs(constant) <= LARGEST and constant not in (0, 1):
                pool += [repr(constant), repr(constant - 1), repr(constant + 1)]
        return pool[:18]

    def _caller(self, kind: type, arguments: list[str]) -> Callable[[], list[str]]:
        return lambda: [f"{name}({a})" for name in [self.names.of(kind)] if name for a in arguments]

    def _zones(self) -> list[str]:
        return [f"{self.names.of(datetime.timezone)}.utc"]

    def _module(self, module: Any) -> str:
        return self.names.bind(module.__name__, module.__name__, "", module)


def several(items: list[str]) -> list[str]:
    """Return items of which the first few are unlike each other, and ordinary."""
    return unique([*SEVERAL, *items]) if items[:1] == [PLAIN_TEXT] else items


def _is_pattern(text: str) -> bool:
    return len(text) > 3 and sum(text.count(c) for c in "\\[]()+*?^$|") >= 2
