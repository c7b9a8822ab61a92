"""What there is to judge a failing test by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greenline.domain.adding_packages import PIP, Adding
from greenline.domain.failures import Place

if TYPE_CHECKING:
    from pathlib import Path

Where = Literal["test", "source", "elsewhere"]
"""A file that the project keeps for tests, another one of its own, or one of a package or of Python."""
Since = Literal["test", "source", "both", "neither", "unknown"]
"""What changed since the test last passed; unknown where nobody saw it pass."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the traceback, with the line of code as it ran."""

    path: Path
    line: int
    function: str
    where: Where
    text: str = ""

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.path, self.line)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One failing test, or file that could not be collected."""

    node_id: str
    error: str
    """The exception's class, with its module unless it is a builtin; empty when nothing was raised."""
    said: str
    """The exception as text."""
    message: str
    """All that pytest says."""
    steps: tuple[Step, ...]
    """Outermost first."""
    set_up: bool = False
    """It failed before or after the test itself ran."""
    since: Since = "unknown"
    changed: tuple[Path, ...] = ()
    """Those files."""
    newer: Where | None = None
    """Which was written later, the test's file or the code that it ran; None where that is not known."""
    own_modules: frozenset[str] = frozenset()
    """Top-level modules named in the failure that are the project's own."""
    side_by_side: bool = False
    """Other tests ran at the same time."""
    temporary: str = ""
    """The folder for temporary files in this run."""
    adding: Adding = PIP
    """How the project gets one more package."""
    in_editor: bool = True
    """The person looks at an editor, and else at a terminal."""

    @property
    def is_collection(self) -> bool:
        """The file could not be collected: no test of it ran."""
        return "::" not in self.node_id

    @property
    def is_example(self) -> bool:
        """It is an example in the documentation of the code."""
        return self.kind_of_error == "DocTestFailure"

    @property
    def file(self) -> str:
        """The test file, as pytest names it."""
        return self.node_id.partition("::")[0]

    @property
    def kind_of_error(self) -> str:
        """The exception's class without its module."""
        return self.error.rpartition(".")[2]

    @property
    def own(self) -> tuple[Step, ...]:
        """The steps in the project's own files."""
        return tuple(step for step in self.steps if step.where != "elsewhere")

    @property
    def raised_by(self) -> Step | None:
        """The innermost step in the project's own files."""
        return self.own[-1] if self.own else None

    @property
    def and_what_changed(self) -> str:
        """What of the code changed since the test last passed, to follow a sentence."""
        if self.since not in {"source", "both"}:
            return ""
        return f" {', '.join(sorted({path.name for path in self.changed})[:3])} changed since the test last passed."

    @property
    def raised_in_changed(self) -> Step | None:
        """The innermost step in the project's own files, where that file changed since the test last passed."""
        step = self.raised_by if self.since in {"test", "source", "both"} else None
        return step if step is not None and step.path in self.changed else None

    @property
    def in_test(self) -> Step | None:
        """The innermost step in the test's own file, else in any that is kept for tests; the line of an example."""
        if self.is_example:
            return self.raised_by
        tests = [step for step in self.own if step.where == "test"]
        its_own = [step for step in tests if step.path.as_posix().endswith(self.file)]
        return next(iter((its_own or tests)[-1:]), None)

    @property
    def in_source(self) -> Step | None:
        """The code that raised: None where the test's own lines did."""
        step = self.raised_by
        return step if step is not None and step.where == "source" and not self.is_example else None
