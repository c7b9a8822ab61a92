"""Other machines that units of work are done on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record = dict[str, Any]


class ClusterProblem(Exception):
    """Nothing can be done there, or nothing more; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Carried:
    """All of one project that a worker needs besides Greenline and a Python with pytest: plain values only."""

    digest: str
    """Of all the rest, and of the run: no other has the same."""
    files: bytes
    """As ``adapters/packed_files.py`` packs them."""
    name: str
    """Of the folder that they are unpacked into."""
    project: str
    """Where the project's root is in it; "." mostly."""
    root: str
    """The project's root here: words from a worker are told with it."""
    imported: tuple[str, ...]
    """Folders, from the project's root, that its Python imports from by itself."""
    settings: Mapping[str, Any]
    base: Mapping[str, Any]
    """What tests reached at the beginning, by file."""
    engine: str


class UnitLost(Exception):
    """Workers died of a unit, or failed at it, one after the other; the message says so. Other units go on."""


class Cluster(Protocol):
    """Does units as workers are free; one whose worker dies is done again by another."""

    async def begin(self, carried: Sequence[Carried]) -> int:
        """Send what is carried. Returns how many units are worked on at once. Raises ClusterProblem."""

    async def find(self, digest: str, unit: Record, texts: Mapping[str, str], urgency: int) -> Record:
        """Return what was found for a unit of the project of that digest. Raises ClusterProblem and UnitLost.

        ``texts`` are of files, from the project's root, that are seen instead of what was sent. What is more urgent
        begins first.
        """

    async def end(self) -> None:
        """Call off what is not done, and have the workers remove what they were sent. Raises nothing."""
