"""What the code under test logs, and the standard input that it finds."""

from __future__ import annotations

import io
import logging
from typing import Any

from greenline_probe.explore import obstacles

MOST_MESSAGES = 40


class Log(logging.Handler):
    """What the code under test logs, as ``caplog`` would show it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        if len(self._messages) < MOST_MESSAGES:
            self._messages.append(record.getMessage())

    def take(self) -> list[str]:
        """Return the messages and start anew."""
        messages, self._messages = self._messages, []
        return messages


class NoInput(io.StringIO):
    """Standard input that nobody types into; who asks is told of like any other refusal."""

    def __init__(self, refused: list[str]) -> None:
        super().__init__("")
        self._refused = refused

    def readline(self, *_: Any) -> str:  # type: ignore[override]
        """Return the end of the input."""
        self._refused.append(obstacles.TERMINAL)
        return ""

    def read(self, *_: Any) -> str:
        """Return the end of the input."""
        return self.readline()

    @property
    def buffer(self) -> io.BytesIO:
        """The input as bytes: as empty."""
        self.readline()
        return io.BytesIO()
