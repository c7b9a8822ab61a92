"""Which models are asked: a project's `greenline.toml` or `[tool.greenline]`, and a file of the person's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from platformdirs import user_config_dir

from greenline.adapters.config_files import read_toml, toml_problem, toml_table
from greenline.domain.asking.chain import Chain, Written, chain_of, read_models

NAME = "greenline.toml"
_TABLE = "[tool.greenline"


def model_chain(root: Path, name: str = "", own: Path | None = None) -> Chain:
    """Return the chain for the project in ``root``; ``name`` is the one model that the settings name, if any.

    ``own`` is the person's file; without, the one in the folder where programs keep what a person set
    (``~/.config/greenline/greenline.toml`` on Linux).
    """
    own = own or Path(user_config_dir("greenline", appauthor=False)) / NAME
    project = _read(root / NAME)
    if not project.models and not project.base_url:
        pyproject = root / "pyproject.toml"
        if (problem := toml_problem(pyproject)) and _TABLE in _text(pyproject):
            project = replace(project, problems=(*project.problems, _unreadable(pyproject.name, problem)))
        table = toml_table(read_toml(pyproject), "tool", "greenline")
        if table is not None:
            there = read_models(table, "[tool.greenline] in pyproject.toml")
            project = Written(there.models, there.base_url, (*project.problems, *there.problems), there.source)
    mine = _read(own, shown=str(own))
    return chain_of(project, mine, name)


def _read(file: Path, shown: str = NAME) -> Written:
    if problem := toml_problem(file):
        return Written(problems=(_unreadable(shown, problem),), source=shown)
    return read_models(read_toml(file), shown)


def _unreadable(shown: str, problem: str) -> str:
    return f"{shown} cannot be read: {problem}. Correct it: until then it names no models."


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
