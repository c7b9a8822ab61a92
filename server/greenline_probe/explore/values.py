"""Expressions for a type or, where there is none, for what the code does with a parameter."""

from __future__ import annotations

import collections
import collections.abc as cabc
import datetime
import decimal
import enum
import fractions
import inspect
import io
import os
import pathlib
import random
import re
import types
import typing
import uuid
from typing import Any, Callable

from greenline_probe.explore.express import Expresser, Names
from greenline_probe.explore.facts import Facts
from greenline_probe.explore.regex_samples import samples
from greenline_probe.explore.sources import call as call_of
from greenline_probe.explore.sources import plain, relabelled, with_prelude

MAX_POOL = 60
TEXTS = [
    "'abc'",
    "''",
    "'Hello World'",
    "'a'",
    "' '",
    "'42'",
    "'a,b'",
    "'foo bar baz'",
    "'ABC'",
    "'3.14'",
    "'-7'",
    "'Ünïcode'",
    "'two\\nlines'",
]
INTEGERS = ["3", "0", "1", "2", "-1", "10", "7", "100", "-5", "12345"]
FLOATS = ["2.5", "0.0", "1.0", "-1.5", "100.0", "0.1", "1e10"]

_UNION_KINDS = (typing.Union, getattr(types, "UnionType", typing.Union))


class Values:
    """Makes pools: lists of expressions, most typical and readable first."""

    def __init__(self, names: Names, facts: Facts, attempt: Callable[[str], bool]) -> None:
        self.names = names
        self.express = Expresser(names)
        self.facts = facts
        self.attempt = attempt
        self.owner_parameters: list[str] = []
        self._objects: dict[tuple[Any, int], list[str]] = {}
        self._simple: dict[Any, Callable[[], list[str]]] = {
            int: lambda: [*self._boundaries((int,)), *INTEGERS],
            float: lambda: [*FLOATS[:4], *self._boundaries((int, float)), *FLOATS[4:], "3"],
            complex: lambda: ["1+2j", "0j", "3j"],
            bool: lambda: ["True", "False"],
            str: self._texts,
            bytes: self._byte_strings,
            bytearray: lambda: [f"bytearray({s})" for s in self._byte_strings()[:8]],
            type(None): lambda: ["None"],
            object: lambda: ["'abc'", "3", "None", "[1, 2]", "2.5", "{'a': 1}", "True"],
            type: lambda: ["int", "str", "dict"],
            decimal.Decimal: lambda: self._calls(decimal.Decimal, ["'10.50'", "'0'", "'-1'", "'2.345'", "'100'"]),
            fractions.Fraction: lambda: self._calls(fractions.Fraction, ["1, 2", "0", "-3, 4"]),
            datetime.datetime: lambda: self._calls(
                datetime.datetime, ["2024, 1, 31, 12, 30", "2024, 2, 29", "1999, 12, 31, 23, 59, 59"]
            ),
            datetime.date: lambda: self._calls(
                datetime.date, ["2024, 1, 31", "2024, 2, 29", "1999, 12, 31", "2023, 7, 1"]
            ),
            datetime.time: lambda: self._calls(datetime.time, ["12, 30", "0", "23, 59, 59"]),
            datetime.timedelta: lambda: self._calls(
                datetime.timedelta, ["days=1", "0", "hours=5, minutes=30", "days=-2"]
            ),
            datetime.tzinfo: lambda: [f"{self.names.of(datetime.timezone)}.utc"],
            datetime.timezone: lambda: [f"{self.names.of(datetime.timezone)}.utc"],
            uuid.UUID: lambda: self._calls(uuid.UUID, ["'12345678-1234-5678-1234-567812345678'"]),
            pathlib.Path: self.paths,
            pathlib.PurePath: self.paths,
            os.PathLike: self.paths,
            re.Pattern: lambda: [
                f"{self.names.bind('re', 're', '', re)}.compile({p})" for p in ("'[a-z]+'", "r'\\d+'", "'x'")
            ],
            io.StringIO: self._text_files,
            io.TextIOBase: self._text_files,
            io.TextIOWrapper: self._text_files,
            typing.TextIO: self._text_files,
            io.BytesIO: self._byte_files,
            typing.BinaryIO: self._byte_files,
            slice: lambda: ["slice(0, 2)", "slice(None)", "slice(None, None, -1)"],
            range: lambda: ["range(3)", "range(0)"],
        }

    # ---- types -------------------------------------------------------------------------------------------------

    def of_type(self, kind: Any, depth: int = 0) -> list[str]:
        """Return a pool for the type; empty when nothing is known about it."""
        if depth > 4:
            return []
        try:
            pool = self._of_type(kind, depth)
        except (TypeError, AttributeError, ValueError, RecursionError):
            pool = []
        return list(dict.fromkeys(pool))[:MAX_POOL]

    def _of_type(self, kind: Any, depth: int) -> list[str]:
        if kind is Any or kind is inspect.Parameter.empty:
            return self._simple[object]()
        if kind is None:
            return ["None"]
        if isinstance(kind, typing.TypeVar):
            return self._of_type_variable(kind, depth)
        if hasattr(kind, "__supertype__"):
            return self.of_type(kind.__supertype__, depth)
        if hasattr(kind, "__value__") and type(kind).__name__ == "TypeAliasType":
            return self.of_type(kind.__value__, depth)
        origin = typing.get_origin(kind)
        if origin is not None:
            return self._of_generic(origin, typing.get_args(kind), depth)
        if kind in self._simple:
            return self._simple[kind]()
        if isinstance(kind, type):
            return self._of_plain_class(kind, depth)
        return []

    def _of_type_variable(self, kind: Any, depth: int) -> list[str]:
        if kind.__constraints__:
            return [s for c in kind.__constraints__ for s in self.of_type(c, depth + 1)[:6]]
        if kind.__bound__ is not None:
            return self.of_type(kind.__bound__, depth + 1)
        return ["3", "'abc'", "0", "[1, 2]", "None"]

    def _of_generic(self, origin: Any, args: tuple[Any, ...], depth: int) -> list[str]:
        if origin in _UNION_KINDS:
            return _interleave([self.of_type(a, depth + 1) for a in sorted(args, key=lambda a: a is type(None))])
        if origin is typing.Literal:
            return [s for s in (self.express.express(a) for a in args) if s]
        if str(origin).endswith("Annotated") or origin is getattr(typing, "Final", None) or origin is typing.ClassVar:
            return self.of_type(args[0], depth)
        if origin is type:
            return [s for s in (self.names.of(a) for a in args) if s] + self._concrete_names(args)
        if origin is tuple:
            return self._tuples(args, depth)
        if origin in (cabc.Callable, Callable):
            return self._callables(args, depth)
        if isinstance(origin, type) and issubclass(origin, cabc.Mapping):
            return self._mappings(origin, args, depth)
        if origin in (cabc.Awaitable, cabc.Coroutine):
            return self._awaitables(plain(self.of_type(args[-1], depth + 1)) or ["3"])
        if isinstance(origin, type) and issubclass(origin, cabc.AsyncIterable):
            return self._async_items(plain(self.of_type(args[0], depth + 1)) or ["1", "2", "3"])
        if isinstance(origin, type) and issubclass(origin, cabc.Iterable):
            return self._collections(origin, args, depth)
        return self.of_type(origin, depth)

    def _of_plain_class(self, kind: type, depth: int) -> list[str]:
        if issubclass(kind, enum.Enum):
            name = self.names.of(kind)
            return [f"{name}.{m.name}" for m in kind if m.name] if name else []
        if hasattr(kind, "__required_keys__"):  # a TypedDict
            return self._typed_dicts(kind, depth)
        if kind in (
            list,
            set,
            frozenset,
            collections.deque,
            cabc.Iterable,
            cabc.Iterator,
            cabc.Sequence,
            cabc.Collection,
        ):
            return self._collections(kind, (), depth)
        if kind is tuple:
            return ["(1, 2)", "()", "('a', 'b')", "(3,)"]
        if kind in (dict, cabc.Mapping, collections.OrderedDict, collections.defaultdict, collections.Counter):
            return self._mappings(kind, (), depth)
        if kind is cabc.Callable:
            return self._callables((), depth)
        return self.objects(kind, depth)

    # ---- containers --------------------------------------------------------------------------------------------

    def _collections(self, origin: type, args: tuple[Any, ...], depth: int) -> list[str]:
        items = plain(self.of_type(args[0], depth + 1)) if args else []
        items = items or ["3", "1", "2"]
        shapes = _lists(items)
        if not args:
            shapes += ["['b', 'a', 'b']", "['abc']", "[1.5, None]", "[[1, 2], [3]]", "[('a', 1), ('b', 2)]"]
        if origin in (set, frozenset, cabc.Set, cabc.MutableSet):
            return [
                f"{origin.__name__}()" if s == "[]" and origin in (set, frozenset) else _as_set(s, origin)
                for s in shapes
            ]
        if origin is collections.deque:
            return [f"{self.names.of(collections.deque)}({s})" for s in shapes]
        if origin in (cabc.Iterator, cabc.Generator):
            return [f"iter({s})" for s in shapes]
        if args and origin is not list and args[0] is str and origin in (cabc.Sequence, cabc.Iterable, cabc.Collection):
            return [*shapes, "'abc'"]
        return shapes

    def _tuples(self, args: tuple[Any, ...], depth: int) -> list[str]:
        if len(args) == 2 and args[1] is Ellipsis:
            return [_as_tuple(s) for s in _lists(plain(self.of_type(args[0], depth + 1)) or ["1", "2"])]
        pools = [plain(self.of_type(a, depth + 1)) or ["None"] for a in args]
        rows = [", ".join(pool[min(i, len(pool) - 1)] for pool in pools) for i in range(4)]
        return [f"({row},)" if len(args) == 1 else f"({row})" for row in rows]

    def _mappings(self, origin: type, args: tuple[Any, ...], depth: int) -> list[str]:
        keys = (plain(self.of_type(args[0], depth + 1)) if args else []) or ["'a'", "'b'", "'key'"]
        if args and args[0] is str or not args:
            words = [repr(c) for c in self.facts.constants if isinstance(c, str) and c.isidentifier()]
            keys = [*words[:6], "'a'", "'b'"] if words else ["'a'", "'b'", *keys]
        values = (plain(self.of_type(args[1], depth + 1)) if len(args) > 1 else []) or ["1", "2", "'x'", "None", "[1]"]
        made = ["{" + f"{keys[0]}: {values[0]}" + "}", "{}"]
        if len(keys) > 1:
            made.append("{" + ", ".join(f"{k}: {values[i % len(values)]}" for i, k in enumerate(keys[:2])) + "}")
            made.append("{" + ", ".join(f"{k}: {values[i % len(values)]}" for i, k in enumerate(keys[:6])) + "}")
        made += ["{" + f"{keys[0]}: {v}" + "}" for v in values[1:6]] + [
            "{" + f"{k}: {values[0]}" + "}" for k in keys[1:8]
        ]
        if origin is collections.OrderedDict or origin is collections.Counter:
            return [f"{self.names.of(origin)}({m})" for m in made]
        return made

    def _typed_dicts(self, kind: Any, depth: int) -> list[str]:
        hints = typing.get_type_hints(kind)
        required = getattr(kind, "__required_keys__", set(hints))
        pools = {k: plain(self.of_type(t, depth + 1)) or ["None"] for k, t in hints.items()}
        rows = []
        for keys in (list(hints), [k for k in hints if k in required]):
            for i in range(3):
                rows.append("{" + ", ".join(f"{k!r}: {pools[k][min(i, len(pools[k]) - 1)]}" for k in keys) + "}")
        return rows

    def _callables(self, args: tuple[Any, ...], depth: int) -> list[str]:
        taken = args[0] if args and isinstance(args[0], list) else None
        count = 1 if taken is None else len(taken)
        names = ["value", "other", "third", "fourth"][:count]
        head = f"lambda {', '.join(names)}: " if names else "lambda: "
        result = args[1] if len(args) > 1 else None
        if typing.get_origin(result) in (cabc.Awaitable, cabc.Coroutine):
            inner = plain(self.of_type(typing.get_args(result)[-1], depth + 1)) or ["3"]
            return self._async_callables(names, inner)
        if result is bool:
            return [f"{head}True", f"{head}False", *([f"{head}bool({names[0]})"] if names else [])]
        bodies = [names[0]] if names else []
        if result not in (None, type(None), Any) and not isinstance(result, typing.TypeVar):
            bodies = [*plain(self.of_type(result, depth + 1))[:3], *bodies]
        if count == 2:
            bodies = [f"{names[0]} + {names[1]}", *bodies]
        made = [head + b for b in [*bodies, "None", "3"]]
        return [*made, "str", "len"] if taken is None else made

    # ---- objects -----------------------------------------------------------------------------------------------

    def objects(self, kind: Any, depth: int = 0) -> list[str]:
        """Return expressions that make instances: enum member, constructor, factory; those that were tried and worked."""
        key = (kind, depth)
        if key not in self._objects:
            self._objects[key] = []  # a class whose constructor needs itself ends here
            self._objects[key] = self._make_objects(kind, depth)
        return self._objects[key]

    def _make_objects(self, kind: type, depth: int) -> list[str]:
        name = self.names.of(kind)
        if name is None or depth > 3:
            return []
        made: list[str] = []
        if not inspect.isabstract(kind) and not getattr(kind, "_is_protocol", False):
            made = [s for s in self.constructions(kind, name, depth) if self.attempt(s)][:8]
        for factory in _factories(kind):
            made += [s for s in self._factory_calls(kind, name, factory, depth) if self.attempt(s)][:3]
        if not made:
            subclasses: list[type] = type.__subclasses__(kind)
            made = [s for sub in subclasses[:4] for s in self.objects(sub, depth + 1)[:2]]
        return made

    def constructions(self, kind: Any, name: str, depth: int) -> list[str]:
        """Return constructor calls, typical arguments first, one argument varied at a time."""
        try:
            signature = inspect.signature(kind)
        except (TypeError, ValueError):
            return [f"{name}()"]
        hints = self.hints(kind.__init__) or self.hints(kind)
        return self._variations(name, signature, hints, depth, getattr(kind, "__init__", None))

    def _factory_calls(self, kind: type, name: str, factory: str, depth: int) -> list[str]:
        function = getattr(kind, factory)
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):
            return []
        return self._variations(f"{name}.{factory}", signature, self.hints(function), depth, function)[:8]

    def _variations(
        self, call: str, signature: inspect.Signature, hints: dict[str, Any], depth: int, owner: Any
    ) -> list[str]:
        required: list[tuple[str, list[str]]] = []
        optional: list[tuple[str, list[str]]] = []
        for parameter in signature.parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            pool = self.of_parameter(parameter, hints.get(parameter.name, parameter.annotation), depth + 1)
            if not pool and parameter.default is parameter.empty:
                return []
            label = "" if parameter.kind is parameter.POSITIONAL_ONLY else f"{parameter.name}="
            (required if parameter.default is parameter.empty else optional).append((label, pool))
        shown = [("", pool) if len(required) == 1 and not optional else (label, pool) for label, pool in required]
        base = [relabelled(label, pool[0]) for label, pool in shown]
        rows = [base]
        for i, (label, pool) in enumerate(shown):
            rows += [[*base[:i], relabelled(label, s), *base[i + 1 :]] for s in pool[1:6]]
        rows += [[*base, relabelled(label, s)] for label, pool in optional if label for s in pool[:3]]
        if len(optional) > 1:
            rows.append([*base, *(relabelled(label, pool[0]) for label, pool in optional if pool and label)])
        return [call_of(call, row) for row in rows]

    def hints(self, function: Any) -> dict[str, Any]:
        """Return resolved annotations; those that cannot be resolved are left out."""
        try:
            return typing.get_type_hints(function, include_extras=False)
        except Exception:
            raw = getattr(function, "__annotations__", {})
            found = {}
            for name, kind in raw.items() if isinstance(raw, dict) else ():
                try:
                    found[name] = eval(kind, vars(self.names.module)) if isinstance(kind, str) else kind
                except Exception:
                    continue
            return found

    # ---- parameters --------------------------------------------------------------------------------------------

    def of_parameter(self, parameter: inspect.Parameter, hint: Any, depth: int = 0) -> list[str]:
        """Return the pool of one parameter: its type, else its default, else what the code does with it."""
        typed = [] if hint is parameter.empty or hint is Any or hint is object else self.of_type(hint, depth)
        default = parameter.default
        if not typed and default is not parameter.empty and default is not None:
            typed = self.of_type(type(default), depth)
            known = self.express.express(default)
            typed = [known, *typed] if known else typed
        if not typed or (isinstance(hint, typing.TypeVar) and hint.__bound__ is None and not hint.__constraints__):
            typed = [*self.of_use(parameter.name), *typed]
        elif default is None:
            typed = [*typed, "None"]
        pool = [*self._compared(parameter.name, hint), *typed]
        if depth == 0:
            pool += self.wrong_types(parameter.name, hint)
        if _accepts(hint, str) and (paths := self._path_like(parameter.name)):
            return list(dict.fromkeys([*paths, *pool]))[: MAX_POOL * 2]
        return _typical_first(list(dict.fromkeys(pool)), typed)

    def _compared(self, name: str, hint: Any) -> list[str]:
        kinds = {type(c) for c in self.facts.compared.get(name, ()) if c is not None}
        pool = []
        for constant in self.facts.compared.get(name, ()):
            source = self.express.express(constant)
            if source is None or not _accepts(hint, type(constant)):
                continue
            pool.append(source)
            if type(constant) in (int, float) and not isinstance(constant, bool):
                pool += [repr(constant - 1), repr(constant + 1)]
            if type(constant) is float:
                pool += [repr(constant - 0.5), repr(constant + 0.5)]
        del kinds
        return pool

    def of_use(self, name: str) -> list[str]:
        """Guess from what the code does with the parameter, then from its name."""
        uses = self.facts.uses.get(name, set())
        pools: list[list[str]] = []
        for source in self.facts.instances.get(name, ()):
            try:
                pools.append(self.of_type(eval(source, vars(self.names.module)), 1))
            except Exception:
                continue
        if uses & _TEXT_METHODS:
            pools.append(self._texts())
        if uses & {"items", "keys", "values", "get", "setdefault", "indexes by name"}:
            pools.append(self._mappings(dict, (), 1))
        if uses & {"append", "extend", "pop", "insert", "sort", "reverse"}:
            pools.append(self._collections(list, (), 1))
        if uses & {"read", "readline", "readlines"}:
            pools.append(self._text_files())
        if uses & {"calls"}:
            pools.append(self._callables((), 1))
        if uses & {"async iterates", "__anext__", "__aiter__", "asend"}:
            pools.append(self._async_items(["1", "2", "3"]))
        if uses & {"awaits"}:
            pools.append(_interleave([self._awaitables(["3", "'abc'"]), self._async_callables(["value"], ["3"])]))
        if uses & {"isoformat", "strftime", "weekday", "year", "month"}:
            pools.append(self._simple[datetime.datetime]())
        if uses & {"iterates", "len", "iter", "list", "sorted", "enumerate", "zip", "map", "sum", "indexes"}:
            pools.append(_interleave([self._collections(list, (), 1), self._texts()]))
        if uses & {"exists", "read_text", "is_file", "is_dir", "open"}:
            pools.append(self.paths())
        pools.append(self._by_name(name))
        if uses & {"calculates", "int", "float"}:
            pools.insert(0 if not uses & _TEXT_METHODS else 1, self._simple[int]())
        if len(pools) == 1 and not pools[0]:
            pools.append(
                _interleave(
                    [
                        self._texts(),
                        self._simple[int](),
                        self._collections(list, (), 1),
                        ["None"],
                        self._mappings(dict, (), 1),
                    ]
                )
            )
        return _interleave(pools)

    def _by_name(self, name: str) -> list[str]:
        lowered = name.lower().strip("_")
        for words, make in self._names_of_things():
            if any(lowered == w or lowered.endswith("_" + w) for w in words):
                return make()
        return []

    def _names_of_things(self) -> list[tuple[tuple[str, ...], Callable[[], list[str]]]]:
        return [
            (("path", "file", "filename", "filepath", "folder", "directory", "dir", "dirname"), self.paths),
            (
                (
                    "s",
                    "text",
                    "string",
                    "str",
                    "name",
                    "word",
                    "line",
                    "value",
                    "input_string",
                    "title",
                    "message",
                    "prefix",
                    "suffix",
                    "sep",
                    "key",
                    "label",
                    "pattern",
                    "source",
                    "content",
                    "html",
                    "char",
                    "token",
                ),
                self._texts,
            ),
            (
                (
                    "n",
                    "i",
                    "j",
                    "k",
                    "x",
                    "y",
                    "count",
                    "size",
                    "index",
                    "num",
                    "number",
                    "width",
                    "height",
                    "length",
                    "limit",
                    "start",
                    "stop",
                    "end",
                    "step",
                    "amount",
                    "age",
                    "year",
                    "total",
                    "depth",
                    "level",
                    "maximum",
                    "minimum",
                ),
                self._simple[int],
            ),
            (
                (
                    "items",
                    "lst",
                    "list",
                    "seq",
                    "sequence",
                    "values",
                    "iterable",
                    "args",
                    "numbers",
                    "elements",
                    "rows",
                    "iterables",
                ),
                lambda: self._collections(list, (), 1),
            ),
            (
                ("d", "dct", "dict", "mapping", "options", "config", "params", "kwargs", "settings", "headers", "data"),
                lambda: self._mappings(dict, (), 1),
            ),
            (
                ("func", "function", "fn", "f", "callback", "predicate", "key_func", "callable"),
                lambda: self._callables((), 1),
            ),
            (("flag", "enabled", "verbose", "strict", "force", "quiet"), self._simple[bool]),
        ]

    # ---- leaves ------------------------------------------------------------------------------------------------

    def _texts(self) -> list[str]:
        constants = [c for c in self.facts.constants if isinstance(c, str)]
        found = _interleave([samples(p, 4) for p in self.facts.patterns[:12]])
        found += [s for c in constants if _is_pattern(c) for s in samples(c, 4)]
        words = [c for c in constants if c and not _is_pattern(c)]
        around = [f"{w}abc" for w in words[:4]] + [f"abc{w}def" for w in words[:4]]
        return list(
            dict.fromkeys([TEXTS[0], *map(repr, found[:24]), *map(repr, words[:16]), *TEXTS[1:], *map(repr, around)])
        )

    def _byte_strings(self) -> list[str]:
        constants = [repr(c) for c in self.facts.constants if isinstance(c, bytes) and c]
        return ["b'abc'", "b''", *constants[:12], "b'\\x00\\xff'", "b'hello world'"]

    def _boundaries(self, kinds: tuple[type, ...]) -> list[str]:
        pool: list[str] = []
        for constant in self.facts.constants:
            if type(constant) in kinds and abs(constant) <= 10**9 and constant not in (0, 1):
                pool += [repr(constant), repr(constant - 1), repr(constant + 1)]
        return pool[:18]

    def paths(self) -> list[str]:
        """Return paths below ``tmp_path``, which each call gets anew: files with content, none, a folder, nowhere."""
        there = [self._written(content) for content in self._contents()]
        return [*there[:2], "tmp_path / 'data.txt'", "tmp_path", *there[2:], "tmp_path / 'missing' / 'data.txt'"]

    def _written(self, content: str) -> str:
        return with_prelude(f"(tmp_path / 'data.txt').write_text({content})", "tmp_path / 'data.txt'")

    def _contents(self) -> list[str]:
        known = [
            "'a=1\\nb=two words\\n'",
            "'first line\\nsecond line\\n'",
            "''",
            "'{\"a\": [1, 2]}'",
            "'name,age\\nAda,36\\n'",
        ]
        constants = [repr(c + "\n") for c in self.facts.constants if isinstance(c, str) and len(c) > 2][:6]
        return [*known, *constants]

    def _path_like(self, name: str) -> list[str]:
        opens = self.facts.uses.get(name, set()) & {"open", "exists", "read_text"}
        named = name.lower().endswith(("path", "file", "filename", "filepath", "dir", "directory", "folder"))
        if not opens and not named:
            return []
        return [relabelled("", _as_text(p)) for p in self.paths()]

    def keywords(self) -> list[str]:
        """Return names that ``**`` may take: those that the code mentions, else one that nobody knows."""
        words = [c for c in self.facts.constants if isinstance(c, str) and c.isidentifier()]
        owner = [n for n in self.owner_parameters if n != "self"]
        return list(dict.fromkeys([*owner[:6], *words[:6], "extra"]))

    def _async_items(self, items: list[str]) -> list[str]:
        rows = [", ".join(items[:3]), "", items[0], ", ".join(items[1:3][::-1])]
        bodies = [f"for item in [{row}]:\n        yield item" for row in rows]
        return [with_prelude(f"async def items():\n    {body}", "items()") for body in bodies]

    def _awaitables(self, results: list[str]) -> list[str]:
        return [with_prelude(f"async def give():\n    return {r}", "give()") for r in results[:4]]

    def _async_callables(self, names: list[str], results: list[str]) -> list[str]:
        bodies = [*(names[:1]), *results[:3], "None"]
        return [with_prelude(f"async def work({', '.join(names)}):\n    return {b}", "work") for b in bodies]

    def wrong_types(self, name: str, hint: Any) -> list[str]:
        """Return a value or two of another type, where the code looks at types."""
        if not self.facts.checks_types or hint in (Any, object):
            return []
        asked = " ".join(self.facts.instances.get(name, ()))
        if not asked and hint is inspect.Parameter.empty:
            return []
        kinds = asked or str(hint)
        return [
            w for word, w in (("str", "'abc'"), ("int", "3"), ("float", "2.5"), ("None", "None")) if word not in kinds
        ][:3]

    def _text_files(self) -> list[str]:
        module = self.names.bind("io", "io", "", io)
        return [
            f"{module}.StringIO({t})"
            for t in ("'first line\\nsecond line\\n'", "''", "'a=1\\nb=2\\n'", *self._texts()[:12])
        ]

    def _byte_files(self) -> list[str]:
        module = self.names.bind("io", "io", "", io)
        return [f"{module}.BytesIO({t})" for t in self._byte_strings()[:8]]

    def _calls(self, kind: type, arguments: list[str]) -> list[str]:
        name = self.names.of(kind)
        return [f"{name}({a})" for a in arguments] if name else []

    def _concrete_names(self, kinds: tuple[Any, ...]) -> list[str]:
        found = [self.names.of(s) for k in kinds if isinstance(k, type) for s in type.__subclasses__(k)[:4]]
        return [s for s in found if s]


_TEXT_METHODS = {
    "lower",
    "upper",
    "strip",
    "lstrip",
    "rstrip",
    "split",
    "rsplit",
    "splitlines",
    "startswith",
    "endswith",
    "encode",
    "title",
    "capitalize",
    "casefold",
    "isdigit",
    "isalpha",
    "isalnum",
    "isupper",
    "islower",
    "isspace",
    "replace",
    "partition",
    "rpartition",
    "zfill",
    "format",
    "find",
    "join",
    "isdecimal",
    "isnumeric",
    "isidentifier",
    "center",
    "ljust",
    "rjust",
    "swapcase",
    "expandtabs",
    "removeprefix",
    "removesuffix",
}


def _as_text(path: str) -> str:
    prelude, separator, expression = path.rpartition("\x01")
    return f"{prelude}{separator}str({expression})"


def _lists(items: list[str]) -> list[str]:
    first = items[:3]
    made = [f"[{', '.join(first)}]", "[]", f"[{items[0]}]"]
    if len(items) > 1:
        made += [f"[{items[0]}, {items[0]}]", f"[{items[1]}, {items[0]}]", f"[{', '.join(items[:6])}]"]
    made += [f"[{i}]" for i in items[1:10]]
    return made


def _as_set(source: str, origin: type) -> str:
    inner = source[1:-1]
    shown = f"{{{inner}}}" if inner else "set()"
    return f"frozenset({shown if inner else ''})" if origin is frozenset else shown


def _as_tuple(source: str) -> str:
    inner = source[1:-1]
    return f"({inner},)" if inner and ", " not in inner else f"({inner})"


def _interleave(pools: list[list[str]]) -> list[str]:
    """Take from each pool in turn, so that every kind of value comes early."""
    longest = max(map(len, pools), default=0)
    return list(dict.fromkeys(pool[i] for i in range(longest) for pool in pools if i < len(pool)))


def _typical_first(pool: list[str], typed: list[str]) -> list[str]:
    """The first value of the type is the ordinary case; boundaries come right after it."""
    if typed and typed[0] in pool:
        pool.remove(typed[0])
        pool.insert(0, typed[0])
    return pool[: MAX_POOL * 2]


def _accepts(hint: Any, kind: type) -> bool:
    if hint in (inspect.Parameter.empty, Any, object) or isinstance(hint, (typing.TypeVar, str)):
        return True
    parts = typing.get_args(hint) if typing.get_origin(hint) in _UNION_KINDS else (hint,)
    plain = [typing.get_origin(p) or p for p in parts]
    if kind is int and float in plain:
        return True
    return any(p is kind or p is Any or (isinstance(p, type) and issubclass(kind, p)) for p in plain)


def _is_pattern(text: str) -> bool:
    return len(text) > 3 and sum(text.count(c) for c in "\\[]()+*?^$|") >= 2


def _factories(kind: type) -> list[str]:
    found = []
    for name, member in vars(kind).items():
        if name.startswith("_") or not isinstance(member, (classmethod, staticmethod)):
            continue
        returned = getattr(member.__func__, "__annotations__", {}).get("return")
        shown = returned if isinstance(returned, str) else getattr(returned, "__name__", str(returned))
        if any(word in str(shown) for word in (kind.__name__, "Self")) or name.startswith(
            ("from_", "parse", "create", "make", "of", "load")
        ):
            found.append(name)
    return found


def seeded(text: str) -> random.Random:
    """Return the one source of chance: the same target and seed give the same tests."""
    return random.Random(text)
