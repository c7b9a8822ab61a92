"""``greenline prompt``: the requests on stdout, what is said of them on stderr."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from greenline.domain.asking.model import Block, Conversation, Turn
from greenline.domain.asking.redaction import Redacted
from greenline.services.show_prompt import ShownPrompt, ShownRequest, Unasked
from unit.cli.cli_fakes import FakeServices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from greenline.domain.code.model import Target
    from greenline.ports.progress import Progress

REQUEST = ShownRequest(
    "prices.py::price",
    Conversation(
        (Block("Write [bold]tests[/bold].\n", breakpoint=True),), (Turn("user", (Block("KEY = <redacted-1>"),)),)
    ),
)
NOTHING = ShownPrompt((), (), (), "10-abc")


@dataclass
class Showing(FakeServices):
    """Shows what the test has put into it."""

    shown: ShownPrompt = NOTHING
    cancels: bool = False
    wanted: list[tuple[Any, str]] = field(default_factory=list)

    def prompts(self) -> Showing:
        return self

    async def show(self, target: Target, progress: Progress, *, engine: str) -> ShownPrompt:
        self.wanted.append((target.qualname, engine))
        progress.step("Exploring", 0.5)
        if self.cancels:
            raise asyncio.CancelledError
        return self.shown


@pytest.fixture
def services() -> Showing:
    return Showing()


def test_requests_go_to_stdout_as_they_are_and_the_rest_to_stderr(
    run: Callable[..., Result], services: Showing, folder: Path
) -> None:
    taken_out = Redacted("<redacted-1>", "a key of AWS", 3, ("prices.py:4", "tests/test_prices.py:9"))
    services.shown = ShownPrompt((REQUEST,), (), (taken_out,), "10-abc")

    result = run("prompt", "prices.py::price")

    assert result.exit_code == 0
    assert services.wanted == [("price", "auto")]
    assert result.stdout == (
        "##### prices.py::price\n"
        "===== system =====\nWrite [bold]tests[/bold].\n"
        "===== what stands above is kept by the provider, and costs less the next time =====\n"
        "===== user =====\nKEY = <redacted-1>\n\n"
    )
    assert result.stderr.splitlines()[-3:] == [
        "prices.py::price: 44 characters, about 11 tokens. Nothing was sent.",
        "<redacted-1> stands for a key of AWS, 3 times (prices.py:4, tests/test_prices.py:9).",
        "Version of the prompts: 10-abc",
    ]
    assert [path.name for path in folder.iterdir()] == ["prices.py"]


@pytest.mark.parametrize(("complete", "code"), [(True, 0), (False, 1)])
def test_where_nothing_would_be_sent_it_says_why(
    run: Callable[..., Result], services: Showing, *, complete: bool, code: int
) -> None:
    services.shown = ShownPrompt((), (Unasked("price", "It is [never] sent.", complete),), (), "10-abc")

    result = run("prompt", "prices.py", "--engine", "model")

    assert result.exit_code == code
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1] == "price: nothing would be sent: It is [never] sent."
    assert services.wanted == [(None, "model")]


def test_ctrl_c_says_that_nothing_was_sent(run: Callable[..., Result], services: Showing) -> None:
    services.cancels = True
    result = run("prompt", "prices.py::price")
    assert result.exit_code == 130
    assert "Cancelled. Nothing was sent." in result.stderr


def test_a_target_that_is_not_there_is_wrong_usage(run: Callable[..., Result], services: Showing) -> None:
    result = run("prompt", "prices.py::cost")
    assert result.exit_code == 2
    assert "has no function 'cost'" in result.stderr
    assert services.wanted == []
