"""Click commands: called by ``CliRunner().invoke``, as a person types them; judged by exit code and output."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from typing import Any

from greenline_probe.explore.definitions import find_def
from greenline_probe.explore.describe import Part
from greenline_probe.explore.kinds.clients import Arguments, Pairs, Way
from greenline_probe.explore.kinds.command_words import Word, line_of, settings_of, words_of
from greenline_probe.explore.sources import prelude_of
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import CLIENT, OMITTED, Slot, Template
from greenline_probe.explore.values import Values

LONGEST = 300
"""So much of what is printed is compared as it is; of more, its first and last line."""
DEEPEST = 4
_LIBRARIES = frozenset({"click", "typer"})
_OF_CONTEXT = frozenset({"obj", "parent", "meta", "find_root", "find_object", "ensure_object", "params"})
_GIVES_OBJECT = frozenset({"pass_obj", "make_pass_decorator"})
_ASKS = frozenset({"prompt", "confirm", "pause", "getchar", "input"})


def function_of(thing: Any) -> Any:
    """Return the function that a command calls."""
    if not isinstance(thing, _click().Command) or thing.callback is None:
        return None
    return inspect.unwrap(thing.callback)


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the command is invoked: through the group that it belongs to, where there is one."""
    thing = getattr(subject.module, subject.qualname, None) if "." not in subject.qualname else None
    if not isinstance(thing, _click().Command):
        return None
    path = path_to(thing, vars(subject.module))
    root = values.names.bind_attribute(subject.module.__name__, path[0][0], path[0][1])
    return [way_through(subject, "click.testing", root, path, values)]


def way_through(subject: Subject, library: str, root: str, path: list[tuple[str, Any]], values: Values) -> Way:
    """Return the call of the last command of a path of (name, command), the first being the one that is invoked.

    ``library`` is the module of the runner that invokes it.
    """
    words: list[Word] = []
    invoke, settings = _invoking(library, values)
    for depth, (name, command) in enumerate(path):
        mine = values if command is path[-1][1] else values.of_function(_behind(command))
        words += [Word(Slot(name, []), literal=name)] if depth else []
        if command is path[-1][1] or _sees_others(subject):
            words += words_of(command, mine)
        else:
            words += [w for w in words_of(command, mine) if w.parameter.required]
        settings += settings_of(command)
    given = _subcommand(path[-1][1], values)
    settings += [w.slot for w in given if w.slot.pool]
    words += given
    more = _settings(subject, values, path)
    slots = [*settings, *(w.slot for w in words if w.parameter is not None), *more]

    def join(pairs: Pairs) -> Arguments:
        named = [(s.name, s.label, source) for s, source in pairs if source and any(s is m for m in more)]
        return [("args", "", line_of(words, pairs)), *named]

    return Way(subject, invoke, slots, fixed=(root,), join=join)


def _invoking(library: str, values: Values) -> tuple[str, list[Slot]]:
    """Return what is called, and the slot before it: of a runner for this call, or of the project's own fixture."""
    kind = importlib.import_module(library).CliRunner
    name = values.names.bind("CliRunner", library, "CliRunner", kind)
    for given in values.objects.given(kind):
        if given.isidentifier() and values.attempt(f"{{True: 'the same'}}[type({given}) is {name}]"):
            return "runner.invoke", [Slot(CLIENT, [f"runner = {given}"], "setting")]
    return f"{name}().invoke", []


def path_to(command: Any, held: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return (name, command) from the outermost group that the module knows down to the command itself."""
    found: list[list[tuple[str, Any]]] = []
    for name, thing in held.items():
        if isinstance(thing, _click().Command):
            found += [[(name, thing), *rest] for rest in _below(thing, command, DEEPEST)]
    return max(found, key=len)


def _below(start: Any, wanted: Any, deep: int) -> list[list[tuple[str, Any]]]:
    if start is wanted:
        return [[]]
    inner = getattr(start, "commands", None)
    if not isinstance(inner, dict) or not deep:
        return []
    return [[(name, each), *rest] for name, each in inner.items() for rest in _below(each, wanted, deep - 1)]


def failure(value: Any) -> BaseException | None:
    """Return what a command raised and nobody caught, which the runner keeps."""
    if not _is_result(value) or isinstance(value.exception, SystemExit):
        return None
    found: BaseException | None = value.exception
    return found


def parts(value: Any) -> list[Part] | None:
    """Return exit code and output of a result; of a usage error, the line that says what is wrong."""
    return parts_of(value, failure(value)) if _is_result(value) else None


def parts_of(value: Any, failed: BaseException | None) -> list[Part]:
    """Return what to assert of a runner's result."""
    output: str = value.output
    if failed is not None:
        return ["{}.exit_code", ("{}.exception", type(failed)), "str({}.exception)"]
    lines = [line for line in output.splitlines() if line.strip()]
    if value.exit_code == 2 and "Usage: " in output:
        told = [line for line in lines if line.startswith("Error: ")]
        return ["{}.exit_code", *(holds(_stable_words(line, value)) for line in told[:1])]
    if len(output) > LONGEST:
        return ["{}.exit_code", *map(holds, dict.fromkeys([*lines[:1], *lines[-1:]]))]
    return ["{}.exit_code", "{}.output"]


def holds(text: str) -> str:
    """Return the part that asks whether a text is in the output."""
    return f"{text!r} in ".replace("{", "{{").replace("}", "}}") + "{}.output"


def is_raised_by_project(error: BaseException | None) -> bool:
    """Tell whether a library for command lines did not raise it itself."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] not in _LIBRARIES


def _stable_words(line: str, result: Any) -> str:
    """Return what is wrong in the project's words: what Click says itself, it may say otherwise later."""
    said = line[len("Error: ") :]
    error = result.exc_info[1].__context__ if result.exc_info else None
    return said if is_raised_by_project(error) else said.partition(":")[0]


def _behind(command: Any) -> Any:
    return inspect.unwrap(command.callback) if command.callback is not None else print


def _subcommand(command: Any, values: Values) -> list[Word]:
    """Return words that let a group run: the name of its plainest command, and what that one must have."""
    inner = getattr(command, "commands", None)
    if not isinstance(inner, dict) or not inner or command.invoke_without_command:
        return []
    name, plainest = min(inner.items(), key=lambda item: sum(p.required for p in item[1].params))
    words = [Word(Slot(name, []), literal=name)]
    for word in words_of(plainest, values.of_function(_behind(plainest))):
        if word.parameter.required:
            source = word.slot.pool[0]
            told = word.written(source)
            words += [Word(Slot("", [prelude_of(source)] if prelude_of(source) else [], "setting"), written_as=told)]
    return words


def _sees_others(subject: Subject) -> bool:
    """Tell whether a command is given what its groups made: the object, or by the context."""
    node = find_def(subject.tree, subject.qualname)
    if node is None:
        return False
    asked = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    given = {getattr(d, "attr", getattr(getattr(d, "func", None), "attr", "")) for d in node.decorator_list}
    return bool(asked & _OF_CONTEXT or given & _GIVES_OBJECT)


def _settings(subject: Subject, values: Values, path: list[tuple[str, Any]]) -> list[Slot]:
    """Return slots for what is answered when the command asks, and for the object that it is given."""
    asks = any(getattr(p, "prompt", None) for _, command in path for p in command.params)
    node = find_def(subject.tree, subject.qualname)
    names = {_called(n) for n in ast.walk(node) if isinstance(n, ast.Call)} if node else set()
    found = []
    if asks or names & _ASKS:
        words = [repr(f"{c}\n") for c in values.facts.constants if isinstance(c, str) and c.isidentifier()]
        found.append(
            Slot("answer", [OMITTED, "'y\\n'", "'n\\n'", "'Ada\\n'", "'3\\n'", "'\\n'", *words[:8]], label="input=")
        )
    return found


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_result(value: Any) -> bool:
    testing = sys.modules.get("click.testing")
    return testing is not None and isinstance(value, testing.Result)


def _click() -> Any:
    return sys.modules["click"]
