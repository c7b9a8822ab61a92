"""What packages have of their modules, seen after importing them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from greenline_probe.explore.passed_on import ANOTHER, is_shadowed, passed_on

PARCELS = "LIMIT = 3\nRATES = {}\n\n\ndef price(): ...\n\n\ndef weigh(): ...\n\n\nclass Cart: ...\n"
Import = Callable[..., None]
LAZY = "def __getattr__(name):\n    raise RuntimeError(name)\n"


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Import]:
    """Write a package ``shop`` with this ``__init__``, and import its ``parcels``."""

    def write(init: str, *modules: str) -> None:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text(init, encoding="utf-8")
        (folder / "parcels.py").write_text(PARCELS, encoding="utf-8")
        (folder / "weigh.py").write_text("def weigh(): ...\n", encoding="utf-8")
        importlib.invalidate_caches()
        for module in modules or ("shop.parcels",):
            importlib.import_module(module)

    monkeypatch.syspath_prepend(tmp_path)
    yield write
    for name in [each for each in sys.modules if each.partition(".")[0] == "shop"]:
        del sys.modules[name]


def had(*names: str) -> dict[str, dict[str, str]]:
    return passed_on([("shop.parcels", name) for name in names])


@pytest.mark.parametrize(
    "init",
    [
        "from .parcels import *\n",
        "from . import parcels\nprice, Cart = parcels.price, parcels.Cart\n",
        "from .parcels import *\nfrom .parcels import price\n",
        "try:\n    from .parcels import price, Cart\nexcept ImportError:\n    price = Cart = None\n",
    ],
)
def test_names_that_are_the_same_thing_are_passed_on(imported: Import, init: str) -> None:
    imported(init)

    assert had("price", "Cart") == {"shop": {"price": "shop.parcels", "Cart": "shop.parcels"}}


@pytest.mark.parametrize("init", ["def price(): ...\n", "price = None\n", "from . import parcels as price\n"])
def test_other_things_are_said_to_be_others(imported: Import, init: str) -> None:
    imported(init)

    assert had("price", "nothing", "") == {"shop": {"price": ANOTHER}}


@pytest.mark.parametrize("init", ["", "from .parcels import price as cost\n", LAZY])
def test_of_what_a_package_does_not_have_nothing_is_said(imported: Import, init: str) -> None:
    """Also where it would find it when it is asked: that runs code of the project's."""
    imported(init)

    assert had("price", "nothing", "") == {}


def test_numbers_may_be_the_same_by_chance(imported: Import) -> None:
    imported("from .parcels import RATES\nLIMIT = 3\n")

    assert had("LIMIT", "RATES") == {"shop": {"LIMIT": ANOTHER, "RATES": "shop.parcels"}}


def test_a_module_to_come_takes_the_names_place(imported: Import) -> None:
    imported("from .parcels import *\n")

    assert had("price", "weigh") == {"shop": {"price": "shop.parcels", "weigh": ANOTHER}}


def test_things_that_fail_when_they_are_looked_at_cost_nothing(
    imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Odd:
        @property
        def __class__(self) -> type:
            raise RuntimeError("asked")

    class OddModule(ModuleType):
        @property
        def __dict__(self) -> dict[str, object]:  # type: ignore[override]
            raise ImportError("asked")

    imported("from .parcels import price, weigh\n__path__ = 3\n")
    monkeypatch.setattr(sys.modules["shop.parcels"], "odd", Odd(), raising=False)
    monkeypatch.setitem(sys.modules, "shop.strange", Odd())
    monkeypatch.setitem(sys.modules, "shop.basket", Odd())
    monkeypatch.setitem(sys.modules, "odd", OddModule("odd"))
    asked = [("shop.parcels", "odd"), ("shop.strange", "price"), ("shop.gone", "price"), ("odd.part", "price")]
    asked.append(("shop.basket.parts", "json"))

    assert passed_on(asked) == {}
    assert had("price") == {}, "nobody can tell whether a module comes"
    assert not is_shadowed("odd.part")


@pytest.mark.parametrize(
    ("init", "module", "expected"),
    [
        ("", "shop.weigh", False),
        ("from .weigh import weigh\n", "shop.weigh", True),
        ("from .weigh import weigh\n", "shop", False),
        ("from .weigh import weigh\n", "shop.parcels", False),
    ],
)
def test_a_function_stands_where_its_module_would(imported: Import, init: str, module: str, expected: bool) -> None:
    imported(init, "shop.parcels", "shop.weigh")

    assert is_shadowed(module) is expected


@pytest.mark.parametrize("init", ["goods = {}\n", "goods = None\n", "from . import goods\ndel goods\n"])
def test_a_module_behind_something_else_is_not_reached_by_its_names(
    imported: Import, tmp_path: Path, init: str
) -> None:
    (tmp_path / "shop" / "goods").mkdir(parents=True)
    (tmp_path / "shop" / "goods" / "loader.py").write_text("def load(): ...\n", encoding="utf-8")
    (tmp_path / "shop" / "goods" / "__init__.py").write_text("from . import loader\n", encoding="utf-8")
    imported(f"from .goods import loader\n{init}", "shop.goods.loader")

    assert is_shadowed("shop.goods.loader")
    assert not is_shadowed("shop")


def test_of_two_things_of_one_name_the_one_that_is_passed_on_is_told(imported: Import) -> None:
    imported("from .weigh import weigh\n", "shop.parcels", "shop.weigh")
    found = {"shop": {"weigh": "shop.weigh"}}

    assert passed_on([("shop.weigh", "weigh"), ("shop.parcels", "weigh")]) == found
    assert passed_on([("shop.parcels", "weigh"), ("shop.weigh", "weigh")]) == found
