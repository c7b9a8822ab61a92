"""Which reports count, and which file of the project each of their names means."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters import report_index
from greenline.adapters.coverage_reports import CoverageReports
from greenline.domain.coverage.report_names import common_tail, moved, parts_of
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
from unit.coverage.coverage_runs import run_coverage

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT = "def f(x):\n    if x:\n        return 1\n    return 2\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "shop"
    for name in ("src/shop/cart.py", "src/shop/api/views.py", "src/shop/admin/views.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TEXT, encoding="utf-8")
    return Project(root, None, (root / "src",), ())


def source(tmp_path: Path, setting: str = "", paths: str = "", *, cached: bool = True) -> CoverageReports:
    return CoverageReports(setting, {}, paths=paths, cache=tmp_path / "cache" if cached else None)


def write_json(file: Path, files: dict[str, Iterable[int]]) -> None:
    said = {name: {"executed_lines": list(lines), "executed_branches": []} for name, lines in files.items()}
    file.write_text(json.dumps({"meta": {"format": 3}, "files": said, "totals": {}}), encoding="utf-8")


def write_lcov(file: Path, name: str, *lines: int) -> None:
    rows = "".join(f"DA:{line},1\n" for line in lines)
    file.write_text(f"TN:\nSF:{name}\n{rows}end_of_record\n", encoding="utf-8")


def ran(reports: CoverageReports, project: Project, name: str) -> set[int] | None:
    measured = reports.measured(project, project.root / name)
    return None if measured is None else set(measured.executed.lines)


# ---- which reports --------------------------------------------------------------------------------------------------


def test_the_data_wins_over_what_was_made_of_it(tmp_path: Path, project: Project) -> None:
    (project.root / "src" / "shop" / "__init__.py").touch()
    run_coverage(project.root, "import sys; sys.path[:0] = ['src']; import shop.cart", "--source=src")
    write_json(project.root / "coverage.json", {"src/shop/cart.py": [4]})
    reports = source(tmp_path)
    assert reports.report_of(project).name == ".coverage"
    assert ran(reports, project, "src/shop/cart.py") == {1}


def test_without_data_the_newest_report_counts(tmp_path: Path, project: Project) -> None:
    reports = source(tmp_path)
    assert not reports.has_report(project)
    write_json(project.root / "coverage.json", {"src/shop/cart.py": [1]})
    write_lcov(project.root / "coverage.lcov", "src/shop/cart.py", 1, 2)
    os.utime(project.root / "coverage.json", (1000, 1000))
    assert reports.report_of(project).name == "coverage.lcov"
    assert ran(reports, project, "src/shop/cart.py") == {1, 2}
    os.utime(project.root / "coverage.lcov", (500, 500))
    assert ran(reports, project, "src/shop/cart.py") == {1}


def test_where_the_configuration_puts_a_report_it_is_found(tmp_path: Path, project: Project) -> None:
    (project.root / ".coveragerc").write_text("[lcov]\noutput = out/info.lcov\n", encoding="utf-8")
    (project.root / "out").mkdir()
    write_lcov(project.root / "out" / "info.lcov", "src/shop/cart.py", 2)
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {2}


def test_several_reports_count_together(tmp_path: Path, project: Project) -> None:
    write_json(project.root / "unit.json", {"src/shop/cart.py": [1]})
    write_lcov(project.root / "slow.lcov", "src/shop/cart.py", 2)
    write_lcov(project.root / "slow2.lcov", "src/shop/cart.py", 3)
    assert ran(source(tmp_path, "unit.json; slow*.lcov"), project, "src/shop/cart.py") == {1, 2, 3}
    assert ran(source(tmp_path, "unit.json;gone.xml"), project, "src/shop/cart.py") == {1}


def test_a_report_is_known_by_its_content_where_its_name_says_nothing(tmp_path: Path, project: Project) -> None:
    write_lcov(project.root / "tracefile", "src/shop/cart.py", 3)
    assert ran(source(tmp_path, "tracefile"), project, "src/shop/cart.py") == {3}


# ---- which file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "paths", "config"),
    [
        ("/app/shop/cart.py", "/app=src", ""),
        ("/app/shop/cart.py", "/nothing=x; /app/ = src/", ""),
        ("C:\\build\\shop\\cart.py", "c:/build=src", ""),
        ("/app/src/shop/cart.py", "", "[paths]\nsource =\n    src\n    */app/src\n"),
        ("/home/runner/work/shop/src/shop/cart.py", "", ""),
        ("D:\\a\\shop\\src\\shop\\cart.py", "", ""),
        ("shop/cart.py", "", ""),
        ("src\\shop\\cart.py", "", ""),
    ],
)
def test_a_name_from_elsewhere_is_found(tmp_path: Path, project: Project, name: str, paths: str, config: str) -> None:
    (project.root / ".coveragerc").write_text(config, encoding="utf-8")
    write_json(project.root / "coverage.json", {name: [1, 2]})
    reports = source(tmp_path, paths=paths)
    assert ran(reports, project, "src/shop/cart.py") == {1, 2}
    assert ran(reports, project, "src/shop/api/views.py") is None
    if paths or config:
        assert reports.files(project) == [project.root / "src" / "shop" / "cart.py"]


def test_data_from_elsewhere_is_found_too(tmp_path: Path, project: Project) -> None:
    elsewhere = tmp_path / "container"
    (elsewhere / "shop").mkdir(parents=True)
    (elsewhere / "shop" / "cart.py").write_text(TEXT, encoding="utf-8")
    data = run_coverage(elsewhere, "import shop.cart; shop.cart.f(1)", "--branch", "--include=*/cart.py")
    data.rename(project.root / ".coverage")
    for file in (elsewhere / "shop").iterdir():
        if file.suffix == ".py":
            file.unlink()
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {1, 2, 3}


def test_the_longest_end_wins(tmp_path: Path, project: Project) -> None:
    write_json(project.root / "coverage.json", {"/ci/shop/api/views.py": [1], "/ci/shop/admin/views.py": [2]})
    reports = source(tmp_path)
    assert ran(reports, project, "src/shop/api/views.py") == {1}
    assert ran(reports, project, "src/shop/admin/views.py") == {2}


def test_two_names_that_fit_as_well_are_not_guessed(tmp_path: Path, project: Project) -> None:
    write_json(project.root / "coverage.json", {"/ci/a/shop/cart.py": [1], "/ci/b/shop/cart.py": [2]})
    with pytest.raises(CoverageProblem, match=r"/ci/a/shop/cart\.py and of /ci/b/shop/cart\.py") as raised:
        source(tmp_path).measured(project, project.root / "src" / "shop" / "cart.py")
    assert "greenline.coverage.paths" in str(raised.value)


def test_two_files_that_fit_as_well_are_not_guessed(tmp_path: Path, project: Project) -> None:
    other = project.root / "src" / "old" / "api" / "views.py"
    other.parent.mkdir(parents=True)
    other.write_text(TEXT, encoding="utf-8")
    write_json(project.root / "coverage.json", {"/ci/api/views.py": [1]})
    for path in (other, project.root / "src" / "shop" / "api" / "views.py"):
        with pytest.raises(CoverageProblem, match="which may be"):
            source(tmp_path).measured(project, path)


def test_a_file_name_alone_is_not_enough(tmp_path: Path, project: Project) -> None:
    (project.root / "src" / "alone.py").write_text(TEXT, encoding="utf-8")
    write_json(project.root / "coverage.json", {"/usr/lib/python3/cart.py": [1], "/ci/src/alone.py": [2]})
    assert ran(source(tmp_path), project, "src/shop/cart.py") is None
    assert ran(source(tmp_path), project, "src/alone.py") == {2}


def test_what_was_measured_before_the_file_changed_does_not_count_beside_what_was_since(
    tmp_path: Path, project: Project
) -> None:
    for name, line, when in (("old.json", 1, 1000), ("new.json", 2, 3000)):
        write_json(project.root / name, {"src/shop/cart.py": [line], "src/shop/api/views.py": [line]})
        os.utime(project.root / name, (when, when))
    write_json(project.root / "newest.json", {"src/shop/admin/views.py": [1]})
    os.utime(project.root / "src" / "shop" / "cart.py", (2000, 2000))
    os.utime(project.root / "src" / "shop" / "api" / "views.py", (500, 500))
    reports = source(tmp_path, "*.json")
    cart, views = (reports.measured(project, project.root / "src" / "shop" / n) for n in ("cart.py", "api/views.py"))
    assert cart is not None
    assert views is not None
    assert (cart.executed.lines, cart.written_at) == ({2}, 3000)
    assert (views.executed.lines, views.written_at) == ({1, 2}, 1000)


def test_a_name_whose_own_file_exists_means_no_other(tmp_path: Path, project: Project) -> None:
    (project.root / "cart.py").write_text(TEXT, encoding="utf-8")
    write_json(project.root / "coverage.json", {"cart.py": [1]})
    assert ran(source(tmp_path), project, "src/shop/cart.py") is None
    assert ran(source(tmp_path), project, "cart.py") == {1}


@pytest.mark.parametrize(
    ("name", "start", "expected"),
    [
        ("/app/a.py", "/app", "x/a.py"),
        ("/application/a.py", "/app", None),
        ("/app", "/app", None),
        ("app/a.py", "/app", None),
        ("C:\\App\\a.py", "c:\\app", "x/a.py"),
        ("/APP/a.py", "/app", None),
    ],
)
def test_only_whole_folders_are_replaced(name: str, start: str, expected: str | None) -> None:
    assert moved(name, start, "x/") == expected


def test_parts_and_ends() -> None:
    assert parts_of("/a/./b.py") == ("a", "b.py")
    assert parts_of("a\\b.py") == ("a", "b.py")
    assert parts_of("a/b\\c.py") == ("a", "b\\c.py")
    assert common_tail(("x", "b", "c"), ("b", "c")) == 2
    assert common_tail((), ("c",)) == 0


# ---- the index ------------------------------------------------------------------------------------------------------


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the reports that are read as a whole, as it happens."""
    read: list[Path] = []
    real = report_index._fill

    def counted(database: Any, report: Any, *tell: Any) -> None:
        read.append(report.path)
        real(database, report, *tell)

    monkeypatch.setattr(report_index, "_fill", counted)
    return read


def test_a_report_is_read_once_for_each_of_its_states(tmp_path: Path, project: Project, readings: list[Path]) -> None:
    report = project.root / "coverage.json"
    write_json(report, {"src/shop/cart.py": [1], "src/shop/api/views.py": [2]})
    for _ in range(2):  # the second time by another process
        reports = source(tmp_path)
        assert ran(reports, project, "src/shop/cart.py") == {1}
        assert ran(reports, project, "src/shop/api/views.py") == {2}
    assert readings == [report]
    write_json(report, {"src/shop/cart.py": [1, 2, 3]})
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {1, 2, 3}
    assert readings == [report, report]


def test_a_damaged_index_is_made_again(tmp_path: Path, project: Project) -> None:
    write_json(project.root / "coverage.json", {"src/shop/cart.py": [1]})
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {1}
    (index,) = (tmp_path / "cache").glob("*.sqlite")
    index.write_bytes(b"rubbish" * 100)
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {1}


def test_an_index_that_turns_out_to_be_damaged_is_made_again(tmp_path: Path, project: Project) -> None:
    write_json(project.root / "coverage.json", {f"src/shop/m{number}.py": range(1, 200) for number in range(500)})
    for name in ("m7.py", "m8.py"):
        (project.root / "src" / "shop" / name).write_text("x = 1\n" * 300, encoding="utf-8")
    assert ran(source(tmp_path), project, "src/shop/m7.py") == set(range(1, 200))
    (index,) = (tmp_path / "cache").glob("*.sqlite")
    index.write_bytes(index.read_bytes()[:4096] + bytes(index.stat().st_size - 4096))
    assert ran(source(tmp_path), project, "src/shop/m8.py") == set(range(1, 200))


def test_a_folder_with_signs_of_a_pattern_is_a_folder(tmp_path: Path) -> None:
    root = tmp_path / "[proj]"
    root.mkdir()
    (root / "a.py").write_text(TEXT, encoding="utf-8")
    write_lcov(root / "one.lcov", "a.py", 1)
    project = Project(root, None, (root,), ())
    assert ran(source(tmp_path, "*.lcov"), project, "a.py") == {1}
    assert ran(source(tmp_path, f"{tmp_path}/*/one.lcov"), project, "a.py") == {1}


def test_a_line_far_down_costs_no_more_than_its_bytes(tmp_path: Path, project: Project) -> None:
    write_lcov(project.root / "coverage.lcov", "src/shop/cart.py", 1, 9_999_999)
    assert ran(source(tmp_path), project, "src/shop/cart.py") == {1, 9_999_999}


@pytest.mark.parametrize(
    "name", ["a\ud800.py", "/x\0y/cart.py", "", "/", "cart.py", "..", "C:", "\\\\", "x" * 5000 + "/cart.py"]
)
def test_any_name_in_a_report_is_borne(tmp_path: Path, project: Project, name: str) -> None:
    write_json(project.root / "coverage.json", {name: [1], "src/shop/api/views.py": [2]})
    reports = source(tmp_path)
    assert ran(reports, project, "src/shop/api/views.py") == {2}
    assert ran(reports, project, "src/shop/cart.py") is None
    assert reports.files(project)


def test_without_a_cache_folder_it_works_as_well(tmp_path: Path, project: Project, readings: list[Path]) -> None:
    write_json(project.root / "coverage.json", {"src/shop/cart.py": [1], "src/shop/api/views.py": [2]})
    (tmp_path / "cache").write_text("a file where the folder should be")
    for reports in (source(tmp_path), source(tmp_path, cached=False)):
        assert ran(reports, project, "src/shop/cart.py") == {1}
        assert ran(reports, project, "src/shop/api/views.py") == {2}
    assert len(readings) == 2


def test_few_indexes_are_kept(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_index, "_MOST", 3)
    for number in range(6):
        write_json(project.root / "coverage.json", {"src/shop/cart.py": range(1, number + 2)})
        assert ran(source(tmp_path), project, "src/shop/cart.py") == set(range(1, number + 2))
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_a_report_that_cannot_be_read_is_named(tmp_path: Path, project: Project) -> None:
    (project.root / "coverage.xml").write_text("<coverage><packages>", encoding="utf-8")
    with pytest.raises(CoverageProblem, match=r"coverage\.xml cannot be read: it is no XML"):
        source(tmp_path).measured(project, project.root / "src" / "shop" / "cart.py")
    assert list((tmp_path / "cache").iterdir()) == []
