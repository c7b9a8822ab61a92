"""Programs to try: a receiver, a few steps, one call. Each hole is a slot with a pool of expressions."""

from __future__ import annotations

import inspect
import itertools
import re
import typing
from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore import idioms
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import SEPARATOR, call, expression_of, plain, prelude_of, relabelled
from greenline_probe.explore.steps import in_order, steps_of
from greenline_probe.explore.stubs import heirs_of, is_stand_in
from greenline_probe.explore.subject import OPERATORS, STATEMENTS, Subject, variable_name
from greenline_probe.explore.typical import another, is_a_quantity
from greenline_probe.explore.values import Values

OMITTED = ""
"""The choice for an optional parameter that is not passed."""
CLIENT = "$client"
"""The slot of what all calls of an app need: a test may get it from a fixture."""

MAX_STEPS = 3
MOST_IN_ORDER = 4
MAX_ATTEMPTS = 12
BY_PLACE = 3
"""So many arguments say by their place what they are."""
_BARE = frozenset({"True", "False", "None"})
_WITH_ITEMS = frozenset({"__getitem__", "__setitem__", "__delitem__", "__contains__", "__format__"})
_FILE_NAME = re.compile(r"[\w-]*\.\w{2,5}")


@dataclass
class Slot:
    """A hole in a template. ``label`` is put before the expression (``name=``); a "step" is a whole statement."""

    name: str
    pool: list[str]
    role: str = "argument"
    """setting, construct, step or argument, in the order in which they come in the test"""
    label: str = ""
    typed: bool = False
    """The pool comes from an annotation."""
    odd: frozenset[str] = frozenset()
    """Choices of a type that the parameter does not take: for the checks that refuse them, and nothing else."""
    keyword: bool = False
    """Each choice brings its own name: ``key=expression``."""
    given: frozenset[str] = frozenset()
    """Choices that the project's tests use: there is nothing plainer."""
    hint: Any = None
    """The annotation, where there is one that could be resolved."""
    default: str = ""
    """The expression of the parameter's default."""
    one_of_many: bool = False
    """Of ``*args``: a call that passes none of them says little."""
    by_name: str = ""
    """The label to take, where there is none, behind what says nothing by its place: True, False and None."""
    has_no_less: bool = False
    """How much or how many: nobody passes less than nothing, and the code does not ask for it."""
    familiar: dict[str, int] = field(default_factory=dict)
    """Short texts that callers, tests and documentation pass (0), and small changes of them, the best first."""


@dataclass
class Template:
    """One way to call the target. ``receiver`` is the variable of the instance, empty for functions."""

    subject: Subject
    callee: str
    slots: list[Slot]
    receiver: str = ""
    maker: str = ""
    """The class or factory that makes the receiver."""
    form: str = "call"
    """call, property, setter, statement, operator or curried; a setter is a statement too"""
    shape: str = ""
    """The format of an operator."""
    outer: int = 0
    """Of a curried call: so many argument slots belong to the first call."""
    detour: bool = False
    """It calls a private function directly: only for what its public callers do not reach."""
    tail: str = ""
    """What a test looks at of what the call returns: ``.name``, ``.model_dump()``."""
    through: str = ""
    """The target's name, where it is called in a step and what is called shows what it did."""

    def first(self) -> tuple[str, ...]:
        """Return the most ordinary choice for each slot."""
        return tuple(slot.pool[0] for slot in self.slots)

    def arrange(self, chosen: tuple[str, ...]) -> list[str]:
        """Return the statements before the call, for a choice of one expression per slot."""
        pairs = [(slot, source) for slot, source in zip(self.slots, chosen) if source]
        lines = [source for slot, source in pairs if slot.role == "setting"]
        lines += dict.fromkeys(p for slot, source in pairs if slot.role != "setting" and (p := prelude_of(source)))
        if not self.receiver:
            return lines
        made = [f"{slot.label}{expression_of(source)}" for slot, source in pairs if slot.role == "construct"]
        if self.maker:
            lines.append(f"{self.receiver} = {self.maker}({', '.join(made)})")
        else:
            lines.append(f"{self.receiver} = {made[0]}")
        return lines + [expression_of(source) for slot, source in pairs if slot.role == "step"]

    def arguments(self, chosen: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """Return (parameter, label, expression) of what is passed in the call."""
        found: list[tuple[str, str, str]] = []
        by_name = False
        for slot, source in zip(self.slots, chosen):
            if slot.role != "argument" or not source:
                continue
            label, expression = slot.label, expression_of(source)
            by_name = by_name or bool(found and slot.by_name and expression in _BARE)
            label = label or (slot.by_name if by_name else "")
            if slot.keyword:
                key, _, expression = expression.partition("=")
                label = f"{key}="
            found.append((slot.name, label, expression))
        return found

    def call(self, passed: list[str], chosen: tuple[str, ...]) -> str:
        """Return the call with these argument texts (labels included)."""
        if self.form == "property":
            return self.callee
        if self.form == "setter":
            return f"{self.callee} = {passed[0]}"
        if self.form in ("operator", "statement"):
            return self.shape.format(self.receiver, *passed) if self.receiver else self.shape.format(*passed)
        if self.form == "curried":
            first = [s for s in self.slots if s.role == "argument"][: self.outer]
            given = sum(1 for s, source in zip(self.slots, chosen) if source and any(s is f for f in first))
            return f"{self.callee}({', '.join(passed[:given])})({', '.join(passed[given:])})"
        return f"{self.callee}({', '.join(passed)}){self.tail}"


def templates(subject: Subject, values: Values) -> list[Template]:
    """Return the ways to call the target, most ordinary first; empty when no receiver can be made."""
    special = idioms.ways(subject, values)
    if special is not None:
        around = _around(subject, values)
        for way in special:
            made = [slot for slot in way.slots if slot.name == CLIENT]
            way.slots = [*made, *around, *(slot for slot in way.slots if slot.name != CLIENT)]
        return special
    slots = slots_of(subject.signature, values, values.hints(subject.function), "argument")
    if slots is None:
        return []
    slots = [*_around(subject, values), *slots]
    name = values.names.of(subject.owner) if subject.owner is not None else None
    if subject.kind == "function":
        # The module's own binding: decorated, as its users call it.
        thing = getattr(subject.module, subject.qualname)
        if not _takes_names(thing):
            for slot in (s for s in slots if "" not in s.pool):
                slot.label = slot.by_name = ""
        callee = values.names.bind_attribute(subject.module.__name__, subject.qualname, thing)
        return [Template(subject, callee, slots)]
    if name is None:
        return []
    if subject.kind in ("classmethod", "staticmethod"):
        return [Template(subject, f"{name}.{subject.name}", slots)]
    if subject.kind == "constructor":
        return [Template(subject, name, slots)]
    return [
        t for receiver in _receivers(subject, name, values, slots) for t in methods_of(subject, slots, receiver, values)
    ]


def _around(subject: Subject, values: Values) -> list[Slot]:
    """Return slots for all that stands before a call, whatever way the target is called."""
    return [*_settings(values), *idioms.settings(subject, values)]


def sequences(template: Template, values: Values, target: str) -> list[Choice]:
    """Return the ordinary call after the methods that change its instance, about the same thing."""
    steps = [i for i, slot in enumerate(template.slots) if slot.role == "step"]
    if not steps:
        return []
    found = []
    for run in in_order(template.subject, template.receiver, values, _values_by_name(template.slots), target):
        chosen = list(template.first())
        used = steps[-len(run) :] if template.through else steps[: len(run)]
        for i, source in zip(used, run):
            chosen[i] = source
            if source not in template.slots[i].pool:
                template.slots[i].pool.append(source)
        found.append(Choice(template, tuple(chosen)))
    return [*found[:MOST_IN_ORDER], *_twice(template, steps)] if template.through else found


def _twice(template: Template, steps: list[int]) -> list[Choice]:
    """Return choices in which the target is called for two things, or twice for one, before one is asked for."""
    calls = template.slots[steps[-1]].pool[:2]
    made = [(i, s) for i, slot in enumerate(template.slots) if slot.role == "construct" for s in slot.pool[1:2]]
    found = []
    for changed in [None, *made[:2]]:
        for one, other in itertools.permutations(calls, 2):
            chosen = list(template.first())
            if changed:
                chosen[changed[0]] = changed[1]
            chosen[steps[-2]], chosen[steps[-1]] = one, other
            found.append(Choice(template, tuple(chosen)))
    return found


def curried(template: Template, result: Any, values: Values) -> Template | None:
    """Return the template that calls what the first call returned, for a function of the project's."""
    try:
        signature = inspect.signature(result)
    except (TypeError, ValueError):
        return None
    inner = slots_of(signature, values, values.hints(result), "argument")
    if inner is None or template.form != "call":
        return None
    outer = sum(1 for s in template.slots if s.role == "argument")
    slots = [*template.slots, *inner]
    return Template(template.subject, template.callee, slots, template.receiver, template.maker, "curried", outer=outer)


def _settings(values: Values) -> list[Slot]:
    """Return slots for what the code reads from its surroundings: environment variables, the current folder."""
    slots = []
    for name in values.facts.environment[:3]:
        found = [repr(c) for c in values.facts.compared.get("$" + name, ()) if isinstance(c, str)]
        texts = list(dict.fromkeys([*found, "'1'", "'true'", "'abc'", "''", "'0'"]))
        pool = [f"monkeypatch.setenv({name!r}, {text})" for text in texts[:8]]
        # Nobody knows what it is where the test runs: each test says it.
        slots.append(Slot(f"${name}", [f"monkeypatch.delenv({name!r}, raising=False)", *pool], "setting"))
    if values.facts.reads_folder:
        move = "monkeypatch.chdir(tmp_path)"
        names = [c for c in values.facts.constants if isinstance(c, str) and _FILE_NAME.fullmatch(c)]
        files = [f"(tmp_path / {n!r}).write_text('a=1\\n')\n{move}" for n in names[:3]]
        slots.append(Slot("$cwd", [OMITTED, move, *files], "setting"))
    return slots


def methods_of(
    subject: Subject, slots: list[Slot], receiver: tuple[str, str, list[Slot]], values: Values
) -> list[Template]:
    """Return the ways to call a method, property or operator of a receiver: (variable, maker, slots that make it)."""
    variable, maker, made = receiver
    every = [*made, *slots]
    callee = f"{variable}.{subject.name}"
    if subject.kind == "property":
        found = [Template(subject, callee, made, variable, maker, "property")]
        if subject.setter is not None:
            value = slots_of(subject.setter, values, {}, "argument")
            if value:
                found.append(Template(subject, callee, [*made, *value[:1]], variable, maker, "setter"))
        return found
    if subject.kind == "operator":
        shape = OPERATORS.get(subject.name) or STATEMENTS[subject.name]
        every = [*made, *slots[: shape.count("{") - shape.count("{0}")]]
        for slot in slots:
            slot.label = slot.by_name = ""
        # Two of a kind meet: that is what most operators are for.
        for slot in slots[:1] if subject.name not in _WITH_ITEMS else []:
            slot.pool = unique([*values.objects.of(subject.owner)[:6], *slot.pool])
        form = "statement" if subject.name in STATEMENTS else "operator"
        return [Template(subject, "", every, variable, maker, form, shape)]
    return [Template(subject, callee, every, variable, maker)]


def _receivers(subject: Subject, name: str, values: Values, slots: list[Slot]) -> list[tuple[str, str, list[Slot]]]:
    """Return (variable, maker, slots) for each way to make an instance: the constructor, then ready-made ones."""
    owner = subject.owner
    variable = variable_name(name)
    found: list[tuple[str, str, list[Slot]]] = []
    steps = _steps(subject, variable, values, slots)
    special = bool(idioms.instances(owner, values))  # whose constructor takes anything, and says nothing of it
    if not special and not inspect.isabstract(owner) and values.objects.of(owner):
        try:
            signature = inspect.signature(owner)
        except (TypeError, ValueError):
            signature = inspect.Signature()
        by_constructor = values.objects.by_constructor(owner)
        construct = slots_of(signature, by_constructor, values.hints_of_class(owner), "construct")
        if construct is not None and not _is_enum(owner):
            put_working_first(name, construct, values)
            found.append((variable, name, [*construct, *steps]))
    given = values.objects.given(owner)
    fixtures = [s for s in given if s.isidentifier()]
    # As the project's own tests have it: before anything that is made here.
    for factory, signature in values.objects.factories(owner)[:1]:
        made = slots_of(signature, values.objects.by_constructor(owner), values.hints_of_class(owner), "construct")
        found = [(variable, factory, [*(made or []), *steps])]  # it takes what the constructor takes
    if fixtures:
        found.insert(0, (variable, "", [Slot(variable, fixtures, "construct", given=frozenset(fixtures)), *steps]))
    ready = [s for s in values.objects.of(owner) if (special or not s.startswith(f"{name}(")) and s not in given]
    ready = [*values.objects.documented(owner), *ready]
    heirs: list[type] = type.__subclasses__(owner)
    ready += [s for heir in heirs[:2] if subject.name not in vars(heir) for s in values.objects.of(heir)[:4]]
    ready = [s for s in ready if not is_stand_in(s)]  # of a stand-in there is nothing to test
    if not ready and not found:
        ready = heirs_of(owner, values)
    if ready:
        found.append((variable, "", [Slot(variable, ready, "construct"), *steps]))
    return found


def put_working_first(name: str, slots: list[Slot], values: Values) -> None:
    """Begin with arguments that the constructor takes: all else is tried around the first."""

    def works(chosen: list[str]) -> bool:
        given = [relabelled(slot.label, source) for slot, source in zip(slots, chosen) if source and not slot.keyword]
        source = call(name, given)
        return SEPARATOR in source or values.attempt(source)

    first = [slot.pool[0] for slot in slots]
    if not slots or works(first):
        return
    for many in (1, 2):
        places = [(i, rank) for rank in range(1, MAX_ATTEMPTS) for i in range(len(slots)) if rank < len(slots[i].pool)]
        for changes in itertools.islice(itertools.combinations(places, many), MAX_ATTEMPTS * MAX_ATTEMPTS):
            chosen = list(first)
            for i, rank in changes:
                chosen[i] = slots[i].pool[rank]
            if works(chosen):
                for slot, source in zip(slots, chosen):
                    slot.pool.remove(source)
                    slot.pool.insert(0, source)
                return


def _is_enum(owner: Any) -> bool:
    return any(base.__name__ == "Enum" for base in owner.__mro__)


def slots_of(signature: inspect.Signature, values: Values, hints: dict[str, Any], role: str) -> list[Slot] | None:
    """Return a slot per parameter; None when a required one has no pool."""
    slots: list[Slot] = []
    by_name = False
    parameters = list(signature.parameters.values())
    has_more = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    for parameter in parameters:
        hint = hints.get(parameter.name, parameter.annotation)
        typed = hint is not parameter.empty
        if parameter.kind is parameter.VAR_POSITIONAL:
            if by_name:
                continue
            one = values.of_parameter(parameter, hint)
            pools = ([*one[:1], OMITTED, *one[1:]], [OMITTED, *one])
            slots += [Slot(parameter.name, pool, role, typed=typed, one_of_many=True) for pool in pools]
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            one = plain(values.of_parameter(parameter, hint))
            named = [f"{key}={s}" for s in one[:3] for key in values.keywords()]
            slots += [Slot(parameter.name, [OMITTED, *named], role, typed=typed, keyword=True) for _ in range(2)]
            continue
        pool = values.of_parameter(parameter, hint)
        required = parameter.default is parameter.empty
        if required and not pool:
            return None
        # After an optional parameter that may be left out, only names are unambiguous.
        can_be_named = parameter.kind is parameter.POSITIONAL_OR_KEYWORD and not has_more
        by_name = by_name or (can_be_named and _needs_its_name(len(slots), hint, pool, len(parameters)))
        label = f"{parameter.name}=" if parameter.kind is parameter.KEYWORD_ONLY or by_name else ""
        if not required:
            by_name = by_name or parameter.kind is parameter.POSITIONAL_OR_KEYWORD
            label = f"{parameter.name}=" if parameter.kind is not parameter.POSITIONAL_ONLY else ""
        odd = frozenset(values.leaves.wrong_types(parameter.name, hint))
        _tell_apart(parameter.name, pool, slots)
        slot = Slot(parameter.name, pool if required else [OMITTED, *pool], role, label, typed, odd)
        slot.by_name = f"{parameter.name}=" if can_be_named else ""
        slot.hint = hint if typed and not isinstance(hint, str) else None
        slot.default = values.express.express(parameter.default) or "" if not required else ""
        slot.has_no_less = is_a_quantity(parameter.name) and not values.asks_for_less(parameter.name)
        slots.append(slot)
    return slots


def _needs_its_name(place: int, hint: Any, pool: list[str], count: int) -> bool:
    """Tell whether a reader would not know by its place what is passed."""
    if pool[:1] in (["True"], ["False"]):
        return count > 1
    return place >= BY_PLACE or (place > 0 and type(None) in typing.get_args(hint))


def _takes_names(function: Any) -> bool:
    """Tell whether arguments can be passed by name: what wraps a function may take them by place only."""
    try:
        outermost = inspect.signature(function, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return True
    return not hasattr(function, "__wrapped__") or any(p.kind is p.VAR_KEYWORD for p in outermost)


def _tell_apart(name: str, pool: list[str], slots: list[Slot]) -> None:
    """Begin with another text than the parameters before it: what is mixed up must show."""
    taken = [next(filter(None, slot.pool), "") for slot in slots]
    if pool and pool[0] in taken and pool[0][:1] in "'\"":
        pool.insert(0, another(name, taken))


def _steps(subject: Subject, variable: str, values: Values, slots: list[Slot]) -> list[Slot]:
    """Return slots for what is done with the instance before the call."""
    if values.names.of(subject.owner) is None or _is_enum(subject.owner) or _looks_immutable(subject.owner):
        return []
    pool = steps_of(subject, variable, values, _values_by_name(slots))
    return [Slot(f"step {i}", [OMITTED, *pool], "step") for i in range(MAX_STEPS)] if pool else []


def _values_by_name(slots: list[Slot]) -> dict[str, list[str]]:
    return {slot.name: plain([s for s in slot.pool[:4] if s]) for slot in slots if slot.role == "argument"}


def _looks_immutable(owner: Any) -> bool:
    parameters = getattr(owner, "__dataclass_params__", None)
    return bool(getattr(parameters, "frozen", False)) or issubclass(owner, (tuple, str, int, float, frozenset, bytes))


@dataclass
class Choice:
    """One program: a template and an expression for each of its slots."""

    template: Template
    chosen: tuple[str, ...]
    documented: bool = False
    cost: float = field(default=0.0)

    @property
    def key(self) -> tuple[int, tuple[str, ...]]:
        """What makes two choices the same program."""
        return id(self.template), self.chosen


def repeats(choice: Choice) -> bool:
    """Tell whether the target is called more than once before another method shows what it did."""
    template = choice.template
    own = f"{template.receiver}.{template.through}("
    steps = [c for slot, c in zip(template.slots, choice.chosen) if slot.role == "step"]
    return bool(template.through) and sum(c.startswith(own) for c in steps) > 1


def described(choice: Choice) -> str:
    """Return the program as one line, for a person and as the mark of a call that must not be made again."""
    template, chosen = choice.template, choice.chosen
    call = template.call([label + source for _, label, source in template.arguments(chosen)], chosen)
    return "; ".join([*template.arrange(chosen), call])
