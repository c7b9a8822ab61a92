"""No test of ours reaches beyond this machine: whoever tries fails, whatever the code makes of the refusal."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from model_server import ModelServer

# What decides about a change tries the same examples each time, however busy the machine is. To look for others:
# pytest --hypothesis-profile exploring
settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("exploring"), derandomize=True, database=None)
settings.load_profile("same")

_CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_LOOKS_UP = {"socket.getaddrinfo", "socket.gethostbyname"}
_attempts: list[str] = []


class NetworkRefusedError(OSError):
    """What a test gets for a connection to another machine."""


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event in _CONNECTS:
        host = args[1][0] if isinstance(args[1], tuple) else None  # a path of a Unix socket, or no address at all
    elif event in _LOOKS_UP:
        host = args[0]
    else:
        return
    if not _is_here(host):
        _attempts.append(f"{event} {host!r}")
        raise NetworkRefusedError(f"tests need no network, but this one wants {event} {host!r}")


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost", socket.gethostname()}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_guard)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options stand here, where pytest reads them whatever it is asked to run."""
    parser.addoption(
        "--update-markers", action="store_true", help="write what the server says into the samples of tests/markers"
    )
    parser.addoption(
        "--update-prompts", action="store_true", help="write what a model is told into the texts of tests/unit/prompts"
    )


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs are kept, and what was agreed to, but not in the folders of whoever runs these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A server on this machine that speaks the Messages API, and says what the test has it say."""
    from model_server import ModelServer  # the few tests that ask a model pay for it

    with ModelServer() as server:
        yield server


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port where nobody answers, also later: it is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def network_attempts() -> list[str]:
    """What was refused so far; a test that means to be refused clears it."""
    return _attempts


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    _attempts.clear()
    yield
    assert _attempts == [], "tests need no network"
