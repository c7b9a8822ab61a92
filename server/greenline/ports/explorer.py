"""Running a target on inputs that are searched for, in the project's own interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from greenline.domain.coverage.model import Arc
from greenline.domain.generation.case import Case
from greenline.domain.generation.lessons import PlacedMaker
from greenline.domain.generation.model import SuspectedBug
from greenline.domain.generation.properties import Property
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.small_changes import SmallChange

if TYPE_CHECKING:
    from greenline.ports.progress import Progress
    from greenline.ports.project import Interpreter, Project


@dataclass(frozen=True, slots=True)
class Expedition:
    """One target to explore, and what is still missing of it (first lines of statements; branches as arcs)."""

    project: Project
    interpreter: Interpreter
    path: Path
    module_name: str
    qualname: str
    lines: frozenset[int]
    branches: frozenset[Arc]
    first_line: Mapping[int, int]
    seconds: float
    unsaved: Mapping[Path, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    """How the target is called elsewhere, as ``wire.Explore.examples`` has it."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """Parameter without an annotation -> types of what it gets elsewhere."""
    makers: tuple[PlacedMaker, ...] = ()
    """What the project's tests make instances with, the nearest first."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What exploring found. Without cases, ``reason`` says why in words."""

    cases: tuple[Case, ...] = ()
    calls: int = 0
    reason: str = ""
    failed: bool = False
    """Exploring itself could not be done or not be ended; that says nothing about the target."""
    mutants: int = 0
    killed: int = 0
    refusals: tuple[str, ...] = ()
    suspected_bugs: tuple[SuspectedBug, ...] = ()
    hindered: str = ""
    """What kept some calls from going on, in a sentence: why lines may be left."""
    refused: tuple[str, ...] = ()
    """What was refused to calls, and what ended them, in a sentence each."""
    properties: tuple[Property, ...] = ()
    """Laws that held, to be tested besides the cases."""
    survivors: tuple[str, ...] = ()
    """Those of ``mutants`` that nothing noticed: "line 12: bound one higher"."""
    unnoticed: tuple[SmallChange, ...] = ()
    """The same, as they are made in the text."""
    reach: Reach = field(default_factory=Reach)


class Explorer(Protocol):
    """Explores in child processes that end with the task that waits for them."""

    async def explore(self, expedition: Expedition, progress: Progress) -> Exploration:
        """Explore until done or out of time; never raises for the target's sake."""
