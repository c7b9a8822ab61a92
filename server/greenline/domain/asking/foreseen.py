"""What the first request for a target would cost, before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass

from greenline.domain.asking.ceilings import Ceilings, Spent, room
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.model import ModelChoice
from greenline.domain.asking.prices import in_dollars, most

_USUAL_ANSWER = 6_000
"""Tokens, with some thinking: five tests of ten lines are about 800 without."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An estimate. Dollars are None where the price is not known."""

    model: str
    prompt: int
    """Tokens."""
    usual: float | None
    most: float | None
    """With the longest answer that the ceilings allow."""

    @property
    def words(self) -> str:
        """Say it for a person."""
        money = "at a price that is not known"
        if self.usual is not None and self.most is not None:
            money = f"about {in_dollars(self.usual)}, at most {in_dollars(self.most)}"
        return f"about {self.prompt:,} tokens to {self.model}; {money}"


def foreseen(
    choice: ModelChoice, prompt: int, ceilings: Ceilings, today: float = 0.0, longest: int = 32_000
) -> Foreseen:
    """Return the estimate for a prompt of so many tokens, when the day has cost ``today`` dollars so far."""
    price = choice.price or list_price(choice.name)
    if price is None:
        return Foreseen(choice.name, prompt, None, None)
    answer = min(longest, choice.max_output or longest, room(ceilings, Spent(), today, prompt, price).tokens)
    return Foreseen(choice.name, prompt, most(prompt, min(_USUAL_ANSWER, answer), price), most(prompt, answer, price))
