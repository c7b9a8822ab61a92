"""What answers of a server the code can tell apart: the keys it reads of their JSON, statuses, headers, errors."""

from __future__ import annotations

import ast
import copy
import json
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.kinds.called import code_of
from greenline_probe.explore.pools import unique
from greenline_probe.explore.shape_reader import read_shapes
from greenline_probe.explore.sources import plain

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.values import Values

MOST = 12
MOST_REDUCED = 6
LEAST_STATUS, HIGHEST_STATUS = 200, 600
FIRST_ERROR = 400
_JSON, _HEADERS, _TEXT = "json_of_reply", "headers_of_reply", "text_of_reply"
_BASE = "https://example.com"
_LINKS = ("next", "previous", "url", "href", "link", "links", "location")
_STATUS = frozenset({"status_code", "status"})
_ASKS_SUCCESS = frozenset({"raise_for_status", "ok", "is_success", "is_error"})


def bodies(subject: Subject, values: Values) -> list[str]:
    """Return sources of JSON values with what the code reads of them, the fullest first."""
    found: list[str] = []
    base = next((c for c in values.facts.constants if isinstance(c, str) and c.startswith("http")), _BASE)
    for shape in _shapes(subject, _JSON):
        made = values.lookalikes.of(shape) or values.guesses.like("data", shape, 1)
        found += [repr(_linked(ast.literal_eval(s), base.rstrip("/"))) for s in plain(made) if _is_json(s)]
    found = [*with_numbers(found[:1], subject.node), *found]
    less = _reduced(ast.literal_eval(found[0])) if found else []
    return unique([*found[:2], *less[:MOST_REDUCED], *found[2:], *less])[:MOST]


def with_numbers(sources: list[str], node: ast.AST) -> list[str]:
    """Return the bodies with a number for a text, where that item is returned and should be one."""
    returns = getattr(node, "returns", None)
    number = {"int": 3, "float": 21.5}.get(ast.unparse(returns) if returns is not None else "")
    results = [n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None]
    taken = [part for result in results for part in _results(result) if isinstance(part, ast.Subscript)]
    keys = {part.slice.value for part in taken if isinstance(part.slice, ast.Constant)}
    return [repr(_numbered(ast.literal_eval(s), keys, number)) for s in sources if number is not None and keys]


def _results(node: ast.expr) -> list[ast.expr]:
    return [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]


def _numbered(value: Any, keys: set[Any], number: float) -> Any:
    if isinstance(value, list):
        return [_numbered(item, keys, number) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: number if key in keys and isinstance(held, str) else _numbered(held, keys, number)
        for key, held in value.items()
    }


def headers(subject: Subject, values: Values) -> list[str]:
    """Return sources of headers that the code reads."""
    found = [source for shape in _shapes(subject, _HEADERS) for source in plain(values.lookalikes.of(shape))]
    return [s for s in unique(found) if _is_text_mapping(s)][:4]


def texts(subject: Subject) -> list[str]:
    """Return sources of bodies that are texts, empty where the code reads none."""
    nodes = [n for code in code_of(subject) for n in ast.walk(code)]
    if not any(isinstance(n, ast.Attribute) and n.attr in {"text", "content", "iter_lines"} for n in nodes):
        return []
    sides = [side for n in nodes if isinstance(n, ast.Compare) for side in [n.left, *n.comparators]]
    compared = [side.value for side in sides if isinstance(side, ast.Constant) and isinstance(side.value, str)]
    return unique(["'abc'", *map(repr, compared)])[:MOST]


def statuses(subject: Subject) -> list[int]:
    """Return the statuses that the code asks for, and an error where it minds one."""
    nodes = [n for code in code_of(subject) for n in ast.walk(code)]
    asked = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    found = [v for n in nodes if isinstance(n, ast.Compare) for v in _compared_status(n)]
    if asked & _ASKS_SUCCESS or found:
        found += [404, 500]
    return list(dict.fromkeys(found))


def _compared_status(node: ast.Compare) -> list[int]:
    sides = [node.left, *node.comparators]
    if not any(isinstance(n, (ast.Attribute, ast.Name)) and _last(n) in _STATUS for n in sides):
        return []
    numbers = [c.value for side in sides for c in ast.walk(side) if isinstance(c, ast.Constant)]
    return [n for n in numbers if isinstance(n, int) and LEAST_STATUS <= n < HIGHEST_STATUS]


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _shapes(subject: Subject, name: str) -> list[Any]:
    """Return what is asked of something that an answer gives, as if the functions had it as a parameter."""
    code = [n for n in code_of(subject) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    givers: set[str] = set()
    for _ in range(2):  # one may hand on what another gives
        parted = [_parted(node, givers) for node in code]
        givers |= {node.name for node in parted if _gives(node)}
    return [shape for node in parted if (shape := read_shapes(node, subject.tree).get(name)) is not None]


def _parted(node: Any, givers: set[str]) -> Any:
    made = _Parts(givers).visit(copy.deepcopy(node))
    made.args.kwonlyargs += [ast.arg(arg=name) for name in (_JSON, _HEADERS, _TEXT)]
    made.args.kw_defaults += [None, None, None]
    return ast.fix_missing_locations(made)


class _Parts(ast.NodeTransformer):
    """Puts names in the place of what is read of an answer."""

    def __init__(self, givers: set[str]) -> None:
        self._givers = givers

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = _last(node.func)
        if (name == "json" and isinstance(node.func, ast.Attribute) and not node.args) or name in self._givers:
            return ast.copy_location(ast.Name(_JSON, ast.Load()), node)
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        self.generic_visit(node)
        return node.value if isinstance(node.value, ast.Name) and node.value.id == _JSON else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        named = {"headers": _HEADERS, "text": _TEXT}.get(node.attr) if isinstance(node.ctx, ast.Load) else None
        return ast.copy_location(ast.Name(named, ast.Load()), node) if named else node


def _gives(node: Any) -> bool:
    """Tell whether a function returns the JSON of an answer as it is."""
    held = {_JSON}
    for each in ast.walk(node):
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Name) and each.value.id == _JSON:
            held |= {t.id for t in each.targets if isinstance(t, ast.Name)}
    return any(
        isinstance(n, ast.Return) and isinstance(n.value, ast.Name) and n.value.id in held for n in ast.walk(node)
    )


def _is_json(source: str) -> bool:
    try:
        value = ast.literal_eval(source)
        return bool(json.loads(json.dumps(value)) == value) and isinstance(value, (dict, list))
    except (ValueError, TypeError, SyntaxError):
        return False


def _linked(value: Any, base: str) -> Any:
    """Return the value with an address where a key says that there is one."""
    if isinstance(value, list):
        return [_linked(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"{base}/{key}" if held and isinstance(held, (str, bool)) and _is_link(key) else _linked(held, base)
        for key, held in value.items()
    }


def _is_link(key: object) -> bool:
    return str(key).endswith(_LINKS)


def _is_text_mapping(source: str) -> bool:
    try:
        value = ast.literal_eval(source)
    except (ValueError, TypeError, SyntaxError):
        return False
    return isinstance(value, dict) and all(isinstance(t, str) and t.isascii() for pair in value.items() for t in pair)


def _reduced(value: Any) -> list[str]:
    """Return the value with less in it: a key that is not there or holds nothing, no items."""
    if isinstance(value, list):
        return [*(repr([inner]) for one in value[:1] for inner in map(ast.literal_eval, _reduced(one))), "[]"]
    if not isinstance(value, dict):
        return []
    found = []
    for key, held in value.items():
        rest = {k: v for k, v in value.items() if k != key}
        found += [repr({**rest, key: None}), repr(rest)]
        if isinstance(held, (list, dict)):
            found.append(repr({**value, key: type(held)()}))
    return found
