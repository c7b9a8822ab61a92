"""A project whose tests have one weakness of each kind, beside sound tests that look much like the weak ones."""

SHOP = """\
import json


def total(prices, reduced=False):
    whole = sum(prices)
    if reduced:
        return whole // 2
    return whole


def label(name):
    if not name:
        raise ValueError("no name")
    return name.strip().title()


def shipping(grams):
    if grams > 2000:
        return 995
    return 495


def tax(cents):
    return cents * 21 // 100


def weight(items):
    grams = 0
    for item in items:
        grams += item
    return grams


def receipt(send, prices):
    send(json.dumps({"total": total(prices)}))


def fetch(number):
    raise OSError("no network")


def describe(number):
    return f"order {fetch(number)}"
"""

CONFTEST = """\
import pytest


@pytest.fixture
def sent():
    messages = []
    yield messages
    assert messages, "nothing was sent"


@pytest.fixture
def check_price():
    def check(value, expected):
        assert value == expected

    return check
"""

CHECKS = """\
from unittest import TestCase


def is_price(value):
    _is_whole(value)


def _is_whole(value):
    assert value == int(value)
    assert value >= 0


class Checked(TestCase):
    def verify(self, value, expected):
        self.same(value, expected)

    def same(self, value, expected):
        self.assertEqual(value, expected)
"""

SOUND = """\
import contextlib
import io
from unittest.mock import Mock, patch

import pytest

import shop
from checks import Checked, is_price


def test_total_by_a_helper_in_another_file():
    is_price(shop.total([3, 4]))
    assert shop.total([3, 4]) == 7


def test_half_by_a_fixture_that_gives_a_check(check_price):
    check_price(shop.total([3, 5], reduced=True), 4)


def test_receipt_by_a_fixture_that_looks_afterwards(sent):
    shop.receipt(sent.append, [1])


class TestInheritedChecks(Checked):
    def test_tax(self):
        self.verify(shop.tax(200), 42)


def test_label_refuses_nothing():
    with pytest.raises(ValueError, match="no name"):
        shop.label("")


def test_label_of_a_letter():
    shop.label("a")


def test_label_of_blanks_does_not_raise():
    shop.label(" ")


def test_receipt_says_the_total():
    send = Mock()
    shop.receipt(send, [2, 3])
    send.assert_called_once_with('{"total": 5}')


def test_describe_replaces_what_it_reaches():
    with patch("shop.fetch", return_value=12):
        assert shop.describe(12) == "order 12"


def test_label_of_one_word():
    assert shop.label(" tea ") == "Tea"


def test_label_of_two_words():
    assert shop.label("green tea") == "Green Tea"


def test_shipping_of_a_letter():
    try:
        assert shop.shipping(100) == 495
    except AssertionError:
        print("too dear")
        raise


@pytest.mark.parametrize(("grams", "cents"), [(2000, 495), (2001, 995)])
def test_shipping_at_the_bound(grams, cents):
    assert shop.shipping(grams) == cents


def test_total_is_printed(capsys):
    print(shop.total([1, 2]))
    out = capsys.readouterr().out
    assert out == "3\\n"
"""

WEAK = """\
import time
from pathlib import Path
from unittest.mock import Mock, patch

import pytest

import shop

SEEN = []


def test_no_assertion():
    shop.total([1, 2])


def test_always_true():
    assert (shop.total([1, 2]) == 4, "three")


def test_swallowed():
    try:
        assert shop.tax(100) == 22
    except Exception:
        pass


def test_unreached():
    with pytest.raises(ValueError) as caught:
        shop.label("")
        assert str(caught.value) == "no label"


def test_forgotten_assert():
    result = shop.tax(100)
    result == 22


def test_shadowed():
    assert shop.tax(100) == 22


def test_shadowed():
    assert shop.tax(300) == 63


def test_only_mocks():
    send = Mock()
    shop.receipt(send, [2, 3])
    send.assert_called_once()


def test_over_mocked():
    with patch("shop.total", return_value=7):
        assert shop.total([3, 4]) == 7


def test_first_of_two():
    assert shop.total([5, 5], reduced=True) == 5


def test_duplicate():
    assert shop.total([5, 5], reduced=True) == 5


def test_prices_in_words():
    words = f"{shop.total([1])} {shop.tax(100)} {shop.shipping(1)}"
    assert words


def test_flaky():
    marker = Path(__file__).with_name("runs.txt")
    count = int(marker.read_text()) + 1 if marker.exists() else 1
    marker.write_text(str(count))
    assert count % 3 != 2, count


def test_leaves_something():
    SEEN.append(1)
    assert shop.shipping(1) == 495


def test_order_dependent():
    assert SEEN == [1]
    SEEN.clear()


def test_slow():
    time.sleep(1.2)
    assert shop.shipping(3000) == 995


def test_failing():
    assert shop.tax(100) == 22


def test_weight_does_not_raise():
    shop.weight([1, 2])
"""
