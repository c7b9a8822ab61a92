from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

from greenline.adapters.coverage_reports import CoverageReports
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
from unit.coverage.coverage_runs import command, run_coverage

if TYPE_CHECKING:
    from collections.abc import Callable

MOD = "def f(a):\n    if a:\n        return 1\n    return 2\n"


def project_at(root: Path) -> Project:
    return Project(root, root / ".git", (root,), ())


def data_file(path: Path, lines: dict[str, list[int]]) -> Path:
    data = coverage.CoverageData(str(path))
    data.add_lines(lines)
    data.write()
    data.close()
    return path


@pytest.fixture
def source() -> CoverageReports:
    return CoverageReports(environ={})


@pytest.mark.parametrize("branch", [True, False], ids=["branch", "lines"])
def test_what_a_real_run_wrote_is_what_coverage_reads(tmp_path: Path, source: CoverageReports, branch: bool) -> None:
    (tmp_path / "mod.py").write_text(MOD)
    options = ["--branch"] if branch else []
    report = run_coverage(tmp_path, "import mod\nmod.f(1)\n", *options)
    measured = source.measured(project_at(tmp_path), tmp_path / "mod.py")
    theirs = coverage.CoverageData(str(report))
    theirs.read()
    name = str((tmp_path / "mod.py").resolve())
    assert measured is not None
    assert measured.executed.lines == set(theirs.lines(name) or ()) == {1, 2, 3}
    assert measured.executed.arcs == (set(theirs.arcs(name) or ()) if branch else None)
    assert (measured.report, measured.written_at) == (report, report.stat().st_mtime)
    assert source.written_at(project_at(tmp_path)) == measured.written_at


def test_contexts_are_joined(tmp_path: Path, source: CoverageReports) -> None:
    (tmp_path / "mod.py").write_text(MOD)
    script = "import mod\ndef test_one(): mod.f(1)\ndef test_two(): mod.f(0)\ntest_one()\ntest_two()\n"
    config = "[run]\ndynamic_context = test_function\n"
    report = run_coverage(tmp_path, script, config=config)
    with closing(sqlite3.connect(report)) as database:
        assert database.execute("select count(*) from context").fetchone()[0] == 3
    measured = source.measured(project_at(tmp_path), tmp_path / "mod.py")
    assert measured is not None
    assert measured.executed.lines == {1, 2, 3, 4}


def test_no_report_and_a_file_it_does_not_know(tmp_path: Path, source: CoverageReports) -> None:
    project = project_at(tmp_path)
    assert not source.has_report(project)
    assert source.written_at(project) is None
    assert source.measured(project, tmp_path / "a.py") is None
    data_file(tmp_path / ".coverage", {str(tmp_path / "b.py"): [1]})
    assert source.has_report(project)
    assert source.measured(project, tmp_path / "a.py") is None


def test_a_report_written_anew_is_read_anew(tmp_path: Path, source: CoverageReports) -> None:
    report, file = tmp_path / ".coverage", tmp_path / "a.py"
    data_file(report, {str(file): [1]})
    first = source.measured(project_at(tmp_path), file)
    assert source.measured(project_at(tmp_path), file) is first
    report.unlink()
    data_file(report, {str(file): [1, 9]})
    os.utime(report, ns=(1, 1))
    second = source.measured(project_at(tmp_path), file)
    assert second is not None
    assert second.executed.lines == {1, 9}


def test_a_file_behind_a_link_and_relative_paths(tmp_path: Path, source: CoverageReports) -> None:
    real = tmp_path / "real"
    (real / "pkg").mkdir(parents=True)
    (real / "pkg" / "a.py").write_text("x = 1\n")
    (tmp_path / "link").symlink_to(real, target_is_directory=True)
    data_file(real / ".coverage", {str(real.resolve() / "pkg" / "a.py"): [1]})
    opened = source.measured(project_at(tmp_path / "link"), tmp_path / "link" / "pkg" / "a.py")
    assert opened is not None
    (real / ".coverage").unlink()
    data_file(real / ".coverage", {str(Path("pkg", "a.py")): [1, 2]})
    opened = source.measured(project_at(real), real / "pkg" / "a.py")
    assert opened is not None
    assert opened.executed.lines == {1, 2}


def test_parallel_files_count_together_until_they_are_combined(tmp_path: Path, source: CoverageReports) -> None:
    name = str(tmp_path / "a.py")
    data_file(tmp_path / ".coverage.host.1", {name: [1]})
    data_file(tmp_path / ".coverage.host.2", {name: [3]})
    (tmp_path / ".coverage.report.xml").write_text("<coverage/>")
    measured = source.measured(project_at(tmp_path), tmp_path / "a.py")
    assert measured is not None
    assert measured.executed.lines == {1, 3}
    command(tmp_path, "combine", "-q", ".coverage.host.1", ".coverage.host.2")
    assert source.measured(project_at(tmp_path), tmp_path / "a.py").report == tmp_path / ".coverage"


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def other_schema(path: Path) -> None:
    data_file(path, {"a": [1]})
    with closing(sqlite3.connect(path)) as database:
        database.execute("update coverage_schema set version = 99")
        database.commit()


def another_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table t (x)")


def cut_off(path: Path) -> None:
    data_file(path, {f"/{n}/{'x' * 200}.py": [n] for n in range(1, 200)})
    write(path, path.read_bytes()[:6000])


@pytest.mark.parametrize(
    ("make", "what", "todo"),
    [
        (lambda path: write(path, b""), "is empty", "Delete it and run the tests"),
        (lambda path: write(path, b"nonsense" * 50), "file is not a database", "Delete it and run the tests"),
        (lambda path: write(path, b"!coverage.py: This is a private format, don't read it"), "coverage 4", "Update"),
        (lambda path: path.mkdir(), "is a folder", "greenline.coverage.file"),
        (other_schema, "format 99", "Update coverage"),
        (
            another_database,
            "coverage_schema",
            "Delete",
        ),
        (cut_off, "malformed", "Delete it"),
    ],
    ids=["empty", "nonsense", "coverage 4", "folder", "schema", "another database", "cut off"],
)
def test_each_unreadable_report_says_what_is_wrong_and_what_to_do(
    tmp_path: Path, source: CoverageReports, make: Callable[[Path], object], what: str, todo: str
) -> None:
    make(tmp_path / ".coverage")
    with pytest.raises(CoverageProblem) as caught:
        source.measured(project_at(tmp_path), tmp_path / "a.py")
    message = str(caught.value)
    assert str(tmp_path / ".coverage") in message
    assert what in message
    assert todo in message


def test_no_permission(tmp_path: Path, source: CoverageReports, monkeypatch: pytest.MonkeyPatch) -> None:
    data_file(tmp_path / ".coverage", {"a": [1]})
    (tmp_path / ".coverage").chmod(0)
    if os.access(tmp_path / ".coverage", os.R_OK):  # an administrator may read everything

        def refuse(self: Path, *arguments: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CoverageProblem, match="no permission"):
        source.measured(project_at(tmp_path), tmp_path / "a.py")


def test_locked_by_another_process(tmp_path: Path, source: CoverageReports) -> None:
    data_file(tmp_path / ".coverage", {"a": [1]})
    with closing(sqlite3.connect(tmp_path / ".coverage")) as other:
        other.execute("begin exclusive")
        with pytest.raises(CoverageProblem, match="being written"):
            source.measured(project_at(tmp_path), tmp_path / "a.py")


def test_the_report_is_left_as_it_is(tmp_path: Path, source: CoverageReports) -> None:
    report = data_file(tmp_path / ".coverage", {str(tmp_path / "a.py"): [1]})
    before = (report.read_bytes(), sorted(tmp_path.iterdir()))
    source.measured(project_at(tmp_path), tmp_path / "a.py")
    assert (report.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".coveragerc", "[run]\ndata_file = out/cov.db\nomit = docs/*\n[report]\nexclude_also = never\n"),
        (
            "setup.cfg",
            "[coverage:run]\ndata_file = out/cov.db\nomit = docs/*\n[coverage:report]\nexclude_also = never\n",
        ),
        ("tox.ini", "[coverage:run]\ndata_file = out/cov.db\nomit = docs/*\n[coverage:report]\nexclude_also = never\n"),
        (
            "pyproject.toml",
            "[tool.coverage]\nrun.data_file = 'out/cov.db'\nrun.omit = ['docs/*']\nreport.exclude_also = ['never']\n",
        ),
    ],
)
def test_the_configuration_is_read_where_coverage_reads_it(
    tmp_path: Path, source: CoverageReports, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    project = project_at(tmp_path)
    assert source.report_of(project) == tmp_path / "out" / "cov.db"
    assert "never" in source.exclusions(project).excluded
    assert len(source.exclusions(project).excluded) > 1
    assert not source.is_measured(project, tmp_path / "docs" / "conf.py")
    assert source.is_measured(project, tmp_path / "pkg" / "a.py")


def test_source_limits_what_counts(tmp_path: Path, source: CoverageReports) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\nsource = src, pkg.sub\n")
    project = project_at(tmp_path)
    assert source.is_measured(project, tmp_path / "src" / "a.py")
    assert source.is_measured(project, tmp_path / "pkg" / "sub" / "a.py")
    assert source.is_measured(project, tmp_path / "pkg" / "sub.py")
    assert not source.is_measured(project, tmp_path / "setup.py")


def test_environment_and_setting_win_in_this_order(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\ndata_file = from_file\n")
    project = project_at(tmp_path)
    assert CoverageReports(environ={}).report_of(project) == tmp_path / "from_file"
    source = CoverageReports(environ={"COVERAGE_FILE": "from_environment"})
    assert source.report_of(project) == tmp_path / "from_environment"
    source = CoverageReports("from_setting", {"COVERAGE_FILE": "from_environment"})
    assert source.report_of(project) == tmp_path / "from_setting"


def test_a_changed_configuration_is_seen(tmp_path: Path, source: CoverageReports) -> None:
    assert source.report_of(project_at(tmp_path)) == tmp_path / ".coverage"
    (tmp_path / ".coveragerc").write_text("[run]\ndata_file = other\n")
    assert source.report_of(project_at(tmp_path)) == tmp_path / "other"


@pytest.mark.parametrize("text", ["[run\n", "[run]\nbranch = perhaps\n", "[report]\nexclude_also = (\n"])
def test_a_broken_configuration_is_told(tmp_path: Path, source: CoverageReports, text: str) -> None:
    (tmp_path / ".coveragerc").write_text(text)
    with pytest.raises(CoverageProblem, match=r"configuration of .* cannot be read"):
        source.report_of(project_at(tmp_path))


def test_sqlite_is_told_the_right_file_whatever_its_name(tmp_path: Path, source: CoverageReports) -> None:
    odd = tmp_path / "50% of #1?"
    odd.mkdir()
    data_file(odd / ".coverage", {str(odd / "a.py"): [1]})
    assert source.measured(project_at(odd), odd / "a.py") is not None


def test_every_file_of_the_data_is_told_even_when_it_is_gone(tmp_path: Path, source: CoverageReports) -> None:
    assert source.files(project_at(tmp_path)) == []
    data_file(tmp_path / ".coverage", {str(tmp_path / "gone.py"): [1], "tests/test_a.py": [1]})
    assert source.files(project_at(tmp_path)) == [tmp_path / "gone.py", tmp_path / "tests" / "test_a.py"]


@pytest.mark.skipif(os.name == "nt", reason="names are always Unicode there")
def test_a_file_whose_name_is_not_unicode_is_in_no_data_and_the_data_is_whole(
    tmp_path: Path, source: CoverageReports
) -> None:
    odd = tmp_path / os.fsdecode(b"m\xff.py")
    for file in (odd, tmp_path / "mod.py"):
        file.write_text(MOD)
    data_file(tmp_path / ".coverage", {str(tmp_path / "mod.py"): [1]})
    assert source.measured(project_at(tmp_path), odd) is None
    assert source.measured(project_at(tmp_path), tmp_path / "mod.py") is not None
