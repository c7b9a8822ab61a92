from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from greenline.adapters.model_chain_files import model_chain
from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from greenline.domain.asking.entries import Entry, Kept
from greenline.domain.asking.model import Usage
from greenline.services.report_costs import ReportCosts
from unit.services.asking_world import Book

NOON = datetime(2026, 3, 5, 12).astimezone().timestamp()
DAY = 86_400.0


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def cost(book: Book, folder: Path) -> Callable[..., Result]:
    costs = ReportCosts(book, lambda root: model_chain(root, own=folder / "none.toml"), now=lambda: NOON)

    def invoke(*arguments: str) -> Result:
        wiring = Wiring(lambda settings: SimpleNamespace(costs=lambda: costs))  # type: ignore[arg-type,return-value]
        result = CliRunner().invoke(greenline, ["cost", *arguments], obj=wiring, prog_name="greenline")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def squeezed(text: str) -> str:
    """Return the text with one blank where a table has several."""
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


def spend(book: Book, folder: Path) -> None:
    today = Entry(NOON, "claude-sonnet-5-5", str(folder), "f", Usage(1_000, 2_000, 7_000, 500), 0.02, "answered")
    yesterday = Entry(
        NOON - DAY, "claude-opus-5-5", "/elsewhere", "g", Usage(9_000, 0, 0, 500), 0.4, "failed", exact=False
    )
    last_month = Entry(NOON - 30 * DAY, "claude-opus-5-5", "/old", "h", Usage(output=1), 99.0, "answered")
    book.written.update((entry.id, entry) for entry in (today, yesterday, last_month))
    book.tests.append(Kept(NOON, str(folder), "f", 2))


def test_nothing_spent_is_said(cost: Callable[..., Result]) -> None:
    assert cost().output == "No model was asked this month.\n"


def test_what_was_spent_is_shown(cost: Callable[..., Result], book: Book, folder: Path) -> None:
    spend(book, folder)
    assert squeezed(cost().output).splitlines() == [
        "requests tokens cost tests kept",
        "today 1 10,500 $0.02 2 $0.01 each",
        "this month 2 20,000 $0.42 2 $0.21 each",
        "",
        "This month by model",
        "requests tokens cost tests kept",
        "claude-opus-5-5 1 9,500 $0.40",
        "claude-sonnet-5-5 1 10,500 $0.02",
        "",
        "This month by project",
        "requests tokens cost tests kept",
        "/elsewhere 1 9,500 $0.40 0",
        ". 1 10,500 $0.02 2 $0.01 each",
        "",
        "37% of the tokens sent this month were read from the cache.",
        "1 request was cut, cancelled or never ended: their cost is an estimate.",
    ]


def test_a_price_that_is_not_known_is_not_shown_as_nothing(cost: Callable[..., Result], book: Book) -> None:
    book.end(Entry(NOON, "local", "", "f", Usage(10, 0, 0, 5), None, "answered"))
    shown = cost().output
    assert "not known" in shown
    assert "$0.00" not in shown
    assert "(no project)" in shown


def test_other_programs_get_numbers(cost: Callable[..., Result], book: Book, folder: Path) -> None:
    spend(book, folder)
    told = json.loads(cost("--format", "json").output)
    assert told["today"] == {
        "name": "today",
        "requests": 1,
        "tokens": {"fresh": 1_000, "cache_written": 2_000, "cache_read": 7_000, "output": 500, "total": 10_500},
        "dollars": 0.02,
        "requests_of_unknown_price": 0,
        "tests_kept": 2,
        "dollars_per_test": 0.01,
    }
    assert [each["name"] for each in told["models"]] == ["claude-opus-5-5", "claude-sonnet-5-5"]
    assert [each["tests_kept"] for each in told["projects"]] == [0, 2]
    assert told["estimated"] == 1


def test_a_thousand_functions_are_estimated_for_each_model_of_the_chain(
    cost: Callable[..., Result], folder: Path
) -> None:
    (folder / "greenline.toml").write_text('models = ["claude-opus-5-5", "of-my-own"]\n')
    shown = cost("--estimate", "1000").output
    assert "claude-opus-5-5" in shown
    assert "claude-sonnet-5-5" not in shown
    assert "Its price is not known; write it into greenline.toml." in shown
    assert "exploring first, the model for what is left, with caching" in shown
    assert "For 1,000 functions. The first request for one has 11,700 tokens" in shown
    told: dict[str, Any] = json.loads(cost("--estimate", "1000", "--format", "json").output)
    opus, own = told["models"]
    assert own == {"name": "of-my-own", "ways": []}
    dollars = {(way["cached"], way["explored"]): way["dollars"] for way in opus["ways"]}
    assert dollars[True, True] < dollars[False, True] < dollars[False, False]
    assert all(f"${amount:,.2f}" in shown for amount in dollars.values())
    assert told["assumed"]["measured"] == 0


def test_prices_are_shown_with_their_day(cost: Callable[..., Result], folder: Path) -> None:
    shown = squeezed(cost("--prices").output)
    assert "claude-sonnet-5-5 $2.00 $10.00 $0.20 list price as of 2026-" in shown
    assert "5 times as much for prompts over 100,000 tokens" in shown
    assert "those that Greenline knows; greenline.toml can name others." in shown
    (folder / "greenline.toml").write_text(
        'key = "sk-x"\n[[models]]\nname = "mine"\nprice = { input = 1, output = 2 }\n'
    )
    shown = squeezed(cost("--prices").output)
    assert "mine $1.00 $2.00 $0.10 as written" in shown
    assert "The models are from greenline.toml." in shown
    assert "! greenline.toml: `key` is not read" in shown
    told = json.loads(cost("--prices", "--format", "json").output)
    assert told["models"][0]["price"]["output"] == 2.0
    assert told["source"] == "greenline.toml"


def test_two_questions_at_once_are_refused(cost: Callable[..., Result]) -> None:
    result = cost("--estimate", "10", "--prices")
    assert result.exit_code == 2
    assert "ask one of them" in result.output


def test_who_asks_no_model_loads_nothing_of_it() -> None:
    script = "import sys, greenline.bootstrap; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "greenline.services.generate_tests" in loaded
    assert [name for name in loaded if "asking" in name or "ledger" in name or name in {"anthropic", "tenacity"}] == []
