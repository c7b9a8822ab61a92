"""When to do what, and under which name."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta


def greeting(name: str) -> str:
    """Greet as the hour demands."""
    hour = datetime.now().hour
    if hour < 12:
        return f"Good morning, {name}"
    if hour < 18:
        return f"Good afternoon, {name}"
    return f"Good evening, {name}"


def due_date(days: int) -> date:
    """Return the day so many days from today; a weekend is put off to Monday."""
    due = date.today() + timedelta(days=days)
    if due.weekday() == 5:
        return due + timedelta(days=2)
    if due.weekday() == 6:
        return due + timedelta(days=1)
    return due


def is_expired(created: float, lifetime: float = 3600) -> bool:
    """Tell whether something is older than it may be, in seconds."""
    return time.time() - created > lifetime


def with_retries(action: Callable[[], str], attempts: int = 3) -> str:
    """Return what the action returns, after a pause that doubles where it fails."""
    pause = 0.5
    for attempt in range(attempts):
        try:
            return action()
        except OSError:
            if attempt == attempts - 1:
                raise
        time.sleep(pause)
        pause *= 2
    raise ValueError("nothing was attempted")


def sampled(message: str, share: float) -> str | None:
    """Return the message with an id, for the given share of all messages; None for the others."""
    if random.random() >= share:
        return None
    return f"{uuid.uuid4()} {message}"


def draw(names: list[str]) -> str:
    """Return one of the names."""
    if not names:
        raise ValueError("nobody takes part")
    return random.choice(names)
