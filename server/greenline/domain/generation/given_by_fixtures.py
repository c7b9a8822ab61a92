"""Cases whose receiver a fixture gives: the test asks for it by the fixture's name, and has no variable of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.rename import rename_globals

if TYPE_CHECKING:
    from greenline.domain.generation.case import Case

_MADE = re.compile(r"(\w+) = (\w+)")
_MARK = re.compile("\x00(\\d+)\x00")
_PLACE = "_argument_{}_of_the_call"


def asked_by_name(case: Case) -> Case:
    """Return the case without ``variable = fixture``: what was said of the variable is said of the fixture."""
    for statement in case.arrange:
        found = _MADE.fullmatch(statement)
        if found and found.group(2) in case.fixtures and sum(s == statement for s in case.arrange) == 1:
            case = _without(case, statement, found.group(1), found.group(2))
    return case


def _without(case: Case, statement: str, variable: str, fixture: str) -> Case:
    if any(name == fixture for name, _, _ in case.imports):
        return case

    def told(text: str) -> str:
        if variable == fixture:
            return text
        plain = _MARK.sub(lambda mark: _PLACE.format(mark.group(1)), text)
        plain = rename_globals(plain, {variable: fixture})
        return re.sub(_PLACE.format(r"(\d+)"), "\x00\\1\x00", plain)

    try:
        return replace(
            case,
            arrange=tuple(told(each) for each in case.arrange if each != statement),
            call=told(case.call),
            arguments=tuple(replace(a, source=told(a.source)) for a in case.arguments),
            expected=None if case.expected is None else told(case.expected),
            details=tuple(map(told, case.details)),
            after=tuple(map(told, case.after)),
        )
    except SyntaxError:
        return case
