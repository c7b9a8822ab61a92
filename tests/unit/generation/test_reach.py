"""What importing showed of one module, seen from several of its functions."""

from __future__ import annotations

from greenline.domain.generation.reach import Reach


def test_what_several_saw_is_known_together() -> None:
    together = Reach.together(
        [
            Reach({"shop": {"price": "shop.parcels", "weigh": ""}}),
            Reach({"shop": {"Cart": "shop.carts", "price": ""}, "shop.goods": {"price": ""}}, shadowed=True),
        ]
    )

    assert together.shadowed
    assert together.package_of("shop.parcels", "price", ["shop", "shop.goods"]) == "shop"
    assert together.module_of("shop", "Cart") == "shop.carts"
    assert together.module_of("shop", "weigh") == "", "another thing"
    assert together.module_of("shop.goods", "Cart") is None, "nothing"
    assert Reach.together([]) == Reach()
