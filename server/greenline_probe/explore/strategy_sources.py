"""Strategies as a person writes them for the types of annotations, each with what draws values like its own."""

from __future__ import annotations

import collections.abc as cabc
import datetime
import decimal
import enum
import fractions
import inspect
import pathlib
import string
import types
import typing
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from greenline_probe.explore import drawn, idioms
from greenline_probe.explore.accepted import Accepted, Range, accepted
from greenline_probe.explore.annotations import hints_of
from greenline_probe.explore.definitions import find_def, parsed, source_of
from greenline_probe.explore.express import Names

DEEPEST = 3
_UNION_KINDS = (typing.Union, getattr(types, "UnionType", typing.Union))
_NO_DIGITS = "".join(c for c in string.printable + drawn.RARE if not c.isdecimal())
_NO_NUMBERS = "".join(c for c in string.printable + drawn.RARE if not c.isnumeric())
_ALPHABETS = {
    "": "",
    "st.characters(exclude_categories=['Nd'])": _NO_DIGITS,
    "st.characters(exclude_categories=['N'])": _NO_NUMBERS,
    "string.printable": string.printable,
    "string.ascii_letters": string.ascii_letters,
}
"""Source -> letters to draw from; all that there are where the source is empty."""


@dataclass(frozen=True)
class Width:
    """How wide values of a kind are taken: all that there are, or what is usual. The widest that holds is written."""

    alphabet: str = ""
    least: int | None = None
    """Of numbers."""
    length: int = 0
    """At least, of texts and collections that are the whole argument."""
    from_year: int = 1
    seconds: bool = False
    """Moments are whole seconds."""


WIDTHS = (
    Width(),
    Width(length=1),
    Width("st.characters(exclude_categories=['Nd'])", least=0, from_year=1000),
    Width("st.characters(exclude_categories=['N'])", least=0, from_year=1000),
    Width("string.printable", 0, from_year=1000, seconds=True),
    Width("string.printable", 1, 1, 1000, seconds=True),
    Width("string.ascii_letters", 1, 0, 1000, seconds=True),
    Width("string.ascii_letters", 1, 1, 1000, seconds=True),
)


@dataclass(frozen=True)
class Strategy:
    """A strategy as the test has it, and what draws values like its own."""

    source: str
    draw: drawn.Draw


class Sources:
    """From types to strategies."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, kind: Any, width: Width, taken: Accepted = Accepted(), depth: int = 0) -> Strategy | None:  # noqa: B008 - never changed
        """Return the strategy for a type, None where there is no simple one."""
        kind = plain_type(kind)
        if depth > DEEPEST:
            return None
        if kind is None or kind is type(None):
            return Strategy("st.none()", drawn.one_of(["None"]))
        if kind is bool:
            return Strategy("st.booleans()", drawn.one_of(["True", "False"]))
        if kind is int:
            return _integers(taken.value, width)
        if kind is float:
            return _floats(taken.value)
        length = (width.length if depth == 0 else 0, None) if taken.length.is_open else _ends(taken.length)
        if kind is str:
            alphabet = width.alphabet
            return Strategy(
                f"st.text({_arguments(alphabet, *_sizes(length))})", drawn.text(_ALPHABETS[alphabet], *_low(length))
            )
        if kind is bytes:
            return Strategy(f"st.binary({_arguments(*_sizes(length))})", drawn.binary(*_low(length)))
        if typing.get_origin(kind) is not None:
            return self._of_generic(kind, width, length, depth)
        if isinstance(kind, type):
            return self._of_class(kind, width, depth)
        return None

    def of_formats(self, taken: Accepted) -> Iterator[Strategy]:
        """Yield strategies for texts of the formats and patterns that the code mentions."""
        for form in taken.formats:
            name, kind = ("moment", datetime.datetime) if _has_time(form) else ("day", datetime.date)
            made = "datetimes" if kind is datetime.datetime else "dates"
            first = self._names.of(kind)
            source = f"st.{made}({first}(1000, 1, 1)).map(lambda {name}: {name}.strftime({form!r}))"
            yield Strategy(source, drawn.formatted(form, datetime.datetime))
        for pattern in taken.patterns:
            for each in dict.fromkeys((pattern, pattern if pattern.startswith("(?a)") else f"(?a){pattern}")):
                draw = drawn.matches(each)
                if draw is not None:
                    yield Strategy(f"st.from_regex({_raw(each)}, fullmatch=True)", draw)

    def _of_generic(self, kind: Any, width: Width, length: tuple[int, int | None], depth: int) -> Strategy | None:
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Literal:
            return _sampled([repr(a) for a in args if type(a) in (str, int, bool, bytes)])
        if origin in _UNION_KINDS:
            parts = [self.of(a, width, depth=depth + 1) for a in sorted(args, key=lambda a: a is not type(None))]
            if not all(parts):
                return None
            known = [p for p in parts if p]
            return Strategy(" | ".join(p.source for p in known), drawn.either([p.draw for p in known]))
        inner = [self.of(a, width, depth=depth + 1) for a in args if a is not ...]
        if not inner or not all(inner):
            return None
        found = [i for i in inner if i]
        sizes, low = _sizes(length), _low(length)
        one = found[0]
        if origin is tuple and ... not in args:
            return Strategy(
                f"st.tuples({', '.join(i.source for i in found)})", drawn.fixed([i.draw for i in found], "(", ")")
            )
        if origin is tuple:
            listed = f"st.lists({_arguments(one.source, *sizes)})"
            return Strategy(f"{listed}.map(tuple)", drawn.items(one.draw, "(", ")", *low))
        if not isinstance(origin, type):
            return None
        if issubclass(origin, cabc.Mapping):
            made = f"st.dictionaries({_arguments(one.source, found[-1].source, *sizes)})"
            return Strategy(made, drawn.pairs(one.draw, found[-1].draw, low[0])) if len(found) == 2 else None
        if origin is frozenset or issubclass(origin, (set, cabc.Set)):
            name = "frozensets" if origin is frozenset else "sets"
            callee = "frozenset" if origin is frozenset else "set"
            return Strategy(
                f"st.{name}({_arguments(one.source, *sizes)})", drawn.items(one.draw, f"{callee}([", "])", *low)
            )
        if origin is list or origin in (cabc.Sequence, cabc.Iterable, cabc.Collection, cabc.MutableSequence):
            return Strategy(f"st.lists({_arguments(one.source, *sizes)})", drawn.items(one.draw, "[", "]", *low))
        return None

    def _of_class(self, kind: type, width: Width, depth: int) -> Strategy | None:
        name = self._names.of(kind)
        if name is None or inspect.isabstract(kind) or idioms.reaches_outside(kind):
            return None
        if issubclass(kind, enum.Enum):
            members = [f"{name}.{member.name}" for member in kind if member.name]
            return Strategy(f"st.sampled_from({name})", drawn.one_of(members)) if members else None
        if hasattr(kind, "__required_keys__"):
            return self._of_typed_dict(kind, width, depth)
        known = self._of_standard(kind, name, width)
        return known or self._built(kind, name, width, depth)

    def _of_standard(self, kind: type, name: str, width: Width) -> Strategy | None:
        if kind is datetime.datetime:
            first = f"min_value={name}(1000, 1, 1)" if width.from_year > 1 else ""
            whole = ".map(lambda moment: moment.replace(microsecond=0))" if width.seconds else ""
            return Strategy(
                f"st.datetimes({first}){whole}", drawn.moments(name, width.from_year, exact=not width.seconds)
            )
        if kind is datetime.date:
            first = f"min_value={name}(1000, 1, 1)" if width.from_year > 1 else ""
            return Strategy(f"st.dates({first})", drawn.dates(name, width.from_year))
        simple = {
            datetime.time: ("st.times()", drawn.times),
            datetime.timedelta: ("st.timedeltas()", drawn.durations),
            decimal.Decimal: ("st.decimals(allow_nan=False, allow_infinity=False)", drawn.decimals),
            fractions.Fraction: ("st.fractions()", drawn.fractions),
            uuid.UUID: ("st.uuids()", drawn.uuids),
        }
        if kind in simple:
            source, draw = simple[kind]
            return Strategy(source, draw(name))
        if kind in (pathlib.Path, pathlib.PurePath, pathlib.PurePosixPath):
            words = drawn.matches("[a-z]+(/[a-z]+)*")
            made = f'st.from_regex(r"[a-z]+(/[a-z]+)*", fullmatch=True).map({name})'
            return Strategy(made, lambda pick: f"{name}({words(pick)})") if words else None
        return None

    def _of_typed_dict(self, kind: Any, width: Width, depth: int) -> Strategy | None:
        try:
            hints = typing.get_type_hints(kind)
        except NameError:  # a name that is there for type checkers only
            return None
        found = {key: self.of(hint, width, depth=depth + 1) for key, hint in hints.items()}
        if not all(found.values()):
            return None
        known = {key: one for key, one in found.items() if one}
        required = {key: one for key, one in known.items() if key in kind.__required_keys__}
        optional = {key: one for key, one in known.items() if key not in required}

        def shown(some: dict[str, Strategy]) -> str:
            return "{" + ", ".join(f"{key!r}: {one.source}" for key, one in some.items()) + "}"

        more = f", optional={shown(optional)}" if optional else ""
        draw = drawn.keyed({k: s.draw for k, s in required.items()}, {k: s.draw for k, s in optional.items()})
        return Strategy(f"st.fixed_dictionaries({shown(required)}{more})", draw)

    def _built(self, kind: type, name: str, width: Width, depth: int) -> Strategy | None:
        """Return the strategy that calls the class with a value for each of its annotated parameters."""
        try:
            parameters = list(inspect.signature(kind).parameters.values())
        except (TypeError, ValueError):
            return None
        hints = {**hints_of(kind, self._names.module), **hints_of(kind.__init__, self._names.module)}  # type: ignore[misc]
        found: dict[str, Strategy] = {}
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            hint = hints.get(parameter.name)
            made = None
            if hint is not None and parameter.kind is not parameter.POSITIONAL_ONLY:
                made = self.of(hint, width, _taken_by(kind, parameter.name), depth + 1)
            if made is not None:
                found[parameter.name] = made
            elif parameter.default is parameter.empty:
                return None
        if not found:
            return None
        shown = ", ".join([name, *(f"{key}={one.source}" for key, one in found.items())])
        return Strategy(f"st.builds({shown})", drawn.labelled(name, {k: s.draw for k, s in found.items()}))


def _taken_by(kind: type, parameter: str) -> Accepted:
    """Read what the constructor of a class takes for one of its parameters."""
    module = inspect.getmodule(kind)
    text = source_of(module) if module is not None else None
    for method in ("__post_init__", "__init__"):
        node = find_def(parsed(text), f"{kind.__qualname__}.{method}") if text else None
        if node is not None:
            return accepted(node, parameter, vars(module))
    return Accepted()


def _integers(of: Range, width: Width) -> Strategy:
    least = None if of.least is None else int(of.least // 1) + (1 if of.without_least or of.least % 1 else 0)
    most = None if of.most is None else int(of.most // 1) - (1 if of.without_most and not of.most % 1 else 0)
    if least is not None and most is not None and least > most:  # between two integers there is none
        least = most = None
    if least is None and most is None and width.least is not None:
        least = width.least
    shown = _arguments(
        "" if least is None else f"min_value={least}" if most is None else str(least),
        "" if most is None else f"max_value={most}" if least is None else str(most),
    )
    return Strategy(f"st.integers({shown})", drawn.integers(least, most))


def _floats(of: Range) -> Strategy:
    if of.is_open:
        return Strategy("st.floats(allow_nan=False, allow_infinity=False)", drawn.floats())
    without = ["exclude_min=True" if of.without_least else "", "exclude_max=True" if of.without_most else ""]
    both = of.least is not None and of.most is not None
    shown = _arguments(
        "" if of.least is None else f"{of.least}" if both else f"min_value={of.least}",
        "" if of.most is None else f"{of.most}" if both else f"max_value={of.most}",
        *without,
        *([] if both else ["allow_infinity=False"]),
    )
    width = 1.0 if of.least is None or of.most is None else of.most - of.least
    margin = min(1e-6, width / 4)
    least = None if of.least is None else of.least + margin * of.without_least
    most = None if of.most is None else of.most - margin * of.without_most
    return Strategy(f"st.floats({shown})", drawn.floats(least, most))


def _ends(of: Range) -> tuple[int, int | None]:
    least = max(0, 0 if of.least is None else int(of.least) + of.without_least)
    most = None if of.most is None else int(of.most) - of.without_most
    return (0, None) if most is not None and most < least else (least, most)


def _sizes(length: tuple[int, int | None]) -> tuple[str, str]:
    least, most = length
    return f"min_size={least}" if least else "", "" if most is None else f"max_size={most}"


def _low(length: tuple[int, int | None]) -> tuple[int, int | None]:
    """Return the lengths to draw: of what may be long, not the longest."""
    least, most = length
    return least, None if most is None else min(most, least + 20)


def _sampled(sources: list[str]) -> Strategy | None:
    if not sources:
        return None
    source = f"st.just({sources[0]})" if len(sources) == 1 else f"st.sampled_from([{', '.join(sources)}])"
    return Strategy(source, drawn.one_of(sources))


def _arguments(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern and "\n" not in pattern else repr(pattern)


def _has_time(form: str) -> bool:
    return any(mark in form for mark in ("%H", "%I", "%M", "%S", "%T", "%X", "%c", "%f"))


def plain_type(kind: Any) -> Any:
    """Return the type behind a NewType or an Annotated."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind
