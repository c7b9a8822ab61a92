"""How the name of a test goes on behind what it tests: the ways to say it, the best first."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.code.parse import parse
from greenline.domain.generation.case import Argument
from greenline.domain.generation.case_names import argument_words, joined, outcome_words, result_words
from greenline.domain.generation.stand_in_words import stand_in_words
from greenline.domain.generation.value_words import counted, slug, snake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.case import Case

_CONSTANTS = frozenset({"True", "False", "None"})
_ODD = {"''": "empty", '""': "empty", "b''": "empty", "[]": "empty", "{}": "empty", "()": "empty", "set()": "empty",
        "' '": "blank", "None": "no", "0": "zero"}  # fmt: skip
_MOST_PASSED = 3


def single_endings(case: Case, special: str, parameters: Sequence[str], *, makes: bool) -> list[str]:
    """Return endings for the test of one case. ``makes``: it tests a constructor, whose result needs no word."""
    outcome = outcome_words(case)
    if makes and not case.raises:
        outcome = ""
    linked = "for" if outcome else "of"
    about = _asked_about(case, parameters)
    odd = _odd_words(case.arguments)
    passed = passed_words(case.arguments)
    words = argument_words(case.arguments)
    after = stand_in_words(case) or _after(case) or _made_with(case)
    if special:
        when = joined(special)
        words = words and f"for_{words}"
        conditions = [when, *(f"{when}_{more}" for more in (passed, after, words) if more), after]
    else:
        several = _several(case.arguments)
        conditions = [f"for_{w}" for w in (about, odd) if w]
        conditions += [f"{linked}_{several}"] if several else []
        conditions += [
            *([passed] if passed else []),
            *([after] if after else []),
            "",
            *([f"{linked}_{words}"] if words else []),
        ]
    conditions += [""] if outcome else []
    found = [_ending(outcome, condition) for condition in conditions if condition or outcome or not special]
    result = result_words(case)
    return [*dict.fromkeys(found), *([_ending(outcome if case.raises else "", result)] if result else [])]


def table_endings(cases: Sequence[Case], specials: Sequence[str], fixed: Sequence[Argument]) -> list[str]:
    """Return endings for a table; ``fixed`` is what all of its rows pass."""
    expectations = {case.expected for case in cases}
    same = len(expectations) == 1 and expectations <= _CONSTANTS
    outcome = outcome_words(cases[0]) if cases[0].raises or same else ""
    words = argument_words(fixed)
    common = joined(specials[0]) if len(set(specials)) == 1 and specials[0] else ""
    given = passed_words(fixed)
    several = _several(cases[0].arguments)
    if several:
        given = f"{'for' if outcome else 'of'}_{several}"
    conditions = [given or common, common, words and f"{'for' if outcome else 'of'}_{words}"]
    return [_ending(outcome, condition) for condition in dict.fromkeys(conditions)]


def passed_words(arguments: Sequence[Argument]) -> str:
    """Return words for what is passed by name, empty where that is too much: ``with_key``, ``without_strict``."""
    given, refused = [], []
    for argument in arguments:
        if argument.parameter in {"args", "argv"}:  # a command line
            given += [slug(name) for name in re.findall(r"['\"]--(\w[\w-]*)['\"]", argument.source)]
        elif argument.parameter in {"form", "json", "headers"} and argument.source.startswith("{"):  # a request
            given += [slug(snake(key)) for key in re.findall(r"['\"]([A-Za-z][\w-]*)['\"]: ", argument.source)]
        elif argument.label:
            name = slug(argument.label)
            odd = _ODD.get(argument.source, "")
            if argument.source in {"False", "None"}:
                refused.append(name)
            else:
                given.append(f"{odd}_{name}" if odd else name)
    if len(given) + len(refused) > _MOST_PASSED:
        return ""
    return "_and_".join(f"{word}_{_listed(names)}" for word, names in (("with", given), ("without", refused)) if names)


def _listed(names: Sequence[str]) -> str:
    return "_and_".join(filter(None, ["_".join(names[:-1]), names[-1]]))


def _after(case: Case) -> str:
    """Return words for what was done with the instance before the call: ``after_add``."""
    done = []
    for statement in case.arrange:
        found = re.match(r"(?:_ = )?(\w+)\.(\w+)(?![\w.])", statement)
        if found and any(other.startswith(f"{found.group(1)} = ") for other in case.arrange):
            done.append(slug(snake(found.group(2))))
    words = "_and_".join(dict.fromkeys(done))
    return f"after_{words}" if words else ""


def _made_with(case: Case) -> str:
    """Return words for what the instance was made with by name: ``without_override``."""
    receiver = next((s for s in case.arrange if case.call.startswith(f"{s.partition(' = ')[0]}.")), "")
    tree, _ = parse(receiver)
    made = [node.value for node in tree.body if isinstance(node, ast.Assign)] if tree else []
    if len(made) != 1 or not isinstance(made[0], ast.Call):
        return ""
    return passed_words(
        [Argument(k.arg, f"{k.arg}=", ast.unparse(k.value)) for k in made[0].keywords if k.arg is not None]
    )


def _ending(outcome: str, condition: str) -> str:
    return "".join(f"_{part}" for part in (outcome, condition) if part)


def _odd_words(arguments: Sequence[Argument]) -> str:
    """Return words for the one argument that is empty, nothing or negative."""
    found = []
    for argument in arguments:
        name = slug(snake(argument.parameter))
        if argument.label or not name:
            continue
        if argument.source in _ODD:
            found.append(f"{_ODD[argument.source]}_{name}")
        elif re.fullmatch(r"-[\d.]+", argument.source):
            found.append(f"negative_{name}")
    return found[0] if len(found) == 1 else ""


def _asked_about(case: Case, parameters: Sequence[str]) -> str:
    """Return the one parameter that an error's message speaks of."""
    if not case.raises:
        return ""
    words = set(re.findall(r"\w+", case.message))
    found = [name for name in parameters if len(name) > 1 and name in words]
    return slug(found[0]) if len(found) == 1 else ""


def _several(arguments: Sequence[Argument]) -> str:
    """Return words for how many are passed of what may be passed more than once: ``two_items``."""
    counts = Counter(argument.parameter for argument in arguments)
    found = [counted(number, slug(name)) for name, number in counts.items() if number > 1]
    return found[0] if len(found) == 1 else ""
