"""Which request is answered how."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from model_server.cache import count
from model_server.connection import Connection, Gone
from model_server.events import error_event, events, message
from model_server.requests import Recorded
from model_server.scripts import Reply, error_body

if TYPE_CHECKING:
    from model_server.server import ModelServer

_MESSAGES = "/v1/messages"
_BATCHES = "/v1/messages/batches"
_MODELS = "/v1/models/"


class Routes:
    """Answers requests from what the server was told."""

    def __init__(self, server: ModelServer) -> None:
        self._server = server

    async def talk(self, connection: Connection) -> None:
        """Answer one client's requests until it hangs up."""
        request: Recorded | None = None
        try:
            while (request := await connection.request()) is not None:
                self._server.requests.append(request)
                if not await self._answered(connection, request):
                    break
        except (Gone, ConnectionError):
            if request is not None:
                request.abandon()
        except asyncio.CancelledError:
            pass
        await connection.close()

    async def _answered(self, connection: Connection, request: Recorded) -> bool:
        key = self._server.key
        given = {request.header("x-api-key"), request.header("authorization").removeprefix("Bearer ")}
        if key and key not in given:
            await connection.answer(401, error_body("authentication_error", "invalid x-api-key"))
        elif request.path == _MESSAGES:
            asked = request.json
            return await self._reply(connection, self._server.next_reply(asked["model"]), asked)
        else:
            counts = request.path == f"{_MESSAGES}/count_tokens"
            gate = self._server.count_gate if counts else self._server.models_gate
            if gate and (counts or request.path.startswith(_MODELS)):
                await connection.while_there(gate.passed())
            status, body = self._plain(request)
            if request.path == _BATCHES and request.method == "POST":
                if self._server.batches.gate:
                    await connection.while_there(self._server.batches.gate.passed())
                if self._server.batches.fails:
                    status, body = self._server.batches.fails, error_body("api_error", "It went wrong")
            await connection.answer(status, body if isinstance(body, bytes) else json.dumps(body).encode())
        return True

    def _plain(self, request: Recorded) -> tuple[int, Any]:
        path, server = request.path, self._server
        if path.startswith(_MODELS):
            if not server.lists_models:
                return server.fails_to_list, error_body("not_found_error", "No list of models here")
            return 200, server.model(unquote(path.removeprefix(_MODELS)))
        if path == f"{_MESSAGES}/count_tokens" and server.counts_tokens:
            return 200, {"input_tokens": count(request.json)}
        if path.startswith(_BATCHES):
            return self._plain_batches(request)
        return 404, error_body("not_found_error", f"There is no {path}")

    def _plain_batches(self, request: Recorded) -> tuple[int, Any]:
        batches = self._server.batches
        if request.path == _BATCHES and request.method == "GET":
            return 200, batches.listed(int(request.query.get("limit", 20)), request.query.get("after_id", ""))
        if request.path == _BATCHES:
            return 200, batches.create(request.json["requests"])
        name, _, what = request.path.removeprefix(f"{_BATCHES}/").partition("/")
        if batches.overloaded and not what:
            batches.overloaded -= 1
            return 529, error_body("overloaded_error", "Overloaded")
        if batches.has(name):
            return 200, self._of_batch(name, what)
        return 404, error_body("not_found_error", f"There is no {request.path}")

    def _of_batch(self, name: str, what: str) -> Any:
        if what == "results":
            return self._server.batches.results(name)
        return self._server.batches.cancel(name) if what == "cancel" else self._server.batches.described(name)

    async def _reply(self, connection: Connection, reply: Reply, asked: dict[str, Any]) -> bool:
        """Send a reply; return whether the connection can be used again."""
        if reply.first_gate:
            await connection.while_there(reply.first_gate.passed())
        if reply.form in {"error", "raw"}:
            headers = dict(reply.headers)
            kind = headers.pop("content-type", "application/json")
            await connection.answer(reply.status, reply.body, headers, kind)
            return True
        usage = self._server.cache.usage(asked)
        if not asked.get("stream"):
            await connection.answer(200, json.dumps(message(reply, asked["model"], usage)).encode())
            return True
        return await self._stream(connection, reply, *events(reply, asked["model"], usage))

    async def _stream(self, connection: Connection, reply: Reply, before: list[bytes], after: list[bytes]) -> bool:
        await connection.begin(reply.headers)
        for event in before:
            await connection.send(event)
        if reply.gate:
            await connection.while_there(reply.gate.passed())
        if reply.cut == "rudely":
            return False
        rest = [error_event(reply.error_midway)] if reply.error_midway else [] if reply.cut else after
        for event in rest:
            await connection.send(event)
        await connection.end()
        return True
