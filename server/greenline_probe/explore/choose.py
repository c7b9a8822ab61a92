"""Which observations become tests: those that meet goals, then those that notice changes of the code; no more."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Callable

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.candidates import in_turn
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.meant import is_meant
from greenline_probe.explore.mutants import Mutant, Mutation
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.plainer import plainer
from greenline_probe.explore.reading_cost import cost_of, passed_by
from greenline_probe.explore.search import Search
from greenline_probe.explore.template import OMITTED, Choice, repeats

MAX_CHOSEN = 24
MAX_TRIED_PER_MUTANT = 50
MUTANT_SECONDS = 0.1
MOST_PRIVATE = 4
"""So many arguments a test may pass to a private function that public ones call."""
NOT_MEANT = 40.0
"""So much dearer is the result of a call that nobody would make: only what nothing else reaches is worth it."""
SAYS_NOTHING = 40.0
"""So much dearer is a call that shows nothing, where another method shows what it did."""
ROUNDS = 6
QUIET_ROUNDS = 2
"""So many rounds in which nothing more is noticed end the looking."""
MOST_SHOWN = 8
"""So many documented examples stay, each on a path of its own, whatever others cover."""
NEAR = 60
"""So many new calls are tried against the mutants that nothing noticed, in each round."""

Holds = Callable[[Observation], bool]


@dataclass
class Chosen:
    """The kept observations in reading order, and how strong they are."""

    observations: list[Observation] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    survivors: list[str] = field(default_factory=list)
    unnoticed: list[Mutant] = field(default_factory=list)
    """The survivors themselves."""


def choose(
    candidates: list[Observation],
    goals: Goals,
    mutation: Mutation,
    observer: Observer,
    near: Search,
    budget: Budget,
    holds: Holds,
    *,
    rest: bool = False,
) -> Chosen:
    """Choose greedily: goals first, then mutants; then leave out what became superfluous.

    ``holds`` tells whether an observation is the same on another day and in another folder. ``rest``: tests reach the
    target already, so nothing is taken but what the goals and the mutants ask for.
    """
    ordered = sorted(candidates, key=lambda o: (o.kind != "value", o.choice.cost))
    ordered = [o for o in ordered if not _is_laborious(o)] or ordered
    choice = _Choice(ordered, goals, mutation, observer, budget, holds, rest=rest)
    choice.cover()
    choice.kill()
    near.start_from([o.choice for o in ordered])
    choice.kill_the_rest(near)
    choice.leave_out_superfluous()
    choice.simplify()
    kept = choice.kept
    killed_by = choice.killed_by
    unnoticed = [m for i, m in enumerate(mutation.mutants) if not killed_by.get(i, True)]
    survivors = [f"line {m.line}: {m.what}" for m in unnoticed]
    kept.sort(key=lambda o: (o.kind == "raise", o.choice.cost))
    return Chosen(kept, len(killed_by), sum(1 for k in killed_by.values() if k), survivors, unnoticed)


class _Choice:
    """What is kept so far, which goals that meets, and which mutants it notices."""

    def __init__(
        self,
        ordered: list[Observation],
        goals: Goals,
        mutation: Mutation,
        observer: Observer,
        budget: Budget,
        holds: Holds,
        *,
        rest: bool,
    ) -> None:
        self.kept: list[Observation] = []
        self.killed_by: dict[int, set[int]] = {}
        """Mutant -> kept observations that notice it."""
        self._ordered = ordered
        self._goals = goals
        self._mutation = mutation
        self._observer = observer
        self._budget = budget
        self._holds = holds
        self._shown = [] if rest else _one_of_each_path([o for o in ordered if o.documented])[:MOST_SHOWN]
        self._tells = not rest and _returns_a_comparison(observer.subject.node)
        self._others_show = any(o.choice.template.through for o in ordered)
        self._met = {id(o): self._met_by(o) for o in ordered}

    def cover(self) -> None:
        """Take what documentation shows, then the observation with the most new goals per cost, until none adds one."""
        met = self._met
        self.kept = list(self._shown)
        open_goals: set[Any] = set().union(*met.values()) if met else set()
        open_goals -= set().union(*(met[id(o)] for o in self.kept))
        while open_goals:
            best = max(
                self._ordered, key=lambda o: (len(met[id(o)] & open_goals) / (8 + self._price(o)), -self._price(o))
            )
            gained = met[id(best)] & open_goals
            if not gained:
                break
            self.kept.append(best)
            open_goals -= gained
        self.kept = self.kept or self._ordered[:1]

    def kill(self) -> None:
        """Take, for each mutant that nothing kept notices, the simplest candidate that does."""
        for number, mutant in enumerate(self._mutation.mutants):
            if self._budget.is_over():
                break
            noticed = self._noticing(mutant, self.kept)
            if not noticed and len(self.kept) < MAX_CHOSEN:
                other = self._first_to_notice(mutant, self._ordered)
                if other is not None:
                    self.kept.append(other)
                    noticed = {id(other)}
            self.killed_by[number] = noticed

    def kill_the_rest(self, near: Search) -> None:
        """Look near the calls that run a changed statement for one that notices what nothing noticed so far."""
        open_mutants = [n for n, noticed in self.killed_by.items() if not noticed]
        known = len(self.kept)
        quiet = 0
        for _ in range(ROUNDS):
            if not open_mutants or len(self.kept) >= MAX_CHOSEN or quiet >= QUIET_ROUNDS:
                return
            fresh = self._fresh(near, open_mutants)
            quiet += 1
            for number in list(open_mutants):
                if self._budget.is_over():
                    return
                mutant = self._mutation.mutants[number]
                if noticed := self._noticing(mutant, self.kept[known:]):  # one was found for another mutant
                    open_mutants.remove(number)
                    self.killed_by[number] = noticed
                    continue
                found = self._first_to_notice(mutant, fresh)
                if found is None or not self._holds(found):
                    continue
                quiet = 0
                open_mutants.remove(number)
                self.killed_by[number] = {id(found)}
                self._met[id(found)] = self._met_by(found)
                self.kept.append(found)

    def leave_out_superfluous(self) -> None:
        """Leave out, the costliest first, whose goals and mutants the others have too."""
        for observation in sorted(self.kept, key=lambda o: -self._price(o)):
            others = [o for o in self.kept if o is not observation]
            if not others:
                break
            if any(observation is shown for shown in self._shown):
                continue
            goals = set().union(*(self._met[id(o)] for o in others))
            if not self._met[id(observation)] <= goals:
                continue
            names = {id(o) for o in others}
            if all(not noticed or noticed & names for noticed in self.killed_by.values()):
                self.kept = others

    def simplify(self) -> None:
        """Make what is kept as plain as it can be."""
        for number, observation in enumerate(self.kept):
            self.kept[number] = self._simplified(observation)

    def _met_by(self, observation: Observation) -> frozenset[Any]:
        """Return the goals that it meets; both outcomes of a comparison that is the result are goals too."""
        met = self._goals.met_by(observation.edges) | {("shows", shown) for shown in observation.shows}
        if not met and observation.is_refused_as_declared:
            return frozenset({"refused"})
        if repeats(observation.choice) and observation.expected not in (None, "None"):
            met |= {"again"}  # what one call leaves, the next one finds
        own = observation.choice.template.subject is self._observer.subject
        if self._tells and own and observation.expected in ("True", "False"):
            return met | {("result", observation.expected)}
        return met

    def _price(self, observation: Observation) -> float:
        says = observation.expected != "None" or observation.after or observation.choice.template.through
        nothing = 0.0 if says or not self._others_show else SAYS_NOTHING
        return observation.choice.cost + nothing + (0.0 if _is_worth_reading(observation) else NOT_MEANT)

    def _simplified(self, observation: Observation) -> Observation:
        """Leave out, or make plain, what changes nothing, neither here nor under the mutants it notices."""
        noticed = [self._mutation.mutants[n] for n, by in self.killed_by.items() if id(observation) in by]
        met = self._met_by(observation)
        for i, slot in enumerate(observation.choice.template.slots):
            choice = observation.choice
            if observation.documented or slot.pool[0] != OMITTED or choice.chosen[i] == OMITTED:
                continue
            less = Choice(choice.template, (*choice.chosen[:i], OMITTED, *choice.chosen[i + 1 :]))
            less.cost = cost_of(less)
            seen = self._observer.run(less)
            same = seen.usable and seen.fingerprint == observation.fingerprint
            if not same or not met <= self._met_by(seen) or not self._holds(seen):
                continue
            if self._budget.is_over() or all(self._noticing(m, [seen]) for m in noticed):
                observation = seen
        others = {o.choice.key for o in self.kept}

        is_meant_already = _is_worth_reading(observation)

        def is_as_good(seen: Observation) -> bool:
            enough = seen.choice.key not in others and met <= self._met_by(seen)
            enough = enough and (_is_worth_reading(seen) or not is_meant_already)
            return enough and self._holds(seen) and all(self._noticing(m, [seen]) for m in noticed)

        return plainer(observation, is_as_good, self._observer, self._budget)

    def _fresh(self, near: Search, open_mutants: list[int]) -> list[Observation]:
        """Return new observations near those that run a statement which an unnoticed mutant changes."""
        mutants = [self._mutation.mutants[n] for n in open_mutants]
        parents = [o.choice for m in mutants for o in self._ordered if self._reaches(o, m)]
        parents = parents or [o.choice for o in self.kept]
        fresh = []
        for choice in near.more(parents, NEAR):
            if self._budget.is_over():
                break
            seen = self._observer.run(choice)
            if seen.usable and any(self._reaches(seen, m) for m in mutants):
                fresh.append(seen)
        return sorted(fresh, key=lambda o: o.choice.cost)

    def _reaches(self, observation: Observation, mutant: Mutant) -> bool:
        """Tell whether the call runs the changed statement; only then it can notice."""
        return self._goals.statement(mutant.line) in self._goals.reached_by(observation.edges)

    def _noticing(self, mutant: Mutant, among: list[Observation]) -> set[int]:
        """Return who notices the mutant; the first call that no longer ends is enough."""
        noticed = set()
        with _applied(self._mutation, mutant, self._observer):
            for observation in among:
                if not self._reaches(observation, mutant):
                    continue
                notices, ends = self._notices(observation)
                if notices:
                    noticed.add(id(observation))
                if not ends:
                    break
        return noticed

    def _notices(self, observation: Observation) -> tuple[bool, bool]:
        """Tell whether the mutant makes the observation's test fail, and whether the call ends."""
        if observation.loose:
            return self._observer.notices(observation), True
        again = self._observer.run(observation.choice, trace=False)
        return again.fingerprint != observation.fingerprint, again.kind != "timeout"

    def _first_to_notice(self, mutant: Mutant, among: list[Observation]) -> Observation | None:
        known = {id(o) for o in self.kept}
        able = [o for o in among if id(o) not in known and _is_worth_reading(o) and self._reaches(o, mutant)]
        able = in_turn(able)
        with _applied(self._mutation, mutant, self._observer):
            for observation in able[:MAX_TRIED_PER_MUTANT]:
                if self._budget.is_over():
                    return None
                if self._notices(observation)[0]:
                    return observation
        return None


def _is_worth_reading(observation: Observation) -> bool:
    """Tell whether a test may show it: values that nobody would pass say something where they are refused."""
    if _is_laborious(observation):
        return False
    return observation.kind == "raise" or observation.documented or is_meant(observation.choice)


def _is_laborious(observation: Observation) -> bool:
    """Tell a private call of many arguments: a person will want to reach what it reaches in another way."""
    return observation.choice.template.detour and passed_by(observation.choice) > MOST_PRIVATE


def _one_of_each_path(observations: list[Observation]) -> list[Observation]:
    """Return the first of each way through the code: the author's own cases, which their readers know."""
    found: dict[Any, Observation] = {}
    for observation in observations:
        found.setdefault((id(observation.choice.template), observation.edges), observation)
    return list(found.values())


def _returns_a_comparison(node: ast.AST) -> bool:
    results = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    return any(isinstance(r, (ast.Compare, ast.BoolOp)) or _is_negation(r) for r in results)


def _is_negation(node: ast.expr | None) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


@contextlib.contextmanager
def _applied(mutation: Mutation, mutant: Mutant, observer: Observer) -> Iterator[None]:
    """Let the mutant run in the place of the original for a while, with little time for each call."""
    seconds, observer.seconds = observer.seconds, MUTANT_SECONDS
    mutation.apply(mutant)
    try:
        yield
    finally:
        mutation.apply(None)
        observer.seconds = seconds
