"""What the project's configuration tells pytest, and sets in the environment before any test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.pytest_settings import PytestSettings, read_settings, variables_of_plugin

if TYPE_CHECKING:
    from pathlib import Path


def settings(tmp_path: Path, name: str, text: str) -> PytestSettings | None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\ntestpaths = checks more\n"),
        ("tox.ini", "[tox]\n[pytest]\ntestpaths =\n  checks\n  more\n"),
        ("setup.cfg", "[tool:pytest]\ntestpaths = checks more\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = "checks more"\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["checks", "more"]\n'),
        ("pyproject.toml", '[tool.pytest]\ntestpaths = ["checks", "more"]\n'),
        ("pytest.toml", '[pytest]\ntestpaths = ["checks", "more"]\n'),
        (".pytest.toml", '[pytest]\ntestpaths = ["checks", "more"]\n'),
    ],
)
def test_each_file_that_pytest_reads(tmp_path: Path, name: str, text: str) -> None:
    assert settings(tmp_path, name, text) == PytestSettings(testpaths=("checks", "more"))


@pytest.mark.parametrize(
    ("name", "text", "ends"),
    [
        ("pytest.ini", "", True),
        ("pytest.toml", "", True),
        ("tox.ini", "[tox]\n", False),
        ("setup.cfg", "[metadata]\nname = x\n", False),
        ("pyproject.toml", "[project]\nname = 'x'\n", False),
        ("pyproject.toml", "[tool.pytest.ini_options]\n", True),
        ("pyproject.toml", "[broken\n", False),
    ],
)
def test_the_first_file_with_settings_ends_the_search(tmp_path: Path, name: str, text: str, *, ends: bool) -> None:
    assert (settings(tmp_path, name, text) is not None) == ends


def test_names_of_files_and_functions(tmp_path: Path) -> None:
    text = "[pytest]\npython_files = check_*.py\npython_functions = check_* verify\n"
    found = settings(tmp_path, "pytest.ini", text)

    assert found == PytestSettings(python_files=("check_*.py",), python_functions=("check_*", "verify"))
    assert ProjectFiles().project_of(tmp_path / "a.py").python_functions == ("check_*", "verify")
    (tmp_path / "pytest.ini").unlink()
    (tmp_path / "setup.py").touch()
    assert ProjectFiles().project_of(tmp_path / "a.py").python_functions == ("test",)


def test_variables_as_pytest_env_and_pytest_django_set_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RATE", "PLACE", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HELD", "mine")
    monkeypatch.setenv("HOMELAND", "here")
    text = """[pytest]
DJANGO_SETTINGS_MODULE = site.settings
env =
    RATE=0.5
    D:HELD=theirs
    D:PLACE = in {HOMELAND} at {RATE}
    R:D:RAW={HOMELAND}
    U:GONE=
    BAD={nothing}
"""
    found = settings(tmp_path, "pytest.ini", text)

    assert found is not None
    assert found.variables == (
        ("RATE", "0.5"), ("PLACE", "in here at 0.5"), ("RAW", "{HOMELAND}"),
        ("DJANGO_SETTINGS_MODULE", "site.settings"),
    )  # fmt: skip
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mine.settings")
    again = read_settings(tmp_path / "pytest.ini")
    assert again is not None
    assert ("DJANGO_SETTINGS_MODULE", "mine.settings") in again.variables


def test_variables_of_pytest_envs_own_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELD", "mine")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest_env]\nenv_files = [".env"]\nRATE = 0.5\nRAW = "{HELD}"\n'
        'MADE = {value = "{HELD}!", transform = true}\nHELD = {value = "x", skip_if_set = true}\n'
        "GONE = {unset = true}\n"
    )
    expected = (("RATE", "0.5"), ("RAW", "{HELD}"), ("MADE", "mine!"))

    assert variables_of_plugin(tmp_path) == expected
    assert ProjectFiles().project_of(tmp_path / "a.py").variables == expected


def test_classes_and_the_way_of_importing(tmp_path: Path) -> None:
    text = "[pytest]\npython_classes = Describe* Check\naddopts = -ra --import-mode append\n  --import-mode=importlib\n"
    (tmp_path / "pytest.ini").write_text(text)
    project = ProjectFiles().project_of(tmp_path / "a.py")
    assert (project.python_classes, project.import_mode) == (("Describe*", "Check"), "importlib")

    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    project = ProjectFiles().project_of(tmp_path / "a.py")
    assert (project.python_classes, project.import_mode) == (("Test",), "prepend")


def test_settings_may_stand_above_the_project_and_count_from_there(tmp_path: Path) -> None:
    for folder in ("packages/cars/tests", "packages/cars/src/cars", "packages/rails/checks"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\ntestpaths = ["packages/*/checks", "packages/*/tests"]\n'
        'python_files = "check_*.py"\n'
        'pythonpath = ["shared"]\naddopts = "--import-mode=importlib"\n'
    )
    (tmp_path / "shared").mkdir()
    for name in ("cars", "rails"):
        (tmp_path / "packages" / name / "pyproject.toml").write_text("[project]\nname = 'x'\n")

    cars = ProjectFiles().project_of(tmp_path / "packages/cars/src/cars/doors.py")
    rails = ProjectFiles().project_of(tmp_path / "packages/rails/gauge.py")

    assert (cars.root, cars.test_roots) == (tmp_path / "packages/cars", (tmp_path / "packages/cars/tests",))
    assert (cars.python_files, cars.import_mode) == (("check_*.py",), "importlib")
    assert tmp_path / "shared" in cars.source_roots
    assert rails.test_roots == (tmp_path / "packages/rails/checks",)


def test_settings_of_the_project_come_before_those_above_it(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = check_*.py\n")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "setup.cfg").write_text("[tool:pytest]\npython_files = *_spec.py\n")
    assert ProjectFiles().project_of(tmp_path / "inner" / "a.py").python_files == ("*_spec.py",)
