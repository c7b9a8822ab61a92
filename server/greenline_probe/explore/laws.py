"""Laws that a function may obey, as the statements of a test of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Callable

from greenline_probe.explore.siblings import is_documented, words_of
from greenline_probe.explore.subject import Subject

# fmt: off
_NORMALISING = frozenset({
    "normalize", "normalise", "normalized", "canonical", "canonicalize", "canonicalise", "clean", "sanitize",
    "sanitise", "strip", "squeeze", "simplify", "slugify", "dedupe", "deduplicate", "unique", "uniq", "collapse",
    "tidy", "trim", "asciify", "transliterate", "standardize", "reduce",
})
_SORTING = frozenset({"sort", "sorted", "order", "ordered", "rank", "arrange"})
_MOVING = _SORTING | {"shuffle", "rotate", "reverse", "reversed", "reorder", "permute", "interleave", "swap"}
_TWICE = frozenset({
    "invert", "inverse", "reverse", "reversed", "swap", "swapcase", "flip", "toggle", "negate", "complement",
    "transpose", "mirror",
})
# fmt: on
_SAID = {
    "idempotent": re.compile(
        r"idempoten|already (?:\w+ )?(?:normal|canonical|clean|sorted|quoted|escaped)", re.IGNORECASE
    ),
    "involution": re.compile(r"its own inverse|involution|twice", re.IGNORECASE),
    "commutative": re.compile(r"commutativ|symmetric|order of (?:the )?(?:arguments|operands)", re.IGNORECASE),
}
_PROMISED = {
    "idempotent": re.compile(r"\bidempotent\b", re.IGNORECASE),
    "involution": re.compile(r"\bits own inverse\b|\binvolution\b", re.IGNORECASE),
    "commutative": re.compile(r"\bcommutative\b", re.IGNORECASE),
}
"""Words that say it of the function, whatever stands around them: code that is not so is wrong."""


@dataclass
class Law:
    """One law about one way to call the target.

    ``steps`` and ``checks`` are the test's statements and assertions about ``parameters``; ``given`` is the plain call.
    """

    kind: str
    parameters: tuple[str, ...]
    given: str
    steps: tuple[str, ...]
    checks: tuple[str, ...]
    trivial: str
    """An expression over the parameters and ``given_result``: true where the law says nothing."""
    fits: Callable[[Any, Any], bool]
    """Tells from the first argument and the result whether the law speaks of them."""
    partner: str = ""
    conditions: tuple[str, ...] = ()
    """What must be true of the parameters for the law to speak of them."""
    is_promise: bool = False
    """Names or documentation promise it: worth a test even where other tests notice every mutant."""
    documented: str = ""
    """What the documentation says, where it does: "it is idempotent"."""


def laws_of(subject: Subject, x: str, call: Callable[[str], str], partners: list[tuple[str, str]]) -> Iterator[Law]:
    """Yield the laws about one argument; ``call`` writes the call with a text for it."""
    words, doc = set(words_of(subject.name)), _doc(subject)
    for callee, qualname in partners:
        check = f"{callee}({call(x)}) == {x}"
        listed = f"list({callee}({call(x)})) == list({x})"
        said = f"{qualname} reverses it" if is_documented(subject, qualname) else ""
        for each in (check, listed):  # what takes it back may do so lazily
            law = Law("round-trip", (x,), call(x), (), (each,), f"given_result == {x}", _any, qualname, is_promise=True)
            law.documented = said
            yield law
    once = "once" if x != "once" else "result"
    again = (f"{once} = {call(x)}",)
    same = f"given_result == {x}"

    def promised(law: Law, names: frozenset[str], says: str) -> Law:
        law.documented = says if _PROMISED[law.kind].search(doc) else ""
        law.is_promise = bool(words & names) or bool(_SAID[law.kind].search(doc))
        return law

    law = Law("idempotent", (x,), call(x), again, (f"{call(once)} == {once}",), same, _same_type)
    yield promised(law, _NORMALISING, "it is idempotent")
    law = Law("involution", (x,), call(x), (), (f"{call(call(x))} == {x}",), same, _same_type)
    yield promised(law, _TWICE, "it is its own inverse")
    named = bool(words & _MOVING)
    moved = f"sorted({call(x)}) == sorted({x})"
    yield Law("permutation", (x,), call(x), (), (moved,), same, _both_lists, is_promise=named)
    result = "result" if x != "result" else "ordered"
    ordered = (f"{result} = {call(x)}",)
    named = bool(words & _SORTING)
    yield Law(
        "ordered", (x,), call(x), ordered, (f"{result} == sorted({result})",), same, _both_lists, is_promise=named
    )
    yield Law("length", (x,), call(x), (), (f"len({call(x)}) == len({x})",), same, _sized)


def commutative(subject: Subject, a: str, b: str, call: Callable[[str, str], str]) -> Law:
    """Return the law that two arguments may change places."""
    said = bool(_SAID["commutative"].search(_doc(subject)))
    check = f"{call(a, b)} == {call(b, a)}"
    law = Law("commutative", (a, b), call(a, b), (), (check,), f"{a} == {b}", _any, is_promise=said)
    law.documented = "it is commutative" if _PROMISED["commutative"].search(_doc(subject)) else ""
    return law


def neutral(x: str, call: Callable[[str], str], element: str) -> Law:
    """Return the law that the element, as the second argument, changes nothing."""
    check = f"{call(x)} == {x}"
    return Law("neutral", (x,), call(x), (), (check,), f"not {x}", _same_type, partner=element)


def hash_law(x: str) -> Law:
    """Return the law that equal instances have equal hashes."""
    other = f"equal_{x}"
    checks = (f"{x} == {other}", f"hash({x}) == hash({other})")
    return Law("hash", (x, other), f"hash({x})", (), checks, "False", _any, conditions=checks[:1], is_promise=True)


def _doc(subject: Subject) -> str:
    return getattr(subject.function, "__doc__", None) or ""


def _any(_x: Any, _result: Any) -> bool:
    return True


def _same_type(x: Any, result: Any) -> bool:
    return type(x) is type(result) and not isinstance(x, bool)


def _both_lists(x: Any, result: Any) -> bool:
    return isinstance(x, (list, tuple)) and isinstance(result, (list, tuple)) and len(x) > 1


def _sized(x: Any, result: Any) -> bool:
    return all(isinstance(v, (str, bytes, list, tuple, dict, set)) for v in (x, result)) and len(x) > 1
