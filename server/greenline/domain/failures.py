"""Why a test failed, as far as that can be told, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FailureKind = Literal["code", "test", "flaky", "environment"]
"""The code is wrong, the test is wrong, it passed when it ran again, or something around both is missing."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line (from 1) of a file as it ran."""

    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One failing test."""

    node_id: str
    kind: FailureKind
    message: str
    """One or a few lines for a person, the values in it: "assert 3 == 4: total([1, 2]) gave 3"."""
    next_step: str
    """What to do, in a sentence."""
    test: Place | None = None
    """The line of the test that failed."""
    source: Place | None = None
    """The line of the project's own code that raised."""
