"""What a language model answers piece by piece: texts or events of a stream, entered or asked of ``create``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING
from unittest import mock

from greenline_probe.explore.kinds.language_models_answers import (
    attributes,
    bound,
    compared,
    errors,
    is_tested,
    text_messages,
    texts,
)
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

_EVENTS = {
    "text": ("TextEvent", "anthropic.lib.streaming", "type='text', text={0!r}, snapshot={1!r}"),
    "content_block_delta": (
        "RawContentBlockDeltaEvent",
        "anthropic.types",
        "type='content_block_delta', index=0, delta={2}(type='text_delta', text={0!r})",
    ),
}
"""Type of an event -> its class, where that is, what it is made with: a piece, the text so far, a class."""


def is_streamed(values: Values, method: str) -> bool:
    """Tell whether the code asks for a stream by that method: ``stream(...)``, ``create(stream=True)``."""
    for node in (n for code in values.facts.code for n in ast.walk(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == method:
            named = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
            if method == "stream" or named.get("stream") is True:
                return True
    return False


def opened(stream: str, values: Values, *, is_async: bool) -> list[str]:
    """Return statements by which ``stream`` gives pieces of a text, or events, to those that enter it."""
    names, library = values.names, "anthropic.lib.streaming"
    kind = bound("AsyncMessageStream" if is_async else "MessageStream", library, names)
    entered = f"{stream}.return_value.{'__aenter__' if is_async else '__enter__'}.return_value = stream"
    final = f"stream.get_final_message = {_maker('AsyncMock', values)}(return_value={{}})" if is_async else ""
    final = final or "stream.get_final_message.return_value = {}"
    is_final = "get_final_message" in attributes(values)
    maker = _maker("Mock" if "text_stream" in attributes(values) else "MagicMock", values)
    found = []
    for items in _pieces(values):
        before, given = _iterated(items, "pieces", is_async=is_async)
        made = [f"stream = {maker}(spec={kind}, text_stream={given})"]
        if "text_stream" not in attributes(values):
            before = ""
            events = ", ".join(_events(items, values))
            iterated = "__aiter__" if is_async else "__iter__"
            made = [f"stream = {maker}(spec={kind})", f"stream.{iterated}.return_value = [{events}]"]
        for message in text_messages(values)[:3] if is_final else [""]:
            ends = [final.format(message)] if message else []
            found.append("\n".join([*([before] if before else []), *made, *ends, entered]))
    return unique([*found, *(f"{stream}.side_effect = {error}" for error in errors(values))])


def sent(create: str, values: Values, *, is_async: bool) -> list[str]:
    """Return statements by which ``create`` gives the events of a stream."""
    found = []
    for items in _pieces(values):
        before, given = _iterated(_events(items, values), "events", is_async=is_async)
        found.append("\n".join([*([before] if before else []), f"{create}.return_value = {given}"]))
    return unique([*found, *(f"{create}.side_effect = {error}" for error in errors(values))])


def _pieces(values: Values) -> list[list[str]]:
    """Return the sources of pieces: of an ordinary text, of those that the code tells apart, or none."""
    told = [[repr(text)] for text in texts(values) if text not in {"Hello", "3"}]
    return [["'Hello'", "' world'"], *told[:3], *([[]] if is_tested("text_stream", values) else [])]


def _iterated(items: list[str], name: str, *, is_async: bool) -> tuple[str, str]:
    """Return a function that comes before, where one is needed, and the expression that is iterated."""
    if not is_async:
        return "", f"iter([{', '.join(items)}])"
    lines = [f"    yield {item}" for item in items] or ["    return", "    yield"]
    return "\n".join([f"async def {name}():", *lines, "", ""]).rstrip("\n") + "\n", f"{name}()"


def _events(pieces: list[str], values: Values) -> list[str]:
    """Return sources of the events that bring these pieces."""
    wanted = next((kind for kind in compared("type", values) if kind in _EVENTS), "content_block_delta")
    name, home, made = _EVENTS[wanted]
    delta = bound("TextDelta", "anthropic.types", values.names)
    found, so_far = [], ""
    for piece in map(ast.literal_eval, pieces):
        so_far += piece
        found.append(f"{bound(name, home, values.names)}({made.format(piece, so_far, delta)})")
    return [*found, f"{bound('RawMessageStopEvent', 'anthropic.types', values.names)}(type='message_stop')"]


def _maker(name: str, values: Values) -> str:
    return values.names.bind(name, "unittest.mock", name, getattr(mock, name))
