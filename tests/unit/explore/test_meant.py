"""Calls that somebody would make, and those that only a search makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline_probe.explore.meant import is_meant
from greenline_probe.explore.template import Choice
from greenline_probe.explore.typical import is_a_quantity
from unit.explore.explored import explored

STAY = """
from decimal import Decimal

class Bed:
    def __init__(self, size: int = 4, sun: str = "full", label: str = "bed") -> None:
        self.size, self.sun, self.label = size, sun, label

def stay(nights: int, names: list[str], note: str = None, offset: int = 0) -> str:
    return f"{nights} {names} {note} {offset}"

def refund(days: int) -> int:
    if days < 0:
        raise ValueError("no such day")
    return days * 2

def cost(per_night: Decimal) -> Decimal:
    return per_night * 2

def fee(bed: Bed) -> int:
    return bed.size * (3 if bed.sun == "full" else 2)

def shown(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError("no text")
    return text
"""


@pytest.mark.parametrize(
    ("name", "chosen", "expected"),
    [
        ("stay", ("3", "['a']", "", ""), True),
        ("stay", ("3", "[]", "None", "-7"), True),
        ("stay", ("-3", "['a']", "", ""), False),
        ("stay", ("3", "['a', None]", "", ""), False),
        ("stay", ("3", "['a']", "7", ""), False),
        ("stay", ("2.5", "['a']", "", ""), False),
        ("stay", ("True", "['a']", "", ""), False),
        ("refund", ("-3",), True),
        ("cost", ("Decimal('-1')",), False),
        ("cost", ("Decimal('10.50')",), True),
        ("fee", ("Bed(size=7)",), True),
        ("fee", ("Bed(size=-4)",), False),
        ("shown", ("3",), False),
    ],
)
def test_what_somebody_would_pass(tmp_path: Path, name: str, chosen: tuple[str, ...], expected: bool) -> None:
    with explored(tmp_path, STAY, name) as world:
        assert is_meant(Choice(world.templates[0], chosen)) is expected


def test_texts_that_are_always_one_of_a_few_words_are_choices(tmp_path: Path) -> None:
    with explored(tmp_path, STAY, "fee") as world:
        (slot,) = world.templates[0].slots
        slot.pool = ["Bed(sun='full')", "Bed(sun='half')", "Bed(label='a b')", "Bed(label='c')"]

        assert is_meant(Choice(world.templates[0], ("Bed(sun='half', label='d')",)))
        assert not is_meant(Choice(world.templates[0], ("Bed(sun='ful')",)))


@pytest.mark.parametrize("name", ["price", "unit_price", "days", "nights", "size", "count_of_items", "bed_size"])
def test_quantities_are_never_less_than_nothing(name: str) -> None:
    assert is_a_quantity(name)


@pytest.mark.parametrize("name", ["x", "offset", "delta", "temperature", "index", "value"])
def test_what_is_no_quantity_may_be_less_than_nothing(name: str) -> None:
    assert not is_a_quantity(name)
