"""What is special about a case, in the words of a test's name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from greenline.domain.generation.condition_words import condition_words
from greenline.domain.generation.telling_branches import branches_of
from greenline.domain.generation.value_words import slug, snake, value_slug

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from greenline.domain.coverage.model import Arc
    from greenline.domain.generation.case import Argument, Case
    from greenline.domain.generation.telling_branches import Branch

_LONGEST_WORDS = 30
_OUTCOMES = {"None": "returns_none", "True": "is_true", "False": "is_false"}


def special_about(cases: Sequence[Case], function: ast.AST, first_line: Mapping[int, int]) -> list[str]:
    """Return one slug per case, from the branch that it takes and others do not; empty where nothing sets it apart."""
    branches = branches_of(function)
    taken = [{(first_line.get(a, a), first_line.get(b, b)) for a, b in case.edges} for case in cases]
    return [
        _slug_of(branches, mine, [t for j, t in enumerate(taken) if j != i], first_line) for i, mine in enumerate(taken)
    ]


def subject_words(qualname: str) -> str:
    """Return what is tested, in words: ``shipment_move``, ``parse_header``."""
    parts = [part.strip("_") for part in qualname.split(".")]
    if parts[-1] in {"init", "new", "post_init"} and len(parts) > 1:
        parts = parts[:-1]
    return "_".join(snake(part) for part in parts if part) or "underscore"


def outcome_words(case: Case) -> str:
    """Return how the call ends, where words can say it: ``raises_value_error``, ``is_true``, ``prints``."""
    if case.raises:
        return f"raises_{snake(case.error.rpartition('.')[2])}"
    if case.expected == "None" and case.after:
        return "prints" if any("readouterr()" in assertion for assertion in case.after) else ""
    if case.expected == "True" and case.call.startswith("("):
        return ""  # a comparison that holds, asserted as it is
    return _OUTCOMES.get(case.expected or "", "")


def argument_words(arguments: Sequence[Argument]) -> str:
    """Return words for the arguments, empty where they would be too many. Flags go by their names."""
    text = ""
    was_value = False
    for argument in arguments:
        flag = _flag(argument)
        word = flag or value_slug(argument.source)
        if word:  # two values in a row would read as one, or as a name and its value
            between = "_and_" if was_value and not flag else "_"
            text = f"{text}{between}{word}" if text else word
            was_value = not flag
    return text if len(text) <= _LONGEST_WORDS else ""


def result_words(case: Case) -> str:
    """Return words for what comes of a call: the message of its error or its value, empty where they are too many."""
    if case.raises:
        return short_of(slug(case.message), _LONGEST_WORDS)
    words = value_slug(case.expected or "")
    return f"gives_{words}" if words and len(words) <= _LONGEST_WORDS else ""


def joined(special: str) -> str:
    """Return a condition as it follows in a name: ``with_express``, ``when_grams_above_2000``."""
    first, _, rest = special.partition("_")
    if first in {"with", "without"}:
        return special
    return f"when_{rest if first in {'is', 'are'} else special}"


def short_of(name: str, longest: int) -> str:
    """Return the name, cut at a word where it is longer."""
    return name if len(name) <= longest else name[: longest + 1].rpartition("_")[0]


def distinct(names: Sequence[str], taken: set[str], between: str = "_") -> Iterator[str]:
    """Yield the names with a number where one is taken; what is yielded is taken too."""
    for name in names:
        chosen, number = name, 2
        while chosen in taken:
            chosen, number = f"{name}{between}{number}", number + 1
        taken.add(chosen)
        yield chosen


def _flag(argument: Argument) -> str:
    name = slug(argument.parameter)
    return {"True": name, "False": f"no_{name}", "None": f"no_{name}"}.get(argument.source, "") if name else ""


def _slug_of(
    branches: Mapping[int, Branch],
    mine: set[Arc],
    others: Sequence[set[Arc]],
    first_line: Mapping[int, int],
) -> str:
    unique = sorted(arc for arc in mine if arc[0] in branches and not any(arc in other for other in others))
    rare = sorted(
        arc for arc in mine if arc[0] in branches and sum(arc in other for other in others) * 3 <= len(others)
    )
    for line, destination in [*reversed(unique), *reversed(rare)]:
        branch = branches[line]
        holds = destination == first_line.get(branch.inside, branch.inside)
        words = condition_words(branch.test, holds=holds) if holds or not branch.is_guard else ""
        if words:
            return words
    return ""
