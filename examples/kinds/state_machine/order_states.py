"""An order on its way: which state follows which, and what is not allowed."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """Where an order is."""

    CART = "cart"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class IllegalTransition(Exception):
    """From this state there is no such way."""


_NEXT = {
    (State.CART, "pay"): State.PAID,
    (State.PAID, "ship"): State.SHIPPED,
    (State.SHIPPED, "deliver"): State.DELIVERED,
    (State.CART, "cancel"): State.CANCELLED,
    (State.PAID, "cancel"): State.CANCELLED,
}


def next_state(state: State, event: str) -> State:
    """Return the state that follows; raises IllegalTransition where none does."""
    try:
        return _NEXT[state, event]
    except KeyError:
        raise IllegalTransition(f"{event} is not possible when {state.value}") from None


class Door:
    """A door with a lock."""

    def __init__(self) -> None:
        self.state = "closed"

    def open(self) -> None:
        """Open it, which a locked door does not allow."""
        if self.state == "locked":
            raise IllegalTransition("unlock it first")
        self.state = "open"

    def close(self) -> None:
        """Close it; what is locked is closed already."""
        if self.state == "open":
            self.state = "closed"

    def lock(self) -> None:
        """Lock it, when it is closed."""
        if self.state == "open":
            raise IllegalTransition("close it first")
        self.state = "locked"

    def unlock(self) -> None:
        """Unlock it, when it is locked."""
        if self.state != "locked":
            raise IllegalTransition("it is not locked")
        self.state = "closed"
