"""Typer commands: called by its ``CliRunner().invoke(app, ...)``; judged by exit code and output."""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import Any

from greenline_probe.explore.describe import Part
from greenline_probe.explore.kinds import click_commands
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.template import Template
from greenline_probe.explore.values import Values

LONGEST_LINE = 50
"""So long a message stands on one line of the box that Typer draws around it."""


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the app is invoked with the command that a function is."""
    found: list[tuple[str, list[tuple[str, Any]]]] = []
    for name, thing in vars(subject.module).items():
        if isinstance(thing, sys.modules["typer"].Typer) and _has_commands(thing):
            root = importlib.import_module("typer.main").get_command(thing)
            found += [(name, [(name, root), *rest]) for rest in _below(root, subject.function, click_commands.DEEPEST)]
    if not found:
        return None
    name, path = max(found, key=lambda each: len(each[1]))
    app = values.names.bind_attribute(subject.module.__name__, name, getattr(subject.module, name))
    return [click_commands.way_through(subject, "typer.testing", app, path, values)]


def failure(value: Any) -> BaseException | None:
    """Return what a command raised and nobody caught, which the runner keeps."""
    if not _is_result(value) or isinstance(value.exception, SystemExit):
        return None
    found: BaseException | None = value.exception
    return found


def parts(value: Any) -> list[Part] | None:
    """Return exit code and output of a result; of an error in a box, the project's own words."""
    if not _is_result(value):
        return None
    error = value.exc_info[1].__context__ if value.exc_info and value.exc_info[1] else None
    message = getattr(error, "message", "")
    if value.exit_code and message and isinstance(message, str):
        is_own = click_commands.is_raised_by_project(error) and len(message) <= LONGEST_LINE and "\n" not in message
        return ["{}.exit_code", *([click_commands.holds(message)] if is_own else [])]
    return click_commands.parts_of(value, failure(value))


def _has_commands(app: Any) -> bool:
    return bool(app.registered_commands or app.registered_groups or app.registered_callback)


def _below(start: Any, wanted: Any, deep: int) -> list[list[tuple[str, Any]]]:
    """Return the ways down to the command that calls the function."""
    found: list[list[tuple[str, Any]]] = []
    if start.callback is not None and inspect.unwrap(start.callback) is wanted:
        found.append([])
    if deep:
        inner = getattr(start, "commands", {})
        found += [[(n, each), *rest] for n, each in inner.items() for rest in _below(each, wanted, deep - 1)]
    return found


def _is_result(value: Any) -> bool:
    testing = sys.modules.get("typer.testing")
    known = getattr(testing, "Result", None)
    return known is not None and isinstance(value, known)
