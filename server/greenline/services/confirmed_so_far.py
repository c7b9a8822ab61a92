"""What was confirmed round by round: each round's tests stay, and become tests that are there for the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from greenline.domain.generation.joined_edits import joined

if TYPE_CHECKING:
    from greenline.domain.code.model import Function
    from greenline.domain.generation.model import TestEdit
    from greenline.domain.generation.small_changes import SmallChange
    from greenline.services.test_trial import Tried
    from greenline.services.workbench import Bench


class ConfirmedSoFar:
    """Grows with each trial. ``bench`` is as if all that was confirmed had been written; ``edit`` writes all of it."""

    def __init__(self, bench: Bench, edit: TestEdit | None = None, unnoticed: tuple[SmallChange, ...] = ()) -> None:
        self.bench = bench
        self.edit = edit
        self.unnoticed = unnoticed
        """Small changes of one function that no test notices, as far as is known."""
        self.noticing: dict[str, tuple[SmallChange, ...]] = {}
        """Test that was kept for noticing some -> those."""
        self.tests: list[str] = []
        """Names of the tests that were taken over here, as pytest has them in the file."""
        self.codes: list[str] = []
        """Source of each trial's tests."""

    def take(self, tried: Tried, function: Function | None = None) -> None:
        """Take over what a trial on ``bench`` kept; of ``function`` the tests' names are noted."""
        if tried.edit is None:
            return
        self.edit = tried.edit if self.edit is None else joined(self.edit, tried.edit)
        kept = tried.kept.get(function) if function else None
        if kept:
            self.tests += kept.names
            self.codes.append(kept.code)
            self.noticing |= {name: candidate.notices for name, candidate in kept.tests if candidate.notices}
            noticed = {change for _, candidate in kept.tests for change in candidate.notices}
            self.unnoticed = tuple(change for change in self.unnoticed if change not in noticed)
        was = self.bench.existing
        self.bench = replace(
            self.bench,
            test_text=tried.edit.new_text,
            before=tried.after,
            # What cannot be run to its end with the old tests was run without them: that says nothing of those.
            existing=was if was.problem else tried.report,
        )
