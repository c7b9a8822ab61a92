"""Services whose answers the test decides: a line with `# gap` is uncovered, one with `# branch` misses a branch."""

from __future__ import annotations

import ast
import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.ceilings import Spent
from greenline.domain.asking.costs import Costs, Sum
from greenline.domain.asking.model import Block, Conversation, Turn, Usage
from greenline.domain.code.model import Function, Module, Target
from greenline.domain.coverage.model import CoverageMap, Gap, Ratio, Span, Statements, Summary
from greenline.domain.generation.model import (
    Coverage,
    Insertion,
    Replacement,
    Strength,
    SuspectedBug,
    TargetResult,
    TestEdit,
)
from greenline.domain.generation.revise import Change
from greenline.ports.coverage import CoverageProblem
from greenline.ports.pages import PageProblem
from greenline.ports.project import Project
from greenline.services.agree_to_model import AgreeToModel, Terms
from greenline.services.audit_tests import Audit, Wanted
from greenline.services.choose_report import ReportStatus
from greenline.services.confirm_tests import Confirmation
from greenline.services.covering_tests import Recorded
from greenline.services.diagnose_project import Finding
from greenline.services.generate_tests import Generation
from greenline.services.install_pytest import Installed, Lack
from greenline.services.mark_coverage import Changed
from greenline.services.measure_strength import Measured
from greenline.services.measured_files import ProjectFiles
from greenline.services.picture import Picture
from greenline.services.run_suite import SuiteRun
from greenline.services.show_prompt import ShownPrompt, ShownRequest
from greenline.services.stopped import Stopped
from greenline.services.update_expectations import Update, Updated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from greenline.domain.coverage.following import Following
    from greenline.domain.coverage.marks import Mark
    from greenline.domain.coverage.model import Executed
    from greenline.ports.coverage import Reading
    from greenline.ports.documents import Documents
    from greenline.ports.pages import PageKind
    from greenline.ports.progress import Progress
    from greenline.services.test_places import TestPlace
    from greenline.settings import Settings


@dataclass
class FakeShow:
    """``covered`` makes every gap disappear; ``state`` and ``message`` replace the picture."""

    covered: bool = False
    state: Any = "measured"
    message: str = ""
    error: Exception | None = None
    written_at: float | None = None
    calls: list[tuple[Path, str]] = field(default_factory=list)

    def picture(self, path: Path, text: str, followed: Sequence[Following] = ()) -> Picture:
        self.calls.append((path, text))
        if self.error:
            raise self.error
        module = _module(text)
        if self.state != "measured":
            return Picture(path, self.state, self.message, module)
        lines = text.split("\n")
        gaps = []
        for number, line in enumerate(lines, 1):
            function = module.function_at(number)
            name = function.qualname if function else None
            if "# gap" in line and not self.covered:
                start = line.index("uncovered") if "uncovered" in line else len(line) - len(line.lstrip())
                span, ways = Span(number, start, number, len(line)), _ways_in(lines, number)
                gaps.append(Gap("uncovered", span, "Not covered", name, (number,), ways_in=ways))
            if "# branch" in line and not self.covered:
                span = Span(number, len(line) - len(line.lstrip()), number, len(line))
                message = f"Line {number} never jumps to {number + 2}"
                gaps.append(Gap("partial-branch", span, message, name, (number,), (number, number + 2)))
        summaries = {f.qualname: _summary(f, gaps) for f in module.functions}
        changed = frozenset(number for number, line in enumerate(lines, 1) if "# changed" in line)
        known = CoverageMap(Statements(), frozenset(), frozenset(), True, frozenset(), changed) if changed else None
        return Picture(path, "measured", "", module, known, tuple(gaps), summaries)

    def report_stamp(self, path: Path, project: Project | None = None) -> object:
        return self.written_at

    def record(self, measured: Mapping[Path, Executed], texts: Mapping[Path, str]) -> frozenset[Path]:
        return frozenset(measured)


@dataclass
class FakeGenerate:
    """Writes ``new_text`` to ``test_file`` once ``gate`` is open; ``edit`` False gives results without an edit."""

    documents: Documents
    test_file: Path
    addition: str = "def test_it():\n    assert True\n"
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    runs: list[Target] = field(default_factory=list)
    status: Any = "confirmed"
    reason: str = ""
    error: BaseException | None = None
    bugs: tuple[SuspectedBug, ...] = ()
    refused: tuple[str, ...] = ()
    strength: Strength | None = None
    keeps: bool = False
    """A cancellation comes while a model is asked, and leaves what was confirmed before."""
    asked: dict[str, Any] = field(default_factory=dict)
    """What asking a model came to, for the result."""

    async def generate(self, target: Target, progress: Progress, *, engine: str = "auto") -> Generation:
        self.runs.append(target)
        base = self.documents.read(self.test_file)
        text = self.documents.read(target.path) or ""
        progress.step("Exploring", 0.5)
        self.started.set()
        cancelled = False
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            if not self.keeps:
                raise
            cancelled = True
        finally:
            self.stopped.set()
        if self.error:
            raise self.error
        generation = self._generation(target, base, text)
        if cancelled:
            raise Stopped(generation)
        return generation

    def _generation(self, target: Target, base: str | None, text: str) -> Generation:
        if self.status != "confirmed":
            found = TargetResult(target, self.status, self.reason, observations=3, suspected_bugs=self.bugs)
            found = replace(found, refused=self.refused, not_tested=self.refused, **self.asked)
            return Generation((found,), None, text)
        end = len((base or "").split("\n"))
        edit = TestEdit(
            self.test_file,
            creates=base is None,
            base_text=base or "",
            new_text=(base or "") + self.addition,
            insertions=() if base is None else (Insertion(end, 0, self.addition),),
        )
        half, full = Summary(Ratio(1, 2), Ratio(0, 0)), Summary(Ratio(2, 2), Ratio(0, 0))
        result = TargetResult(
            target, "confirmed", "", "explore", edit, ("test_it",), self.addition, Coverage(half, full), 3, 0.5,
            suspected_bugs=self.bugs, strength=self.strength, refused=self.refused, not_tested=self.refused,
            placed="imports shop already",
        )  # fmt: skip
        return Generation((replace(result, **self.asked),), edit, text)


@dataclass
class FakeConfirm:
    show: FakeShow
    answer: Confirmation | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def confirm(self, generation: Generation, progress: Progress) -> Confirmation:
        self.started.set()
        await self.gate.wait()
        self.show.covered = self.answer is None
        return self.answer or Confirmation(generation.results, 1, message="1 test passed; `f` 50 % -> 100 %")


@dataclass
class FakeSuite:
    show: FakeShow
    answer: SuiteRun = field(default_factory=lambda: SuiteRun("5 passed", ok=True))
    paths: list[Path] = field(default_factory=list)
    root: Path | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def root_of(self, path: Path) -> Path:
        return self.root or path

    async def run(self, project_path: Path, progress: Progress) -> SuiteRun:
        self.paths.append(project_path)
        progress.step("Running", 0.1)
        await self.gate.wait()
        self.show.state = "measured"
        return self.answer


@dataclass
class FakeAffected:
    """Answers with what ``answers`` has for a file, else with ``answer``; waits for the gate each time.

    ``deaf``: a cancellation comes when all has been done, and is passed over.
    """

    answer: SuiteRun = field(default_factory=lambda: SuiteRun("2 passed", ok=True))
    answers: dict[Path, SuiteRun] = field(default_factory=dict)
    affected: list[tuple[Path, ...]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    selected: list[tuple[str, ...]] = field(default_factory=list)
    ended: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    steps: int = 1
    deaf: bool = False

    async def run(self, paths: Sequence[Path], progress: Progress) -> SuiteRun:
        self.affected.append(tuple(paths))
        return await self._run(paths[0], progress)

    async def run_selected(self, selection: Sequence[str], progress: Progress) -> SuiteRun:
        self.selected.append(tuple(selection))
        return await self._run(Path(selection[0].partition("::")[0]), progress)

    async def run_tests_of(self, path: Path, progress: Progress) -> SuiteRun:
        self.files.append(path)
        return await self._run(path, progress)

    async def began(self, count: int) -> None:
        """Wait until so many runs have begun."""
        while len(self.affected) + len(self.files) < count:
            self.news.clear()
            await self.news.wait()

    async def _run(self, path: Path, progress: Progress) -> SuiteRun:
        self.news.set()
        progress.step("Running", 0.1)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            if not self.deaf:
                raise
        self.ended += 1
        return self.answers.get(path, self.answer)


@dataclass
class FakeCovering:
    """``recorded`` is what is known of the tests of every text, ``there`` where they stand."""

    recorded: Recorded = field(default_factory=Recorded)
    there: list[TestPlace] = field(default_factory=list)
    asked: list[Path] = field(default_factory=list)
    error: Exception | None = None

    def of(self, path: Path, text: str, followed: Sequence[Following] = ()) -> Recorded:
        self.asked.append(path)
        if self.error:
            raise self.error
        return self.recorded

    def reaching(self, texts: Mapping[Path, str]) -> dict[Path, list[TestPlace]]:
        return {
            path: self.places(path, {test for recording in self.of(path, text).recordings for test in recording.tests})
            for path, text in texts.items()
        }

    def places(self, path: Path, tests: Iterable[str]) -> list[TestPlace]:
        wanted = set(tests)
        return [place for place in self.there if place.node_id in wanted]


@dataclass
class FakeStrength:
    """Answers with ``answer`` once the gate is open; measured is what ``asked`` has."""

    answer: Measured = field(default_factory=lambda: Measured(problem="nothing to try"))
    asked: list[tuple[Path, str, tuple[str, ...]]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def __call__(self) -> FakeStrength:
        return self

    async def measure(self, path: Path, qualname: str, tests: Sequence[str], progress: Progress) -> Measured:
        self.asked.append((path, qualname, tuple(tests)))
        progress.step("Trying small changes: 1 of 2", 0.5)
        try:
            await self.gate.wait()
        finally:
            self.ended = True
        return self.answer


@dataclass
class FakeAudit:
    """Answers with ``answer`` once the gate is open."""

    answer: Audit = field(default_factory=lambda: Audit((), 3, 1))
    asked: list[tuple[Path, ...]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def __call__(self) -> FakeAudit:
        return self

    async def audit(self, paths: Sequence[Path], wanted: Wanted, progress: Progress) -> Audit:
        self.asked.append(tuple(paths))
        assert wanted == Wanted()
        progress.step("Reading the tests")
        try:
            await self.gate.wait()
        finally:
            self.ended = True
        return self.answer


@dataclass
class FakeInstall:
    """``missing``: the projects' Python has no pytest, until the gate lets it be installed."""

    missing: bool = False
    problem: str = ""
    root: Path | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    installs: list[Path] = field(default_factory=list)

    async def lack(self, path: Path) -> Lack | None:
        return Lack(self.root or path.parent, ("pip", "install", "pytest"), "no pytest") if self.missing else None

    async def in_the_way(self, path: Path) -> str:
        return "Python 3.12 at /p/python has no pytest." if self.missing else ""

    async def install(self, path: Path, progress: Progress) -> Installed:
        self.installs.append(path)
        progress.step("Collecting pytest")
        try:
            await self.gate.wait()
        finally:
            self.stopped.set()
        if self.problem:
            return Installed(self.problem, ok=False)
        self.missing = False
        return Installed("pytest 8.4.2 was installed, for /p/python.", ok=True)


@dataclass
class FakePages:
    file: Path
    problem: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[PageKind, Path]] = field(default_factory=list)

    async def write(self, kind: PageKind, place: Path, progress: Progress) -> Path:
        self.asked.append((kind, place))
        progress.step("Looking at the files")
        try:
            await self.gate.wait()
        finally:
            self.stopped.set()
        if self.problem:
            raise PageProblem(self.problem)
        return self.file


@dataclass
class FakeReports:
    """Does as it is told; ``being_read`` are the readings under way, ``problem`` is what loading and clearing say."""

    show: FakeShow
    being_read: list[Reading] = field(default_factory=list)
    stopped: list[Path] = field(default_factory=list)
    places: tuple[Path, ...] = ()
    problem: str = ""
    asked: list[tuple[Path, Path | None]] = field(default_factory=list)
    is_well: bool = True

    def load(self, path: Path, report: Path) -> str:
        self.asked.append((path, report))
        if self.problem:
            raise CoverageProblem(self.problem)
        self.show.covered = True
        return f"{report.name} counts."

    def clear(self, path: Path) -> str:
        self.asked.append((path, None))
        if self.problem:
            raise CoverageProblem(self.problem)
        self.show.state, self.show.message = "no-data", "No data."
        return "Cleared."

    def project_of(self, path: Path) -> Project:
        return Project(path.parent, None, (path.parent,), ())

    def watched(self, path: Path) -> tuple[Path, ...]:
        return self.places

    def readings(self) -> tuple[Reading, ...]:
        return tuple(self.being_read)

    def stop_reading(self, report: Path) -> None:
        self.stopped.append(report)
        self.being_read.clear()

    async def status(self, path: Path) -> ReportStatus:
        findings = (Finding("pytest", "warning", "none", "Install it."),)
        markdown = f"# Greenline: {path.name}\n\n- all of it\n"
        return ReportStatus(markdown, f"coverage of {path.name}", self.is_well, findings)


@dataclass
class FakeMarks:
    """``marks`` are told of every text, where their kind is wanted; ``new`` are the lines that changed."""

    told: tuple[Mark, ...] = ()
    new: Changed = field(default_factory=Changed)
    looks: int = 0

    def marks(self, picture: Picture, text: str, wanted: Collection[str]) -> tuple[Mark, ...]:
        self.looks += 1
        return tuple(mark for mark in self.told if mark.kind in wanted)

    def changed(self, path: Path, text: str) -> Changed:
        return self.new


@dataclass
class FakeFiles:
    """What coverage data tells of, in one project."""

    measured: tuple[Path, ...] = ()

    def of(self, paths: Iterable[Path]) -> list[ProjectFiles]:
        return [ProjectFiles(Project(Path(), None, (), ()), self.measured)]


@dataclass
class FakeTests:
    """What ``greenline/tests`` knows."""

    there: list[TestPlace] = field(default_factory=list)

    def of(self, paths: Iterable[Path]) -> list[TestPlace]:
        return self.there


@dataclass
class FakeUpdate:
    """Knows the tests in ``generated``, and changes in them what ``old`` says to ``new``."""

    documents: Documents
    generated: frozenset[str] = frozenset()
    old: str = '"x"'
    new: str = '"y"'
    refusal: str = ""
    renamed: str = ""
    target: Target | None = None
    remembered: list[Update] = field(default_factory=list)

    def known(self, path: Path, tests: Collection[str]) -> tuple[str, ...]:
        return tuple(test for test in tests if test in self.generated)

    async def propose(self, path: Path, tests: Collection[str], progress: Progress) -> Update:
        known = self.known(path, tests)
        if not known:
            return Update(edited=tuple(tests))
        target = self.target or Target(path.with_name("shop.py"), qualname="greet")
        if self.refusal:
            return Update((Updated(known[0], target, refusal=self.refusal),))
        text = self.documents.read(path) or ""
        before, found, after = text.partition(self.old)
        if not found:
            return Update((Updated(known[0], target),))
        change = Change('greet("")', self.old, self.new)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n") - 1
        place = Replacement(line, column, line, column + len(self.old), self.new, change.words)
        edit = TestEdit(path, creates=False, base_text=text, new_text=before + self.new + after, replacements=(place,))
        return Update((Updated(known[0], target, (change,), renamed=self.renamed),), edit)

    def remember(self, update: Update) -> None:
        self.remembered.append(update)


@dataclass
class FakeConsent:
    """Implements ``Consent``, without a file; ``problem``: it cannot be written."""

    places: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""

    def given(self, project: Project, endpoint: str) -> bool:
        return endpoint in self.endpoints(project.root)

    def endpoints(self, root: Path) -> tuple[str, ...]:
        return self.places.get(root, ())

    def allow(self, root: Path, endpoint: str) -> None:
        if self.problem:
            raise OSError(self.problem)
        self.places[root] = (*self.endpoints(root), endpoint)

    def forbid(self, root: Path) -> bool:
        return self.places.pop(root, None) is not None


@dataclass
class FakeModel:
    """What there is to decide of a model: one place, and what a request would be."""

    consent: FakeConsent = field(default_factory=FakeConsent)
    endpoint: str = "https://api.example.com"
    wished: str = ""
    problems: tuple[str, ...] = ()
    settings: Settings | None = None
    secret: str = "def greet(name): ..."

    def agree(self) -> AgreeToModel:
        return AgreeToModel(self, self._terms, self.consent)

    def project_of(self, path: Path) -> Project:
        return Project(path.parent, None, (path.parent,), ())

    def _terms(self, root: Path) -> Terms:
        on = self.settings is not None and self.settings.model_enabled
        ignored = (".env", "!.env.example", "*.pem", "*.key", "*.p12", "id_rsa*")
        return Terms(
            root, self.endpoint, ("claude-a", "claude-b"), wished=self.wished, agreed=self.consent.endpoints(root),
            ignored=ignored, dollars=(1.0, 10.0), switched_on=on, problems=self.problems,
        )  # fmt: skip

    def prompts(self) -> FakeModel:
        return self

    async def show(self, target: Target, progress: Progress) -> ShownPrompt:
        conversation = Conversation((Block("Write tests."),), (Turn("user", (Block(self.secret),)),))
        return ShownPrompt((ShownRequest(f"{target.path.name}::{target.qualname}", conversation),), (), (), "1")


class FakeCosts:
    """Reads no ledger."""

    def costs(self) -> Costs:
        spent = Spent(Usage(fresh=12_000, output=400), 0.08, 0, 2)
        return Costs(Sum("today", Spent()), Sum("this month", spent))


@dataclass
class FakeLibraries:
    """Are there, or are not and have a place, or have none."""

    to_do: str = ""
    asks: str = ""
    problem: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    installs: int = 0

    def missing(self) -> str:
        return self.to_do

    def place(self) -> str:
        return "" if self.to_do else "/storage"

    def question(self) -> str:
        return self.asks

    async def install(self, progress: Progress) -> str:
        self.installs += 1
        progress.step("Collecting anthropic")
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        self.to_do = self.to_do if self.problem else ""
        return self.problem


class FakeServices:
    """All of them; calling it is the ``build`` of ``create_server``. Gates are open unless the test closes them."""

    def __init__(self, test_file: Path, **show: Any) -> None:
        self.test_file = test_file
        self.show = FakeShow(**show)
        self.confirm = FakeConfirm(self.show)
        self.confirm.gate.set()
        self.run_suite = FakeSuite(self.show)
        self.run_suite.gate.set()
        self.run_affected = FakeAffected()
        self.run_affected.gate.set()
        self.generate: FakeGenerate = FakeGenerate(Nothing(), test_file)
        self.generate.gate.set()
        self.reports = FakeReports(self.show)
        self.covering = FakeCovering()
        self.strength = FakeStrength()
        self.strength.gate.set()
        self.audit = FakeAudit()
        self.audit.gate.set()
        self.marks = FakeMarks()
        self.files = FakeFiles()
        self.tests = FakeTests()
        self.install = FakeInstall()
        self.install.gate.set()
        self.update = FakeUpdate(Nothing())
        self.model = FakeModel()
        self.agree, self.prompts, self.costs = self.model.agree, self.model.prompts, FakeCosts
        self.libraries = FakeLibraries()
        self.libraries.gate.set()
        self.pages = FakePages(test_file.with_name("page.html"))
        self.pages.gate.set()
        self.built: list[Settings] = []

    def __call__(self, settings: Settings, documents: Documents) -> FakeServices:
        self.built.append(settings)
        self.model.settings = settings
        self.generate.documents = self.update.documents = documents
        return self


class Nothing:
    def read(self, path: Path) -> str | None:
        return None

    def unsaved(self) -> dict[Path, str]:
        return {}


def _module(text: str) -> Module:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return Module()
    found: list[Function] = []

    def visit(node: ast.AST, prefix: str, *, local: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                name = f"{prefix}{child.name}"
                assert child.end_lineno
                column = child.col_offset + 4
                where = (child.lineno, child.lineno, column, child.body[0].lineno, child.end_lineno)
                found.append(Function(name, "function", *where, is_local=local))
                visit(child, f"{name}.<locals>.", local=True)
            elif isinstance(child, ast.ClassDef):
                visit(child, f"{prefix}{child.name}.", local=local)

    visit(tree, "", local=False)
    return Module(tuple(found))


def _ways_in(lines: list[str], number: int) -> tuple[tuple[int, str], ...]:
    """The line marked `# branch` two lines above leads to the gap."""
    from_line = number - 2
    leads_here = from_line > 0 and "# branch" in lines[from_line - 1]
    return ((from_line, f"Line {from_line} never jumps to {number}"),) if leads_here else ()


def _summary(function: Function, gaps: list[Gap]) -> Summary:
    missing = sum(gap.function == function.qualname for gap in gaps)
    total = function.end_line - function.line + 1
    return Summary(Ratio(total - missing, total), Ratio(0, 0))
