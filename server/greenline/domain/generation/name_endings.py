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
    from collections.abc import Collection, Sequence

    from greenline.domain.generation.case import Case

_CONSTANTS = frozenset({"True", "False", "None"})
_ODD = {"''": "empty", '""': "empty", "b''": "empty", "[]": "empty", "{}": "empty", "()": "empty", "set()": "empty",
        "' '": "blank", "None": "no", "0": "zero"}  # fmt: skip
_MOST_PASSED = 3


def single_endings(
    case: Case, special: str, parameters: Sequence[str], *, makes: bool, usual: Collection[str] = ()
) -> list[str]:
    """Return endings for the test of one case. ``makes``: it tests a constructor, whose result needs no word.

    ``usual`` is what all cases of the function pass, as ``usual_words`` has it.
    """
    outcome = outcome_words(case)
    if makes and not case.raises:
        outcome = ""
    linked = "for" if outcome else "of"
    about = _asked_about(case, parameters)
    odd = _odd_words(case.arguments)
    passed = passed_words(case.arguments, usual)
    words = argument_words([each for each in case.arguments if not _is_made(each.source)])
    after = stand_in_words(case) or _after(case) or _made_with(case)
    result = result_words(case)
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
            *([result] if case.raises and result else []),  # what it says tells more than what is passed
            *([f"{linked}_{words}"] if words else []),
        ]
    conditions += [""] if outcome else []
    found = [_ending(outcome, condition) for condition in conditions if condition or outcome or not special]
    return [*dict.fromkeys(found), *([_ending(outcome if case.raises else "", result)] if result else [])]


def is_plain(case: Case, usual: Collection[str] = ()) -> bool:
    """Tell whether a case ends with a value, and nothing about how it came to that is worth a word."""
    passed = passed_words(case.arguments, usual) or _odd_words(case.arguments)
    return not (case.raises or passed or stand_in_words(case) or _after(case) or _several(case.arguments))


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


def usual_words(cases: Sequence[Case]) -> frozenset[str]:
    """Return the names that all of several cases pass: parameters, and the keys of a request."""
    passed = [{name for each in case.arguments for name, _ in _named(each)} for case in cases]
    return frozenset(set.intersection(*passed)) if len(passed) > 1 else frozenset()


def passed_words(arguments: Sequence[Argument], usual: Collection[str] = ()) -> str:
    """Return words for what is passed by name, empty where that is too much: ``with_key``, ``without_strict``.

    Of what is ``usual`` only the odd is told: ``with_zero_loaves``.
    """
    given, refused = [], []
    for argument in arguments:
        if argument.parameter in {"args", "argv"}:  # a command line
            given += [slug(name) for name in re.findall(r"['\"]--(\w[\w-]*)['\"]", argument.source)]
            continue
        for key, source in _named(argument):
            name, odd = slug(snake(key)), odd_word(source)
            if key in usual and not odd:
                continue
            if source in {"False", "None"}:
                refused.append(name)
            else:
                given.append(f"{odd}_{name}" if odd else name)
    if len(given) + len(refused) > _MOST_PASSED:
        return ""
    return "_and_".join(f"{word}_{_listed(names)}" for word, names in (("with", given), ("without", refused)) if names)


def odd_word(source: str) -> str:
    """Return a word for a value that is empty, nothing or below nothing; empty for any other."""
    return _ODD.get(source, "") or ("negative" if re.fullmatch(r"-[\d.]+", source) else "")


def _named(argument: Argument) -> list[tuple[str, str]]:
    """Return what an argument passes by name, with its source: itself, or the entries of a request."""
    if argument.parameter in {"form", "json", "headers"} and argument.source.startswith("{"):
        tree, _ = parse(argument.source)
        node = tree.body[0].value if tree and isinstance(tree.body[0], ast.Expr) else None
        entries = zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ()
        return [(str(k.value), ast.unparse(v)) for k, v in entries if isinstance(k, ast.Constant)]
    return [(argument.label.removesuffix("="), argument.source)] if argument.label else []


def _is_made(source: str) -> bool:
    """Tell what a call makes: the name of its maker sets no case apart."""
    return bool(re.fullmatch(r"[\w.]+\(.*\)", source, re.DOTALL))


def _listed(names: Sequence[str]) -> str:
    return "_and_".join(filter(None, ["_".join(names[:-1]), names[-1]]))


def _after(case: Case) -> str:
    """Return words for what was done with the instance before the call: ``after_add``."""
    done = []
    about = set(re.findall(r"\w+", " ".join([case.call, *(a.source for a in case.arguments)])))
    for statement in case.arrange:
        found = re.match(r"(?:_ = )?(\w+)\.(\w+)(?![\w.])", statement)
        if (
            found
            and found.group(1) in about
            and any(other.startswith(f"{found.group(1)} = ") for other in case.arrange)
        ):
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
        if odd_word(argument.source):
            found.append(f"{odd_word(argument.source)}_{name}")
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
