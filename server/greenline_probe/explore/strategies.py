"""Laws as Hypothesis checks them, where the project has it: any value of a kind, and not a few that were picked.

Hypothesis itself first runs in the trial: importing it here would cost more than the search. Values like those that it
would come up with are tried before, so that the trial seldom has to say no.
"""

from __future__ import annotations

import enum
import importlib.util
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from greenline_probe.explore.accepted import Accepted, accepted
from greenline_probe.explore.annotations import hints_of
from greenline_probe.explore.express import Names
from greenline_probe.explore.proof import Proof, Prover
from greenline_probe.explore.readable_rows import Row
from greenline_probe.explore.strategy_sources import WIDTHS, Sources, Strategy, plain_type

EXAMPLES = 150
MOST_VALUES = 60
LONGEST = 240
"""Of a strategy's source: what is longer says less than a few picked inputs."""
_VARIED_WELL = ("st.text", "st.binary", "st.integers", "st.floats", "st.booleans", "st.lists", "st.dictionaries")
MOST_COMBINATIONS = 12


@dataclass(frozen=True)
class Verdict:
    """What came of trying a law on any value of a kind."""

    strategies: tuple[str, ...] = ()
    """One for each parameter; empty where no simple one is exact."""
    refuted: Row | None = None
    """A call that is valid by its type, and for which the law does not hold."""


class Strategist:
    """Finds strategies for the parameters of laws. ``function`` is what the law is about, ``node`` its source."""

    def __init__(self, names: Names, function: Any, node: Any, seed: str) -> None:
        self._names = names
        self._node = node
        self._seed = seed
        self._hints = hints_of(function, names.module)
        self._sources = Sources(names)

    def verdict(self, proof: Proof, prover: Prover, of: tuple[str, ...]) -> Verdict:
        """Try the law on random values; ``of`` are the function's own names of the law's parameters."""
        law = proof.law
        if law.conditions:
            return Verdict()
        columns = [list(self._for_parameter(name, [r[i] for r in proof.rows])) for i, name in enumerate(of)]
        for chosen in itertools.islice(_together(columns), MOST_COMBINATIONS):
            pick = random.Random(self._seed)
            rows = (tuple(strategy.draw(pick) for strategy in chosen) for _ in range(EXAMPLES))
            failed = next((row for row in rows if prover.holds(law, row) is not True), None)
            if failed is None:
                return Verdict(tuple(s.source for s in chosen) if is_installed() else ())
            if prover.holds(law, failed) is False and prover.speaks(law, failed):
                return Verdict(refuted=failed)
        return Verdict()  # the function does not take all values of any kind that is known

    def values(self, name: str) -> list[str]:
        """Return values of a parameter of which changing others gives too few: of formats, and of classes."""
        if name not in self._hints and self._node is None:
            return []
        pick = random.Random(self._seed)
        found: list[str] = []
        for strategy in itertools.islice(self._for_parameter(name, []), 4):
            if not strategy.source.startswith(_VARIED_WELL):
                found += [strategy.draw(pick) for _ in range(MOST_VALUES)]
        return list(dict.fromkeys(found))[:MOST_VALUES]

    def count(self, name: str) -> int | None:
        """Return how many values the parameter can have, None for many."""
        kind = plain_type(self._hints.get(name))
        return len(kind) if isinstance(kind, enum.EnumMeta) else None

    def _for_parameter(self, name: str, sources: list[str]) -> Iterator[Strategy]:
        """Yield strategies for one parameter, the widest first: by its annotation, then by the values that worked."""
        taken = accepted(self._node, name, vars(self._names.module)) if self._node is not None else Accepted()
        kinds = [self._hints[name]] if name in self._hints else []
        kinds += [kind for kind in [self._kind_of(sources)] if kind is not None and kind not in kinds]
        seen: set[str] = set()
        for kind in kinds:
            for strategy in self._by_width(kind, taken):
                if strategy.source not in seen and len(strategy.source) <= LONGEST:
                    seen.add(strategy.source)
                    yield strategy

    def _by_width(self, kind: Any, taken: Accepted) -> Iterator[Strategy]:
        for number, width in enumerate(WIDTHS):
            if number == 1 and plain_type(kind) is str:
                yield from self._sources.of_formats(taken)
            found = self._sources.of(kind, width, taken)
            if found is not None:
                yield found

    def _kind_of(self, sources: list[str]) -> Any:
        """Return the type that all values are of, None where they have none in common."""
        if not sources:
            return str
        try:
            values = [eval(source, self._names.bound) for source in sources]
        except Exception:
            return None
        return _common(values)


def is_installed() -> bool:
    """Tell whether the project has Hypothesis."""
    return importlib.util.find_spec("hypothesis") is not None


def _together(columns: list[list[Strategy]]) -> Iterator[tuple[Strategy, ...]]:
    """Yield one strategy of each column, those of one rank first."""
    if not all(columns):
        return
    yield from itertools.zip_longest(*columns) if len({len(c) for c in columns}) == 1 else itertools.product(*columns)


def _common(values: list[Any]) -> Any:
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    if kind in (list, set, frozenset):
        inner = _common([item for value in values for item in value])
        return None if inner is None else {list: list, set: set, frozenset: frozenset}[kind][inner]  # type: ignore[index]
    if kind is dict:
        key = _common([k for value in values for k in value])
        item = _common([v for value in values for v in value.values()])
        return None if key is None or item is None else dict[key, item]  # type: ignore[valid-type]
    return None if kind is tuple else kind
