"""Shapes: what the code asks of a parameter, and the values made from that."""

from __future__ import annotations

import ast
import importlib
import sys
import textwrap
from pathlib import Path

import pytest

from greenline_probe.explore.lookalikes import is_object
from greenline_probe.explore.shape import Shape, from_json
from greenline_probe.explore.shape_reader import read_shapes
from greenline_probe.explore.template import Choice
from unit.explore.explored import explored, pool_source


def shapes_of(text: str) -> dict[str, Shape]:
    module = ast.parse(textwrap.dedent(text))
    return read_shapes(module.body[0], module)


def test_keys_attributes_items_and_constants_are_read() -> None:
    shapes = shapes_of(
        """
        def f(order, user):
            for line in order["lines"]:
                total = line["price"] * 2
            if order.get("currency") == "EUR" and user.address.city:
                return helper(order)
        def helper(given):
            return given["id"]
        """
    )
    order = shapes["order"]

    assert list(order.items) == ["lines", "currency", "id"]
    assert order.optional == {"currency"}
    assert order.items["currency"].constants == ["EUR"]
    assert order.items["lines"].element is not None
    assert "calculates" in order.items["lines"].element.items["price"].uses
    assert list(shapes["user"].attributes["address"].attributes) == ["city"]


def test_what_a_constructor_keeps_is_followed_into_the_other_methods() -> None:
    module = ast.parse(
        textwrap.dedent(
            """
            class Repo:
                def __init__(self, db):
                    self.db = db
                def get(self, key):
                    return self.db.find(key)["name"]
            """
        )
    )
    (repo,) = module.body
    assert isinstance(repo, ast.ClassDef)
    found = read_shapes(repo.body[0], module)["db"].attributes["find"].result

    assert found is not None
    assert list(found.items) == ["name"]


@pytest.mark.parametrize(
    "body",
    [
        "return f(p)", "p.next = p", "a = p.next\n    a.back = p\n    p.next = a.back.next",
        "p.next = p\n    while p.next:\n        p = p.next", "p = p.a.b.c.d.e.f.g.h",
        "(a, *b), c = p", "return [*p, **p]", "def g(p): return p.x\n    return g", "del p.x, p['k']",
        "return lambda p: p.x", "async with p as q:\n        await q", "return {**p}", "p[0][1:]['a'] += p",
    ],
)  # fmt: skip
def test_nothing_makes_the_reading_fail(body: str) -> None:
    try:
        ast.parse(f"async def f(p):\n    {body}\n")
    except SyntaxError:
        return
    assert set(shapes_of(f"async def f(p):\n    {body}\n")) <= {"p"}


def test_what_is_known_of_a_value_goes_there_and_back() -> None:
    shape = shapes_of("def f(p):\n    a, b = p\n    return a.x(1)['k'] == 3 and p[0] and [i.y for i in p]\n")["p"]
    again = from_json(shape.to_json())

    assert again == shape
    again.merge(shape)
    assert again == shape


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return p.lower()", False), ("return p.name", True), ("return p.name.parent", True), ("return p.x", True),
        ("return p.items()", False), ("return p.find(1)['a']", True), ("return p.year, p.hour", False),
    ],
)  # fmt: skip
def test_an_object_has_what_no_usual_type_has(body: str, expected: bool) -> None:
    assert is_object(shapes_of(f"def f(p):\n    {body}\n")["p"]) is expected


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("def f(order):\n    return sum(i['price'] * i['quantity'] for i in order['lines'])\n", "6"),
        ("def f(shape):\n    if shape.kind == 'circle':\n        return 3 * shape.radius\n", "9"),
        ("def f(rows: list[dict]):\n    return max(rows, key=lambda r: r['age'])['name']\n", "'Ada'"),
        ("def f(config: dict):\n    return config['host'].upper()\n", "'EXAMPLE.COM'"),
        ("def f(pairs):\n    return [a + b.x for a, b in pairs]\n", None),
        ("class P:\n    def __init__(self, x: int):\n        self.x = x\ndef f(p):\n    return p.x\n", "3"),
    ],
)
def test_the_first_value_has_what_the_code_asks_for(tmp_path: Path, text: str, outcome: str | None) -> None:
    with explored(tmp_path, text, "f") as world:
        (template,) = world.templates
        seen = world.observer.run(Choice(template, template.first()))

    assert seen.kind == "value", (seen.error_text, template.first())
    if outcome is not None:
        assert seen.expected == outcome


def test_a_key_that_may_be_missing_is_missing_too(tmp_path: Path) -> None:
    with explored(tmp_path, "def f(p):\n    return p['a'] or p.get('b')\n", "f") as world:
        tried = [ast.literal_eval(s) for s in pool_source(world, "p") if s.startswith("{")]

    assert {frozenset(d) for d in tried} >= {frozenset({"a", "b"}), frozenset({"a"}), frozenset()}


def test_what_another_module_of_the_project_does_with_it_counts_too(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "prices.py").write_text("def price(order):\n    return order['price'] * order['count']\n")
    (package / "texts.py").write_text(
        "from shop import prices\nfrom shop.prices import price\n"
        "def f(order):\n    return price(order)\ndef g(other):\n    return prices.price(other)\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        loaded = importlib.import_module("shop.texts")
        module = ast.parse((package / "texts.py").read_text())
        found = [read_shapes(node, module, loaded) for node in module.body[2:]]
    finally:
        sys.path.remove(str(tmp_path))
        for name in ("shop.texts", "shop.prices", "shop"):
            sys.modules.pop(name, None)

    assert [list(shapes[name].items) for shapes, name in zip(found, ("order", "other"), strict=True)] == [
        ["price", "count"],
        ["price", "count"],
    ]
