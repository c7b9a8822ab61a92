"""Each circumstance that a trial changes is another one for the test, and the next run has the old ones again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import Conditions, TestReport, TestRun

MODULE = """
import datetime
import os
import pickle
import time
from datetime import date, datetime

def year():
    return datetime.now().year

def today():
    return date.today()

def kept(moment):
    return pickle.loads(pickle.dumps(moment))

def names():
    return os.listdir(".")
"""
TESTS = """
import datetime, locale, os, time
import moments

def test_zone():
    assert time.strftime("%Z", time.localtime(0)) == "UTC"

def test_day():
    assert moments.year() == moments.today().year == time.localtime().tm_year == {year}

def test_own_clock():
    assert datetime.datetime.now().year == {year}

def test_folder():
    assert "tests" in moments.names()

def test_language():
    assert os.environ.get("LC_ALL", "") != "C"

def test_sound():
    moment = datetime.datetime(2020, 1, 2)
    assert moments.kept(moment) == moment
    assert repr(moments.kept(moment)) == "datetime.datetime(2020, 1, 2, 0, 0)"
"""


@pytest.fixture
def as_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestRun:
    import datetime

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "moments.py").write_text(MODULE)
    (root / "pytest.ini").write_text("[pytest]\n")
    test = root / "tests" / "test_moments.py"
    test.write_text(TESTS.replace("{year}", str(datetime.datetime.now(datetime.timezone.utc).year)))
    project = Project(root, root / "pytest.ini", (root,), (root / "tests",))
    major, minor, micro = sys.version_info[:3]
    python = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    return TestRun(project, python, selection=(str(test),))


def failing(report: TestReport) -> list[str]:
    assert not report.problem
    assert len(report.outcomes) == 6
    return [outcome.node_id.partition("::test_")[2] for outcome in report.outcomes if outcome.outcome != "passed"]


@pytest.mark.parametrize("warm", [False, True])
async def test_what_depends_on_circumstances_shows_and_what_does_not_passes(as_is: TestRun, warm: bool) -> None:
    if warm and sys.platform != "linux":
        pytest.skip("forks of a warm process are for Linux")
    runner = PytestProcess(Probes(warm=warm))
    expected = {
        Conditions(): [],
        Conditions(timezone="GLT-13:45"): ["zone"],
        Conditions(locale="C"): ["language"],
        Conditions(days_later=403.2, package="moments"): ["day", "own_clock"],
        Conditions(elsewhere=True): ["folder"],
    }
    for conditions, names in expected.items():
        report = await runner.run(replace(as_is, conditions=conditions), Silent())
        assert failing(report) == names, conditions
    assert failing(await runner.run(as_is, Silent())) == []


@pytest.mark.skipif(sys.platform != "linux", reason="forks of a warm process are for Linux")
@pytest.mark.parametrize(
    ("of_person", "of_run", "category"),
    [("C.UTF-8", "C", "C"), ("C", "C.UTF-8", "C.UTF-8"), ("C.UTF-8", "POSIX", "C")],
)
async def test_under_another_locale_python_is_what_it_is_when_it_starts_under_it(
    as_is: TestRun, monkeypatch: pytest.MonkeyPatch, of_person: str, of_run: str, category: str
) -> None:
    monkeypatch.setenv("LC_ALL", of_person)
    (as_is.project.root / "tests" / "test_moments.py").write_text(
        "import locale\n"
        f"def test_category(): assert locale.setlocale(locale.LC_CTYPE) == {category!r}\n"
        "def test_encoding(): '\u00e9'.encode(locale.getpreferredencoding())\n"
    )
    probes = Probes(warm=True)
    report = await PytestProcess(probes).run(replace(as_is, conditions=Conditions(locale=of_run)), Silent())
    assert [(outcome.outcome, outcome.said) for outcome in report.outcomes] == [("passed", ""), ("passed", "")]
