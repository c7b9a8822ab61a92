"""Take out of a text what looks like a secret, before it leaves the machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Redacted:
    """One value that was taken out. The value itself is not kept."""

    placeholder: str
    """What stands in its place, wherever it was."""
    kind: str
    """What it looked like, in words: "a key of AWS", "the value of api_key"."""
    times: int = 1
    places: tuple[str, ...] = ()
    """Where, as far as it was told: "shop/settings.py:12"."""


class Redactor:
    """Replaces secrets; the same value has the same placeholder in all texts, so that prefixes stay as they are."""

    def redact(self, text: str, where: str = "") -> str:
        """Return the text without what looks like a secret; ``where`` names the file for the report."""
        raise NotImplementedError

    def report(self) -> tuple[Redacted, ...]:
        """Return what was taken out so far, in the order in which it was found."""
        raise NotImplementedError
