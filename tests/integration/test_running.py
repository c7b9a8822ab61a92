"""The project's tests, run by a real child process in a scratch copy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

if TYPE_CHECKING:
    from greenline.ports.tests import TestReport

MODULE = "def sign(n):\n    if n < 0:\n        return -1\n    return 1\n"


class Steps:
    def __init__(self) -> None:
        self.messages: list[str] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.messages.append(message)


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a cold start is other people's plugins


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    (root / "src").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "src" / "signs.py").write_text(MODULE)
    (root / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
    return Project(root, root / "pytest.ini", (root / "src", root), (root / "tests",))


@pytest.fixture
def interpreter() -> Interpreter:
    major, minor, micro = sys.version_info[:3]
    return Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")


async def run(project: Project, interpreter: Interpreter, test: str, **options: object) -> TestReport:
    path = project.root / "tests" / "test_signs.py"
    overlay = {path: test, **options.pop("overlay", {})}  # type: ignore[dict-item]
    options.setdefault("selection", (str(path),))
    return await PytestProcess().run(TestRun(project, interpreter, overlay, **options), Silent())  # type: ignore[arg-type]


async def test_an_unwritten_test_runs_and_its_coverage_has_the_projects_paths(
    project: Project, interpreter: Interpreter
) -> None:
    source = project.root / "src" / "signs.py"
    report = await run(
        project,
        interpreter,
        "import signs\ndef test_positive():\n    assert signs.sign(1) == 1\n",
        measure=(source,),
    )

    assert report.problem == ""
    assert report.green
    assert [o.node_id for o in report.outcomes] == ["tests/test_signs.py::test_positive"]
    assert set(report.coverage) == {source}
    assert report.coverage[source].lines == {1, 2, 4}
    assert (2, 4) in (report.coverage[source].arcs or ())
    assert list((project.root / "tests").iterdir()) == []


async def test_without_a_choice_everything_below_the_source_roots_is_measured(
    project: Project, interpreter: Interpreter
) -> None:
    test = "import signs\ndef test_positive():\n    assert signs.sign(1) == 1\n"
    report = await run(project, interpreter, test, measure=None, guarded=False)

    assert set(report.coverage) == {project.root / "src" / "signs.py", project.root / "tests" / "test_signs.py"}


async def test_an_unsaved_buffer_wins_over_the_saved_file_and_over_an_editable_install(
    project: Project, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = project.root / "src" / "signs.py"
    monkeypatch.setenv("PYTHONPATH", str(project.root / "src"))  # what a .pth of an editable install comes down to
    report = await run(
        project,
        interpreter,
        "import signs\ndef test_a():\n    assert signs.sign(1) == 7\n",
        overlay={source: "def sign(n):\n    return 7\n"},
        measure=(source,),
    )

    assert report.green, report
    assert report.coverage[source].lines == {1, 2}


async def test_a_module_imported_from_the_project_itself_is_measured_under_the_same_path(
    project: Project, interpreter: Interpreter
) -> None:
    source = project.root / "src" / "signs.py"
    test = (
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('elsewhere', {str(source)!r})\n"
        "module = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\n"
        "def test_a():\n    assert module.sign(-1) == -1\n"
    )
    report = await run(project, interpreter, test, measure=(source,))

    assert report.coverage[source].lines == {1, 2, 3}


async def test_failures_come_with_pytests_words_and_the_projects_paths(
    project: Project, interpreter: Interpreter
) -> None:
    report = await run(
        project, interpreter, "def test_a():\n    assert 1 == 2\n\ndef test_b():\n    raise OSError(__file__)\n"
    )

    assert [o.outcome for o in report.outcomes] == ["failed", "failed"]
    assert not report.green
    assert "assert 1 == 2" in report.outcomes[0].message
    assert str(project.root / "tests" / "test_signs.py") in report.outcomes[1].message


async def test_a_file_that_cannot_be_imported_is_an_error_with_its_reason(
    project: Project, interpreter: Interpreter
) -> None:
    report = await run(project, interpreter, "import no_such_module\n")

    assert [o.outcome for o in report.outcomes] == ["error"]
    assert "No module named 'no_such_module'" in report.outcomes[0].message


async def test_what_the_guard_refused_is_told(project: Project, interpreter: Interpreter) -> None:
    outside = project.root / "data.txt"
    test = f"def test_a():\n    open({str(outside)!r}, 'w')\n"
    report = await run(project, interpreter, test)

    assert report.refusals == (f"write to {outside}",)
    assert not report.green
    assert not outside.exists()


async def test_progress_counts_the_tests(project: Project, interpreter: Interpreter) -> None:
    path = project.root / "tests" / "test_signs.py"
    steps = Steps()
    test_run = TestRun(project, interpreter, {path: "def test_a(): pass\ndef test_b(): pass\n"}, (str(path),))
    await PytestProcess().run(test_run, steps)

    assert steps.messages[-2:] == ["Running tests (1 of 2)", "Running tests (2 of 2)"]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("def test_a():\n    while True: pass\n", "did not end within 4 s (setting greenline.run.seconds)"),
        ("import os\ndef test_a(): os._exit(3)\n", "ended with exit code 3 while `tests/test_signs.py::test_a` was"),
        ("import os\ndef test_a(): os.kill(os.getpid(), 11)\n", "was killed by SIGSEGV while `tests/test_signs.py"),
        ("import sys\nsys.exit('not here')\n", "SystemExit"),
        ("def test_a(): raise KeyboardInterrupt\n", "pytest was interrupted. KeyboardInterrupt"),
        ("", "pytest found no tests in"),
    ],
    ids=["endless", "os._exit", "signal", "sys.exit at import", "interrupted", "no tests"],
)  # fmt: skip
async def test_what_ends_a_run_is_said_in_words(
    project: Project, interpreter: Interpreter, test: str, words: str
) -> None:
    report = await run(project, interpreter, test, seconds=4.0 if "while True" in test else 60.0)

    assert words in report.problem
    assert not report.green


@pytest.mark.parametrize("guarded", [True, False])
async def test_of_a_crash_the_place_is_told_in_a_line(
    project: Project, interpreter: Interpreter, *, guarded: bool
) -> None:
    test = "import ctypes\ndef test_a():\n    ctypes.string_at(1)\n"
    if guarded:  # which refuses that much
        test = "import faulthandler\ndef test_a():\n    faulthandler._sigsegv()\n"
    report = await run(project, interpreter, test, guarded=guarded)

    assert report.unfinished == "tests/test_signs.py::test_a"
    where = "`test_a` (test_signs.py:3)" if guarded else r"`string_at` (__init__.py:"
    words = "The Python process was killed by SIGSEGV while `tests/test_signs.py::test_a` was running. "
    assert report.problem.startswith(f"{words}Fatal Python error: Segmentation fault in {where}")
    assert guarded or report.problem.endswith("called at test_signs.py:3.")
    assert "\n" not in report.problem
    assert "greenline" not in report.problem


async def test_of_an_end_without_a_trace_the_last_thing_printed_is_told(
    project: Project, interpreter: Interpreter
) -> None:
    test = "import os\ndef test_a():\n    os.write(2, b'one\\nno licence found\\n')\n    os._exit(3)\n"
    (project.root / "pytest.ini").write_text("[pytest]\naddopts = -s\n")
    report = await run(project, interpreter, test)

    assert report.problem.endswith("was running. It last printed: no licence found")

    (project.root / "pytest.ini").write_text("[pytest]\n")
    assert (await run(project, interpreter, test)).problem.endswith("::test_a` was running.")


async def test_endless_recursion_is_one_failed_test(project: Project, interpreter: Interpreter) -> None:
    report = await run(project, interpreter, "def f(): f()\ndef test_a(): f()\ndef test_b(): pass\n")

    assert [o.outcome for o in report.outcomes] == ["failed", "passed"]
    assert "RecursionError" in report.outcomes[0].message
    assert len(report.outcomes[0].message) <= 4100


@pytest.mark.parametrize(
    ("ini", "words"),
    [
        ("[pytest]\naddopts = --no-such-option\n", "unrecognized arguments: --no-such-option"),
        ("[pytest\n", "pytest could not start: "),
    ],
)
async def test_a_broken_configuration_is_told_in_pytests_words(
    project: Project, interpreter: Interpreter, ini: str, words: str
) -> None:
    (project.root / "pytest.ini").write_text(ini)
    report = await run(project, interpreter, "def test_a(): pass\n")

    assert words in report.problem


async def test_a_conftest_that_fails_is_told(project: Project, interpreter: Interpreter) -> None:
    (project.root / "tests" / "conftest.py").write_text("raise RuntimeError('no database')\n")
    report = await run(project, interpreter, "def test_a(): pass\n")

    assert "no database" in report.problem


async def test_addopts_that_distribute_do_not_move_tests_out_of_the_probe(
    project: Project, interpreter: Interpreter
) -> None:
    pytest.importorskip("xdist")
    (project.root / "pytest.ini").write_text(
        "[pytest]\npythonpath = src\naddopts = -p xdist.plugin -p xdist.looponfail -n 2 -x --lf\n"
    )
    source = project.root / "src" / "signs.py"
    test = "import signs\ndef test_a(): assert 0\ndef test_b(): assert signs.sign(1) == 1\n"
    report = await run(project, interpreter, test, measure=(source,))

    assert [o.outcome for o in report.outcomes] == ["failed", "passed"], report
    assert 4 in report.coverage[source].lines


@pytest.mark.parametrize("addopts", ["tests", "--pdb .", "--stepwise --last-failed tests/test_other.py"])
async def test_what_addopts_want_of_every_run_leaves_that_of_one_file_alone(
    project: Project, interpreter: Interpreter, addopts: str
) -> None:
    (project.root / "pytest.ini").write_text(f"[pytest]\naddopts = {addopts}\n")
    (project.root / "tests" / "test_other.py").write_text("def test_other(): assert 0\n")
    report = await run(project, interpreter, "def test_a(): pass\n")

    assert [(o.node_id.rpartition("::")[2], o.outcome) for o in report.outcomes] == [("test_a", "passed")], report
    assert not report.problem


async def test_without_pytest_the_problem_says_how_to_install_it(
    project: Project, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "pytest.py").write_text("raise ImportError(\"No module named 'pytest'\")\n")
    monkeypatch.setenv("PYTHONPATH", str(shadow))
    report = await run(project, interpreter, "def test_a(): pass\n")

    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert report.problem == (
        f"Python {version} at {sys.executable} has no pytest. Install it there: {sys.executable} -m pip install pytest"
    )


async def test_a_text_outside_of_the_project_is_refused(project: Project, interpreter: Interpreter) -> None:
    report = await run(project, interpreter, "", overlay={project.root.parent / "x.py": ""})

    assert "is not in the project" in report.problem


PLUGIN = """
import subprocess
def pytest_configure(config):
    try:
        subprocess.check_output(["git", "rev-parse", "HEAD"])
    except OSError as error:
        print("no commit:", error)
def pytest_terminal_summary():
    raise AssertionError("nobody reads it")
"""


async def test_a_plugin_that_asks_git_gets_a_no_that_it_knows_and_a_test_does_not(
    project: Project, interpreter: Interpreter
) -> None:
    (project.root / "conftest.py").write_text(PLUGIN)
    asks = "import subprocess\ndef test_a(): pass\ndef test_b():\n    try: subprocess.run(['git'])\n"
    asks += "    except OSError: pass\n"
    report = await run(project, interpreter, asks)

    assert report.problem == ""
    assert [outcome.outcome for outcome in report.outcomes] == ["passed", "failed"]
    assert report.refusals == ("run git",)


@pytest.mark.parametrize(("test", "code"), [("def test_a(): pass\n", 0), ("def test_a(): assert 0\n", 1), ("", 5)])
async def test_without_the_summary_the_exit_code_is_still_pytests(
    project: Project, interpreter: Interpreter, test: str, code: int
) -> None:
    report = await run(project, interpreter, test)

    assert report.green is (code == 0)
    assert ("found no tests" in report.problem) is (code == 5)


async def test_bytecode_of_pytest_is_kept_and_that_of_the_project_is_not(
    project: Project, interpreter: Interpreter, tmp_path: Path
) -> None:
    kept = tmp_path / "bytecode"
    path = project.root / "tests" / "test_signs.py"
    test = f"import signs\ndef test_a(): assert signs.sign(1) == 1\ndef test_b(): open({str(kept / 'x')!r}, 'w')\n"
    test_run = TestRun(project, interpreter, {path: test}, (str(path),))

    for _ in range(2):
        report = await PytestProcess(Probes(kept, warm=False)).run(test_run, Silent())
        assert [outcome.outcome for outcome in report.outcomes] == ["passed", "failed"], report.problem

    names = {file.name.partition(".")[0] for file in kept.rglob("*.pyc")}
    folders = {file.parent.name for file in kept.rglob("*.pyc")}
    assert {"pluggy", "greenline_probe"} <= folders
    assert not names & {"signs", "test_signs"}
    assert not list(project.root.rglob("*.pyc"))


async def test_a_thread_that_would_keep_pytest_from_ending_is_a_problem(
    project: Project, interpreter: Interpreter
) -> None:
    stays = "import threading\ndef test_a(): threading.Thread(target=threading.Event().wait, name='stays').start()\n"
    assert "would never end" in (report := await run(project, interpreter, stays)).problem
    assert "(stays)" in report.problem

    pool = "from concurrent.futures import ThreadPoolExecutor\ndef test_a(): ThreadPoolExecutor(1).submit(int)\n"
    assert (await run(project, interpreter, pool)).green


@pytest.mark.parametrize("ends", ["f = lambda: f()\n    with pytest.raises(RecursionError): f()", "sys.settrace(None)"])
async def test_what_ends_the_tracing_ends_it_for_one_test_only(
    project: Project, interpreter: Interpreter, ends: str
) -> None:
    source = project.root / "src" / "signs.py"
    test = f"import sys, pytest, signs\ndef test_a():\n    {ends}\ndef test_b():\n    assert signs.sign(1) == 1\n"
    report = await run(project, interpreter, test, measure=(source,))

    assert report.green
    assert report.coverage[source].lines == {1, 2, 4}
