"""What is remembered of batches, so that another process can go on with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from greenline.domain.asking.batches import BatchRecord, BatchStatus
from greenline.domain.asking.known import Known
from greenline.domain.asking.model import Answer
from greenline.ports.model import ModelProblem


class BatchStoreProblem(Exception):
    """It cannot be read or written; the message says why, for a person."""


class AskedAlready(BatchStoreProblem):
    """A target waits in an open batch of its project: asked for once more, it would be paid twice."""


class BatchStore(Protocol):
    """Keeps records for all processes of a person. Everything here may wait for the disk, and raise the problem."""

    def add(self, records: Sequence[BatchRecord], known: Mapping[str, Known]) -> None:
        """Write down batches before money is reserved for them, and what is known of the targets of their requests.

        Raises AskedAlready, and writes nothing, where one of their targets waits in another batch: where two processes
        ask at once, one of them hears it.
        """

    def reserved(self, records: Sequence[BatchRecord], *, after: str = "", tried: Collection[str] = ()) -> None:
        """Write down that batches are about to be handed in, and what of the one before was tried, in one step.

        Requests that the records do not have any more are not asked: nothing paid them.
        """

    def named(self, record: str, name: str) -> None:
        """Write down the provider's name: the batch is waited for from now on."""

    def tried(self, record: str, keys: Collection[str]) -> None:
        """Write down that what came of these requests was tried, and written where it holds.

        A batch of which nothing is left to try is collected.
        """

    def close(self, record: str, status: BatchStatus) -> None:
        """Write down how it ended. What a ``refused`` one would have followed is open again, in the same step."""

    def open_in(self, project: Path) -> tuple[BatchRecord, ...]:
        """Return the batches of a project that have not ended here, the oldest first."""

    def reserving(self) -> tuple[BatchRecord, ...]:
        """Return the batches of every project for which money is being reserved, or was when their process died."""

    def known(self, keys: Collection[str]) -> Mapping[str, Known]:
        """Return what was known of the targets of open requests when they were asked, as far as there is something."""

    def keep(self, answers: Mapping[str, Answer | ModelProblem]) -> None:
        """Keep what came of requests, by their keys, until no open request needs it."""

    def answers(self, keys: Collection[str]) -> Mapping[str, Answer | ModelProblem]:
        """Return what is kept of what came of requests."""

    def names(self) -> frozenset[str]:
        """Return the names of all batches that are known, of every project."""

    def turn(self, record: str) -> AbstractContextManager[None] | None:
        """Take the turn to work on a batch; None where another has it. It ends with the process, however that ends."""
