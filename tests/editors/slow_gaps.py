"""A language server whose answers to ``greenline/gaps`` come late, as those of a busy machine do.

    python slow_gaps.py SECONDS ASKED COMMAND...

``ASKED`` gets a letter for each time that the client asks.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any


def main(seconds: float, asked: Path, command: list[str]) -> int:
    """Pass on what both sides say, until the server ends; return its exit code."""
    asked.touch()
    slow: set[Any] = set()
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin
    assert server.stdout
    arguments = (sys.stdin.buffer, server.stdin, asked, slow)
    threading.Thread(target=_pass_on_questions, args=arguments, daemon=True).start()
    lock = threading.Lock()
    while (body := _read(server.stdout)) is not None:
        said = json.loads(body)
        if "method" not in said and said.get("id") in slow:
            threading.Timer(seconds, _write, (sys.stdout.buffer, body, lock)).start()
        else:
            _write(sys.stdout.buffer, body, lock)
    return server.wait()


def _pass_on_questions(client: IO[bytes], server: IO[bytes], asked: Path, slow: set[Any]) -> None:
    lock = threading.Lock()
    while (body := _read(client)) is not None:
        said = json.loads(body)
        if said.get("method") == "greenline/gaps":
            slow.add(said["id"])
        _write(server, body, lock)
        if said.get("id") in slow and "method" in said:
            with asked.open("a") as file:
                file.write("?")
    server.close()


def _read(stream: IO[bytes]) -> bytes | None:
    """Return a message's body, None at the end. https://microsoft.github.io/language-server-protocol: base protocol."""
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return stream.read(length) if length else None


def _write(stream: IO[bytes], body: bytes, lock: threading.Lock) -> None:
    with lock:
        stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stream.flush()


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
