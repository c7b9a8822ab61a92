"""What requests cost: the same sums for the ledger, for ceilings, and on paper.

The factors are those of platform.claude.com/docs/en/about-claude/pricing ("Prompt caching", "Batch processing") and of
the models' own pages there, as of November 2026. What reading from the cache costs differs by model, and stands with
its price.
"""

from __future__ import annotations

from greenline.domain.asking.model import Price, Usage

CACHE_WRITE = 1.25
"""Of the input's price, for what is written to the cache for five minutes."""
BATCH = 0.5
"""Of everything, in the Message Batches API."""
_MILLION = 1_000_000
_CENT, _LEAST_SHOWN = 0.01, 0.0001
_NOTHING = 1e-15
"""Dollars for a token; what costs less costs nothing."""


def cost(usage: Usage, price: Price, *, batch: bool = False) -> float:
    """Return the dollars that one request cost (not the sum of several: a long prompt has a price of its own)."""
    factor = _factor(usage.total - usage.output, price) * (BATCH if batch else 1.0)
    read = usage.fresh + CACHE_WRITE * usage.cache_written + price.cache_read * usage.cache_read
    return factor * (read * price.input + usage.output * price.output) / _MILLION


def most(prompt: int, answer: int, price: Price) -> float:
    """Return the dollars that a request of so many tokens costs at most: all of its prompt goes to the cache."""
    return cost(Usage(cache_written=prompt, output=answer), price)


def payable(dollars: float, prompt: int, price: Price) -> int | None:
    """Return how many tokens of an answer so many dollars pay, prompt included; None where answers cost nothing."""
    left = dollars - most(prompt, 0, price)
    each = _factor(prompt, price) * price.output / _MILLION
    if each < _NOTHING:
        return None if left >= 0 else 0
    return max(0, int(left / each))


def in_dollars(amount: float) -> str:
    """Return an amount as a person reads it: two places, and below a cent as many as show something."""
    if amount <= 0:
        return "$0.00"
    if amount < _LEAST_SHOWN:
        return f"less than ${_LEAST_SHOWN}"
    return f"${amount:,.2f}" if amount >= _CENT else f"${amount:.4f}"


def _factor(prompt: int, price: Price) -> float:
    return price.long_factor if price.long_prompt is not None and prompt > price.long_prompt else 1.0
