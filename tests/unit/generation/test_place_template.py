"""The template of a person decides where tests go, whatever the other tests do; a bad one is told in clear words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.test_layout import TestLayoutOnDisk
from greenline.domain.generation.place_template import PLACEHOLDERS, problem_of
from greenline.settings import Settings
from unit.generation.test_place import PARCELS, USES_CORE, tree

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.place import Placement


def placed(root: Path, template: str, source: str, files: dict[str, str] | None = None) -> Placement:
    tree(root, {**PARCELS, source: "", **(files or {})})
    project = ProjectFiles(home=root.parent).project_of(root / source)
    return TestLayoutOnDisk(template=template).test_file_for(project, root / source)


@pytest.mark.parametrize(
    ("template", "source", "expected"),
    [
        ("tests/test_{module}.py", "parcels/core.py", "tests/test_core.py"),
        ("tests/{package}/test_{module}.py", "parcels/rates/zones.py", "tests/parcels/rates/test_zones.py"),
        ("tests/{subpackage}/test_{module}.py", "parcels/rates/zones.py", "tests/rates/test_zones.py"),
        ("tests/{subpackage}/test_{module}.py", "parcels/core.py", "tests/test_core.py"),
        ("tests/test_{qualified}.py", "parcels/rates/_zones.py", "tests/test_rates_zones.py"),
        ("tests/test_{qualified}.py", "script.py", "tests/test_script.py"),
        ("{folder}/tests/{module}_test.py", "parcels/rates/__init__.py", "parcels/rates/tests/rates_test.py"),
        ("./{folder}/test_{module}.py", "script.py", "test_script.py"),
        (r"tests\{subpackage}\test_{module}.py", "parcels/rates/zones.py", "tests/rates/test_zones.py"),
        ("tests/test_generated.py", "parcels/core.py", "tests/test_generated.py"),
    ],
)
def test_what_each_placeholder_stands_for(tmp_path: Path, template: str, source: str, expected: str) -> None:
    placement = placed(tmp_path, template, source)
    assert placement.problem == ""
    assert placement.path == tmp_path / expected
    assert placement.reason == f"{expected}, as greenline.tests.file says"
    assert (placement.exists, placement.why) == (False, "as greenline.tests.file says")


def test_it_wins_over_a_file_that_tests_the_module(tmp_path: Path) -> None:
    files = {"tests/test_core.py": USES_CORE, "checks/test_core.py": ""}
    placement = placed(tmp_path, " checks/test_{module}.py ", "parcels/core.py", files)
    assert (placement.path, placement.exists) == (tmp_path / "checks" / "test_core.py", True)


def test_two_test_files_of_one_name_are_told_before_pytest_stumbles(tmp_path: Path) -> None:
    template, source = "tests/{subpackage}/test_{module}.py", "parcels/rates/core.py"
    placement = placed(tmp_path, template, source, {"tests/test_core.py": USES_CORE})
    assert "pytest would take tests/rates/test_core.py and tests/test_core.py for one module" in placement.problem
    assert "{qualified}" in placement.problem
    told = placed(tmp_path, "tests/{subpackage}/test_{qualified}.py", source)
    assert (told.problem, told.path) == ("", tmp_path / "tests" / "rates" / "test_rates_core.py")
    packages = {"tests/__init__.py": "", "tests/rates/__init__.py": ""}
    assert placed(tmp_path, template, source, packages).problem == ""


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "tests/test_{modul}.py",
            "{modul} in tests/test_{modul}.py stands for nothing; there are {module}, {package},",
        ),
        ("tests/test_{module.py", "a brace without its other one"),
        ("tests/{module}", "let it end with .py"),
        ("/tmp/test_{module}.py", "is outside of the project"),
        ("C:/tests/test_{module}.py", "is outside of the project"),
        ("../tests/test_{module}.py", "is outside of the project"),
        ("tests/{package}/../../test_{module}.py", "is outside of the project"),
    ],
)
def test_a_template_that_is_wrong_for_all(tmp_path: Path, template: str, words: str) -> None:
    assert problem_of(template).startswith("greenline.tests.file: ")
    assert words in problem_of(template)
    assert placed(tmp_path, template, "parcels/core.py").problem == problem_of(template)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (
            "tests/{module}_test.py",
            "pytest would not collect tests/core_test.py; this project's python_files are check_*",
        ),
        ("tests/unit/check_{module}.py", ""),
        ("tests/check_{module}-2.py", "pytest cannot import tests/check_core-2.py"),
    ],
)
def test_pytest_must_collect_what_the_template_names(tmp_path: Path, template: str, words: str) -> None:
    settings = {"pyproject.toml": '[tool.pytest.ini_options]\npython_files = "check_*.py"\n'}
    problem = placed(tmp_path, template, "parcels/core.py", settings).problem
    assert words in problem
    assert bool(words) == bool(problem)


def test_patterns_with_folders_count_from_anywhere(tmp_path: Path) -> None:
    settings = {"pyproject.toml": '[tool.pytest.ini_options]\npython_files = "tests/*.py"\n'}
    assert placed(tmp_path, "unit/tests/{module}.py", "parcels/core.py", settings).problem == ""
    assert "would not collect" in placed(tmp_path, "unit/{module}.py", "parcels/core.py").problem


def test_the_source_is_no_place_for_its_tests(tmp_path: Path) -> None:
    problem = placed(tmp_path, "{folder}/{module}.py", "parcels/core.py").problem
    assert problem == "greenline.tests.file: for parcels/core.py, {folder}/{module}.py is that file itself."


def test_each_placeholder_is_described_where_people_set_it() -> None:
    described = Settings.json_schema()["greenline.tests.file"]["markdownDescription"]
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in described] == []
