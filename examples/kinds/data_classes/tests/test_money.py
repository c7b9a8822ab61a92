import re

import pytest

from money import Basket, Money


def test_money_for_zero_cents():
    money = Money(0)
    assert money.cents == 0
    assert money.currency == "EUR"
    assert str(money) == "0.00 EUR"


@pytest.mark.parametrize(
    ("currency", "message"),
    [
        pytest.param("a,b", "not a currency: a,b", id="a,b"),
        pytest.param("Hello World", "not a currency: Hello World", id="Hello-World"),
        pytest.param("H", "not a currency: H", id="H"),
    ],
)
def test_money_raises_value_error(currency, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Money(3, currency=currency)


def test_money_raises_value_error_when_cents_below_0():
    with pytest.raises(ValueError, match=r"^an amount cannot be negative"):
        Money(-1)


def test_money_plus_when_currency_is_currency():
    money = Money(3)
    assert money.plus(Money(cents=3)) == Money(cents=6)


def test_money_plus_raises_value_error_when_currency_is_not_currency():
    money = Money(3, currency="ABC")
    with pytest.raises(ValueError, match=r"^two currencies cannot be added"):
        money.plus(Money(cents=3))


@pytest.mark.parametrize(
    ("money", "percent", "expected"),
    [
        pytest.param(Money(3), 1, Money(cents=2), id="1"),
        pytest.param(Money(3), 3, Money(cents=2), id="3"),
        pytest.param(Money(1), 100, Money(cents=0), id="money-1-100"),
    ],
)
def test_money_less(money, percent, expected):
    assert money.less(percent) == expected


@pytest.mark.parametrize(
    ("money", "percent"),
    [
        pytest.param(Money(3), -1, id="money-3-minus-1"),
        pytest.param(Money(2), 101, id="money-2-101"),
    ],
)
def test_money_less_raises_value_error(money, percent):
    with pytest.raises(ValueError, match=r"^a discount is 0 to 100 percent"):
        money.less(percent)


def test_money_str():
    money = Money(3)
    assert str(money) == "0.03 EUR"


def test_basket():
    basket = Basket("abc")
    assert basket.owner == "abc"
    assert basket.items == []
    assert basket.discount == 0


def test_basket_for_blank_owner():
    basket = Basket(" ")
    assert basket.owner == "guest"


def test_basket_add():
    basket = Basket("abc")

    basket.add(Money(cents=3))

    assert basket.items == [Money(cents=3)]


def test_basket_add_of_money():
    basket = Basket("abc")

    basket.add(Money(cents=0))

    assert basket.items == [Money(cents=0)]


def test_basket_add_with_items():
    basket = Basket("abc", items=[Money(cents=3)])

    basket.add(Money(cents=3))

    assert basket.items == [Money(cents=3), Money(cents=3)]


def test_basket_add_raises_value_error_when_price_in_items_and_cents_is_0():
    basket = Basket(
        "abc", items=[Money(cents=3), Money(cents=0), Money(cents=3, currency="EUR")]
    )
    with pytest.raises(ValueError, match=r"^one gift for each basket"):
        basket.add(Money(cents=0))


@pytest.mark.parametrize(
    ("basket", "expected"),
    [
        pytest.param(Basket("abc"), None, id="basket-abc"),
        pytest.param(
            Basket("abc", items=[Money(cents=3), Money(cents=3)]),
            Money(cents=6),
            id="basket-abc-items-two-moneys",
        ),
        pytest.param(
            Basket("abc", items=[Money(cents=0), Money(cents=3)]),
            Money(cents=3),
            id="basket-abc-items-two-moneys-2",
        ),
        pytest.param(
            Basket(
                "abc",
                items=[Money(cents=3), Money(cents=0), Money(cents=3, currency="EUR")],
            ),
            Money(cents=6),
            id="basket-abc-items-three-moneys",
        ),
    ],
)
def test_basket_total(basket, expected):
    assert basket.total() == expected


def test_basket_total_after_add():
    basket = Basket("abc", discount=2)
    basket.add(Money(cents=1))
    assert basket.total() == Money(cents=0)
