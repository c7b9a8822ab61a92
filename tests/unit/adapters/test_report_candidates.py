"""Names of a report that may mean a file: found without a look at all of them for each file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import report_candidates
from greenline.adapters.report_candidates import Candidates, resolved
from greenline.ports.project import Project

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = 300


def test_a_report_made_elsewhere_costs_one_look_at_each_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    parts_of = report_candidates.parts_of
    monkeypatch.setattr(report_candidates, "parts_of", lambda name: looked.append(name) or parts_of(name))
    names = {f"/build/part_{n}/sub/__init__.py": f"/build/part_{n}/sub/__init__.py" for n in range(NUMBER)}
    candidates = Candidates(names, resolved)
    for number in range(NUMBER):
        path = tmp_path / f"part_{number}" / "sub" / "__init__.py"
        assert candidates.ending_as(path, 3, homeless=False) == [f"/build/part_{number}/sub/__init__.py"]
    assert len(looked) == NUMBER


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_name_through_a_link_means_the_file_that_it_leads_to(tmp_path: Path) -> None:
    project = Project(tmp_path, tmp_path / "pyproject.toml", (tmp_path,), ())
    file = tmp_path / "real" / "a.py"
    file.parent.mkdir()
    file.write_text("", encoding="utf-8")
    (tmp_path / "folder").symlink_to(file.parent)
    (tmp_path / "b.py").symlink_to(file)
    names = [str(tmp_path / "folder" / "a.py"), str(tmp_path / "b.py"), str(file), "real/a.py", "/no/where/a.py"]
    places = {**{name: name for name in names}, "real/a.py": str(file)}
    assert Candidates(places, resolved).of(project, file) == names[:4]
