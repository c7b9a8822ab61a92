"""From the setting of how much a model may think to what its requests say."""

from __future__ import annotations

from greenline.domain.asking.model import Effort, Thinking

_BUDGETS: dict[Effort, int] = {"low": 4_000, "medium": 10_000, "high": 20_000}


def thinking_of(setting: str) -> Thinking:
    """Return what a word (low, medium, high, off) or a number of tokens as text means, for models of either way."""
    if setting == "off":
        return Thinking(effort=None, budget=None)
    for effort, budget in _BUDGETS.items():
        if setting == effort:
            return Thinking(effort, budget)
    tokens = int(setting)
    return Thinking(next((effort for effort, budget in _BUDGETS.items() if tokens <= budget), "high"), tokens)
