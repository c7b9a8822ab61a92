"""From laws that held to tests of them, over a few inputs that are easy to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.generation.case_names import distinct, subject_words
from greenline.domain.generation.max_examples import Amounts, settings_for
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.wrap_source import double_quoted, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.max_examples import Profile

_ENDINGS = {
    "idempotent": "is_idempotent",
    "involution": "twice_gives_the_original",
    "permutation": "keeps_all_items",
    "ordered": "is_in_order",
    "length": "keeps_the_length",
    "commutative": "is_commutative",
    "hash": "agrees_with_equality",
}
_NEUTRAL = {"0": "zero", "1": "one", "''": "an_empty_text", "[]": "an_empty_list", "{}": "an_empty_dict"}
_TEXT = {"__str__": "text", "__bytes__": "bytes"}


@dataclass(frozen=True, slots=True)
class Property:
    """A law that held for every input that was tried. All texts are Python source.

    ``rows`` are readable inputs, an expression for each of ``parameters``; ``steps`` are statements and ``checks``
    assertions about the parameters and what the steps define.
    """

    kind: str
    tested: str
    """Qualified name of the target."""
    parameters: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    steps: tuple[str, ...]
    checks: tuple[str, ...]
    strategies: tuple[str, ...] = ()
    """For Hypothesis, one for each parameter: then any value is an input, and not just the rows."""
    partner: str = ""
    """Qualified name of what reverses the target; of a neutral element, its source."""
    imports: tuple[tuple[str, str, str], ...] = ()
    """As those of a case."""
    examples: tuple[tuple[str, ...], ...] = ()
    """Rows for Hypothesis to try in any case."""
    slow: bool = False
    """A call takes more than a few milliseconds."""
    waits: bool = False
    """The target reads or writes files, or waits for something else."""
    documented: str = ""
    """The promise of the documentation, where there is one: "it is idempotent"."""


def render_properties(
    properties: Sequence[Property],
    taken: frozenset[str] = frozenset(),
    amounts: Amounts = Amounts(),  # noqa: B008 - frozen
    profile: Profile | None = None,
) -> tuple[Candidate, ...]:
    """Return one test for each property; no name is in ``taken``. ``profile`` is the project's own of Hypothesis."""
    names = distinct([_name(each) for each in properties], set(taken))
    return tuple(_candidate(each, name, amounts, profile) for each, name in zip(properties, names, strict=True))


def _candidate(found: Property, name: str, amounts: Amounts, profile: Profile | None) -> Candidate:
    checks = [line for check in found.checks for line in _lines(f"assert {check}")]
    steps = [line for step in found.steps for line in _lines(step)]
    body = [*steps, *([""] if steps else []), *checks]
    head = wrapped(f"def {name}({', '.join(found.parameters)})", "", ":")
    inputs = _given(found, amounts, profile) if found.strategies else _table(found)
    lines = [*inputs, *head, *(f"    {line}" if line else "" for line in body)]
    needed = _of_hypothesis(inputs) if found.strategies else ["import pytest"]
    texts = ["import string"] if any("string." in strategy for strategy in found.strategies) else []
    imports = dict.fromkeys([*needed, *texts, *(_import(*one) for one in found.imports)])
    return Candidate(name, double_quoted("\n".join(lines)), tuple(imports), ("property",))


def _table(found: Property) -> list[str]:
    names = [f'"{name}"' for name in found.parameters]
    columns = names[0] if len(names) == 1 else f"({', '.join(names)})"
    rows = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in found.rows]
    call = wrapped(f"pytest.mark.parametrize({columns}, [{', '.join(rows)}])", " ")
    return [f"@{call[0].lstrip()}", *(line[1:] for line in call[1:])]


def _given(found: Property, amounts: Amounts, profile: Profile | None) -> list[str]:
    """Return the decorators of a test by Hypothesis: any values, those to try first, and what is not as usual."""
    calls = [f"given({_by_name(found, found.strategies)})"]
    calls += [f"example({_by_name(found, row)})" for row in found.examples]
    names = (found.tested, *(module for _, module, _ in found.imports))
    unusual = settings_for(names, amounts, profile, waits=found.waits, slow=found.slow)
    calls += [f"settings({', '.join(unusual)})"] if unusual else []
    lines = []
    for call in calls:
        first, *others = wrapped(call, " ")
        lines += [f"@{first.lstrip()}", *(line[1:] for line in others)]
    return lines


def _by_name(found: Property, sources: Sequence[str]) -> str:
    return ", ".join(f"{name}={source}" for name, source in zip(found.parameters, sources, strict=True))


def _of_hypothesis(decorators: list[str]) -> list[str]:
    used = [name for name in ("example", "given", "settings") if any(d.startswith(f"@{name}(") for d in decorators)]
    return [f"from hypothesis import {', '.join(used)}", "from hypothesis import strategies as st"]


def _lines(statement: str) -> list[str]:
    """Return the lines of a statement in a test's body, without the body's indentation."""
    return [line[4:] for line in wrapped(statement, "    ")]


def _name(found: Property) -> str:
    subject = subject_words(found.tested)
    owner, _, last = found.tested.rpartition(".")
    if found.kind == "neutral":
        return f"test_{subject}_with_{_NEUTRAL[found.partner]}_changes_nothing"
    if found.kind != "round-trip":
        return f"test_{subject}_{_ENDINGS[found.kind]}"
    if last in _TEXT:
        return f"test_{subject_words(owner)}_is_read_back_from_its_{_TEXT[last]}"
    same_owner = found.partner.rpartition(".")[0] == owner
    return f"test_{subject_words(found.partner)}_reverses_{subject_words(last) if same_owner else subject}"


def _import(binding: str, module: str, attribute: str) -> str:
    if not attribute:
        return f"import {module}" if binding == module else f"import {module} as {binding}"
    return f"from {module} import {attribute}" + (f" as {binding}" if binding != attribute else "")
