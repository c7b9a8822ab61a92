"""How it stands with asking models: each thing that is not in place is said, with what puts it right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from greenline.domain.asking.ceilings import Ceilings
from greenline.lsp.fixes import fixes_of
from greenline.ports.project import Project
from greenline.services.agree_to_model import Terms
from greenline.services.diagnose_model import DiagnoseModel, KeyPlace

if TYPE_CHECKING:
    from greenline.services.finding import Finding

ROOT = Path("/p/shop")
HERE = "https://api.example.com"
TERMS = Terms(ROOT, HERE, ("claude-a", "claude-b"), agreed=(HERE,), source="greenline.toml")


@dataclass
class Ledger:
    today: float = 0.25

    def spent_today(self) -> float:
        return self.today


@dataclass
class Libraries:
    to_do: str

    def missing(self) -> str:
        return self.to_do

    def place(self) -> str:
        return "/storage/model-sdk"


def findings(
    terms: Terms = TERMS,
    *,
    states: tuple[str, ...] = ("is asked", "is asked"),
    key: KeyPlace = KeyPlace("in the variable ANTHROPIC_API_KEY", found=True),  # noqa: B008 - frozen
    missing: str = "",
    today: float = 0.25,
) -> dict[str, Finding]:
    doctor = DiagnoseModel(
        terms=lambda root: replace(terms, root=root),
        states=lambda _: tuple(zip(terms.models, states, strict=True)),
        key=lambda _: key,
        libraries=cast("Any", Libraries(missing)),
        ceilings=Ceilings(),
        ledger=cast("Any", Ledger(today)),
    )
    found = doctor.findings(Project(ROOT, None, (ROOT,), ()))
    return {finding.topic: finding for finding in found}


def test_where_all_is_in_place_it_says_what_it_is() -> None:
    found = findings()
    assert {finding.state for finding in found.values()} == {"ok"}
    assert found["model"].text == f"switched on; asked at {HERE}: claude-a, then claude-b (from greenline.toml)"
    assert found["model's limits"].text.startswith("$0.25 of $10.00 for today are spent; a function may take $1.00")
    assert found["model's SDK"].text == "anthropic and tenacity are there, in /storage/model-sdk"
    assert fixes_of(list(found.values()), "file:///p/shop/a.py", may_run=True) == []


def test_a_model_that_fails_is_named_with_what_is_known_of_it() -> None:
    finding = findings(states=("is asked again in 40 s: overloaded", "is asked"))["model"]
    assert finding.state == "warning"
    assert finding.text.splitlines()[1:] == ["claude-a is asked again in 40 s: overloaded"]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (replace(TERMS, agreed=()), "nobody agreed that source of shop is sent to https://api.example.com; nothing is"),
        (replace(TERMS, agreed=("https://b",)), "it may be sent to https://b, where no model is asked now"),
        (replace(TERMS, agreed=(), wished="https://c"), "greenline.toml names https://c"),
    ],
)
def test_without_a_yes_it_says_how_to_agree(terms: Terms, words: str) -> None:
    found = findings(terms)
    finding = found["model's consent"]
    assert finding.state == "warning"
    assert words in finding.text
    assert "greenline model allow" in finding.to_do
    uri = "file:///p/shop/a.py"
    (fix,) = fixes_of(list(found.values()), uri, may_run=True)
    assert (fix["command"], fix["arguments"]) == ("greenline.model.allow", [{"uri": uri}])
    assert fixes_of(list(found.values()), uri, may_run=False) == [], "nothing is agreed to where nothing is trusted"


def test_what_else_may_be_missing() -> None:
    found = findings(
        replace(TERMS, problems=("greenline.toml: `models` is no list.",)),
        missing="Install it: python -m pip install 'greenline[model]'",
        key=KeyPlace("none", found=False, to_do="Set it."),
        today=10.0,
    )
    wrong = {topic: finding.to_do for topic, finding in found.items() if finding.state == "warning"}
    assert wrong == {
        "model": "Correct the file that names the models.",
        "model's SDK": "Install it: python -m pip install 'greenline[model]'",
        "model's key": "Set it.",
        "model's limits": "Wait until tomorrow, or raise model.dollarsPerDay.",
    }
    fixes = fixes_of(list(found.values()), "file:///a.py", may_run=True)
    assert {fix["setting"] for fix in fixes} == {"greenline.model.keyCommand", "greenline.model.dollarsPerDay"}


def test_a_key_that_only_asking_would_find_is_no_fault() -> None:
    assert findings(key=KeyPlace("the editor may keep one", found=None))["model's key"].state == "ok"


def test_where_the_editor_has_a_place_for_the_libraries_a_button_installs_them() -> None:
    missing = '"Allow Model in This Workspace" (greenline.model.allow) asks, and does it.'
    found = list(findings(missing=missing).values())
    (fix,) = fixes_of(found, "file:///p/shop/a.py", may_run=True)
    assert (fix["title"], fix["command"]) == ("Install the libraries that ask models", "greenline.model.allow")
    assert fixes_of(found, "file:///p/shop/a.py", may_run=False) == []
