"""Which functions are asked for, what a recorded model says of them, and what it would cost."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from asked_modules import is_wanted, modules
from left_over import LeftOver, table
from recorded_model import RecordedModel, recorded_answers
from spending import refusal, unable, until

from greenline.domain.asking.answers import read_tests
from greenline.settings import Settings


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_modules_and_functions_are_chosen_by_name() -> None:
    assert is_wanted("shop::price", [])
    assert is_wanted("shop::price", ["other", "shop"])
    assert is_wanted("shop::price", ["shop::price"])
    assert not is_wanted("shop::price", ["shop::other"])


def test_each_recorded_answer_is_of_a_module_that_is_asked_about_and_can_be_read() -> None:
    known = {module.name for module in modules()}
    answers = recorded_answers()
    assert {name.partition("::")[0] for name in answers} <= known
    for name, rounds in answers.items():
        for answer in rounds:
            read = read_tests(answer, "end")
            assert not read.problems, name
            assert len(read.tests) == len(json.loads(answer)["tests"])


def test_modules_have_names_of_their_own() -> None:
    names = [module.name for module in modules()]
    assert len(set(names)) == len(names)


def test_a_sample_is_laid_out_without_its_tests(tmp_path: Path) -> None:
    (pricing,) = [module for module in modules() if module.name == "parcels.pricing"]
    subject = pricing.project(tmp_path / "project")
    assert subject.source == tmp_path / "project" / "src" / "parcels" / "pricing.py"
    assert subject.source.exists()
    assert not list(tmp_path.rglob("test_*.py"))


def test_recorded_answers_are_given_one_after_the_other_and_then_no_tests() -> None:
    with RecordedModel() as model:
        model.about(["first", "second"])
        assert [model.next_reply("any").text for _ in range(4)] == ["first", "second", '{"tests": []}', '{"tests": []}']
        model.about(["other"])
        assert model.next_reply("any").text == "other"


def test_the_share_that_is_left_over_is_of_all_functions() -> None:
    text = table([LeftOver("a", ("f",), ("g", "h")), LeftOver("b", (), ("i",), ("j",))])
    assert text.splitlines()[-1] == "| all | 5 | 1 | 20% |"
    assert "| a | 3 | 1 | `f` |" in text
    assert "| all | 0 | 0 | none |" in table([])


@pytest.mark.usefixtures("at_home")
def test_without_a_key_it_is_said_where_one_goes() -> None:
    said = unable(Settings(model_name="claude-sonnet-5-5"))
    assert said == "There is no key. Set ANTHROPIC_API_KEY, or give --key-command; MODEL=recorded needs none."


@pytest.mark.usefixtures("at_home")
def test_what_it_would_cost_is_said_and_nothing_is_spent_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-not-a-key")
    settings = Settings(model_name="claude-sonnet-5-5")
    assert unable(settings) == ""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert refusal(settings, 3, 2, yes=False) == "Nobody can be asked here whether that may be spent: say --yes."
    assert "3 functions are asked for: about $0." in capsys.readouterr().err
    assert refusal(settings, 3, 2, yes=True) == ""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for said, refused in (("y", ""), ("", "Nothing was sent."), ("no", "Nothing was sent.")):
        monkeypatch.setattr("builtins.input", lambda _, said=said: said)
        assert refusal(settings, 3, 2, yes=False) == refused


@pytest.mark.usefixtures("at_home")
def test_a_price_that_is_not_known_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-not-a-key")
    assert refusal(Settings(model_name="of-my-own"), 1, 1, yes=True) == ""
    assert "1 function is asked for; the price of of-my-own is not known" in capsys.readouterr().err


def test_the_day_may_cost_what_is_asked_for() -> None:
    assert until(Settings(), 2.5).model_dollars_per_day == 2.5
    assert until(Settings(), None) == Settings()
