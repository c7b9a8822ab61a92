"""What a language model may answer by Anthropic's client: texts, JSON, calls of tools, and errors on the way."""

from __future__ import annotations

import ast
import copy
import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.kinds.called import value_of
from greenline_probe.explore.kinds.http_bodies import with_numbers
from greenline_probe.explore.pools import unique
from greenline_probe.explore.shape_reader import read_shapes
from greenline_probe.explore.sources import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline_probe.explore.express import Names
    from greenline_probe.explore.values import Values

MOST = 16
MOST_TOOLS = 4
_ADDRESS = "https://api.anthropic.com/v1/messages"
_STATUSES = {"RateLimitError": 429, "OverloadedError": 529, "InternalServerError": 500, "APIStatusError": 500}
_PART = "part_of_answer"
_TO_NUMBER = frozenset({"int", "float"})


def answers(create: str, values: Values) -> list[str]:
    """Return statements by which ``create`` answers: at once, after an error, after the call of a tool."""
    texts, uses = text_messages(values), _tool_messages(values)
    failing = errors(values)
    single = [f"{create}.return_value = {message}" for message in [*texts, *uses]]
    never = [f"{create}.side_effect = {error}" for error in failing]
    again = [f"{create}.side_effect = [{error}, {texts[0]}]" for error in failing]
    tools = [f"{create}.side_effect = [{use}, {texts[0]}]" for use in uses]
    return unique([single[0], *tools[:3], *again, *never, *single[1:], *tools[3:]])[:MOST]


def warm_up() -> None:
    """Have the library import what it imports late: the first call would take longer than a call is given."""
    library, types = sys.modules["anthropic"], importlib.import_module("anthropic.types")
    types.Message.model_construct(content=[types.TextBlock(type="text", text="")])
    types.ToolUseBlock(type="tool_use", id="", name="", input={})
    http = _http()
    response = http.Response(429, request=http.Request("POST", _ADDRESS))
    library.RateLimitError("", response=response, body=None)


def text_messages(values: Values) -> list[str]:
    """Return messages of the texts and with the reasons to stop that the code tells apart."""
    reasons = [*compared("stop_reason", values), "end_turn"]
    first = "end_turn" if "end_turn" in reasons or "stop_reason" not in attributes(values) else reasons[0]
    every = texts(values)
    found = [_message([_text(text, values)], first, values) for text in every[:1]]
    found += [_message([_text(every[0], values)], reason, values) for reason in reasons if reason != "tool_use"]
    found += [_message([_text(text, values)], first, values) for text in every[1:]]
    if is_tested("content", values):
        found.append(_message([], first, values))
    return unique(found)


def texts(values: Values) -> list[str]:
    """Return texts that a model may say: JSON where the code reads some, a number where it wants one."""
    calls = [n.func for n in _nodes(values) if isinstance(n, ast.Call)]
    called = {n.id if isinstance(n, ast.Name) else getattr(n, "attr", "") for n in calls}
    reasons = {*compared("stop_reason", values), *compared("type", values), *compared("name", values)}
    words = [c for c in values.facts.constants if isinstance(c, str) and c.isidentifier() and c not in reasons]
    asked = [word for word in words if _is_compared(word, values)]
    found = [*(_json(values) if "loads" in called else []), *(["3"] if called & _TO_NUMBER else [])]
    return unique([*found, "Hello", *asked[:3], *([""] if _is_any_tested(values) else [])])


def errors(values: Values) -> list[str]:
    """Return the client's errors that the code is ready for, made as the client makes them."""
    library, module = sys.modules["anthropic"], values.names.module
    handlers = [n for n in _nodes(values) if isinstance(n, ast.ExceptHandler) and n.type]
    named = [each for n in handlers for each in (n.type.elts if isinstance(n.type, ast.Tuple) else [n.type])]
    caught = tuple(k for k in (value_of(each, module) for each in named if each) if isinstance(k, type))
    if not caught:
        return []
    home, name = values.names.of_module(_http().__name__), library_of(values.names)
    request = f"{home}.Request('POST', {_ADDRESS!r})"
    found = []
    for kind, status in _STATUSES.items():
        if issubclass(getattr(library, kind, object), caught):
            response = f"{home}.Response({status}, request={request})"
            found.append(f"{name}.{kind}('not now', response={response}, body=None)")
    if issubclass(library.APIConnectionError, caught):
        found.insert(1, f"{name}.APIConnectionError(request={request})")
    return found[:3]


def _http() -> Any:
    """Return the library whose requests and responses the client's errors keep."""
    return vars(sys.modules["anthropic._exceptions"]).get("httpx2") or sys.modules["anthropic._exceptions"].httpx


# ---- what the code looks at ------------------------------------------------------------------------------------------


def attributes(values: Values) -> set[str]:
    """Return the names of all attributes that the code looks at."""
    return {n.attr for n in _nodes(values) if isinstance(n, ast.Attribute)}


def compared(attribute: str, values: Values) -> list[str]:
    """Return the texts with which an attribute of that name is compared."""
    found: list[str] = []
    for node in _nodes(values):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if any(isinstance(side, ast.Attribute) and side.attr == attribute for side in sides):
            constants = [c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)]
            found += [c for c in constants if isinstance(c, str)]
    return list(dict.fromkeys(found))


def is_tested(attribute: str, values: Values) -> bool:
    """Tell whether the code asks if there is anything in an attribute of that name."""
    return any(isinstance(n, ast.Attribute) and n.attr == attribute for n in _tested(values))


def _is_any_tested(values: Values) -> bool:
    return any(isinstance(n, ast.Name) or getattr(n, "attr", "") in {"text", "strip"} for n in _tested(values))


def _tested(values: Values) -> Iterator[ast.AST]:
    for node in _nodes(values):
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            yield node.test
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node.operand
        elif isinstance(node, ast.BoolOp):
            yield from node.values
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len":
            yield from node.args


def _is_compared(word: str, values: Values) -> bool:
    """Tell whether something is compared with a word, here or as a member of one of the module's tables."""
    for node in _nodes(values):
        for side in [node.left, *node.comparators] if isinstance(node, ast.Compare) else []:
            held = vars(values.names.module).get(side.id) if isinstance(side, ast.Name) else None
            listed = held if isinstance(held, (tuple, list, set, frozenset, dict)) else ()
            if word in listed or any(isinstance(c, ast.Constant) and c.value == word for c in ast.walk(side)):
                return True
    return False


def _nodes(values: Values) -> list[ast.AST]:
    return [n for code in values.facts.code for n in ast.walk(code)]


# ---- what is answered ------------------------------------------------------------------------------------------------


def _tool_messages(values: Values) -> list[str]:
    reasons = compared("type", values) + compared("stop_reason", values)
    if "tool_use" not in reasons and "input" not in attributes(values):
        return []
    block = _type("ToolUseBlock", values.names)
    found = []
    for name in tools_of(values):
        for given in _parts(values, _InputOfTool())[:3]:
            use = f"{block}(type='tool_use', id='toolu_1', name={name!r}, input={given})"
            found.append(_message([use], "tool_use", values))
    return found[:8]


def _message(content: list[str], reason: str, values: Values) -> str:
    named = [f"content=[{', '.join(content)}]", f"stop_reason={reason!r}"]
    if "usage" in attributes(values):
        named.append(f"usage={_type('Usage', values.names)}(input_tokens=3, output_tokens=5)")
    return f"{_type('Message', values.names)}.model_construct({', '.join(named)})"


def _text(text: str, values: Values) -> str:
    return f"{_type('TextBlock', values.names)}(type='text', text={text!r})"


def _json(values: Values) -> list[str]:
    found = _parts(values, _ReadJson())
    node = values.facts.code[0]
    found = [*with_numbers(found[:1], node), *with_numbers(found[1:], node), *found] if found[0] != "{}" else found
    return unique([json.dumps(ast.literal_eval(source)) for source in found])[:8]


def tools_of(values: Values) -> list[str]:
    """Return names of tools: those that are compared with or offered, the keys of the module's tables of functions."""
    held = vars(values.names.module).values()
    tables = [h for h in held if isinstance(h, dict) and h and all(callable(f) for f in h.values())]
    keys = [key for table in tables for key in table if isinstance(key, str)]
    told = list(dict.fromkeys([*compared("name", values), *keys]))
    return [*told[:MOST_TOOLS], "unknown"] if told else [*_offered(values), "unknown"][:1]


def _offered(values: Values) -> list[str]:
    """Return the names of the tools that the code offers: of dictionaries with an ``input_schema``."""
    found: list[str] = []
    for node in _nodes(values):
        if isinstance(node, ast.Dict):
            pairs = {getattr(k, "value", None): getattr(v, "value", None) for k, v in zip(node.keys, node.values)}
            found += [str(pairs["name"])] if "input_schema" in pairs and pairs.get("name") else []
    for held in vars(values.names.module).values():
        listed = held if isinstance(held, (list, tuple)) else [held]
        found += [each["name"] for each in listed if isinstance(each, dict) and "input_schema" in each]
    return found


def _parts(values: Values, marked: ast.NodeTransformer) -> list[str]:
    """Return dictionaries with the keys that the code reads of a part of an answer."""
    found: list[str] = []
    for code in values.facts.code:
        if isinstance(code, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made = marked.visit(copy.deepcopy(code))
            made.args.kwonlyargs.append(ast.arg(arg=_PART))
            made.args.kw_defaults.append(None)
            shape = read_shapes(ast.fix_missing_locations(made), ast.Module([], [])).get(_PART)
            found += plain(values.lookalikes.of(shape)) if shape is not None else []
    return [s for s in unique(found) if s.startswith("{") and _is_literal(s)] or ["{}"]


def _is_literal(source: str) -> bool:
    try:
        json.dumps(ast.literal_eval(source))
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


class _InputOfTool(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.Name(_PART, ast.Load()), node) if node.attr == "input" else node


class _ReadJson(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_read = isinstance(node.func, (ast.Attribute, ast.Name)) and ast.unparse(node.func).endswith("loads")
        return ast.copy_location(ast.Name(_PART, ast.Load()), node) if is_read else node


def _type(name: str, names: Names) -> str:
    return bound(name, "anthropic.types", names)


def bound(name: str, home: str, names: Names) -> str:
    """Return the expression for a name of a module of the library's."""
    return names.bind(name, home, name, getattr(importlib.import_module(home), name))


def library_of(names: Names) -> str:
    """Return the expression for the library."""
    return names.of_module("anthropic")
