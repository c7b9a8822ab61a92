"""From where a project's Python imports by itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.imported_folders import imported_folders
from greenline.adapters.project_files import ProjectFiles
from greenline.ports.project import Interpreter, Project

HERE = Interpreter(Path(sys.executable), (3, 11, 0), "test", "9")


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    package = tmp_path / "src" / "greenline_shop_of_this_test"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')\n")
    (tmp_path / "json.py").write_text("raise AssertionError('imported')\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\nversion = '1'\n")
    return ProjectFiles().project_of(package / "__init__.py")


def test_a_folder_that_nothing_names_is_none(shop: Project) -> None:
    assert imported_folders(shop, HERE) == ()


@pytest.mark.parametrize("entry", ["{root}/src", "src"])
def test_one_that_is_on_the_path_is_one(shop: Project, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", entry.format(root=shop.root))
    assert imported_folders(shop, HERE) == (shop.root / "src",)


def test_a_module_of_that_name_from_elsewhere_does_not_count(
    shop: Project, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "greenline_shop_of_this_test.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(other))
    assert imported_folders(shop, HERE) == ()


def test_a_python_that_does_not_answer_has_none(shop: Project) -> None:
    assert imported_folders(shop, Interpreter(shop.root / "no-python", (3, 11, 0), "test", "9")) == ()
