"""What documented examples are worth to a test: calls to make, results to rest on, contradictions to report."""

from __future__ import annotations

import ast
import doctest
import functools
from typing import Any, Callable

from greenline_probe.explore.doc_choices import DocumentedChoices
from greenline_probe.explore.doc_examples import Outcome, run_examples
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.template import Choice, Template

MAX_EXAMPLES = 24


class Documented:
    """The documented examples of one target, run once, when first asked for."""

    def __init__(self, observer: Observer, templates: list[Template]) -> None:
        self._observer = observer
        self._choices = DocumentedChoices(observer.names, templates)
        self._denied: set[Any] = set()
        self.contradictions: list[dict[str, Any]] = []
        """What the code does otherwise than documented, as ``Explored.accidents`` has it."""

    def seeds(self) -> list[Choice]:
        """Return the calls that the documentation shows, for the search to begin with."""
        return [choice for outcome in self._outcomes for choice in self._choices.of(outcome)][:MAX_EXAMPLES]

    def joined(self, observations: list[Observation], holds: Callable[[Observation], bool]) -> list[Observation]:
        """Return the observations with the documented calls that hold before them, and without what is contradicted."""
        self._compare()
        shown = self._confirmed(holds)
        known = {o.choice.key for o in shown}
        return [*shown, *(o for o in observations if o.choice.key not in known and self.allows(o))]

    def allows(self, observation: Observation) -> bool:
        """Tell whether nothing in the documentation contradicts it: what is contradicted is nothing to assert."""
        return observation.choice.key not in self._denied

    def reason(self) -> str:
        """Say in words what is contradicted, empty when nothing is."""
        if not self.contradictions:
            return ""
        first = self.contradictions[0]
        return f"by its documentation {first['call']} {first['documented']}, but it {first['error']}"

    def _confirmed(self, holds: Callable[[Observation], bool]) -> list[Observation]:
        found: dict[Any, Observation] = {}
        for outcome in self._outcomes[:MAX_EXAMPLES]:
            for choice in self._choices.of(outcome) if outcome.agrees else ():
                observation = self._observer.run(choice)
                if observation.usable and self._says(outcome, observation) and holds(observation):
                    observation.documented = True
                    choice.cost = _cost(choice)
                    found.setdefault(choice.key, observation)
                    break
        return list(found.values())

    def _says(self, outcome: Outcome, observation: Observation) -> bool:
        """Tell whether the observation asserts what the example shows, as a literal or as what it evaluates to."""
        if _says(outcome, observation):
            return True
        if observation.expected is None or observation.kind == "raise":
            return False
        try:
            given = eval(observation.expected, {**self._observer.names.bound})
            return type(given) is type(outcome.value) and bool(given == outcome.value)
        except Exception:
            return False

    def _compare(self) -> None:
        """Note what the documentation shows and the code does not do, in two runs alike."""
        again = self._run_again() if any(o.agrees is False for o in self._outcomes) else []
        for outcome, later in zip(self._outcomes, again):
            if outcome.agrees is False and later.agrees is False and later.text == outcome.text:
                self.contradictions.append(_contradiction(outcome))
                self._denied.update(choice.key for choice in self._choices.of(outcome))

    @functools.cached_property
    def _outcomes(self) -> list[Outcome]:
        return self._run_again()

    def _run_again(self) -> list[Outcome]:
        return run_examples(self._observer.subject, self._observer.guarded)


def _cost(choice: Choice) -> float:
    """Return a low cost: what the author shows reads well, however rare it is, unless it is long."""
    return 2.0 + 0.04 * sum(map(len, choice.chosen))


def _contradiction(outcome: Outcome) -> dict[str, Any]:
    example, call = outcome.example, ast.unparse(outcome.call)
    says = f"raises {example.raises.strip()}" if example.raises else f"gives {example.want.strip()}"
    return {"call": call, "error": outcome.text, "line": example.line, "typed": True, "documented": says}


def _says(outcome: Outcome, observation: Observation) -> bool:
    """Tell whether the observation asserts what the example shows."""
    if outcome.error or observation.kind == "raise":
        return bool(outcome.error) and observation.error.rpartition(".")[2] == outcome.error
    if observation.expected is None:
        return False
    example = outcome.example
    try:
        given = ast.literal_eval(observation.expected)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        # No literal: the example's own value is what the test will compare with.
        return repr(outcome.value) == observation.expected
    node = example.node.test if isinstance(example.node, ast.Assert) else getattr(example.node, "value", None)
    if isinstance(node, ast.Compare):
        return _evaluates_to(node.comparators[0], outcome, given)
    checker = doctest.OutputChecker()
    shown = [f"{given!r}\n", *([f"{given}\n"] if isinstance(given, str) else [])]
    if any(checker.check_output(example.want, text, example.options) for text in shown):
        return True
    return type(outcome.value) is type(given) and bool(outcome.value == given)


def _evaluates_to(node: ast.expr, outcome: Outcome, given: Any) -> bool:
    try:
        value = eval(ast.unparse(node), dict(outcome.space))
        return type(value) is type(given) and bool(value == given)
    except Exception:
        return False
