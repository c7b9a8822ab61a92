"""What the ledger keeps: what was asked of models, and what came of it. No code, and nothing that was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from greenline.domain.asking.model import Usage

Outcome = Literal["open", "answered", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One request."""

    when: float
    """Seconds since the epoch."""
    model: str
    project: str
    """The project's folder, or empty."""
    target: str
    """``path.py::function``, or empty."""
    usage: Usage = field(default_factory=Usage)
    dollars: float | None = None
    """None where the price is not known; of an open request the most that it can cost."""
    outcome: Outcome = "open"
    exact: bool = True
    """Whether the provider said so; else it is an estimate, as of a stream that was cut."""
    batch: bool = False
    prompts: str = ""
    """The version of the prompts that it was made with."""
    id: str = field(default_factory=lambda: uuid4().hex)
    """Its identity, which no other request has: whatever becomes of it is written to this entry and no other."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Tests that were confirmed and came from a model."""

    when: float
    project: str
    target: str
    tests: int
