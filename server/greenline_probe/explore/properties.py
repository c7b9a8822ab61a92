"""Properties: laws that hold for whatever the engine tries, say something, and add to what the examples assert."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from greenline_probe import wire
from greenline_probe.explore.budget import Budget
from greenline_probe.explore.laws import Law, commutative, hash_law, laws_of, neutral
from greenline_probe.explore.mutants import Mutant, Mutation
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.proof import LEAST_INPUTS, Proof, Prover
from greenline_probe.explore.readable_rows import Row, is_fit, is_short, with_others
from greenline_probe.explore.siblings import partners
from greenline_probe.explore.sources import SEPARATOR
from greenline_probe.explore.strategies import Strategist
from greenline_probe.explore.template import OMITTED, Choice, Slot, Template
from greenline_probe.explore.variations import Variations, hard_ones

INPUTS = 300
MOST_PROPERTIES = 2
MOST_ROWS = 5
TRIED_ROWS = 16
MOST_MUTANTS = 60
MUTANT_SECONDS = 0.1
MOST_EXAMPLES = 3
NEUTRAL = ("0", "1", "''", "[]", "{}")
"""What changes nothing, where something does."""


@dataclass
class Held:
    """A law that held, and is worth a test over ``rows``."""

    proof: Proof
    template: Template
    rows: list[Row]
    strategies: list[str]
    """For Hypothesis, where the project has it: one for each parameter; else empty."""
    examples: list[Row] = field(default_factory=list)
    """For Hypothesis to try in any case: rows that take the branches, and those that notice mutants."""
    is_slow: bool = False
    """A call takes more than a few milliseconds: Hypothesis' own limit would sometimes be too short."""
    noticed: list[Mutant] = field(default_factory=list)
    """Mutants that the examples let pass."""


_OF_FILES = frozenset({
    "open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdtemp", "mkstemp", "NamedTemporaryFile",
    "TemporaryDirectory", "run", "check_output", "Popen", "sleep", "connect", "execute", "urlopen",
})  # fmt: skip
"""Calls that wait for something else than the processor."""


class Properties:
    """Looks for the laws of one target among its observations; spends little."""

    def __init__(self, observer: Observer, mutation: Mutation, seed: str, budget: Budget) -> None:
        self._observer = observer
        self._subject = observer.subject
        self._mutation = mutation
        self._budget = budget
        self._prover = Prover(observer, budget)
        self._seed = seed
        self._random = random.Random(seed)
        self._variations = Variations(self._random, observer.subject.facts.constants)
        subject = observer.subject
        self._strategist = Strategist(observer.names, subject.function, subject.node, seed)
        self.contradictions: list[dict[str, Any]] = []
        """Laws that the documentation promises and a call breaks, as ``Explored.accidents`` has it."""

    def found(self, observations: list[Observation], open_mutants: list[Mutant]) -> list[Held]:
        """Return at most two properties; a promise that the names make comes before what just happens to hold."""
        held: list[Held] = []
        left = list(open_mutants[:MOST_MUTANTS])
        for law, template, inputs in self._candidates(observations):
            if self._budget.is_over() or len(held) >= MOST_PROPERTIES:
                break
            known = any((h.proof.law.kind, h.proof.law.partner) == (law.kind, law.partner) for h in held)
            if known or not (law.is_promise or left):
                continue
            counts = [self._strategist.count(_own_name(name, template)) for name in law.parameters]
            proof = self._prover.prove(law, inputs, min(LEAST_INPUTS, *(c or LEAST_INPUTS for c in counts)))
            if proof is None:
                self._contradicted(law, self._prover.refuted)
                continue
            one = Held(proof, template, proof.rows, [])
            kept = self._notice(one, left)
            if (law.is_promise or one.noticed) and self._holds_for_any(one):
                self._exemplify(one, observations, kept)
                left = [m for m in left if m not in one.noticed]
                held.append(one)
        return held

    def _holds_for_any(self, held: Held) -> bool:
        """Try the law on any values of its parameters' kinds; note what breaks a promise of the documentation."""
        law = held.proof.law
        self._prover.watch()
        own = tuple(_own_name(name, held.template) for name in law.parameters)
        verdict = self._strategist.verdict(held.proof, self._prover, own)
        held.strategies, held.is_slow = list(verdict.strategies), self._prover.is_slow
        self._contradicted(law, verdict.refuted)
        return verdict.refuted is None

    def _contradicted(self, law: Law, refuted: Row | None) -> None:
        if refuted is None or not law.documented or any(map(_needs_more, refuted)):
            return
        values = dict(zip(law.parameters, refuted))
        broken = " and ".join(_with_values(check, law.steps, values) for check in law.checks)
        says = {"error": "is not so", "documented": law.documented, "line": getattr(self._subject.node, "lineno", 0)}
        self.contradictions.append({"call": broken, "typed": True, **says})

    def _exemplify(self, held: Held, observations: list[Observation], kept: list[Row]) -> None:
        """Choose the rows to try in any case: one for each branch that exploring found, and what notices mutants."""
        if not held.strategies:
            return
        law, template = held.proof.law, held.template
        seen: set[Any] = set()
        found = list(kept)
        mine = [o for o in observations if o.choice.template is template and o.kind == "value"]
        for observation in mine if len({o.edges for o in mine}) > 1 else []:
            row = _row_of(observation.choice, law, template)
            if row is None or observation.edges <= seen or not all(map(is_short, row)):
                continue
            if self._prover.speaks(law, row) and self._prover.holds(law, row):
                seen |= observation.edges
                found.append(row)
        held.examples = [row for row in dict.fromkeys(found) if all(map(is_short, row))][:MOST_EXAMPLES]

    # ---- candidates ------------------------------------------------------------------------------------------------

    def _candidates(self, observations: list[Observation]) -> Iterator[tuple[Law, Template, list[Row]]]:
        """Yield laws that could be meant, promises first, each with inputs for it."""
        found: list[tuple[Law, Template, list[Row]]] = []
        for template in self._templates(observations):
            mine = [o for o in observations if o.choice.template is template]
            shapes = {o.shape for o in mine if o.kind == "value"}
            if len(shapes) != 1 or not shapes <= {"value", "iterate"}:
                continue
            is_lazy = shapes == {"iterate"}
            if template.receiver:
                found += self._about_receivers(template, mine, is_lazy)
            else:
                found += self._about_arguments(template, mine, is_lazy)
        yield from sorted(found, key=lambda f: not f[0].is_promise)

    def _templates(self, observations: list[Observation]) -> list[Template]:
        ways = {id(o.choice.template): o.choice.template for o in observations}
        fit = [t for t in ways.values() if not t.detour and t.subject is self._subject]
        return [t for t in fit if t.form in ("call", "property", "operator") and t.subject.kind != "constructor"]

    def _about_arguments(
        self, template: Template, mine: list[Observation], is_lazy: bool
    ) -> Iterator[tuple[Law, Template, list[Row]]]:
        """Yield laws about the first argument (and the second), all else as it is by default."""
        taken = [i for i, s in enumerate(template.slots) if _takes_one(template, s)]
        base = [OMITTED if OMITTED in s.pool else s.pool[0] for s in template.slots]
        if template.form != "call" or not taken:
            return
        first, x = taken[0], _parameter_name(template.slots[taken[0]].name, template)
        if any(SEPARATOR in source or not is_fit(source) for source in base[:first] + base[first + 1 :]):
            return

        def call(passed: dict[int, str]) -> str:
            chosen = tuple(passed.get(i, source) for i, source in enumerate(base))
            text = template.call([label + e for _, label, e in template.arguments(chosen)], chosen)
            return f"list({text})" if is_lazy else text

        inputs = self._sources(template, first, mine)
        rows: list[Row] = [(source,) for source in inputs]
        for law in laws_of(
            self._subject, x, lambda text: call({first: text}), partners(self._subject, self._observer.names)
        ):
            yield law, template, rows
        required = [i for i in taken if OMITTED not in template.slots[i].pool]
        if len(required) == 2 and required[0] == first:
            y = _parameter_name(template.slots[required[1]].name, template)
            others = self._sources(template, required[1], mine)
            pairs: list[Row] = [(a, b) for a in inputs[:24] for b in others[:24]]
            self._random.shuffle(pairs)
            law = commutative(self._subject, x, y, lambda a, b: call({first: a, required[1]: b}))
            yield law, template, pairs[:INPUTS]
            for element in NEUTRAL:
                law = neutral(x, lambda text, e=element: call({first: text, required[1]: e}), element)  # type: ignore[misc]
                yield law, template, rows

    def _about_receivers(
        self, template: Template, mine: list[Observation], is_lazy: bool
    ) -> Iterator[tuple[Law, Template, list[Row]]]:
        """Yield round trips of instances, and the law of equal hashes."""
        x = template.receiver
        pairs: list[Row]
        chosen = tuple(OMITTED if OMITTED in s.pool else s.pool[0] for s in template.slots)
        if any(s.role == "argument" and c for s, c in zip(template.slots, chosen)) or is_lazy:
            return
        made = list(dict.fromkeys(r for o in mine if (r := _receiver_of(o.choice)) and is_fit(r)))
        made += [s for s in self._varied(made, INPUTS) if s not in made]
        if self._subject.name == "__hash__":
            pairs = [*((a, b) for a in made[:14] for b in made[:14]), *((a, a) for a in made[14:])]
            yield hash_law(x), template, pairs
            return
        for law in laws_of(
            self._subject, x, lambda _: template.call([], chosen), partners(self._subject, self._observer.names)
        ):
            if law.kind == "round-trip":
                yield law, template, [(source,) for source in made]

    def _sources(self, template: Template, index: int, mine: list[Observation]) -> list[str]:
        """Return inputs for one slot: what was observed, what was in its pool, then variations of both."""
        slot = template.slots[index]
        seen = [o.choice.chosen[index] for o in sorted(mine, key=lambda o: (not o.documented, o.choice.cost))]
        known = [s for s in dict.fromkeys([*seen, *slot.pool]) if s and s not in slot.odd and not _needs_more(s)]
        known += [s for s in self._strategist.values(slot.name) if s not in known]
        return list(dict.fromkeys([*known, *self._varied(known, INPUTS - len(known))]))

    def _varied(self, known: list[str], count: int) -> list[str]:
        made = [hard for source in known[:40] for hard in hard_ones(source)]
        for _ in range(count if known else 0):
            made.append(self._variations.of(self._random.choice([*known, *made[-20:]])))
        return [s for s in made if len(s) < 200]

    def _notice(self, held: Held, mutants: list[Mutant]) -> list[Row]:
        """Find which of the mutants the property notices; keep the rows that do, which are returned, and some more."""
        tried: list[Row] = held.rows[:TRIED_ROWS]
        kept: list[Row] = []
        seconds, self._observer.seconds = self._observer.seconds, MUTANT_SECONDS
        try:
            for mutant in mutants:
                if self._budget.is_over():
                    break
                self._mutation.apply(mutant)
                row = next((r for r in [*kept, *tried] if self._prover.holds(held.proof.law, r) is not True), None)
                if row is not None and (row in kept or len(kept) < MOST_ROWS):
                    held.noticed.append(mutant)
                    kept += [row] if row not in kept else []
        finally:
            self._mutation.apply(None)
            self._observer.seconds = seconds
        held.rows = with_others(kept, held.rows)
        return kept


def message_of(held: Held, observer: Observer) -> wire.Property:
    """Return the property as the server gets it."""
    law, names = held.proof.law, observer.names
    rows = held.examples if held.strategies else held.rows
    sources = [*(s for row in rows for s in row), *law.steps, *law.checks, *held.strategies]
    used = {n.id for s in sources for n in ast.walk(ast.parse(s)) if isinstance(n, ast.Name)} - set(law.parameters)
    return wire.Property(
        kind=law.kind,
        tested=held.template.subject.qualname,
        partner=law.partner,
        parameters=list(law.parameters),
        rows=[list(row) for row in held.rows],
        steps=list(law.steps),
        checks=list(law.checks),
        strategies=held.strategies,
        examples=[list(row) for row in held.examples],
        slow=held.is_slow,
        files=bool(observer.subject.facts.calls & _OF_FILES),
        documented=law.documented,
        imports=[[name, *names.imports[name]] for name in sorted(used) if name in names.imports],
    )


def _takes_one(template: Template, slot: Slot) -> bool:
    """Tell whether the slot is one parameter of the call, and not one of many."""
    parameter = template.subject.signature.parameters.get(slot.name)
    many = parameter is None or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return slot.role == "argument" and not slot.keyword and not many


def _parameter_name(name: str, template: Template) -> str:
    """Return the name of the test's parameter: as the function's, where that hides nothing that the test needs."""
    taken = {template.callee.partition(".")[0], "list", "sorted", "len", "pytest", "request"}
    return f"{name}_value" if name in taken else name


def _receiver_of(choice: Choice) -> str:
    """Return the expression of the instance alone, empty when more was done with it."""
    template = choice.template
    pairs = list(zip(template.slots, choice.chosen))
    if any(s.role in ("step", "setting") and c for s, c in pairs) or any(SEPARATOR in c for c in choice.chosen):
        return ""
    made = [f"{s.label}{c}" for s, c in pairs if s.role == "construct" and c]
    return f"{template.maker}({', '.join(made)})" if template.maker else made[0]


def _own_name(parameter: str, template: Template) -> str:
    """Return the function's own name of a test's parameter."""
    names = (slot.name for slot in template.slots if _parameter_name(slot.name, template) == parameter)
    return next(names, parameter)


def _row_of(choice: Choice, law: Law, template: Template) -> Row | None:
    """Return what an observed call passes for the law's parameters; None where it passes anything else."""
    if template.receiver:
        made = _receiver_of(choice)
        return (made,) if made and len(law.parameters) == 1 else None
    passed = {
        _parameter_name(slot.name, template): source
        for slot, source in zip(template.slots, choice.chosen)
        if source and source != slot.pool[0]
    }
    given = {_parameter_name(s.name, template): c for s, c in zip(template.slots, choice.chosen)}
    if any(name not in law.parameters for name in passed) or not all(given.get(n) for n in law.parameters):
        return None
    row = tuple(given[name] for name in law.parameters)
    return None if any(map(_needs_more, row)) else row


def _with_values(check: str, steps: tuple[str, ...], values: dict[str, str]) -> str:
    """Return a check with the values in the place of the names, those that steps give included."""
    known: dict[str, ast.expr] = {name: ast.parse(source, mode="eval").body for name, source in values.items()}

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return known.get(node.id, node)

    for step in steps:
        assigned = ast.parse(step).body[0]
        assert isinstance(assigned, ast.Assign)
        known[ast.unparse(assigned.targets[0])] = Put().visit(assigned.value)
    return ast.unparse(Put().visit(ast.parse(check, mode="eval")))


def _needs_more(source: str) -> bool:
    return SEPARATOR in source or "tmp_path" in source
