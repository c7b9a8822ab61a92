"""A small JSON-RPC client of a language server over stdio: the time of each message is taken before it is read."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from typing_extensions import Self

LIMIT = 120.0
"""Seconds that anything may take."""


@dataclass(frozen=True)
class Message:
    """What the server said, and when its last byte was there (``perf_counter``)."""

    at: float
    body: dict[str, Any]


class Server:
    """A server process, and what it says. Use with ``with``: at the end it is asked to leave, and must."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        self._log = log.open("ab")
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=dict(environment), cwd=folder
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._arrived: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        self._number = 0
        self.notified: dict[str, list[Message]] = defaultdict(list)
        self.answers: dict[str, Callable[[Any], Any]] = {}
        """How to answer the server's own requests; null for all that are not here."""
        self._answered: dict[int, Message] = {}

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.request("shutdown", None)
                self.notify("exit", None)
                self._process.wait(LIMIT)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._stdin.close()
            self._log.close()

    def notify(self, method: str, params: Any) -> float:
        """Send it, and return when."""
        return self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request, and return its number for ``answer``."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def answer(self, number: int) -> Message:
        """Wait for the answer to a request. Raises RuntimeError when it is an error."""
        self.until(lambda: number in self._answered)
        message = self._answered.pop(number)
        if "error" in message.body:
            raise RuntimeError(str(message.body["error"]))
        return message

    def request(self, method: str, params: Any) -> Any:
        """Send, wait, and return the result."""
        return self.answer(self.ask(method, params)).body.get("result")

    def timed(self, method: str, params: Any) -> tuple[float, Any]:
        """Return the seconds from sending to the answer, and the result."""
        body = self._packed({"id": self._number + 1, "method": method, "params": params})
        self._number += 1
        began = time.perf_counter()
        self._write(body)
        message = self.answer(self._number)
        return message.at - began, message.body.get("result")

    def until(self, condition: Callable[[], Any]) -> Any:
        """Take in what comes until the condition holds. Raises TimeoutError."""
        end = time.monotonic() + LIMIT
        while not (value := condition()):
            self._take(end - time.monotonic())
        return value

    def drain(self, seconds: float) -> None:
        """Take in what comes in the next seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with suppress(TimeoutError):
                self._take(left)

    def memory(self) -> float:
        """Return the resident memory of the process in MB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def processor_seconds(self) -> float:
        """Return how long the process has used a processor."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _take(self, seconds: float) -> None:
        try:
            message = self._arrived.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            raise TimeoutError(f"the server said nothing in time; its log ends with:\n{self._end_of_log()}") from None
        if message is None:
            raise RuntimeError(f"the server is gone; its log ends with:\n{self._end_of_log()}")
        body = message.body
        if "method" not in body:
            self._answered[body["id"]] = message
            return
        self.notified[body["method"]].append(message)
        if "id" in body:
            answer = self.answers.get(body["method"], lambda _: None)
            self._send({"id": body["id"], "result": answer(body.get("params"))})

    def _end_of_log(self) -> str:
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")[-4000:]

    def _send(self, message: dict[str, Any]) -> float:
        return self._write(self._packed(message))

    def _packed(self, message: dict[str, Any]) -> bytes:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def _write(self, body: bytes) -> float:
        at = time.perf_counter()
        self._stdin.write(body)
        self._stdin.flush()
        return at

    def _read(self, stream: IO[bytes]) -> None:
        while True:
            length = 0
            while (line := stream.readline()) not in {b"\r\n", b""}:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = stream.read(length) if length else b""
            if not body:
                break
            at = time.perf_counter()
            self._arrived.put(Message(at, json.loads(body)))
        self._arrived.put(None)
