"""What reaches outside is tested with what stands in for it, in the words of its libraries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kinds.generated import environment_without, generated_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kinds.generated import Generated


@pytest.mark.parametrize(
    ("example", "lines"),
    [
        (
            "requests_client",
            [
                "@responses.activate",
                r'responses\.get\(\s*"https://api\.forge\.example/v1/projects/\S+/releases/latest", status=404',
                r'body=requests\.Timeout\("timed out"\)',
                r'"next": "https://',
                r"assert len\(responses\.calls\) == 2",
                r"matchers\.json_params_matcher\(\{\"title\": ",
                r'matchers\.header_matcher\(\{"Authorization": "Bearer ',
            ],
        ),
        (
            "httpx_client",
            [
                "@respx.mock",
                r"respx\.get\(",
                r'respx\.post\([^)]*json=\{"city": ',
                r"\.mock\(side_effect=httpx\.Connect(Timeout|Error)\(",
                r"return_value=httpx\.Response\(204\)",
                r"asyncio\.run\(warnings\(httpx\.AsyncClient\(\), ",
            ],
        ),
        (
            "outside_calls",
            [
                r"run = create_autospec\(\s*subprocess\.run, ",
                r"subprocess\.CompletedProcess\(\s*\[\], 128,",
                r"side_effect=subprocess\.TimeoutExpired\(",
                r"side_effect=FileNotFoundError\(",
                r'assert run\.call_args_list == \[\s*call\(\s*\["git", "-C", ',
                r"class FrozenDatetime\(datetime\):",
                r'monkeypatch\.setattr\(time, "time", lambda: ',
                r"assert sleep\.call_args_list == \[call\(0\.5\)",
                r'monkeypatch\.setattr\(random, "random", lambda: 0\.5\)',
                r'monkeypatch\.setattr\(\s*uuid, "uuid4", lambda: UUID\(',
            ],
        ),
        (
            "language_model",
            [
                r"client = Mock\(spec=anthropic\.AsyncAnthropic, messages=Mock\(spec=AsyncMessages\)\)",
                r"client\.messages\.create = AsyncMock\(spec=AsyncMessages\.create\)",
                r'stop_reason="refusal"',
                r"assert client\.messages\.create\.call_args_list == \[\s*call\(",
            ],
        ),
        ("workers", [r"assert caplog\.messages == \[", r"tasks\.put\(None\)", r"assert list\(results\.queue\) == \["]),
        ("files", [r"\.write_bytes\(b\"caf\\xe9", r'read_text\(\) == "entry\\n"']),
        (
            "state_machine",
            [
                r'pytest\.param\(State\.SHIPPED, "deliver", State\.DELIVERED, id="shipped-deliver"\)',
                r'\("state", "event", "message"\)',
                r'State\.DELIVERED,\s+"\w+",\s+"\w+ is not possible when delivered"',
                r"pytest\.raises\(IllegalTransition, match=",
                r'door\.lock\(\)\s+door\.close\(\)\s+assert door\.state == "locked"',
                r'unlock it first"\):\s+door\.open\(\)\s+assert door\.state == "locked"',
                r'parcel\.move\("loaded"\)\s+parcel\.move\("delivered"\)\s+assert parcel\.state == "delivered"',
                r'a parcel that is lost cannot be \w+"\):\s+parcel\.move\("\w+"\)\s+assert parcel\.state == "lost"',
            ],
        ),
        (
            "aiohttp_client",
            [
                r"async def test_bikes_at\(\):\s+response = Mock\(spec=aiohttp\.ClientResponse, status=200\)",
                r"session = MagicMock\(spec=aiohttp\.ClientSession\)",
                r"session\.get\.return_value\.__aenter__\.return_value = response\s+assert await bikes_at\(session, ",
                r"assert session\.post\.call_args_list == \[\s*call\(",
                r"__aenter__\.side_effect = aiohttp\.Connection\w+Error\(",
                r'monkeypatch\.setattr\(aiohttp, "ClientSession", lambda \*\*options: session\)',
                r'call\(\s*"https://bikes\.example/v2/cities/',
            ],
        ),
        ("encoding", [r"assert decode\(encode\("]),
    ],
)  # fmt: skip
def test_the_tests_speak_the_language_of_the_kind(
    generate: Callable[[str], Generated], example: str, lines: list[str]
) -> None:
    code = generate(example).code
    assert [line for line in lines if not re.search(line, code)] == []


@pytest.mark.parametrize(
    "example", ["requests_client", "httpx_client", "aiohttp_client", "outside_calls", "language_model"]
)
def test_nothing_of_a_server_that_was_made_up_is_a_suspected_bug(
    generate: Callable[[str], Generated], example: str
) -> None:
    targets = generate(example).targets
    assert {name: t["suspected_bugs"] for name, t in targets.items() if t["suspected_bugs"]} == {}


def test_where_nothing_registers_answers_clients_are_specced(
    tmp_path: Path, generate: Callable[[str], Generated]
) -> None:
    generate("requests_client")  # there is an environment
    python = environment_without(tmp_path / "env", "respx", "responses")

    for example, lines in {
        "requests_client": [
            r"response\.status_code = 404\s+response\.reason = \"Not Found\"\s+get = create_autospec\(requests\.get,",
            r"get = create_autospec\(requests\.get, side_effect=requests\.Timeout\(",
            r"side_effect=\[response, second\]",
            r"session = Mock\(spec=requests\.Session\)\s+session\.get\.return_value = response",
            r'call\("https://api\.forge\.example/v1/next", timeout=5\)',
        ],
        "httpx_client": [
            r"client = Mock\(spec=httpx\.AsyncClient\)\s+client\.get\.side_effect = httpx\.Connect",
            r"create_autospec\(httpx\.post, return_value=httpx\.Response\((202|return_value)\)\)",
            r"assert client\.get\.call_args_list == \[\s*call\(",
        ],
    }.items():
        generated = generated_for(example, tmp_path / example, python)
        assert {t["status"] for t in generated.targets.values()} == {"confirmed"}
        assert [line for line in lines if not re.search(line, generated.code)] == []
