"""Put right by rule what is often wrong in a test that a model wrote, before the model is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.domain.asking.model import ProposedTest
    from greenline.domain.generation.test_style import Waiting


@dataclass(frozen=True, slots=True)
class Around:
    """What a test can rely on."""

    module: str = ""
    """Dotted name of the module under test, as tests import it."""
    source: str = ""
    """Its text."""
    test_text: str = ""
    """The test file as it is."""
    waiting: Waiting = ""
    """How the project's tests wait for coroutines, by ``TestStyle``."""
    fixtures: frozenset[str] = frozenset()
    """Names of the fixtures that a test there can ask for."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A test and what was put right in it, in words ("added import json"); nothing where it is as it was."""

    test: ProposedTest
    changes: tuple[str, ...] = ()


def repaired(test: ProposedTest, around: Around) -> Repaired:
    """Return the test with what rules can put right. Assertions are left as they are. Raises nothing."""
    raise NotImplementedError
