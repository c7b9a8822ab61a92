"""``greenline generate`` in projects whose tests have fixtures, and a hand of their own."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
    class Cart:
        def __init__(self, currency, limit=None):
            self.currency = currency
            self.limit = limit
            self.items = {}

        def add(self, name, price):
            self.items[name] = price

        def label(self, short: bool = False) -> str:
            if short:
                return self.currency
            return f"{len(self.items)} items in {self.currency}"


    class User:
        def __init__(self, name: str, age: int):
            self.name = name
            self.age = age


    def discount(cart: Cart, user: User) -> int:
        if user.age < 18:
            return 0
        return len(cart.items) * 5


    async def wait_for(seconds: int) -> str:
        if seconds < 0:
            raise ValueError("seconds must not be negative")
        return f"{seconds} later"
"""
CONFTEST = """
    import os

    import pytest

    from shop import Cart, User


    @pytest.fixture
    def currency():
        return "EUR"


    @pytest.fixture
    def tea_cart(currency):
        cart = Cart(currency)
        cart.add("tea", 3)
        yield cart
        cart.items.clear()


    @pytest.fixture
    def ada() -> User:
        return User("ada", 36)


    @pytest.fixture(scope="session")
    def shared_cart():
        return Cart("USD")


    @pytest.fixture
    def broken_cart():
        return Cart(os.environ["NOT_THERE"])
"""
TESTS = """
    import pytest

    from shop import User


    class TestUser:
        def test_user(self) -> None:
            assert User('ada', 3).age == 3


    class TestTable:
        @pytest.mark.parametrize('a, b', [(1, 1), (2, 2)], ids=['one', 'two'])
        def test_same(self, a, b) -> None:
            assert a == b

        def test_quotes(self) -> None:
            assert 'a' == 'a'
"""


def generate(project: Path, target: str, **files: str) -> str:
    """Generate for a target; return the test file. The project's own run of pytest is green afterwards."""
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    for name, text in {"shop": SOURCE, **files}.items():
        path = project / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"))
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", sys.executable, target]
    said = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True, timeout=300)
    assert "1 confirmed" in said.stdout, said.stdout + said.stderr
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(tests, cwd=project, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout
    return (project / "tests" / "test_shop.py").read_text()


def test_a_receiver_is_the_fixture_that_gives_one(tmp_path: Path) -> None:
    text = generate(tmp_path, "shop.py::Cart.label", tests__conftest=CONFTEST)

    assert "def test_cart_label_with_short(tea_cart):\n    assert tea_cart.label(short=True) == " in text
    assert "Cart(" not in text
    assert "shared_cart" not in text  # one object for all tests is not for a new one to change
    assert "broken_cart" not in text


def test_an_argument_is_the_fixture_that_gives_one(tmp_path: Path) -> None:
    text = generate(tmp_path, "shop.py::discount", tests__conftest=CONFTEST)

    assert "discount(tea_cart, ada) == 5" in text
    assert "User(name=" in text  # the fixture is of age


def test_new_tests_are_in_the_hand_of_those_around_them(tmp_path: Path) -> None:
    text = generate(tmp_path, "shop.py::wait_for", tests__test_shop=TESTS)

    assert "class TestWaitFor:\n" in text
    added = text[text.index("class TestWaitFor:") :]
    assert '"' not in added
    assert added.count(") -> None:") == added.count("def test_")
    assert "asyncio.run(wait_for(" in added


def test_without_fixtures_the_class_makes_the_receiver(tmp_path: Path) -> None:
    assert "cart = Cart(" in generate(tmp_path, "shop.py::Cart.label", tests__test_other="def test_it(): ...")
