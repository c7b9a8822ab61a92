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
    that has no exact expression is left out; one that is a condition itself is asserted where it holds; a pair of an
    expression and a class says of which class the former is.
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
``is_refusal(value)``
    Whether a response says that a request was refused by the types that it declares, before the code ran.
``is_callback(subject)``
    Whether the library calls the target, and nobody else does: what any other call raises says little about it.
``STANDS_IN``
    Its settings, instances and parameters answer in the place of something outside: an exception that follows from
    such an answer is no word about the code under test.

A kind is asked only where the code under test has imported its library: others cost nothing. One that raises does not
know the answer: its library is older than it, or something is missing that it needs.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.not_testable import NotTestable
from greenline_probe.explore.sources import prelude_of

if TYPE_CHECKING:
    from greenline_probe.explore.describe import Part
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
    ("django.http", "django_requests"),
    ("requests httpx aiohttp", "http_clients"),
    ("", "outside_calls"),
    ("", "queues"),
    ("", "state_machines"),
    ("anthropic", "language_models"),
    ("", "openai_models"),
)
"""(libraries, one of which the code under test imports, or none; module of ``kinds``)."""
_made_up: set[str] = set()
"""Statements that put an answer in the place of something outside, as kinds wrote them."""
left_out: dict[str, str] = {}
"""Kind -> why it could not say how the target is called, in a sentence."""
_RUNS_NOTHING = frozenset({"ways", "settings", "import"})
"""Questions that a kind answers without the project's code: what it raises there is its own trouble."""


def function_of(thing: Any) -> Any:
    """Return the function that a decorator made ``thing`` of, or ``thing``."""
    found = _first("function_of", thing)
    return thing if found is None else found


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return how the target is called in a test of its kind; None where it is of none."""
    found: list[Template] | None = _first("ways", subject, values)
    return found


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for what stands before a call of the target."""
    found: list[Slot] = []
    for kind, slots in _answers("settings", subject, values):
        if getattr(kind, "STANDS_IN", False):
            _made_up.update(source for slot in slots for source in slot.pool if source)
        found += slots
    return found


def instances(kind: Any, values: Values) -> list[str]:
    """Return expressions that make an instance of the class: those that were tried, or need not be (``KNOWN``)."""
    found: list[str] = []
    for each, sources in _answers("instances", kind, values):
        is_known = getattr(each, "KNOWN", False)
        made = [source for source in sources if is_known or values.attempt(source)]
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
    return [choice for _, found in _answers("choices", templates, values) for choice in found]


def shows(lines: list[str], choice: Choice, space: dict[str, Any], before: dict[str, str]) -> frozenset[Any]:
    """Return what a call showed besides the lines and branches that it took."""
    return frozenset(shown for _, found in _answers("shows", lines, choice, space, before) for shown in found)


def reaches_outside(kind: Any) -> bool:
    """Tell whether instances of a class would reach outside: what is made of it at random would, too."""
    return any(answer for _, answer in _answers("reaches_outside", kind))


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return expressions for a parameter of that name and type."""
    made: list[str] = []
    for each, sources in _answers("parameters", name, hint, values):
        if getattr(each, "STANDS_IN", False):
            _made_up.update(filter(None, map(prelude_of, sources)))
        made += sources
    return made


def parts(value: Any) -> list[Part] | None:
    """Return what to assert of a result, None where no kind knows it."""
    found: list[Part] | None = _first("parts", value)
    return found


def is_refusal(value: Any) -> bool:
    """Tell whether a response says that declared types refused the request, before the code ran."""
    return any(answer for _, answer in _answers("is_refusal", value))


def is_callback(subject: Subject) -> bool:
    """Tell whether a library calls the target, and nobody else does."""
    return any(answer for _, answer in _answers("is_callback", subject))


def failure(value: Any) -> BaseException | None:
    """Return the exception that a test client kept in its result, None for anything else."""
    found: BaseException | None = _first("failure", value)
    return found


def is_unhandled(value: Any) -> bool:
    """Tell whether what a test client kept reached nobody who answers for it: however it was raised, it is a fault."""
    return bool(_first("is_unhandled", value))


def said(error: BaseException) -> str | None:
    """Return the words of the code under test inside a library's exception, None where no kind knows it."""
    found: str | None = _first("said", error)
    return found


def state(value: Any, names: Names) -> list[str] | None:
    """Return what a call may change about a value, None where no kind knows it."""
    found: list[str] | None = _first("state", value, names)
    return found


def arguments(value: Any) -> list[tuple[str, Any]] | None:
    """Return what a value's class is called with to make an equal one, None where no kind knows."""
    found: list[tuple[str, Any]] | None = _first("arguments", value)
    return found


def arranged(
    lines: list[str], space: dict[str, Any], express: Expresser
) -> tuple[list[str], list[str], list[str]] | None:
    """Return the statements before a call that was made, as a test has them, decorators and further assertions."""
    written, decorators, after = lines, [], []
    for kind in _kinds("arranged"):
        found = _answer(kind, "arranged", written, space, express)
        if found is not None:
            written, more, seen = found
            decorators += more
            after += seen
    return None if written == lines and not decorators and not after else (written, decorators, after)


def set_up() -> None:
    """Make what calls need, once."""
    for _ in _answers("set_up"):
        pass


@contextlib.contextmanager
def around() -> Iterator[None]:
    """Make a call in the contexts that its kinds need."""
    with contextlib.ExitStack() as contexts:
        for kind in _kinds("around"):
            contexts.enter_context(kind.around())
        yield


def is_told_by_project(error: SystemExit) -> bool:
    """Tell whether the project itself had a parser end the program with a message."""
    return any(answer for _, answer in _answers("is_told_by_project", error))


def _first(what: str, *about: Any) -> Any:
    return next((answer for _, answer in _answers(what, *about)), None)


def _answers(what: str, *about: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each kind that has an answer other than None, and that."""
    for kind in _kinds(what):
        answer = _answer(kind, what, *about)
        if answer is not None:
            yield kind, answer


def _answer(kind: Any, what: str, *about: Any) -> Any:
    """Return a kind's answer, None where it cannot give one. Raises NotTestable."""
    try:
        return getattr(kind, what)(*about)
    except (NotTestable, MemoryError):
        raise
    except Exception as error:
        _note(kind.__name__, what, error)
        return None


def _kinds(what: str) -> Iterator[Any]:
    for libraries, name in _KINDS:
        if not libraries or any(library in sys.modules for library in libraries.split()):
            module = _imported(f"greenline_probe.explore.kinds.{name}")
            if hasattr(module, what):
                yield module


def _imported(name: str) -> Any:
    if name in left_out and name not in sys.modules:
        return None
    try:
        return importlib.import_module(name)
    except Exception as error:
        _note(name, "import", error)
        return None


def _note(kind: str, what: str, error: Exception) -> None:
    if what in _RUNS_NOTHING:
        words = kind.rpartition(".")[2].replace("_", " ")
        line = next(iter(str(error).splitlines()), "")
        why = f"{type(error).__name__}: {line}"
        left_out.setdefault(kind, f"{words} are tested like any other code: their own way is not open here ({why})")
