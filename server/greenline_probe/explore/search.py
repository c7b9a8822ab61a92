"""The search: ordinary inputs first, then one change at a time, then what the comparisons asked for."""

from __future__ import annotations

import ast
import collections
import contextlib
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.express import Expresser
from greenline_probe.explore.instrument import Comparisons
from greenline_probe.explore.observe import Observation, Observer
from greenline_probe.explore.sources import SEPARATOR, expression_of
from greenline_probe.explore.template import Choice, Slot, Template, cost_of

MAX_KEPT = 240
MAX_EXAMPLES = 40
QUIET_CALLS = 1500
QUIET_WHEN_MET = 150
MAX_AT_ONCE = 12
MAX_WANTED = 80
MAX_FOLLOW_UPS = 600
FIRST_TIMEOUTS = 5
MOST_TIMEOUTS = 12
"""So many calls without anything new end the search."""
SIBLINGS = 4


_LETTERS = "ABCDEFGHIJKLMNOP"
_DIGITS = "1234567890123456"


@dataclass
class Goals:
    """What is missing, in first lines of statements: lines and branches of the target."""

    lines: frozenset[int]
    arcs: frozenset[tuple[int, int]]
    first_line: dict[int, int]
    _met: dict[frozenset[tuple[int, int]], frozenset[Any]] = field(default_factory=dict)

    def met_by(self, edges: frozenset[tuple[int, int]]) -> frozenset[Any]:
        """Return the goals (line numbers and arcs) that these raw arcs meet."""
        known = self._met.get(edges)
        if known is not None:
            return known
        first = self.first_line
        arcs = {(first.get(a, a) if a > 0 else a, first.get(b, b) if b > 0 else b) for a, b in edges}
        lines = {line for arc in arcs for line in arc if line > 0}
        met = self._met[edges] = frozenset((self.lines & lines) | (self.arcs & arcs))
        return met

    @property
    def all(self) -> frozenset[Any]:
        """Lines and branches together."""
        return frozenset(self.lines | self.arcs)


@dataclass
class Found:
    """What the search keeps: one observation per behaviour, with the goals it meets."""

    observations: dict[Any, Observation] = field(default_factory=dict)
    met: set[Any] = field(default_factory=set)
    calls: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    accidents: dict[tuple[str, int], Observation] = field(default_factory=dict)
    """Exceptions that nobody announced: (class and line) -> the simplest call that shows one."""


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
        self.express = express
        self.random = random.Random(seed)
        self.budget = budget
        self.found = Found()
        self._tried: set[Any] = set()
        self._edges: set[tuple[int, int]] = set()
        self._parents: list[Choice] = []
        self._wanted: dict[int, list[str]] = {}
        self._quiet = 0
        self._current: list[str] = []
        self._queue: collections.deque[Choice] = collections.deque()
        self._follow_ups = 0

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

    def run(self, examples: list[Choice]) -> Found:
        """Try the documented calls, the ordinary ones, then search."""
        for choice in examples[:MAX_EXAMPLES]:
            self._try(choice)
        for choice in self._systematic():
            if self.budget.is_over() or self._is_done(QUIET_CALLS):
                return self.found
            self._try(choice)
            self._try_follow_ups()
        while not self.budget.is_over() and self._parents and not self._is_done(QUIET_CALLS):
            changed = self._mutate(self.random.choice(self._parents))
            if changed is not None:
                self._try(changed)
                self._try_follow_ups()
            else:
                self._quiet += 1
        return self.found

    def _try_follow_ups(self) -> None:
        """Try what the comparisons of the last calls asked for; it may ask for more."""
        for _ in range(MAX_AT_ONCE):
            if not self._queue or self.budget.is_over():
                return
            self._try(self._queue.popleft())

    def _is_done(self, quiet: int) -> bool:
        if self.found.kinds.get("timeout", 0) >= (MOST_TIMEOUTS if self.found.met else FIRST_TIMEOUTS):
            return True
        met_all = self.goals.all <= self.found.met
        return self._quiet > (QUIET_WHEN_MET if met_all else quiet)

    def _systematic(self) -> Iterator[Choice]:
        """Yield the first choice, then each slot varied alone, round by round over templates, then pairs."""
        for template in self.templates:
            yield Choice(template, template.first())
        longest = max((len(s.pool) for t in self.templates for s in t.slots), default=0)
        for rank in range(1, longest):
            for template in self.templates:
                base = template.first()
                for i, slot in enumerate(template.slots):
                    if rank < len(slot.pool):
                        yield Choice(template, (*base[:i], slot.pool[rank], *base[i + 1 :]))
            if rank in (3, 8, 20):
                yield from self._random_rows(20 * rank)

    def _random_rows(self, count: int) -> Iterator[Choice]:
        for _ in range(count):
            template = self.random.choice(self.templates)
            if len(template.slots) > 1:
                yield Choice(template, tuple(self._pick(s.pool) for s in template.slots))

    def _pick(self, pool: list[str]) -> str:
        """Early values are more ordinary, so more likely."""
        return pool[int(len(pool) * self.random.random() ** 1.7)]

    def _try(self, choice: Choice) -> None:
        if choice.key in self._tried:
            self._quiet += 1
            return
        self.comparisons.take()
        observation = self._run(choice)
        if observation is not None:
            self._learn(observation, self.comparisons.take())

    def _run(self, choice: Choice) -> Observation | None:
        """Run one choice and remember what came of it; None for a call that ended an earlier worker."""
        self._tried.add(choice.key)
        observation = self.observer.run(choice)
        if observation.kind == "avoided":
            return None
        choice.cost = cost_of(choice)
        self.found.calls += 1
        self.found.kinds[observation.kind] = self.found.kinds.get(observation.kind, 0) + 1
        if observation.refusal:
            self.found.refusals[observation.refusal] = self.found.refusals.get(observation.refusal, 0) + 1
        self._keep(observation)
        return observation

    def _keep(self, observation: Observation) -> None:
        """Keep the simplest call of each behaviour."""
        choice = observation.choice
        key: Any = (observation.error, observation.error_line)
        if observation.kind == "raise" and not observation.deliberate and not observation.about_files:
            known = self.found.accidents.get(key)
            if known is None or choice.cost < known.choice.cost:
                self.found.accidents[key] = observation
        if not observation.usable:
            return
        # Where few outcomes exist (True and False), several calls of each: mutants are told apart by them.
        key = (observation.fingerprint, observation.edges, zlib.crc32(repr(choice.chosen).encode()) % SIBLINGS)
        known = self.found.observations.get(key)
        room = len(self.found.observations) < MAX_KEPT or self.goals.met_by(observation.edges) - self.found.met
        if (known is None and room) or (known is not None and choice.cost < known.choice.cost):
            self.found.observations[key] = observation

    def _learn(self, observation: Observation, asked: list[tuple[str, Any, Any]]) -> None:
        choice = observation.choice
        fresh = observation.edges - self._edges
        self._edges |= observation.edges
        met = self.goals.met_by(observation.edges) if observation.usable else frozenset()
        news = met - self.found.met
        self.found.met |= met
        if fresh or news:
            self._quiet = 0
            self._parents += [choice] * (3 if news else 1)
            if news:
                self._shorten(choice, news)
        else:
            self._quiet += 1
        if fresh or self._follow_ups < MAX_FOLLOW_UPS:
            self._ask(choice, asked)

    def _shorten(self, choice: Choice, news: frozenset[Any]) -> None:
        """Cut long texts down to what still meets the new goals: nobody reads forty characters of noise."""
        for i, source in enumerate(choice.chosen):
            if len(source) < 12 or source in choice.template.slots[i].pool or source[:1] not in "'\"b":
                continue
            try:
                value = ast.literal_eval(source)
            except (ValueError, SyntaxError):
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
                    if seen is not None and seen.usable and news <= self.goals.met_by(seen.edges):
                        value, choice = shorter, made
                        break
                else:
                    size //= 2

    def _ask(self, choice: Choice, asked: list[tuple[str, Any, Any]]) -> None:
        """Turn the operands of comparisons into values worth trying: put one side of it in the place of the other."""
        for name, left, right in asked[:60]:
            pairs = [(left, right), (right, left)]
            if name in ("In", "NotIn"):
                pairs = [(left, item) for item in _members(right)]
            for have, want in pairs:
                for i, source in enumerate(choice.chosen):
                    for made in self._substituted(source, have, want):
                        self._follow_up(choice, i, made)

    def _follow_up(self, choice: Choice, i: int, made: str) -> None:
        """Remember the value for its slot, and try it soon with all else as it was."""
        pool = self._wanted.setdefault(id(choice.template) * 100 + i, [])
        if made not in pool and len(pool) < MAX_WANTED:
            pool.append(made)
        if self._follow_ups < MAX_FOLLOW_UPS:
            self._follow_ups += 1
            self._queue.append(Choice(choice.template, (*choice.chosen[:i], made, *choice.chosen[i + 1 :])))

    def _substituted(self, source: str, have: Any, want: Any) -> Iterator[str]:
        if not source or type(want) not in (str, int, float, bytes) or have == want:
            return
        if type(have) is not type(want) and not (source[:1] in "{[(" and type(have) in (str, int, float, type(None))):
            return  # inside a container, an item may be of any type
        held, wanted = self.express.express(have), self.express.express(want)
        if held is None or wanted is None:
            return
        if source == held:
            yield wanted
            if type(want) in (int, float):
                yield repr(want + 1)
                yield repr(want - 1)
        elif isinstance(have, str) and len(have) > 0 and source[:1] in "'\"" and held[1:-1] in source:
            yield source.replace(held[1:-1], wanted[1:-1], 1)
        elif held in source:
            yield source.replace(held, wanted, 1)
        elif type(want) in (int, float):
            yield from _solved(source, have, want)
        if isinstance(want, (int, float)) and isinstance(have, int) and source[:1] in "'\"[b" and 0 <= want <= 200:
            yield from self._resized(source, have, int(want))

    def _resized(self, source: str, have: int, want: int) -> Iterator[str]:
        """Make an argument whose length was compared as long as wanted, and one longer and shorter."""
        try:
            value = ast.literal_eval(source)
        except (ValueError, SyntaxError):
            return
        if len(value) != have or not value:
            return
        for length in (want, want + 1, want - 1):
            if 0 <= length <= 200:
                yield repr((value * (length // len(value) + 1))[:length])

    def _mutate(self, parent: Choice) -> Choice | None:
        template = parent.template
        if not template.slots:
            return None
        self._current = chosen = list(parent.chosen)
        for _ in range(1 if self.random.random() < 0.7 else 2):
            i = self.random.randrange(len(chosen))
            chosen[i] = self._changed(template, i, chosen[i])
        keys = [c.partition("=")[0] for slot, c in zip(template.slots, chosen) if slot.keyword and c]
        if len(keys) != len(set(keys)):
            return None
        return Choice(template, tuple(chosen))

    def _changed(self, template: Template, i: int, source: str) -> str:
        slot = template.slots[i]
        wanted = self._wanted.get(id(template) * 100 + i, [])
        roll = self.random.random()
        if wanted and roll < 0.4:
            return self.random.choice(wanted)
        if slot.role == "argument" and template.maker and roll > 0.85:
            return self._like_the_receiver(template, slot, source)
        if roll < 0.6 or slot.role in ("step", "setting") or not source:
            return self.random.choice(slot.pool)
        return self._varied(source)

    def _like_the_receiver(self, template: Template, slot: Slot, source: str) -> str:
        """Make another object like the receiver, equal or nearly so: where two meet, that is the interesting case."""
        if not any(s.startswith(f"{template.maker}(") for s in slot.pool):
            return source
        made = []
        for i, other in enumerate(template.slots):
            if other.role == "construct":
                chosen = self._current[i]
                if self.random.random() < 0.2:
                    chosen = self.random.choice(other.pool)
                if chosen:
                    made.append(f"{other.label}{expression_of(chosen)}")
        return f"{template.maker}({', '.join(made)})"

    def _varied(self, source: str) -> str:
        """Change a literal a little: texts by tokens and characters, numbers by steps, containers by items."""
        if SEPARATOR in source:
            return self._varied_content(source)
        if source.endswith(")") and not source.startswith("("):
            return self._varied_call(source)
        try:
            value = ast.literal_eval(source)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return source
        return repr(self._vary(value))

    def _varied_call(self, source: str) -> str:
        """Change one literal among the arguments of a constructor."""
        try:
            tree = ast.parse(source, mode="eval")
        except (SyntaxError, ValueError):
            return source
        literals = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value is not None]
        if not literals:
            return source
        chosen = self.random.choice(literals)
        same = [c for c in self._constants if type(c) is type(chosen.value)]
        chosen.value = self.random.choice(same) if same and self.random.random() < 0.5 else self._vary(chosen.value)
        return ast.unparse(tree)

    def _varied_content(self, source: str) -> str:
        """Change the content of the file that the choice writes first."""
        before, mark, after = source.partition(".write_text(")
        content, closing, rest = after.rpartition(f"){SEPARATOR}")
        try:
            return f"{before}{mark}{self._vary_text(ast.literal_eval(content))!r}{closing}{rest}"
        except (ValueError, SyntaxError, TypeError):
            return source

    def _vary(self, value: Any) -> Any:
        pick = self.random
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return pick.choice([value + 1, value - 1, -value, value * 2, value * 10, value // 2])
        if isinstance(value, float):
            return pick.choice([value + 0.5, value - 0.5, -value, value * 2, value / 2, float(int(value))])
        if isinstance(value, str):
            return self._vary_text(value)
        if isinstance(value, (list, tuple)) and value:
            items = list(value)
            at = pick.randrange(len(items))
            action = pick.randrange(4)
            if action == 0:
                items[at] = self._vary(items[at])
            elif action == 1:
                del items[at]
            elif action == 2:
                items.insert(at, items[pick.randrange(len(items))])
            else:
                pick.shuffle(items)
            return type(value)(items)
        if isinstance(value, dict) and value:
            key = pick.choice(sorted(value, key=repr))
            changed = dict(value)
            if pick.random() < 0.3:
                del changed[key]
            else:
                changed[key] = self._vary(changed[key])
            return changed
        return value

    def _vary_text(self, text: str) -> str:
        pick = self.random
        at = pick.randrange(len(text) + 1)
        end = min(len(text), at + pick.randrange(1, 4))
        token = pick.choice(self._tokens())
        action = pick.randrange(11)
        if action == 8:
            return text[:at] + _LETTERS[: max(1, len(text) - at)]
        if action == 9:
            return _DIGITS[: max(1, at)] + text[at:]
        if action == 10 and text:
            at = min(at, len(text) - 1)
            return text[:at] + pick.choice("aZ50-_ .") + text[at + 1 :]
        if action == 6:
            return token + text + token
        if action == 7:
            return token + text
        if action == 0:
            return text[:at] + text[end:]
        if action in (1, 2):
            return text[:at] + token + text[at:]
        if action == 3:
            return text[:at] + token + text[end:]
        if action == 4:
            return text[:at] + text[at:end] * 2 + text[end:]
        return token if pick.random() < 0.3 else text + token

    @property
    def _constants(self) -> list[Any]:
        return self.observer.subject.facts.constants

    def _tokens(self) -> list[str]:
        if not hasattr(self, "_token_list"):
            constants = [c for c in self.observer.subject.facts.constants if isinstance(c, str) and 0 < len(c) <= 12]
            self._token_list = [
                *constants,
                *constants,
                *" -_.:,;/\"'()[]{}=\\\n\t#@%&+*?!<>$",
                "0",
                "1",
                "9",
                "a",
                "Z",
                "é",
                "1.5",
                "-1",
            ]
        return self._token_list


def _members(container: Any) -> list[Any]:
    if isinstance(container, str):
        return list(container[:12])
    if isinstance(container, (list, tuple, set, frozenset, dict)):
        return sorted(container, key=repr)[:12]
    return []


def _solved(source: str, have: Any, want: Any) -> Iterator[str]:
    """Take what was compared for the argument plus something, then for the argument times something."""
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return
    if type(value) not in (int, float):
        return
    kind = type(value)
    with contextlib.suppress(OverflowError, ValueError, ZeroDivisionError):
        for found in (value + want - have, value - want + have, value * want / have):
            yield repr(kind(round(found)) if kind is int else found)
