"""The journey of a shipment, from the counter to the door."""

from __future__ import annotations

from dataclasses import dataclass, field

NEXT_STATES = {
    "accepted": {"sorting", "lost"},
    "sorting": {"on the road", "lost"},
    "on the road": {"delivered", "not at home", "lost"},
    "not at home": {"on the road", "returned"},
}
MAX_ATTEMPTS = 2


@dataclass
class Shipment:
    """One shipment with its history; ``attempts`` counts how often nobody opened the door."""

    number: str
    state: str = "accepted"
    attempts: int = 0
    history: list[str] = field(default_factory=list)

    def move(self, state: str) -> None:
        """Go to the next state. Raises ValueError when the journey cannot continue there."""
        if self.is_finished():
            raise ValueError(f"{self.number} is {self.state}: its journey is over")
        if state not in NEXT_STATES[self.state]:
            raise ValueError(f"{self.number} cannot go from {self.state} to {state}")
        self.history.append(self.state)
        self.state = state
        if state == "not at home":
            self.attempts += 1
            if self.attempts > MAX_ATTEMPTS:
                self.history.append(state)
                self.state = "returned"

    def is_finished(self) -> bool:
        """Tell whether nothing more will happen to it."""
        return self.state not in NEXT_STATES

    def progress(self) -> int:
        """Return how far it is, in percent, for the bar on the customer's screen."""
        if self.state == "accepted":
            return 10
        if self.state == "sorting":
            return 40
        if self.is_finished():
            return 100
        return 70


def describe(state: str, attempts: int = 0) -> str:
    """Return what the customer reads about a shipment in that state."""
    if state == "lost":
        return "We are looking for your parcel."
    if state == "not at home":
        left = MAX_ATTEMPTS - attempts
        return f"Nobody was at home. We will try {left} more times." if left > 0 else "Nobody was at home."
    return f"Your parcel is {state}."
