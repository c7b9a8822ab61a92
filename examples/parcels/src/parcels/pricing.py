"""What a delivery costs. Weights are in grams, prices in cents."""

from __future__ import annotations

MAX_GRAMS = 30_000
BASE_PRICE = {"domestic": 495, "europe": 1150, "world": 2290}


def delivery_price(grams: int, zone: str = "domestic", express: bool = False) -> int:
    """Return the price of one parcel.

    Raises ValueError for a weight that cannot be sent and for a zone that has no price.
    """
    if grams <= 0 or grams > MAX_GRAMS:
        raise ValueError(f"{grams} g cannot be sent")
    if zone not in BASE_PRICE:
        raise ValueError(f"no price for zone {zone!r}")
    price = BASE_PRICE[zone]
    if grams > 10_000:
        price += 600
    elif grams > 2_000:
        price += 250
    if express:
        price = price * 3 // 2
    return price


def volume_weight(length_mm: int, width_mm: int, height_mm: int) -> int:
    """Return the weight in grams that a light but bulky box counts for: one kilogram for each five litres."""
    return length_mm * width_mm * height_mm // 5_000


def discount_percent(parcels_per_month: int, business: bool = False) -> int:
    """Return the discount that a customer has earned."""
    if parcels_per_month < 10:
        return 0
    if parcels_per_month < 100:
        return 8 if business else 5
    return 15 if business else 10


def cheapest_zone(prices: dict[str, int]) -> str:
    """Return the zone with the lowest price, the first of equals. Raises ValueError when there is none."""
    if not prices:
        raise ValueError("there are no prices to compare")
    return min(prices, key=lambda zone: prices[zone])


def share_costs(total: int, people: int) -> list[int]:
    """Split a price fairly: nobody pays more than one cent more than another. Raises ValueError without people."""
    if people < 1:
        raise ValueError("somebody has to pay")
    share, rest = divmod(total, people)
    return [share + 1] * rest + [share] * (people - rest)
