"""What the two forked workers do: one searches in an instrumented module, the other judges in a clean one."""

from __future__ import annotations

import ast
import dataclasses
import datetime
import functools
import inspect
import os
import sys
import types
import warnings
from typing import Any, Callable

from greenline_probe import clock, guard, limits, wire
from greenline_probe.explore import accidents, environment, idioms, no_call, obstacles
from greenline_probe.explore.arcs import recorder
from greenline_probe.explore.budget import Budget
from greenline_probe.explore.candidates import best
from greenline_probe.explore.choose import choose
from greenline_probe.explore.comparisons import Comparisons
from greenline_probe.explore.definitions import is_private, public_callers
from greenline_probe.explore.documented import Documented
from greenline_probe.explore.examples import Examples, hinted_types
from greenline_probe.explore.express import Expresser, Names
from greenline_probe.explore.familiar import near_examples
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.instrument import Watch
from greenline_probe.explore.loosen import TIMES, loosened
from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.not_testable import NotTestable
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.passed_on import is_shadowed, passed_on
from greenline_probe.explore.project_makers import ProjectMakers
from greenline_probe.explore.properties import Properties, message_of
from greenline_probe.explore.search import Search
from greenline_probe.explore.subject import Subject, import_module, resolve, variable_name
from greenline_probe.explore.surroundings import ELSEWHERE
from greenline_probe.explore.template import CLIENT, Choice, Template, curried, described, sequences, templates
from greenline_probe.explore.through import StepsObserver, gives_nothing, readers, through
from greenline_probe.explore.values import Values

Emit = Callable[[Any], None]

SEARCH_SHARE = 0.6
CPU_SHARE, CPU_BESIDES = 8, 120
"""A backstop: the time on the clock is watched elsewhere."""
PROPERTY_SHARE = 0.25
MAX_CALLERS = 3
MOST_ALIKE = 6
MOST_LOOSE = 12


class Session:
    """One worker's view of the target: module imported, templates made, ready to run calls."""

    def __init__(self, request: wire.Explore, announce: Callable[[str], bool], *, instrumented: bool) -> None:
        self.request = request
        self.refused: list[str] = []
        self.clock_asked = False
        os.chdir(request.scratch)
        sys.path[:0] = [r for r in request.roots if r not in sys.path]
        limits.apply(cpu_seconds=int(request.seconds * CPU_SHARE) + CPU_BESIDES)
        obstacles.hide_display()
        self.guard = guard.install(
            [request.scratch],
            request.refuse or guard.KINDS,
            self.refused.append,
            hidden=request.hidden,
            shown=[*request.shown, *request.roots],
        )
        watch = Watch(request.module, comparing=instrumented)
        self.comparisons = watch.comparisons
        module = import_module(request.module)
        idioms.set_up()
        with open(request.file, encoding="utf-8") as file:
            text = file.read()
        self.subject: Subject = resolve(module, request.qualname, text)
        self.names = Names(module)
        if self.subject.owner is not None:
            self.names.variable = variable_name(self.subject.owner.__name__)
        self.makers = ProjectMakers([wire.Maker(**each) for each in request.makers], self.names, announce)
        self.names.reserved = self.makers.fixtures
        self.express = Expresser(self.names)
        tracer = recorder(getattr(module, "__file__", None) or request.file, watch.code)
        self.observer = StepsObserver(self.subject, self.express, tracer, request.scratch, announce)
        self.observer.refused = self.refused
        self.observer.makers = self.makers
        warnings.simplefilter("ignore")
        self.in_order: list[Choice] = []
        self.shown: list[Choice] = []
        self.templates = self._templates(text)
        self.documented = Documented(self.observer, self.templates)
        own = [t for t in self.templates if t.subject is self.subject]
        seen = Examples(self.names, own, announce)
        passed = [*seen.choices(self.subject.facts.examples, documented=True), *seen.choices(request.examples)]
        self.examples = [*passed, *self.shown, *self.in_order]
        self.near = near_examples(passed)
        first = {int(k): v for k, v in request.first_line.items()}
        arcs = frozenset((a, b) for a, b in request.goal_arcs)
        self.goals = Goals(frozenset(request.goal_lines), arcs, first)

    def _templates(self, text: str) -> list[Template]:
        """Return the ways to reach the target: for a private one, through its public callers first."""
        found: list[Template] = []
        if is_private(self.subject.qualname):
            for caller in public_callers(self.subject.tree, self.subject.qualname)[:MAX_CALLERS]:
                try:
                    found += self._ways(resolve(self.subject.module, caller, text))
                except NotTestable:
                    continue
        direct = self._ways(self.subject)
        for template in direct:
            template.detour = bool(found)
        return found + direct + ([] if found else self._shown_by_others(direct, text))

    def _shown_by_others(self, direct: list[Template], text: str) -> list[Template]:
        """Return the ways to see by other methods what a method did whose own calls show nothing."""
        subject, found = self.subject, []
        if subject.kind != "method" or not direct or not gives_nothing(subject.node):
            return []
        if self.observer.run(Choice(direct[0], direct[0].first()), trace=False).after:
            return []
        for other in readers(subject.tree, subject.qualname):
            try:
                found += self._ways(resolve(subject.module, other, text))[:1]
            except NotTestable:
                continue
        return found

    def _ways(self, subject: Subject) -> list[Template]:
        values = Values(self.names, subject.facts, self.observer.attempt, self.makers)
        values.guarded = self.observer.guarded
        if subject.owner is not None:
            values.owner_parameters = _parameters_of(subject.owner)
        if subject is self.subject:
            values.hinted = hinted_types(self.request.hints)
        ways = templates(subject, values)
        if subject is self.subject:
            self.shown = idioms.choices(ways, values)
        name = self.subject.name
        if subject.owner is not None and subject.owner is self.subject.owner:
            if subject is not self.subject and not is_private(self.subject.qualname):
                ways = [seen for way in ways if (seen := through(way, name)) is not None]
            self.in_order += [choice for way in ways[:1] for choice in sequences(way, values, name)]
        for template in ways[:1]:
            result = self.observer.result_of(Choice(template, template.first()))
            if isinstance(result, types.FunctionType) and result.__module__ == subject.module.__name__:
                further = curried(template, result, values)
                ways += [further] if further else []
        return ways

    def needed(self, what: str) -> str:
        """Return what a refused call needs: "network", "database", "terminal" ..."""
        return obstacles.of_refusal(what, self.guard.kinds.get(what, ""))


def search(request: wire.Explore, emit: Emit, announce: Callable[[str], bool]) -> None:
    """First worker: search in the instrumented module; emit what is worth judging."""
    session = Session(request, announce, instrumented=True)
    if not session.templates:
        raise NotTestable(no_call.why_no_template(session))
    seed = _seed(request)
    searcher = Search(
        session.observer,
        session.templates,
        session.goals,
        session.comparisons,
        session.express,
        seed,
        budget=Budget(request.seconds * SEARCH_SHARE),
    )
    found = searcher.run([*session.documented.seeds(), *session.examples], session.near)
    candidates = best(found, session.goals)
    emit(
        {
            "candidates": [
                [session.templates.index(o.choice.template), list(o.choice.chosen), o.choice.cost] for o in candidates
            ],
            "imports": [[name, *where] for name, where in session.names.imports.items()],
            "calls": found.calls,
            "left": searcher.budget.left(),
            "refusals": [
                [what, session.needed(what), described(found.refused[what])]
                for what in sorted(found.refusals, key=lambda r: -found.refusals[r])[:5]
            ],
            "obstacles": {
                missing: [found.obstacles[missing], described(seen.choice), seen.error_text]
                for missing, seen in sorted(found.obstructed.items(), key=lambda kept: -found.obstacles[kept[0]])
            },
            "slow": no_call.how_slow(session, found.slow)
            if found.slow and not session.goals.all <= found.met
            else None,
            "bare": no_call.bare(session),
            "kinds": found.kinds,
            "left_out": list(idioms.left_out.values()),
            "accidents": accidents.told(
                found.accidents.values(),
                session.observer.intentions.networking if "network" in map(session.needed, found.refusals) else (),
            ),
        }
    )


def judge(
    request: wire.Explore, found: dict[str, Any], emit: Emit, announce: Callable[[str], bool], *, mutate: bool
) -> None:
    """Second worker: run the candidates in the module as it is, twice; choose; emit the cases."""
    session = Session(request, announce, instrumented=False)
    budget = Budget(request.seconds * (1 - SEARCH_SHARE) + found.get("left", 0.0))
    for name, module, attribute in found["imports"]:
        if name not in session.names.bound and module in sys.modules:
            value = sys.modules[module]
            session.names.bind(name, module, attribute, getattr(value, attribute) if attribute else value)
    observations: list[Observation] = []
    dated = loose = 0
    for index, chosen, cost in found["candidates"]:
        choice = Choice(session.templates[index], tuple(chosen), cost=cost)
        first = session.observer.run(choice)
        if first.usable and _is_same_elsewhere(first, session):
            observations.append(first)
        elif first.usable and loose < MOST_LOOSE:
            loose += 1
            left = loosened(first, session.observer, request.module.partition(".")[0], request.scratch)
            dated += session.clock_asked and left is None
            observations += [left] if left is not None else []
    observations = _loose_where_needed(observations, session.goals)
    observations = session.documented.joined(observations, lambda o: _is_same_elsewhere(o, session))
    observations = _few_alike(observations, session.goals)
    if not observations:
        reason = "what it returns or does depends on the current time" if dated else ""
        reason = session.documented.reason() or reason
        accidents = session.documented.contradictions
        emit({"cases": [], "mutants": 0, "killed": 0, "missed": [], "reason": reason, "accidents": accidents})
        return
    subject = session.subject
    beat = functools.partial(announce, "(changes of the code)")
    mutation = Mutation(subject.function, subject.node, subject.qualname, request.file, beat)
    if not mutate:
        mutation.mutants.clear()
    rest = session.goals.are_a_rest(subject.node)
    if rest:  # the tests that are there speak of the others
        mutation.mutants = [m for m in mutation.mutants if session.goals.statement(m.line) in session.goals.lines]
    nothing = Comparisons()
    near = Search(
        session.observer,
        session.templates,
        session.goals,
        nothing,
        session.express,
        _seed(request),
        budget=budget,
    )

    def holds(observation: Observation) -> bool:
        return session.documented.allows(observation) and _is_same_elsewhere(observation, session)

    chosen_ones = choose(observations, session.goals, mutation, session.observer, near, budget, holds, rest=rest)
    met = set().union(*(session.goals.met_by(o.edges) for o in chosen_ones.observations))
    properties = Properties(session.observer, mutation, _seed(request), Budget(request.seconds * PROPERTY_SHARE))
    held = [] if rest else properties.found([*chosen_ones.observations, *observations], chosen_ones.unnoticed)
    noticed = {f"line {m.line}: {m.what}" for each in held for m in each.noticed}
    emit(
        {
            "cases": [wire.encode(_case(o, session)) for o in chosen_ones.observations],
            "mutants": chosen_ones.mutants,
            "properties": [dataclasses.asdict(message_of(each, session.observer)) for each in held],
            "killed": chosen_ones.killed + sum(len(each.noticed) for each in held),
            "missed": sorted(map(str, session.goals.all - met)),
            "survivors": [s for s in chosen_ones.survivors if s not in noticed],
            "unnoticed": [
                [words, *m.edit] for m in chosen_ones.unnoticed if (words := f"line {m.line}: {m.what}") not in noticed
            ],
            "accidents": [*session.documented.contradictions, *properties.contradictions],
            "passed_on": passed_on(session.names.imports.values()),
            "shadowed": is_shadowed(request.module),
        }
    )


def _seed(request: wire.Explore) -> str:
    return f"{request.seed}:{request.module}:{request.qualname}"


def _parameters_of(owner: Any) -> list[str]:
    try:
        return list(inspect.signature(owner).parameters)
    except (TypeError, ValueError):
        return []


def _is_same_elsewhere(first: Observation, session: Session) -> bool:
    """Run the call again in another folder and environment and, if it looks at the clock, at other times."""
    choice, observer = first.choice, session.observer
    folder = os.path.join(session.request.scratch, ELSEWHERE)
    asked = session.subject.facts.environment
    with clock.another_folder(folder), environment.another(asked, folder), clock.Watch() as watch:
        again = observer.run(choice, trace=False)
    session.clock_asked = watch.asked
    if again.fingerprint != first.fingerprint or (watch.drew and not _is_same_drawn(first, session)):
        return False
    return not watch.asked or all(_is_same_then(first, session, shift) for shift in clock.SHIFTS)


def _is_same_then(first: Observation, session: Session, shift: datetime.timedelta) -> bool:
    """Run the call again at another time; which way it goes counts too, for a test is named after it."""
    with clock.another_day({session.request.module.partition(".")[0]}, shift), clock.Watch() as watch:
        later = session.observer.run(first.choice)
    return later.fingerprint == first.fingerprint and later.edges == first.edges and not watch.asked


def _is_same_drawn(first: Observation, session: Session) -> bool:
    """Run the call again under other random numbers."""
    observer = session.observer
    try:
        for entropy in range(1, TIMES + 1):
            observer.entropy = entropy
            if observer.run(first.choice, trace=False).fingerprint != first.fingerprint:
                return False
        return True
    finally:
        observer.entropy = 0


def _loose_where_needed(observations: list[Observation], goals: Goals) -> list[Observation]:
    """Leave out what says little where calls of one certain outcome meet the same goals."""
    met = set().union(*(goals.met_by(o.edges) for o in observations if not o.loose))
    return [o for o in observations if not o.loose or not goals.met_by(o.edges) <= met]


def _few_alike(observations: list[Observation], goals: Goals) -> list[Observation]:
    """Keep the simplest few of the calls that fail in one way: a maintainer wants one, a mutant or a branch another."""
    seen: dict[Any, int] = {}
    met: set[Any] = set()
    kept = []
    for observation in sorted(observations, key=lambda o: o.choice.cost):
        key = (observation.error, observation.message, observation.error_line)
        seen[key] = seen.get(key, 0) + 1
        mine = goals.met_by(observation.edges) | observation.shows
        if observation.kind != "raise" or seen[key] <= (MOST_ALIKE if observation.message else 1) or not mine <= met:
            kept.append(observation)
            met |= mine
    return kept


def _statements(source: str) -> list[str]:
    """Return the statements of a slot one by one, where none is a block."""
    lines = source.split("\n")
    return [source] if any(line[:1].isspace() or not line for line in lines) else lines


def _case(observation: Observation, session: Session) -> wire.Case:
    template, chosen = observation.choice.template, observation.choice.chosen
    arguments = [list(a) for a in template.arguments(chosen)]
    written = template.arrange(chosen) if observation.arranged is None else observation.arranged
    arrange = [*observation.prepared, *(each for line in written for each in _statements(line))]
    call = template.call([f"\x00{i}\x00" for i in range(len(arguments))], chosen)
    if observation.kind == "raise" and template.tail and "(" not in template.tail:
        call = call[: -len(template.tail)]  # of what is not made nothing is looked at
    sources = [
        *arrange,
        call.replace("\x00", "_"),
        *(a[2] for a in arguments),
        observation.expected or "",
        *observation.details,
        *observation.after,
        *observation.decorators,
        observation.error,
    ]
    used = {n.id for s in sources if s for n in ast.walk(ast.parse(s)) if isinstance(n, ast.Name)}
    imports = [[name, *session.names.imports[name]] for name in sorted(used) if name in session.names.imports]
    fixtures = session.makers.used([*arrange, *(a[2] for a in arguments), *sources[len(arrange) :]])
    return wire.Case(
        arrange=arrange,
        callee=template.callee,
        arguments=arguments,
        call=call,
        form=template.form,
        shape=observation.shape,
        kind=observation.kind,
        expected=observation.expected,
        details=list(observation.details),
        after=list(observation.after),
        kept=sorted(observation.kept),
        error=observation.error,
        message=observation.message,
        imports=imports,
        edges=[list(e) for e in sorted(observation.edges)],
        documented=observation.documented,
        tested=template.subject.qualname,
        decorators=list(observation.decorators),
        fixtures=fixtures,
        brought=[_brought(name, session) for name in fixtures if name in session.makers.brought],
        shared=[each for slot, s in zip(template.slots, chosen) if slot.name == CLIENT for each in _statements(s)],
    )


def _brought(name: str, session: Session) -> list[Any]:
    """Return a fixture that stands beside the tests: its name, its source, what it imports."""
    source, imports = session.makers.brought[name], session.names.imports
    used = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    return [name, source, [[each, *imports[each]] for each in sorted(used) if each in imports]]
