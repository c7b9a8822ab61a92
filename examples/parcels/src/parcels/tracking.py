"""Tracking numbers and the header lines of scanner messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TRACKING = re.compile(r"([A-Z]{2})-?(\d{6})-?(\d)")


@dataclass(frozen=True)
class Tracking:
    """A tracking number in its parts: the carrier's letters, the serial number and the check digit."""

    carrier: str
    serial: int
    check: int


def parse_tracking(text: str) -> Tracking:
    """Read a tracking number such as ``PX-104233-3``; the hyphens may be left out.

    Raises ValueError when the form or the check digit is wrong.
    """
    match = _TRACKING.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(f"not a tracking number: {text!r}")
    carrier, serial, check = match.group(1), int(match.group(2)), int(match.group(3))
    if check != check_digit(serial):
        raise ValueError(f"check digit of {text!r} should be {check_digit(serial)}")
    return Tracking(carrier, serial, check)


def check_digit(serial: int) -> int:
    """Return the digit that guards a serial number: the digits weighted 3, 1, 3, 1 ... from the right, modulo 10."""
    total = 0
    weight = 3
    while serial > 0:
        serial, digit = divmod(serial, 10)
        total += digit * weight
        weight = 4 - weight
    return total % 10


def parse_header(line: str) -> tuple[str, str]:
    """Split one ``Name: value`` line of a scanner message; the name comes back in lower case.

    Raises ValueError when there is no colon or no name.
    """
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError("a header needs a colon")
    name = name.strip().lower()
    if not name:
        raise ValueError("a header needs a name")
    if name.startswith("x-"):
        name = name[2:]
    return name, value.strip()


def priority(code: str) -> int:
    """Return how urgent a service code is: 0 is fastest, 3 can wait."""
    if code == "EXPRESS":
        return 0
    if code in {"SAMEDAY", "MORNING"}:
        return 1
    if code.startswith("ECO"):
        return 3
    return 2
