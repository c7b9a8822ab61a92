"""What the tests of a suite reach, and what was recorded for a branch: with real data of coverage.py and a real git."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.git_churn import GitChurn
from greenline.bootstrap import build
from greenline.domain.coverage.model import Ratio
from greenline.ports.history import HistoryProblem
from greenline.ports.trend import TrendProblem
from greenline.services.check_coverage import Goals
from greenline.services.suite_coverage import Suite
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.services.suite_coverage import SuiteReach

SIGNS = """\
FACTOR = 2


def sign(n):
    if n < 0:
        return -1
    return (
        1
    )


def double(n):
    return FACTOR * n


def never(n):
    return n
"""
UNIT = "from signs import sign\n\n\ndef test_negative():\n    assert sign(-1) == -1\n"
WHOLE = "from signs import double, sign\n\n\ndef test_both():\n    assert double(sign(1)) == 2\n"
UNITS, INTEGRATION = Suite("unit", 85.0, ("tests/unit/**",)), Suite("integration", 30.0, ("tests/integration/**",))
STATEMENTS = 9


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "signs.py": SIGNS,
        "unused.py": "x = 1\n",
        "tests/unit/test_signs.py": UNIT,
        "tests/integration/test_whole.py": WHOLE,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def measure(project: Path, *settings: str) -> None:
    whole = ("[run]", "branch = true", "source = .", "omit = tests/*, template.py", "core = ctrace", *settings)
    (project / ".coveragerc").write_text("\n".join(whole) + "\n", encoding="utf-8")
    pytest_ = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "coverage", "run", *pytest_]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def reach(project: Path, *suites: Suite) -> Sequence[SuiteReach]:
    services = build(Settings(), DiskDocuments())
    return services.check(None)._suites.of([project], suites)


def test_each_suite_has_what_its_tests_reach(project: Path) -> None:
    measure(project, "dynamic_context = test_function")

    unit, integration = reach(project, UNITS, INTEGRATION)

    # FACTOR, three definitions, and what the tests ran; nothing of unused.py, which no test imports.
    assert unit.reached == Ratio(4 + 2, STATEMENTS + 1)
    assert integration.reached == Ratio(4 + 3, STATEMENTS + 1)
    assert (unit.tests, integration.tests) == (1, 1)
    assert unit.worst == ((project / "signs.py", 3), (project / "unused.py", 1))


def test_a_suite_that_reaches_too_little_is_not_met_and_the_other_is(project: Path) -> None:
    measure(project, "dynamic_context = test_function")
    check = build(Settings(), DiskDocuments()).check(None).check([project], Goals(suites=(UNITS, INTEGRATION)))
    assert [one.is_met for one in check.verdicts] == [False, True]
    assert "60.00 %, 6 of 10 statements" in check.verdicts[0].words
    assert "signs.py (3), unused.py (1)" in check.verdicts[0].words


def test_data_that_names_no_test_is_said_to_be_that(project: Path) -> None:
    measure(project)

    (verdict,) = build(Settings(), DiskDocuments()).check(None).check([project], Goals(suites=(UNITS,))).verdicts

    assert not verdict.is_met
    assert "no test of tests/unit/** is known to reach anything" in verdict.words
    assert "--cov-context=test" in verdict.words


def test_a_suite_counts_the_files_that_everything_counts(project: Path) -> None:
    git(project, "init", "-q")
    (project / "dist").mkdir()
    (project / "dist" / "tools.py").write_text("y = 1\n", encoding="utf-8")  # git does not ignore it: a person's
    measure(project, "dynamic_context = test_function")

    check = build(Settings(), DiskDocuments()).check(None).check([project], Goals(suites=(UNITS,)))

    assert check.ranking.total.lines.total == STATEMENTS + 2
    assert reach(project, UNITS)[0].reached.total == STATEMENTS + 2


ALL = Goals(lines=1.0, branches=1.0, suites=(Suite("unit", 1.0, ("tests/unit/**",)),))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (\n", "nothing is known of 1 file: Coverage is shown again when the file parses: "),
        (
            "x = 1\n" + "".join(f"y{n} = {n}\n" for n in range(101)),
            "nothing is known of 1 file: unused.py changed after",
        ),
    ],
)
def test_a_file_that_nobody_can_tell_of_meets_no_goal_and_is_not_recorded(project: Path, text: str, words: str) -> None:
    measure(project, "dynamic_context = test_function")
    services, history = build(Settings(), DiskDocuments()), project.parent / "trend.jsonl"
    assert services.check(history).check([project], ALL).is_met
    (project / "unused.py").write_text(text, encoding="utf-8")

    verdicts = build(Settings(), DiskDocuments()).check(history).check([project], ALL).verdicts

    assert verdicts
    assert all(not one.is_met and words in one.words for one in verdicts), verdicts
    with pytest.raises(TrendProblem, match=words):
        build(Settings(), DiskDocuments()).trend(history).record(project)


def test_a_file_that_is_left_out_of_the_data_holds_up_nothing(project: Path) -> None:
    (project / "template.py").write_text("def {{ name }}():\n", encoding="utf-8")
    measure(project, "dynamic_context = test_function")
    assert build(Settings(), DiskDocuments()).check(None).check([project], ALL).is_met


def test_a_file_that_is_no_text_does_not_stop_it(project: Path) -> None:
    measure(project, "dynamic_context = test_function")
    (project / "broken.py").write_bytes(b"# \xff\n")
    assert reach(project, UNITS)[0].reached == Ratio(6, STATEMENTS + 1)


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    ran = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return ran.stdout.strip()


def test_commits_go_back_from_where_the_branches_part(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", ".")
    for message in ("one", "two"):
        git(project, "commit", "-q", "--allow-empty", "-m", message)
    two = git(project, "rev-parse", "HEAD")
    one = git(project, "rev-parse", "HEAD~1")
    git(project, "switch", "-q", "-c", "work")
    git(project, "commit", "-q", "--allow-empty", "-m", "three")

    assert GitChurn().line_of(project, "main") == [two, one]
    with pytest.raises(HistoryProblem):
        GitChurn().line_of(project, "nowhere")


def test_what_was_recorded_before_is_compared_with(project: Path) -> None:
    measure(project)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "signs.py", "unused.py", "tests", "pyproject.toml", ".coveragerc")
    git(project, "commit", "-q", "-m", "one")
    history = project.parent / "trend.jsonl"
    build(Settings(), DiskDocuments()).trend(history).record(project)
    git(project, "commit", "-q", "--allow-empty", "-m", "two, not recorded")
    git(project, "switch", "-q", "-c", "work")

    def verdicts() -> list[tuple[bool, str]]:
        found = build(Settings(), DiskDocuments()).check(history).check([project], Goals(not_below="main")).verdicts
        return [(one.is_met, one.what.partition(" below")[0]) for one in found]

    assert verdicts() == [(True, "total not"), (True, "branches not")]
    (project / "tests" / "unit" / "test_signs.py").unlink()
    measure(project)
    assert verdicts() == [(False, "total not"), (False, "branches not")]
    assert json.loads(history.read_text())["version"] == 1
