"""What is said of an edit: new tests are spoken of otherwise than values that were updated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.domain.generation.model import TestEdit


@dataclass(frozen=True, slots=True)
class EditWords:
    """Pieces of messages; ``{name}`` is the file's."""

    label: str
    """Of the change, in an editor's list of what can be undone."""
    undo_label: str
    question: str
    """Before a path."""
    to_copy: str
    """Above what a person may want to copy."""
    not_written: str
    """The same, in the log."""
    elsewhere: str
    """Where it is to be had, when it was not written."""
    not_accepted: str
    again: str
    """What to do again, as an order."""
    meanwhile: str
    """What was done while the file changed."""
    stands: str
    """After a cancellation that came too late."""
    by_hand: str
    """What is left to do where it cannot be undone."""


def words_of(edit: TestEdit) -> EditWords:
    """Return the words for an edit: those of updating where it replaces something."""
    return _UPDATED if edit.replacements else _GENERATED


_GENERATED = EditWords(
    label="Greenline: tests in {name}",
    undo_label="Greenline: undo tests in {name}",
    question="Write these tests to",
    to_copy="Tests to copy:",
    not_written="Tests that were not written",
    elsewhere="The tests are in Greenline's log; `greenline generate` in a terminal writes them.",
    not_accepted="the new tests were not accepted. Greenline's log has them.",
    again="generate",
    meanwhile="while its tests were made",
    stands="The new tests stand in {name}; they had passed before they were written.",
    by_hand="the new tests have to be removed by hand.",
)
_UPDATED = EditWords(
    label="Greenline: updated expectations in {name}",
    undo_label="Greenline: undo updated expectations in {name}",
    question="Make these changes in",
    to_copy="What was to change:",
    not_written="Changes that were not made",
    elsewhere="The changes are in Greenline's log; `greenline update` in a terminal makes them.",
    not_accepted="the change was not accepted.",
    again="update",
    meanwhile="while its tests were looked at",
    stands="The updated values stand in {name}; its tests had passed with them before they were written.",
    by_hand="the values of before have to be put back by hand.",
)
