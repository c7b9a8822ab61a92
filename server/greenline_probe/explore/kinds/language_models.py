"""Code that asks a language model by Anthropic's client: a specced client that gives real messages and errors."""

from __future__ import annotations

import ast
import copy
import importlib
import sys
from typing import TYPE_CHECKING, Any
from unittest import mock

from greenline_probe.explore.kinds.called import value_of
from greenline_probe.explore.pools import unique
from greenline_probe.explore.shape_reader import read_shapes
from greenline_probe.explore.sources import plain, with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Slot
    from greenline_probe.explore.values import Values

STANDS_IN = True
KNOWN = True
"""A client can always be made, though it may take longer than a call is given."""
_CLIENTS = {"Anthropic": "Messages", "AsyncAnthropic": "AsyncMessages"}
_ADDRESS = "https://api.anthropic.com/v1/messages"
_STATUSES = {"RateLimitError": 429, "OverloadedError": 529, "InternalServerError": 500, "APIStatusError": 500}
_INPUT = "input_of_tool"
MOST = 16
MOST_CALLS = 4


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return the slot of a client that the module made for itself."""
    from greenline_probe.explore.template import Slot  # noqa: PLC0415 - it imports this package

    slots = []
    named = {n.id for code in subject.facts.code for n in ast.walk(code) if isinstance(n, ast.Name)}
    for name, held in vars(subject.module).items():
        if name in named and reaches_outside(type(held)):
            module = values.names.of_module(subject.module.__name__)
            pool = [
                f"{made}\nmonkeypatch.setattr({module}, {name!r}, fake)" for made in _fakes(type(held), values, "fake")
            ]
            slots.append(Slot(f"${name}", pool, "setting"))
    return slots


def instances(kind: Any, values: Values) -> list[str]:
    """Return clients that answer, each in another way."""
    if reaches_outside(kind):
        return [with_prelude(made, "client") for made in _fakes(kind, values, "client")]
    return []


def reaches_outside(kind: Any) -> bool:
    """Tell whether it is a class of clients."""
    home = str(getattr(kind, "__module__", "")).partition(".")[0]
    return home == "anthropic" and getattr(kind, "__name__", "") in _CLIENTS


def _fakes(kind: Any, values: Values, variable: str) -> list[str]:
    """Return statements that make a stand-in of a client, for each way in which it may answer."""
    names = values.names
    is_async = kind.__name__.startswith("Async")
    asked = {n.attr for code in values.facts.code for n in ast.walk(code) if isinstance(n, ast.Attribute)}
    is_stream = "stream" in asked and not is_async
    maker = _mock("Mock", names)
    inner = _mock("MagicMock", names) if is_stream else maker  # what ``stream`` returns is entered
    resource = _bound(_CLIENTS[kind.__name__], "anthropic.resources", names)
    head = f"{variable} = {maker}(spec={_library(names)}.{kind.__name__}, messages={inner}(spec={resource}))"
    if is_stream:
        return [f"{head}\n{lines}" for lines in _streams(variable, asked, values)]
    create = f"{variable}.messages.create"
    if is_async:
        head = f"{head}\n{create} = {_mock('AsyncMock', names)}(spec={resource}.create)"
    return [f"{head}\n{lines}" for lines in _answers(create, asked, values)]


def _answers(create: str, asked: set[str], values: Values) -> list[str]:
    texts, uses = _text_messages(asked, values), _tool_messages(asked, values)
    errors = _errors(values)
    single = [f"{create}.return_value = {message}" for message in [*texts, *uses]]
    failing = [f"{create}.side_effect = {error}" for error in errors]
    again = [f"{create}.side_effect = [{error}, {texts[0]}]" for error in errors]
    tools = [f"{create}.side_effect = [{use}, {texts[0]}]" for use in uses]
    return unique([single[0], *tools[:3], *failing, *again, *single[1:], *tools[3:]])[:MOST]


def _text_messages(asked: set[str], values: Values) -> list[str]:
    reasons = [*_compared("stop_reason", values), "end_turn"]
    first = "end_turn" if "end_turn" in reasons or "stop_reason" not in asked else reasons[0]
    words = [c for c in values.facts.constants if isinstance(c, str) and c.isidentifier() and c not in reasons]
    texts = ["Hello", "3", *words[:3], ""]
    found = [_message([_text(text, values)], first, asked, values) for text in texts[:1]]
    found += [_message([_text("Hello", values)], reason, asked, values) for reason in reasons if reason != "tool_use"]
    found += [_message([_text(text, values)], first, asked, values) for text in texts[1:]]
    if "content" in asked:
        found.append(_message([], first, asked, values))
    return unique(found)


def _tool_messages(asked: set[str], values: Values) -> list[str]:
    compared = _compared("type", values) + _compared("stop_reason", values)
    if "tool_use" not in compared and "input" not in asked:
        return []
    block = _type("ToolUseBlock", values.names)
    found = []
    for name in _tools(values):
        for given in _inputs(values):
            use = f"{block}(type='tool_use', id='toolu_1', name={name!r}, input={given})"
            found.append(_message([use], "tool_use", asked, values))
    return found[:8]


def _message(content: list[str], reason: str, asked: set[str], values: Values) -> str:
    named = [f"content=[{', '.join(content)}]", f"stop_reason={reason!r}"]
    if "usage" in asked:
        named.append(f"usage={_type('Usage', values.names)}(input_tokens=3, output_tokens=5)")
    return f"{_type('Message', values.names)}.model_construct({', '.join(named)})"


def _text(text: str, values: Values) -> str:
    return f"{_type('TextBlock', values.names)}(type='text', text={text!r})"


def _streams(variable: str, asked: set[str], values: Values) -> list[str]:
    """Return statements that let a stream give pieces of a text, and the message that they make."""
    kind, maker = _bound("MessageStream", "anthropic.lib.streaming", values.names), _mock("Mock", values.names)
    opened = f"{variable}.messages.stream.return_value.__enter__.return_value = stream"
    found = []
    for pieces in ("['Hello', ' world']", "[]", "['Hello']"):
        message = _text_messages(asked, values)
        for final in message[:4] if "get_final_message" in asked else [""]:
            made = f"stream = {maker}(spec={kind}, text_stream=iter({pieces}))"
            ends = [f"stream.get_final_message.return_value = {final}"] if final else []
            found.append("\n".join([made, *ends, opened]))
    return unique([*found, *(f"{variable}.messages.stream.side_effect = {error}" for error in _errors(values))])


def _errors(values: Values) -> list[str]:
    """Return the client's errors that the code is ready for, made as the client makes them."""
    library, module = sys.modules["anthropic"], values.names.module
    handlers = [n for code in values.facts.code for n in ast.walk(code) if isinstance(n, ast.ExceptHandler) and n.type]
    named = [each for n in handlers for each in (n.type.elts if isinstance(n.type, ast.Tuple) else [n.type])]
    caught = tuple(k for k in (value_of(each, module) for each in named if each) if isinstance(k, type))
    if not caught:
        return []
    http = vars(sys.modules["anthropic._exceptions"]).get("httpx2") or sys.modules["anthropic._exceptions"].httpx
    home, name = values.names.of_module(http.__name__), _library(values.names)
    request = f"{home}.Request('POST', {_ADDRESS!r})"
    found = []
    if issubclass(library.APIConnectionError, caught):
        found.append(f"{name}.APIConnectionError(request={request})")
    for kind, status in _STATUSES.items():
        if issubclass(getattr(library, kind, object), caught):
            response = f"{home}.Response({status}, request={request})"
            found.append(f"{name}.{kind}('not now', response={response}, body=None)")
    return found[:3]


def _compared(attribute: str, values: Values) -> list[str]:
    """Return the texts with which an attribute of that name is compared."""
    nodes = [n for code in values.facts.code for n in ast.walk(code) if isinstance(n, ast.Compare)]
    found: list[str] = []
    for node in nodes:
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Attribute) and side.attr == attribute for side in sides):
            constants = [c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)]
            found += [c for c in constants if isinstance(c, str)]
    return list(dict.fromkeys(found))


def _tools(values: Values) -> list[str]:
    """Return names of tools: those that are compared with, and the keys of the module's tables of functions."""
    held = vars(values.names.module).values()
    tables = [h for h in held if isinstance(h, dict) and h and all(callable(f) for f in h.values())]
    keys = [key for table in tables for key in table if isinstance(key, str)]
    return list(dict.fromkeys([*_compared("name", values), *keys, "unknown"]))[:MOST_CALLS]


def _inputs(values: Values) -> list[str]:
    """Return what a tool is called with: the keys that the code reads."""
    found: list[str] = []
    for code in values.facts.code:
        if isinstance(code, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made = _Inputs().visit(copy.deepcopy(code))
            made.args.kwonlyargs.append(ast.arg(arg=_INPUT))
            made.args.kw_defaults.append(None)
            shape = read_shapes(ast.fix_missing_locations(made), ast.Module([], [])).get(_INPUT)
            found += plain(values.lookalikes.of(shape)) if shape is not None else []
    return [s for s in unique(found) if s.startswith("{")][:3] or ["{}"]


class _Inputs(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.Name(_INPUT, ast.Load()), node) if node.attr == "input" else node


def _type(name: str, names: Names) -> str:
    return _bound(name, "anthropic.types", names)


def _bound(name: str, home: str, names: Names) -> str:
    return names.bind(name, home, name, getattr(importlib.import_module(home), name))


def _mock(name: str, names: Names) -> str:
    return names.bind(name, "unittest.mock", name, getattr(mock, name))


def _library(names: Names) -> str:
    return names.of_module("anthropic")
