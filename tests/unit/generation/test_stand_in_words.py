"""What a stand-in answers is told in the name of its test."""

import pytest

from greenline.domain.generation.case import Case
from greenline.domain.generation.stand_in_words import stand_in_words

RUN = "run = create_autospec(subprocess.run, return_value=subprocess.CompletedProcess([], {}, stdout=''))"
DATED = "class F(datetime):\n    def now(cls, tz=None):\n        return datetime(2024, 5, 17, 9, 5, tzinfo=tz)"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("responses.get('https://a.example', body=requests.Timeout('x'))", "on_timeout"),
        ("respx.get('https://a.example').mock(side_effect=httpx.ConnectError('x'))", "on_connect_error"),
        ("client.messages.create.side_effect = [anthropic.RateLimitError('x'), 3]", "after_rate_limit_error"),
        ("respx.get('https://a.example').mock(side_effect=[httpx.Response(500)])", "with_status_500"),
        ("responses.get('https://a.example', status=404)", "with_status_404"),
        ("response.status_code = 404", "with_status_404"),
        ("respx.get('https://a.example').mock(return_value=httpx.Response(200, json={}))", ""),
        (RUN.format(128), "with_exit_code_128"),
        (RUN.format(0), ""),
        (DATED, "at_9_05"),
        ("class F(date):\n    def today(cls):\n        return date(2024, 5, 17)", "on_2024_05_17"),
        ("create.return_value = Message.model_construct(content=[ToolUseBlock(type='tool_use')])", "by_a_tool"),
        ("account = Account(3)", ""),
    ],
)
def test_what_is_special_about_an_answer(statement: str, words: str) -> None:
    assert stand_in_words(Case(call="f()", arrange=(statement,))) == words


def test_what_is_raised_is_not_said_twice() -> None:
    answer = "response.raise_for_status.side_effect = aiohttp.ClientResponseError(info, (), status=500)"
    case = Case(call="f()", arrange=(answer,), error="aiohttp.ClientResponseError")
    assert stand_in_words(case) == "with_status_500"
