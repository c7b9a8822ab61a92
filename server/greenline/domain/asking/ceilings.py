"""How much may be used up, how much was, and whether a request still fits."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from greenline.domain.asking.model import Price, Usage
from greenline.domain.asking.prices import in_dollars, payable

LEAST_ANSWER, LEAST_THOUGHT = 2_000, 6_000
"""Tokens; a request that could be answered with no more is not worth its prompt. The second with thinking."""
_SIGNS_PER_TOKEN = 3
"""Of code there are three to four; who counts the fewer stays below a ceiling."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What may be used up: for one function, and by all of them in a day."""

    tokens: int = 200_000
    dollars: float = 1.0
    dollars_per_day: float = 10.0
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What requests used up so far."""

    usage: Usage = field(default_factory=Usage)
    dollars: float = 0.0
    """Of the requests whose price is known."""
    unpriced: int = 0
    """Requests whose price nobody knows."""
    requests: int = 0
    seconds: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.usage + other.usage,
            self.dollars + other.dollars,
            self.unpriced + other.unpriced,
            self.requests + other.requests,
            self.seconds + other.seconds,
        )

    @property
    def words(self) -> str:
        """Say it for a person: "2 requests, 12,400 tokens, $0.08"; nothing asked is empty."""
        if not self.requests:
            return ""
        requests = f"{self.requests} request{'s' if self.requests != 1 else ''}"
        if self.unpriced == self.requests:
            money = "at a price that is not known"
        else:
            money = in_dollars(self.dollars) + (f", and {self.unpriced} of unknown price" if self.unpriced else "")
        return f"{requests}, {self.usage.total:,} tokens, {money}"


@dataclass(frozen=True, slots=True)
class Room:
    """How long an answer may be; none where ``reason`` says which ceiling is reached."""

    tokens: int
    reason: str = ""


def room(
    ceilings: Ceilings, spent: Spent, today: float, prompt: int, price: Price | None, *, least: int = LEAST_ANSWER
) -> Room:
    """Return how many tokens an answer may have so that no ceiling is passed.

    ``prompt`` is the request's tokens, ``today`` the dollars that all requests of the day may have cost so far. Less
    than ``least`` tokens are no room.
    """
    left = ceilings.tokens - spent.usage.total - prompt
    if left < least:
        return Room(
            0,
            f"One function may use {ceilings.tokens:,} tokens (model.tokensPerTarget); {spent.usage.total:,} are used "
            f"up, and the next request of {prompt:,} would leave too few for its answer.",
        )
    if price is None:
        return Room(left)
    limits = (
        (ceilings.dollars - spent.dollars, _target_is_spent(ceilings, spent)),
        (ceilings.dollars_per_day, _no_day_pays(ceilings)),
        (ceilings.dollars_per_day - today, day_is_spent(ceilings)),
    )
    for dollars, reason in limits:
        tokens = payable(dollars, prompt, price)
        if tokens is not None and tokens < least:
            return Room(0, reason)
        left = left if tokens is None else min(left, tokens)
    return Room(left)


def day_is_spent(ceilings: Ceilings) -> str:
    """Say that the day's money does not pay another request."""
    return (
        f"A day may cost {in_dollars(ceilings.dollars_per_day)} (model.dollarsPerDay), and what is left of it does not "
        "pay another request. `greenline cost` says what it was spent on."
    )


def _no_day_pays(ceilings: Ceilings) -> str:
    return (
        f"A day may cost {in_dollars(ceilings.dollars_per_day)} (model.dollarsPerDay), which does not pay such a "
        "request on any day."
    )


def out_of_time(ceilings: Ceilings) -> str:
    """Say that the time for one function is over."""
    return f"Models may be asked for {ceilings.seconds:g} s for one function (model.secondsPerTarget), which are over."


def seconds_left(ceilings: Ceilings, spent: Spent) -> float:
    """Return for how long one may go on asking for this function."""
    return max(0.0, ceilings.seconds - spent.seconds)


def guessed_tokens(signs: int) -> int:
    """Return about how many tokens so many characters are, rather too many than too few."""
    return math.ceil(signs / _SIGNS_PER_TOKEN)


def _target_is_spent(ceilings: Ceilings, spent: Spent) -> str:
    most, used = in_dollars(ceilings.dollars), in_dollars(spent.dollars)
    return (
        f"One function may cost {most} (model.dollarsPerTarget); {used} are spent, and the rest does not pay another "
        "request."
    )
