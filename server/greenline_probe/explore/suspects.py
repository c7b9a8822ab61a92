"""Which values no program can be made with, so that time goes to the others."""

from __future__ import annotations

from typing import Any

from greenline_probe.explore.template import Choice


class Suspects:
    """Blames a value where all the others of a program that could not be set up are known to work."""

    def __init__(self) -> None:
        self._fine: set[Any] = set()
        self._bad: set[Any] = set()

    def note(self, choice: Choice, *, works: bool) -> None:
        """Learn whether the program could be set up."""
        values = _values(choice)
        if works:
            self._fine.update(values)
            self._bad.difference_update(values)
            return
        suspects = [v for v in values if v not in self._fine]
        if len(suspects) == 1:
            self._bad.add(suspects[0])

    def include(self, choice: Choice) -> bool:
        """Tell whether one of its values is known for failing."""
        return bool(self._bad) and not self._bad.isdisjoint(_values(choice))


def _values(choice: Choice) -> list[Any]:
    return [(id(choice.template), i, source) for i, source in enumerate(choice.chosen)]
