"""The server: a thread of its own, a free port, replies in the order in which the test wrote them down."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from model_server.batches import Batches
from model_server.cache import PromptCache
from model_server.connection import Connection
from model_server.models import Thinks, model_info
from model_server.requests import LIMIT, Recorded
from model_server.routes import Routes
from model_server.scripts import ERROR_TYPES, Gate, Reply, error_body, tests_as_text

if TYPE_CHECKING:
    from typing_extensions import Self


class ModelServer:
    """A context: while it is open, ``url`` is the base URL of a Messages API.

    Replies are given in the order in which they were scripted, each once (``times``), those for another ``model`` are
    passed over; a request for which nothing is scripted gets 400, which says so. A model is there under any name.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.url = ""
        self.requests: list[Recorded] = []
        """All, in the order in which they came."""
        self.key = ""
        """The only key that is let in; empty for any."""
        self.batches = Batches(lambda: self.url)
        self._routes = Routes(self)
        self._replies: list[Reply] = []
        self._models: dict[str, dict[str, Any]] = {}
        self.lists_models = True
        self.fails_to_list = 404
        """With which status, where it lists none."""
        self.counts_tokens = True
        self.models_gate: Gate | None = None
        self.count_gate: Gate | None = None
        self.cache = PromptCache()
        self._lock = threading.Lock()
        self._gates: list[Gate] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="model server", daemon=True)
        self._stop = asyncio.Event()
        self._ready = threading.Event()

    # What a test writes down

    def answers(
        self,
        tests: Sequence[Any] = (),
        *,
        text: str | None = None,
        around: tuple[str, str] = ("", ""),
        thinking: str = "",
        model: str = "",
        times: int = 1,
    ) -> None:
        """Answer with these tests, or this text; ``around`` stands before and after the JSON."""
        whole = around[0] + (tests_as_text(tests) if text is None else text) + around[1]
        self._script(Reply(text=whole, thinking=thinking, model=model), times)

    def fails(
        self,
        status: int,
        *,
        retry_after: str | float | None = None,
        message: str = "It went wrong",
        body: bytes | None = None,
        model: str = "",
        times: int = 1,
    ) -> None:
        """Fail with an error of the API, or with ``body`` as it is."""
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        whole = error_body(ERROR_TYPES.get(status, "api_error"), message) if body is None else body
        self._script(Reply(form="error", status=status, headers=headers, body=whole, model=model), times)

    def max_tokens(self, tests: Sequence[Any] = (), *, text: str | None = None, share: float = 0.6) -> None:
        """Answer with the first part of these tests' text, and say that there was no more room."""
        whole = tests_as_text(tests) if text is None else text
        self._script(Reply(text=whole[: int(len(whole) * share)], stop="max_tokens"))

    def refusal(self, text: str = "") -> None:
        """Refuse."""
        self._script(Reply(text=text, stop="refusal"))

    def stops(self, reason: str, text: str) -> None:
        """Answer with any other reason to stop."""
        self._script(Reply(text=text, stop=reason))

    def cut_midway(self, tests: Sequence[Any] = (), *, text: str | None = None, politely: bool = False) -> None:
        """Break off after half of the text; politely: so that HTTP sees a proper end."""
        whole = tests_as_text(tests) if text is None else text
        self._script(Reply(text=whole, cut="politely" if politely else "rudely"))

    def error_midway(self, kind: str = "overloaded_error", *, text: str = "x" * 200) -> None:
        """Send an error as an event, after half of the text."""
        self._script(Reply(text=text, error_midway=kind))

    def slow_first_byte(self, tests: Sequence[Any] = (), *, text: str | None = None) -> Gate:
        """Answer, but nothing is sent until the gate is released."""
        return self._gated(first=True, text=tests_as_text(tests) if text is None else text)

    def slow_models(self) -> Gate:
        """Say nothing of any model until the gate is released."""
        self.models_gate = Gate()
        self._gates.append(self.models_gate)
        return self.models_gate

    def slow_count(self) -> Gate:
        """Count no tokens until the gate is released."""
        self.count_gate = Gate()
        self._gates.append(self.count_gate)
        return self.count_gate

    def slow_batches(self) -> Gate:
        """Make batches, but say so only when the gate is released."""
        self.batches.gate = Gate()
        self._gates.append(self.batches.gate)
        return self.batches.gate

    def stalls_midway(self, tests: Sequence[Any] = (), *, text: str | None = None, thinking: str = "") -> Gate:
        """Answer, but after half of the text nothing comes until the gate is released."""
        return self._gated(first=False, text=tests_as_text(tests) if text is None else text, thinking=thinking)

    def sends(self, body: bytes, *, kind: str = "text/event-stream", status: int = 200, **headers: str) -> None:
        """Send just this."""
        self._script(Reply(form="raw", body=body, status=status, headers={"content-type": kind, **headers}))

    def has_model(self, name: str, *, thinks: Thinks = "adaptive", **abilities: Any) -> None:
        """Describe a model; see ``model_info`` for what can be said. Any other one is adaptive and can do all."""
        self._models[name] = model_info(name, thinks=thinks, **abilities)

    # What a test reads

    @property
    def asked(self) -> list[Recorded]:
        """The Messages requests, in the order in which they came."""
        return [request for request in self.requests if request.path == "/v1/messages"]

    # What the routes need

    def model(self, name: str) -> dict[str, Any]:
        """Return what is said of a model."""
        return self._models.get(name) or model_info(name)

    def next_reply(self, model: str) -> Reply:
        """Take the next reply that is meant for this model."""
        with self._lock:
            for position, reply in enumerate(self._replies):
                if reply.model in {"", model}:
                    return self._replies.pop(position)
        return Reply(form="error", status=400, body=error_body("invalid_request_error", "nothing is scripted"))

    # Its life

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(LIMIT)
        return self

    def __exit__(self, *_: object) -> None:
        for gate in self._gates:
            gate.release()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        talks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talk = asyncio.ensure_future(self._routes.talk(Connection(reader, writer)))
            talks.add(talk)
            talk.add_done_callback(talks.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 24, ssl=self._tls)
        self.url = f"http{'s' if self._tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        for talk in [*talks]:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    def _gated(self, *, first: bool, text: str, thinking: str = "") -> Gate:
        gate = Gate()
        self._gates.append(gate)
        reply = Reply(text=text, thinking=thinking)
        self._script(replace(reply, first_gate=gate) if first else replace(reply, gate=gate))
        return gate

    def _script(self, reply: Reply, times: int = 1) -> None:
        with self._lock:
            self._replies += [reply] * times
