"""The ranking of a real project: in one process and in several, with filters, and since a branch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.git_churn import GitChurn
from greenline.adapters.survey_processes import SurveyProcesses
from greenline.bootstrap import build
from greenline.bootstrap_survey import open_survey
from greenline.services.rank_gaps import NoSuchPackage, Wanted
from greenline.services.show_coverage import ShowCoverage
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.coverage.worth import FileRow
    from greenline.services.rank_gaps import Ranking

STEP = """def step_{n}(a):
    if a > {n}:
        return common(a)
    return {n}
"""
MODULES = 160
"""More than one process takes on alone."""


def _survey(paths: Sequence[Path]) -> list[FileRow]:
    with closing(open_survey(Settings())) as surveyor:
        return list(surveyor.rows(paths))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many")
    (root / "pyproject.toml").write_text('[tool.coverage.run]\nbranch = true\nsource = ["many"]\n')
    (root / "many").mkdir()
    (root / "many" / "__init__.py").write_text("def common(a):\n    return a\n")
    data = CoverageData(basename=os.fspath(root / ".coverage"))
    for number in range(MODULES):
        file = root / "many" / f"m{number:03}.py"
        file.write_text("from many import common\n\n\n" + STEP.format(n=number) * (1 + number % 3))
        data.add_arcs({os.fspath(file): {(-1, 1), (1, 4), (4, -1)}})
    data.close()
    (root / "tests").mkdir()
    (root / "tests" / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    os.utime(root / ".coverage")
    return root


IN_TWO = """
import sys
from functools import partial
from pathlib import Path
from greenline.adapters.survey_processes import SurveyProcesses
from greenline.bootstrap_survey import open_survey
from greenline.settings import Settings

print(list(SurveyProcesses(partial(open_survey, Settings()), 2)(sorted(Path(sys.argv[1]).glob("*.py")))))
"""


def ranked(project: Path, wanted: Wanted | None = None) -> Ranking:
    ranking = build(Settings(changed_since=wanted.changed_since if wanted else ""), DiskDocuments()).ranking
    ranking._survey = SurveyProcesses(partial(open_survey, Settings()), processes=1)
    return ranking.rank([project], wanted or Wanted())


def test_several_processes_say_what_one_says(project: Path, tmp_path: Path) -> None:
    # In a process of its own, with which ends what Python keeps beside a pool; with nothing that is known already.
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", IN_TWO, str(project / "many")],
        capture_output=True, text=True, timeout=120, check=False, env=environment,
    )  # fmt: skip

    alone = _survey(sorted((project / "many").glob("*.py")))
    assert ran.stdout.strip() == str(alone), ran.stderr
    assert len(alone) == MODULES + 1


HOSTILE = ("multiprocessing", "pickle", "socket", "signal", "runpy", "greenline")
STARTED = """
import os, sys
os.cpu_count = lambda: 2
from greenline.__main__ import main
sys.argv[1:] = ["gaps", "--format", "json"]
main()
"""


def test_nothing_of_the_repository_runs_when_many_files_are_looked_at(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "hostile"
    shutil.copytree(project, root)
    for name in HOSTILE:
        (root / f"{name}.py").write_text("open(__file__ + '.ran', 'w').close()\nraise SystemExit(9)\n")
    start = tmp_path / "bin" / "start.py"  # its folder comes first on sys.path, as that of the installed command
    start.parent.mkdir()
    start.write_text(STARTED)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, str(start)],
        cwd=root, capture_output=True, text=True, timeout=120, check=False, env=environment,
    )  # fmt: skip

    assert not list(root.glob("*.ran"))
    assert len(json.loads(ran.stdout)["files"]) == MODULES + 1 + len(HOSTILE), ran.stderr
    assert not ran.stderr


def test_what_is_known_already_is_what_would_be_drawn_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((project / "many").glob("*.py"))
    first = _survey(files)
    monkeypatch.setattr(ShowCoverage, "picture", lambda *_: pytest.fail("drawn again"))
    assert _survey(files) == first


def test_a_new_measurement_and_a_new_text_are_looked_at(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(project, root)
    files = [root / "many" / "m000.py", root / "many" / "m001.py"]
    before = _survey(files)
    data = CoverageData(basename=os.fspath(root / ".coverage"))
    data.add_arcs({os.fspath(file): {(-1, 1), (1, 4), (4, -1), (-4, 5), (5, 7), (7, -4)} for file in files})
    data.close()
    covered = _survey(files)
    files[0].write_text(files[0].read_text().replace("return 0", "return -1"))
    changed = _survey(files)

    assert [row.lines for row in before] != [row.lines for row in covered]
    assert (changed[0].state, changed[1]) == ("outdated", covered[1])


def test_the_worthiest_come_first(project: Path) -> None:
    found = ranked(project).files

    assert len(found) == MODULES + 1
    assert found[0].row.package == "many"
    assert found[0].functions[0].row.complexity == 2
    assert [file.worth for file in found] == sorted((file.worth for file in found), reverse=True)


def test_what_filters_leave_out_is_counted(project: Path) -> None:
    found = ranked(project, Wanted(top=3, min_statements=9))

    assert len(found.files) == 3
    assert sum(found.left_out.values()) == MODULES + 1 - 3
    assert found.left_out["under 9 statements"] == 1 + 54
    assert found.total == ranked(project).total
    assert found.tests_left_out == 1
    with pytest.raises(NoSuchPackage, match="'mnay'; there is many"):
        ranked(project, Wanted(packages=("mnay",)))
    assert len(ranked(project, Wanted(packages=("many",), below=90)).files) == MODULES + 1


def test_callers_count_over_all_files(project: Path) -> None:
    common = [one for file in ranked(project).files for one in file.functions if one.row.name == "common"]
    assert [one.calls for one in common] == [sum(1 + number % 3 for number in range(MODULES))]


def test_only_changed_lines_count_since_a_branch(project: Path, tmp_path: Path) -> None:
    project = shutil.copytree(project, tmp_path / "changed")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True, timeout=60)

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "all of it")
    file = project / "many" / "m002.py"
    file.write_text(file.read_text() + "\n\ndef added(a):\n    return a\n")

    ran = subprocess.run(
        [sys.executable, "-m", "greenline", "gaps", "--changed", "--format", "json"],
        cwd=project, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert GitChurn().changed_files(project, "HEAD") == {file}
    found = json.loads(ran.stdout)
    assert found["left_out"] == {"unchanged since HEAD": MODULES}, ran.stderr
