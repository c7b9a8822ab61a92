"""What the module under test asked of its values: the operands tell which input would be answered otherwise."""

from __future__ import annotations

import operator
import re
from typing import Any, Callable, NamedTuple

Place = tuple[int, int, str]
"""Line, column and name of what is asked there."""

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "In": lambda a, b: a in b,
    "NotIn": lambda a, b: a not in b,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "isinstance": isinstance,
}
METHODS = {
    "startswith", "endswith", "get", "match", "fullmatch", "search", "finditer", "findall", "split", "sub",
}  # fmt: skip
"""Calls that are questions: to a text, a dictionary, a regular expression."""
_FINDS_ONE = ("match", "fullmatch", "search")
CONVERSIONS = {"int", "float"}
MAX_RECORDED = 256
MAX_AT_PLACE = 12


class Asked(NamedTuple):
    """One question: where, its operands, and its answer where that is a bool.

    Beside the names of operators: "startswith" and "endswith" (text, affix), "Key" (key, dictionary), "isinstance"
    (value, types), "match" (text, pattern), "Truth" (value, None) and "Number" (text that should be one, None).
    """

    place: Place
    left: Any
    right: Any
    answer: bool | None = None

    @property
    def name(self) -> str:
        """What is asked."""
        return self.place[2]


class Comparisons:
    """Collects what the current call asks. A loop does not fill it: each place is recorded a few times only."""

    def __init__(self) -> None:
        self.seen: list[Asked] = []
        self._times: dict[Place, int] = {}

    def compare(self, place: Place, left: Any, right: Any) -> Any:
        """Compare as Python would, and remember the operands."""
        answer = OPERATIONS[place[2]](left, right)
        self._note(place, left, right, answer if answer is True or answer is False else None)
        return answer

    def value(self, place: Place, value: Any) -> Any:
        """Remember a value whose truth, or number, is asked for; it is passed on as it is."""
        if place[2] == "Truth":
            self._note(place, value, None, value if value is True or value is False else None)
        elif type(value) is str:
            self._note(place, value, None, None)
        return value

    def call(self, place: Place, owner: Any, *arguments: Any, **named: Any) -> Any:
        """Call the method as Python would, and remember what it asks."""
        line, column, method = place
        answer = getattr(owner, method)(*arguments, **named)
        if type(owner) in (str, bytes):
            if method in ("startswith", "endswith"):
                self._note(place, owner, arguments[0], answer)
        elif method == "get" and type(owner) is dict:
            self._note((line, column, "Key"), arguments[0], owner, arguments[0] in owner)
        elif type(owner) is re.Pattern or owner is re:
            asked = [owner, *arguments] if owner is not re else list(arguments)
            at = 2 if method == "sub" else 1
            if len(asked) > at:
                found = answer is not None if method in _FINDS_ONE else None
                self._note((line, column, "match"), asked[at], asked[0], found)
        return answer

    def item(self, place: Place, owner: Any, key: Any) -> Any:
        """Look the key up as Python would, and remember which there are."""
        if type(owner) is dict:
            self._note(place, key, owner, key in owner)
        return owner[key]

    def take(self) -> list[Asked]:
        """Return what was recorded and start anew."""
        seen, self.seen = self.seen, []
        self._times.clear()
        return seen

    def _note(self, place: Place, left: Any, right: Any, answer: bool | None) -> None:
        times = self._times.get(place, 0)
        if times < MAX_AT_PLACE and len(self.seen) < MAX_RECORDED:
            self._times[place] = times + 1
            self.seen.append(Asked(place, left, right, answer))
