"""Code that asks a language model by Anthropic's client: a specced client that gives real messages and errors."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any
from unittest import mock

from greenline_probe.explore.kinds.called import Called, calls_of
from greenline_probe.explore.kinds.language_models_answers import answers, bound, library_of, warm_up
from greenline_probe.explore.kinds.language_models_streams import is_streamed, opened, sent
from greenline_probe.explore.sources import with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser, Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Choice, Slot
    from greenline_probe.explore.values import Values

STANDS_IN = True
KNOWN = True
"""A client can always be made, though it may take longer than a call is given."""
_CLIENTS = {"Anthropic": "Messages", "AsyncAnthropic": "AsyncMessages"}
_ANSWER = re.compile(r"^(\w+(?:\.\w+)+)\.(?:return_value|side_effect) = (\[?)(?:\w+\.)*(\w+)", re.MULTILINE)
"""What is asked, whether it answers in turn, and its first answer."""
_PUT = "monkeypatch.setattr("


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for the clients that the module has, and for those that the code makes for itself."""
    from greenline_probe.explore.template import Slot  # noqa: PLC0415 - it imports this package

    slots = []
    module = values.names.of_module(subject.module.__name__)
    named = {n.id for code in subject.facts.code for n in ast.walk(code) if isinstance(n, ast.Name)}
    for name, held in vars(subject.module).items():
        if name in named and reaches_outside(type(held)):
            pool = [f"{made}\n{_PUT}{module}, {name!r}, fake)" for made in _fakes(type(held), values, "fake")]
            slots.append(Slot(f"${name}", pool, "setting"))
    slots += [_made_there(called, values) for called in calls_of(subject) if reaches_outside(called.thing)]
    return slots


def _made_there(called: Called, values: Values) -> Slot:
    """Return the slot of a client that the code makes: its class is replaced where its name is looked up."""
    from greenline_probe.explore.template import Slot  # noqa: PLC0415 - it imports this package

    put = f"{_PUT}{called.place(values.names)}, lambda **options: client)"
    return Slot(
        f"${called.attribute}", [f"{made}\n{put}" for made in _fakes(called.thing, values, "client")], "setting"
    )


def instances(kind: Any, values: Values) -> list[str]:
    """Return clients that answer, each in another way."""
    if reaches_outside(kind):
        return [with_prelude(made, "client") for made in _fakes(kind, values, "client")]
    return []


def reaches_outside(kind: Any) -> bool:
    """Tell whether it is a class of clients."""
    home = str(getattr(kind, "__module__", "")).partition(".")[0]
    return home == "anthropic" and getattr(kind, "__name__", "") in _CLIENTS


def shows(lines: list[str], _: Choice, space: dict[str, Any], __: dict[str, str]) -> list[Any]:
    """Return what was answered first, where the code asked again: after an error, with what a tool gave."""
    answered = [found for line in lines for found in _ANSWER.findall(line)]
    return [("asked again", first) for asked, in_turn, first in answered if in_turn and _times(asked, space) > 1]


def arranged(lines: list[str], space: dict[str, Any], _: Expresser) -> tuple[list[str], list[str], list[str]] | None:
    """Leave out what a client would answer that nothing asked."""
    written = [_without_answers(line) if _is_idle(line, space) else line for line in lines]
    return (written, [], []) if written != lines else None


def _is_idle(line: str, space: dict[str, Any]) -> bool:
    asked = {found[0] for found in _ANSWER.findall(line)}
    return bool(asked) and all(_times(path.partition(".return_value")[0], space) == 0 for path in asked)


def _without_answers(line: str) -> str:
    """Return the statement that makes the client, and the one that puts it somewhere."""
    parts = line.split("\n")
    client = next(i for i, part in enumerate(parts) if "messages=" in part)
    return "\n".join([parts[client], *(part for part in parts if part.startswith(_PUT))])


def _times(path: str, space: dict[str, Any]) -> int:
    """Return how often a stand-in was called, -1 for what is none."""
    variable, *attributes = path.split(".")
    found = space.get(variable)
    for attribute in attributes:
        found = getattr(found, attribute, None)
    return found.call_count if isinstance(found, mock.NonCallableMock) else -1


def _fakes(kind: Any, values: Values, variable: str) -> list[str]:
    """Return statements that make a stand-in of a client, for each way in which it may answer."""
    warm_up()
    names = values.names
    is_async = kind.__name__.startswith("Async")
    is_entered = is_streamed(values, "stream")
    maker = _mock("Mock", names)
    inner = _mock("MagicMock", names) if is_entered else maker  # what ``stream`` returns is entered
    resource = bound(_CLIENTS[kind.__name__], "anthropic.resources", names)
    head = f"{variable} = {maker}(spec={library_of(names)}.{kind.__name__}, messages={inner}(spec={resource}))"
    if is_entered:
        return [_joined(head, lines) for lines in opened(f"{variable}.messages.stream", values, is_async=is_async)]
    create = f"{variable}.messages.create"
    given = sent(create, values, is_async=is_async) if is_streamed(values, "create") else answers(create, values)
    if is_async:
        head = f"{head}\n{create} = {_mock('AsyncMock', names)}(spec={resource}.create)"
    return [_joined(head, lines) for lines in given]


def _joined(head: str, lines: str) -> str:
    """Return the statements, functions first: a reader sees the client and what it answers together."""
    if not lines.startswith("async def "):
        return f"{head}\n{lines}"
    function, _, rest = lines.partition("\n\n")
    return f"{function}\n\n{head}\n{rest}"


def _mock(name: str, names: Names) -> str:
    return names.bind(name, "unittest.mock", name, getattr(mock, name))
