"""Whose key a model is asked with, where, and through what."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.anthropic_client import AnthropicClient
from greenline.adapters.key_command import command_words, printed_key
from greenline.adapters.model_access import Key, find_key, key_place, open_client, place
from greenline.domain.asking.model import Block, Conversation, Question, Turn
from greenline.ports.model import Connection, ModelProblem
from model_server import ModelServer

if TYPE_CHECKING:
    from greenline.ports.model import Provider

LIMIT = 30.0
PYTHON = sys.executable
QUESTION = Question("claude-m", Conversation((), (Turn("user", (Block("hello"),)),)))


@pytest.fixture(autouse=True)
def _no_settings_of_whoever_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ("ANTHROPIC_", "AWS_", "GOOGLE_", "CLOUD_ML_", "SSL_CERT_")
    for name in [name for name in os.environ if name.startswith(ours) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


def command(code: str, *arguments: str) -> str:
    return shlex.join([PYTHON, "-c", code, *arguments])


def unheard(_: int) -> None:
    """Nobody listens."""


async def refusal(waiting: Any) -> ModelProblem:
    with pytest.raises(ModelProblem) as raised:
        await asyncio.wait_for(waiting, LIMIT)
    return raised.value


def sent_key(server: ModelServer) -> str:
    asked = server.requests[-1]
    return asked.header("x-api-key") or asked.header("authorization").removeprefix("Bearer ")


# Where the key comes from


async def test_what_is_set_for_greenline_counts_before_what_is_set_for_everything() -> None:
    environ = {"ANTHROPIC_API_KEY": "of-everything", "ANTHROPIC_AUTH_TOKEN": "of-a-gateway"}
    every = Connection(key_command=command("print('of-a-store')"), editor_key=lambda: "of-the-editor")
    assert await find_key(every, environ) == Key("of-a-store", "that the command greenline.model.keyCommand gives")
    of_editor = Connection(editor_key=lambda: " of-the-editor\n")
    assert await find_key(of_editor, environ) == Key("of-the-editor", "that is stored in the editor")
    alone = Connection(editor_key=lambda: "")
    assert await find_key(alone, environ) == Key("of-everything", "in the variable ANTHROPIC_API_KEY")
    del environ["ANTHROPIC_API_KEY"]
    assert await find_key(alone, environ) == Key("of-a-gateway", "in the variable ANTHROPIC_AUTH_TOKEN", token=True)


async def test_the_editor_is_asked_for_its_key_with_each_request(model_server: ModelServer) -> None:
    keys = ["sk-first", "sk-second"]

    async def of_editor() -> str:
        await asyncio.sleep(0)  # somebody unlocks a keyring
        return keys.pop(0) if keys else ""

    client = AnthropicClient(Connection(base_url=model_server.url, editor_key=of_editor))
    await client.capabilities("claude-m")
    assert sent_key(model_server) == "sk-first"
    await client.capabilities("claude-n")
    assert sent_key(model_server) == "sk-second"
    await client.capabilities("claude-o")
    assert sent_key(model_server) == "none", "it was taken away"


@pytest.mark.parametrize(
    ("connection", "environ", "words", "found"),
    [
        (Connection(), {}, "none is in the variable ANTHROPIC_API_KEY", False),
        (Connection(), {"ANTHROPIC_AUTH_TOKEN": "sk-secret"}, "in the variable ANTHROPIC_AUTH_TOKEN", True),
        (Connection(base_url="http://localhost:1"), {}, "a server on this machine wants none", None),
        (Connection("bedrock"), {}, "credentials of Amazon Bedrock", None),
    ],
)
def test_where_the_key_is_said_to_come_from(
    connection: Connection, environ: dict[str, str], words: str, found: bool | None
) -> None:
    said = key_place(connection, environ)
    assert words in said[0]
    assert said[1] is found
    assert "sk-secret" not in said[0]


def test_a_key_command_is_not_run_to_say_that_there_is_one(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    said = key_place(Connection(key_command=command("open(__import__('sys').argv[1], 'w')", str(mark))), {})
    assert said == ("printed by the command greenline.model.keyCommand, when it is needed", None)
    assert not mark.exists()


async def test_without_any_key_it_is_said_where_one_can_be_put() -> None:
    raised = await refusal(find_key(Connection(), {"ANTHROPIC_API_KEY": " "}))
    assert (raised.kind, raised.passing) == ("no_key", False)
    for words in (
        "https://api.anthropic.com",
        "ANTHROPIC_API_KEY",
        "the editor keep one",
        "greenline.model.keyCommand",
    ):
        assert words in str(raised)


@pytest.mark.parametrize("key", ["sk-ant-\x00", "sk ant", "schlüssel", "sk-ant\nx-evil: 1"])
async def test_what_cannot_stand_in_a_header_is_no_key_and_is_not_repeated(key: str) -> None:
    raised = await refusal(find_key(Connection(editor_key=key), {}))
    assert raised.kind == "no_key"
    assert key not in str(raised)


def test_nothing_shows_a_key() -> None:
    assert "sk-secret" not in repr(Key("sk-secret", "in a test")) + repr(Connection(editor_key="sk-secret"))


async def test_a_key_that_was_refused_is_looked_for_again(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.key = "sk-new"
    stored = tmp_path / "key"
    stored.write_text("sk-old\n")
    reads = command("import sys; print(open(sys.argv[1]).read())", str(stored))
    client = AnthropicClient(Connection(base_url=model_server.url, key_command=reads))
    raised = await refusal(client.ask(QUESTION, unheard))
    assert raised.kind == "unauthorized"
    assert "refuses the key that the command greenline.model.keyCommand gives (401)" in str(raised)
    stored.write_text("sk-new\n")
    model_server.answers(text="hello")
    assert (await client.ask(QUESTION, unheard)).text == "hello"
    stored.unlink()
    model_server.answers(text="hello again")
    assert (await client.ask(QUESTION, unheard)).text == "hello again", "a key that works is kept in memory"


async def test_a_server_on_this_machine_may_do_without_a_key(model_server: ModelServer) -> None:
    model_server.answers(text="hello")
    assert (await AnthropicClient(Connection(base_url=model_server.url)).ask(QUESTION, unheard)).text == "hello"
    assert (await refusal(find_key(Connection(base_url="http://gateway.example"), {}))).kind == "no_key"


async def test_a_token_of_a_gateway_is_sent_as_such(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "of-a-gateway")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"{model_server.url}/v1/")
    await AnthropicClient(Connection()).capabilities("claude-m")
    assert model_server.requests[-1].header("authorization") == "Bearer of-a-gateway"


# The command that prints it


async def test_the_first_line_is_the_key_and_the_rest_is_nobodys_business(
    capfd: pytest.CaptureFixture[str],
) -> None:
    code = "import sys; print('  sk-1  '); print('note ' * 99999); print('sk-1 is secret', file=sys.stderr)"
    assert await printed_key(command(code)) == "sk-1"
    assert "secret" not in "".join(capfd.readouterr())


async def test_no_shell_takes_part_and_the_home_folder_is_where_it_runs(tmp_path: Path) -> None:
    code = "import os, sys; print('|'.join([*sys.argv[1:], os.getcwd()]).replace(' ', '_'))"
    line = f"{command(code)} '$HOME' ~/keys a;touch {tmp_path / 'made'} `id` '*'"
    home = Path.home()
    words = ["$HOME", f"{home}/keys", "a;touch", str(tmp_path / "made"), "`id`", "*", str(home.resolve())]
    assert await printed_key(line) == "|".join(words).replace(" ", "_")
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - nothing else waits in a test


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("   ", "it is empty"),
        ("pass 'show", "a quotation mark is missing its other half"),
        ("no-such-password-store show", "begins with no-such-password-store, and there is no such program"),
        (command("import sys; print('sk-secret', file=sys.stderr); sys.exit(3)"), "ended with exit code 3"),
        (command("print('sk-secret'); raise SystemExit(1)"), "ended with exit code 1"),
        (command(""), "printed nothing"),
        (command("print(); print('sk-secret')"), "printed nothing"),
        (command("print('sk-secret' * 99999)"), "too long for a key"),
    ],
)
async def test_a_command_that_gives_no_key(line: str, words: str) -> None:
    raised = await refusal(printed_key(line))
    assert raised.kind == "no_key"
    assert words in str(raised)
    assert "greenline.model.keyCommand" in str(raised)
    assert "sk-secret" not in str(raised)


@pytest.mark.parametrize("how", ["too late", "cancelled"])
async def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(how: str) -> None:
    """The command and a child of it hold a connection to this test, which ends when neither is there any more."""
    code = (
        "import socket, subprocess, sys;"
        "held = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"
        "subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'], pass_fds=[held.fileno()])"
    )
    came: asyncio.Queue[None] = asyncio.Queue()
    gone: asyncio.Queue[bytes] = asyncio.Queue()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.put_nowait(None)
        gone.put_nowait(await reader.read())
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    asking = asyncio.ensure_future(printed_key(command(code, str(port)), 1.0 if how == "too late" else LIMIT))
    if how == "cancelled":
        await asyncio.wait_for(came.get(), LIMIT)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(asking, LIMIT)
    else:
        assert "did not end within 1 s" in str(await refusal(asking))
    if how == "cancelled" or not came.empty():  # on a busy machine it never came so far
        assert await asyncio.wait_for(gone.get(), LIMIT) == b""
    server.close()
    await server.wait_closed()


def test_the_words_of_a_command_on_each_system() -> None:
    assert command_words(r"pass show 'the key' a\ b", windows=False) == ["pass", "show", "the key", "a b"]
    line = r'"C:\Program Files\op\op.exe" read --account="my home" op://it\key'
    words = [r"C:\Program Files\op\op.exe", "read", "--account=my home", r"op://it\key"]
    assert command_words(line, windows=True) == words
    assert command_words("a # b", windows=False) == ["a", "#", "b"]


async def test_a_program_of_the_current_folder_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda word: f"./{word}")  # as Windows answers
    assert "is found in the current folder only; write its whole path" in str(await refusal(printed_key("op read")))


# Where


@pytest.mark.parametrize(
    ("connection", "environ", "shown"),
    [
        (Connection(), {}, "https://api.anthropic.com"),
        (Connection(), {"ANTHROPIC_BASE_URL": "https://gateway.example/a/"}, "https://gateway.example/a"),
        (Connection(base_url="https://me:secret@gateway.example:8443/v1"), {}, "https://gateway.example:8443"),
        (Connection(base_url="http://me:secret@[::1"), {}, "[::1"),
        (Connection("bedrock"), {}, "Amazon Bedrock"),
        (Connection("vertex"), {"ANTHROPIC_BASE_URL": "https://other.example"}, "Google Vertex AI"),
        (Connection("foundry"), {"ANTHROPIC_FOUNDRY_BASE_URL": "https://mine.example"}, "https://mine.example"),
    ],
)
def test_where_requests_go_is_said_without_a_password(connection: Connection, environ: Any, shown: str) -> None:
    assert place(connection, environ) == shown


@pytest.mark.parametrize(
    "url", ["gateway.example", "ftp://gateway.example", "https://", "file:///etc/passwd", "http://[::1"]
)
async def test_an_address_that_is_none(url: str) -> None:
    raised = await refusal(AnthropicClient(Connection(base_url=url, editor_key="sk-1")).capabilities("claude-m"))
    assert "The setting greenline.model.baseUrl is no address" in str(raised)


async def test_a_proxy_is_used_as_the_sdk_does(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", model_server.url)
    model_server.answers(text="through the proxy")
    client = AnthropicClient(Connection(base_url="http://models.example", editor_key="sk-1"))
    assert (await client.ask(QUESTION, unheard)).text == "through the proxy"
    assert model_server.asked[0].target == "http://models.example/v1/messages"


@pytest.mark.parametrize(
    ("variable", "value"), [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTP_PROXY", "gopher://me:secret@x")]
)
async def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    raised = await refusal(AnthropicClient(Connection(editor_key="sk-1")).capabilities("claude-m"))
    assert raised.kind == "unreachable"
    assert "The proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used" in str(raised)
    assert "secret" not in str(raised)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate")
async def test_a_certificate_of_ones_own_counts_where_a_variable_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(  # noqa: ASYNC221 - nothing else waits
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=LIMIT,
    )  # fmt: skip
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with ModelServer(tls) as server:
        client = AnthropicClient(Connection(base_url=server.url, editor_key="sk-1"))
        raised = await refusal(client.ask(QUESTION, unheard))
        assert raised.kind == "unreachable"
        assert "its certificate is not trusted here (the variable SSL_CERT_FILE" in str(raised)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        server.answers(text="hello")
        assert (await client.ask(QUESTION, unheard)).text == "hello"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
        assert "SSL_CERT_FILE or SSL_CERT_DIR names cannot be read" in str(await refusal(client.ask(QUESTION, unheard)))


# Other providers


async def asked_of(provider: Provider, server: ModelServer, **connection: Any) -> AnthropicClient:
    return AnthropicClient(Connection(provider, base_url=server.url, **connection), timeout=LIMIT)


async def test_foundry_is_asked_with_its_own_key(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-another-place")
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_API_KEY", "of-foundry")
    model_server.answers(text="hello")
    answer = await (await asked_of("foundry", model_server)).ask(QUESTION, unheard)
    assert answer.text == "hello"
    assert sent_key(model_server) == "of-foundry"
    assert "of-another-place" not in str(model_server.requests[-1].headers)
    assert set(model_server.asked[0].json) == {"model", "max_tokens", "messages", "stream"}


async def test_vertex_is_asked_with_a_token(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_ML_REGION", "europe-west1")
    monkeypatch.setenv("ANTHROPIC_VERTEX_PROJECT_ID", "shop")
    client = await asked_of("vertex", model_server, key_command=command("print('of-google')"))
    raised = await refusal(client.ask(QUESTION, unheard))
    assert raised.kind == "not_found", "the server knows no path of Vertex"
    (request,) = model_server.requests
    assert request.path.endswith(
        "/projects/shop/locations/europe-west1/publishers/anthropic/models/claude-m:streamRawPredict"
    )
    assert request.header("authorization") == "Bearer of-google"


async def test_bedrock_is_asked_with_a_bearer_key(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-another-place")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    client = await asked_of("bedrock", model_server, editor_key="of-amazon")
    assert (await refusal(client.ask(QUESTION, unheard))).kind == "not_found"
    (request,) = model_server.requests
    assert request.path == "/model/claude-m/invoke-with-response-stream"
    assert request.header("authorization") == "Bearer of-amazon"
    assert "of-another-place" not in str(request.headers)
    raised = await refusal(client.count(QUESTION))
    assert "Token counting is not supported in Bedrock" in str(raised)
    assert raised.kind == "bad_request"


async def test_bedrock_is_signed_with_what_boto3_finds_off_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for boto3, which is not among what the tests need; its names are those of the real one."""
    asked_from = []

    def session() -> Any:
        asked_from.append(threading.current_thread())
        frozen = SimpleNamespace(access_key="access", secret_key="secret", token="token", account_id=None)
        credentials = SimpleNamespace(get_frozen_credentials=lambda: frozen) if found else None
        return SimpleNamespace(get_credentials=lambda: credentials)

    found = True
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(Session=session))
    client = await asyncio.to_thread(open_client, Connection("bedrock"), None, LIMIT)
    assert (client.aws_access_key, client.aws_secret_key, client.aws_session_token) == ("access", "secret", "token")
    await client.close()
    found = False
    raised = await refusal(AnthropicClient(Connection("bedrock")).ask(QUESTION, unheard))
    assert (raised.kind, "no credentials for Amazon Bedrock" in str(raised)) == ("no_key", True)
    assert threading.main_thread() not in asked_from


async def test_what_boto3_raises_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    expired = type("UnauthorizedSSOTokenError", (Exception,), {"__module__": "botocore.exceptions"})

    def session() -> Any:
        raise expired("The SSO session associated with this profile has expired.\nLog in again.")

    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(Session=session))
    raised = await refusal(AnthropicClient(Connection("bedrock")).ask(QUESTION, unheard))
    assert raised.kind == "no_key"
    assert "has expired. Log in again." in str(raised)


@pytest.mark.parametrize(
    ("provider", "environ", "kind", "words"),
    [
        ("bedrock", {"AWS_BEARER_TOKEN_BEDROCK": "x"}, "no_key", "No AWS region was provided"),
        ("bedrock", {"AWS_REGION": "eu-central-1"}, "no_sdk", "pip install 'anthropic[bedrock]'"),
        ("vertex", {}, "no_key", "No region was given"),
        (
            "vertex",
            {"CLOUD_ML_REGION": "eu", "ANTHROPIC_VERTEX_PROJECT_ID": "p"},
            "no_sdk",
            "pip install anthropic[vertex]",
        ),
        ("foundry", {}, "no_key", "ANTHROPIC_FOUNDRY_API_KEY"),
        ("foundry", {"ANTHROPIC_FOUNDRY_API_KEY": "x"}, "no_key", "ANTHROPIC_FOUNDRY_RESOURCE"),
    ],
)
async def test_what_a_provider_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, provider: Provider, environ: dict[str, str], kind: str, words: str
) -> None:
    for module in ("boto3", "botocore", "google.auth"):
        monkeypatch.setitem(sys.modules, module, None)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    raised = await refusal(AnthropicClient(Connection(provider), timeout=LIMIT).ask(QUESTION, unheard))
    assert raised.kind == kind
    assert words in str(raised)
    assert "\n" not in str(raised)


@pytest.mark.parametrize("provider", ["anthropic", "foundry", "vertex", "bedrock"])
async def test_the_sdk_never_asks_twice_by_itself(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_REGION": "x", "CLOUD_ML_REGION": "x", "ANTHROPIC_FOUNDRY_RESOURCE": "x"}.items():
        monkeypatch.setenv(name, value)
    client = open_client(Connection(provider), Key("sk-1", "in a test"), 7.0)
    assert (client.max_retries, client.timeout.read, client.timeout.connect) == (0, 7.0, 7.0)
    await client.close()
