"""Expressions for a type or, where there is none, for what the code does with a parameter."""

from __future__ import annotations

import builtins
import collections
import collections.abc as cabc
import contextlib
import enum
import inspect
import itertools
import typing
from typing import Any, Callable

from greenline_probe.explore import idioms, typical
from greenline_probe.explore.annotations import hints_of, scope_of
from greenline_probe.explore.express import Expresser, Names
from greenline_probe.explore.facts import Facts, function_facts
from greenline_probe.explore.fitting import UNIONS, accepts, is_open, looks
from greenline_probe.explore.guesses import Guesses
from greenline_probe.explore.leaves import ANYTHING, INTEGERS, Leaves, several
from greenline_probe.explore.lookalikes import Lookalikes, is_object
from greenline_probe.explore.objects import Objects
from greenline_probe.explore.pools import MAX_POOL, interleave, typical_first, unique
from greenline_probe.explore.project_makers import ProjectMakers
from greenline_probe.explore.sources import SEPARATOR, plain
from greenline_probe.explore.stubs import mock_name
from greenline_probe.explore.typical import OTHER, PLAIN_TEXT

DEEPEST = 4


Guarded = Callable[..., tuple[Any, typing.Optional[BaseException]]]


def _unguarded(_mark: str, work: Callable[[], Any], _seconds: float = 0.0) -> tuple[Any, BaseException | None]:
    try:
        return work(), None
    except BaseException as raised:
        return None, raised


class Values:
    """Makes pools from types, and for parameters."""

    def __init__(
        self, names: Names, facts: Facts, attempt: Callable[..., bool], makers: ProjectMakers | None = None
    ) -> None:
        self.names = names
        self.makers = makers
        self.express = Expresser(names)
        self.facts = facts
        self.owner_parameters: list[str] = []
        """Of the constructor of the target's class: names that ``**`` often takes."""
        self.hinted: dict[str, list[Any]] = {}
        """Parameter of the target -> types that it gets elsewhere."""
        self.attempt = attempt
        self.guarded: Guarded = _unguarded
        """Does what loads or runs code of the project besides the calls: ``Observer.guarded``."""
        self.leaves = Leaves(names, facts)
        self.objects = Objects(self, attempt)
        self.scope = scope_of(names.module)
        self.lookalikes = Lookalikes(self)
        self.guesses = Guesses(self)

    # ---- parameters --------------------------------------------------------------------------------------------

    def in_the_light_of(self, facts: Facts) -> Values:
        """Return the same for another function's facts; objects once made are made."""
        other = Values(self.names, facts, self.attempt, self.makers)
        other.objects, other.guarded = self.objects, self.guarded
        return other

    def of_function(self, function: Any) -> Values:
        """Return the same for the facts about another function, wherever its source is."""
        facts = function_facts(function)
        return self if facts is None else self.in_the_light_of(facts)

    def of_parameter(self, parameter: inspect.Parameter, hint: Any, depth: int = 0) -> list[str]:
        """Return the pool of one parameter: its type, else its default, else what the code does with it."""
        special = idioms.parameters(parameter.name, hint, self) if depth == 0 else []
        if special:
            return special
        typed = [] if hint is parameter.empty or hint is Any or hint is object else self.of_type(hint, depth)
        default = parameter.default
        if not typed and default is not parameter.empty and default is not None:
            typed = self.of_type(type(default), depth)
            alike = self._like_function(default, parameter.name) if inspect.isroutine(default) else []
            known = self.express.express(default)
            typed = [*([known] if known else []), *alike, *typed]
            if isinstance(default, (str, bytes, tuple, list, dict, set)) and not default:  # it says little
                typed = interleave([typed, self.guesses.of(parameter.name)])
        if not typed or (isinstance(hint, typing.TypeVar) and hint.__bound__ is None and not hint.__constraints__):
            typed = [*self.guesses.of(parameter.name), *typed]
        else:
            typed = [*self._asked_for(parameter.name, hint), *typed, *(["None"] if default is None else [])]
        named = self._typical(parameter, hint, typed)
        typed = [*named, *(OTHER if s == PLAIN_TEXT and named else s for s in typed)]
        pool = [*self._compared(parameter.name, hint), *typed]
        if depth == 0 and "calls" in self.facts.uses.get(parameter.name, ()):
            pool += self._failing()
        if depth == 0:
            pool += self.leaves.wrong_types(parameter.name, hint)
        if accepts(hint, str) and (paths := self._path_like(parameter.name)):
            return unique([*paths, *pool])[: MAX_POOL * 2]
        return typical_first(unique(pool), typed)

    def _typical(self, parameter: inspect.Parameter, hint: Any, typed: list[str]) -> list[str]:
        """Return what a person would give a parameter of that name, where it may be a text or a number."""
        if typed[:1] == INTEGERS[:1]:
            return typical.number(parameter.name)
        if not typed or not accepts(hint, str) or self._is_no_text(parameter.name, hint):
            return []
        default = self.express.express(parameter.default) if isinstance(parameter.default, str) else None
        if PLAIN_TEXT in (typed[0], *typed[1:2]) and (typed[0] in (PLAIN_TEXT, default)):
            return typical.text(parameter.name, default=default or "")
        return typical.known_text(parameter.name)

    def asks_for_less(self, name: str) -> bool:
        """Tell whether the code compares what is passed with nothing, with one, or with less."""
        known = self.facts.compared.get(name, [])
        return any(isinstance(c, (int, float)) and not isinstance(c, bool) and c <= 1 for c in known)

    def _asked_for(self, name: str, hint: Any) -> list[str]:
        """Return values with the keys and attributes that the code reads, where the annotation leaves them open."""
        shape = self.facts.shapes.get(name)
        if shape is None or not is_open(hint):
            return []
        found = [s for s in self.lookalikes.of(shape) if looks(s, hint)]
        return found[:MAX_POOL]

    def _failing(self) -> list[str]:
        """Return functions that raise what the code catches: always, and at first."""
        found = []
        for source in self.facts.caught[:2]:
            kind = vars(self.names.module).get(source, getattr(builtins, source, None))
            name = self.names.of(kind) if isinstance(kind, type) and issubclass(kind, Exception) else None
            if name is not None:
                maker = mock_name(self.names, "Mock")
                found += [f"{maker}(side_effect={name}('abc'))", f"{maker}(side_effect=[{name}('abc'), 'abc'])"]
        return found

    def _like_function(self, default: Any, name: str) -> list[str]:
        """Return functions in the place of one; where it takes nothing, as a clock does, one that counts on."""
        shape = self.facts.shapes.get(name)
        count = shape.arity if shape is not None else -1
        try:
            parameters = inspect.signature(default).parameters.values()
            count = sum(1 for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD)
        except (TypeError, ValueError):  # some builtins have none
            pass
        if count == 0:
            return ["lambda: 3", f"{self.names.of(itertools.count)}(1).__next__"]
        return self.callables(([Any] * count, Any), 1) if count > 0 else []

    def _is_no_text(self, name: str, hint: Any) -> bool:
        """Tell whether what is read of a parameter without a type is no text's."""
        shape = self.facts.shapes.get(name)
        open_ = hint in (inspect.Parameter.empty, Any, object)
        return open_ and shape is not None and (is_object(shape) or self.lookalikes.is_mapping(shape))

    def _compared(self, name: str, hint: Any) -> list[str]:
        pool = []
        shape = self.facts.shapes.get(name)
        beyond = shape.constants if shape is not None else []
        near = [] if self._is_no_text(name, hint) else self.facts.compared.get(name, [])
        for constant in [*near, *beyond]:
            source = self.express.express(constant)
            if source is None or not accepts(hint, type(constant)):
                continue
            pool.append(source)
            if type(constant) in (int, float) and not isinstance(constant, bool):
                pool += [repr(constant - 1), repr(constant + 1)]
            if type(constant) is float:
                pool += [repr(constant - 0.5), repr(constant + 0.5)]
        return pool

    def _path_like(self, name: str) -> list[str]:
        opens = self.facts.uses.get(name, set()) & {"open", "exists", "read_text"}
        named = name.lower().endswith(("path", "file", "filename", "filepath", "dir", "directory", "folder"))
        return [_as_text(p) for p in self.leaves.paths()] if opens or named else []

    def keywords(self) -> list[str]:
        """Return names that ``**`` may take: the class's own parameters, words of the code, one that nobody knows."""
        words = [c for c in self.facts.constants if isinstance(c, str) and c.isidentifier()]
        owner = [n for n in self.owner_parameters if n != "self"]
        return unique([*owner[:6], *words[:6], "extra"])

    def hints(self, function: Any) -> dict[str, Any]:
        """Return resolved annotations; those that cannot be resolved are left out."""
        return hints_of(function, self.names.module)

    def hints_of_class(self, kind: Any) -> dict[str, Any]:
        """Return the annotations of a class's constructor; attrs gives it none where it converts what is passed."""
        own: dict[str, Any] = {}
        if hasattr(kind, "__attrs_attrs__"):
            with contextlib.suppress(Exception):  # a name that is there for type checkers only
                own = typing.get_type_hints(kind)
        return {**own, **self.hints(kind.__init__)}

    # ---- types -------------------------------------------------------------------------------------------------

    def of_type(self, kind: Any, depth: int = 0) -> list[str]:
        """Return a pool for the type; empty when nothing is known about it."""
        if depth > DEEPEST:
            return []
        try:
            pool = self._of_type(kind, depth)
        except (TypeError, AttributeError, NameError, ValueError, RecursionError):
            pool = []
        return unique(pool)[:MAX_POOL]

    def _of_type(self, kind: Any, depth: int) -> list[str]:
        if kind is Any or kind is inspect.Parameter.empty:
            return ANYTHING
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
        leaf = self.leaves.of(kind)
        if leaf is not None:
            return leaf
        if isinstance(kind, type):
            return self._of_plain_class(kind, depth)
        return []

    def _of_type_variable(self, kind: Any, depth: int) -> list[str]:
        if kind.__constraints__:
            return [s for c in kind.__constraints__ for s in self.of_type(c, depth + 1)[:6]]
        if kind.__bound__ is not None:
            return self.of_type(kind.__bound__, depth + 1)
        # Inside a container all items are of the one type, whichever it is.
        return ["3", "1", "2", "0"] if depth else ["3", "'abc'", "0", "[1, 2]", "None"]

    def _of_generic(self, origin: Any, args: tuple[Any, ...], depth: int) -> list[str]:
        if origin in UNIONS:
            return interleave([self.of_type(a, depth + 1) for a in sorted(args, key=lambda a: a is type(None))])
        if origin is typing.Literal:
            return [s for s in (self.express.express(a) for a in args) if s]
        if str(origin).endswith("Annotated") or origin is getattr(typing, "Final", None) or origin is typing.ClassVar:
            return self.of_type(args[0], depth)
        if origin is type:
            return [s for s in (self.names.of(a) for a in args) if s] + self._concrete_names(args)
        if origin is typing.IO and args[0] is bytes:
            return self.leaves.byte_files()
        if origin is tuple:
            return self._tuples(args, depth)
        if origin in (cabc.Callable, Callable):
            return self.callables(args, depth)
        if isinstance(origin, type) and issubclass(origin, cabc.Mapping):
            return self.mappings(origin, args, depth)
        if origin in (cabc.Awaitable, cabc.Coroutine):
            return self.leaves.awaitables(plain(self.of_type(args[-1], depth + 1)) or ["3"])
        if isinstance(origin, type) and issubclass(origin, cabc.AsyncIterable):
            return self.leaves.async_items(plain(self.of_type(args[0], depth + 1)) or ["1", "2", "3"])
        if isinstance(origin, type) and issubclass(origin, cabc.Iterable):
            return self.collections(origin, args, depth)
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
            return self.collections(kind, (), depth)
        if kind is tuple:
            return ["(1, 2)", "()", "('a', 'b')", "(3,)"]
        if kind in (dict, cabc.Mapping, collections.OrderedDict, collections.defaultdict, collections.Counter):
            return self.mappings(kind, (), depth)
        if getattr(kind, "__name__", "") == "Callable":
            return self.callables((), depth)
        return self.objects.of(kind, depth)

    # ---- containers --------------------------------------------------------------------------------------------

    def collections(self, origin: type, args: tuple[Any, ...], depth: int) -> list[str]:
        """Return lists, sets, iterators ... of items of the argument's type."""
        items = plain(self.of_type(args[0], depth + 1)) if args else []
        if not items and args and isinstance(args[0], type):
            return []  # of items that cannot be made
        items = items or ["3", "1", "2"]
        shapes = _lists(items)
        if not args:
            shapes += [
                "['b', 'a', 'b']",
                "iter([1, 2, 3, 4])",
                "['abc']",
                "[1.5, None]",
                "[[1, 2], [3]]",
                "[('a', 1), ('b', 2)]",
            ]
        if origin in (set, frozenset, cabc.Set, cabc.MutableSet):
            return [
                f"{origin.__name__}()" if s == "[]" and origin in (set, frozenset) else _as_set(s, origin)
                for s in shapes
            ]
        if origin is collections.deque:
            return [f"{self.names.of(collections.deque)}({s})" for s in shapes]
        if origin in (cabc.Iterator, cabc.Generator):
            return [f"iter({s})" for s in shapes]
        if origin is cabc.Iterable:
            shapes = [*shapes, f"iter({shapes[0]})", "iter([])"]
        if args and origin is not list and args[0] is str and origin in (cabc.Sequence, cabc.Iterable, cabc.Collection):
            return [*shapes, "'abc'"]
        return shapes

    def _tuples(self, args: tuple[Any, ...], depth: int) -> list[str]:
        if len(args) == 2 and args[1] is Ellipsis:
            return [_as_tuple(s) for s in _lists(plain(self.of_type(args[0], depth + 1)) or ["1", "2"])]
        pools = [plain(self.of_type(a, depth + 1)) or ["None"] for a in args]
        pools = [several(pool)[i:] if pool[:1] == [PLAIN_TEXT] else pool for i, pool in enumerate(pools)]
        rows = [", ".join(pool[min(i, len(pool) - 1)] for pool in pools) for i in range(4)]
        return [f"({row},)" if len(args) == 1 else f"({row})" for row in rows]

    def mappings(self, origin: type, args: tuple[Any, ...], depth: int) -> list[str]:
        """Return dictionaries; keys that are texts come from the code's own words."""
        keys = (plain(self.of_type(args[0], depth + 1)) if args else []) or ["'a'", "'b'", "'key'"]
        if (args and args[0] is str) or not args:
            words = [repr(c) for c in self.facts.constants if isinstance(c, str) and c.isidentifier()]
            keys = [*words[:6], "'a'", "'b'"] if words else ["'a'", "'b'", *keys]
        values = (plain(self.of_type(args[1], depth + 1)) if len(args) > 1 else []) or ["1", "2", "'x'", "None", "[1]"]
        keys, values = unique(keys), several(values)
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
        pools = {k: [*(typical.text(k) if pool[:1] == [PLAIN_TEXT] else []), *pool] for k, pool in pools.items()}
        rows = []
        for keys in (list(hints), [k for k in hints if k in required]):
            for i in range(3):
                rows.append("{" + ", ".join(f"{k!r}: {pools[k][min(i, len(pools[k]) - 1)]}" for k in keys) + "}")
        return rows

    def callables(self, args: tuple[Any, ...], depth: int) -> list[str]:
        """Return functions of the wanted number of parameters."""
        taken = args[0] if args and isinstance(args[0], list) else None
        count = 1 if taken is None else len(taken)
        names = ["value", "other", "third", "fourth"][:count]
        head = f"lambda {', '.join(names)}: " if names else "lambda: "
        result = args[1] if len(args) > 1 else None
        if typing.get_origin(result) in (cabc.Awaitable, cabc.Coroutine):
            inner = plain(self.of_type(typing.get_args(result)[-1], depth + 1)) or ["3"]
            return self.leaves.async_callables(names, inner)
        if result is bool:
            return [f"{head}True", f"{head}False", *([f"{head}bool({names[0]})"] if names else [])]
        bodies = [names[0]] if names else []
        if result not in (None, type(None), Any) and not isinstance(result, typing.TypeVar):
            bodies = [*plain(self.of_type(result, depth + 1))[:3], *bodies]
        if count == 2:
            bodies = [f"{names[0]} + {names[1]}", *bodies]
        made = [head + b for b in [*bodies, "None", "3"]]
        return [*made, "str", "len", "lambda: 3"] if taken is None else made

    def _concrete_names(self, kinds: tuple[Any, ...]) -> list[str]:
        subclasses: list[type] = []
        for kind in kinds:
            if isinstance(kind, type):
                subclasses += type.__subclasses__(kind)[:4]
        return [name for name in map(self.names.of, subclasses) if name]


def _as_text(path: str) -> str:
    prelude, separator, expression = path.rpartition(SEPARATOR)
    return f"{prelude}{separator}str({expression})"


def _lists(items: list[str]) -> list[str]:
    usual = several(items)
    if usual is not items:
        return unique([*_lists_of(usual)[:5], *_lists_of(items)])
    return _lists_of(items)


def _lists_of(items: list[str]) -> list[str]:
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
