"""Kinds of code that are tested in an idiom of their own: commands, routes, models, code that calls services.

A kind is a module of this package that defines one or more of these functions:

``function_of(thing)``
    The function behind an object that a decorator made of it (a command), else None.
``ways(subject, values)``
    Templates that call the target as its users test it, None for a target that is not of the kind.
``settings(subject, values)``
    Slots of statements before the call: what takes the place of the network, the clock, a subprocess.
``instances(kind, values)``
    Expressions that make an instance of a class, the simplest first; they are tried before they are used.
``parts(value)``
    What a test asserts of a result: expressions with ``{}`` for it, None for a value that is not of the kind. A part
    that has no exact expression is left out.

A kind is asked only where the code under test has imported its library: others cost nothing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Slot, Template
    from greenline_probe.explore.values import Values

_KINDS: tuple[tuple[str, str], ...] = ()
"""(library that the code under test imports, module of this package)."""


def function_of(thing: Any) -> Any:
    """Return the function that a decorator made ``thing`` of, or ``thing``."""
    for kind in _kinds("function_of"):
        found = kind.function_of(thing)
        if found is not None:
            return found
    return thing


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the target is called in a test of its kind; None where it is of none."""
    for kind in _kinds("ways"):
        found: list[Template] | None = kind.ways(subject, values)
        if found is not None:
            return found
    return None


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for what stands before a call of the target."""
    return [slot for kind in _kinds("settings") for slot in kind.settings(subject, values)]


def instances(kind: Any, values: Values) -> list[str]:
    """Return expressions that could make an instance of the class."""
    return [source for each in _kinds("instances") for source in each.instances(kind, values)]


def parts(value: Any) -> list[str] | None:
    """Return what to assert of a result, None where no kind knows it."""
    for kind in _kinds("parts"):
        found: list[str] | None = kind.parts(value)
        if found is not None:
            return found
    return None


def _kinds(what: str) -> Iterator[Any]:
    for library, name in _KINDS:
        if library in sys.modules:
            module = importlib.import_module(f"{__name__}.{name}")
            if hasattr(module, what):
                yield module
