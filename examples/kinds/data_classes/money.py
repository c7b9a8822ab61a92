"""Amounts of money, and the discounts that a shop gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, order=True)
class Money:
    """An amount in the smallest coin of its currency."""

    cents: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if self.cents < 0:
            raise ValueError("an amount cannot be negative")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not a currency: {self.currency}")

    def plus(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError("two currencies cannot be added")
        return replace(self, cents=self.cents + other.cents)

    def less(self, percent: int) -> Money:
        """Take a discount off, rounded in the buyer's favour."""
        if not 0 <= percent <= 100:
            raise ValueError("a discount is 0 to 100 percent")
        return replace(self, cents=self.cents * (100 - percent) // 100)

    def __str__(self) -> str:
        return f"{self.cents // 100}.{self.cents % 100:02} {self.currency}"


@dataclass
class Basket:
    """What a customer is about to buy."""

    owner: str
    items: list[Money] = field(default_factory=list)
    discount: int = 0

    def __post_init__(self) -> None:
        self.owner = self.owner.strip() or "guest"

    def add(self, price: Money) -> None:
        if price in self.items and price.cents == 0:
            raise ValueError("one gift for each basket")
        self.items.append(price)

    def total(self) -> Money | None:
        if not self.items:
            return None
        total = self.items[0]
        for item in self.items[1:]:
            total = total.plus(item)
        return total.less(self.discount) if self.discount else total
