"""The server as a process: what may reach stdout, how it ends, what it loads before it answers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import greenline

LIMIT = 30.0
ROOTS = [str(Path(greenline.__file__).parents[1]), str(Path(__file__).parents[2])]

SERVER = textwrap.dedent(
    """
    import os, subprocess, sys
    from pathlib import Path
    from greenline.lsp.connection import serve_stdio, serve_tcp
    from greenline.lsp.server import create_server

    def build(settings, documents):
        from unit.lsp.fakes import FakeServices
        print("stray print")
        os.write(1, b"stray write")
        subprocess.run([sys.executable, "-c", "print('stray child'); import sys; sys.stdin.read()"], check=True)
        return FakeServices(Path("/nowhere/test_x.py"))

    server = create_server(build)
    if "--tcp" in sys.argv:
        code = serve_tcp(server, "127.0.0.1", 0, lambda host, port: print(f"PORT {port}", file=sys.stderr, flush=True))
    else:
        code = serve_stdio(server)
    print("jobs", len(server.session.jobs.live), "heavy", sorted(
        {"coverage", "jedi", "libcst", "anthropic", "hypothesis", "pytest", "rich"} & set(sys.modules)
    ), file=sys.stderr)
    sys.exit(code)
    """
)


class Process:
    """A client with blocking pipes; each read has a limit by way of the process's own end."""

    def __init__(self, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self.write_to: Any = self.process.stdin
        self.read_from: Any = self.process.stdout

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params} | ({"id": number} if number else {})
        body = json.dumps(message).encode()
        self.write_to.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.write_to.flush()

    def receive(self) -> Any:
        """Read one message; anything else on the channel is an error."""
        headers = {}
        while (line := self.read_from.readline()) != b"\r\n":
            match = re.fullmatch(rb"(Content-[A-Za-z]+): (.*)\r\n", line)
            assert match, f"not the protocol: {line!r}"
            headers[match[1]] = match[2]
        return json.loads(self.read_from.read(int(headers[b"Content-Length"])))

    def answer(self, number: int) -> Any:
        while (message := self.receive()).get("id") != number:
            pass
        return message["result"]

    def initialize(self) -> Any:
        self.send("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": {}}, 1)
        result = self.answer(1)
        self.send("initialized", {})
        return result

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=LIMIT)
        return self.process.returncode, errors.decode()


@pytest.fixture
def process() -> Any:
    started: list[Process] = []

    def start(*arguments: str) -> Process:
        started.append(Process(*arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def open_file(client: Process, tmp_path: Path) -> str:
    uri = (tmp_path / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 0, "text": "def f():\n    x  # gap\n"}
    client.send("textDocument/didOpen", {"textDocument": item})
    return uri


def test_stray_output_never_reaches_the_client(process: Any, tmp_path: Path) -> None:
    client = process()
    client.initialize()
    uri = open_file(client, tmp_path)
    client.send("textDocument/codeLens", {"textDocument": {"uri": uri}}, 2)
    figures, *others = client.answer(2)
    client.send("codeLens/resolve", figures, 3)
    titles = [lens["command"]["title"] for lens in [client.answer(3), *others]]
    assert titles == ["f: 50 % · 1 gap", "Generate test", "Run tests"]
    client.send("shutdown", None, 4)
    assert client.answer(4) is None
    client.send("exit", None)
    code, errors = client.end()
    assert code == 0
    assert all(stray in errors for stray in ("stray print", "stray write", "stray child"))


def test_nothing_heavy_is_loaded_before_the_first_real_use(process: Any) -> None:
    client = process()
    result = client.initialize()
    assert result["serverInfo"] == {"name": "greenline", "version": greenline.__version__}
    client.send("shutdown", None, 2)
    client.answer(2)
    client.send("exit", None)
    assert "heavy []" in client.end()[1]


@pytest.mark.parametrize("how", ["exit without shutdown", "end of file", "in the middle of a message", "terminate"])
def test_the_exit_code_says_how_it_ended(process: Any, tmp_path: Path, how: str) -> None:
    client = process()
    client.initialize()
    open_file(client, tmp_path)
    expected = 1
    if how == "exit without shutdown":
        client.send("exit", None)
    elif how == "terminate":
        client.process.send_signal(signal.SIGTERM)
        expected = 128 + signal.SIGTERM
    else:
        if how == "in the middle of a message":
            client.write_to.write(b"Content-Length: 100\r\n\r\n{")
        client.write_to.close()
        client.process.stdin = None
    code, errors = client.end()
    assert code == expected
    assert "jobs 0" in errors
    assert "Traceback" not in errors


def test_a_client_that_reads_no_more(process: Any, tmp_path: Path) -> None:
    client = process()
    client.initialize()
    client.read_from.close()
    client.process.stdout = None
    uri = open_file(client, tmp_path)
    for number in range(2, 6):
        client.send("textDocument/codeLens", {"textDocument": {"uri": uri}}, number)
    client.write_to.close()
    client.process.stdin = None
    code, errors = client.end()
    assert code == 1
    assert "Traceback" not in errors


def test_over_tcp(process: Any) -> None:
    client = process("--tcp")
    port = re.fullmatch(rb"PORT (\d+)\n", client.process.stderr.readline())
    assert port
    with socket.create_connection(("127.0.0.1", int(port[1])), timeout=LIMIT) as connection:
        client.write_to = client.read_from = connection.makefile("rwb")
        assert client.initialize()["capabilities"]["executeCommandProvider"]
        client.send("shutdown", None, 2)
        client.answer(2)
        client.send("exit", None)
        client.write_to.close()
    assert client.end()[0] == 0
