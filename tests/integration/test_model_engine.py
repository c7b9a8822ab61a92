"""What a model is asked, request by request, as its server records it: the whole engine, the real SDK, a real pytest.

How it ends, whatever comes back, is in ``test_model_engine_ends``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.consent_file import consent_file
from integration.model_shop import (
    API_KEY,
    HALF,
    MUG,
    NOTHING,
    QUARTER,
    REFUSES,
    SOURCE,
    TENTH,
    WRONG,
    Shop,
    proposed,
)

if TYPE_CHECKING:
    from model_server import Recorded

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODES = [f"CODE-{number}" for number in range(9)]


def marked(asked: Recorded) -> list[str]:
    """Return the lines of the last turn that are marked as never reached."""
    lines = asked.texts()[-1].splitlines()
    return [line.partition("|")[2].strip() for line in lines if line.startswith(">>> ")]


async def test_what_exploring_cannot_reach_a_model_does(shop: Shop) -> None:
    shop.server.answers([HALF, QUARTER, TENTH])
    generation = await shop.generate("auto")
    (result,) = generation.results
    assert result.coverage is not None
    assert (result.coverage.before.whole_percent, result.coverage.after.whole_percent) == (0, 100)
    assert "intended" in result.oracles
    assert result.tokens > 0
    assert set(result.tests) <= set(shop.passes(generation))


async def test_it_holds_the_whole_module_the_gaps_and_no_secret(shop: Shop) -> None:
    shop.server.answers([HALF])
    await shop.generate("auto")
    (asked,) = shop.server.asked
    said = "\n".join(asked.texts())
    for line in SOURCE.splitlines():
        assert line in said or API_KEY in line, line
    returns = [line for line in marked(asked) if line.startswith("return ")]
    assert returns == ["return cents // 2", "return cents // 4", "return cents // 10"], "exploring reached the rest"


async def test_rounds_of_one_target_only_add(shop: Shop) -> None:
    shop.server.answers([QUARTER, WRONG])
    shop.server.answers([TENTH, {**WRONG, "code": WRONG["code"].replace('"EUR"', "1, 2")}])
    shop.server.answers([HALF])
    await shop.generate()
    first, second, third = shop.server.asked
    for earlier, later in ((first, second), (second, third)):
        assert later.prefix().startswith(earlier.prefix()), "what is cached is the same, byte for byte"
        assert later.texts()[: len(earlier.texts())] == earlier.texts()
    assert "takes 2 positional arguments but 3 were given" in second.texts()[-1]


async def test_targets_of_one_module_share_all_up_to_the_end_of_its_source(shop: Shop) -> None:
    shop.server.answers([HALF, QUARTER, TENTH, NOTHING, REFUSES])
    shop.server.answers([MUG])
    generation = await shop.generate(target="")
    assert len(shop.passes(generation)) == 6
    first, second = shop.server.asked
    shared = [each for each in first.prefixes() if each in second.prefixes()]
    assert "def gift(code: str)" in shared[-1].decode(), "the module is in what both have cached"
    assert first.texts()[-1] != second.texts()[-1]


@pytest.mark.parametrize(
    ("thinks", "able", "setting", "shape"),
    [
        ("adaptive", {}, "high", {"thinking": {"type": "adaptive"}, "effort": "high"}),
        ("adaptive", {}, "off", {"thinking": {"type": "disabled"}}),
        ("budget", {"efforts": ()}, "high", {"thinking": {"type": "enabled", "budget_tokens": 20_000}}),
        ("budget", {"efforts": ()}, "4000", {"thinking": {"type": "enabled", "budget_tokens": 4_000}}),
        ("never", {"efforts": ()}, "high", {}),
    ],
)
async def test_thinking_is_asked_for_as_the_model_can(
    shop: Shop, thinks: Any, able: dict[str, Any], setting: str, shape: dict[str, Any]
) -> None:
    shop.server.has_model("model-a", thinks=thinks, **able)
    shop.server.answers([])
    await shop.generate(model_thinking=setting)
    (asked,) = shop.server.asked
    assert asked.json.get("thinking") == shape.get("thinking")
    assert asked.json["output_config"].get("effort") == shape.get("effort")
    assert "tests" in asked.json["output_config"]["format"]["schema"]["properties"]


async def test_nothing_is_sent_without_consent(shop: Shop) -> None:
    consent_file().forbid(shop.root)
    generation = await shop.generate("auto")
    assert shop.server.requests == []
    (result,) = generation.results
    assert result.status == "confirmed"
    assert "greenline model allow" in result.model_notes[0]


# ---- the phases ----------------------------------------------------------------------------------------------------


async def test_what_is_left_is_asked_for_until_the_target_is_reached(shop: Shop) -> None:
    shop.server.answers([NOTHING, REFUSES])
    shop.server.answers([HALF])
    shop.server.answers([QUARTER, TENTH])
    generation = await shop.generate(model_coverage_guided=True)
    assert len(shop.server.asked) == 3
    second, third = shop.server.asked[1:]
    assert "return cents // 2" in marked(second)
    assert "return cents // 2" not in marked(third)
    assert "return cents // 4" in marked(third)
    coverage = generation.results[0].coverage
    assert coverage is not None
    assert coverage.after.whole_percent == 100
    assert len(shop.passes(generation)) == 5


@pytest.mark.parametrize(("target", "requests"), [(None, 1), (95, 2)])
async def test_the_target_is_80_percent_where_nobody_says_more(shop: Shop, target: int | None, requests: int) -> None:
    shop.server.answers([NOTHING, HALF, QUARTER, TENTH])
    shop.server.answers([REFUSES])
    settings = {} if target is None else {"model_coverage_target": target}
    await shop.generate(model_coverage_guided=True, **settings)
    assert len(shop.server.asked) == requests


async def test_what_is_left_is_asked_for_five_times_at_most(shop: Shop) -> None:
    hashes = "\n".join(
        f'    if known == "{hashlib.sha256(code.encode()).hexdigest()}":\n        return {number}'
        for number, code in enumerate(CODES)
    )
    module = shop.root / "shop" / "discounts.py"
    module.write_text(
        "import hashlib\n\n\ndef gift(code: str) -> int:\n"
        f"    known = hashlib.sha256(code.encode()).hexdigest()\n{hashes}\n    return -1\n"
    )
    for number, code in enumerate(CODES):
        shop.server.answers([proposed(f"test_{number}", f'assert gift("{code}") == {number}', tested="gift")])
    generation = await shop.generate(target="gift", model_coverage_guided=True)
    assert len(shop.server.asked) == 1 + 5
    assert len(shop.passes(generation)) == 1 + 5
    (note,) = generation.results[0].model_notes
    assert note.endswith(" % the model was asked no more: 5 rounds are the most.")
