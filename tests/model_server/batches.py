"""Message Batches: many requests at once, answered when the test says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from model_server.events import message
from model_server.scripts import Gate, Reply


class Batches:
    """All batches that were made; none ends on its own, unless there is somebody who answers."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._url = url
        self._requests: dict[str, dict[str, Any]] = {}
        self._results: dict[str, dict[str, Any]] = {}
        self._status: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self.answers: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None
        """Gives the result of a request, or None where it expires: then a batch ends as soon as it is made."""
        self.gate: Gate | None = None
        """Where a batch that was made waits before it is told so."""
        self.fails = 0
        """With which status it is told instead, though the batch was made."""
        self.overloaded = 0
        """So many looks at batches are not answered."""

    @property
    def names(self) -> list[str]:
        """Return the names of all batches, the oldest first."""
        return [*self._requests]

    def create(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        """Take in a batch."""
        name = f"msgbatch_{len(self._requests) + 1}"
        self._requests[name] = {request["custom_id"]: request["params"] for request in requests}
        self._results[name] = {}
        self._status[name] = "in_progress"
        self._made[name] = datetime.now(timezone.utc).isoformat()
        if self.answers is not None:
            found = {key: self.answers(params) for key, params in self._requests[name].items()}
            self.end(name, {key: result for key, result in found.items() if result is not None})
        return self.described(name)

    def listed(self, most: int, after: str) -> dict[str, Any]:
        """Return a page of all batches, the newest first."""
        names = self.names[::-1]
        names = names[names.index(after) + 1 :] if after else names
        page = [self.described(name) for name in names[:most]]
        ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
        return {"data": page, "has_more": len(names) > most, **ends}

    def forget(self, name: str) -> None:
        """Have no such batch any more."""
        for kept in (self._requests, self._results, self._status, self._made):
            kept.pop(name, None)

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
            "created_at": self._made[name], "expires_at": self._made[name],
            "ended_at": self._made[name] if ended else None,
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
