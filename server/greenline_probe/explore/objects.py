"""Instances by recipe: constructor with typical arguments, factory, a concrete subclass."""

from __future__ import annotations

import ast
import enum
import inspect
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.explore import idioms
from greenline_probe.explore.facts import constructor_facts
from greenline_probe.explore.makers import Maker, instances_in, makers_of
from greenline_probe.explore.pools import unique
from greenline_probe.explore.ready_made import ready_made
from greenline_probe.explore.sources import call as call_of
from greenline_probe.explore.sources import plain, relabelled
from greenline_probe.explore.stubs import stubs_of

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

DEEPEST = 3
MOST = 24
MOST_DOCUMENTED = 8
MOST_MAKERS = 6
MOST_BY_EACH = 3
MOST_GIVEN = 3
MAX_LENGTH = 160
_WAYS = ("{}", "{}[0]", "next(iter({}))")
"""How an instance is taken out of what is returned."""


class Objects:
    """Expressions that make instances; only those that were tried and worked."""

    def __init__(self, values: Values, attempt: Callable[..., bool]) -> None:
        self._values = values
        self._attempt = attempt
        self._constructors: dict[Any, Values] = {}
        self._made: dict[tuple[Any, int], list[str]] = {}

    def of(self, kind: Any, depth: int = 0) -> list[str]:
        """Return a few instances of the class, the simplest first."""
        key = (kind, depth)
        if key not in self._made:
            self._made[key] = []  # a class whose constructor needs itself ends here
            self._made[key] = self._make(kind, depth)
        return self._made[key]

    def _make(self, kind: Any, depth: int) -> list[str]:
        name = self._values.names.of(kind)
        if depth > DEEPEST:
            return []
        special = idioms.instances(kind, self._values)
        if special:
            return special
        given = self.given(kind)
        if idioms.reaches_outside(kind):
            return given
        varied = self._varied(kind, depth)
        return unique([*given, *(varied or self._by_recipe(kind, name, depth))])

    def given(self, kind: Any) -> list[str]:
        """Return what the project's tests use for an instance: a fixture, or what a factory makes."""
        makers = self._values.makers
        return [s for s in makers.instances(kind) if self._attempt(s, kind)][:MOST_GIVEN] if makers else []

    def factories(self, kind: Any) -> list[tuple[str, inspect.Signature]]:
        """Return the project's factories that work, with what they take: attributes by name, none needed."""
        makers, signature = self._values.makers, _signature(kind)
        if makers is None or signature is None:
            return []
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        optional = [
            p.replace(default=None, kind=p.KEYWORD_ONLY) for p in signature.parameters.values() if p.kind in named
        ]
        by_name = signature.replace(parameters=optional)
        return [(name, by_name) for name in makers.factories(kind) if self._attempt(f"{name}()", kind)]

    def _varied(self, kind: Any, depth: int) -> list[str]:
        """Return what the project's factories make, one attribute varied at a time."""
        found = self.factories(kind)
        if not found:
            return []
        factory, by_name = found[0]
        hints = self._values.hints_of_class(kind) or self._values.hints(kind)
        calls = self._variations(factory, by_name, hints, depth, self.by_constructor(kind))
        return [s for s in calls if s != f"{factory}()" and self._attempt(s, kind)][:MOST_MAKERS]

    def _by_recipe(self, kind: Any, name: str | None, depth: int) -> list[str]:
        if name is None:
            return ready_made(kind, self._values.names)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return [f"{name}.{member.name}" for member in kind if member.name][:MOST]
        if issubclass(kind, enum.Enum):
            return [f"{name}.{member.name}" for member in kind if member.name]
        ready = [s for s in ready_made(kind, self._values.names) if self._attempt(s)]
        if ready:
            return ready
        made: list[str] = self.documented(kind)
        if not inspect.isabstract(kind) and not getattr(kind, "_is_protocol", False):
            made += [s for s in self._constructions(kind, name, depth) if self._attempt(s)][:MOST]
        for factory in _factories(kind):
            made += [s for s in self._factory_calls(kind, name, factory, depth) if self._attempt(s)][:3]
        if not made or self._is_vague(kind):
            made = unique([*made[:2], *self._from_others(kind, depth), *made])
        if not made:
            subclasses: list[type] = [*type.__subclasses__(kind), *self._alike(kind)]
            made = [s for sub in subclasses[:4] for s in self.of(sub, depth + 1)[:2]]
        return made or [s for s in stubs_of(kind, self._values) if self._attempt(s)]

    def _is_vague(self, kind: Any) -> bool:
        """Tell whether the constructor takes anything, whatever it needs: what others make works more often."""
        signature = _signature(kind)
        return signature is not None and any(
            p.default is p.empty and p.annotation is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
            for p in signature.parameters.values()
        )

    def _from_others(self, kind: Any, depth: int) -> list[str]:
        """Return what functions and methods of the module return, and what it keeps, where that is an instance."""
        module = self._values.names.module
        found: list[str] = []
        for maker in makers_of(kind, module)[:MOST_MAKERS]:
            calls = self._calls_of(maker, depth)
            ways = [way.format(c) for c in calls for way in _WAYS]
            found += [s for s in ways if len(s) < MAX_LENGTH and self._attempt(s, kind)][:MOST_BY_EACH]
        names = [
            self._values.names.bind_attribute(module.__name__, n, getattr(module, n))
            for n in instances_in(kind, module)
        ]
        return [*found, *names[:MOST_BY_EACH]]

    def _calls_of(self, maker: Maker, depth: int) -> list[str]:
        """Return expressions that make the maker give what it makes."""
        module = self._values.names.module
        owner = getattr(module, maker.owner, None) if maker.owner else module
        thing = inspect.getattr_static(owner, maker.name, None)
        if maker.owner:
            receivers = plain(self.of(owner, depth + 1))[:2] if isinstance(owner, type) else []
            if isinstance(thing, (classmethod, staticmethod)):
                receivers = [r for r in [self._values.names.of(owner)] if r]
        else:
            receivers = [""]
        found: list[str] = []
        for receiver in receivers:
            callee = f"{receiver}.{maker.name}" if receiver else self._values.names.of(thing)
            if not maker.is_called:
                found.append(str(callee))
                continue
            bound = thing.__func__ if isinstance(thing, (classmethod, staticmethod)) else thing
            signature = _signature(bound)
            if callee is None or signature is None:
                continue
            if maker.owner and not isinstance(thing, staticmethod):
                signature = signature.replace(parameters=list(signature.parameters.values())[1:])
            values = self._values.of_function(bound)
            found += plain(self._variations(callee, signature, self._values.hints(bound), depth + 1, values))[:8]
        return found

    def _alike(self, kind: Any) -> list[type]:
        """Return the module's classes that have what a protocol asks for."""
        if not getattr(kind, "_is_protocol", False):
            return []
        asked = {n for base in kind.__mro__ if getattr(base, "_is_protocol", False) for n in _members(base)}
        classes = [c for c in vars(self._values.names.module).values() if isinstance(c, type) and c is not kind]
        return [c for c in classes if asked and all(hasattr(c, n) for n in asked) and not _is_protocol(c)]

    def _constructions(self, kind: Any, name: str, depth: int) -> list[str]:
        """Return constructor calls, typical arguments first, one argument varied at a time."""
        signature = _signature(kind)
        if signature is None:
            return [f"{name}()"]
        hints = self._values.hints_of_class(kind) or self._values.hints(kind)
        return self._variations(name, signature, hints, depth, self.by_constructor(kind))

    def documented(self, kind: Any) -> list[str]:
        """Return calls of the class in the documentation around it, where their arguments are plain values."""
        name, found = self._values.names.of(kind), []
        for source in self.by_constructor(kind).facts.examples[:MOST]:
            call = ast.parse(source, mode="eval").body
            if not isinstance(call, ast.Call):
                continue
            arguments = [*call.args, *(k.value for k in call.keywords)]
            if arguments and all(_is_plain(a) for a in arguments):
                shown = ", ".join(
                    [*map(ast.unparse, call.args), *(f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords)]
                )
                found.append(f"{name}({shown})")
        return [s for s in unique(found) if self._attempt(s)][:MOST_DOCUMENTED]

    def by_constructor(self, kind: Any) -> Values:
        """Return the values in the light of the class's own constructor."""
        if kind not in self._constructors:
            facts = constructor_facts(kind) if isinstance(kind, type) else None
            self._constructors[kind] = self._values if facts is None else self._values.in_the_light_of(facts)
        return self._constructors[kind]

    def _factory_calls(self, kind: Any, name: str, factory: str, depth: int) -> list[str]:
        function = getattr(kind, factory)
        signature = _signature(function)
        if signature is None:
            return []
        return self._variations(f"{name}.{factory}", signature, self._values.hints(function), depth)[:8]

    def _variations(
        self, callee: str, signature: inspect.Signature, hints: dict[str, Any], depth: int, values: Values | None = None
    ) -> list[str]:
        required: list[tuple[str, list[str]]] = []
        optional: list[tuple[str, list[str]]] = []
        for parameter in signature.parameters.values():
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            hint = hints.get(parameter.name, parameter.annotation)
            pool = (values or self._values).of_parameter(parameter, hint, depth + 1)
            if not pool and parameter.default is parameter.empty:
                return []
            label = "" if parameter.kind is parameter.POSITIONAL_ONLY else f"{parameter.name}="
            (required if parameter.default is parameter.empty else optional).append((label, pool))
        shown = [("", pool) if len(required) == 1 and not optional else (label, pool) for label, pool in required]
        base = [relabelled(label, pool[0]) for label, pool in shown]
        rows = [base]
        for rank in range(1, 7):
            rows += [
                [*base[:i], relabelled(label, pool[rank]), *base[i + 1 :]]
                for i, (label, pool) in enumerate(shown)
                if rank < len(pool)
            ]
            rows += [
                [*base, relabelled(label, pool[rank - 1])] for label, pool in optional if label and rank <= len(pool)
            ]
        if len(optional) > 1:
            rows.append([*base, *(relabelled(label, pool[0]) for label, pool in optional if pool and label)])
        return [call_of(callee, row) for row in rows]


def _is_protocol(kind: type) -> bool:
    return bool(vars(kind).get("_is_protocol", False))


def _members(protocol: type) -> set[str]:
    functions = {n for n, m in vars(protocol).items() if inspect.isfunction(m) or isinstance(m, property)}
    own = functions | set(vars(protocol).get("__annotations__", {}))
    return {n for n in own if not n.startswith(("_no_init", "_proto")) and n not in {"__init__", "__subclasshook__"}}


def _is_plain(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _signature(thing: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(thing)
    except (TypeError, ValueError):
        return None


def _factories(kind: Any) -> list[str]:
    found = []
    for name, member in vars(kind).items():
        if name.startswith("_") or not isinstance(member, (classmethod, staticmethod)):
            continue
        returned = getattr(member.__func__, "__annotations__", {}).get("return")
        shown = returned if isinstance(returned, str) else getattr(returned, "__name__", str(returned))
        made = any(word in str(shown) for word in (kind.__name__, "Self"))
        if made or name.startswith(("from_", "parse", "create", "make", "of", "load")):
            found.append(name)
    return found
