"""Which phases of asking a model are switched on the command line, as the model's server records them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from integration.model_shop import HALF, NOTHING, QUARTER, REFUSES, TENTH, WRONG, Shop

if TYPE_CHECKING:
    from model_server import Recorded


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        ([], ["mend"]),
        (["--no-refinement"], []),
        (["--no-refinement", "--coverage-guided"], ["left"]),
        (["--coverage-guided"], ["mend", "left"]),
    ],
)
def test_phases_are_switched_on_the_command_line(shop: Shop, options: list[str], requests: list[str]) -> None:
    """``requests``: those after the first."""
    shop.server.answers([QUARTER, WRONG])
    shop.server.answers([HALF] if "mend" in requests else [HALF, TENTH, NOTHING, REFUSES])
    shop.server.answers([TENTH, NOTHING, REFUSES])
    said = shop.command("generate", "--engine", "model", *options, "shop/discounts.py::discount")
    assert "confirmed" in said
    assert [_phase(asked) for asked in shop.server.asked[1:]] == requests


def _phase(asked: Recorded) -> str:
    return "left" if ">>> " in asked.texts()[-1] else "mend"
