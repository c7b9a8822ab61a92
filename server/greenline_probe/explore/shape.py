"""The shape of a value: what the code reads from it, asks of it and compares it with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 5
MOST = 24


@dataclass
class Shape:
    """What is known of one value; ``element``, ``result`` and the others are the shapes of what it leads to."""

    uses: set[str] = field(default_factory=set)
    """Words as in ``Facts.uses``: "iterates", "indexes", "calls", "calculates", "len", "dropped" ..."""
    attributes: dict[str, Shape] = field(default_factory=dict)
    items: dict[str, Shape] = field(default_factory=dict)
    """What is asked for by a key that is a text."""
    optional: set[str] = field(default_factory=set)
    """Keys and attributes that may be missing."""
    parts: dict[int, Shape] = field(default_factory=dict)
    """Of a value that is unpacked."""
    constants: list[Any] = field(default_factory=list)
    """What it is compared with."""
    kinds: list[str] = field(default_factory=list)
    """Sources of the types in ``isinstance(value, ...)``."""
    element: Shape | None = None
    result: Shape | None = None
    arity: int = -1
    """The number of arguments that it is called with, -1 where it is not called."""
    depth: int = 0

    def attribute(self, name: str) -> Shape:
        """Return the shape of an attribute."""
        return self._below(self.attributes, name)

    def item(self, key: str, *, optional: bool = False) -> Shape:
        """Return the shape of what is kept under a key."""
        if optional and key not in self.items:
            self.optional.add(key)
        elif not optional:
            self.optional.discard(key)
        return self._below(self.items, key)

    def part(self, index: int) -> Shape:
        """Return the shape of one of the values that it is unpacked into."""
        return self._below(self.parts, index)

    def inner(self) -> Shape:
        """Return the shape of each of its items."""
        if self.element is None:
            self.element = self._deeper()
        return self.element

    def called(self, arity: int) -> Shape:
        """Return the shape of what it returns, called with so many arguments."""
        self.arity = max(self.arity, arity)
        if self.result is None:
            self.result = self._deeper()
        return self.result

    def compared_with(self, constants: list[Any]) -> None:
        """Remember what it is compared with."""
        for constant in constants[:MOST]:
            if all(type(c) is not type(constant) or c != constant for c in self.constants):
                self.constants.append(constant)

    def merge(self, other: Shape) -> None:
        """Take over what another shape of the same value knows."""
        self.uses |= other.uses
        self.optional = (self.optional & other.optional) | (self.optional ^ other.optional) - (
            (set(self.items) - self.optional) | (set(other.items) - other.optional)
        )
        for mine, theirs in ((self.attributes, other.attributes), (self.items, other.items)):
            for name, shape in theirs.items():
                self._below(mine, name).merge(shape)
        for index, shape in other.parts.items():
            self.part(index).merge(shape)
        self.compared_with(other.constants)
        self.kinds += [k for k in other.kinds if k not in self.kinds]
        self.arity = max(self.arity, other.arity)
        if other.element is not None and self.depth < DEEPEST:
            self.inner().merge(other.element)
        if other.result is not None and self.depth < DEEPEST:
            self.called(other.arity).merge(other.result)

    @property
    def is_empty(self) -> bool:
        """Nothing is known."""
        return not (self.uses or self.attributes or self.items or self.parts or self.constants or self.kinds) and (
            self.element is None and self.result is None
        )

    def _deeper(self) -> Shape:
        return Shape(depth=self.depth + 1)

    def _below(self, where: dict[Any, Shape], name: Any) -> Shape:
        if name not in where:
            if len(where) >= MOST or self.depth >= DEEPEST:
                return self._deeper()
            where[name] = self._deeper()
        return where[name]

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        plain = {
            "uses": sorted(self.uses),
            "attributes": {k: s.to_json() for k, s in self.attributes.items()},
            "items": {k: s.to_json() for k, s in self.items.items()},
            "optional": sorted(self.optional),
            "parts": [[k, s.to_json()] for k, s in self.parts.items()],
            "constants": [c for c in self.constants if isinstance(c, (str, int, float, bool, type(None)))],
            "element": self.element.to_json() if self.element else None,
            "result": self.result.to_json() if self.result else None,
            "arity": self.arity,
            "depth": self.depth,
        }
        return {k: v for k, v in plain.items() if v not in ([], {}, None)}


def from_json(plain: dict[str, Any]) -> Shape:
    """Return the shape that ``to_json`` wrote."""
    return Shape(
        uses=set(plain.get("uses", ())),
        attributes={k: from_json(s) for k, s in plain.get("attributes", {}).items()},
        items={k: from_json(s) for k, s in plain.get("items", {}).items()},
        optional=set(plain.get("optional", ())),
        parts={k: from_json(s) for k, s in plain.get("parts", ())},
        constants=list(plain.get("constants", ())),
        element=from_json(plain["element"]) if "element" in plain else None,
        result=from_json(plain["result"]) if "result" in plain else None,
        arity=plain.get("arity", -1),
        depth=plain.get("depth", 0),
    )


def below(shape: Shape) -> Iterator[Shape]:
    """Yield the shape and all that it leads to."""
    yield shape
    inner = [*shape.attributes.values(), *shape.items.values(), *shape.parts.values()]
    for other in [*inner, *(s for s in (shape.element, shape.result) if s is not None)]:
        yield from below(other)
