"""What is being written does not count until it is whole; until then what counted before does."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.report_places import Report
from greenline.adapters.reports_in_use import Choices
from greenline.adapters.settled_reports import Patience, SettledReports
from greenline.ports.coverage import CoverageProblem, NotReadYet
from greenline.ports.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path("/project")
PATIENCE = Patience(settle=0.25, broken=5.0, empty=120.0)


class Time:
    """A clock that stands until it is moved; the world's begins where the process's does."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Disk:
    """``problems`` are those of reports that cannot be read."""

    def __init__(self) -> None:
        self.time = Time()
        self.problems: dict[Report, CoverageProblem] = {}
        self.looked: list[Report] = []
        self.settled = SettledReports(self.check, PATIENCE, clock=self.time, now=self.time)

    def check(self, report: Report) -> None:
        self.looked.append(report)
        if report in self.problems:
            raise self.problems[report]

    def report(self, name: str = ".coverage", *, size: int = 100, ago: float = 0.0) -> Report:
        return Report(ROOT / name, "data", (int((self.time.now - ago) * 1e9), size, 1))

    def of(self, *found: Report) -> tuple[Report, ...]:
        return self.settled.of(ROOT, found)


@pytest.fixture
def disk() -> Disk:
    return Disk()


def test_what_is_old_counts_at_once(disk: Disk) -> None:
    old = disk.report(ago=60)
    assert disk.of(old) == (old,)
    assert disk.of() is not None


def test_what_was_just_written_counts_when_it_is_quiet(disk: Disk) -> None:
    old = disk.report(ago=60)
    disk.of(old)
    new = disk.report(size=120)
    assert disk.of(new) == (old,)
    assert disk.looked == [old], "nobody reads what is being written"
    disk.time.now += 0.2
    newer = disk.report(size=140)
    assert disk.of(newer) == (old,)
    disk.time.now += 0.2
    assert disk.of(newer) == (old,)
    disk.time.now += 0.1
    assert disk.of(newer) == (newer,)


def test_a_clock_that_goes_wrong_holds_nothing_up(disk: Disk) -> None:
    """On a disk of another machine, files may be written in the future."""
    ahead = disk.report(ago=-3600)
    with pytest.raises(NotReadYet):
        disk.of(ahead)
    disk.time.now += 0.3
    assert disk.of(ahead) == (ahead,)


def test_what_is_broken_is_told_after_a_while_and_not_before(disk: Disk) -> None:
    old = disk.report(ago=60)
    disk.of(old)
    broken = disk.report(size=7)
    disk.problems[broken] = CoverageProblem("cut off")
    for _ in range(9):
        disk.time.now += 0.5
        assert disk.of(broken) == (old,)
    disk.time.now += 0.6
    assert disk.of(broken) == (broken,), "reading it says what is wrong"


def test_what_is_broken_and_goes_on_changing_is_not_told(disk: Disk) -> None:
    old = disk.report(ago=60)
    disk.of(old)
    for size in range(7, 27):
        disk.time.now += 1.0
        part = disk.report(size=size)
        disk.problems[part] = CoverageProblem("cut off")
        disk.time.now += 1.0
        assert disk.of(part) == (old,)
    whole = disk.report(size=50)
    disk.time.now += 0.3
    assert disk.of(whole) == (whole,)


def test_what_was_broken_long_ago_is_told_at_once(disk: Disk) -> None:
    broken = disk.report(ago=60)
    disk.problems[broken] = CoverageProblem("cut off")
    assert disk.of(broken) == (broken,)


def test_an_empty_report_is_one_that_coverage_py_computes(disk: Disk) -> None:
    """It opens the file first, and writes it when all is computed."""
    old = disk.report(ago=60)
    disk.of(old)
    empty = disk.report(size=0)
    disk.problems[empty] = CoverageProblem("empty")
    disk.time.now += 100
    assert disk.of(empty) == (old,)
    disk.time.now += 30
    assert disk.of(empty) == (empty,)


def test_the_first_report_is_waited_for(disk: Disk) -> None:
    first = disk.report()
    disk.problems[first] = CoverageProblem("cut off")
    disk.time.now += 1
    with pytest.raises(NotReadYet, match=r"\.coverage is being written"):
        disk.of(first)
    assert disk.settled.waits(ROOT)
    del disk.problems[first]
    assert disk.of(first) == (first,)
    assert not disk.settled.waits(ROOT)


def test_what_is_gone_for_a_moment_goes_on_counting(disk: Disk) -> None:
    """A test run deletes the data with its first step; a report is replaced by deleting and writing it."""
    old = disk.report(ago=60)
    disk.of(old)
    assert disk.of() == (old,)
    disk.time.now += 4
    assert disk.of() == (old,)
    disk.time.now += 2
    assert disk.of() == ()


def test_an_older_report_does_not_step_in_for_a_moment(disk: Disk) -> None:
    data, older = disk.report(ago=60), disk.report("coverage.json", ago=600)
    disk.of(data)
    assert disk.of(older) == (data,)
    disk.time.now += 6
    assert disk.of(older) == (older,)


def test_parts_that_were_combined_count_at_once(disk: Disk) -> None:
    parts = disk.report(".coverage.a.1", ago=60), disk.report(".coverage.a.2", ago=60)
    assert disk.of(*parts) == parts
    whole = disk.report()
    disk.time.now += 0.3
    assert disk.of(whole) == (whole,)


def test_what_is_chosen_counts_whatever_counted_before(disk: Disk) -> None:
    old, chosen = disk.report(ago=60), disk.report("ci.xml", ago=600)
    disk.of(old)
    disk.settled.forget(ROOT)
    assert disk.of(chosen) == (chosen,)


def test_without_patience_whatever_is_there_counts() -> None:
    def check(report: Report) -> None:
        raise AssertionError("nobody asked")

    settled = SettledReports(check)
    assert settled.of(ROOT, []) == ()
    new = Report(ROOT / "a.xml", "xml", (1, 2, 3))
    assert settled.of(ROOT, [new]) == (new,)
    assert not settled.doubt(ROOT, [new])


# ---- with real files ------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "shop"
    root.mkdir()
    for name in ("a.py", "b.py"):
        (root / name).write_text("x = 1\ny = 2\nz = 3\n", encoding="utf-8")
    return Project(root, None, (root,), ())


def reports(tmp_path: Path, setting: str = "") -> CoverageReports:
    return CoverageReports(setting, {}, cache=tmp_path / "cache", choices=Choices(patience=PATIENCE))


def write(file: Path, files: dict[str, Iterable[int]], *, ago: float = 60.0) -> None:
    said = {name: {"executed_lines": list(lines)} for name, lines in files.items()}
    file.write_text(json.dumps({"meta": {"format": 3}, "files": said}), encoding="utf-8")
    age(file, ago)


def age(file: Path, seconds: float) -> None:
    then = file.stat().st_mtime - seconds
    os.utime(file, (then, then))


def lines_of(source: CoverageReports, project: Project, name: str) -> set[int] | None:
    measured = source.measured(project, project.root / name)
    return None if measured is None else set(measured.executed.lines)


def test_a_file_that_is_opened_while_a_report_is_written_is_told_of_by_the_one_before(
    tmp_path: Path, project: Project
) -> None:
    report = project.root / "coverage.json"
    write(report, {"a.py": [1], "b.py": [2]})
    source = reports(tmp_path)
    assert lines_of(source, project, "a.py") == {1}
    written = source.written_at(project)
    state = source.state(project)
    report.write_text('{"meta": {"format": 3}, "files": {"a.py": {"exec', encoding="utf-8")
    assert lines_of(source, project, "a.py") == {1}
    assert lines_of(source, project, "b.py") == {2}, "its index is there still"
    assert (source.written_at(project), source.state(project)) == (written, state)
    write(report, {"a.py": [3]})
    assert source.state(project) != state
    assert lines_of(source, project, "a.py") == {3}


def test_data_that_is_written_over_says_what_it_said(tmp_path: Path, project: Project) -> None:
    from unit.coverage.test_coverage_sqlite import data_file

    data = project.root / ".coverage"
    data_file(data, {str(project.root / "a.py"): [1], str(project.root / "b.py"): [2]})
    age(data, 60)
    source = reports(tmp_path)
    assert lines_of(source, project, "a.py") == {1}
    data.write_bytes(b"")
    assert lines_of(source, project, "a.py") == {1}
    with pytest.raises(NotReadYet):
        lines_of(source, project, "b.py")  # nobody asked before, and what it said is gone
    age(data, 600)
    with pytest.raises(CoverageProblem, match="is empty") as raised:
        lines_of(source, project, "a.py")
    assert not isinstance(raised.value, NotReadYet)


def test_data_that_cannot_be_read_after_all_is_looked_at_again(tmp_path: Path, project: Project) -> None:
    """Its first pages are whole, and the rest is not: coverage.py writes without a journal."""
    from unit.coverage.test_coverage_sqlite import data_file

    data = project.root / ".coverage"
    data_file(data, {f"/elsewhere/m{number}.py": [1] for number in range(3000)})
    whole = data.read_bytes()
    data.write_bytes(whole[: len(whole) // 4] + bytes(len(whole) - len(whole) // 4))
    age(data, 1)
    source = reports(tmp_path)
    state = source.state(project)
    with pytest.raises(NotReadYet):
        lines_of(source, project, "a.py")
    assert source.state(project) != state
    age(data, 60)
    with pytest.raises(CoverageProblem, match="cannot be read") as raised:
        lines_of(source, project, "a.py")
    assert not isinstance(raised.value, NotReadYet)


def test_what_is_chosen_and_cleared_outlives_a_change_of_settings(tmp_path: Path, project: Project) -> None:
    write(project.root / "coverage.json", {"a.py": [1]})
    write(project.root / "ci.json", {"a.py": [2]})
    choices = Choices(patience=PATIENCE)

    def source(paths: str = "") -> CoverageReports:
        return CoverageReports("", {}, cache=tmp_path / "cache", choices=choices, paths=paths)

    one = source()
    assert lines_of(one, project, "a.py") == {1}
    one.load(project, project.root / "ci.json")
    assert lines_of(one, project, "a.py") == {2}
    assert lines_of(source("/x=y"), project, "a.py") == {2}
    assert one.watched(project) == (project.root / "ci.json",)
    one.clear(project)
    assert not one.has_report(project)
    assert not source("/x=y").has_report(project)
    write(project.root / "coverage.json", {"a.py": [3]}, ago=30)
    assert lines_of(one, project, "a.py") == {3}


def test_a_report_that_is_of_no_use_is_not_loaded(tmp_path: Path, project: Project) -> None:
    write(project.root / "coverage.json", {"a.py": [1]})
    (project.root / "bad.xml").write_text("<html/>", encoding="utf-8")
    source = reports(tmp_path)
    for name, words in (("bad.xml", "<html>"), ("gone.xml", "cannot be read"), (".", "is a folder")):
        with pytest.raises(CoverageProblem, match=words):
            source.load(project, project.root / name)
        assert lines_of(source, project, "a.py") == {1}


def test_a_folder_in_the_place_of_data_is_told_at_once(tmp_path: Path, project: Project) -> None:
    (project.root / ".coverage").mkdir()
    with pytest.raises(CoverageProblem, match="is a folder") as raised:
        lines_of(reports(tmp_path), project, "a.py")
    assert not isinstance(raised.value, NotReadYet)


def test_a_command_waits_for_a_report_that_is_being_written(tmp_path: Path, project: Project) -> None:
    report = project.root / "coverage.json"
    report.write_text('{"meta": {"format": 3}, "fil', encoding="utf-8")
    source = CoverageReports("", {}, choices=Choices(patience=PATIENCE, waits=True))
    asked = threading.Event()

    def finish() -> None:
        asked.wait(10)
        write(report, {"a.py": [2]})

    writer = threading.Thread(target=finish)
    writer.start()
    asked.set()
    assert lines_of(source, project, "a.py") == {2}
    writer.join()


def test_a_command_does_not_wait_for_ever(tmp_path: Path, project: Project) -> None:
    (project.root / "coverage.json").write_text("{", encoding="utf-8")
    source = CoverageReports("", {}, choices=Choices(patience=Patience(0.01, 0.3, 0.3), waits=True))
    with pytest.raises(CoverageProblem, match="no JSON") as raised:
        lines_of(source, project, "a.py")
    assert not isinstance(raised.value, NotReadYet)
