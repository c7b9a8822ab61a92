from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.code.call_sites import Caller, Seen, calls_in
from greenline.domain.code.read_module import read_module

SOURCE = textwrap.dedent("""
    from decimal import Decimal

    DEFAULT = "XK-1"

    class Box:
        def __init__(self, size, lid=False): ...
        def put(self, item): self._note(item)
        def _note(self, item): ...
        def get(self, key): ...
        @property
        def full(self): ...
        @classmethod
        def of(cls, text): ...

    def route(code, amount: int = 1, *rest, dry=False): ...

    def _inner(code): ...

    def outer():
        _inner("from-inside")
        _inner(DEFAULT)
        local = Decimal("2")
        _inner(local)
        Box(3).put(7)
""")
FUNCTIONS = read_module(SOURCE)[0].functions
HEAD = "from shop.boxes import Box, route\n"


def seen(text: str, *, module: str = "tests.test_boxes", is_test: bool = True) -> dict[str, Seen]:
    return dict(calls_in(Caller(textwrap.dedent(text), module, is_test), "shop.boxes", FUNCTIONS))


def programs(text: str, qualname: str = "route") -> list[str]:
    found = seen(HEAD + textwrap.dedent(text)).get(qualname)
    return found.programs if found else []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("route('XK-77:open')", ["route('XK-77:open')"]),
        ("def test():\n    code = 'a' + 'b'\n    assert route(code, dry=True) == 1", ["route('a' + 'b', dry=True)"]),
        ("CODE = 'x'\ndef test():\n    route(CODE, 2)", ["route('x', 2)"]),
        ("def test():\n    code = 'x'\n    route(code)\n    code = 'y'\n    route(code)", ["route('x')", "route('y')"]),
        ("def test():\n    code = 'x'\n    if now:\n        code = 'y'\n    route(code)", []),
        ("def test():\n    code = 'x'\n    code = code.upper()\n    route(code)", ["route('x'.upper())"]),
        ("def test(code):\n    route(code)\n    code = 'x'", []),
        ("def test():\n    code = code + 'x'\n    route(code)", []),
        ("def test():\n    code = 'x'\n    code += 'y'\n    route(code)", []),
        ("if now:\n    CODE = 'x'\nelse:\n    CODE = 'y'\nroute(CODE)", []),
        ("def test(code):\n    route(code)", []),
        ("def test(code):\n    route(code, 3)", ["route(_, 3)"]),
        ("def test():\n    with open('f') as code:\n        route(code)", []),
        ("import decimal\nroute(decimal.Decimal('1'))", ["from decimal import Decimal\nroute(Decimal('1'))"]),
        ("from decimal import Decimal as D\nroute(D('1'))", ["from decimal import Decimal\nroute(Decimal('1'))"]),
        ("import xml.dom.minidom\nroute(xml.dom.minidom.Node)", ["from xml.dom.minidom import Node\nroute(Node)"]),
        ("route([x for x in 'ab'], lambda y: y)", ["route([x for x in 'ab'], lambda y: y)"]),
        ("route(open('f').read())", []),
        ("route(*['a'])", []),
        ("from tests.things import THING\nroute(THING)", []),
        ("class Own: pass\nroute(Own())", []),
        ("import shop.boxes\nshop.boxes.route('a')", ["route('a')"]),
        ("from shop import boxes as b\nb.route('a')", ["route('a')"]),
        ("import shop\nshop.route('a')", ["route('a')"]),
        ("def test():\n    for code, n in [('a', 1), ('b', 2)]:\n        assert route(code, n)",
         ["route('a', 1)", "route('b', 2)"]),
        ("def test():\n    for code, n in {'a': 1}.items():\n        route(code, n)", ["route('a', 1)"]),
        (("import pytest\n@pytest.mark.parametrize('code, n', [('a', 1), pytest.param('b', 2, id='z')])\n"
          "def test(code, n): assert route(code, n)"), ["route('a', 1)", "route('b', 2)"]),
        (("import pytest\nT = [('a', 1)]\n@pytest.mark.parametrize(('code', 'n'), T)\nclass TestX:\n"
          "    def test(self, code, n): route(code, amount=n)"), ["route('a', amount=1)"]),
        ("import pytest\n@pytest.fixture\ndef code(): return 'XK'\ndef test(code): route(code)", ["route('XK')"]),
        (("import unittest\nclass T(unittest.TestCase):\n    def setUp(self): self.code = 'XK'\n"
          "    def test(self): route(self.code)"), ["route('XK')"]),
    ],
)  # fmt: skip
def test_arguments_that_can_be_told_from_the_text(text: str, expected: list[str]) -> None:
    assert programs(text) == expected


@pytest.mark.parametrize(
    ("text", "qualname", "expected"),
    [
        ("def test():\n    box = Box(3, lid=True)\n    box.put('a')", "Box.put",
         ["instance = Box(3, lid=True)\ninstance.put('a')"]),
        ("def test():\n    box = Box(1)\n    box.put('a')\n    box.put('b')\n    assert box.full", "Box.full",
         ["instance = Box(1)\ninstance.put('a')\ninstance.put('b')\ninstance.full"]),
        ("Box(1).put(2)", "Box.put", ["instance = Box(1)\ninstance.put(2)"]),
        ("Box.of('x').put(2)", "Box.put", ["instance = Box.of('x')\ninstance.put(2)"]),
        ("Box(1, lid=True)", "Box.__init__", ["Box(1, lid=True)"]),
        ("Box.of('abc')", "Box.of", ["Box.of('abc')"]),
        ("def test(thing):\n    thing.put('a')", "Box.put", ["instance.put('a')"]),
        ("def test(thing):\n    thing.get('a')", "Box.get", []),
        ("import pytest\n@pytest.fixture\ndef box():\n    yield Box(2)\ndef test(box): box.get('k')", "Box.get",
         ["instance = Box(2)\ninstance.get('k')"]),
    ],
)  # fmt: skip
def test_methods_with_their_receiver(text: str, qualname: str, expected: list[str]) -> None:
    imports = "from shop.boxes import Box\n"
    wanted = [(imports if "Box" in e and not e.startswith("Box") else "") + e for e in expected]
    assert programs(text, qualname) == wanted


def test_the_module_s_own_calls() -> None:
    found = seen(SOURCE, module="shop.boxes", is_test=False)

    assert found["_inner"].programs == [
        "_inner('from-inside')",
        "_inner('XK-1')",
        "from decimal import Decimal\n_inner(Decimal('2'))",
    ]
    assert found["Box.put"].programs == ["from shop.boxes import Box\ninstance = Box(3)\ninstance.put(7)"]
    assert "Box._note" not in found or found["Box._note"].programs == []


def test_types_of_arguments_that_have_no_annotation() -> None:
    text = HEAD + textwrap.dedent("""
        from shop.money import Price
        def test(price: Price, n: int, names: list[str]):
            route([1, 2], "no hint: it has an annotation", dry=n == 1)
            route(price)
            route(names)
            route(Price(3))
            route(f"{n}")
            route(unknown())
            Box(n, lid=n)
    """)
    found = seen(text)

    assert found["route"].types == {"code": ["list[int]", "shop.money.Price", "list[str]", "str"], "dry": ["bool"]}
    assert found["Box.__init__"].types == {"size": ["int"], "lid": ["int"]}


def test_types_that_follow_from_the_code_around() -> None:
    text = """
    import re
    from shop.boxes import Box

    def name(): return "a".upper()
    def sizes() -> list[int]: ...

    class Crate:
        def __init__(self, label="x"):
            self.label = label
            self.lids = {}
        def fill(self, limit=3, other=None):
            for n in range(limit):
                Box(n)
            Box(limit + 1), Box(limit / 2), Box(other)
            Box(self.label), Box(self.lids), Box(self)
            Box(self.whole()), Box(re.match("a", "b"))
            Box(name()), Box(sizes())
        def whole(self): return b"" + b"x"
    """
    found = seen(text, module="shop.crates", is_test=False)

    assert found["Box.__init__"].types["size"] == [
        "int", "float", "str", "dict", "shop.crates.Crate", "bytes", "re.Match", "list[int]",
    ]  # fmt: skip


def test_another_function_of_the_name_is_none() -> None:
    assert seen("from other.boxes import route\nroute('a')\nclass X:\n    def route(self): route('b')") == {}


@given(st.text(alphabet="route(Box).put'=\n :,[]*@ifd1", max_size=200))
def test_whatever_stands_there_raises_nothing(text: str) -> None:
    calls_in(Caller(HEAD + text, "m", is_test=True), "shop.boxes", FUNCTIONS)


def test_very_deep_expressions_raise_nothing() -> None:
    assert programs("route(" + "+".join(["1"] * 3000) + ")") == []
