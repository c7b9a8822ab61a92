"""Real Neovims have a model asked: by the real server and SDK, of a server on this machine that speaks its API."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from e2e.discounts import HALF, KEY, PASSWORD, write_project
from editors.neovims import Neovim, play

if TYPE_CHECKING:
    from pathlib import Path

    from model_server import ModelServer

pytestmark = pytest.mark.e2e

OFFER, TERMS = "Ask a model for what is left of discount?", "May source of"


@pytest.fixture(autouse=True)
def no_other_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)


def test_a_key_is_typed_a_yes_is_given_and_the_cost_is_told(
    neovim: Neovim, tmp_path: Path, model_server: ModelServer
) -> None:
    model_server.key = KEY
    model_server.answers([HALF])
    file = write_project(tmp_path / "project")

    told = _play(neovim, file, model_server, {OFFER: ["Ask a Model"], TERMS: ["Show Details", "Allow"]})

    assert told["step"] == "done", json.dumps(told, indent=1)
    names = ["allow", "cost", "forbid", "forget_key", "key", "show"]
    assert told["completed"] == [f"model_{name}" for name in names]
    assert 'raise ValueError("a price is not negative")' in told["request"]
    assert PASSWORD not in told["request"]
    offer, terms, again = told["asked"]
    assert offer["question"].startswith(OFFER)
    assert model_server.url in terms["question"]
    assert again["question"] == terms["question"]
    assert "# Asking a model about project" in again["behind"]
    written = (file.parent / "tests" / "test_discounts.py").read_text(encoding="utf-8")
    assert f"def {HALF['name']}(" in written
    assert any(str(step.get("message")).startswith("Asking model-a") for step in told["progress"])
    (cost,) = [message for message in told["messages"] if message.startswith("Models cost today")]
    assert "1 request, " in cost
    assert "OK model's consent: source of project may be sent to" in told["health"]["text"]
    assert "OK the key to models was typed" in told["health"]["text"]
    assert len(model_server.asked) == 1
    _keeps_its_key(told)


def test_after_a_no_nothing_is_sent_and_nobody_is_asked_again(
    neovim: Neovim, tmp_path: Path, model_server: ModelServer
) -> None:
    file = write_project(tmp_path / "project")

    told = _play(neovim, file, model_server, {OFFER: ["Ask a Model"], TERMS: ["Not now"]})

    assert told["step"] == "done", json.dumps(told, indent=1)
    offer, terms = told["asked"]
    assert offer["question"].startswith(OFFER)
    assert terms["question"].startswith(TERMS)
    assert model_server.requests == []
    _keeps_its_key(told)


def _play(neovim: Neovim, file: Path, model: ModelServer, answers: dict[str, list[str]]) -> dict[str, Any]:
    given = [answer for each in answers.values() for answer in each]
    return play(
        neovim,
        file.parent.parent,
        "neovim_model.lua",
        file=str(file),
        key=KEY,
        model={"enabled": True, "baseUrl": model.url, "name": "model-a"},
        answers=answers,
        questions=len(given),
        is_allowed="Allow" in given,
    )


def _keeps_its_key(told: dict[str, Any]) -> None:
    """It is told to who asks for it, and stands in no log, however much is logged."""
    assert told["before_it_is_typed"] == told["forgotten"] == {"modelKey": None}
    assert told["typed"], "nothing typed leaves it as it was"
    log = "\n".join(told["log"])
    assert "rpc.send" in log, "whole requests are logged"
    assert KEY not in json.dumps(told)
