"""How a project's tests are written, learned from one of its files."""

from __future__ import annotations

from textwrap import dedent

from greenline.domain.generation.test_style import TestStyle, style_of

CART_CLASSES = """
    import pytest

    from shop.cart import Cart


    class TestCart:
        @pytest.fixture
        def cart(self) -> Cart:
            return Cart('EUR')

        def test_add(self, cart: Cart) -> None:
            '''An article that is added is in the total.'''
            cart.add('tea', 3)
            assert cart.total == 3

        def test_add_nothing(self, cart: Cart) -> None:
            '''Nothing changes nothing.'''
            cart.add("it's", 0)
            assert cart.total == 0


    class TestParsePrice:
        @pytest.mark.parametrize('text, price', [('3', 3), ('4', 4)], ids=['three', 'four'])
        def test_numbers(self, text: str, price: int) -> None:
            '''Digits are a price.'''
            assert parse_price(text) == price
"""

FUNCTIONS = """
    from unittest import mock

    import pytest
    import shop.cart

    pytestmark = pytest.mark.anyio


    @pytest.mark.parametrize(["a", "b"], [(1, 2)])
    def test_it_adds(a, b):
        assert shop.cart.add(a, b) == 3


    @pytest.mark.parametrize("a,b", [(1, 2)])
    def test_it_subtracts(a, b):
        assert shop.cart.subtract(a, b) == -1


    @pytest.mark.parametrize("a,b", [(1, 2)])
    async def test_it_waits(a, b):
        with mock.patch("shop.cart.sleep"):
            assert await shop.cart.wait(a, b) is None
"""

UNITTEST = """
    import unittest
    from shop import cart


    class CartTests(unittest.TestCase):
        def setUp(self):
            self.cart = cart.Cart("EUR")

        def testTotal(self):
            self.assertEqual(self.cart.total, 0)

        def testEmptyTotal(self):
            self.assertTrue(self.cart.is_empty())
"""


def learned(text: str) -> TestStyle:
    return style_of(dedent(text), ["shop", "shop.cart"])


def test_without_tests_around_it_is_functions_double_quotes_and_nothing_else() -> None:
    style = TestStyle()

    assert style_of("") == style_of("def broken(:") == style_of("import pytest\n\n\ndef made():\n    pass\n") == style
    assert (style.grouping, style.quotes, style.docstrings, style.annotated) == ("functions", '"', False, False)
    assert (style.row_names, style.row_ids, style.imports, style.patching) == (
        "tuple",
        "params",
        "names",
        "monkeypatch",
    )
    assert not style.learned


def test_classes_docstrings_annotations_and_quotes_are_learned() -> None:
    style = learned(CART_CLASSES)

    assert style.learned
    assert (style.grouping, style.base, style.short_names) == ("classes", "", True)
    assert (style.quotes, style.docstrings, style.annotated) == ("'", True, True)
    assert (style.row_names, style.names_apart, style.row_ids) == ("string", ", ", "list")
    assert (style.imports, style.uses_fixtures) == ("names", True)


def test_how_tables_coroutines_and_modules_are_written_is_learned() -> None:
    style = learned(FUNCTIONS)

    assert (style.grouping, style.naming, style.quotes) == ("functions", "it", '"')
    assert (style.row_names, style.names_apart, style.row_ids) == ("string", ",", "none")
    assert (style.imports, style.patching, style.waiting) == ("module", "mock", "anyio")
    assert (style.docstrings, style.annotated, style.uses_fixtures) == (False, False, False)


def test_unittest_is_recognised() -> None:
    style = learned(UNITTEST)

    assert style.unittest
    assert (style.base, style.naming, style.imports) == ("unittest.TestCase", "camel", "from")


def test_methods_that_name_their_class_again_go_on_doing_so() -> None:
    text = "class TestCart:\n    def test_cart_adds(self):\n        pass\n"

    assert not style_of(text).short_names
    assert style_of(text.replace("test_cart_adds", "test_adds")).short_names


def test_a_fixture_is_no_test_and_a_mark_of_asyncio_is_one_way_to_wait() -> None:
    text = """
        import asyncio

        import pytest


        @pytest.fixture()
        def test_client():
            return object()


        @pytest.mark.asyncio
        async def test_get(mocker, test_client):
            mocker.patch("shop.get")
    """

    style = learned(text)
    assert (style.waiting, style.patching, style.uses_fixtures) == ("asyncio", "mocker", True)
    assert style_of("import asyncio\n\n\ndef test_x():\n    asyncio.run(f())\n").waiting == "run"


def test_classes_are_named_after_what_they_test() -> None:
    style = TestStyle()

    assert style.class_for("Cart.add") == "TestCart"
    assert style.class_for("parse_price") == "TestParsePrice"
    assert style.class_for("HTTPClient") == "TestHTTPClient"


def test_classes_of_unittest_are_named_as_those_around_them() -> None:
    style = learned(UNITTEST)

    assert style.class_for("Cart.add") == "CartTests"
    assert style.class_for("parse_price") == "ParsePriceTests"
    assert learned(UNITTEST.replace("CartTests", "TestCart")).class_for("parse_price") == "TestParsePrice"
    assert learned(UNITTEST.replace("(unittest.TestCase)", "")).class_for("parse_price") == "TestParsePrice"
