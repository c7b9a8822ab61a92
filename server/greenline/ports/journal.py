"""What a run over many files has done so far: so that it can go on after whatever ended it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.domain.bulk.states import States


class JournalProblem(Exception):
    """Nothing can be written down; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run that has not ended."""

    units: tuple[WorkUnit, ...]
    """All that was planned."""
    outcomes: tuple[UnitOutcome, ...]
    made_at: float
    """When it began, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class OpenWrite:
    """A file that was being written, and of which nobody knows whether its tests hold. ``before``: None for no file.

    ``folders`` were to be made for it, outermost first.
    """

    file: Path
    before: bytes | None
    after: bytes
    folders: tuple[Path, ...] = ()


class Journal(Protocol):
    """One for all runs, each told by the project's root and by words for what was asked. Safe with several processes.

    Every method may raise JournalProblem.
    """

    def turn(self, root: Path) -> AbstractContextManager[None] | None:
        """Take the project for one run; None where another run has it."""

    def find(self, root: Path, words: str) -> StoredRun | None:
        """Return the run of these words that has not ended."""

    def begin(self, root: Path, words: str, units: Sequence[WorkUnit]) -> None:
        """Write down a plan before anything is done, instead of an earlier one of the same words."""

    def goes_on(self, root: Path, words: str, units: Sequence[WorkUnit]) -> None:
        """Write down another plan for a run that has not ended; what was done stays known."""

    def writes(self, root: Path, words: str, path: Path, write: OpenWrite) -> None:
        """Write down what is about to be written for a unit (the file ``path``); ``root`` is that of its project."""

    def leaves(self, root: Path, words: str, write: OpenWrite) -> None:
        """Write down what is about to be written for no unit: it is not taken back."""

    def states(self, words: str) -> Mapping[Path, States]:
        """Return what the run has left in each file that it wrote to."""

    def done(self, root: Path, words: str, outcome: UnitOutcome) -> None:
        """Write down what came of a unit: its write holds, or was taken back. What it does not settle is open."""

    def ended(self, root: Path, words: str) -> None:
        """Write down that nothing is left to do. What was settled stays known."""

    def open_writes(self, root: Path) -> tuple[OpenWrite, ...]:
        """Return what was being written when a run of the project was killed."""

    def taken_back(self, root: Path) -> None:
        """Write down that those writes were looked after."""

    def settled(self, root: Path, keys: Collection[str]) -> frozenset[str]:
        """Return those of the functions' keys that an earlier run has settled."""

    def forget(self, root: Path) -> None:
        """Forget all runs of a project, and what they settled."""
