"""Who gets which bed."""

from __future__ import annotations

from garden.models import Bed, Gardener


class NoBed(Exception):
    """All beds are taken."""


def assign(gardener: Gardener, size: int = 0) -> Bed:
    """Give the smallest free bed that is larger than ``size``. Raises NoBed where there is none."""
    bed = Bed.objects.free().larger_than(size).first()
    if bed is None:
        raise NoBed(f"no free bed is larger than {size}")
    bed.gardener = gardener
    bed.save()
    return bed


def fees_of(gardener: Gardener) -> int:
    """What a gardener pays in a year; who is away pays half."""
    total = sum(bed.fee for bed in Bed.objects.filter(gardener=gardener))
    return total if gardener.is_active else total // 2


def labels(sun: str | None = None) -> list[str]:
    beds = Bed.objects.order_by("label")
    if sun:
        beds = beds.filter(sun=sun)
    return [bed.label for bed in beds]
