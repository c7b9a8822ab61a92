"""Where the tests of a source file belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.place import Placement
    from greenline.ports.project import Project


class TestLayout(Protocol):
    """Knows how a project lays out its tests."""

    def test_file_for(self, project: Project, source: Path, thing: str = "") -> Placement:  # noqa: PT028 - no test
        """Return the test file for a source file and why that one. Reads a bounded number of files; raises nothing.

        ``thing`` is the function or class in it that the tests are for, where it is one: it may have a file of its own.

        Where a person's template decides and names no place for tests, the placement says so as its ``problem``.
        """


TestLayout.__test__ = False  # type: ignore[attr-defined] # no test class, whatever pytest thinks of its name
