"""What a test sees where it expects something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noted:
    """What one expectation saw when its test ran, in one row of a table where there is one."""

    number: int
    row: Mapping[str, int]
    """Parameter -> which of its values it was, from 0."""
    same: bool
    """It is what is expected."""
    source: str = ""
    """The value as it can be written in that file, empty where it cannot; of a raise the exception's class."""
    words: str = ""
    """The value for a person; of a raise the message."""
    raised: bool = True
    """Of a raise: there was one."""
