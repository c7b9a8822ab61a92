"""Services for runs over many files: the plan, the journal and the projects are real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.journal_sqlite import JournalSqlite
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FileWorth, FunctionRow
from greenline.domain.generation.model import Coverage, Strength, SuspectedBug, TargetResult, TestEdit
from greenline.domain.generation.place import Placement
from greenline.ports.progress import Progress
from greenline.services.generate_tests import Generation
from greenline.services.picture import Picture
from greenline.services.plan_generation import PlanGeneration
from greenline.services.prove_suite import NewTest, Proof, TakeOut
from greenline.services.rank_gaps import Ranking
from greenline.services.run_suite import SuiteRun
from greenline.services.stopped import Stopped
from unit.cli.cli_fakes import FakeServices

HALF = Summary(Ratio(5, 10), Ratio(0, 0))
WHOLE = Summary(Ratio(10, 10), Ratio(0, 0))
CODE = "def {0}(a):\n    return a\n\n\nclass Box:\n    def open(self):\n        return 1\n"


@dataclass
class BulkServices(FakeServices):
    """Confirms a test for each function, but for those whose end a test has put into ``ends``."""

    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    suite: SuiteRun = field(default_factory=lambda: SuiteRun("1 passed", ok=True, tests=1))
    suites_ran: list[Path] = field(default_factory=list)
    breaks: dict[str, str] = field(default_factory=dict)
    """New tests that the final run takes out, and why."""
    proofs_of: list[int] = field(default_factory=list)
    """How many new tests each final run was asked about."""
    failing: tuple[str, ...] = ()
    meanwhile: Callable[[], object] = object
    """What a person does while the final run goes on."""
    problem: str = ""
    complaint: str = ""
    ends_the_proof: BaseException | None = None
    """What comes of the final run after tests were taken out."""
    stops_at: str = ""
    """The name of the file whose generation is never done."""

    rows: dict[str, int] = field(default_factory=dict)
    """Functions whose test is a table, and of how many rows."""
    strengths: dict[str, Strength] = field(default_factory=dict)
    bugs: dict[str, tuple[SuspectedBug, ...]] = field(default_factory=dict)
    stops_at_function: str = ""
    dies_at_function: str = ""
    killed: type[BaseException] = BaseException
    stopped: bool = False
    """Each generation is stopped while a model is asked, and tells of what was confirmed before."""

    texts: Mapping[Path, str] = field(default_factory=dict)
    """That are before those on disk."""

    def over(self, texts: Mapping[Path, str]) -> BulkServices:
        return replace(self, texts=texts, asked=self.asked)

    @property
    def projects(self) -> ProjectFiles:
        return ProjectFiles()

    @property
    def plan(self) -> PlanGeneration:
        return PlanGeneration(self, self.projects, DiskDocuments())  # type: ignore[arg-type]

    @property
    def journal(self) -> JournalSqlite:
        return JournalSqlite(Path.cwd().parent / "journal" / "bulk.sqlite3")

    @property
    def layout(self) -> BulkServices:
        return self

    def test_file_for(self, project: Any, source: Path, thing: str = "") -> Placement:
        return Placement(Path.cwd() / "tests" / f"test_{source.stem}.py", exists=False, reason="")

    @property
    def show(self) -> BulkServices:
        return self

    def picture(self, path: Path, text: str) -> Picture:
        return Picture(path, "measured")

    @property
    def prove(self) -> _Proves:
        return _Proves(self)

    @property
    def run_suite(self) -> BulkServices:
        return self

    def code_of(self, name: str) -> str:
        """Return the source of a function's test."""
        rows = self.rows.get(name)
        table = f"@pytest.mark.parametrize('a', {list(range(rows))})\n" if rows else ""
        return f"{table}def test_{name.replace('.', '_')}({'a' if rows else ''}):\n    ...\n"

    def root_of(self, path: Path) -> Path:
        return Path.cwd()

    async def run(self, path: Path, progress: Progress) -> SuiteRun:
        self.suites_ran.append(path)
        return self.suite

    @property
    def generate(self) -> Any:
        return _Generates(self)


class _Proves:
    def __init__(self, services: BulkServices) -> None:
        self._services = services

    async def prove(self, project: Any, new: Collection[NewTest], take_out: TakeOut, progress: Progress) -> Proof:
        services = self._services
        services.proofs_of.append(len(new))
        services.meanwhile()
        found = {test: services.breaks[test[1]] for test in new if test[1] in services.breaks}
        take_out(found)
        if services.ends_the_proof is not None:
            raise services.ends_the_proof
        told = Proof(len(new) + 1 - len(found), found, failing=services.failing, problem=services.problem)
        return replace(told, complaint=services.complaint) if services.complaint else told


class _Generates:
    def __init__(self, services: BulkServices) -> None:
        self._services = services

    async def generate(
        self, target: Target, progress: Progress, *, engine: str, only_for: Collection[str]
    ) -> Generation:
        services = self._services
        names = sorted(only_for)
        services.asked.append((target.path.name, names))
        if target.path.name == services.stops_at or services.stops_at_function in names:
            raise asyncio.CancelledError
        if services.dies_at_function in names:
            raise services.killed
        path = Path.cwd() / "tests" / f"test_{target.path.stem}.py"
        base = services.texts.get(path, path.read_text() if path.exists() else "")
        wanted = [name for name in names if name not in services.ends]
        tests_of = {name: _free(f"test_{name.replace('.', '_')}", base) for name in wanted}
        new = base + "".join(f"def {test}():\n    ...\n" for test in tests_of.values())
        edit = TestEdit(path, creates=not base, base_text=base, new_text=new) if wanted else None
        results = []
        for name in names:
            status, reason = services.ends.get(name, ("confirmed", ""))
            gained = Coverage(HALF, WHOLE) if status == "confirmed" else Coverage(HALF, HALF)
            tests = (tests_of[name],) if status == "confirmed" else ()
            one = TargetResult(Target(target.path, name), status, reason, "explore", edit if tests else None, tests,  # type: ignore[arg-type]
                               code=services.code_of(name), coverage=gained,
                               strength=services.strengths.get(name),
                               suspected_bugs=services.bugs.get(name, ()))  # fmt: skip
            results.append(one)
        if services.stopped:
            raise Stopped(Generation(tuple(results), edit))
        return Generation(tuple(results), edit)


def _free(name: str, text: str) -> str:
    """Return a name for a test that the text of its file does not have."""
    names = (name, *(f"{name}_{number}" for number in range(2, 9)))
    return next(one for one in names if f"def {one}(" not in text)


def file(folder: Path, name: str, gain: int = 5, hindered: str = "") -> FileWorth:
    """Write a source file, and return its row in a ranking: a function that is named after it, and a method."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CODE.format(path.stem))
    functions = (
        FunctionRow(path.stem, 1, gain, 1, in_the_way=hindered),
        FunctionRow("Box.open", 6, 1, 0),
        FunctionRow("", 9, 2, 0),
    )
    row = FileRow(path, "measured", package=path.parent.name, summary=HALF, functions=functions)
    return FileWorth(row, commits=0, calls={})


def ranking(*files: FileWorth, **more: Any) -> Ranking:
    """Return a ranking of these."""
    total = Summary(Ratio(5 * len(files), 10 * len(files)), Ratio(0, 0))
    return Ranking(files, total, more.pop("left_out", {}), summaries={one.row.path: HALF for one in files}, **more)
