"""What reaches outside is tested with what stands in for it, in the words of its libraries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

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
        ("files", [r"\.write_bytes\(b\"caf\\xe9", r'read_text\(\) == "abc\\n"']),
        ("state_machine", [r"pytest\.raises\(IllegalTransition, match="]),
        ("encoding", [r"assert decode\(encode\("]),
    ],
)  # fmt: skip
def test_the_tests_speak_the_language_of_the_kind(
    generate: Callable[[str], Generated], example: str, lines: list[str]
) -> None:
    code = generate(example).code
    assert [line for line in lines if not re.search(line, code)] == []


@pytest.mark.parametrize("example", ["requests_client", "httpx_client", "outside_calls", "language_model"])
def test_nothing_of_a_server_that_was_made_up_is_a_suspected_bug(
    generate: Callable[[str], Generated], example: str
) -> None:
    targets = generate(example).targets
    assert {name: t["suspected_bugs"] for name, t in targets.items() if t["suspected_bugs"]} == {}
