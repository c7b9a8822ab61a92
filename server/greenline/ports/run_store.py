"""What Greenline's own runs measured, kept for the next time and for other processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from greenline.domain.coverage.model import Arc, Executed
from greenline.ports.tests import Outcome

Stamp = tuple[Path | None, float | None]
"""Where a project's report is or would be, and when it was last written; None for what cannot be told."""


@dataclass(frozen=True, slots=True)
class StoredTest:
    """One test as it last ran; ``when`` in seconds since the epoch."""

    node_id: str
    path: Path
    """The file that it stands in."""
    fingerprint: str
    """Of its function as it ran; of the whole file where it has no function of its own."""
    outcome: Outcome
    seconds: float
    when: float
    complete: bool = True
    """All that it ran was recorded; else it may reach more than is known."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The lines of one text that one test ran, as a bit set."""

    test: StoredTest
    bits: int


@dataclass(frozen=True, slots=True)
class RanText:
    """One text that was measured, and what ran of it."""

    text: str
    outside: int
    """What no test ran: imports, mostly. A bit set."""
    arcs: frozenset[Arc] | None
    report: Stamp
    """The project's report at that time."""
    tests: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Tests that a change does not concern are not run again; what they reached in the old text holds for the new."""

    path: Path
    old: str
    new: str
    changed: int
    """Lines of the old text (bit set): what a test reached is carried when it has none of them."""
    now_at: Mapping[int, int]
    """Line of the old text -> line of the new."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, to be kept. ``texts`` are those that ran, ``coverage`` and ``contexts`` of no other file."""

    when: float
    texts: Mapping[Path, str]
    coverage: Mapping[Path, Executed]
    outside: Mapping[Path, int] = field(default_factory=dict)
    tests: tuple[StoredTest, ...] = ()
    contexts: Mapping[str, Mapping[Path, int]] = field(default_factory=dict)
    complete: bool = False
    """All files were recorded: what the tests reached elsewhere before holds no more."""
    everything: bool = False
    """Every test of the project ran: nothing that was known of tests before counts any more."""
    cut_short: bool = False
    """Tests that were to run did not: the texts that they ran the last time are still what is compared with."""
    looked_at: Mapping[Path, str] = field(default_factory=dict)
    """Test files of which every test ran, but for ``skipped`` -> fingerprint. Tests known besides those are gone."""
    skipped: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    """Tests that did not run although they should: what they reach is not known any more."""
    gone: frozenset[Path] = frozenset()
    """Files that are no more; every test that noticed has run, or is ``pending``."""
    carried: tuple[Carried, ...] = ()
    modified: Mapping[Path, float] = field(default_factory=dict)
    """When the files were last written, of those whose text is the disk's (seconds since the epoch)."""
    report: Stamp = (None, None)


class RunStore(Protocol):
    """One store for each project's root. Every method may be slow, is safe on any thread, and raises nothing.

    What cannot be read is not there; what cannot be written is lost, and the log has a sentence.
    """

    def record(self, root: Path, record: RunRecord) -> None:
        """Merge a run. What a test reached earlier is replaced."""

    def forget(self, root: Path) -> None:
        """Forget everything about a project."""

    def measured(self, root: Path, path: Path) -> tuple[RanText, ...]:
        """Return what was measured of one file, newest first. Costs what the one file costs."""

    def texts(self, root: Path, path: Path) -> tuple[tuple[str, int], ...]:
        """Return the texts of a file that ran, newest first, each with the lines that ran outside of all tests."""

    def saved_texts(self, root: Path, path: Path) -> tuple[tuple[str, float], ...]:
        """Return the texts of a file that ran as they were on disk, newest first, each with when it was written."""

    def newest_texts(self, root: Path) -> dict[Path, tuple[str, int]]:
        """Return of each file the newest text that ran, and its lines that ran outside of all tests.

        Costs what all files cost.
        """

    def unsettled(self, root: Path) -> frozenset[Path]:
        """Return the files of which tests reached an older text than the newest."""

    def whole_at(self, root: Path) -> float | None:
        """Return when all tests of the project last ran to their end in one run; None: never."""

    def stamp(self, root: Path) -> object:
        """Return what changes whenever the store does, or could not be read. Only looks at files' times."""

    def files(self, root: Path) -> dict[Path, float | None]:
        """Return the files that ran, and when the newest text that ran was written; None for an unsaved one."""

    def tests(self, root: Path) -> tuple[StoredTest, ...]:
        """Return every test that is known."""

    def test_files(self, root: Path) -> dict[Path, str]:
        """Return the test files all of whose tests are known, with their fingerprint at that time."""

    def reaching(self, root: Path, path: Path, lines: Mapping[str, int]) -> frozenset[str]:
        """Return the tests that ran one of the lines: text of the file -> bit set."""
