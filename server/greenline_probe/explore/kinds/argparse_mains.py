"""Functions that read a command line by argparse: called with the words of one, in the terms of their own parser."""

from __future__ import annotations

import argparse
import ast
import inspect
import pathlib
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from greenline_probe.explore.kinds.clients import FORM, Arguments, Pairs, Way
from greenline_probe.explore.kinds.command_words import Word, line_of, words_of
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import Slot, Template
from greenline_probe.explore.values import Values

MOST_COMMANDS = 8
DEEPEST = 3
_READS = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
_TYPES = {int: "integer", float: "float", pathlib.Path: "path", open: "path"}


class _Seen(BaseException):
    """Ends a call where it begins to read the command line."""


@dataclass
class WayByArgv(Way):
    """A call without arguments that reads ``sys.argv``, which is set before."""

    form: str = FORM
    program: str = ""

    def arrange(self, chosen: tuple[str, ...]) -> list[str]:
        """Return the statements before the call."""
        line = self.join(list(zip(self.slots, chosen)))[0][2]
        words = f"[{self.program!r}, {line[1:-1]}]" if line != "[]" else f"[{self.program!r}]"
        return [*super().arrange(chosen), f'monkeypatch.setattr(sys, "argv", {words})']

    def arguments(self, chosen: tuple[str, ...]) -> Arguments:  # noqa: ARG002 - as it is called
        """Return nothing: all is said before."""
        return []


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the function is called with command lines that its parser knows, one way for each subcommand."""
    if "." in subject.qualname or not _reads_command_line(subject.node):
        return None
    needed = [p for p in subject.signature.parameters.values() if p.default is p.empty]
    taken = list(subject.signature.parameters.values())
    if len(needed) > 1 or len(taken) > 1:
        return None
    callee = values.names.of(subject.function)
    if callee is None:
        return None
    parser = _parser_of(f"{callee}([])" if taken else f"{callee}()", values)
    if parser is None:
        return None
    lines = _lines(parser, values, DEEPEST)[:MOST_COMMANDS]
    return [_way(subject, callee, [p.name for p in taken], words, values) for words in lines]


def is_told_by_project(error: SystemExit) -> bool:
    """Tell whether the project called ``parser.error`` or ``parser.exit``: what argparse says changes with Python."""
    trace, before = error.__traceback__, ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module == "argparse" and trace.tb_frame.f_code.co_name in {"error", "exit"}:
            return before != "argparse"
        trace, before = trace.tb_next, module
    return False


def _way(subject: Subject, callee: str, parameters: list[str], words: list[Word], values: Values) -> Way:
    slots: list[Slot] = [w.slot for w in words if w.parameter is not None]
    name = parameters[0] if parameters else "argv"

    def join(pairs: Pairs) -> Arguments:
        return [(name, "", line_of(words, pairs))]

    if parameters:
        return Way(subject, callee, slots, join=join)
    values.names.bind("sys", "sys", "", sys)
    program = subject.module.__name__.rpartition(".")[2]
    return WayByArgv(subject, callee, slots, join=join, program=program)


def _reads_command_line(node: ast.AST) -> bool:
    calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
    return any(isinstance(f, ast.Attribute) and f.attr in _READS for f in calls)


def _parser_of(call: str, values: Values) -> argparse.ArgumentParser | None:
    """Return the parser that the function asks, by letting it run until then."""
    seen: list[argparse.ArgumentParser] = []
    known = argparse.ArgumentParser.parse_known_args

    def stop(parser: argparse.ArgumentParser, *_: Any, **__: Any) -> Any:
        seen.append(parser)
        raise _Seen

    argparse.ArgumentParser.parse_known_args = stop  # type: ignore[method-assign,assignment]
    try:
        values.attempt(call)
    finally:
        argparse.ArgumentParser.parse_known_args = known  # type: ignore[method-assign]
    return seen[0] if seen else None


def _lines(parser: argparse.ArgumentParser, values: Values, deep: int) -> list[list[Word]]:
    """Return the words of each way through the parser's subcommands."""
    actions = [a for a in parser._actions if a.default is not argparse.SUPPRESS or a.required]  # noqa: SLF001 - no other way
    below = [a for a in actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 - as above
    own = SimpleNamespace(params=[_parameter(a) for a in actions if a not in below])
    if not below or not deep:
        return [words_of(own, values)]
    found = [] if below[0].required else [words_of(own, values)]
    chosen: dict[int, str] = {}
    for name, inner in below[0].choices.items():
        if chosen.setdefault(id(inner), name) == name:  # no alias
            literal = Word(Slot(name, []), literal=name)
            found += [[*words_of(own, values), literal, *rest] for rest in _lines(inner, values, deep - 1)]
    return found


def _parameter(action: argparse.Action) -> Any:
    """Return an action in the words of a Click parameter."""
    kind = type(action).__name__
    nargs = {None: 1, "?": 1, "*": -1, "+": -1, 0: 1}.get(action.nargs, action.nargs)
    positive = [o for o in action.option_strings if not o.startswith("--no-")]
    return SimpleNamespace(
        name=action.dest,
        param_type_name="option" if action.option_strings else "argument",
        opts=positive or list(action.option_strings),
        secondary_opts=[o for o in action.option_strings if o not in positive] if positive else [],
        required=action.required if action.option_strings else action.nargs not in ("?", "*"),
        is_flag=kind in {"_StoreTrueAction", "_StoreFalseAction", "_StoreConstAction", "BooleanOptionalAction"},
        count=kind == "_CountAction",
        multiple=kind in {"_AppendAction", "_ExtendAction"},
        nargs=nargs if isinstance(nargs, int) else -1,
        type=_type(action),
        function=action.type if inspect.isfunction(action.type) else None,
        prompt=None,
        envvar=None,
        expose_value=True,
        is_eager=False,
        callback=None,
    )


def _type(action: argparse.Action) -> Any:
    if action.choices is not None:
        return SimpleNamespace(name="choice", choices=list(action.choices)[:20])
    if isinstance(action.type, argparse.FileType):
        return SimpleNamespace(name="file", mode=action.type._mode)  # noqa: SLF001 - no other way
    known = _TYPES.get(action.type, "text")
    return SimpleNamespace(name=known, exists=True)
