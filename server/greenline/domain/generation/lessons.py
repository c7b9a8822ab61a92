"""What the tests that a project has teach of how its next ones are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from greenline.domain.generation.max_examples import Profile
from greenline.domain.generation.project_makers import Maker
from greenline.domain.generation.test_style import TestStyle


@dataclass(frozen=True, slots=True)
class PlacedMaker:
    """A maker, and where it is."""

    maker: Maker
    path: Path
    root: Path
    """The folder that the modules beside it are imported from."""
    module: str
    """The dotted name of its file below the root."""
    imported: tuple[str, str] = ("", "")
    """Module and attribute, as tests import it; empty for a fixture."""


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """A file of the tests, as it is now."""

    path: Path
    text: str
    own: bool = False
    """It is the file that new tests go into."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned for one test file."""

    style: TestStyle = field(default_factory=TestStyle)
    makers: tuple[PlacedMaker, ...] = ()
    """The nearest first; of fixtures of one name, the one that a test in the file gets."""
    fixtures: frozenset[str] = frozenset()
    """The names of all fixtures that stand around the file."""
    profile: Profile | None = None
    """Of Hypothesis, where a conftest.py loads one."""
    files: tuple[SuiteFile, ...] = ()
    """Files with tests: the file itself where it is there, then some of the nearest."""
    conftests: tuple[SuiteFile, ...] = ()
    """Each ``conftest.py`` that counts for the file, the nearest first."""
