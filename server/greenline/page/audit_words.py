"""The words of an audit, the same in a terminal and in a document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.auditing.model import KINDS
from greenline.page.words import count

if TYPE_CHECKING:
    from greenline.domain.auditing.model import Weakness
    from greenline.services.audit_tests import Audit


def name_of(one: Weakness) -> str:
    """Return the test's or function's name without its file, which stands beside it."""
    return one.subject.partition("::")[2] or one.subject


def summary(audit: Audit) -> str:
    """Return one sentence: how many of what, in how many tests."""
    looked = f"{count(audit.tests, 'test')} of {count(audit.files, 'file')}"
    if not audit.tests:
        return "There are no tests to judge."
    if not audit.weaknesses:
        return f"No weakness was found in {looked}."
    kinds = Counter(one.kind for one in audit.weaknesses)
    words = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
    number = len(audit.weaknesses)
    return f"{number} {'weakness' if number == 1 else 'weaknesses'} in {looked}: {words}."


def left_out(audit: Audit) -> list[str]:
    """Return what is not told, counted."""
    return [f"{number} left out {why}." for why, number in audit.left_out.items()]
