"""What is remembered of batches, so that another process can go on with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from greenline.domain.asking.batches import BatchRecord, BatchStatus


class BatchStoreProblem(Exception):
    """It cannot be read or written; the message says why, for a person."""


class AskedAlready(BatchStoreProblem):
    """A target waits in an open batch of its project: asked for once more, it would be paid twice."""


class BatchStore(Protocol):
    """Keeps records for all processes of a person. Everything here may wait for the disk, and raise the problem."""

    def add(self, records: Sequence[BatchRecord], *, after: str = "", tried: Collection[str] = ()) -> None:
        """Write down batches that are about to be handed in, and what of the one before was tried, in one step.

        Raises AskedAlready, and writes nothing, where another process has just asked for one of their targets.
        """

    def named(self, record: str, name: str) -> None:
        """Write down the provider's name: the batch is waited for from now on."""

    def tried(self, record: str, keys: Collection[str]) -> None:
        """Write down that what came of these requests was tried, and written where it holds.

        A batch of which nothing is left to try is collected.
        """

    def close(self, record: str, status: BatchStatus) -> None:
        """Write down how it ended. What a refused one would have followed is open again, in the same step."""

    def open_in(self, project: Path) -> tuple[BatchRecord, ...]:
        """Return the batches of a project that have not ended here, the oldest first."""

    def names(self) -> frozenset[str]:
        """Return the names of all batches that are known, of every project."""

    def turn(self, record: str) -> AbstractContextManager[None] | None:
        """Take the turn to work on a batch; None where another process has it. It ends with the process."""
