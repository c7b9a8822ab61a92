"""Kinds of code that are tested in an idiom of their own: commands, routes, models, code that calls services.

A kind is a module of ``kinds`` that defines one or more of these functions:

``function_of(thing)``
    The function behind an object that a decorator made of it (a command), else None.
``ways(subject, values)``
    Templates that call the target as its users test it, None for a target that is not of the kind.
``settings(subject, values)``
    Slots of statements before the call: what takes the place of the network, the clock, a subprocess.
``instances(kind, values)``
    Expressions that make an instance of a class, the simplest first; they are tried before they are used.
``reaches_outside(kind)``
    Whether an instance of the class that nothing stands in for would reach outside.
``parameters(name, hint, values)``
    Expressions for a parameter, in the place of what its type alone would give.
``parts(value)``
    What a test asserts of a result: expressions with ``{}`` for it, None for a value that is not of the kind. A part
    that has no exact expression is left out; one that is a condition itself is asserted where it holds.
``failure(value)``
    The exception that a result keeps instead of raising it, else None.
``said(error)``
    The words of the code under test inside the exception that a library makes of them (a validation error), None for
    any other exception. Such an exception was meant.
``state(value, names)``
    What a call may change about such a value: expressions with ``{}`` for it, None for a value that is not of the kind.
``arguments(value)``
    The arguments by name that make an equal value, None for a value that is not of the kind.
``arranged(lines, space, express)``
    What was tried becomes what a test says: (statements before the call, decorators, assertions), after the call.
``set_up()``
    What calls need that is made once, after the module was imported: the tables of a database.
``around()``
    A context in which each call is made, and whatever is tried before it.
``choices(templates, values)``
    Calls that are tried whatever the search comes to.
``shows(lines, choice, space, before)``
    What a call showed that its lines and branches do not tell, a word or a pair for each thing: a transition, a second
    attempt. Each is worth a test. ``lines`` came before the call; ``before`` is what the receiver showed then.
``STANDS_IN``
    Its settings and instances answer in the place of something outside: an exception that follows from such an answer
    is no word about the code under test.

A kind is asked only where the code under test has imported its library: others cost nothing.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.sources import prelude_of

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser, Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Choice, Slot, Template
    from greenline_probe.explore.values import Values

_KINDS: tuple[tuple[str, str], ...] = (
    ("pydantic", "pydantic_models"),
    ("attr", "attrs_classes"),
    ("sqlalchemy.orm", "sqlalchemy_sessions"),
    ("sqlalchemy.orm", "sqlalchemy_models"),
    ("django.db.models", "django_models"),
    ("click", "click_commands"),
    ("typer", "typer_commands"),
    ("argparse", "argparse_mains"),
    ("flask", "flask_routes"),
    ("starlette", "fastapi_routes"),
    ("django", "django_views"),
    ("requests httpx", "http_clients"),
    ("", "outside_calls"),
    ("", "queues"),
    ("anthropic", "language_models"),
)
"""(libraries, one of which the code under test imports, or none; module of ``kinds``)."""
_made_up: set[str] = set()
"""Statements that put an answer in the place of something outside, as kinds wrote them."""


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
    found: list[Slot] = []
    for kind in _kinds("settings"):
        slots = kind.settings(subject, values)
        if getattr(kind, "STANDS_IN", False):
            _made_up.update(source for slot in slots for source in slot.pool if source)
        found += slots
    return found


def instances(kind: Any, values: Values) -> list[str]:
    """Return expressions that make an instance of the class: those that were tried, or need not be (``KNOWN``)."""
    found: list[str] = []
    for each in _kinds("instances"):
        is_known = getattr(each, "KNOWN", False)
        made = [source for source in each.instances(kind, values) if is_known or values.attempt(source)]
        if getattr(each, "STANDS_IN", False):
            _made_up.update(filter(None, map(prelude_of, made)))
        found += made
    return found


def is_made_up(choice: Choice) -> bool:
    """Tell whether a call gets an answer that stands in the place of something outside, or one made of such."""
    return any(_stands_in(slot, source) for slot, source in zip(choice.template.slots, choice.chosen))


def _stands_in(slot: Slot, chosen: str) -> bool:
    def statement(source: str) -> str:
        return source if slot.role == "setting" else prelude_of(source)

    return bool(statement(chosen)) and any(made in statement(source) for source in slot.pool for made in _made_up)


def choices(templates: list[Template], values: Values) -> list[Choice]:
    """Return calls to try whatever the search comes to."""
    return [choice for kind in _kinds("choices") for choice in kind.choices(templates, values)]


def shows(lines: list[str], choice: Choice, space: dict[str, Any], before: dict[str, str]) -> frozenset[Any]:
    """Return what a call showed besides the lines and branches that it took."""
    return frozenset(shown for kind in _kinds("shows") for shown in kind.shows(lines, choice, space, before))


def reaches_outside(kind: Any) -> bool:
    """Tell whether instances of a class would reach outside: what is made of it at random would, too."""
    return any(each.reaches_outside(kind) for each in _kinds("reaches_outside"))


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return expressions for a parameter of that name and type."""
    return [source for each in _kinds("parameters") for source in each.parameters(name, hint, values)]


def parts(value: Any) -> list[str] | None:
    """Return what to assert of a result, None where no kind knows it."""
    for kind in _kinds("parts"):
        found: list[str] | None = kind.parts(value)
        if found is not None:
            return found
    return None


def failure(value: Any) -> BaseException | None:
    """Return the exception that a test client kept in its result, None for anything else."""
    for kind in _kinds("failure"):
        found: BaseException | None = kind.failure(value)
        if found is not None:
            return found
    return None


def said(error: BaseException) -> str | None:
    """Return the words of the code under test inside a library's exception, None where no kind knows it."""
    for kind in _kinds("said"):
        found: str | None = kind.said(error)
        if found is not None:
            return found
    return None


def state(value: Any, names: Names) -> list[str] | None:
    """Return what a call may change about a value, None where no kind knows it."""
    for kind in _kinds("state"):
        found: list[str] | None = kind.state(value, names)
        if found is not None:
            return found
    return None


def arguments(value: Any) -> list[tuple[str, Any]] | None:
    """Return what a value's class is called with to make an equal one, None where no kind knows."""
    for kind in _kinds("arguments"):
        found: list[tuple[str, Any]] | None = kind.arguments(value)
        if found is not None:
            return found
    return None


def arranged(
    lines: list[str], space: dict[str, Any], express: Expresser
) -> tuple[list[str], list[str], list[str]] | None:
    """Return the statements before a call that was made, as a test has them, decorators and further assertions."""
    written, decorators, after = lines, [], []
    for kind in _kinds("arranged"):
        found = kind.arranged(written, space, express)
        if found is not None:
            written, more, seen = found
            decorators += more
            after += seen
    return None if written == lines and not decorators and not after else (written, decorators, after)


def set_up() -> None:
    """Make what calls need, once."""
    for kind in _kinds("set_up"):
        kind.set_up()


@contextlib.contextmanager
def around() -> Iterator[None]:
    """Make a call in the contexts that its kinds need."""
    with contextlib.ExitStack() as contexts:
        for kind in _kinds("around"):
            contexts.enter_context(kind.around())
        yield


def is_told_by_project(error: SystemExit) -> bool:
    """Tell whether the project itself had a parser end the program with a message."""
    return any(kind.is_told_by_project(error) for kind in _kinds("is_told_by_project"))


def _kinds(what: str) -> Iterator[Any]:
    for libraries, name in _KINDS:
        if not libraries or any(library in sys.modules for library in libraries.split()):
            module = importlib.import_module(f"greenline_probe.explore.kinds.{name}")
            if hasattr(module, what):
                yield module
