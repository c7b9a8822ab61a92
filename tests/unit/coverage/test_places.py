"""Where reports are made and where projects lie: a table of what people have. Never does it show 0 % by mistake."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.services.show_coverage import ShowCoverage
from unit.coverage.coverage_runs import command
from unit.coverage.test_coverage_sqlite import data_file

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "x = 1\ny = 2\nz = 3\n"
MARKER = "[project]\nname = 'shop'\n"


@dataclass
class Disk:
    """A disk with projects; files are older than reports. ``show`` says what is shown of a file, in a word or two."""

    top: Path
    setting: str = ""
    paths: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    measured: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def write(self, name: str, text: str = TEXT) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        then = time.time() - 100
        os.utime(path, (then, then))
        return path

    def data(self, name: str, files: dict[str, list[int]]) -> None:
        """Write a data file, besides what is in it; names that begin with ``./`` are of this disk."""
        (self.top / name).parent.mkdir(parents=True, exist_ok=True)
        files = {**self.measured.get(name, {}), **files}
        self.measured[name] = files
        named = {str(self.top / n) if n.startswith("./") else n: lines for n, lines in files.items()}
        data_file(self.top / name, named)

    def json(self, name: str, files: dict[str, list[int]]) -> None:
        said = {n: {"executed_lines": lines} for n, lines in files.items()}
        (self.top / name).write_text(json.dumps({"meta": {"format": 3}, "files": said}), encoding="utf-8")

    def shown(self, name: str) -> str:
        path = self.top / name
        source = CoverageReports(self.setting, self.environ, paths=self.paths, cache=self.top / ".cache")
        show = ShowCoverage(ProjectFiles(home=self.top), source, CoverageParser(), SavedFiles())
        picture = show.picture(path, path.read_text(encoding="utf-8"))
        if picture.map is None:
            return f"{picture.state}: {picture.message}"
        if not picture.map.statements.lines:
            return "left out"
        return f"ran {sorted(picture.map.covered)}"


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path.resolve())


def a_copy(disk: Disk) -> None:
    """Data made in a copy of the repository, which is there still: `cp -r`, a worktree, the checkout of a CI runner."""
    for folder in ("work", "copy"):
        disk.write(f"{folder}/pyproject.toml", MARKER)
        disk.write(f"{folder}/src/shop/cart.py")
        disk.write(f"{folder}/src/shop/views.py")
    disk.data("work/.coverage", {"./copy/src/shop/cart.py": [1, 2]})


def a_copy_with_tests(disk: Disk) -> None:
    a_copy(disk)
    disk.write("copy/tests/test_cart.py")
    disk.write("work/tests/test_cart.py")
    disk.data("work/.coverage", {"./copy/tests/test_cart.py": [1]})


def two_copies(disk: Disk) -> None:
    a_copy(disk)
    disk.write("other/src/shop/cart.py")
    disk.data("work/.coverage", {"./other/src/shop/cart.py": [3]})


def somebody_elses(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    disk.write("work/src/shop/cart.py")
    disk.write("theirs/lib/things.py")
    disk.data("work/.coverage", {"./theirs/lib/things.py": [1]})


def same_name_elsewhere(disk: Disk) -> None:
    somebody_elses(disk)
    disk.write("theirs/lib/cart.py")
    disk.write("theirs/shop/notes.py")
    disk.data("work/.coverage", {"./theirs/lib/cart.py": [1]})


def installed_by_tox(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    disk.write("work/src/shop/__init__.py")
    disk.write("work/src/shop/cart.py")
    disk.write("work/src/shop/utils/io.py")
    for name in ("shop/cart.py", "requests/utils/io.py"):
        disk.write(f"work/.tox/py311/lib/python3.11/site-packages/{name}")
    disk.write("work/tests/test_cart.py")
    installed = "./work/.tox/py311/lib/python3.11/site-packages"
    disk.data("work/.coverage", {f"{installed}/shop/cart.py": [1, 2], f"{installed}/requests/utils/io.py": [1]})
    disk.data("work/.coverage", {"./work/tests/test_cart.py": [1]})


def symlinked(disk: Disk) -> None:
    disk.write("real/pyproject.toml", MARKER)
    disk.write("real/src/shop/cart.py")
    (disk.top / "link").symlink_to(disk.top / "real", target_is_directory=True)
    disk.data("real/.coverage", {"./real/src/shop/cart.py": [1, 2]})


def measured_through_a_link(disk: Disk) -> None:
    symlinked(disk)
    (disk.top / "real/.coverage").unlink()
    disk.data("real/.coverage", {"./link/src/shop/cart.py": [1, 2]})


def from_windows(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    disk.write("work/src/shop/cart.py")
    disk.write("work/src/shop/api/cart.py")
    names = {"D:\\a\\shop\\src\\shop\\cart.py": [1, 2], "D:\\a\\shop\\src\\shop\\api\\cart.py": [3]}
    disk.data("work/.coverage", names)


def namespace_packages(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    for part in ("one", "two"):
        disk.write(f"work/src/acme/{part}/cart.py")
    disk.data("work/.coverage", {"/ci/build/src/acme/one/cart.py": [1], "/ci/build/src/acme/two/cart.py": [2]})


def flat(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    disk.write("work/cart.py")
    disk.write("copy/cart.py")
    disk.data("work/.coverage", {"./copy/cart.py": [1, 2]})


def one_report_for_several(disk: Disk) -> None:
    disk.write("mono/pyproject.toml", "[tool.coverage.run]\nbranch = false\n")
    (disk.top / "mono/.git").mkdir()
    for name in ("a", "b"):
        disk.write(f"mono/{name}/pyproject.toml", MARKER)
        disk.write(f"mono/{name}/src/app/main.py")
    disk.write("mono/c/pyproject.toml", MARKER)
    disk.write("mono/c/src/app/main.py")
    disk.data("mono/.coverage", {"./mono/a/src/app/main.py": [1], "./mono/b/src/app/main.py": [1, 2]})


def one_relative_report_for_several(disk: Disk) -> None:
    one_report_for_several(disk)
    (disk.top / "mono/.coverage").unlink()
    disk.json("mono/coverage.json", {"a/src/app/main.py": [1], "b/src/app/main.py": [1, 2]})


def each_its_own(disk: Disk) -> None:
    one_report_for_several(disk)
    disk.write("mono/a/.coveragerc", "[run]\ndata_file = out/cov.db\n")
    disk.data("mono/a/out/cov.db", {"./mono/a/src/app/main.py": [3]})
    disk.data("mono/b/.coverage", {"./mono/b/src/app/main.py": [2]})


def beyond_the_repository(disk: Disk) -> None:
    disk.write("outer/pyproject.toml", MARKER)
    disk.write("outer/repo/pyproject.toml", MARKER)
    (disk.top / "outer/repo/.git").mkdir()
    disk.write("outer/repo/cart.py")
    disk.data("outer/.coverage", {"./outer/repo/cart.py": [1]})


def below_a_broken_configuration(disk: Disk) -> None:
    one_report_for_several(disk)
    disk.write("mono/.coveragerc", "[run\n")


@pytest.mark.parametrize(
    ("world", "name", "expected"),
    [
        (a_copy, "work/src/shop/cart.py", "ran [1, 2]"),
        (a_copy, "work/src/shop/views.py", "ran []"),  # no test there imports it
        (a_copy, "copy/src/shop/cart.py", "no-data"),
        (a_copy_with_tests, "work/src/shop/cart.py", "ran [1, 2]"),
        (two_copies, "work/src/shop/cart.py", "and of"),
        (somebody_elses, "work/src/shop/cart.py", "of none that is here"),
        (same_name_elsewhere, "work/src/shop/cart.py", "of none that is here"),
        (installed_by_tox, "work/src/shop/cart.py", "ran [1, 2]"),
        (installed_by_tox, "work/src/shop/utils/io.py", "ran []"),
        (symlinked, "link/src/shop/cart.py", "ran [1, 2]"),
        (symlinked, "real/src/shop/cart.py", "ran [1, 2]"),
        (measured_through_a_link, "link/src/shop/cart.py", "ran [1, 2]"),
        (measured_through_a_link, "real/src/shop/cart.py", "ran [1, 2]"),
        (from_windows, "work/src/shop/cart.py", "ran [1, 2]"),
        (from_windows, "work/src/shop/api/cart.py", "ran [3]"),
        (namespace_packages, "work/src/acme/one/cart.py", "ran [1]"),
        (namespace_packages, "work/src/acme/two/cart.py", "ran [2]"),
        (flat, "work/cart.py", "ran [1, 2]"),
        (one_report_for_several, "mono/a/src/app/main.py", "ran [1]"),
        (one_report_for_several, "mono/b/src/app/main.py", "ran [1, 2]"),
        (one_report_for_several, "mono/c/src/app/main.py", "no-data"),
        (one_relative_report_for_several, "mono/a/src/app/main.py", "ran [1]"),
        (one_relative_report_for_several, "mono/b/src/app/main.py", "ran [1, 2]"),
        (one_relative_report_for_several, "mono/c/src/app/main.py", "no-data"),
        (each_its_own, "mono/a/src/app/main.py", "ran [3]"),
        (each_its_own, "mono/b/src/app/main.py", "ran [2]"),
        (each_its_own, "mono/c/src/app/main.py", "no-data"),
        (below_a_broken_configuration, "mono/a/src/app/main.py", "no-data"),
        (beyond_the_repository, "outer/repo/cart.py", "no-data"),
    ],
)
def test_what_is_shown(disk: Disk, world: Callable[[Disk], None], name: str, expected: str) -> None:
    world(disk)
    shown = disk.shown(name)
    assert shown.startswith(expected) if expected.startswith(("ran", "no-data")) else expected in shown, shown


def test_rules_say_which_of_two_copies_is_meant(disk: Disk) -> None:
    two_copies(disk)
    disk.paths = f"{disk.top}/other/src=src"
    assert disk.shown("work/src/shop/cart.py") == "ran [3]"


def test_a_relative_setting_is_one_of_each_project(disk: Disk) -> None:
    """The folders of a workspace have one setting, and each its own report."""
    for name, lines in (("one", [1]), ("two", [1, 2])):
        disk.write(f"{name}/pyproject.toml", MARKER)
        disk.write(f"{name}/cart.py")
        disk.data(f"{name}/out/cov.db", {f"./{name}/cart.py": lines})
    disk.setting = "out/cov.db"
    assert [disk.shown(f"{name}/cart.py") for name in ("one", "two")] == ["ran [1]", "ran [1, 2]"]


def test_a_real_run_in_a_real_copy(disk: Disk) -> None:
    disk.write("work/pyproject.toml", MARKER)
    disk.write("work/src/shop/cart.py", "def f(x):\n    if x:\n        return 1\n    return 2\n")
    import shutil

    shutil.copytree(disk.top / "work", disk.top / "copy")
    (disk.top / "copy/go.py").write_text("import sys; sys.path[:0] = ['src']; import shop.cart; shop.cart.f(1)\n")
    command(disk.top / "copy", "run", "--branch", "--source=src", "go.py")
    shutil.copy(disk.top / "copy/.coverage", disk.top / "work/.coverage")
    assert disk.shown("work/src/shop/cart.py") == "ran [1, 2, 3]"
