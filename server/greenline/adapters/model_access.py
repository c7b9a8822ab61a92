"""Where a model is asked and with which key, and the SDK's client for that."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from greenline.adapters.key_command import printed_key
from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.ports.model import Connection, Provider

CONNECTING = 10.0
"""Seconds until a connection stands."""
_HOME = "https://api.anthropic.com"
_KEY, _TOKEN = "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"
_PLACES: dict[Provider, tuple[str, str]] = {
    "anthropic": (_HOME, "ANTHROPIC_BASE_URL"),
    "bedrock": ("Amazon Bedrock", "ANTHROPIC_BEDROCK_BASE_URL"),
    "vertex": ("Google Vertex AI", "ANTHROPIC_VERTEX_BASE_URL"),
    "foundry": ("Microsoft Foundry", "ANTHROPIC_FOUNDRY_BASE_URL"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key and, in words that follow "the key", where it comes from. It is never printed."""

    value: str = field(repr=False)
    source: str
    token: bool = False
    """A bearer token, as gateways give them out."""
    lasting: bool = field(default=True, compare=False)
    """It may be kept for the next request; an editor's is asked for each time, as it may have been taken away."""


def base_url(connection: Connection, environ: Mapping[str, str] | None = None) -> str:
    """Return the base URL without ``/v1``, from the setting or the SDK's variable; empty for the provider's own."""
    variables = os.environ if environ is None else environ
    url = (connection.base_url or variables.get(_PLACES[connection.provider][1], "")).strip().rstrip("/")
    return url.removesuffix("/v1")


def place(connection: Connection, environ: Mapping[str, str] | None = None) -> str:
    """Return where requests go, as it is said to a person: an address without a password, or a provider's name."""
    url = base_url(connection, environ)
    if not url:
        return _PLACES[connection.provider][0]
    parts = _parts(url)
    if not parts.netloc:  # no address: asking says so
        return url.rpartition("@")[2]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


async def find_key(connection: Connection, environ: Mapping[str, str] | None = None) -> Key | None:
    """Return the key to ask with. None: the SDK's client finds its own, or a server on this machine wants none.

    Raises ModelProblem of the kind no_key.
    """
    variables = os.environ if environ is None else environ
    if connection.key_command.strip():
        return _checked(
            Key(await printed_key(connection.key_command), "that the command greenline.model.keyCommand gives")
        )
    given = connection.editor_key if isinstance(connection.editor_key, str) else connection.editor_key()
    if not isinstance(given, str):
        given = await given
    if given.strip():
        return _checked(Key(given.strip(), "that is stored in the editor", lasting=False))
    if connection.provider != "anthropic":
        return None
    for name in (_KEY, _TOKEN):
        if value := variables.get(name, "").strip():
            return _checked(Key(value, f"in the variable {name}", token=name == _TOKEN))
    if _is_here(connection, variables):
        return None
    raise ModelProblem(
        "no_key",
        f'There is no key for {place(connection, variables)}. Let the editor keep one ("Set Model Key" in VS Code), '
        f"set {_KEY} where Greenline is started from, or name a command that prints one in greenline.model.keyCommand.",
    )


def key_place(connection: Connection, environ: Mapping[str, str] | None = None) -> tuple[str, bool | None]:
    """Say where the key is found, and whether it is: None where only asking would tell. Runs and asks nothing."""
    variables = os.environ if environ is None else environ
    if connection.key_command.strip():
        return "printed by the command greenline.model.keyCommand, when it is needed", None
    if connection.provider != "anthropic":
        return f"the SDK looks for credentials of {_PLACES[connection.provider][0]}", None
    for name in (_KEY, _TOKEN):
        if variables.get(name, "").strip():
            return f"in the variable {name}, unless the editor keeps one", True
    if _is_here(connection, variables):
        return "a server on this machine wants none, unless the editor keeps one", None
    return f"none is in the variable {_KEY}; an editor may keep one, which is asked for when it is needed", False


def open_client(connection: Connection, key: Key | None, silence: float) -> Any:
    """Return the SDK's asynchronous client; it is to be closed. Takes long the first time: not for the loop's thread.

    ``silence``: seconds without a byte after which it gives up. It never asks twice by itself, and follows no
    redirection: what may be sent to one place is not for another. Raises ModelProblem.
    """
    try:
        import anthropic  # noqa: PLC0415 - takes seconds, and only who asks a model needs it
        import httpx2  # noqa: PLC0415 - as above
    except ImportError as error:
        raise _no_sdk(error) from None
    options: dict[str, Any] = {
        "timeout": httpx2.Timeout(silence, connect=min(CONNECTING, silence)),
        "max_retries": 0,
        "open_telemetry": False,
        "http_client": _http_client(),
    }
    url = base_url(connection)
    _check(url)
    try:
        if connection.provider == "bedrock":
            return anthropic.AsyncAnthropicBedrock(api_key=_value(key), base_url=url or None, **_signing(key, options))
        if connection.provider == "vertex":
            return anthropic.AsyncAnthropicVertex(access_token=_value(key), base_url=url or None, **options)
        if connection.provider == "foundry":
            at: dict[str, Any] = {"base_url": url} if url else {}
            return anthropic.AsyncAnthropicFoundry(api_key=_value(key), **at, **options)
        secret: dict[str, Any] = {"auth_token": key.value} if key and key.token else {"api_key": _value(key) or "none"}
        return anthropic.AsyncAnthropic(base_url=url or _HOME, **secret, **options)
    except (ValueError, anthropic.AnthropicError) as error:
        raise ModelProblem("no_key", f"{_PLACES[connection.provider][0]} cannot be asked: {error}") from None


def _is_here(connection: Connection, variables: Mapping[str, str]) -> bool:
    return _parts(base_url(connection, variables)).hostname in {"localhost", "127.0.0.1", "::1"}


def _http_client() -> Any:
    """Return the SDK's own client of HTTP: proxies and certificates are as with the SDK."""
    import anthropic  # noqa: PLC0415 - as above

    try:
        return anthropic.DefaultAsyncHttpxClient(follow_redirects=False)
    except OSError:
        raise ModelProblem(
            "unreachable", "The certificates that the variable SSL_CERT_FILE or SSL_CERT_DIR names cannot be read."
        ) from None
    except (ImportError, ValueError) as error:
        needs = " (SOCKS needs the package socksio beside Greenline)" if isinstance(error, ImportError) else ""
        raise ModelProblem(
            "unreachable", f"The proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used{needs}."
        ) from None


def _value(key: Key | None) -> str | None:
    return key.value if key else None


def _signing(key: Key | None, options: dict[str, Any]) -> dict[str, Any]:
    """Add what requests to Bedrock are signed with. Found here, and not by the SDK on the loop, which may take long."""
    if key or os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):
        return options
    try:
        import boto3  # noqa: PLC0415 - only for who asks there
    except ImportError:
        raise ModelProblem(
            "no_sdk",
            "Requests to Amazon Bedrock are signed by boto3, which is not installed beside Greenline. "
            f"Install it: {sys.executable} -m pip install 'anthropic[bedrock]'",
        ) from None
    found = boto3.Session().get_credentials()
    if found is None:
        raise ModelProblem(
            "no_key", "There are no credentials for Amazon Bedrock here. Log in (aws sso login), or set AWS_PROFILE."
        )
    now = found.get_frozen_credentials()
    signing = {"aws_access_key": now.access_key, "aws_secret_key": now.secret_key, "aws_session_token": now.token}
    return {**options, **signing}


def _checked(key: Key) -> Key:
    """Return a key that can stand in a header. Raises ModelProblem."""
    if key.value.isascii() and key.value.isprintable() and " " not in key.value:
        return key
    raise ModelProblem("no_key", f"The key {key.source} has blanks or letters that no key has. Copy it once more.")


def _check(url: str) -> None:
    parts = _parts(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ModelProblem(
            "unreachable",
            "The setting greenline.model.baseUrl is no address: it has to begin with https:// and name a host.",
        )


def _parts(url: str) -> SplitResult:
    """Return the parts of an address, none of what cannot be read: whoever wrote it may have left a bracket open."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _no_sdk(error: ImportError) -> ModelProblem:
    missing = f"{error.name} is missing" if error.name else "it cannot be loaded"
    return ModelProblem(
        "no_sdk",
        f"Asking a model needs the package anthropic beside Greenline, and {missing}. "
        f"Install it: {sys.executable} -m pip install 'greenline[model]'",
    )
