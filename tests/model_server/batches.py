"""Message Batches: many requests at once, answered when the test says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from model_server.events import message
from model_server.scripts import Reply

_TIME = "2026-01-01T00:00:00Z"


class Batches:
    """All batches that were made; none ends on its own."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._requests: dict[str, dict[str, Any]] = {}
        self._results: dict[str, dict[str, Any]] = {}
        self._status: dict[str, str] = {}

    def create(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        """Take in a batch."""
        name = f"msgbatch_{len(self._requests) + 1}"
        self._requests[name] = {request["custom_id"]: request["params"] for request in requests}
        self._results[name] = {}
        self._status[name] = "in_progress"
        return self.described(name)

    def requests(self, name: str) -> dict[str, Any]:
        """Return what a batch asks, by custom id."""
        return self._requests[name]

    def has(self, name: str) -> bool:
        """Return whether there is such a batch."""
        return name in self._requests

    def end(self, name: str, results: dict[str, dict[str, Any]]) -> None:
        """End a batch; what has no result has expired, or was canceled if somebody asked for that."""
        other = "canceled" if self._status[name] == "canceling" else "expired"
        self._results[name] = {key: results.get(key, {"type": other}) for key in self._requests[name]}
        self._status[name] = "ended"

    def cancel(self, name: str) -> dict[str, Any]:
        """Begin to cancel."""
        if self._status[name] == "in_progress":
            self._status[name] = "canceling"
        return self.described(name)

    def results(self, name: str) -> bytes:
        """Return the results, a line each, last asked first: their order means nothing."""
        pairs = reversed(self._results[name].items())
        return "".join(json.dumps({"custom_id": key, "result": result}) + "\n" for key, result in pairs).encode()

    def described(self, name: str) -> dict[str, Any]:
        """Return a batch as the API describes it."""
        ended = self._status[name] == "ended"
        kinds = [result["type"] for result in self._results[name].values()]
        counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        return {
            "id": name, "type": "message_batch", "processing_status": self._status[name],
            "request_counts": {"processing": 0 if ended else len(self._requests[name]), **counts},
            "created_at": _TIME, "expires_at": _TIME, "ended_at": _TIME if ended else None,
            "archived_at": None, "cancel_initiated_at": None,
            "results_url": f"{self._url()}/v1/messages/batches/{name}/results" if ended else None,
        }  # fmt: skip


def succeeded(text: str, model: str = "claude-m", stop: str = "end_turn") -> dict[str, Any]:
    """Return the result of a request that was answered."""
    usage = {"input_tokens": 7, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 30}
    return {"type": "succeeded", "message": message(Reply(text=text, stop=stop), model, usage)}


def errored(kind: str, words: str = "It went wrong") -> dict[str, Any]:
    """Return the result of a request that was not."""
    return {"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": words}}}
