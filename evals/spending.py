"""What a run would cost, said before it begins; nothing is spent without a yes."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

from greenline.adapters.consent_file import consent_file
from greenline.adapters.model_access import key_place
from greenline.adapters.model_sdk import ModelSdk
from greenline.bootstrap import ledger
from greenline.bootstrap_asking import way_to
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.model import ModelChoice
from greenline.domain.asking.on_paper import Workload, fitted, on_paper
from greenline.domain.asking.prices import in_dollars
from greenline.settings import Settings


def unable(settings: Settings) -> str:
    """Return why nobody can be asked, and what to do; empty when all is there. Asks nobody."""
    if missing := ModelSdk().missing():
        return missing
    _, found = key_place(way_to(settings, Path.cwd(), consent_file()).connection)
    if found is False:
        return "There is no key. Set ANTHROPIC_API_KEY, or give --key-command; MODEL=recorded needs none."
    return ""


def refusal(settings: Settings, targets: int, modules: int, *, yes: bool) -> str:
    """Say what so many targets would cost, and ask; return why nobody is to be asked, empty after a yes."""
    way = way_to(settings, Path.cwd(), consent_file())
    (choice,) = way.chain.models
    print(_estimate(choice, targets, modules, settings), file=sys.stderr)
    if yes:
        return ""
    if not sys.stdin.isatty():
        return "Nobody can be asked here whether that may be spent: say --yes."
    said = input(f"Send source of these open packages to {way.endpoint}, and spend that? [y/N] ")
    return "" if said.strip().lower() in {"y", "yes"} else "Nothing was sent."


def until(settings: Settings, dollars: float | None) -> Settings:
    """Return the settings with another ceiling of the day."""
    return settings if dollars is None else replace(settings, model_dollars_per_day=dollars)


def _estimate(choice: ModelChoice, targets: int, modules: int, settings: Settings) -> str:
    counted = f"{targets} functions are asked for" if targets != 1 else "1 function is asked for"
    price = choice.price or list_price(choice.name)
    if price is None:
        return f"{counted}; the price of {choice.name} is not known, so only tokens and seconds are limited."
    workload = replace(fitted(Workload(), ledger().entries(0.0)), per_module=math.ceil(targets / modules))
    paper = next(each for each in on_paper(targets, price, workload) if each.cached and not each.explored)
    most = min(targets * settings.model_dollars_per_target, settings.model_dollars_per_day)
    return f"{counted}: about {in_dollars(paper.dollars)}, and no more than {in_dollars(most)}, by {choice.name}."
