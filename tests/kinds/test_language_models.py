"""Code that asks a language model: retries, calls of tools, streams, and what was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated


def test_what_was_sent_is_asserted_of_retries_tools_and_streams(generate: Callable[[str], Generated]) -> None:
    code = generate("language_model").code
    lines = [
        r"def test_ask_after_rate_limit_error\(monkeypatch\)",
        r"side_effect = \[\s*anthropic\.RateLimitError\((?s:.)*text=\"Hello\"",
        r"ask\(client, \"\w+\"\) is None\s+assert sleep\.call_args_list == \[call\(1\), call\(2\), call\(4\)\]",
        r"type=\"tool_use\", id=\"toolu_1\", name=\"stock\"",
        r"create\.call_count == 2\s+assert client\.messages\.create\.call_args == call\(",
        r"\"type\": \"tool_result\", \"tool_use_id\": \"toolu_1\"",
        r"stream = Mock\(spec=MessageStream, text_stream=iter\(\[\"Hello\", \" world\"\]\)\)",
        r"RawContentBlockDeltaEvent\(\s*type=\"content_block_delta\"",
        r"stream = Mock\(spec=AsyncMessageStream, text_stream=pieces\(\)\)",
        r"messages=Mock\(spec=Messages\)\)\s+with pytest\.raises\(ValueError",
    ]
    assert [line for line in lines if not re.search(line, code)] == []
