"""What holds back code that nobody has accepted yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from greenline.ports.project import Interpreter, Project

Level = Literal["guard", "sandbox", "command"]


@dataclass(frozen=True, slots=True)
class InForce:
    """The level in force.

    ``why_not`` says why it is not a stronger one; ``problem`` says, in sentences, that nothing is run, and what to do.
    """

    level: Level
    why_not: str = ""
    problem: str = ""
    why: str = ""
    """Why it is this one."""
    tried: str = ""
    """What came of trying it, in words."""


@dataclass(frozen=True, slots=True)
class Warmth:
    """Whether probes are forks of a warm process; ``why_not`` says why each is a fresh process in its stead."""

    why_not: str = ""
    kernel: tuple[str, ...] = ()
    """What the kernel refuses besides the guard, in words."""
    left_out: tuple[str, ...] = ()
    """Plugins of pytest that each fork imports itself."""
    confines: bool | None = None
    """The kernel can keep a model's tests from reading what is not theirs; None where only a run would tell."""


class Isolating(Protocol):
    """Runs probes in isolation."""

    async def in_force(self, interpreter: Interpreter | None, project: Project) -> InForce:
        """Return the level that is in force for a project; tries what this system can do, the first time.

        A command is tried each time, with an interpreter, and costs what it costs to start it.
        """

    async def warmth(self, interpreter: Interpreter, project: Project) -> Warmth:
        """Tell whether probes of an interpreter in a project are forks of a warm process; starts one, to see."""
