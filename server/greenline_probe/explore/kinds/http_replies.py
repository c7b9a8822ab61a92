"""A server's answers while exploring: nothing leaves this process, and what was asked of it is kept."""

from __future__ import annotations

import dataclasses
import http
import importlib
import io
import json
import ssl
import sys
from dataclasses import dataclass, field
from typing import Any

MOST_REQUESTS = 6
_USUAL = frozenset(
    "user-agent accept-encoding accept connection content-length content-type host".split()  # noqa: SIM905
)


class NoReply(KeyboardInterrupt):
    """So many requests of one call have no end. No Exception: code that tries again would catch it."""


@dataclass(frozen=True)
class Reply:
    """What the server answers, or the error on the way to it."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    error: BaseException | None = None

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with the type of the body."""
        kind = "text/plain" if isinstance(self.body, str) else "application/json"
        return {"Content-Type": kind, **self.headers}


@dataclass(frozen=True)
class Request:
    """What was asked, and what was answered."""

    library: str
    method: str
    url: str
    body: bytes
    headers: dict[str, str]
    reply: Reply

    @property
    def sent(self) -> Any:
        """The JSON that was sent, None for anything else."""
        kind = {name.lower(): value for name, value in self.headers.items()}.get("content-type", "")
        return json.loads(self.body) if "json" in kind and self.body else None

    @property
    def own_headers(self) -> dict[str, str]:
        """The headers that the code chose."""
        return {name: value for name, value in self.headers.items() if name.lower() not in _USUAL}


class Replies:
    """Answers in turn, the last one again and again; ``requests`` says what was asked."""

    def __init__(self, replies: list[Reply]) -> None:
        self.requests: list[Request] = []
        self._replies = replies

    def next(self, library: str, method: str, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Return the answer to one request. Raises the error that it is, NoReply when there are too many."""
        if len(self.requests) >= MOST_REQUESTS:
            raise NoReply
        reply = self._replies[min(len(self.requests), len(self._replies) - 1)]
        self.requests.append(Request(library, method, url, body, headers, reply))
        if reply.error is not None:
            raise reply.error
        return reply


latest: list[Replies] = []
"""Those of the call that runs, or ran last."""


def http_replies(monkeypatch: Any, *replies: Any) -> None:
    """Answer the requests of one call: by (status, body), (status, body, headers) or an error each."""
    given = [Reply(error=r) if isinstance(r, BaseException) else Reply(*r) for r in replies]
    latest[:] = [Replies(given)]
    # Each new client would read all certificates, of which nothing here needs any.
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    if "requests" in sys.modules:
        adapters = importlib.import_module("requests.adapters")
        monkeypatch.setattr(adapters.HTTPAdapter, "send", _send)
    if "httpx" in sys.modules:
        httpx = sys.modules["httpx"]
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", _handle)
        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", _handle_later)


def _send(adapter: Any, request: Any, **_: Any) -> Any:
    """Take the place of ``requests.adapters.HTTPAdapter.send``."""
    sent = request.body or b""
    body = sent.encode() if isinstance(sent, str) else bytes(sent)
    reply = latest[0].next("requests", request.method, request.url, body, dict(request.headers))
    urllib3 = importlib.import_module("urllib3")
    raw = urllib3.HTTPResponse(
        body=io.BytesIO(reply.content),
        status=reply.status,
        headers=reply.all_headers,
        reason=reason(reply.status),
        preload_content=False,
    )
    return adapter.build_response(request, raw)


def _handle(_: Any, request: Any) -> Any:
    """Take the place of ``httpx.HTTPTransport.handle_request``."""
    return _httpx_response(request)


async def _handle_later(_: Any, request: Any) -> Any:
    """Take the place of ``httpx.AsyncHTTPTransport.handle_async_request``."""
    return _httpx_response(request)


def _httpx_response(request: Any) -> Any:
    headers = {name.decode(): value.decode() for name, value in request.headers.raw}
    reply = latest[0].next("httpx", request.method, str(request.url), request.read(), headers)
    return sys.modules["httpx"].Response(reply.status, content=reply.content, headers=reply.all_headers)


def reason(status: int) -> str:
    """Return the phrase of a status, empty for one that has none."""
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""


def grouped(requests: list[Request]) -> list[tuple[Request, list[Reply]]]:
    """Return each thing that was asked with the answers to it; of those that end alike, one."""
    groups: dict[Any, tuple[Request, list[Reply]]] = {}
    for request in requests:
        key = request.method, request.url, request.body
        groups.setdefault(key, (dataclasses.replace(request), []))[1].append(request.reply)
    for _, replies in groups.values():
        while len(replies) > 1 and replies[-1] is replies[-2]:
            replies.pop()
    return list(groups.values())
