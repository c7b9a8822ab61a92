"""Files that several processes look at: in order, whatever becomes of a process, and with nothing of the folder's."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from greenline.adapters import survey_processes
from greenline.adapters.own_python import own_python
from greenline.adapters.survey_processes import SurveyProcesses

PATHS = [Path(f"m{number}.py") for number in range(11)]
SURVEYOR = """
import os
from greenline.domain.coverage.worth import FileRow

class Telling:
    def __init__(self, first, dies_at=""):
        self.first, self.dies_at = first, dies_at

    def rows(self, paths):
        print("what a library prints")
        if os.getpid() != self.first and self.dies_at in map(str, paths):
            os._exit(7)
        return [FileRow(path, str(os.getpid())) for path in paths]

    def close(self):
        pass
"""


@pytest.fixture
def telling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "telling_surveyor.py").write_text(SURVEYOR, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(survey_processes, "_FEW", 2)
    monkeypatch.setattr(survey_processes, "_CHUNK", 2)
    import telling_surveyor  # type: ignore[import-not-found]

    yield telling_surveyor.Telling
    del sys.modules["telling_surveyor"]


def test_rows_come_from_other_processes_in_the_order_of_the_files(telling: Any) -> None:
    rows = list(SurveyProcesses(partial(telling, os.getpid()), 2)(PATHS))

    assert [row.path for row in rows] == PATHS
    assert str(os.getpid()) not in {row.state for row in rows}


def test_few_files_are_looked_at_here(telling: Any) -> None:
    rows = list(SurveyProcesses(partial(telling, os.getpid()), 2)(PATHS[:2]))
    assert {row.state for row in rows} == {str(os.getpid())}


def test_what_a_process_leaves_when_it_dies_is_looked_at_here(telling: Any) -> None:
    rows = list(SurveyProcesses(partial(telling, os.getpid(), "m2.py"), 2)(PATHS))

    assert [row.path for row in rows] == PATHS
    here = [row.path for row in rows if row.state == str(os.getpid())]
    assert here == PATHS[2:4], "the other process looks at all others"


def test_where_no_process_starts_all_is_looked_at_here(telling: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", os.fspath(Path("is", "not", "there")))
    rows = list(SurveyProcesses(partial(telling, os.getpid()), 2)(PATHS))

    assert [row.path for row in rows] == PATHS
    assert {row.state for row in rows} == {str(os.getpid())}


def test_no_process_outlives_who_stops_listening(telling: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    rows = iter(SurveyProcesses(partial(telling, os.getpid()), 2)(PATHS))
    next(rows)
    rows.close()  # type: ignore[attr-defined]

    assert len(begun) == 2
    assert all(child.returncode is not None for child in begun)


def test_the_folder_that_python_put_first_is_not_imported_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("open(__file__ + '.ran', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for first in ("", str(Path.cwd())):  # of `python -c`, and of `python -m`
        monkeypatch.setattr(sys, "path", [first, *filter(None, sys.path)])
        subprocess.run(own_python("pickle"), stdin=subprocess.DEVNULL, timeout=60, check=False, capture_output=True)

        assert not (tmp_path / "pickle.py.ran").exists()


def test_greenline_is_imported_also_where_it_lies_in_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Path(survey_processes.__file__).parents[2]
    monkeypatch.chdir(server)
    monkeypatch.setattr(sys, "path", ["", *(one for one in sys.path if one and Path(one) != server)])

    found = subprocess.run(
        own_python("greenline.adapters.survey_child"), stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    assert found.returncode == 0
