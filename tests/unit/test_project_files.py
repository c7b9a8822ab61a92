from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.domain.code.module_name import module_name

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "marker",
    [
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "tox.ini",
        "pytest.ini",
        "pytest.toml",
        "Pipfile",
        ".coveragerc",
        ".git",
    ],
)
def test_the_nearest_folder_with_a_marker_is_the_project(tmp_path: Path, marker: str) -> None:
    write(tmp_path / "setup.py")
    found = write(tmp_path / "inner" / marker)
    file = write(tmp_path / "inner" / "pkg" / "mod.py")
    project = ProjectFiles().project_of(file)
    assert (project.root, project.marker) == (tmp_path / "inner", found)


def test_a_file_outside_any_project(tmp_path: Path) -> None:
    write(tmp_path / ".git")
    file = write(tmp_path / "notes" / "a.py")
    project = ProjectFiles(home=tmp_path).project_of(file)
    assert (project.root, project.marker) == (tmp_path / "notes", None)
    assert module_name(file, project.source_roots) == "a"


@pytest.mark.parametrize(
    ("name", "text", "is_project"),
    [
        (".git", "", False),
        ("tox.ini", "[tox]", False),
        ("pyproject.toml", "[tool.ruff]", False),
        ("setup.cfg", "[flake8]", False),
        ("pyproject.toml", "[project]\nname = 'x'", True),
        ("setup.cfg", "[metadata]\nname = x", True),
        ("setup.py", "", True),
    ],
)
def test_the_home_folder_is_a_project_only_on_purpose(tmp_path: Path, name: str, text: str, is_project: bool) -> None:
    write(tmp_path / name, text)
    project = ProjectFiles(home=tmp_path).project_of(write(tmp_path / "work" / "a.py"))
    assert (project.marker is not None) == is_project


def test_installed_code_is_outside(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml")
    file = write(tmp_path / ".venv" / "lib" / "python3" / "site-packages" / "dep" / "a.py")
    assert ProjectFiles().project_of(file).marker is None


def test_source_roots_nearest_first(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['lib', 'missing']\n")
    write(tmp_path / "lib" / "x.py")
    write(tmp_path / "src" / "pkg" / "__init__.py")
    write(tmp_path / "src" / "pkg" / "sub" / "__init__.py")
    file = write(tmp_path / "src" / "pkg" / "sub" / "mod.py")
    project = ProjectFiles().project_of(file)
    assert project.source_roots == (tmp_path / "src", tmp_path, tmp_path / "lib")
    assert module_name(file, project.source_roots) == "pkg.sub.mod"
    assert module_name(file.with_name("__init__.py"), project.source_roots) == "pkg.sub"


def test_a_namespace_package_below_src_is_named_from_src(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml")
    file = write(tmp_path / "src" / "space" / "mod.py")
    assert module_name(file, ProjectFiles().project_of(file).source_roots) == "space.mod"


def test_a_script_folder_is_its_own_root(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml")
    file = write(tmp_path / "tools" / "run.py")
    project = ProjectFiles().project_of(file)
    assert project.source_roots == (tmp_path / "tools", tmp_path)
    assert module_name(file, project.source_roots) == "run"


@pytest.mark.parametrize("name", ["my-script.py", "notes.txt", "a.b.py"])
def test_what_cannot_be_imported_has_no_name(tmp_path: Path, name: str) -> None:
    assert module_name(tmp_path / name, (tmp_path,)) is None
    assert module_name(tmp_path / "a.py", (tmp_path / "other",)) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\ntestpaths = checks missing\npython_files = check_*.py\n"),
        ("tox.ini", "[pytest]\ntestpaths =\n    checks\npython_files = check_*.py\n"),
        ("setup.cfg", "[tool:pytest]\ntestpaths = checks\npython_files = check_*.py\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['che*']\npython_files = 'check_*.py'\n"),
    ],
)
def test_where_the_tests_are(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    write(tmp_path / "tests" / "test_a.py")
    write(tmp_path / "checks" / "check_a.py")
    project = ProjectFiles().project_of(write(tmp_path / "mod.py"))
    assert (project.test_roots, project.python_files) == ((tmp_path / "checks",), ("check_*.py",))


def test_without_testpaths_the_usual_folders_count(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "broken [")
    write(tmp_path / "tests" / "test_a.py")
    write(tmp_path / "test" / "test_a.py")
    project = ProjectFiles().project_of(tmp_path / "mod.py")
    assert project.test_roots == (tmp_path / "tests", tmp_path / "test")
    assert project.python_files == ("test_*.py", "*_test.py")


def test_a_changed_setting_is_seen(tmp_path: Path) -> None:
    ini = write(tmp_path / "pytest.ini", "[pytest]\ntestpaths = a\n")
    for name in ("a", "b" * 3):
        (tmp_path / name).mkdir()
    finder = ProjectFiles()
    assert finder.project_of(tmp_path / "m.py").test_roots == (tmp_path / "a",)
    write(ini, "[pytest]\ntestpaths = bbb\n")
    assert finder.project_of(tmp_path / "m.py").test_roots == (tmp_path / "bbb",)
