"""``greenline model``: what is sent and where is shown before anybody agrees."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from greenline.adapters.consent_file import consent_file
from greenline.bootstrap_asking import terms_of
from greenline.cli.app import greenline
from greenline.settings import Settings
from unit.cli.cli_fakes import ended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from unit.cli.cli_fakes import FakeServices

HOME = "https://api.anthropic.com"
GATEWAY = "https://gateway.example/claude"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (root / "prices.py").write_text("def price(grams):\n    return grams * 2\n")
    monkeypatch.chdir(root)
    return root


def invoke(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(greenline, ["model", *arguments], input=answer, prog_name="greenline")


def test_without_an_answer_nobody_agreed(shop: Path) -> None:
    result = invoke("allow")
    assert result.exit_code == 1
    assert consent_file().endpoints(shop) == ()


def test_no_is_no(shop: Path) -> None:
    result = invoke("allow", answer="n\n")
    assert (result.exit_code, result.stdout.endswith("Nothing changed.\n")) == (1, True)
    assert consent_file().endpoints(shop) == ()


def test_what_is_sent_and_where_stands_before_the_question(shop: Path) -> None:
    result = invoke("allow", answer="y\n")
    assert result.exit_code == 0
    before, question, after = result.stdout.partition(f"Send source of shop to {HOME}? [y/N]")
    assert question
    for words in (str(shop), HOME, "the whole text of its module", ".greenline/prompt.md", ".env", "$1.00", "$10.00"):
        assert words in before
    assert "may be sent to" in after
    assert consent_file().endpoints(shop) == (HOME,)


def test_status_says_it_by_its_exit_code_too(shop: Path) -> None:
    assert invoke("status").exit_code == 1
    invoke("allow", "--yes")
    told = invoke("status", str(shop / "prices.py"))
    assert (told.exit_code, f"Source of {shop} may be sent to {HOME}." in told.stdout) == (0, True)


def test_it_is_taken_back(shop: Path) -> None:
    invoke("allow", "--yes")
    assert "From now on nothing" in invoke("forbid").stdout
    assert invoke("status").exit_code == 1
    assert "Nothing was allowed" in invoke("forbid").stdout


def test_an_address_of_the_project_counts_only_when_a_person_agreed_to_it(shop: Path) -> None:
    invoke("allow", "--yes")
    (shop / "greenline.toml").write_text(f'base-url = "{GATEWAY}"\nmodels = ["claude-x"]\n')
    assert f"may be sent to {HOME}" in invoke("status").stdout
    unasked = invoke("allow", "--yes")
    assert (unasked.exit_code, consent_file().endpoints(shop)) == (1, (HOME,))
    assert "--yes does not agree to a place that the project names" in unasked.stdout
    said = invoke("allow", answer="y\n").stdout
    assert f"Place:   {GATEWAY}" in said
    assert "Your key would go there, too." in said
    assert "greenline.toml names it; you did not." in said
    assert "claude-x" in said
    assert f"may be sent to {GATEWAY}" in invoke("status").stdout


@pytest.mark.parametrize(
    "case",
    [("auto", False, False), ("auto", True, True), ("explore", True, False), ("model", False, True)],
)
def test_generating_asks_a_model_where_it_was_allowed(
    run: Callable[..., Result], services: FakeServices, shop: Path, case: tuple[str, bool, bool]
) -> None:
    engine, allowed, enabled = case
    services.generations["price"] = ended(shop, "nothing_to_gain", "because")
    if allowed:
        consent_file().allow(shop, HOME)
    run("generate", "prices.py::price", "--engine", engine, "--no-refinement", "--coverage-guided", "--model", "m")
    asked = services.settings
    assert asked.model_enabled is enabled
    assert (asked.model_refinement, asked.model_coverage_guided, asked.model_name) == (False, True, "m")


def test_without_options_all_is_as_the_settings_have_it(
    run: Callable[..., Result], services: FakeServices, shop: Path
) -> None:
    services.generations["price"] = ended(shop, "nothing_to_gain", "because")
    run("generate", "prices.py::price")
    assert (services.settings.model_refinement, services.settings.model_coverage_guided) == (
        Settings().model_refinement,
        Settings().model_coverage_guided,
    )
    assert services.settings.model_enabled is False


def test_a_place_that_only_the_settings_of_an_editor_name_is_agreed_to_here(shop: Path) -> None:
    settings = Settings(model_base_url=f"{GATEWAY}/")
    (_greenline, _model, *arguments) = shlex.split(terms_of(settings, shop).in_a_terminal)
    result = invoke(*arguments, answer="y\n")
    assert result.exit_code == 0
    assert GATEWAY in result.stdout
    assert terms_of(settings, shop).given
    assert not terms_of(Settings(), shop).given


def test_so_is_another_provider(shop: Path) -> None:
    settings = Settings(model_provider="bedrock")
    (_greenline, _model, *arguments) = shlex.split(terms_of(settings, shop).in_a_terminal)
    assert "Amazon Bedrock" in invoke(*arguments, "--yes").stdout
    assert terms_of(settings, shop).given


def test_whose_settings_name_no_place_needs_no_option(shop: Path) -> None:
    assert terms_of(Settings(), shop).in_a_terminal == "greenline model allow"
