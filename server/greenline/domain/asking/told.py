"""What a person is told of asking a model: what was not kept and why, and what may be a bug."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.asking.looked_for import words_of
from greenline.domain.asking.rounds import error_line
from greenline.domain.code.syntax_tree import module_of
from greenline.domain.generation.model import Asked, SuspectedBug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.asking.answers import Answered
    from greenline.domain.asking.model import Answer, FailedTest

_MOST = 8
_LONGEST = 200


class Told:
    """Collects it, round by round: of a test that was mended, nothing is left to say."""

    def __init__(self) -> None:
        self._notes: dict[str, None] = {}
        self._left: dict[str, FailedTest] = {}
        self._bugs: dict[str, SuspectedBug] = {}
        self._proposed = 0
        self._not_kept: Counter[str] = Counter()

    @property
    def bugs(self) -> tuple[SuspectedBug, ...]:
        """What the model takes for bugs: its tests of that fail, and are not written."""
        return tuple(self._bugs.values())

    def asked(self, requests: int) -> Asked:
        """Count what became of all tests that were proposed in so many requests."""
        kept = self._proposed - self._not_kept.total()
        return Asked(requests, self._proposed, kept, dict(sorted(self._not_kept.items())))

    @property
    def notes(self) -> tuple[str, ...]:
        """Everything else, in a sentence each."""
        found = [each for each in self._left.values() if each.kind != "no_gain"]
        idle = len(self._left) - len(found)
        said = [_sentence(each) for each in found[:_MOST]]
        if len(found) > _MOST:
            said.append(f"{len(found) - _MOST} more of its tests were not kept.")
        if idle:
            count = "1 test of it was" if idle == 1 else f"{idle} tests of it were"
            said.append(f"{count} not kept: nothing is reached by it that tests do not reach already.")
        return (*said, *self._notes)

    def note(self, sentence: str) -> None:
        """Add a sentence; the same one stands there once."""
        self._notes[sentence] = None

    def heard(self, answer: Answer, answered: Answered) -> None:
        """Note what was wrong with an answer as a whole."""
        if answer.instead:
            self.note(f"{answer.model} answered: {answer.instead}.")
        for problem in answered.problems:
            self.note(f"{problem[:1].upper()}{problem[1:]}.")
        if not answered.tests and not answered.problems and answer.stop == "end":
            self.note("The model found nothing more that is worth a test.")

    def tried(self, proposed: int, replaced: Sequence[FailedTest], failed: Sequence[FailedTest], qualname: str) -> None:
        """Note what became of the tests of a round, and of those of earlier ones whose place they took."""
        self._proposed += proposed
        self._not_kept.update(each.kind for each in failed)
        for before in replaced:
            self._left.pop(before.test.name, None)
        for each in failed:
            if each.kind == "suspected_bug":
                bug = _bug(each, qualname)
                self._bugs.setdefault(bug.call, bug)
            else:
                self._left[each.test.name] = each
            if each.absent:
                self.note(words_of(each.absent))


def _sentence(failed: FailedTest) -> str:
    name = f"`{failed.test.name}`"
    if failed.kind == "flaky":
        return f"{name} was not kept, as it does not pass each time: {_short(error_line(failed.message))}."
    if failed.kind in {"weakened", "refused"}:
        return f"{name} was not kept: {_short(failed.message)}."
    return f"{name} was not kept: {_short(error_line(failed.message))}."


def _bug(failed: FailedTest, qualname: str) -> SuspectedBug:
    error = error_line(failed.message).removeprefix("AssertionError: ")
    return SuspectedBug(
        _call_in(failed.test.code, qualname) or failed.test.name, _short(error), said=failed.test.suspected_bug
    )


def _call_in(code: str, qualname: str) -> str:
    """Return the first call of the function in a test, as source; empty where none is found."""
    name = qualname.rpartition(".")[2]
    try:
        calls = [node for node in ast.walk(module_of(code)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return ""
    for call in calls:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called == name:
            return ast.unparse(call)
    return ""


def _short(text: str) -> str:
    said = " ".join(text.split()).rstrip(".")
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} ..."
