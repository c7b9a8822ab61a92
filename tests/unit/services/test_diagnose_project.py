from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from greenline.domain.coverage.model import Executed, Gap, Span
from greenline.ports.coverage import CoverageProblem, Measured, NotReadYet
from greenline.ports.isolation import InForce, Warmth
from greenline.ports.project import Interpreter, InterpreterProblem, LookedAt, Project
from greenline.services.diagnose_project import DiagnoseProject, Finding
from greenline.services.picture import Picture
from greenline.services.report_age import ReportAge

NOW = 1_000_000.0
ROOT = Path("/project")
SOURCE = ROOT / "src" / "prices.py"
PYTHON = Interpreter(Path("/env/bin/python"), (3, 11, 7), ".venv in the project", "9.2.0")


@dataclass
class World:
    """All ports at once; everything is in place until a test breaks something."""

    project: Project = field(
        default_factory=lambda: Project(ROOT, ROOT / "pyproject.toml", (ROOT / "src",), (ROOT / "tests",))
    )
    interpreter: Interpreter | InterpreterProblem = PYTHON
    executed: Executed | None = field(default_factory=lambda: Executed(frozenset({1}), frozenset({(-1, 1)})))
    report: bool | CoverageProblem = True
    modified: dict[Path, float] = field(default_factory=lambda: {SOURCE: NOW - 7200})
    text: str | UnicodeDecodeError | None = "x = 1\n"
    shown: Picture = field(default_factory=lambda: Picture(SOURCE, "measured"))
    setting: str | None = None
    isolation: InForce = field(default_factory=lambda: InForce("sandbox"))
    warm: Warmth = field(default_factory=Warmth)
    asks_models: bool = False
    places: tuple[LookedAt, ...] = ()
    tests: dict[Path, float] = field(default_factory=lambda: {ROOT / "tests" / "test_prices.py": NOW - 7200})
    known: list[Path] = field(default_factory=lambda: [SOURCE, ROOT / "tests" / "test_prices.py"])

    def project_of(self, path: Path) -> Project:
        return self.project

    async def interpreter_for(self, project: Project, *, setting: str = "") -> Interpreter:
        self.setting = setting
        if isinstance(self.interpreter, InterpreterProblem):
            raise self.interpreter
        return self.interpreter

    async def looked_at(self, project: Project, *, setting: str = "") -> tuple[LookedAt, ...]:
        return self.places

    async def in_force(self, interpreter: Interpreter | None, project: Project) -> InForce:
        return self.isolation

    async def warmth(self, interpreter: Interpreter, project: Project) -> Warmth:
        return self.warm

    def report_of(self, project: Project) -> Path:
        return ROOT / ".coverage"

    def has_report(self, project: Project) -> bool:
        return self.report is not False

    def written_at(self, project: Project) -> float | None:
        return NOW - 3600

    def is_measured(self, project: Project, path: Path) -> bool:
        return path.name != "omitted.py"

    def measured(self, project: Project, path: Path) -> Measured | None:
        if isinstance(self.report, CoverageProblem):
            raise self.report
        return Measured(self.executed, ROOT / ".coverage", NOW - 3600) if self.executed else None

    def python_files(self, project: Project) -> list[Path]:
        return list(self.modified)

    def modified_at(self, path: Path) -> float | None:
        return self.modified.get(path, self.tests.get(path))

    def files(self, project: Project) -> list[Path]:
        return self.known

    def test_files(self, project: Project) -> list[Path]:
        return list(self.tests)

    def read(self, path: Path) -> str | None:
        if isinstance(self.text, UnicodeDecodeError):
            raise self.text
        return self.text

    def picture(self, path: Path, text: str) -> Picture:
        return self.shown

    async def diagnose(self, path: Path = SOURCE) -> dict[str, Finding]:
        doctor = DiagnoseProject(
            projects=self,
            interpreters=self,
            coverage=self,
            show=self,
            sources=self,
            age=ReportAge(self, self),
            documents=self,
            isolating=self,
            interpreter="/chosen/python",
            now=lambda: NOW,
            asks_models=self.asks_models,
        )
        findings = await doctor.diagnose(path)
        return {finding.topic: finding for finding in findings}


@pytest.fixture
def world() -> World:
    return World()


async def test_all_is_well(world: World) -> None:
    found = await world.diagnose()

    assert {finding.state for finding in found.values()} == {"ok"}
    assert list(found) == [
        "project", "interpreter", "looked for it in", "pytest", "isolation", "warm processes", "coverage data",
        "its age", "its files", "branches", "prices.py",
    ]  # fmt: skip
    assert found["project"].text == f"{ROOT}, because of pyproject.toml; sources in src; tests in tests"
    assert found["interpreter"].text == f"Python 3.11.7 at {PYTHON.path} (.venv in the project)"
    assert found["coverage data"].text == f"{ROOT / '.coverage'}, written 1 hour ago"
    assert world.setting == "/chosen/python"


async def test_a_folder_has_no_finding_for_a_file(world: World, tmp_path: Path) -> None:
    assert tmp_path.name not in await world.diagnose(tmp_path)


async def test_outside_any_project(world: World) -> None:
    world.project = replace(world.project, marker=None)
    world.shown = Picture(SOURCE, "outside-project", "prices.py is in no project; add a pyproject.toml")

    found = await world.diagnose()

    assert found["project"].state == "warning"
    assert "pyproject.toml" in found["project"].to_do
    assert found["prices.py"] == Finding("prices.py", "warning", "prices.py is in no project; add a pyproject.toml")


async def test_no_interpreter(world: World) -> None:
    world.interpreter = InterpreterProblem("no Python found; make a .venv")

    found = await world.diagnose()

    assert found["interpreter"] == Finding("interpreter", "problem", "no Python found; make a .venv")
    assert "pytest" not in found
    assert found["coverage data"].state == "ok"


async def test_an_interpreter_without_pytest(world: World) -> None:
    world.interpreter = replace(PYTHON, pytest_version=None)

    found = (await world.diagnose())["pytest"]

    assert found.state == "problem"
    assert f"{PYTHON.path} -m pip install pytest" in found.text


async def test_where_the_interpreter_was_looked_for_and_why_it_is_this_one(world: World) -> None:
    world.places = (
        LookedAt("the setting", "nothing"),
        LookedAt("VIRTUAL_ENV", "last", "/x/bin/python, Python 3.12.1", "it belongs to /x"),
        LookedAt(".venv in the project", "taken", "/p/.venv/bin/python, Python 3.11.0, pytest 8.3.4"),
        LookedAt("Poetry", "nothing", note="there is no shop-py3.11"),
        LookedAt("env in the project", "broken", "/p/env/bin/python is a broken link"),
        LookedAt("python3 on PATH", "later", "/usr/bin/python3"),
    )

    found = (await world.diagnose())["looked for it in"]

    assert found.state == "ok"
    assert found.text.splitlines() == [
        "VIRTUAL_ENV: not used, as it is not the project's own: /x/bin/python, Python 3.12.1; it belongs to /x",
        ".venv in the project: taken: /p/.venv/bin/python, Python 3.11.0, pytest 8.3.4",
        "Poetry: there is no shop-py3.11",
        "env in the project: cannot be used: /p/env/bin/python is a broken link",
        "python3 on PATH: not used, as it comes later: /usr/bin/python3",
        "nothing: the setting",
    ]


async def test_another_python_with_pytest_is_named_where_this_one_has_none(world: World) -> None:
    instead = "/p/venv/bin/python (venv in the project), which has pytest 8.3.4"
    world.interpreter = replace(PYTHON, pytest_version=None, instead=instead)

    assert f"Or set greenline.interpreter to {instead}." in (await world.diagnose())["pytest"].text


async def test_the_systems_python_gets_nothing_installed(world: World) -> None:
    world.interpreter = replace(PYTHON, pytest_version=None, managed=True)

    said = (await world.diagnose())["pytest"].text

    assert "pip install" not in said
    assert f"make an environment for the project: {PYTHON.path} -m venv .venv" in said


async def test_what_own_runs_measured_is_coverage_data_too(world: World) -> None:
    world.report = False

    found = (await world.diagnose())["coverage data"]

    assert found.state == "ok"
    assert found.text.startswith("Greenline's own runs measured")
    assert str(ROOT / ".coverage") in found.text


async def test_no_coverage_data(world: World) -> None:
    world.report = False
    world.shown = replace(world.shown, state="no-data", message="No coverage data yet: ...")

    found = (await world.diagnose())["coverage data"]

    assert found.state == "warning"
    assert str(ROOT / ".coverage") in found.text
    assert "`greenline test`" in found.to_do


@pytest.mark.parametrize(
    "words", ["the data is damaged; delete it and run again", "written by coverage 4; run the tests again"]
)
async def test_data_that_cannot_be_read_is_told_in_the_words_of_its_reader(world: World, words: str) -> None:
    world.report = CoverageProblem(words)

    found = await world.diagnose()

    assert found["coverage data"] == Finding("coverage data", "problem", words)
    assert "branches" not in found


async def test_a_report_that_is_being_read_is_no_problem(world: World) -> None:
    world.report = NotReadYet("Reading coverage.json (120 MB).")
    found = (await world.diagnose())["coverage data"]
    assert found == Finding("coverage data", "warning", "Reading coverage.json (120 MB).")


async def test_a_syntax_error_is_told_in_the_words_of_the_picture(world: World) -> None:
    world.shown = Picture(SOURCE, "broken-source", "line 3: '(' was never closed")

    found = (await world.diagnose())["prices.py"]

    assert found == Finding("prices.py", "problem", "line 3: '(' was never closed")


async def test_sources_that_changed_after_the_run(world: World) -> None:
    world.modified = {ROOT / "src" / f"{name}.py": NOW - 60 for name in "abcde"}

    found = (await world.diagnose())["its age"]

    assert found.state == "warning"
    assert found.text == "5 files changed since: src/a.py, src/b.py, src/c.py and 2 more"


async def test_tests_that_changed_or_went_after_the_run(world: World) -> None:
    world.known += [ROOT / "tests" / "test_side.py", ROOT / "src" / "gone.py", Path("/elsewhere/test_gone.py")]
    world.tests = dict.fromkeys(world.tests, NOW - 60)

    found = (await world.diagnose())["its age"]

    assert found.state == "warning"
    assert (
        found.text == "1 test file changed since: tests/test_prices.py; 1 test file deleted since: tests/test_side.py"
    )
    assert found.to_do == "What is shown is what the tests reached then. Run the tests with coverage again."


async def test_data_without_branches(world: World) -> None:
    world.executed = Executed(frozenset({1}))

    found = (await world.diagnose())["branches"]

    assert found.state == "warning"
    assert "branch = true" in found.to_do


async def test_data_about_other_files(world: World) -> None:
    world.executed = None

    found = (await world.diagnose())["its files"]

    assert found.state == "warning"
    assert "none of the project's 1 source files" in found.text


async def test_files_that_the_configuration_leaves_out_are_not_missed(world: World) -> None:
    world.modified[ROOT / "src" / "omitted.py"] = NOW

    assert (await world.diagnose())["its files"].text == "it knows 1 of 1 source files"


async def test_gaps_are_counted(world: World) -> None:
    gap = Gap("uncovered", Span(1, 0, 2, 0), "Not covered: line 1", None, (1,))
    world.shown = Picture(SOURCE, "measured", gaps=(gap, gap))

    assert (await world.diagnose())["prices.py"].text == "2 gaps to show"


async def test_a_file_that_is_not_text(world: World) -> None:
    world.text = UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid start byte")

    assert (await world.diagnose())["prices.py"].state == "problem"


# Isolation


@pytest.mark.parametrize(
    ("confines", "words"),
    [
        (True, "the kernel holds them, and what they say goes back to the model"),
        (
            False,
            "Greenline's guard alone holds them, which native code gets around, so the model is not told what they",
        ),
        (None, "whether the kernel holds them where they run, each run finds out"),
    ],
)
async def test_what_holds_a_models_tests_is_said_in_one_line(confines: bool | None, words: str) -> None:
    warm = Warmth(confines=confines)
    found = (await World(warm=warm, asks_models=True).diagnose())["model's tests"]
    assert (words in found.text, found.state, "\n" in found.text) == (True, "ok", False)
    assert "model's tests" not in await World(warm=warm).diagnose()


async def test_the_level_in_force_is_said_with_what_the_kernel_adds() -> None:
    findings = await World(warm=Warmth(kernel=("to write elsewhere", "TCP"))).diagnose()

    assert findings["isolation"].state == "ok"
    assert findings["isolation"].text.startswith("sandbox: in bubblewrap, on a read-only machine")
    assert findings["isolation"].text.endswith("the kernel refuses native code to write elsewhere and TCP")
    assert "short runs are forks of one" in findings["warm processes"].text


async def test_a_weaker_level_says_why_it_is_no_stronger_one_and_is_no_warning() -> None:
    findings = await World(isolation=InForce("guard", "bubblewrap is not installed")).diagnose()

    assert findings["isolation"].state == "ok"
    assert findings["isolation"].text.endswith("No sandbox: bubblewrap is not installed")


async def test_why_a_level_is_in_force_and_what_came_of_trying_it() -> None:
    in_force = InForce("command", why="as the setting says", tried="Python 3.12.1 answered there after 0.8 s")
    findings = await World(isolation=in_force).diagnose()

    assert findings["isolation"].state == "ok"
    assert findings["isolation"].text.startswith("command (as the setting says): as the setting")
    assert findings["isolation"].text.endswith(". It was tried: Python 3.12.1 answered there after 0.8 s")


async def test_a_level_that_is_not_to_be_had_is_a_problem() -> None:
    findings = await World(isolation=InForce("guard", problem="There is no sandbox here.")).diagnose()

    assert findings["isolation"] == Finding("isolation", "problem", "There is no sandbox here.")
    assert "warm processes" not in findings


async def test_fresh_processes_and_plugins_that_are_imported_each_time_are_said() -> None:
    fresh = await World(warm=Warmth("importing x started 2 more threads")).diagnose()
    without = await World(warm=Warmth(left_out=("timeout", "xdist"))).diagnose()

    assert fresh["warm processes"].text == (
        "none: each run is a fresh process, because importing x started 2 more threads"
    )
    assert without["warm processes"].text == "short runs are forks of one; each imports timeout and xdist itself"
