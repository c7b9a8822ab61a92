"""The engine's bench on modules whose figures and causes are known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path[:0] = [str(BENCH / "engine")]

import causes  # noqa: E402
import measure  # noqa: E402
from generators import Written, functions_of  # noqa: E402
from mutate import Mutant  # noqa: E402
from subjects import BenchProblem, Place, Subject, any_module, fresh  # noqa: E402

SOURCE = """\
import asyncio
import sys

if sys.version_info < (3,):
    text = unicode

def first(values, usual=5):
    found = usual
    for value in values:
        found = value
        break
    found = found
    return [found, len(values)]

def sign(number):
    if number < 0:
        return -1
    if number == 77:
        return 7
    return 1

class Box:
    def __init__(self):
        self.items = []

    def put(self, item):
        self.items.append(item)
        return len(self.items)

async def later(number):
    await asyncio.sleep(0)
    return number + 1

def never(number):
    return number
"""
TESTS = """\
import asyncio
from boxes import Box, first, later, sign

def test_first():
    assert first([1, 2])[0] == 1

def test_sign():
    assert sign(76) == 1

def test_box():
    assert Box().put("a")

def test_later():
    assert asyncio.run(later(1)) == 2
"""


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    return written(tmp_path / "project", SOURCE, TESTS)


def written(project: Path, source: str, tests: str) -> Subject:
    (project / "tests").mkdir(parents=True)
    (project / "boxes.py").write_text(source)
    (project / "tests" / "test_boxes.py").write_text(tests)
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\ntestpaths = ["tests"]\n')
    return Subject("boxes", project, Path(sys.executable))


def changed(line: int, old: str, new: str) -> Mutant:
    lines = SOURCE.splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    return Mutant(line, "constant", "\n".join(lines))


MUTANTS = {
    "noticed": changed(10, "= value", "= 9"),
    "weak result": changed(13, "len(values)", "len(values) + 1"),
    "weak state": changed(27, "append(item)", "append('b')"),
    "same bytecode": changed(13, "return [found", "return [(found)"),
    "no difference": changed(12, "found = found", "found = found or found"),
    "other input": changed(16, "< 0", "< -5"),
    "changed default": changed(7, "usual=5", "usual=6"),
    "never runs": changed(35, "number", "7"),
    "dead": changed(5, "unicode", "bytes"),
}


def test_each_missed_branch_and_survivor_gets_its_cause(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(MUTANTS)
    monkeypatch.setattr(measure, "sampled_of", lambda _: list(MUTANTS.values()))
    monkeypatch.setattr(causes, "sampled_of", lambda _: list(MUTANTS.values()))
    monkeypatch.setattr(causes, "CALLS", 400)
    work = Written(subject, 1.0, functions=len(functions_of(subject.source)))
    row = measure.measured("Greenline", work)
    assert (row.functions, row.tests, row.steady, row.test_functions) == (7 - 1, 4, 4, 4)
    assert [names[n] for n in row.survivors] == names[1:]

    causes.judged(row, work)

    assert row.causes["problem"] == ""
    judged = {m["what"]: m for m in row.causes["each"]}
    found = {names[n]: judged[f"mutant {n}: constant"] for n in row.survivors}
    assert {name: (m["cause"], m["is_shown"]) for name, m in found.items()} == {
        "weak result": ("oracle too weak", True),
        "weak state": ("oracle too weak", True),
        "same bytecode": ("equivalent", True),
        "no difference": ("equivalent", False),
        "other input": ("input not found", True),
        "changed default": ("input not found", True),
        "never runs": ("input not found", False),
        "dead": ("not reachable", True),
    }
    assert found["no difference"]["evidence"].endswith("changed calls")
    assert "first" in found["weak result"]["evidence"]
    assert {b["what"]: (b["cause"], b["is_shown"]) for b in judged.values() if "->" in b["what"]} == {
        "4 -> 5": ("not reachable", True),
        "9 -> 12": ("input not found", True),
        "16 -> 17": ("input not found", True),
        "18 -> 19": ("input not found", True),
    }
    assert subject.source.read_text() == SOURCE


def test_tests_that_fail_or_are_marked_are_counted_and_notice_nothing(tmp_path: Path) -> None:
    tests = (
        "import os, pytest\nfrom boxes import sign\n"
        "def test_good():\n    assert sign(-2) == -1\n"
        "def test_flaky():\n    assert os.environ['PYTHONHASHSEED'] != '4242'\n"
        "@pytest.mark.xfail(strict=True)\ndef test_marked():\n    assert sign(1) == 8\n"
        "def test_bad():\n    assert sign(1) == 8\n"
    )
    subject = written(tmp_path / "project", "def sign(number):\n    return number // abs(number)\n", tests)
    row = measure.measured("Pynguin", Written(subject, 1.0))
    assert (row.tests, row.steady, row.clutter, row.deselected) == (4, 1, 1, 2)
    assert row.outcomes == {"passed": 2, "xfailed": 1, "failed": 1}
    assert row.line_percent == row.branch_percent == 100.0
    assert 0 < row.killed == row.mutants - len(row.survivors)
    assert not row.is_sound


def test_a_mutant_that_never_ends_or_ends_the_process_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "MUTANT_SECONDS", 3.0)
    source = "def down(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    subject = written(tmp_path / "project", source, "from boxes import down\ndef test_it():\n    assert down(3) == 0\n")
    texts = [source, source.replace("n -= 1", "pass"), source.replace("n -= 1", "import os; os._exit(0)")]
    # A process that ends with 0 ran no test to its end, but looks as if: pytest never said that all passed.
    assert measure.trial(subject, tmp_path, texts, set()) == [False, True, True]


def test_a_module_without_tests_has_all_its_mutants_left(tmp_path: Path) -> None:
    subject = written(tmp_path / "project", "def sign(number):\n    return number > 0\n", "")
    (subject.tests / "test_boxes.py").unlink()
    row = measure.measured("Greenline", Written(subject, 1.0, problem="nothing came of it"))
    assert (row.tests, row.killed, row.line_percent) == (0, 0, 0.0)
    assert len(row.survivors) == row.mutants > 0
    assert row.problem == "nothing came of it"


def test_a_subject_is_named_by_package_version_and_module() -> None:
    with pytest.raises(BenchProblem, match="write PACKAGE==VERSION:MODULE"):
        any_module("inflection", Path(sys.executable))


def test_a_project_has_the_package_and_not_its_tests(tmp_path: Path) -> None:
    package = tmp_path / "packages" / "boxes"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "tests" / "test_boxes.py").write_text("")
    place = Place("boxes", Path(sys.executable), tmp_path / "packages", needs=tmp_path / "needs")
    subject = fresh(place, tmp_path / "project")
    assert subject.file == "boxes/__init__.py"
    assert not list(subject.project.rglob("test_*.py"))
