"""Pools for parameters without a type: from what the code does with them, then from their names."""

from __future__ import annotations

import datetime
import types
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.explore import typical
from greenline_probe.explore.leaves import ANYTHING
from greenline_probe.explore.lookalikes import is_command, is_object
from greenline_probe.explore.pools import interleave, unique
from greenline_probe.explore.shape import Shape
from greenline_probe.explore.sources import plain
from greenline_probe.explore.stubs import mock_name

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

_TEXT_METHODS = frozenset(
    """
    lower upper strip lstrip rstrip split rsplit splitlines startswith endswith encode title capitalize casefold isdigit
    isalpha isalnum isupper islower isspace replace partition rpartition zfill format find join isdecimal isnumeric
    isidentifier center ljust rjust swapcase expandtabs removeprefix removesuffix
    """.split()  # noqa: SIM905 - a wall of quotes reads worse
)
_PATHS = "path file filename filepath folder directory dir dirname"
_TEXTS = (
    "s text string str name word line value input_string title message prefix suffix sep key label pattern source "
    "content html char token"
)
_NUMBERS = (
    "n i j k x y count size index num number width height length limit start stop end step amount age year total depth "
    "level maximum minimum maxsize ttl timeout seconds minutes hours days port precision digits base offset capacity "
    "threshold weight price rate score min max quantity page "
    "pos endpos position idx ndigits row column col lineno month day hour minute second radius"
)
_SEQUENCES = "items lst list seq sequence values iterable args numbers elements rows iterables"
_MAPPINGS = "d dct dict mapping options config params kwargs settings headers data"
_FUNCTIONS = (
    "func function fn f callback predicate key_func callable timer clock handler hook factory getter setter converter "
    "formatter encoder decoder validator transform mapper reducer comparator cmp getsizeof wrapper visitor pred"
)
_FLAGS = "flag enabled verbose strict force quiet"
_QUESTIONS = ("is_", "has_", "can_", "should_", "allow", "enable", "use_")
_FALSE = ["None", "False"]
_CLASSES = {"texts": str, "numbers": float, "sequences": list, "mappings": dict, "functions": types.FunctionType}


class Guesses:
    """Guesses; where there is nothing to go by, one of each kind."""

    def __init__(self, values: Values) -> None:
        leaves = values.leaves
        self._values = values
        self._makers: dict[str, Callable[[], list[str]]] = {
            "texts": leaves.texts,
            "numbers": leaves.integers,
            "paths": leaves.paths,
            "files": leaves.text_files,
            "sequences": lambda: values.collections(list, (), 1),
            "mappings": lambda: values.mappings(dict, (), 1),
            "nothing": lambda: ["None"],
            "objects": lambda: [f"{values.names.of(types.SimpleNamespace)}(a=1)"],
            "flags": lambda: ["True", "False"],
            "matches": leaves.matches,
            "dates": lambda: values.of_type(datetime.datetime, 1),
            "items or texts": lambda: interleave([values.collections(list, (), 1), leaves.texts()]),
            "async items": lambda: leaves.async_items(["1", "2", "3"]),
            "awaitables": lambda: interleave(
                [leaves.awaitables(["3", "'abc'"]), leaves.async_callables(["value"], ["3"])]
            ),
        }
        by_name = {
            _PATHS: "paths", _TEXTS: "texts", _NUMBERS: "numbers", _SEQUENCES: "sequences", _MAPPINGS: "mappings",
            _FUNCTIONS: "functions", _FLAGS: "flags",
        }  # fmt: skip
        self._by_word = {word: kind for words, kind in by_name.items() for word in words.split()}

    def of(self, name: str) -> list[str]:
        """Return a pool for a parameter of that name."""
        facts = self._values.facts
        shape = facts.shapes.get(name, Shape())
        seen = [s for kind in self._values.hinted.get(name, ()) for s in self._values.of_type(kind, 1)]
        pool = self._pool(name, shape, facts.uses.get(name, set()), facts.instances.get(name, []), 0)
        return interleave([seen, pool]) if seen else pool

    def like(self, name: str, shape: Shape, depth: int) -> list[str]:
        """Return a pool for what is kept under a name inside of another value, the typical first."""
        known = [s for s in map(self._values.express.express, shape.constants) if s and s != "None"]
        absent = ["None"] if None in shape.constants else []
        pool = self._pool(name, shape, set(), [], depth)
        if shape.attributes or shape.items:
            return unique([*pool[:1], *absent, *known, *pool])
        return unique([*known, *pool[:1], *absent, *pool])

    def has_kind(self, shape: Shape) -> bool:
        """Tell whether what is done with it tells its kind."""
        return bool(shape.constants or any((shape.uses | set(shape.attributes)) & signs for signs in _SIGNS.values()))

    def _pool(self, name: str, shape: Shape, uses: set[str], instances: list[str], depth: int) -> list[str]:
        values = self._values
        alike = values.lookalikes.of(shape, depth)
        if alike and (is_object(shape) or depth):
            return unique([*alike, *(["None"] if depth else ANYTHING)])
        pools = [alike] if alike else []
        for source in [*instances, *(k for k in shape.kinds if k not in instances)]:
            try:
                pools.append(values.of_type(eval(source, values.scope), depth + 1))
            except Exception:
                continue
        kinds = self._kinds(name, shape, uses)
        asked = "truth" in shape.uses or name.startswith(_QUESTIONS)
        if depth and asked and kinds == []:
            return ["True", "False", *typical.known_text(name)]
        if depth and (not kinds or "texts" in kinds) and (text := typical.text(name)):
            pools.insert(0, text)
        if not kinds and not pools:
            kinds = (
                ["texts", "numbers", "nothing"]
                if depth
                else ["texts", "numbers", "sequences", "mappings", "nothing", "objects"]
            )
        made = [self._functions(shape) if kind == "functions" else self._makers[kind]() for kind in kinds]
        return interleave([*pools, *made, *([_FALSE] if depth and asked else [])])

    def _functions(self, shape: Shape) -> list[str]:
        """Return functions of as many parameters as they are called with; where only the call counts, a mock."""
        values = self._values
        if shape.arity < 0:
            return [*values.callables((), 1), "lambda *args: len(args)"]
        made = values.callables(([Any] * shape.arity, Any), 1)
        if shape.result is not None and self.has_kind(shape.result):
            head = made[0].partition(":")[0]
            made = [*(f"{head}: {s}" for s in plain(self.like("", shape.result, 2))[:3]), *made]
        made += ["str", "len"] if shape.arity == 1 else []
        return [f"{mock_name(values.names, 'Mock')}()", *made] if is_command(shape) else made

    def _kinds(self, name: str, shape: Shape, uses: set[str]) -> list[str]:
        """Return the kinds that what is done with it speaks for, and its name."""
        done = shape.uses | set(shape.attributes)
        kinds = [kind for kind, signs in _SIGNS.items() if done & signs]
        kinds = ["functions", *(k for k in kinds if k != "functions")] if shape.arity >= 0 else kinds
        if not kinds and not shape.attributes:
            kinds = [kind for kind in ("texts", "numbers") if uses & _SIGNS[kind]]
        named = self._by_name(name)
        if not named:
            return kinds
        others = [k for k in kinds if k != named]  # a name says more than what is done with many a thing
        return [named, *others] if self._may_be(named, shape) else [*others, named]

    def _may_be(self, kind: str, shape: Shape) -> bool:
        """Tell whether such values have all the attributes that are read."""
        return all(hasattr(_CLASSES[kind], name) for name in shape.attributes) if kind in _CLASSES else True

    def _by_name(self, name: str) -> str:
        lowered = name.lower().strip("_")
        return self._by_word.get(lowered) or self._by_word.get(lowered.rpartition("_")[2]) or ""


_SIGNS = {
    "matches": frozenset({"group", "groups", "groupdict", "span"}),
    "texts": _TEXT_METHODS | {"joins text"},
    "numbers": frozenset({"calculates", "int", "float", "orders"}),
    "mappings": frozenset({"items", "keys", "values", "get", "setdefault", "indexes by name"}),
    "sequences": frozenset({"append", "extend", "pop", "insert", "sort", "reverse"}),
    "files": frozenset({"read", "readline", "readlines"}),
    "functions": frozenset({"calls"}),
    "async items": frozenset({"async iterates", "__anext__", "__aiter__", "asend"}),
    "awaitables": frozenset({"awaits"}),
    "dates": frozenset({"isoformat", "strftime", "weekday", "year", "month"}),
    "items or texts": frozenset(
        {"iterates", "len", "iter", "list", "sorted", "enumerate", "zip", "map", "sum", "indexes"}
    ),
    "paths": frozenset({"exists", "read_text", "is_file", "is_dir", "open"}),
}
