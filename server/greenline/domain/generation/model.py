"""Candidates, what they rest on, and how a generation ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Summary
from greenline.domain.generation.case import Case
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.small_changes import SmallChange

Oracle = Literal["observed", "documented", "declared-raise", "property", "intended"]
"""What an assertion rests on; ``intended``: what a model takes the code to be meant to do."""
Status = Literal["confirmed", "nothing_to_gain", "not_testable", "failed", "cancelled", "waiting"]
"""``waiting``: a model is asked in a batch, which has not answered."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A fixture that new tests bring along: one top-level function with its decorator, and its import statements."""

    name: str
    code: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A test that has been proposed but not yet confirmed.

    ``code`` is one top-level test function with its decorators; ``imports`` are whole import statements that it needs.
    """

    name: str
    code: str
    imports: tuple[str, ...] = ()
    oracles: tuple[Oracle, ...] = ("observed",)
    found_for: tuple[str, ...] = ()
    """Qualified names of the functions, other than the one that it calls, that it is there for: private ones."""
    fixtures: tuple[Brought, ...] = ()
    """What it asks for and the project does not have: each is written once, above the first test that needs it."""
    shared: tuple[str, ...] = ()
    """Statements that it has in common with other tests: with some of them, a fixture does it."""
    summary: str = ""
    """What it shows, in a sentence, for a docstring; ``story`` says it as given, when and then."""
    story: str = ""
    engine: str = ""
    """What proposed it, where it is not the engine that the result names."""
    notices: tuple[SmallChange, ...] = ()
    """Small changes of the code that it notices and no other test does: it is worth keeping for them alone."""
    reach: Reach | None = field(default=None, compare=False)
    """By which other names it may get at what it imports; None where nobody has looked."""


@dataclass(frozen=True, slots=True)
class SuspectedBug:
    """An exception that nothing in the code or its documentation announces, on a type-valid input.

    With ``documented`` ("gives 2") it is a result that the documentation contradicts; ``error`` ("gives 3") is the
    result then, and ``line`` that of the example. With ``said`` a model suspects it: its test fails by ``error``
    ("assert 3 == 2"), and these are its words.
    """

    call: str
    error: str
    line: int | None = None
    documented: str = ""
    said: str = ""

    @property
    def words(self) -> str:
        """What the call does, as it follows the call in a sentence."""
        if self.said:
            return f"does not do what a model expects ({self.error}): {self.said}"
        return (
            f"{self.error}, but by its documentation {self.documented}" if self.documented else f"raises {self.error}"
        )


@dataclass(frozen=True, slots=True)
class Strength:
    """Small changes of the code that were made in the trial of the tests, and how many of them a test notices."""

    mutants: int
    killed: int

    @property
    def words(self) -> str:
        """What a person reads: "7 of 8 small changes"."""
        return f"{self.killed} of {self.mutants} small {'change' if self.mutants == 1 else 'changes'}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an engine proposes for one target. Without candidates, ``reason`` tells why in words."""

    engine: str
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    not_testable: bool = False
    observations: int = 0
    suspected_bugs: tuple[SuspectedBug, ...] = ()
    strength: Strength | None = None
    cases: tuple[Case, ...] = ()
    """What the candidates are made of, for an engine that makes them of cases."""
    hindered: str = ""
    """Why something may be left, in a sentence: "it needs the network: ..."."""
    refused: tuple[str, ...] = ()
    """What was refused to calls, and what ended them, in a sentence each."""
    survivors: tuple[str, ...] = ()
    """Small changes of the code that none of its tests noticed: "line 12: bound one higher"."""
    unnoticed: tuple[SmallChange, ...] = ()
    """The same, as they are made in the text."""
    reach: Reach = field(default_factory=Reach, compare=False)
    """By which other names the candidates may get at what they import."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """Text to insert into the test file as it is now; line 1-based, column 0-based code points."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Text that takes the place of other text in the test file as it is now; counted as in ``Insertion``."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    words: str = ""
    """What it changes, for a person: "label(1): 'one' -> 'two'"."""


@dataclass(frozen=True, slots=True)
class TestEdit:
    """The one edit that writes tests: a new file, or insertions into an existing one, or replacements in it."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    path: Path
    creates: bool
    base_text: str
    new_text: str
    insertions: tuple[Insertion, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    """A person is to look at these before they are made."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The target's coverage before and after the new tests."""

    before: Summary
    after: Summary


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking a model, counted: each test of each answer once."""

    requests: int = 0
    proposed: int = 0
    kept: int = 0
    not_kept: Mapping[str, int] = field(default_factory=dict)
    """Kind of reason (``FailureKind``) -> tests. Those of ``no_gain`` passed."""

    @property
    def passed(self) -> int:
        """Tests that ran and passed, whether they were worth keeping or not."""
        return self.kept + self.not_kept.get("no_gain", 0)


@dataclass(frozen=True, slots=True)
class TargetResult:
    """How one target ended. The command line prints it as JSON, so a field's meaning is a promise."""

    target: Target
    status: Status
    reason: str = ""
    engine: str = ""
    edit: TestEdit | None = None
    tests: tuple[str, ...] = ()
    """Names of the new tests."""
    code: str = ""
    """Source of the new tests, without what was in the file before."""
    coverage: Coverage | None = None
    observations: int = 0
    seconds: float = 0.0
    suspected_bugs: tuple[SuspectedBug, ...] = field(default=())
    strength: Strength | None = None
    """How strong the new tests are, None where nobody measured it."""
    oracles: tuple[Oracle, ...] = ()
    """What the new tests' assertions rest on, each kind once."""
    not_tested: tuple[str, ...] = ()
    """What is left uncovered, in words; first, where it is known, what was in the way."""
    refused: tuple[str, ...] = ()
    """What was refused to calls while exploring, and what ended them, in a sentence each: it is in no test."""
    placed: str = ""
    """Why the tests are in that file, to follow its name: "imports parcels.core already"."""
    engines: Mapping[str, str] = field(default_factory=dict)
    """New test -> what proposed it, for those that are not by ``engine``."""
    model_notes: tuple[str, ...] = ()
    """What happened while a model was asked, in a sentence each; empty when none was."""
    model_problem: str = ""
    """Why asking one ended early, and what to do about it; one of the notes."""
    wants_key: bool = False
    """Another key may help with that, or one at all."""
    awaits_consent: bool = False
    """A model would have been asked, had somebody agreed to that."""
    tokens: int = 0
    """That asking a model for it used up, in and out."""
    dollars: float | None = 0.0
    """What that cost; None where a model's price is not known."""
    asked: Asked = field(default_factory=Asked)
    """What became of a model's tests."""

    @property
    def left(self) -> tuple[str, ...]:
        """What is left uncovered, without what was in the way."""
        return tuple(words for words in self.not_tested if words not in self.refused)

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """What was refused to calls or ended them, where something is left; without what ``reason`` says already."""
        if not self.not_tested:
            return ()
        return tuple(words for words in self.refused if words.partition("; ")[0] not in self.reason)
