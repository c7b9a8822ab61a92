"""What one call came to, and what a test of it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from greenline_probe.explore.template import Choice


@dataclass
class Observation:
    """One execution of the target and the assertions it supports.

    ``kind`` is value, raise, refused, timeout, avoided or unusable.
    """

    choice: Choice
    kind: str
    shape: str = "value"
    """How the result was taken: value, await, iterate, take, aiterate, with, object."""
    expected: str | None = None
    """Expression equal to the result."""
    details: tuple[str, ...] = ()
    """Assertions about a result that has no expression; its variable is called ``result``."""
    after: tuple[str, ...] = ()
    """Assertions about arguments, the receiver and output after the call."""
    kept: frozenset[int] = frozenset()
    """Arguments (by position in the call) that need a variable because ``after`` speaks of them."""
    error: str = ""
    """Expression of the exception's class."""
    message: str = ""
    deliberate: bool = False
    error_line: int = 0
    error_text: str = ""
    about_files: bool = False
    made_up: bool = False
    """The call asked for a module that only its own argument names, or got an answer that is made up: no word about the
    code."""
    """The operating system refused: that says more about the invented paths than about the code."""
    edges: frozenset[tuple[int, int]] = frozenset()
    refusal: str = ""
    obstacle: str = ""
    """What the exception says is missing here: display, database, network, terminal, package or file."""
    documented: bool = field(default=False)
    loose: bool = False
    """Another run has another outcome; what is asserted holds in each."""
    prepared: tuple[str, ...] = ()
    """Statements before everything else, by which a test puts back what the call changes in its module."""
    decorators: tuple[str, ...] = ()
    """What the test needs around it, to leave everything as it was."""
    shows: frozenset[Any] = frozenset()
    """What it showed besides, by the kinds of code that it is of: each is worth a test."""
    is_refused_as_declared: bool = False
    """A request was refused before the code ran, by the types that it declares."""
    arranged: tuple[str, ...] | None = None
    """The statements before the call as a test has them, where what was tried is not the same."""

    @property
    def fingerprint(self) -> tuple[Any, ...]:
        """What a test of this call could notice."""
        said = (self.kind, self.shape, self.expected, self.details, self.after, self.error, self.message)
        return (*said, self.arranged)

    @property
    def usable(self) -> bool:
        """It can become a test: something is asserted, and nothing was refused or guessed."""
        if self.kind == "raise":
            return bool(self.error) and self.deliberate
        return self.kind == "value" and (self.expected is not None or bool(self.details) or bool(self.after))
