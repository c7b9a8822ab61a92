"""How much work a survey of many files is: counted, not timed."""

from __future__ import annotations

import ast
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from greenline.adapters.project_files import ProjectFiles
from greenline.bootstrap_survey import OpenSurvey
from greenline.domain.coverage.model import Ratio
from greenline.services.projects_by_folder import ProjectsByFolder
from greenline.services.rank_gaps import NoSuchPackage, RankGaps, Ranking, Wanted
from greenline.services.source_files import source_files
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.coverage.worth import FileRow
    from greenline.ports.project import Project

FOLDERS, IN_A_FOLDER = 4, 15
TEXT = """def step_{n}(a):
    if a > {n}:
        return a
    return {n}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.coverage.run]\nbranch = true\nsource = ["many"]\n')
    data = CoverageData(basename=os.fspath(tmp_path / ".coverage"))
    for number in range(FOLDERS * IN_A_FOLDER):
        file = tmp_path / "many" / f"part_{number % FOLDERS}" / f"m{number // FOLDERS}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(TEXT.format(n=number))
        if number % 5:
            data.add_arcs({os.fspath(file): {(-1, 1), (1, -1)}})
    data.close()
    os.utime(tmp_path / ".coverage")
    return tmp_path


def _modules(repository: Path) -> list[Path]:
    return sorted(repository.glob("many/*/m*.py"))


def _surveyed(paths: Sequence[Path]) -> list[FileRow]:
    survey = OpenSurvey(Settings())
    try:
        return list(survey.rows(paths))
    finally:
        survey.close()


class CountingProjects:
    """Those of the disk, and how often each folder was looked at."""

    def __init__(self) -> None:
        self.asked: Counter[Path] = Counter()
        self._real = ProjectFiles()

    def project_of(self, path: Path) -> Project:
        self.asked[path.parent] += 1
        return self._real.project_of(path)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[Path]:
    """Count what is read, by any of the ways that the survey has."""
    counted: Counter[Path] = Counter()
    real = Path.read_bytes

    def counting(path: Path) -> bytes:
        counted[path] += 1
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", counting)
    return counted


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counted: Counter[str] = Counter()
    real = ast.parse

    def counting(source: str, *arguments: object, **named: object) -> ast.AST:
        counted[source] += 1
        return real(source, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ast, "parse", counting)
    return counted


def test_each_folder_is_looked_at_once_for_its_project(repository: Path) -> None:
    projects = CountingProjects()
    found = source_files([repository], ProjectsByFolder(projects))

    assert len(found.files) == FOLDERS * (IN_A_FOLDER + 1)
    assert set(projects.asked.values()) == {1}


def test_each_file_is_read_once_and_parsed_once_for_us_and_for_coverage_and_never_again(
    repository: Path, read: Counter[Path], parsed: Counter[str]
) -> None:
    files = _modules(repository)
    first = _surveyed(files)
    assert [row.summary.lines for row in first if row.path.name == "m0.py"][1:] == [Ratio(1, 4)] * 3
    assert {read[file] for file in files} == {1}
    assert {parsed[file.read_text()] for file in files} == {1}

    read.clear()
    parsed.clear()
    assert _surveyed(files) == first
    assert {read[file] for file in files} == {1}
    assert not parsed


def test_where_a_file_moved_its_row_goes_with_it(repository: Path, parsed: Counter[str]) -> None:
    """A row is found by what it is made of: another clone of the repository has no other ones."""
    before = _surveyed(_modules(repository))
    parsed.clear()
    data = CoverageData(basename=os.fspath(repository / ".coverage"))
    data.read()
    other = repository / "many" / "part_1" / "other.py"
    other.write_text(TEXT.format(n=1))
    data.add_arcs({os.fspath(other): {(-1, 1), (1, -1)}})
    data.close()

    (row,) = _surveyed([other])

    same = next(one for one in before if one.path == repository / "many" / "part_1" / "m0.py")
    assert (row.path, row.functions, row.summary) == (other, same.functions, same.summary)
    assert not parsed


def test_callers_are_counted_and_then_let_go(repository: Path) -> None:
    ranking = _ranked(repository, Wanted())
    assert ranking.files
    assert not any(file.row.called for file in ranking.files)


def test_a_package_that_no_file_is_in_is_said_with_those_that_are_like_it(repository: Path) -> None:
    for name, words in (("prat_1", "; there is part_1, "), ("zzz", "; there is part_0, ")):
        with pytest.raises(NoSuchPackage, match=f"^no file is in the package '{name}'{words}"):
            _ranked(repository, Wanted(packages=("part_0", name)))
    assert _ranked(repository, Wanted(packages=("part_0", "p*_1"))).files


def _ranked(repository: Path, wanted: Wanted) -> Ranking:
    class Churn:
        def commits(self, folder: Path) -> dict[Path, int]:
            return {}

    return RankGaps(ProjectFiles(), _surveyed, Churn(), basis=NoBasis()).rank([repository], wanted)  # type: ignore[arg-type]


class NoBasis:
    """What nobody asks for here."""

    def of(self, project: Project) -> Iterator[None]:
        return iter(())
