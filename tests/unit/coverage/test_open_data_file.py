"""A data file that stays open for many questions answers as one that is opened for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from greenline.adapters.coverage_sqlite import DataFile, OpenDataFile

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    "/p/b/mod.py",
    "/p/a/mod.py",
    "/p/Mod.py",
    "C:\\p\\mod.py",
    "/p/xmod.py",
    "/p/x\\y.py",
    "/p/mod_py",
    "/p/größe.py",
]


@pytest.mark.parametrize(
    "asked", ["mod.py", "MOD.PY", "xmod.py", "größe.py", "o_e.py", "x\\y.py", "y.py", "%", "gone.py"]
)
def test_names_and_lines_are_the_same(tmp_path: Path, asked: str) -> None:
    file = tmp_path / ".coverage"
    data = CoverageData(basename=str(file))
    data.add_arcs({name: {(-1, number), (number, -1)} for number, name in enumerate(NAMES, 1)})
    data.close()
    stays_open = OpenDataFile(file)

    assert stays_open.names_like(asked) == DataFile(file).names_like(asked)
    assert "/p/xmod.py" not in stays_open.names_like("mod.py")
    assert not {"/p/xmod.py"} & set(stays_open.names_like("mod.py"))
    assert [stays_open.executed([name]) for name in NAMES] == [DataFile(file).executed([name]) for name in NAMES]
    stays_open.close()
