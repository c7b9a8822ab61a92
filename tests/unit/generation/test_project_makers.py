"""Fixtures and factories, as the text of a conftest.py or of factories.py has them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from greenline.domain.generation.case import Argument, Case
from greenline.domain.generation.given_by_fixtures import asked_by_name
from greenline.domain.generation.project_makers import Maker, makers_in, registered_in

FIXTURES = """
    import pytest
    from pytest import fixture
    from shop import Cart, User, open_store


    @pytest.fixture
    def cart(currency):
        cart = Cart(currency)
        cart.add("tea", 3)
        return cart


    @fixture()
    def ada() -> "User":
        return make("ada")


    @pytest.fixture
    def entered(tmp_path) -> Iterator[Cart]:
        with shop.Cart.stored(tmp_path) as made:
            yield made


    @pytest.fixture(scope="function")
    def empty():
        yield Cart.empty()
        clean_up()


    @pytest.fixture(autouse=True)
    def everywhere():
        return Cart("EUR")


    @pytest.fixture(scope="session")
    def kept():
        return Cart("EUR")


    @pytest.fixture(params=["EUR", "USD"])
    def several(request):
        return Cart(request.param)


    @pytest.fixture(name="other")
    def renamed():
        return Cart("EUR")


    @pytest.fixture
    def number():
        return 3


    @pytest.fixture
    async def later():
        return Cart("EUR")


    def plain():
        return Cart("EUR")
"""
FACTORIES = """
    import factory


    class BaseFactory(factory.Factory):
        class Meta:
            abstract = True
            model = Thing


    class UserFactory(BaseFactory):
        class Meta:
            model = models.User

        name = "ada"


    class OrderFactory(factory.django.DjangoModelFactory):
        class Meta:
            model = "shop.Order"


    class Plain:
        class Meta:
            model = User
"""


def test_fixtures_that_one_test_gets_for_itself_are_makers_of_what_they_say_or_return() -> None:
    fixtures, factories = makers_in(dedent(FIXTURES))

    assert [(m.name, m.gives, m.needs) for m in fixtures] == [
        ("cart", ("Cart",), ("currency",)),
        ("ada", ("User",), ()),
        ("entered", ("Cart",), ("tmp_path",)),
        ("empty", ("Cart",), ()),
        ("number", (), ()),
    ]
    assert factories == ()


def test_factories_of_factory_boy_make_what_their_meta_names() -> None:
    fixtures, factories = makers_in(dedent(FACTORIES))

    assert fixtures == ()
    assert factories == (
        Maker("UserFactory", ("User",), factory=True),
        Maker("OrderFactory", ("Order",), factory=True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "from pytest_factoryboy import register\nregister(UserFactory)",
        "register(factories.UserFactory)",
        "@register\nclass UserFactory(Factory): pass",
    ],
)
def test_registered_factories_are_fixtures_of_the_model_and_of_the_factory(text: str) -> None:
    _, factories = makers_in(dedent(FACTORIES))

    assert registered_in(text, factories) == (
        Maker("user", ("User",), expression="UserFactory()"),
        Maker("user_factory", ("User",), expression="UserFactory", factory=True),
    )
    assert registered_in("register(UserFactory, 'admin')", factories)[0].name == "admin"
    assert registered_in("register(Unknown)", factories) == ()


def test_a_text_that_does_not_parse_has_none() -> None:
    assert makers_in("def broken(:") == ((), ())


def test_a_receiver_that_a_fixture_gives_goes_by_the_fixtures_name() -> None:
    case = Case(
        "cart.add(\x000\x00, \x001\x00)",
        (Argument("name", "", "'cart'"), Argument("price", "", "cart.total()")),
        ("cart = full_cart", "cart.clear()"),
        after=("cart.items == {'cart': 3}",),
        fixtures=("full_cart",),
    )

    found = asked_by_name(case)

    assert found.arrange == ("full_cart.clear()",)
    assert found.call == "full_cart.add(\x000\x00, \x001\x00)"
    assert [a.source for a in found.arguments] == ["'cart'", "full_cart.total()"]
    assert found.after == ("full_cart.items == {'cart': 3}",)


def test_a_variable_that_no_fixture_gives_stays() -> None:
    case = Case("cart.total()", arrange=("cart = Cart()", "cart.user = ada"), fixtures=("ada",))

    assert asked_by_name(case) == case
