"""Readings of the sensors in a greenhouse."""

from __future__ import annotations

import attrs
from attrs import field, validators

UNITS = {"C": (-40.0, 60.0), "%": (0.0, 100.0)}


@attrs.define
class Reading:
    """One value of one sensor."""

    sensor: str = field(converter=str.strip, validator=validators.min_len(1))
    value: float = field(converter=float)
    unit: str = field(default="C", validator=validators.in_(UNITS))
    tags: list[str] = field(factory=list)

    @value.validator
    def _check_range(self, _attribute: attrs.Attribute, value: float) -> None:
        low, high = UNITS[self.unit]
        if not low <= value <= high:
            raise ValueError(f"no sensor tells {value} {self.unit}")

    @property
    def is_frost(self) -> bool:
        return self.unit == "C" and self.value <= 0

    def corrected(self, offset: float) -> Reading:
        """Shift the value; a correction that changes nothing keeps the reading."""
        if not offset:
            return self
        return attrs.evolve(self, value=self.value + offset, tags=[*self.tags, "corrected"])


def to_row(reading: Reading) -> dict[str, object]:
    """Return what is stored: frost is marked, empty tags are left out."""
    row = attrs.asdict(reading)
    if not reading.tags:
        del row["tags"]
    if reading.is_frost:
        row["alarm"] = "frost"
    return row
