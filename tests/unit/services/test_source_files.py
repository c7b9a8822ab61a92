"""Which folders are looked into: packages are, whatever their names; what tools made is not, and is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.services.source_files import source_files

if TYPE_CHECKING:
    from pathlib import Path


class Ignoring:
    """Version control that ignores these; None for none at all."""

    def __init__(self, names: set[str] | None) -> None:
        self._names = names

    def is_ignored(self, folder: Path) -> bool | None:
        return None if self._names is None else folder.name in self._names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in ("shop/__init__.py", "shop/build/__init__.py", "shop/build/plan.py", "build/lib/shop.py",
                 "dist/tools.py", "env/pyvenv.cfg", "env/lib/site.py", "venv/__init__.py", "node_modules/x.py",
                 ".hidden/x.py", "shop.egg-info/x.py"):  # fmt: skip
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x = 1\n")
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("ignores", "also", "skipped"),
    [
        ({"build", "dist"}, set(), ["build", "dist", "env"]),
        ({"build"}, {"dist/tools.py"}, ["build", "env"]),
        (set(), {"dist/tools.py", "build/lib/shop.py"}, ["env"]),
        (None, set(), ["build", "dist", "env"]),
    ],
)
def test_packages_are_looked_at_and_what_tools_made_is_named(
    root: Path, ignores: set[str] | None, also: set[str], skipped: list[str]
) -> None:
    found = source_files([root], ProjectFiles(), ignored=Ignoring(ignores))

    always = {"shop/__init__.py", "shop/build/__init__.py", "shop/build/plan.py", "venv/__init__.py"}
    assert {file.relative_to(root).as_posix() for file in found.files} == always | also
    assert [folder.name for folder in found.skipped] == skipped


def test_a_folder_that_is_named_is_looked_at_whatever_its_name(root: Path) -> None:
    assert source_files([root / "dist"], ProjectFiles()).files == [root / "dist" / "tools.py"]
