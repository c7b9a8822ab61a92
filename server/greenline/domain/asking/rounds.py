"""What one round of answers leaves for the next: which tests failed, why, and what must not become of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from greenline.domain.asking.model import FailedTest
from greenline.domain.asking.weakened import bent, weakened
from greenline.domain.code.syntax_tree import module_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.asking.model import FailureKind, ProposedTest

_ALIKE = 0.6
"""Of two tests' code: above, one is the other under a new name."""
_THERE = "the same test is there already"
_REFUSED = ("Greenline refused to ", "it wants to ")
_BY_CHANCE = re.compile(r"\((?:under another hash seed|after other tests of|on more examples)[^)]*\)\s*$")
_MISSING = re.compile(r"\b(?:ModuleNotFoundError|ImportError): No module named ")
_OWN_FAULT = re.compile(
    r"\b(?:NameError|SyntaxError|IndentationError|ImportError|ModuleNotFoundError|UnboundLocalError)\b"
    r"|fixture '[^']*' not found|did not collect it"
)
_CHANGES = re.compile(r"(?<=0x)[0-9A-Fa-f]+|(?<=line )\d+|(?<=pytest-)\d+")


@dataclass(frozen=True, slots=True)
class Standing:
    """Tests that failed and were not given up: as they were when they asserted all that was meant."""

    failed: Mapping[str, FailedTest] = field(default_factory=dict)
    """By the name of the test."""

    def follows(self, test: ProposedTest) -> FailedTest | None:
        """Return the failed test that this one is to take the place of, also under another name."""
        if test.name in self.failed:
            return self.failed[test.name]
        rated = [(_likeness(test.code, each.test.code), name) for name, each in self.failed.items()]
        best, name = max(rated, default=(0.0, ""))
        return self.failed[name] if best >= _ALIKE else None

    def followed_by(self, tests: Sequence[ProposedTest]) -> tuple[FailedTest, ...]:
        """Return the failed tests that these are to take the place of."""
        return tuple(before for test in tests if (before := self.follows(test)) is not None)

    def objection(self, test: ProposedTest) -> FailedTest | None:
        """Return why a test must not take the place of the one that failed, None where it may."""
        before = self.follows(test)
        if before is None or not _parses(before.test.code):  # it asserted nothing yet
            return None
        said = bent(before.test.code, test.code, before.message)
        said = said or weakened(before.test.code, test.code)
        return FailedTest(test, said, "weakened") if said else None

    def after(self, failed: Sequence[FailedTest]) -> Standing:
        """Return what stands after a round. A test that was refused for asserting less leaves the earlier one."""
        standing: dict[str, FailedTest] = {}
        for each in failed:
            before = self.follows(each.test)
            if each.kind == "weakened" and before is not None:
                standing[before.test.name] = before
            elif each.kind not in {"suspected_bug", "no_gain"}:
                standing[each.test.name] = each
        return Standing(standing)

    def again(self, failed: Sequence[FailedTest]) -> bool:
        """Tell whether everything that failed did so as it did before."""
        return bool(failed) and all(
            (before := self.follows(each.test)) is not None and error_of(before.message) == error_of(each.message)
            for each in failed
        )


def kind_of(test: ProposedTest, message: str, absent: Sequence[str] = ()) -> FailureKind:
    """Return why a test that ran did not pass, from what it said and what was not there for it."""
    said = message.strip()
    if said.startswith(_THERE):
        return "no_gain"
    if any(words in said for words in _REFUSED):
        return "refused"
    if _BY_CHANCE.search(said):
        return "flaky"
    if _MISSING.search(said) or absent:
        return "environment"
    if test.suspected_bug and not _OWN_FAULT.search(error_of(message)):
        return "suspected_bug"
    return "wrong_test"


def error_of(message: str) -> str:
    """Return the line that tells two failures apart, without what changes from run to run."""
    return _CHANGES.sub("0", error_line(message))


def error_line(message: str) -> str:
    """Return the line of what pytest printed, or of a sentence of ours, that says what went wrong."""
    lines = [line.strip() for line in message.strip().splitlines() if line.strip()]
    told = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return next((each for each in told if each), lines[-1] if lines else "")


def _parses(code: str) -> bool:
    try:
        module_of(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _likeness(one: str, other: str) -> float:
    """Return how many pairs of neighbouring characters two texts share, 0 to 1: quick, however long they are."""
    first, second = _pairs(one), _pairs(other)
    return 2 * (first & second).total() / max(1, first.total() + second.total())


@lru_cache(maxsize=64)
def _pairs(text: str) -> Counter[str]:
    return Counter(map("".join, pairwise(text)))
