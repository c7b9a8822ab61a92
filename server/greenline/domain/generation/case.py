"""A case: one observed call, as the pieces of source that a test of it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from greenline.domain.coverage.model import Arc

Shape = Literal["value", "await", "iterate", "take", "aiterate", "with", "object"]


@dataclass(frozen=True, slots=True)
class Argument:
    """What is passed for one parameter; ``label`` is ``name=`` where it is passed by name."""

    parameter: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture that stands beside the tests that ask for it: its whole code, and the imports that it needs."""

    name: str
    code: str
    imports: tuple[tuple[str, str, str], ...] = ()
    """As those of a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One observation that was chosen. All texts are Python source, evaluated in the test's namespace."""

    call: str
    """The call; the argument with index n stands in it as NUL n NUL."""
    arguments: tuple[Argument, ...] = ()
    arrange: tuple[str, ...] = ()
    """Statements before the call: the receiver, and what was done with it."""
    shape: Shape = "value"
    """How the result is taken: as it is, awaited, iterated (wholly, or its first five), as a context, as an object."""
    expected: str | None = None
    """An expression equal to the result."""
    details: tuple[str, ...] = ()
    """Assertions on ``result``, for results that no expression equals."""
    after: tuple[str, ...] = ()
    """Assertions on arguments, receiver and output after the call."""
    kept: frozenset[int] = frozenset()
    """Arguments that need a variable, because ``after`` speaks of them."""
    error: str = ""
    """The exception's class, for a call that raises."""
    message: str = ""
    """The stable part of its message."""
    imports: tuple[tuple[str, str, str], ...] = ()
    """(binding, module, attribute); an empty attribute imports the module itself."""
    edges: frozenset[Arc] = frozenset()
    documented: bool = False
    decorators: tuple[str, ...] = ()
    """What the test needs around it, to leave everything as it was."""
    fixtures: tuple[str, ...] = ()
    """The project's fixtures that it asks for."""
    tested: str = ""
    """Qualified name of what is called, where it is not the target itself: a public caller of a private one."""
    brought: tuple[Fixture, ...] = ()
    """Those of its fixtures that the project does not have."""
    shared: tuple[str, ...] = ()
    """Statements of ``arrange`` that make what other tests need as well; the last one gives it its name."""

    @property
    def raises(self) -> bool:
        """The call ends with an exception."""
        return bool(self.error)

    def call_with(self, arguments: list[str]) -> str:
        """Return the call with these texts as its arguments."""
        text = self.call
        for index, argument in enumerate(arguments):
            text = text.replace(f"\x00{index}\x00", argument)
        return text
