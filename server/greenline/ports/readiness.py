"""Getting ready for runs that will be asked for soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.project import Interpreter, Project


class Readiness(Protocol):
    """Does in the background what a run would have to wait for."""

    def prepare(self, project: Project, interpreter: Interpreter, hash_seeds: Sequence[int]) -> None:
        """Expect an exploration, trials under these hash seeds and a confirmation. Returns at once, raises nothing."""
