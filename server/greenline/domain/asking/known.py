"""What exploring found of a function, for whoever asks a model about it: now, or when an answer comes a day later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from greenline.domain.asking.model import Explored
from greenline.domain.generation.small_changes import SmallChange


@dataclass(frozen=True, slots=True)
class Known:
    """True of the text that was explored, and of no other."""

    explored: Explored = field(default_factory=Explored)
    unnoticed: tuple[SmallChange, ...] = ()
    """Small changes that no test notices, as far as is known."""

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON has it, without coverage, which is measured anew."""
        return {**asdict(replace(self.explored, coverage=None)), "unnoticed": [asdict(each) for each in self.unnoticed]}


def known_of(plain: dict[str, Any]) -> Known:
    """Return what ``to_plain`` was made of."""
    as_tuples: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
    }
    unnoticed = tuple(SmallChange(**each) for each in as_tuples.pop("unnoticed"))
    return Known(Explored(**as_tuples), unnoticed)
