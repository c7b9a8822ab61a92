"""A page as a tree, by Python's own parser: what a browser would have at least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input"}


@dataclass
class Node:
    """An element with what stands in it; ``text`` is its own and that of all below."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, name: str = "", class_: str = "") -> Iterator[Node]:
        for one in self.children:
            if isinstance(one, Node):
                classes = (one.attributes.get("class") or "").split()
                if (not name or one.name == name) and (not class_ or class_ in classes):
                    yield one
                yield from one.all(name, class_)

    def by_id(self, wanted: str) -> Node:
        (found,) = (node for node in self.all() if node.attributes.get("id") == wanted)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"<{tag}> has an attribute twice"
        node = Node(tag, dict(attrs))
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> ends something else"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(page: str) -> Node:
    """Read a page; fails where its elements are not nested as they should be."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    (top,) = reader.open
    return top
