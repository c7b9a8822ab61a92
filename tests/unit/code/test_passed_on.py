"""What a package gives of what its modules define, read from its text."""

from __future__ import annotations

import pytest

from greenline.domain.code.passed_on import passed_on

MODULE = "def price(): ...\nasync def weigh(): ...\nclass Cart: ...\ndef _round(): ...\nLIMIT = 3\n"
PACKAGES = {
    "by name": ("from .parcels import price, Cart as Cart\nfrom shop.parcels import x\n", {"price", "Cart", "x"}),
    "under another name": ("from .parcels import price as cost, weigh\n", {"weigh"}),
    "all of it": ("from shop.parcels import *\n", {"price", "weigh", "Cart"}),
    "of another module": ("from .orders import price\nfrom ..parcels import weigh\nfrom parcels import Cart\n", set()),
    "and then something else": (
        "from .parcels import *\nfrom .orders import price\nweigh = None\nfor Cart in (): pass\n", set(),
    ),
    "and then defined": ("from .parcels import *\ndef price(): ...\nclass Cart: ...\n", {"weigh"}),
    "again at the end": ("price = None\nfrom .parcels import price\n", {"price"}),
    "where it can": ("try:\n    from .parcels import price\nexcept ImportError:\n    price = None\n", set()),
    "nothing": ("", set()),
    "in a text that does not parse": ("from .parcels import (\n", set()),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PACKAGES.values(), ids=PACKAGES)
def test_names_that_a_package_has_of_its_module(text: str, expected: set[str]) -> None:
    assert passed_on(text, "shop", MODULE, "shop.parcels") == expected


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ('__all__ = ["price", "LIMIT"]\n', {"price", "LIMIT"}),
        ('__all__ = ("_round",)\n', {"_round"}),
        ("__all__ = sorted(vars())\n", set()),
    ],
)
def test_all_of_a_module_is_what_it_lists(listed: str, expected: set[str]) -> None:
    assert passed_on("from .parcels import *\n", "shop", listed + MODULE, "shop.parcels") == expected


def test_a_package_above_names_the_module_by_its_place() -> None:
    assert passed_on("from .goods.parcels import price\n", "shop", MODULE, "shop.goods.parcels") == {"price"}
    assert passed_on("from .parcels import price\n", "shop.goods", MODULE, "shop.goods.parcels") == {"price"}
