"""The models that are asked where nobody chose others, and their list prices.

Prices are those of the models' own pages at platform.claude.com/docs/en/models, as they were on the day of ``AS_OF``,
in dollars per million tokens. They are not asked for again: who pays others, or later, writes `models` into a
`greenline.toml` of their own. Bedrock, Vertex and Foundry have price lists of their own, which may differ.
"""

from __future__ import annotations

import re

from greenline.domain.asking.model import ModelChoice, Price

AS_OF = "2026-11-10"

LIST: dict[str, Price] = {
    "claude-fable-5-2": Price(8.0, 40.0, cache_read=0.025),
    "claude-fable-5-1": Price(10.0, 50.0, cache_read=0.025),
    "claude-fable-5": Price(10.0, 50.0),
    "claude-opus-5-5": Price(4.0, 20.0, cache_read=0.05),
    "claude-opus-5": Price(5.0, 25.0),
    "claude-opus-4-8": Price(5.0, 25.0),
    "claude-opus-4-7": Price(5.0, 25.0),
    "claude-opus-4-6": Price(5.0, 25.0),
    "claude-opus-4-5": Price(5.0, 25.0),
    "claude-sonnet-5-5": Price(2.0, 10.0),
    "claude-sonnet-5": Price(2.0, 10.0),
    "claude-sonnet-4-6": Price(3.0, 15.0),
    "claude-sonnet-4-5": Price(3.0, 15.0),
    "claude-haiku-5-5": Price(0.10, 0.50, long_prompt=100_000, long_factor=5.0),
    "claude-haiku-4-5": Price(1.0, 5.0),
}

_ORDER = ("claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-5")
"""A click waits for it, so the quick one that writes well; then who may answer when it does not."""

DEFAULT_CHAIN = tuple(ModelChoice(name, priority, LIST[name]) for priority, name in enumerate(_ORDER))

_AROUND = re.compile(
    r"^(?:[a-z]+\.)?(?:anthropic\.)?(?P<name>claude-[a-z0-9-]+?)(?:-v\d+)?(?:[@-]\d{8})?(?:-v\d+)?(?::\d+)?$"
)
"""What Bedrock and Vertex put around a name, and the day of a snapshot."""


def list_price(model: str) -> Price | None:
    """Return the price of a model under any provider's name for it; None where the list does not have it."""
    if found := _AROUND.match(model):
        return LIST.get(found["name"])
    return None
