"""The type of an expression, as far as its text tells it."""

from __future__ import annotations

import ast

from greenline.domain.code.dotted_names import dotted
from greenline.domain.code.file_names import given_back, given_to_self
from greenline.domain.code.static_values import Reading, Unknown

_DEEPEST = 4
_BUILTIN_CLASSES = frozenset(
    {"str", "bytes", "int", "float", "bool", "complex", "list", "tuple", "set", "frozenset", "dict", "bytearray"}
)
_OF_NODES: dict[type, str] = {ast.JoinedStr: "str", ast.Compare: "bool", ast.Lambda: "collections.abc.Callable"}
_RESULTS = {
    "len": "int",
    "sorted": "list",
    "repr": "str",
    "sum": "int",
    "round": "int",
    "isinstance": "bool",
    "any": "bool",
    "re.compile": "re.Pattern",
    "re.match": "re.Match",
    "re.search": "re.Match",
    "re.fullmatch": "re.Match",
}
_TEXT_METHODS = frozenset({"lower", "upper", "strip", "replace", "join", "format", "decode", "title"})


def type_of(node: ast.expr, reading: Reading, depth: int = 0) -> str:
    """Return the type as ``wire.Explore.hints`` writes it, empty when it cannot be told. Raises nothing."""
    if depth > _DEEPEST:
        return ""
    kind = ""
    if isinstance(node, ast.Constant):
        kind = type(node.value).__name__
    elif isinstance(node, (ast.List, ast.ListComp, ast.Set, ast.SetComp, ast.Tuple, ast.Dict, ast.DictComp)):
        kind = _of_container(node, reading, depth)
    elif isinstance(node, ast.Call):
        kind = _of_call(node, reading, depth)
    elif isinstance(node, ast.Name):
        kind = _of_name(node, reading, depth)
    elif isinstance(node, ast.Attribute):
        kind = _of_attribute(node, reading, depth)
    elif isinstance(node, ast.BinOp):
        kind = _of_calculation(node, reading, depth)
    return _OF_NODES.get(type(node), "" if kind in ("NoneType", "ellipsis") else kind)


def _of_container(node: ast.expr, reading: Reading, depth: int) -> str:
    name = {"L": "list", "S": "set", "T": "tuple", "D": "dict"}[type(node).__name__[0]]
    parts: list[list[ast.expr]] = []
    if isinstance(node, (ast.List, ast.Set)):
        parts = [node.elts]
    elif isinstance(node, ast.Dict):
        parts = [[k for k in node.keys if k], node.values]
    inner = [{type_of(item, reading, depth + 1) for item in part} for part in parts]
    if inner and all(len(kinds) == 1 and "" not in kinds for kinds in inner):
        return f"{name}[{', '.join(kinds.pop() for kinds in inner)}]"
    return name


def _of_calculation(node: ast.BinOp, reading: Reading, depth: int) -> str:
    sides = [type_of(side, reading, depth + 1) for side in (node.left, node.right)]
    if isinstance(node.op, ast.Mod) and sides[0] in ("str", "bytes"):
        return sides[0]
    known = [side for side in sides if side.partition("[")[0] in _BUILTIN_CLASSES]
    if isinstance(node.op, ast.Div) and known:
        return "float"
    return "float" if "float" in known else known[0] if known else ""


def _of_call(node: ast.Call, reading: Reading, depth: int) -> str:
    if isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
        return "str"
    return _of_class(node.func, reading) or _RESULTS.get(dotted(node.func), "") or _of_result(node, reading, depth)


def _of_result(node: ast.Call, reading: Reading, depth: int) -> str:
    """Return the type of what one of the file's own functions, or a method of the same class, gives back."""
    first, _, rest = dotted(node.func).partition(".")
    name = f"{reading.scope.class_name}.{rest}" if first in ("self", "cls") and rest else dotted(node.func)
    scope = reading.names.functions.get(name)
    if scope is None:
        return ""
    inside = reading.inside(scope)
    annotation = getattr(scope.node, "returns", None)
    if annotation is not None:
        return _of_annotation(annotation, inside)
    given = given_back(scope)
    return type_of(given, inside, depth + 1) if given is not None else ""


def _of_name(node: ast.Name, reading: Reading, depth: int) -> str:
    scope = reading.scope
    if node.id in scope.counters:
        return "int"
    if node.id == "self" and scope.class_name and not reading.is_test:
        return f"{reading.names.module}.{scope.class_name}"
    given = reading.value_of(node)
    if given is not None:
        return type_of(given[1], given[0], depth + 1)
    if node.id in scope.annotations:
        return _of_annotation(scope.annotations[node.id], reading)
    default = scope.defaults.get(node.id)
    return type_of(default, reading, depth + 1) if default is not None else ""


def _of_attribute(node: ast.Attribute, reading: Reading, depth: int) -> str:
    """Return the type of what the constructor puts on ``self``."""
    scope = reading.names.functions.get(f"{reading.scope.class_name}.__init__")
    if dotted(node.value) != "self" or scope is None:
        return ""
    given = given_to_self(scope).get(node.attr)
    return type_of(given, reading.inside(scope), depth + 1) if given is not None else ""


def _of_annotation(annotation: ast.expr, reading: Reading) -> str:
    if isinstance(annotation, ast.Subscript) and dotted(annotation.value) in ("list", "dict", "set"):
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        kinds = [_of_class(item, reading) for item in inner]
        return f"{dotted(annotation.value)}[{', '.join(kinds)}]" if all(kinds) else dotted(annotation.value)
    return _of_class(annotation, reading)


def _of_class(node: ast.expr, reading: Reading) -> str:
    """Return the whole name of a class: one of Python's, or one that an import leads to and is written so."""
    name = dotted(node)
    if name in _BUILTIN_CLASSES:
        return name
    try:
        module, rest = reading.imported(node)
    except Unknown:
        return ""
    is_class = rest.rpartition(".")[2].lstrip("_")[:1].isupper()
    if not is_class or (reading.is_test and module == reading.names.module):
        return ""
    return f"{module}.{rest}"
