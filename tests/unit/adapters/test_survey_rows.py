"""Rows of earlier surveys: what is found still holds, and whatever happens to the file, the survey goes on."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from greenline.adapters import survey_rows_sqlite
from greenline.adapters.survey_rows_sqlite import SurveyRowsSqlite
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileRow, FunctionRow

ROW = FileRow(
    Path(),
    "measured",
    summary=Summary(Ratio(3, 9), Ratio(1, 4)),
    functions=(FunctionRow("Box.size", 7, 4, 2, 3, "draws on a display"), FunctionRow("", 1, 2, 0)),
    changed=Ratio(1, 2),
    called={"größe": 2},
)


def test_a_row_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "rows.sqlite3"
    store = SurveyRowsSqlite(file)
    assert store.find(["a"]) == {}
    store.keep({"a": ROW})
    store.close()

    assert SurveyRowsSqlite(file).find(["a", "b"]) == {"a": ROW}


def test_rows_that_other_code_made_are_not_found(tmp_path: Path) -> None:
    store = SurveyRowsSqlite(tmp_path / "rows", "one version")
    store.keep({"a": ROW})
    store.close()
    assert SurveyRowsSqlite(tmp_path / "rows", "another").find(["a"]) == {}


def test_the_oldest_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_rows_sqlite, "MOST_KEPT", 3)
    store = SurveyRowsSqlite(tmp_path / "rows")
    for key in "abcde":
        store.keep({key: ROW})
    store.close()
    assert sorted(SurveyRowsSqlite(tmp_path / "rows").find(list("abcde"))) == ["c", "d", "e"]


@pytest.mark.parametrize("content", [b"no database at all, for sure not", b"SQLite format 3\0 and then something else"])
def test_a_damaged_file_is_made_anew_by_the_next(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rows"
    file.write_bytes(content * 200)
    damaged = SurveyRowsSqlite(file)
    damaged.keep({"a": ROW})
    assert damaged.find(["a"]) == {}
    damaged.close()

    store = SurveyRowsSqlite(file)
    store.keep({"a": ROW})
    assert store.find(["a"]) == {"a": ROW}


def test_a_row_of_another_shape_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    store = SurveyRowsSqlite(file)
    store.keep({"a": ROW})
    store.close()
    with sqlite3.connect(file) as database:
        database.execute(f"update {survey_rows_sqlite._TABLE} set row = '[1, 2]'")
    database.close()
    assert SurveyRowsSqlite(file).find(["a"]) == {}


def test_where_nothing_can_be_written_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = SurveyRowsSqlite(tmp_path / "file" / "rows")
    store.keep({"a": ROW})
    assert store.find(["a"]) == {}


WRITER = """
import sys
from pathlib import Path
from greenline.adapters import survey_rows_sqlite
from greenline.adapters.survey_rows_sqlite import SurveyRowsSqlite
from greenline.domain.coverage.worth import FileRow

survey_rows_sqlite._PATIENCE = 60.0
store = SurveyRowsSqlite(Path(sys.argv[1]))
for number in range(200):
    store.keep({f"{sys.argv[2]} {number}": FileRow(Path(), "measured")})
store.close()
"""


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "rows"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name]) for name in "abc"]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]

    keys = [f"{name} {number}" for name in "abc" for number in range(200)]
    assert len(SurveyRowsSqlite(file).find(keys)) == len(keys)
