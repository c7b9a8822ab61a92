"""Which observations become tests: those that meet goals, then those that notice changes of the code; no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.observe import Observation, Observer
from greenline_probe.explore.search import Search
from greenline_probe.explore.template import OMITTED, Choice, cost_of

MAX_CHOSEN = 24
MAX_TRIED_PER_MUTANT = 60
MUTANT_SECONDS = 0.1
ROUNDS = 3
NEAR = 60
"""So many new calls are tried against the mutants that nothing noticed, in each round."""


@dataclass
class Chosen:
    """The kept observations in reading order, and how strong they are."""

    observations: list[Observation] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    survivors: list[str] = field(default_factory=list)


def choose(
    candidates: list[Observation],
    goals: Goals,
    mutation: Mutation,
    observer: Observer,
    near: Search,
    budget: Budget,
    holds: Callable[[Observation], bool],
) -> Chosen:
    """Choose greedily: goals first, then mutants; then leave out what became superfluous.

    ``holds`` tells whether an observation is the same on another day and in another folder.
    """
    ordered = sorted(candidates, key=lambda o: (o.kind != "value", o.choice.cost))
    met = {id(o): goals.met_by(o.edges) for o in ordered}
    kept = _cover(ordered, met)
    killed_by = _kill(mutation, kept, ordered, observer, budget)
    _kill_the_rest(mutation, kept, killed_by, met, near, goals, budget, holds)
    kept = _without_superfluous(kept, met, killed_by)
    kept = [_simplified(o, observer, goals, holds) for o in kept]
    survivors = [f"line {m.line}: {m.what}" for i, m in enumerate(mutation.mutants) if not killed_by.get(i, True)]
    kept.sort(key=lambda o: (o.kind == "raise", o.choice.cost))
    return Chosen(kept, len(killed_by), sum(1 for k in killed_by.values() if k), survivors)


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
    mutation: Mutation, kept: list[Observation], ordered: list[Observation], observer: Observer, budget: Budget
) -> dict[int, set[int]]:
    """Return mutant -> kept observations that notice it; ``kept`` grows by those that notice what no other does."""
    killed_by: dict[int, set[int]] = {}
    seconds, observer.seconds = observer.seconds, MUTANT_SECONDS
    try:
        for number, mutant in enumerate(mutation.mutants):
            if budget.is_over():
                break
            mutation.apply(mutant)
            noticed = {id(o) for o in kept if _notices(o, observer)}
            if not noticed and len(kept) < MAX_CHOSEN:
                other = _first_to_notice(ordered, kept, observer, budget)
                if other is not None:
                    kept.append(other)
                    noticed = {id(other)}
            killed_by[number] = noticed
    finally:
        mutation.apply(None)
        observer.seconds = seconds
    return killed_by


def _kill_the_rest(
    mutation: Mutation,
    kept: list[Observation],
    killed_by: dict[int, set[int]],
    met: dict[int, frozenset[Any]],
    near: Search,
    goals: Goals,
    budget: Budget,
    holds: Callable[[Observation], bool],
) -> None:
    """Look near the kept calls for one that notices what nothing noticed so far."""
    open_mutants = [n for n, noticed in killed_by.items() if not noticed]
    observer = near.observer
    for _ in range(ROUNDS):
        if not open_mutants or len(kept) >= MAX_CHOSEN or budget.is_over():
            return
        fresh = [o for o in (observer.run(c) for c in near.more([k.choice for k in kept], NEAR)) if o.usable]
        fresh = [o for o in fresh if holds(o)]
        fresh.sort(key=lambda o: o.choice.cost)
        seconds, observer.seconds = observer.seconds, MUTANT_SECONDS
        try:
            for number in list(open_mutants):
                if budget.is_over():
                    return
                mutation.apply(mutation.mutants[number])
                found = _first_to_notice(fresh, kept, observer, budget)
                if found is not None:
                    open_mutants.remove(number)
                    killed_by[number] = {id(found)}
                    met[id(found)] = goals.met_by(found.edges)
                    kept.append(found)
        finally:
            mutation.apply(None)
            observer.seconds = seconds


def _simplified(
    observation: Observation, observer: Observer, goals: Goals, holds: Callable[[Observation], bool]
) -> Observation:
    """Leave out steps and optional arguments that change nothing; what documentation shows stays as it is."""
    if observation.documented:
        return observation
    met = goals.met_by(observation.edges)
    for i, slot in enumerate(observation.choice.template.slots):
        choice = observation.choice
        if slot.pool[0] != OMITTED or choice.chosen[i] == OMITTED:
            continue
        less = Choice(choice.template, (*choice.chosen[:i], OMITTED, *choice.chosen[i + 1 :]))
        less.cost = cost_of(less)
        seen = observer.run(less)
        same = seen.usable and seen.fingerprint == observation.fingerprint and met <= goals.met_by(seen.edges)
        if same and holds(seen):
            observation = seen
    return observation


def _notices(observation: Observation, observer: Observer) -> bool:
    """Tell whether the outcome is another one; a call that no longer ends counts."""
    return observer.notices(observation)


def _first_to_notice(
    ordered: list[Observation], kept: list[Observation], observer: Observer, budget: Budget
) -> Observation | None:
    known = {id(o) for o in kept}
    for observation in ordered[:MAX_TRIED_PER_MUTANT]:
        if budget.is_over():
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
