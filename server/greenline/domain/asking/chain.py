"""Which models are asked, in which order, and what they cost: from tables that somebody wrote.

``models`` is a list of names, or of tables with a ``name`` and if wanted ``priority`` (the lowest is asked first; else
the order counts), ``max-output`` (tokens of one answer) and ``price`` in dollars per million tokens:
``{input = 2.0, output = 10.0, cache-read = 0.2}``. ``base-url`` is another address that speaks the Messages API.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from greenline.domain.asking.ceilings import LEAST_ANSWER
from greenline.domain.asking.list_prices import DEFAULT_CHAIN, list_price
from greenline.domain.asking.model import ModelChoice, Price

_AT_THE_TOP = {"models", "base-url", "audit"}
_KNOWN = {"name", "priority", "price", "max-output"}
_OF_KEYS = {"key-command", "key_command", "keyCommand", "key", "api-key", "api_key"}
_OF_A_PRICE = {"input", "output", "cache-read"}


@dataclass(frozen=True, slots=True)
class Written:
    """What one file says."""

    models: tuple[ModelChoice, ...] = ()
    base_url: str = ""
    problems: tuple[str, ...] = ()
    source: str = ""
    """The file, as a person knows it; empty for none."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is asked. ``base_url`` was written by the project: it counts only where the person's consent names it."""

    models: tuple[ModelChoice, ...] = DEFAULT_CHAIN
    base_url: str = ""
    problems: tuple[str, ...] = ()
    source: str = ""
    """Where the models come from: a file, "model.name", or empty for those that Greenline knows."""


def read_models(table: Mapping[str, Any], source: str) -> Written:
    """Return what a table says; what cannot be meant is left out, with a sentence of its own."""
    problems: list[str] = []
    models: list[ModelChoice] = []
    listed = table.get("models", [])
    if not isinstance(listed, list):
        problems.append('`models` is not a list: write `models = ["NAME"]`, or `[[models]]` with a `name`')
        listed = []
    for place, entry in enumerate(listed):
        choice, wrong = _choice(entry, place)
        problems += wrong
        if choice and choice.name in {known.name for known in models}:
            problems.append(f"`{choice.name}` is named twice: take one out, the first counts")
        elif choice:
            models.append(choice)
    for key in set(table) & _OF_KEYS:
        problems.append(f"`{key}` is not read: a file of a project has no say in keys; set greenline.model.keyCommand")
    problems += [
        f"`{key}` is not known; `models` and `base-url` are" for key in table if key not in _AT_THE_TOP | _OF_KEYS
    ]
    base_url = table.get("base-url", "")
    if not isinstance(base_url, str) or (base_url and not base_url.startswith(("https://", "http://"))):
        problems.append("`base-url` is no address that begins with https:// or http://")
        base_url = ""
    return Written(tuple(models), base_url, tuple(f"{source}: {problem}." for problem in problems), source)


def chain_of(project: Written, own: Written, name: str = "") -> Chain:
    """Return the chain: of the one model that is named, else of the project's file, the person's own, or the known.

    A price that the person wrote counts. One that the project wrote counts where the list has none or a lower one: a
    project cannot make ceilings wider by calling a model cheap.
    """
    prices = {choice.name: choice.price for choice in own.models if choice.price}
    written = {choice.name: choice for choice in (*own.models, *project.models)}
    problems = (*project.problems, *own.problems)
    if name:
        models: Sequence[ModelChoice] = (written.get(name, ModelChoice(name)),)
        source = "model.name"
    else:
        by = next((file for file in (project, own) if file.models), Written(DEFAULT_CHAIN))
        models, source = by.models, by.source
    priced = tuple(replace(choice, price=prices.get(choice.name) or _dearer(choice)) for choice in models)
    return Chain(priced, project.base_url, problems, source)


def _dearer(choice: ModelChoice) -> Price | None:
    listed = list_price(choice.name)
    if listed is None or choice.price is None:
        return choice.price or listed
    return replace(
        listed,
        input=max(listed.input, choice.price.input),
        output=max(listed.output, choice.price.output),
        cache_read=max(listed.cache_read, choice.price.cache_read),
    )


def _choice(entry: object, place: int) -> tuple[ModelChoice | None, list[str]]:
    if isinstance(entry, str):
        entry = {"name": entry}
    name = entry.get("name") if isinstance(entry, Mapping) else None
    if not isinstance(entry, Mapping) or not isinstance(name, str) or not name.strip():
        return None, [f"number {place + 1} of `models` has no name: give it a `name`, as the provider has it"]
    known = ", ".join(f"`{key}`" for key in sorted(_KNOWN))
    problems = [f"`{key}` of {name} is not known; {known} are" for key in entry if key not in _KNOWN]
    priority = entry.get("priority", place)
    if not isinstance(priority, int) or isinstance(priority, bool):
        problems.append(f"`priority` of {name} is no whole number")
        priority = place
    longest = entry.get("max-output")
    if longest is not None and (not isinstance(longest, int) or longest < LEAST_ANSWER):
        problems.append(f"`max-output` of {name} is no whole number of at least {LEAST_ANSWER:,}")
        longest = None
    price, wrong = _price(entry.get("price"), name)
    return ModelChoice(name.strip(), priority, price, longest), problems + wrong


def _price(table: object, name: str) -> tuple[Price | None, list[str]]:
    if table is None:
        return None, []
    told = {key: _amount(table.get(key)) for key in _OF_A_PRICE} if isinstance(table, Mapping) else {}
    if not isinstance(table, Mapping) or set(table) - _OF_A_PRICE or told["input"] is None or told["output"] is None:
        needs = "`input` and `output`, and may have `cache-read`: dollars per million tokens, none below 0"
        return None, [f"`price` of {name} needs {needs}"]
    if "cache-read" not in table or not told["input"]:
        return Price(told["input"], told["output"]), []
    if told["cache-read"] is None:
        return None, [f"`cache-read` in the price of {name} is no number of dollars, or below 0"]
    return Price(told["input"], told["output"], cache_read=told["cache-read"] / told["input"]), []


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        return None
    return float(value)
