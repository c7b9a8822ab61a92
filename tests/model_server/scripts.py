"""What the server is to do with a request: answer, fail, hold, cut."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from model_server.requests import LIMIT

Form = Literal["stream", "error", "raw"]
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Gate:
    """Where an answer waits until the test lets it go, or whoever asked is gone."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._open = threading.Event()

    def release(self) -> None:
        """Let the answer go on."""
        self._open.set()

    async def was_reached(self) -> bool:
        """Wait until an answer waits here."""
        return await asyncio.to_thread(self._reached.wait, LIMIT)

    async def passed(self) -> None:
        """Wait, on the server's side."""
        self._reached.set()
        await asyncio.to_thread(self._open.wait, LIMIT)


@dataclass(frozen=True)
class Reply:
    """One scripted reply to a Messages request, for any model or for ``model`` alone."""

    form: Form = "stream"
    model: str = ""
    text: str = ""
    thinking: str = ""
    stop: str | None = "end_turn"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    first_gate: Gate | None = None
    """Before the first byte."""
    gate: Gate | None = None
    """After half of the text."""
    cut: Literal["", "rudely", "politely"] = ""
    """After half of the text: in the middle of the answer's body, or where HTTP sees a proper end."""
    error_midway: str = ""
    """The type of an error that comes as an event, after half of the text."""


def tests_as_text(tests: Sequence[Any]) -> str:
    """Return proposed tests, as mappings or dataclasses, in the JSON that the model is asked for."""
    plain = [dataclasses.asdict(test) if dataclasses.is_dataclass(test) else dict(test) for test in tests]  # type: ignore[arg-type]
    return json.dumps({"tests": plain})


def error_body(kind: str, message: str) -> bytes:
    """Return an error as the API has it."""
    return json.dumps({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}).encode()
