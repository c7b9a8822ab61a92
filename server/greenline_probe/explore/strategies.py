"""Laws as Hypothesis checks them, where the project has it: any value of a kind, and not a few that were picked.

Hypothesis itself first runs in the trial: importing it here would cost more than the search. Values like those that it
would come up with are tried before, so that the trial seldom has to say no.
"""

from __future__ import annotations

import ast
import importlib.util
import random
import string
from typing import Any, Callable

from greenline_probe.explore.proof import Proof, Prover

EXAMPLES = 150
_TEXT = "st.text(string.printable)"  # all of Unicode takes Hypothesis seconds to set up
_PLAIN = {str: _TEXT, bytes: "st.binary()", int: "st.integers()", bool: "st.booleans()"}
_MADE: dict[str, Callable[[random.Random], Any]] = {
    _TEXT: lambda pick: "".join(pick.choice(string.printable) for _ in range(pick.randrange(20))),
    "st.binary()": lambda pick: bytes(pick.randrange(256) for _ in range(pick.randrange(12))),
    "st.integers()": lambda pick: pick.randrange(-(limit := pick.choice([3, 300, 10**6, 2**65])), limit),
    "st.booleans()": lambda pick: pick.random() < 0.5,
}


def strategies_for(proof: Proof, prover: Prover, seed: str) -> list[str]:
    """Return a strategy for each parameter when Hypothesis is there and may find nothing; empty otherwise."""
    law = proof.law
    if law.conditions or importlib.util.find_spec("hypothesis") is None:
        return []
    found = [_strategy([row[i] for row in proof.rows]) for i in range(len(law.parameters))]
    if not all(found):
        return []
    pick = random.Random(seed)
    rows = (tuple(repr(_made(strategy, pick)) for strategy in found) for _ in range(EXAMPLES))
    return found if all(prover.holds(law, row) for row in rows) else []


def _strategy(sources: list[str]) -> str:
    """Return the strategy for values like these, empty when there is no simple one."""
    try:
        values = [ast.literal_eval(source) for source in sources]
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ""
    kinds = {type(value) for value in values}
    if kinds == {list}:
        inner = {type(item) for value in values for item in value}
        return f"st.lists({_PLAIN[inner.pop()]})" if len(inner) == 1 and inner <= set(_PLAIN) else ""
    return _PLAIN.get(kinds.pop(), "") if len(kinds) == 1 else ""


def _made(strategy: str, pick: random.Random) -> Any:
    if strategy in _MADE:
        return _MADE[strategy](pick)
    inner = strategy[len("st.lists(") : -1]
    return [_MADE[inner](pick) for _ in range(pick.randrange(6))]
