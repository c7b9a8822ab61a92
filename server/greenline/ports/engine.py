"""The two ways to propose candidates: the explore engine and the model engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from greenline.domain.code.model import Function, Module
from greenline.domain.coverage.model import CoverageMap
from greenline.domain.generation.lessons import Lessons
from greenline.domain.generation.model import Proposal
from greenline.ports.progress import Progress
from greenline.ports.project import Interpreter, Project


@dataclass(frozen=True, slots=True)
class Assignment:
    """One function to find tests for, with all that an engine may look at: an immutable snapshot."""

    project: Project
    interpreter: Interpreter
    path: Path
    module_name: str
    """The dotted name that tests import it by."""
    text: str
    module: Module
    function: Function
    before: CoverageMap
    """What tests reach already; only what is missing here is worth a candidate."""
    seconds: float = 5.0
    unsaved: Mapping[Path, str] = field(default_factory=dict)
    """Open buffers that differ from the disk; they win over it."""
    taken_names: frozenset[str] = frozenset()
    """Names that the test file uses already."""
    examples: tuple[str, ...] = ()
    """How the function is called elsewhere, as ``wire.Explore.examples`` has it."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """Parameter without an annotation -> types of what it gets elsewhere."""
    lessons: Lessons = field(default_factory=Lessons)
    """What the tests that are there teach."""


class Engine(Protocol):
    """Proposes candidates; it never writes."""

    name: str

    async def propose(self, assignment: Assignment, progress: Progress) -> Proposal:
        """Return candidates, best first. What the code under test does wrong is a reason, not an exception."""
