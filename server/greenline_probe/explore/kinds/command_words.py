"""What is typed behind a Click command's name: values for its parameters, and how they are written."""

from __future__ import annotations

import datetime
import enum
import inspect
import pathlib
import types
import typing
import uuid
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Union

from greenline_probe.explore.kinds.clients import Pairs, as_texts, literals
from greenline_probe.explore.leaves import CONTENTS
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import plain, with_prelude
from greenline_probe.explore.template import OMITTED, Slot
from greenline_probe.explore.values import Values

MOST = 24
_REFUSED = "'abc'"
"""What is no number and no date."""


@dataclass
class Word:
    """One slot of a command line. ``parameter`` is the declared one, None for a word that always stands there."""

    slot: Slot
    parameter: Any = None
    literal: str = ""
    written_as: list[str] = field(default_factory=list)
    """What always stands there, as sources."""

    @property
    def is_argument(self) -> bool:
        """It is told by its place."""
        return self.parameter is not None and self.parameter.param_type_name == "argument"

    def written(self, source: str) -> list[str]:
        """Return the words for what is chosen, as sources."""
        if self.parameter is None:
            return self.written_as or [repr(self.literal)]
        if not source:
            return []
        if self.is_argument:
            return as_texts(source)
        return _option(self.parameter, source)


def words_of(command: Any, values: Values) -> list[Word]:
    """Return the words of one command, arguments before options; what Click adds itself is left out."""
    declared = [p for p in command.params if p.name and (p.expose_value or p.callback is None or not p.is_eager)]
    declared = [p for p in declared if not (p.is_eager and not p.expose_value)]
    declared.sort(key=lambda p: p.param_type_name != "argument")
    return [Word(_slot(p, values), p) for p in declared]


def line_of(words: list[Word], pairs: Pairs) -> str:
    """Return the list of words for what is chosen; behind ``--`` come arguments that only look like options."""
    chosen = {id(slot): source for slot, source in pairs}
    shown = [(word, word.written(chosen.get(id(word.slot), ""))) for word in words]
    last_name = max((i for i, word in enumerate(words) if word.literal), default=-1)
    own = [] if last_name + 1 < len(words) and words[last_name + 1].written_as else shown[last_name + 1 :]
    if any(_looks_like_option(text) for word, found in own if word.is_argument for text in found):
        options = [pair for pair in own if not pair[0].is_argument]
        arguments = [pair for pair in own if pair[0].is_argument]
        shown = [*shown[: last_name + 1], *options, (Word(Slot("", [])), ["'--'"]), *arguments]
    return f"[{', '.join(text for _, found in shown for text in found)}]"


def settings_of(command: Any) -> list[Slot]:
    """Return slots for the environment variables that stand for options."""
    names = [p.envvar if isinstance(p.envvar, str) else p.envvar[0] for p in command.params if p.envvar]
    typical = ["'abc'", "'1'", "'3'"]
    return [Slot(f"${n}", [OMITTED, *(f"monkeypatch.setenv({n!r}, {t})" for t in typical)], "setting") for n in names]


def _looks_like_option(text: str) -> bool:
    return text[:2] == "'-" and len(text) > 3


def _option(parameter: Any, source: str) -> list[str]:
    name = max(parameter.opts, key=len)
    if getattr(parameter, "is_flag", False):
        if source == "False":
            return [repr(max(parameter.secondary_opts, key=len))] if parameter.secondary_opts else []
        return [repr(name)]
    if getattr(parameter, "count", False):
        short = min(parameter.opts, key=len)
        return [repr("-" + short[1:] * int(source))] if len(short) == 2 else [repr(name)] * int(source)
    texts = as_texts(source)
    if parameter.multiple:
        size = parameter.nargs
        return [t for i in range(0, len(texts), size) for t in [repr(name), *texts[i : i + size]]]
    return [repr(name), *texts]


def _slot(parameter: Any, values: Values) -> Slot:
    pool, odd = _pool(parameter, values)
    # What has a default or asks for itself may be left out.
    is_needed = parameter.required and not getattr(parameter, "prompt", None)
    many = parameter.nargs == -1 or getattr(parameter, "multiple", False)
    if many and not is_needed and parameter.param_type_name == "argument":
        pool = [*pool[:1], OMITTED, *pool[1:]]
    elif not is_needed:
        pool = [OMITTED, *pool]
    label = "" if parameter.param_type_name == "argument" else f"{parameter.name}="
    return Slot(parameter.name, unique([*pool, *odd]) or [_REFUSED], "argument", label, typed=True, odd=frozenset(odd))


def _pool(parameter: Any, values: Values) -> tuple[list[str], list[str]]:
    """Return values of one parameter, and some that its type refuses."""
    if getattr(parameter, "is_flag", False):
        return (["True", "False"] if parameter.secondary_opts else ["True"]), []
    if getattr(parameter, "count", False):
        return ["1", "2", "3"], []
    if parameter.nargs > 1:
        one = _type_of(parameter)
        kinds = list(getattr(one, "types", None) or [one] * parameter.nargs)
        pools = [_of_type(kind, parameter.name, values)[0] for kind in kinds]
        rows = [f"({', '.join(p[min(i, len(p) - 1)] for p in pools)})" for i in range(6) if all(pools)]
        return rows if not parameter.multiple else [f"[{row[1:-1]}]" for row in rows], []
    own = getattr(parameter, "function", None)
    pool, odd = _of_type(_type_of(parameter), parameter.name, values.of_function(own) if own else values)
    if parameter.nargs == -1 or getattr(parameter, "multiple", False):
        return _several([s for s in pool if s]), []
    return pool, odd


def _several(pool: list[str]) -> list[str]:
    alone = plain(pool)
    pairs = [f"[{b}, {a}]" for a, b in zip(alone, alone[1:])]
    return [*(f"[{s}]" for s in alone[:2]), *pairs[:3], *(f"[{s}]" for s in alone[2:8]), f"[{', '.join(alone[:3])}]"]


def _type_of(parameter: Any) -> Any:
    """Return the Click type of a parameter; newer Typer has annotations instead, which are told in its words."""
    found = getattr(parameter, "type", None)
    if found is not None:
        return found
    hint = parameter.type_descriptor.annotation
    while typing.get_origin(hint) in (list, Union, getattr(types, "UnionType", Union)):
        hint = next(a for a in typing.get_args(hint) if a is not type(None))
    if typing.get_origin(hint) is tuple:
        return SimpleNamespace(name="tuple", types=[_named(a, parameter) for a in typing.get_args(hint)])
    return _named(hint, parameter)


def _named(hint: Any, parameter: Any) -> Any:
    told = parameter.type_descriptor.parameter_info
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return SimpleNamespace(name="choice", choices=[str(member.value) for member in hint])
    if typing.get_origin(hint) is typing.Literal:
        return SimpleNamespace(name="choice", choices=list(typing.get_args(hint)))
    if hint in (int, float) and (parameter.min is not None or parameter.max is not None):
        name = "integer range" if hint is int else "float range"
        return SimpleNamespace(name=name, min=parameter.min, max=parameter.max)
    if hint is pathlib.Path or getattr(hint, "__name__", "").startswith("File"):
        asked = {name: getattr(told, name, True) for name in ("exists", "file_okay", "dir_okay", "mode")}
        return SimpleNamespace(name="path", **asked)
    known = {int: "integer", float: "float", bool: "boolean", datetime.datetime: "datetime", uuid.UUID: "uuid"}
    return SimpleNamespace(name=known.get(hint, "text"))


def _of_type(kind: Any, name: str, values: Values) -> tuple[list[str], list[str]]:
    """Return (values, what is refused) of a Click type."""
    known = getattr(kind, "name", "")
    if known == "choice":
        found = [repr(str(c.name if isinstance(c, enum.Enum) else c)) for c in kind.choices]
        return found, ["'other'"]
    if known in {"integer range", "float range"}:
        return _of_range(kind, _typed(name, int if known.startswith("i") else float, values))
    if known in {"integer", "float"}:
        return _typed(name, int if known == "integer" else float, values), [_REFUSED]
    if known == "boolean":
        return ["True", "False"], []
    if known == "datetime":
        return ["'2024-01-31'", "'1999-12-31'", "'2024-02-29'"], [_REFUSED]
    if known == "uuid":
        return ["'12345678-1234-5678-1234-567812345678'"], [_REFUSED]
    if known in {"path", "file", "filename", "directory"}:
        return _paths(kind, values), []
    return _typed(name, str, values), []


def _typed(name: str, hint: type, values: Values) -> list[str]:
    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
    pool = [s for s in literals(values.of_parameter(parameter, hint)) if not set("{}%") & set(s)]
    if hint is str:  # an empty word is rare on a command line
        typical = values.leaves.typical_text(name)
        pool = [s for s in pool if s != "''" and s[1:2] != "-" and not (typical and s == "'abc'")]
    return unique(pool)[:MOST]


def _of_range(kind: Any, pool: list[str]) -> tuple[list[str], list[str]]:
    edges = [e for e in (kind.min, kind.max) if e is not None]
    inside, outside = (
        [repr(e) for e in edges],
        [repr(e + d) for e, d in zip(edges, (-1, 1) if kind.min is not None else (1,))],
    )
    fit = [s for s in pool if (kind.min is None or float(s) >= kind.min) and (kind.max is None or float(s) <= kind.max)]
    return unique([*fit[:1], *inside, *fit[1:]]), outside


def _paths(kind: Any, values: Values) -> list[str]:
    """Return files that are there (or, to be written, are not), a folder, and what is missing."""
    pool = [_file(content) for content in ["'one\\ntwo\\n'", "''", *_contents(values)]]
    pool = [*pool[:2], "str(tmp_path / 'missing.txt')", *pool[2:]]
    if "w" in str(getattr(kind, "mode", "")) or "a" in str(getattr(kind, "mode", "")):
        return ["str(tmp_path / 'out.txt')"]
    if getattr(kind, "dir_okay", True) is True and getattr(kind, "file_okay", True) is False:
        inside = [
            with_prelude(f"(tmp_path / {n!r}).write_text('one\\ntwo\\n')", "str(tmp_path)") for n in ("a.txt", "b.py")
        ]
        return ["str(tmp_path)", *inside, "str(tmp_path / 'missing')"]
    if getattr(kind, "exists", True) is False:
        return ["str(tmp_path / 'out.txt')", *pool]
    return pool


def _file(content: str) -> str:
    path = "tmp_path / 'data.txt'"
    return with_prelude(f"({path}).write_text({content})", f"str({path})")


def _contents(values: Values) -> list[str]:
    """Return what the code may look for in a file: its own words, each on a line, and usual formats."""
    words = [c for c in values.facts.constants if isinstance(c, str) and c.strip() and "{" not in c and len(c) > 1]
    return [*(repr(f"{w}\n") for w in words[:6]), *CONTENTS]
