"""The search: ordinary inputs first, then one change at a time, then what the questions of the code asked for."""

from __future__ import annotations

import ast
import collections
import random
import zlib
from typing import Any

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.comparisons import Asked, Comparisons, Place
from greenline_probe.explore.descent import Descent
from greenline_probe.explore.express import Expresser
from greenline_probe.explore.goals import Found, Goals
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.progress import Progress
from greenline_probe.explore.reading_cost import cost_of
from greenline_probe.explore.rows import rows
from greenline_probe.explore.suspects import Suspects
from greenline_probe.explore.template import Choice, Slot, Template
from greenline_probe.explore.variations import Variations
from greenline_probe.explore.wanted import Wanted

FIRST_ROWS = 150
"""So many ordinary calls come first; then they take turns with changed ones."""
MAX_KEPT = 400
MAX_KEPT_ALIKE = 24
"""So many calls that run the same lines are kept."""
MAX_EXAMPLES = 40
QUIET_CALLS = 500
"""So many calls without anything new end the search: of 275 functions (docs/bench.md) none met a goal after more than
466 of them."""
MOST_CALLS = 1200
"""So many calls without another goal met end it, mostly before its time is over: what is found should not depend on how
busy a machine is."""
QUIET_WHEN_MET = 150
AGAIN = 0.2
"""So much of a quiet call is a choice that was made before."""
MAX_AT_ONCE = 12
MAX_WANTED = 80
MAX_FOLLOW_UPS = 600
MAX_URGENT = 1200
"""So many of what open conditions ask for are tried."""
MAX_ASKED_ALIKE = 3
DESCEND_EVERY = 60
FIRST_TIMEOUTS = 5
MOST_TIMEOUTS = 12
SIBLINGS = 4
_WEIGHTS = {"argument": 4, "construct": 3, "step": 2, "setting": 1}
"""How often a slot of a role is changed."""


class Search:
    """Searches until the goals are met and nothing new appears, or the time is over."""

    def __init__(
        self,
        observer: Observer,
        templates: list[Template],
        goals: Goals,
        comparisons: Comparisons,
        express: Expresser,
        seed: str,
        *,
        budget: Budget,
    ) -> None:
        self.observer = observer
        self.templates = templates
        self.goals = goals
        self.comparisons = comparisons
        self.random = random.Random(seed)
        self.budget = budget
        self.found = Found()
        self.progress = Progress(goals)
        self._variations = Variations(self.random, observer.subject.facts.constants)
        self._answers = Wanted(express)
        self._suspects = Suspects()
        self._tried: set[Any] = set()
        self._edges: set[tuple[int, int]] = set()
        self._parents: list[Choice] = []
        self._wanted: dict[int, list[str]] = {}
        self._asked_alike: dict[Any, int] = {}
        self._alike: dict[Any, int] = {}
        self._descended: dict[Place, float] = {}
        self._quiet = 0.0
        self._met_at = 0
        self._urgent: collections.deque[Choice] = collections.deque()
        self._queue: collections.deque[Choice] = collections.deque()
        self._follow_ups = 0
        self._urgent_ones = 0

    def start_from(self, choices: list[Choice]) -> None:
        """Take what these choose as values worth combining."""
        self._parents += choices
        for choice in choices:
            for i, source in enumerate(choice.chosen):
                pool = self._wanted.setdefault(id(choice.template) * 100 + i, [])
                if source and source not in pool and len(pool) < MAX_WANTED:
                    pool.append(source)

    def more(self, parents: list[Choice], count: int) -> list[Choice]:
        """Return new choices near these, untried here; for telling mutants apart."""
        found: list[Choice] = []
        for _ in range(count * 3):
            choice = self._mutate(self.random.choice(parents)) if parents else None
            if choice is not None and choice.key not in self._tried:
                self._tried.add(choice.key)
                choice.cost = cost_of(choice)
                found.append(choice)
            if len(found) >= count:
                break
        return found

    def run(self, examples: list[Choice], near: list[Choice] | None = None) -> Found:
        """Try the documented calls, those that are ``near`` them, the ordinary ones, then search."""
        for choice in examples[:MAX_EXAMPLES]:
            self._try(choice)
        for choice in near or ():
            if self.budget.is_over() or self._is_done():
                break
            self._try(choice)
        self._alike.clear()  # what is near the examples takes neither room nor time from what is unlike them
        self._quiet = 0.0
        waiting = rows(self.templates, self.random)
        turn = 0
        while not self.budget.is_over() and not self._is_done():
            turn += 1
            row = next(waiting, None) if turn <= FIRST_ROWS or turn % 2 else None
            if row is not None:
                if not self._suspects.include(row):
                    self._try(row)
                    self._try_follow_ups()
            elif self._parents:
                self._change_one(turn)
            elif turn > FIRST_ROWS and turn % 2:
                break
        return self.found

    def _change_one(self, turn: int) -> None:
        """Try a changed call; now and then, go down to what is missing."""
        if turn % DESCEND_EVERY < 2:
            self._descend()
        changed = self._mutate(self._parent())
        if changed is not None and self._suspects.include(changed):
            changed = self._mutate(self._parent())
        if changed is not None:
            self._try(changed)
            self._try_follow_ups()
        else:
            self._quiet += AGAIN

    # ---- trying ------------------------------------------------------------------------------------------------

    def _try_follow_ups(self) -> None:
        """Try what the questions of the last calls asked for; it may ask for more."""
        for _ in range(MAX_AT_ONCE):
            queue = self._urgent or self._queue
            if not queue or self.budget.is_over():
                return
            self._try(queue.popleft())

    def _is_done(self) -> bool:
        if self.found.kinds.get("timeout", 0) >= (MOST_TIMEOUTS if self.found.met else FIRST_TIMEOUTS):
            return True
        if self.found.calls - self._met_at >= MOST_CALLS:
            return True
        met_all = self.goals.all <= self.found.met
        return self._quiet > (QUIET_WHEN_MET if met_all else QUIET_CALLS)

    def _try(self, choice: Choice) -> list[Asked] | None:
        """Run the choice unless it was run, learn from it, and return what the code asked."""
        if choice.key in self._tried:
            self._quiet += AGAIN
            return None
        self.comparisons.take()
        observation = self._run(choice)
        asked = self.comparisons.take()
        if observation is not None:
            self._learn(observation, asked)
        return asked

    def _run(self, choice: Choice) -> Observation | None:
        """Run one choice and count what came of it; None for a call that ended an earlier worker."""
        self._tried.add(choice.key)
        observation = self.observer.run(choice)
        if observation.kind == "avoided":
            return None
        choice.cost = cost_of(choice)
        self._suspects.note(choice, works=observation.kind != "unusable")
        self.found.count(observation)
        return observation

    def _keep(self, observation: Observation, *, is_fresh: bool, tells: bool) -> None:
        """Keep the simplest call of each behaviour."""
        choice = observation.choice
        key: Any = (observation.error, observation.error_line)
        if observation.kind == "raise" and observation.obstacle:
            self.found.obstruct(observation)
        elif observation.kind == "raise" and not observation.deliberate and not observation.about_files:
            known = self.found.accidents.get(key)
            if known is None or choice.cost < known.choice.cost:
                self.found.accidents[key] = observation
        if not observation.usable:
            return
        # Where few outcomes exist (True and False), several calls of each: mutants are told apart by them.
        key = (observation.fingerprint, observation.edges, zlib.crc32(repr(choice.chosen).encode()) % SIBLINGS)
        if tells:
            self.found.telling[key] = None
        known = self.found.observations.get(key)
        if known is not None:
            if choice.cost < known.choice.cost:
                self.found.observations[key] = observation
            return
        alike = self._alike.get(observation.edges, 0)
        has_room = len(self.found.observations) < MAX_KEPT and alike < MAX_KEPT_ALIKE
        if has_room or is_fresh or tells:
            self._alike[observation.edges] = alike + 1
            self.found.observations[key] = observation

    # ---- learning ----------------------------------------------------------------------------------------------

    def _learn(self, observation: Observation, asked: list[Asked]) -> None:
        choice = observation.choice
        fresh = observation.edges - self._edges
        self._edges |= observation.edges
        met = self.goals.met_by(observation.edges) if observation.usable else frozenset()
        news = met - self.found.met
        self.found.met |= met
        tells = self.progress.note(choice, asked, observation.edges, self.found.met)
        self._keep(observation, is_fresh=bool(news), tells=tells)
        if fresh or news:
            self._quiet = 0.0
            self._parents += [choice] * (3 if news else 1)
            if news:
                self._met_at = self.found.calls
                self._shorten(choice, news)
        elif tells:
            self._parents.append(choice)
            self._quiet /= 2
        else:
            self._quiet += 1
        self._ask(choice, asked, is_fresh=bool(fresh))

    def _shorten(self, choice: Choice, news: frozenset[Any]) -> None:
        """Cut long texts down to what still meets the new goals: nobody reads forty characters of noise."""
        for i, source in enumerate(choice.chosen):
            slot = choice.template.slots[i]
            if len(source) < 12 or source in slot.pool or source in slot.familiar or source[:1] not in "'\"b":
                continue
            try:
                value = ast.literal_eval(source)
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue
            size = len(value) // 2
            while size:
                for start in range(0, len(value), size):
                    if self.budget.is_over():
                        return
                    shorter = value[:start] + value[start + size :]
                    made = Choice(choice.template, (*choice.chosen[:i], repr(shorter), *choice.chosen[i + 1 :]))
                    if made.key in self._tried:
                        continue
                    seen = self._run(made)
                    if seen is None:
                        continue
                    self._keep(seen, is_fresh=False, tells=False)
                    if seen.usable and news <= self.goals.met_by(seen.edges):
                        value, choice = shorter, made
                        break
                else:
                    size //= 2

    def _ask(self, choice: Choice, asked: list[Asked], *, is_fresh: bool) -> None:
        """Turn what was asked into values worth trying; first for conditions with a branch still missing."""
        for question in asked:
            is_open = self.progress.is_open(question.place, self.found.met)
            if not self._is_worth_asking(is_open=is_open, is_fresh=is_fresh) or self._is_known(question):
                continue
            for i, source in enumerate(choice.chosen):
                for made in self._answers.sources(question, source):
                    self._follow_up(choice, i, made, is_open=is_open)

    def _is_worth_asking(self, *, is_open: bool, is_fresh: bool) -> bool:
        return is_fresh or (self._urgent_ones < MAX_URGENT if is_open else self._follow_ups < MAX_FOLLOW_UPS)

    def _is_known(self, question: Asked) -> bool:
        """Tell whether the same was asked a few times before."""
        left, right = (v if type(v) in (str, int, float, bytes, bool) else type(v) for v in question[1:3])
        key = (question.place, left, right)
        times = self._asked_alike[key] = self._asked_alike.get(key, 0) + 1
        return times > MAX_ASKED_ALIKE

    def _follow_up(self, choice: Choice, i: int, made: str, *, is_open: bool) -> None:
        """Remember the value for its slot, and try it soon with all else as it was."""
        pool = self._wanted.setdefault(id(choice.template) * 100 + i, [])
        if made not in pool and len(pool) < MAX_WANTED:
            pool.append(made)
        next_one = Choice(choice.template, (*choice.chosen[:i], made, *choice.chosen[i + 1 :]))
        if is_open and self._urgent_ones < MAX_URGENT:
            self._urgent_ones += 1
            self._urgent.append(next_one)
        elif not is_open and self._follow_ups < MAX_FOLLOW_UPS:
            self._follow_ups += 1
            self._queue.append(next_one)

    def _descend(self) -> None:
        """Go down from the call nearest to each missing side, where it is nearer than the last time."""
        for place, (apart, start) in list(self.progress.nearest.items()):
            is_open = self.progress.is_open(place, self.found.met)
            if not is_open or apart >= self._descended.get(place, float("inf")):
                continue
            self._descended[place] = apart
            (answer,) = self.progress.answers[place]
            Descent(place, answer, apart, self._try).run(start)
            if self.budget.is_over():
                return

    # ---- changing ----------------------------------------------------------------------------------------------

    def _parent(self) -> Choice:
        """Return a call to change: mostly one that reached a condition whose other side is missing."""
        guided = self.progress.pick(self.random, self.found.met) if self.random.random() < 0.6 else None
        return guided or self.random.choice(self._parents)

    def _mutate(self, parent: Choice) -> Choice | None:
        template = parent.template
        if not template.slots:
            return None
        chosen = list(parent.chosen)
        if len(chosen) > 1 and self.random.random() < 0.2:
            self._cross(template, chosen)
        for _ in range(1 if self.random.random() < 0.7 else 2):
            (i,) = self.random.choices(range(len(chosen)), [_WEIGHTS[slot.role] for slot in template.slots])
            chosen[i] = self._changed(template, i, chosen)
        keys = [c.partition("=")[0] for slot, c in zip(template.slots, chosen) if slot.keyword and c]
        if len(keys) != len(set(keys)):
            return None
        return Choice(template, tuple(chosen))

    def _cross(self, template: Template, chosen: list[str]) -> None:
        """Take some of the values of another good call: two that matter together may have been found apart."""
        other = self.random.choice(self._parents) if self._parents else None
        if other is None or other.template is not template:
            return
        for i, source in enumerate(other.chosen):
            if self.random.random() < 0.5:
                chosen[i] = source

    def _changed(self, template: Template, i: int, chosen: list[str]) -> str:
        slot, source = template.slots[i], chosen[i]
        wanted = self._wanted.get(id(template) * 100 + i, [])
        roll = self.random.random()
        if wanted and roll < 0.35:
            return self.random.choice(wanted)
        if roll > 0.85 and slot.role == "argument" and _takes_its_like(slot, template):
            return self._variations.like_the_receiver(template, chosen)
        if roll < 0.55 or slot.role in ("step", "setting") or not source:
            return self.random.choice(slot.pool)
        if roll < 0.7 and source[:1] in "'\"":
            return self._variations.joined(source, self.random.choice([*slot.pool, *wanted]))
        return self._variations.of(source)


def _takes_its_like(slot: Slot, template: Template) -> bool:
    return bool(template.maker) and any(s.startswith(f"{template.maker}(") for s in slot.pool)
