"""A parcel on its way through a depot: a table says what may follow, and a parcel knows where it is."""

from __future__ import annotations

ALLOWED = {
    "announced": {"received", "lost"},
    "received": {"sorted", "lost"},
    "sorted": {"loaded", "lost"},
    "loaded": {"delivered"},
}


class Refused(ValueError):
    """A parcel does not go there from where it is."""


class Parcel:
    """One parcel, with what it has been through."""

    def __init__(self) -> None:
        self.state = "announced"
        self.history: list[str] = []

    def move(self, target: str) -> None:
        """Move it to another state; raises Refused where that cannot follow."""
        if target not in ALLOWED.get(self.state, set()):
            raise Refused(f"a parcel that is {self.state} cannot be {target}")
        self.history.append(self.state)
        self.state = target
