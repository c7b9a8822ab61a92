"""What the text of one test says of it, kind by kind, and what looks like it and is sound."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.domain.auditing.suppressed import Ignored
from greenline.services.read_audit import ReadAudit

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
import contextlib
from unittest.mock import Mock, patch

import pytest

import shop


def has_total(cart, expected):
    assert cart.total() == expected


"""


SHOP = """\
def price(n): return n * 3


def check_price(n, expected): _told(price(n), expected)


def _told(one, other):
    if one != other:
        raise AssertionError(one)
"""


def kinds_in(folder: Path, text: str) -> list[str]:
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (folder / "shop.py").write_text(SHOP)
    tests = folder / "tests"
    tests.mkdir()
    (tests / "looks.py").write_text(LOOKS)
    (tests / "test_shop.py").write_text(HEAD + text)
    reading = ReadAudit(ProjectFiles(), SourceTreeOnDisk(), DiskDocuments(), lambda _: Ignored())
    (read,) = asyncio.run(reading.read([folder], 5))
    assert read.tests, "no test was found"
    return [one.kind for one in read.weaknesses]


def one_test(*body: str) -> str:
    return "def test_price():\n" + "".join(f"    {line}\n" for line in body)


def in_class(*body: str) -> str:
    return "class TestPrice:\n    def test_price(self):\n" + "".join(f"        {line}\n" for line in body)


CHECKED = """\
    def priced(expected):
        def around(test):
            def inside(self):
                test(self)
                assert shop.price(3) == expected
            return inside
        return around

"""
LOOKS = """\
def has_price(count, expected):
    assert price(count) == expected


def price(count):
    return count
"""
NINE = one_test("assert shop.price(3) == 9")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (one_test("shop.price(3)"), ["no-assertion"]),
        (one_test("pass"), ["no-assertion"]),
        (one_test('"""The price of three."""'), ["no-assertion"]),
        (one_test("assert (shop.price(3) == 9, 'three')"), ["always-true"]),
        (one_test("shop.price(3) == 9"), ["forgotten-assert"]),
        (one_test("cart = shop.Cart()", "cart.total == 9", "assert cart.name == ''"), ["forgotten-assert"]),
        (one_test("nine = shop.price(3)", "nine == 9", "assert nine"), ["forgotten-assert"]),
        (in_class("self.assertNothing()") + "\n    def assertNothing(self):\n        pass\n", ["no-assertion"]),
        (one_test("from looks import price", "price(3)"), ["no-assertion"]),
        (one_test("try:", "    assert shop.price(3) == 8", "except Exception:", "    pass"), ["swallowed"]),
        (
            one_test(
                "with pytest.raises(TypeError) as caught:",
                "    shop.price(None)",
                "    assert 'None' in str(caught.value)",
            ),
            ["unreached"],
        ),
        (one_test("shop = Mock()", "shop.price(3)", "shop.price.assert_called_once()"), ["only-mocks"]),
        (f"{NINE}\n\n{one_test('assert shop.price(0) == 0')}", ["shadowed"]),
        (f"{NINE}\n\n{NINE.replace('test_price', 'test_of_three')}", ["duplicate"]),
    ],
)
def test_a_weak_test_is_named_once_and_for_what_it_is(tmp_path: Path, text: str, kinds: list[str]) -> None:
    assert kinds_in(tmp_path, text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        NINE,
        one_test("has_total(shop.Cart(), 0)"),
        one_test("with pytest.raises(TypeError):", "    shop.price(None)"),
        one_test("shop.price(None)").replace("test_price", "test_price_of_none_does_not_raise"),
        one_test("# The base class has it: nothing to add here.", "pass"),
        one_test("pass").replace(":\n", ":  # said in the base class\n", 1),
        "@pytest.mark.skip\n" + one_test("pass"),
        one_test("with contextlib.suppress(KeyError):", "    shop.price(3)", "assert shop.price(1) == 3"),
        one_test("send = Mock()", "shop.tell(send)", "send.assert_called_once_with(9)"),
        one_test("snapshot.assert_match(shop.price(3))").replace("()", "(snapshot)", 1),
        one_test('"""The price of three.', "", ">>> shop.price(3)", "9", '"""'),
        one_test("shop.price(0)", "# no error means success"),
        one_test("shop.price(0)  # should succeed"),
        one_test("shop.check_price(3, 9)"),
        in_class("self.prices_without_error(3)") + "\n    def prices_without_error(self, n):\n        shop.price(n)\n",
        in_class("eq = self.assertEqual", "eq(shop.price(3), 9)"),
        in_class("run(self.look)") + "\n    def look(self):\n        assert shop.price(3) == 9\n",
        one_test("look = numpy.testing.assert_equal", "look(shop.price(3), 9)").replace(
            "def", "import numpy\n\ndef", 1
        ),
        one_test("from looks import has_price", "has_price(3, 9)"),
        one_test("import looks", "looks.has_price(3, 9)"),
        one_test("with pytest.raises(TypeError):", "    price = shop.Price(3)", "    assert price < 9"),
        one_test("class Seen:", "    pass", "Seen() == shop.price(3)", "assert shop.asked() == ['__eq__']"),
        one_test("seen = shop.Seen()", "shop.price(3) <= seen", "assert seen.is_asked"),
        one_test("seen = shop.Seen()", "3 in seen", "assert shop.asked() == [('__contains__', (seen, 3))]"),
        in_class("shop.price(3)").replace("    def", f"{CHECKED}    @priced(9)\n    def", 1),
    ],
)
def test_a_sound_test_is_not_named(tmp_path: Path, text: str) -> None:
    assert kinds_in(tmp_path, text) == []
