"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FindingState = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do when it is not well."""

    topic: str
    state: FindingState
    text: str
    to_do: str = ""


MODEL_OFF = Finding(
    "model",
    "ok",
    "none is asked, and nothing is sent; greenline.model.enabled switches it on, in a terminal `greenline model allow`",
)
"""Where none is switched on: nothing else is looked at, or loaded for it."""
