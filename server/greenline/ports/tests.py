"""Running tests in the project's own interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, get_args

from greenline.domain.coverage.model import Executed
from greenline.domain.generation.noted import Noted
from greenline.ports.progress import Progress
from greenline.ports.project import Interpreter, Project

Outcome = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed"]
OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a sound test does not notice. Empty and None leave what the person has."""

    timezone: str = ""
    """As the variable TZ has it."""
    locale: str = ""
    """As the variable LC_ALL has it."""
    days_later: float = 0.0
    """For ``package`` and the tests."""
    package: str = ""
    """Top-level package under test."""
    elsewhere: bool = False
    """In another folder, once the fixtures are set up."""
    shuffle: int | None = None
    """Another order of the tests; the number decides which. -1: from the last to the first."""


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of pytest: in a scratch copy, or, where nothing is refused and all texts are saved, in the project.

    ``overlay`` holds texts that replace or add files (absolute paths in the project): candidates, and unsaved buffers.
     ``selection`` are paths or node ids to run, empty for the whole suite. ``measure`` are the files
    whose lines and branches are recorded; None records every file under the project's source roots.
    """

    __test__ = False

    project: Project
    interpreter: Interpreter
    overlay: Mapping[Path, str] = field(default_factory=dict)
    selection: tuple[str, ...] = ()
    measure: tuple[Path, ...] | None = ()
    hash_seed: int = 0
    """Of a guarded run; any other has the person's own."""
    seconds: float = 60.0
    record_calls: bool = False
    """Tell what the functions of ``measure`` are called with."""
    guarded: bool = True
    """Refuse writes outside scratch, network and subprocesses: for what no person has accepted yet."""
    confined: bool = False
    """Of a guarded run: a model wrote some of the tests, and hears what they say. They read nothing but the project,
    and Python with its libraries; what is never sent to a model is not there."""
    contexts: bool = False
    """Tell for each test which lines of ``measure`` it ran."""
    skip: frozenset[str] = frozenset()
    """Node ids to leave out of what ``selection`` finds."""
    parallel: bool = False
    """Run the tests in several processes, where the project has pytest-xdist and either asks for it or is large."""
    conditions: Conditions = Conditions()
    options: tuple[str, ...] = ()
    """Of pytest, as a person wrote them on the command line."""
    notes: bool = False
    """The tests are a copy that tells what its expectations see."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of a traceback."""

    path: Path
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test's end; ``message`` is pytest's own, for failures, and so is the rest."""

    __test__ = False

    node_id: str
    outcome: Outcome
    message: str = ""
    error: str = ""
    """The exception's class, with its module unless it is a builtin."""
    said: str = ""
    """The exception as text; of an assertion with the values that pytest explains it by."""
    frames: tuple[Frame, ...] = ()
    """The traceback, outermost first, without pytest's own."""
    seconds: float = 0.0
    refused: tuple[str, ...] = ()
    """What the guard refused while it ran, in words, also where the test swallowed it."""


@dataclass(frozen=True, slots=True)
class CallsSeen:
    """What tests called one function with, a few times: programs and types as ``wire.Explore`` has them."""

    first_line: int
    """Of the function, its decorators counted."""
    programs: tuple[str, ...]
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestReport:
    """What a run gave. ``problem`` is set when pytest could not do its work (in words, with what to do)."""

    __test__ = False

    outcomes: tuple[TestOutcome, ...] = ()
    coverage: Mapping[Path, Executed] = field(default_factory=dict)
    problem: str = ""
    complaint: str = ""
    """What pytest, or a plugin, found fault with although every test ran and none failed, in words."""
    none_found: bool = False
    """There was no test to run: that is the ``problem``, and no other."""
    all_ran: bool = False
    """Every test that was to run did: a ``problem`` came after the last one."""
    not_run: int = 0
    """So many tests were to run and did not, because pytest stopped before."""
    seconds: float = 0.0
    unfinished: str = ""
    """Node id of the test that was running when a ``problem`` ended the run."""
    refusals: tuple[str, ...] = ()
    """What the guard refused, in words ("write to /home/x/data.json"), even where a test swallowed the refusal."""
    skipped_files: frozenset[str] = frozenset()
    """Node ids of files that skip themselves as a whole: their tests have no outcome."""

    contexts: Mapping[str, Mapping[Path, int]] = field(default_factory=dict)
    """Of a run with contexts: node id -> file -> lines that this test ran, as a number with bit n for line n.

    What runs while tests are collected (imports, mostly) belongs to none of them; what a fixture of a wider scope runs
    belongs to each test that uses it.
    """
    outside: Mapping[Path, int] = field(default_factory=dict)
    """Of a run with contexts: file -> lines that ran outside of all tests."""
    workers: int = 0
    """In so many processes the tests ran side by side, where they did."""
    replaced: frozenset[Path] = frozenset()
    """Files of the overlay that were saved anew while the run had them from the disk: nobody knows what ran."""
    calls: Mapping[Path, tuple[CallsSeen, ...]] = field(default_factory=dict)
    """Of a run that records them, by file, in the order of the lines."""
    noted: tuple[Noted, ...] = ()
    """Of a run that notes."""
    looked_for: tuple[str, ...] = ()
    """Of a confined run: files that are never sent to a model, and are not there, which something looked for."""
    withheld: bool = False
    """Nothing here is what a test said, because this system cannot confine it: only our own words are."""

    @property
    def green(self) -> bool:
        """Everything that was selected ran and nothing failed."""
        return (
            not self.problem
            and not self.not_run
            and bool(self.outcomes)
            and all(o.outcome not in {"failed", "error"} for o in self.outcomes)
        )


class TestRunner(Protocol):
    """Runs pytest in child processes that end with the task that waits for them."""

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        """Run to the end, the limit or cancellation; leave no process behind; raise nothing for the tests' sake."""


TestRunner.__test__ = False  # type: ignore[attr-defined] # no test class, whatever pytest thinks of its name
