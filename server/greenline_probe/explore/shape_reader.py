"""Shapes read from the source: what a function, and what it hands its arguments to, does with its parameters."""

from __future__ import annotations

import ast
import inspect
import sys
from typing import Any

from greenline_probe.explore.definitions import (
    Function,
    definitions_in,
    find_def,
    is_static,
    method_of,
    parameters_of,
    parsed,
    source_of,
)
from greenline_probe.explore.shape import Shape, below

_SAME_ITEMS = frozenset("list tuple set frozenset sorted reversed iter enumerate filter".split())  # noqa: SIM905
_ASKED = frozenset("len iter list sorted enumerate map zip sum open int float str next reversed set tuple".split())  # noqa: SIM905
_BY_KEY = frozenset({"get", "pop", "setdefault"})
_TAKERS = {
    word: frozenset(names.split())
    for word, names in {
        "joins text": "match search fullmatch findall finditer sub subn split compile escape loads strptime quote "
        "unquote urlparse urlsplit dedent literal_eval fromisoformat encode",
        "open": "exists isfile isdir basename dirname splitext read_text Path PurePath",
        "calculates": "sqrt floor ceil log log10 isnan isinf isclose fromtimestamp",
        "iterates": "join extend chain from_iterable update",
    }.items()
}
"""What is done with it -> names of functions and methods that do so with what they are given."""
DEEPEST_CALL = 3
MAX_NODES = 6000


def read_shapes(function: ast.AST, module: ast.Module, loaded: Any = None) -> dict[str, Shape]:
    """Return parameter -> shape. Of a constructor, what other methods do with the attributes counts too.

    ``loaded`` is the module as an object, if functions of the project's other modules are to be followed too.
    """
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return {}
    names = [a.arg for a in parameters_of(function)]
    shapes = {name: Shape() for name in names}
    for extra in (function.args.vararg, function.args.kwarg):
        if extra is not None:  # what is known of each argument is known of each item
            shapes[extra.arg] = Shape()
    reader = _Reader(module, loaded)
    owner = reader.owner_of(function)
    scope: dict[str, Shape] = dict(shapes)
    if owner is not None and names and not is_static(function):
        scope[names[0]] = Shape()
        del shapes[names[0]]
    reader.walk(function, scope, owner)
    if owner is not None and function.name in {"__init__", "__new__", "__post_init__"} and names:
        for method in owner.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and method is not function:
                first = [a.arg for a in parameters_of(method)][:1]
                reader.walk(method, {first[0]: scope[names[0]]} if first else {}, owner)
    for extra in (function.args.vararg, function.args.kwarg):
        if extra is not None:
            shapes[extra.arg] = shapes[extra.arg].element or Shape()
    return {name: shape for name, shape in shapes.items() if not shape.is_empty}


class _Reader:
    """Follows the values through names, attributes and calls, from one module into others of the project."""

    def __init__(self, module: ast.Module, loaded: Any) -> None:
        self._loaded = loaded
        self._functions, self._owners, self._classes = definitions_in(module)
        self._stack: list[ast.AST] = []
        self._owner: ast.ClassDef | None = None
        self._left = MAX_NODES

    def owner_of(self, function: ast.AST) -> ast.ClassDef | None:
        """Return the class that a method belongs to."""
        return self._owners.get(id(function))

    def walk(self, function: Function, scope: dict[str, Shape], owner: ast.ClassDef | None) -> Shape:
        """Read the body; ``scope`` holds the shapes by name, and is changed. Returns the shape of what it returns."""
        returned = Shape(depth=1)
        if function in self._stack or len(self._stack) > DEEPEST_CALL:
            return returned
        before, self._owner = self._owner, owner
        self._stack.append(function)
        for statement in function.body:
            self._statement(statement, scope)
        self._stack.pop()
        self._owner = before
        return returned

    # ---- statements --------------------------------------------------------------------------------------------

    def _statement(self, node: ast.stmt, scope: dict[str, Shape]) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = {a.arg for a in parameters_of(node)}
            for statement in node.body:  # it sees what is around it
                self._statement(statement, {k: v for k, v in scope.items() if k not in inner})
            return
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            value = self._value(node.value, scope)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self._bind(target, value, scope)
            return
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self._loop(
                node.target, node.iter, scope, "async iterates" if isinstance(node, ast.AsyncFor) else "iterates"
            )
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                held = self._value(item.context_expr, scope)
                if held is not None:
                    held.uses.add("enters")
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, None if held is None else held.attribute("__enter__"), scope)
        elif isinstance(node, (ast.If, ast.While)):
            self._truth(node.test, scope)
        elif isinstance(node, ast.AugAssign):
            self._value(ast.BinOp(node.target, node.op, node.value), scope)
        elif isinstance(node, ast.Expr):
            given_back = self._value(node.value, scope)
            if given_back is not None and isinstance(node.value, ast.Call):
                given_back.uses.add("dropped")
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child, scope)
            elif isinstance(child, ast.ExceptHandler):
                for statement in child.body:
                    self._statement(statement, scope)
            elif isinstance(child, ast.expr) and not isinstance(node, (ast.For, ast.AsyncFor)):
                self._value(child, scope)
            elif type(child).__name__ == "match_case":
                for statement in getattr(child, "body", ()):
                    self._statement(statement, scope)

    def _bind(self, target: ast.expr, value: Shape | None, scope: dict[str, Shape]) -> None:
        if isinstance(target, ast.Name):
            if value is not None:
                scope[target.id] = value
            elif target.id in scope and target.id:
                scope.pop(target.id)
        elif isinstance(target, ast.Attribute):
            holder = self._value(target.value, scope)
            if holder is not None and value is not None and all(s is not holder for s in below(value)):
                holder.attributes[target.attr] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for i, part in enumerate(target.elts):
                self._bind(part, None if value is None else value.part(i), scope)
        elif isinstance(target, ast.Subscript):
            holder = self._value(target.value, scope)
            if holder is not None:
                holder.uses.add("assigns items")

    def _loop(self, target: ast.expr, iterated: ast.expr, scope: dict[str, Shape], word: str = "iterates") -> None:
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Attribute):
            held = self._value(iterated.func.value, scope)
            if held is not None and iterated.func.attr in {"items", "values"} and not iterated.args:
                held.attribute(iterated.func.attr).called(0)
                pair = iterated.func.attr == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2
                self._bind(target.elts[1] if pair and isinstance(target, ast.Tuple) else target, held.inner(), scope)
                return
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name) and iterated.func.id == "enumerate":
            held = self._value(iterated, scope)
            if held is not None and isinstance(target, ast.Tuple) and len(target.elts) == 2:
                self._bind(target.elts[1], held.inner(), scope)
            return
        if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name) and iterated.func.id == "zip":
            for each, argument in zip(target.elts if isinstance(target, ast.Tuple) else [], iterated.args):
                self._loop(each, argument, scope)
            return
        held = self._value(iterated, scope)
        if held is not None:
            held.uses.add(word)
        self._bind(target, None if held is None else held.inner(), scope)

    # ---- expressions -------------------------------------------------------------------------------------------

    def _value(self, node: ast.expr, scope: dict[str, Shape]) -> Shape | None:
        """Return the shape that the expression leads to, None for any other value; notes what is done on the way."""
        self._left -= 1
        if self._left < 0:
            return None
        if isinstance(node, ast.Name):
            return scope.get(node.id)
        if isinstance(node, ast.Attribute):
            held = self._value(node.value, scope)
            return None if held is None else held.attribute(node.attr)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope)
        if isinstance(node, ast.Call):
            return self._call(node, scope)
        if isinstance(node, ast.Compare):
            self._compare(node, scope)
            return None
        if isinstance(node, ast.BinOp):
            self._calculation(node, scope)
            return None
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            inner = dict(scope)
            for part in node.generators:
                self._loop(part.target, part.iter, inner, "async iterates" if part.is_async else "iterates")
                for condition in part.ifs:
                    self._truth(condition, inner)
                    self._value(condition, inner)
            shown = [
                self._value(n, inner)
                for n in ([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
            ]
            return None if shown[-1] is None else Shape(element=shown[-1])
        if isinstance(node, ast.Lambda):
            hidden = {a.arg for a in node.args.args}
            self._value(node.body, {k: v for k, v in scope.items() if k not in hidden})
            return None
        if isinstance(node, ast.NamedExpr):
            value = self._value(node.value, scope)
            self._bind(node.target, value, scope)
            return value
        if isinstance(node, ast.Await):
            waited = self._value(node.value, scope)
            if waited is not None:
                waited.uses.add("awaits")
            return None
        if isinstance(node, (ast.BoolOp, ast.IfExp)):
            every = node.values if isinstance(node, ast.BoolOp) else [node.test, node.body, node.orelse]
            for asked in every[:-1] if isinstance(node, ast.BoolOp) else every[:1]:
                self._truth(asked, scope)
            found = [self._value(v, scope) for v in every]
            offered = found if isinstance(node, ast.BoolOp) else found[1:]
            return next((f for f in offered if f is not None), None)  # ``given or default``
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                value = self._value(child, scope)
                if value is not None and isinstance(node, ast.Starred):
                    value.uses.add("iterates")
        return None

    def _truth(self, node: ast.expr, scope: dict[str, Shape]) -> None:
        """Note what is asked whether it is true, by itself or beside others."""
        if isinstance(node, ast.BoolOp):
            for part in node.values:
                self._truth(part, scope)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            self._truth(node.operand, scope)
        elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            value = self._value(node, scope)
            if value is not None:
                value.uses.add("truth")

    def _subscript(self, node: ast.Subscript, scope: dict[str, Shape]) -> Shape | None:
        held = self._value(node.value, scope)
        self._value(node.slice, scope)
        if held is None:
            return None
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return held.item(node.slice.value, optional=isinstance(node.ctx, ast.Store))
        held.uses.add("indexes")
        return held if isinstance(node.slice, ast.Slice) else held.inner()

    def _compare(self, node: ast.Compare, scope: dict[str, Shape]) -> None:
        sides = [node.left, *node.comparators]
        shapes = [self._value(side, scope) for side in sides]
        constants = [c for side in sides for c in literals(side)]
        orders = isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE))
        for shape in shapes:
            if shape is not None:
                shape.compared_with(constants)
                shape.uses |= {"orders"} if orders else set()
        last = shapes[-1]
        if last is not None and isinstance(node.ops[-1], (ast.In, ast.NotIn)):
            last.uses.add("contains")
            for constant in literals(node.left):
                if isinstance(constant, str):
                    last.item(constant, optional=True)

    def _calculation(self, node: ast.BinOp, scope: dict[str, Shape]) -> None:
        sides = [(node.left, node.right), (node.right, node.left)]
        for side, other in sides:
            shape = self._value(side, scope)
            text = isinstance(other, ast.JoinedStr) or (
                isinstance(other, ast.Constant) and isinstance(other.value, (str, bytes))
            )
            if shape is not None and not (isinstance(node.op, ast.Mod) and text):
                shape.uses.add("joins text" if text else "calculates")

    def _call(self, node: ast.Call, scope: dict[str, Shape]) -> Shape | None:
        given = [self._value(a, scope) for a in node.args]
        named = {k.arg: self._value(k.value, scope) for k in node.keywords}
        called = node.func
        if isinstance(called, ast.Name) and called.id not in scope:
            return self._named_call(called.id, node, given, named, scope)
        if isinstance(called, ast.Attribute):
            held = self._value(called.value, scope)
            own = self._own_method(called, held)
            if own is not None:
                self._hand_over(own, given, named, held)
                return None
            if held is not None and called.attr == "sort":
                self._keyed(node, held, scope)
            if held is None:
                if not self._elsewhere(called, given, named):
                    self._given_away(called.attr, given)
                return None
            if called.attr in _BY_KEY and node.args and (key := _text(node.args[0])) is not None:
                held.attribute(called.attr).called(len(node.args))
                return held.item(key, optional=True)
            for argument in node.args:
                if called.attr in {"startswith", "endswith", "split", "join", "count", "find"}:
                    held.compared_with([c for c in literals(argument) if isinstance(c, (str, bytes)) and c])
            return held.attribute(called.attr).called(len(node.args) + len(node.keywords))
        held = self._value(called, scope)
        if held is None:
            return None
        held.uses.add("calls")
        return held.called(len(node.args) + len(node.keywords))

    def _named_call(
        self,
        name: str,
        node: ast.Call,
        given: list[Shape | None],
        named: dict[str | None, Shape | None],
        scope: dict[str, Shape],
    ) -> Shape | None:
        first = given[0] if given else None
        if name == "isinstance" and first is not None and len(node.args) == 2:
            kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            first.kinds += [k for k in map(ast.unparse, kinds) if k not in first.kinds]
            return None
        if name in {"getattr", "hasattr"} and first is not None and len(node.args) > 1:
            attribute = _text(node.args[1])
            if attribute is None:
                return None
            if attribute not in first.attributes:
                first.optional.add(attribute)
            return first.attribute(attribute) if name == "getattr" or not attribute.startswith("__") else None
        self._keyed(node, first, scope)
        if name in {"max", "min", "next", "sum"} and first is not None and len(node.args) == 1:
            first.uses.add("iterates")
            return None if name == "sum" else first.inner()
        if name in _ASKED:
            for shape in given:
                if shape is not None:
                    shape.uses.add(name)
            return first if name in _SAME_ITEMS else None
        function = self._functions.get(name) or self._constructor(name)
        if function is None:
            if not self._elsewhere(node.func, given, named):
                self._given_away(name, given)
        else:
            self._hand_over(function, given, named, Shape() if self.owner_of(function) else None)
        return None

    def _keyed(self, node: ast.Call, items: Shape | None, scope: dict[str, Shape]) -> None:
        """Read the function that looks at each item, as in ``sorted(rows, key=lambda row: ...)``."""
        functions = [a for a in [*node.args, *(k.value for k in node.keywords)] if isinstance(a, ast.Lambda)]
        others = [self._value(a, scope) for a in node.args if not isinstance(a, ast.Lambda)]
        items = items or next((o for o in others if o is not None), None)
        for function in functions:
            if items is not None and len(function.args.args) == 1:
                self._value(function.body, {**scope, function.args.args[0].arg: items.inner()})

    def _elsewhere(self, called: ast.expr, given: list[Shape | None], named: dict[str | None, Shape | None]) -> bool:
        """Read a function of another module of the project, where that is what is called."""
        if not any(shape is not None for shape in [*given, *named.values()]):
            return False
        parts = ast.unparse(called).split(".")
        thing = self._loaded
        for part in parts:
            thing = inspect.getattr_static(thing, part, None) if thing is not None else None
        home = sys.modules.get(getattr(thing, "__module__", None) or "")
        own = getattr(self._loaded, "__name__", "").partition(".")[0]
        if not inspect.isfunction(thing) or home is None or home is self._loaded or not own:
            return False
        text = source_of(home) if home.__name__.partition(".")[0] == own else None
        node = find_def(parsed(text), thing.__qualname__) if text is not None else None
        if node is None or len(self._stack) > DEEPEST_CALL:
            return False
        other = _Reader(parsed(str(text)), home)
        other._stack, other._left = self._stack, self._left // 2
        other._hand_over(node, given, named, None)
        return True

    def _given_away(self, name: str, given: list[Shape | None]) -> None:
        """Note what functions of the standard library take."""
        for word, names in _TAKERS.items():
            for shape in given if name in names else ():
                if shape is not None:
                    shape.uses.add(word)

    def _constructor(self, name: str) -> Function | None:
        owner = self._classes.get(name)
        return method_of(owner, "__init__") if owner is not None else None

    def _own_method(self, called: ast.Attribute, held: Shape | None) -> Function | None:
        """Return the method that ``self.name(...)`` calls."""
        is_self = isinstance(called.value, ast.Name) and called.value.id in {"self", "cls"}
        return method_of(self._owner, called.attr) if is_self and self._owner is not None and held is not None else None

    def _hand_over(
        self, function: Function, given: list[Shape | None], named: dict[str | None, Shape | None], held: Shape | None
    ) -> None:
        """Read what the called function does with what it is given."""
        names = [a.arg for a in parameters_of(function)]
        scope = {}
        if held is not None and names and not is_static(function):
            scope[names.pop(0)] = held
        pairs = [*zip(names, given), *((k, v) for k, v in named.items() if k in names)]
        passed = {str(name): shape for name, shape in pairs if shape is not None}
        if passed:
            self.walk(function, {**scope, **passed}, self.owner_of(function))


def literals(node: ast.AST) -> list[Any]:
    """Return the value of a literal, or its members; empty for anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return []
    return list(value) if isinstance(value, (tuple, list, set, frozenset, dict)) else [value]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
