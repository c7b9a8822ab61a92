"""Which observations become tests: those that meet goals, then those that notice changes of the code; as few as do it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.observe import Observation, Observer
from greenline_probe.explore.search import Goals

MAX_CHOSEN = 24
MAX_TRIED_PER_MUTANT = 60
MUTANT_SECONDS = 0.1


@dataclass
class Chosen:
    """The kept observations in reading order, and how strong they are."""

    observations: list[Observation] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    survivors: list[str] = field(default_factory=list)


def choose(candidates: list[Observation], goals: Goals, mutation: Mutation, observer: Observer, until: float) -> Chosen:
    """Choose greedily: goals first, then mutants; then leave out what became superfluous."""
    ordered = sorted(candidates, key=lambda o: (o.kind != "value", o.choice.cost))
    met = {id(o): goals.met_by(o.edges) for o in ordered}
    kept = _cover(ordered, met)
    killed_by, survivors, total = _kill(mutation, kept, ordered, observer, until)
    kept = _without_superfluous(kept, met, killed_by)
    kept.sort(key=lambda o: (o.kind == "raise", o.choice.cost))
    return Chosen(kept, total, sum(1 for k in killed_by.values() if k), survivors)


def _cover(ordered: list[Observation], met: dict[int, frozenset[Any]]) -> list[Observation]:
    """Take the observation with the most new goals per cost, until none adds one."""
    kept: list[Observation] = []
    open_goals: set[Any] = set().union(*met.values()) if met else set()
    while open_goals:
        best = max(ordered, key=lambda o: (len(met[id(o)] & open_goals) / (8 + o.choice.cost), -o.choice.cost))
        gained = met[id(best)] & open_goals
        if not gained:
            break
        kept.append(best)
        open_goals -= gained
    return kept or ordered[:1]


def _kill(
    mutation: Mutation, kept: list[Observation], ordered: list[Observation], observer: Observer, until: float
) -> tuple[dict[int, set[int]], list[str], int]:
    """Return mutant -> kept observations that notice it; ``kept`` grows by observations that notice what no other does."""
    killed_by: dict[int, set[int]] = {}
    survivors: list[str] = []
    tried = 0
    seconds, observer.seconds = observer.seconds, MUTANT_SECONDS
    try:
        for number, mutant in enumerate(mutation.mutants):
            if time.monotonic() > until:
                break
            tried += 1
            mutation.apply(mutant)
            noticed = {id(o) for o in kept if _notices(o, observer)}
            if not noticed and len(kept) < MAX_CHOSEN:
                other = _first_to_notice(ordered, kept, observer, until)
                if other is not None:
                    kept.append(other)
                    noticed = {id(other)}
            killed_by[number] = noticed
            if not noticed:
                survivors.append(f"line {mutant.line}: {mutant.what}")
    finally:
        mutation.apply(None)
        observer.seconds = seconds
    return killed_by, survivors, tried


def _notices(observation: Observation, observer: Observer) -> bool:
    """A changed outcome is noticed; so is a call that no longer ends."""
    again = observer.run(observation.choice, trace=False)
    return again.fingerprint != observation.fingerprint


def _first_to_notice(
    ordered: list[Observation], kept: list[Observation], observer: Observer, until: float
) -> Observation | None:
    known = {id(o) for o in kept}
    for observation in ordered[:MAX_TRIED_PER_MUTANT]:
        if time.monotonic() > until:
            return None
        if id(observation) not in known and _notices(observation, observer):
            return observation
    return None


def _without_superfluous(
    kept: list[Observation], met: dict[int, frozenset[Any]], killed_by: dict[int, set[int]]
) -> list[Observation]:
    """Leave out, the costliest first, whose goals and mutants the others have too."""
    remaining = list(kept)
    for observation in sorted(kept, key=lambda o: -o.choice.cost):
        others = [o for o in remaining if o is not observation]
        if not others:
            break
        goals = set().union(*(met[id(o)] for o in others))
        if not met[id(observation)] <= goals:
            continue
        names = {id(o) for o in others}
        if all(not noticed or noticed & names for noticed in killed_by.values()):
            remaining = others
    return remaining
