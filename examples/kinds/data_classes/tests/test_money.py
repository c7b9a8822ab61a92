import pytest

from money import Basket, Money


def test_money_for_zero_cents():
    money = Money(0)
    assert money.cents == 0
    assert money.currency == "EUR"
    assert str(money) == "0.00 EUR"


@pytest.mark.parametrize(
    ("cents", "currency", "message"),
    [
        (3, "42", "not a currency: 42"),
        (3, "A", "not a currency: A"),
        (2, "424", "not a currency: 424"),
    ],
)
def test_money_raises_value_error(cents, currency, message):
    with pytest.raises(ValueError, match=message):
        Money(cents, currency=currency)


def test_money_raises_value_error_when_cents_below_0():
    with pytest.raises(ValueError, match="an amount cannot be negative"):
        Money(-1)


def test_money_plus():
    money = Money(3)
    assert money.plus(Money(cents=1000)) == Money(cents=1003)


def test_money_plus_raises_value_error_when_currency_differs():
    money = Money(1000, currency="USD")
    with pytest.raises(ValueError, match="two currencies cannot be added"):
        money.plus(Money(cents=1000))


@pytest.mark.parametrize(
    ("money", "percent", "expected"),
    [
        pytest.param(Money(1000), 1, Money(cents=990), id="money-1000-1"),
        pytest.param(Money(3), 10, Money(cents=2), id="money-3-10"),
        pytest.param(Money(100), 100, Money(cents=0), id="money-100-100"),
    ],
)
def test_money_less(money, percent, expected):
    assert money.less(percent) == expected


@pytest.mark.parametrize(
    "percent",
    [
        -1,
        101,
    ],
)
def test_money_less_raises_value_error(percent):
    money = Money(1000)
    with pytest.raises(ValueError, match="a discount is 0 to 100 percent"):
        money.less(percent)


def test_money_str():
    money = Money(3)
    assert str(money) == "0.03 EUR"


def test_basket():
    basket = Basket("owner")
    assert basket.owner == "owner"
    assert basket.items == []
    assert basket.discount == 0


def test_basket_for_empty_owner():
    basket = Basket("")
    assert basket.owner == "guest"


def test_basket_add():
    basket = Basket("owner")

    basket.add(Money(cents=0))

    assert basket.items == [Money(cents=0)]


def test_basket_add_after_add():
    basket = Basket("owner")
    basket.add(Money(cents=1000))

    basket.add(Money(cents=1000))

    assert basket.items == [Money(cents=1000), Money(cents=1000)]


def test_basket_add_raises_value_error_when_price_in_items_and_cents_is_0():
    basket = Basket("owner", items=[Money(cents=0)])
    basket.add(Money(cents=100))
    with pytest.raises(ValueError, match="one gift for each basket"):
        basket.add(Money(cents=0))


@pytest.mark.parametrize(
    ("basket", "expected"),
    [
        pytest.param(Basket("owner"), None, id="basket-owner"),
        pytest.param(
            Basket("owner", items=[Money(cents=100), Money(cents=1000)], discount=3),
            Money(cents=1067),
            id="basket-owner-items-two-moneys-discount-3",
        ),
        pytest.param(
            Basket(
                "owner",
                items=[
                    Money(cents=0),
                    Money(cents=100),
                    Money(cents=1000, currency="EUR"),
                ],
            ),
            Money(cents=1100),
            id="basket-owner-items-three-moneys",
        ),
    ],
)
def test_basket_total(basket, expected):
    assert basket.total() == expected
