import os
from pathlib import Path

from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.ports.project import Project


def lay_out(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def listed(root: Path, *source_roots: str) -> list[str]:
    project = Project(root, None, tuple(root / name for name in source_roots), (root / "tests",))
    return [file.relative_to(root).as_posix() for file in SourceTreeOnDisk().python_files(project)]


def test_sources_without_tests_environments_and_hidden_folders(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        "app.py", "pkg/__init__.py", "pkg/deep/mod.py", "pkg/data.json", "pkg/test_here.py", "conftest.py",
        "tests/support.py", ".tox/x.py", "env/pyvenv.cfg", "env/lib/y.py", "pkg/__pycache__/z.py", "build/lib/app.py",
    )  # fmt: skip

    assert listed(tmp_path, ".") == ["app.py", "pkg/__init__.py", "pkg/deep/mod.py"]


def test_overlapping_roots_list_a_file_once(tmp_path: Path) -> None:
    lay_out(tmp_path, "src/app.py", "setup.py")

    assert listed(tmp_path, "src", ".") == ["setup.py", "src/app.py"]


def test_a_missing_root_or_file_is_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path, "nowhere") == []
    assert SourceTreeOnDisk().modified_at(tmp_path / "nowhere.py") is None


def test_tests_are_told_by_their_names_and_by_their_folders(tmp_path: Path) -> None:
    lay_out(tmp_path, "a.py", "test_a.py", "pkg/b_test.py", "conftest.py", "tests/data.py", "tests/sub/test_c.py")
    lay_out(tmp_path, ".venv/test_d.py", "tests/note.txt")
    project = Project(tmp_path, None, (tmp_path,), (tmp_path / "tests",))
    found = [file.relative_to(tmp_path).as_posix() for file in SourceTreeOnDisk().test_files(project)]
    assert found == ["conftest.py", "pkg/b_test.py", "test_a.py", "tests/data.py", "tests/sub/test_c.py"]


def test_a_file_moved_to_a_place_changed_there_whenever_it_was_written(tmp_path: Path) -> None:
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text("x = 1\n")
    os.utime(before, (1_000_000, 1_000_000))
    tree = SourceTreeOnDisk()
    assert tree.changed_at(after) is None

    before.replace(after)

    assert tree.modified_at(after) == 1_000_000
    assert (tree.changed_at(after) or 0) > 1_000_000
