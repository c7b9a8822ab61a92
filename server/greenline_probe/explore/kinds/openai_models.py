"""Code that asks a model as OpenAI's client does: real messages from a specced client, else what has their shape."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from typing import TYPE_CHECKING, Any
from unittest import mock

from greenline_probe.explore.kinds.language_models_answers import (
    attributes,
    bound,
    compared,
    texts,
    tools_of,
)
from greenline_probe.explore.kinds.language_models_streams import is_streamed
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

STANDS_IN = True
KNOWN = True
"""A client can always be made, though it may take longer than a call is given."""
_CLIENTS = {"OpenAI": "", "AsyncOpenAI": "Async"}
_ASKED = ".chat.completions.create"
_HOMES = {
    "ChatCompletion": "openai.types.chat",
    "ChatCompletionMessage": "openai.types.chat",
    "Choice": "openai.types.chat.chat_completion",
    "ChatCompletionChunk": "openai.types.chat",
    "ChoiceDelta": "openai.types.chat.chat_completion_chunk",
}
MOST = 12


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return clients for a parameter without a type that is asked as such a client."""
    if hint not in (inspect.Parameter.empty, Any, object) or not _asks(name, values):
        return []
    maker = _mock("Mock", values)
    is_awaited = any(isinstance(n, ast.Await) and _ASKED in ast.unparse(n) for n in _nodes(values))
    create = f", create={_mock('AsyncMock', values)}()" if is_awaited else ""
    completions = f"{maker}(spec=['create']{create})"
    head = f"{name} = {maker}(spec=['chat'], chat={maker}(spec=['completions'], completions={completions}))"
    return _fakes(name, head, values, is_real=False)


def instances(kind: Any, values: Values) -> list[str]:
    """Return clients that answer, each in another way."""
    if not reaches_outside(kind):
        return []
    prefix = _CLIENTS[kind.__name__]
    chat = bound(f"{prefix}Chat", "openai.resources.chat", values.names)
    completions = bound(f"{prefix}Completions", "openai.resources.chat", values.names)
    maker, library = _mock("Mock", values), values.names.of_module("openai")
    create = f", create={_mock('AsyncMock', values)}(spec={completions}.create)" if prefix else ""
    inner = f"{maker}(spec={completions}{create})"
    head = f"client = {maker}(spec={library}.{kind.__name__}, chat={maker}(spec={chat}, completions={inner}))"
    return _fakes("client", head, values, is_real=True)


def reaches_outside(kind: Any) -> bool:
    """Tell whether it is a class of clients."""
    home = str(getattr(kind, "__module__", "")).partition(".")[0]
    return home == "openai" and "openai" in sys.modules and getattr(kind, "__name__", "") in _CLIENTS


def _asks(name: str, values: Values) -> bool:
    return any(isinstance(n, ast.Attribute) and ast.unparse(n) == f"{name}{_ASKED}" for n in _nodes(values))


def _fakes(variable: str, head: str, values: Values, *, is_real: bool) -> list[str]:
    """Return clients with a statement of what ``create`` answers: texts, a call of a tool, pieces of a stream."""
    place = f"{variable}{_ASKED}"
    if is_streamed(values, "create"):
        answers = [f"iter([{', '.join(_chunk(t, values, is_real=is_real) for t in row)}])" for row in _rows(values)]
    else:
        answers = _messages(values, is_real=is_real)
    told = [f"{place}.return_value = {answer}" for answer in answers]
    if "tool_calls" in attributes(values) and len(answers) > 1:
        told.insert(1, f"{place}.side_effect = [{answers[-1]}, {answers[0]}]")
    return [with_prelude(f"{head}\n{each}", variable) for each in unique(told)[:MOST]]


def _rows(values: Values) -> list[list[str]]:
    """Return the sources of pieces; the last one of a stream has none."""
    return [["'Hello'", "' world'", "None"], *([repr(text), "None"] for text in texts(values)[1:4])]


def _messages(values: Values, *, is_real: bool) -> list[str]:
    reasons = [r for r in compared("finish_reason", values) if r not in {"stop", "tool_calls"}]
    asks_tools = "tool_calls" in attributes(values)
    tools = ", tool_calls=None" if asks_tools else ""
    every = [repr(text) for text in texts(values) if not (asks_tools and text.startswith("{"))]  # that is for the tool

    def message(content: str, reason: str, more: str) -> str:
        said = _made("ChatCompletionMessage", f"content={content}{more}", values, is_real=is_real)
        choice = _made("Choice", f"finish_reason={reason!r}, message={said}", values, is_real=is_real)
        return _made("ChatCompletion", f"choices=[{choice}]", values, is_real=is_real)

    found = [message(every[0], "stop", tools), *(message(every[0], reason, tools) for reason in reasons)]
    found += [message(text, "stop", tools) for text in every[1:]]
    if asks_tools:
        given = next((text for text in texts(values) if text.startswith("{")), "{}")
        plain = values.names.of(types.SimpleNamespace)
        function = f"{plain}(name={tools_of(values)[0]!r}, arguments={given!r})"
        found.append(message("None", "tool_calls", f", tool_calls=[{plain}(id='call_1', function={function})]"))
    return unique(found)


def _chunk(content: str, values: Values, *, is_real: bool) -> str:
    delta = _made("ChoiceDelta", f"content={content}", values, is_real=is_real)
    plain = values.names.of(types.SimpleNamespace)
    return _made("ChatCompletionChunk", f"choices=[{plain}(delta={delta})]", values, is_real=is_real)


def _made(name: str, given: str, values: Values, *, is_real: bool) -> str:
    """Return what makes a part of an answer: of the library's class, or a plain object of that shape."""
    if is_real:
        return f"{bound(name, _HOMES[name], values.names)}.model_construct({given})"
    return f"{values.names.of(types.SimpleNamespace)}({given})"


def _nodes(values: Values) -> list[ast.AST]:
    return [n for code in values.facts.code for n in ast.walk(code)]


def _mock(name: str, values: Values) -> str:
    return values.names.bind(name, "unittest.mock", name, getattr(mock, name))
