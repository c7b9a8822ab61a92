"""A cancellation that leaves something."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.services.target_results import Generation


class Stopped(asyncio.CancelledError):
    """Cancelled while a model was asked; ``generation`` is what was confirmed before. It is written nowhere yet.

    For who does not know it, it is a cancellation like any other.
    """

    def __init__(self, generation: Generation) -> None:
        super().__init__("cancelled while a model was asked")
        self.generation = generation
