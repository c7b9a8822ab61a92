"""Whatever lies where a report should be: a sentence about it, in bounded time and memory, for each of the formats."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.coverage_sqlite import DataFile
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
from unit.coverage.test_coverage_sqlite import data_file

if TYPE_CHECKING:
    from collections.abc import Callable

resource = pytest.importorskip("resource", reason="limits of memory are not there")

HUGE = 2 * 1024**3
NAMES = {"data": ".coverage", "json": "coverage.json", "xml": "coverage.xml", "lcov": "coverage.lcov"}
WHOLE = {
    "json": '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [1, 2], "executed_branches": [[1, 2]]}}}',
    "xml": '<coverage branches-valid="1"><packages><package><classes><class filename="a.py"><lines>'
    '<line number="1" hits="1"/></lines></class></classes></package></packages></coverage>',
    "lcov": "SF:a.py\nDA:1,1\nend_of_record\n",
}


def write_whole(path: Path, format_: str) -> None:
    if format_ == "data":
        data_file(path, {"a.py": [1, 2], **{f"/x/{number}.py": [number] for number in range(1, 400)}})
    else:
        path.write_text(WHOLE[format_], encoding="utf-8")


def cut_off(path: Path, format_: str) -> None:
    write_whole(path, format_)
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(size * 2 // 3)


def nothing(path: Path, _format: str) -> None:
    path.touch()


def zeros(path: Path, _format: str) -> None:
    with path.open("wb") as stream:
        stream.truncate(HUGE)


def begun_and_zeros(path: Path, format_: str) -> None:
    """It begins as it should, in the middle of a value, and the rest was never written."""
    write_whole(path, format_)
    begins = {"json": b'{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [1,', "xml": b"<coverage>"}
    with path.open("r+b") as stream:
        if format_ in begins:
            stream.write(begins[format_])
            stream.truncate(len(begins[format_]))
        elif format_ == "data":
            stream.truncate(path.stat().st_size // 2)
        stream.truncate(HUGE)


def one_long_value(path: Path, format_: str) -> None:
    """Nothing ends: a string, a text, a line. Of the data file, one row."""
    if format_ == "data":
        write_whole(path, format_)
        with closing(sqlite3.connect(path)) as database:
            database.execute(
                "update line_bits set numbits = zeroblob(2000000) where file_id = (select min(id) from file)"
            )
            database.commit()
        return
    begin = {"json": b'{"meta": {"format": 3}, "files": {"', "xml": b"<coverage>", "lcov": b"SF:"}[format_]
    with path.open("wb") as stream:
        stream.write(begin)
        for _ in range(20):
            stream.write(b"a" * 4_000_000)


def folder(path: Path, _format: str) -> None:
    path.mkdir()


def pipe(path: Path, _format: str) -> None:
    os.mkfifo(path)


def wrong_types(path: Path, format_: str) -> None:
    write_whole(path, format_)
    if format_ == "data":
        with closing(sqlite3.connect(path)) as database:
            database.execute("update line_bits set numbits = 'many'")
            database.commit()
        return
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[1, 2]", '["one"]').replace('number="1"', 'number="one"').replace("DA:1", "DA:one"))


def negative(path: Path, format_: str) -> None:
    write_whole(path, format_)
    if format_ == "data":
        with closing(sqlite3.connect(path)) as database:
            database.execute("insert or replace into meta (key, value) values ('has_arcs', '1')")
            database.execute("insert into arc select id, 0, 1, -5000000000 from file")
            database.commit()
        return
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[1, 2]", "[-1]").replace('number="1"', 'number="-1"').replace("DA:1", "DA:-1"))


def huge_number(path: Path, format_: str) -> None:
    write_whole(path, format_)
    nines = "9" * 4000
    if format_ == "data":
        with closing(sqlite3.connect(path)) as database:
            database.execute("insert or replace into meta (key, value) values ('has_arcs', ?)", [nines])
            database.execute("insert into arc select id, 0, 1, 9000000000000000000 from file")
            database.commit()
        return
    text = path.read_text(encoding="utf-8")
    changed = text.replace("[1, 2]", f"[{nines}]").replace('number="1"', f'number="{nines}"')
    path.write_text(changed.replace("DA:1", f"DA:{nines}"))


def never_ends(path: Path, format_: str) -> None:
    """What costs more to read than to write: entities in entities, lists in lists, a table without an end."""
    bombs = {
        "json": "[" * 5_000_000,
        "xml": '<!DOCTYPE c [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><coverage>&b;</coverage>',
        "lcov": "SF:a.py\n" + "BRDA:1,0,\n" * 1000,
    }
    if format_ != "data":
        path.write_text(bombs[format_], encoding="utf-8")
        return
    write_whole(path, format_)
    with closing(sqlite3.connect(path)) as database:
        database.execute("drop table line_bits")
        database.execute(
            "create view line_bits as with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select 1 as file_id, 0 as context_id, x'00' as numbits from n where i < 0"
        )
        database.commit()


CASES: dict[str, Callable[[Path, str], None]] = {
    case.__name__: case
    for case in (
        cut_off, nothing, zeros, begun_and_zeros, one_long_value, folder, pipe, wrong_types, negative,
        huge_number, never_ends,
    )
}  # fmt: skip
MEMORY = 1 << 30

READ = """
import sys
from pathlib import Path
from greenline.adapters import coverage_sqlite
from greenline.adapters.coverage_reports import CoverageReports
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
root = Path(sys.argv[1])
coverage_sqlite._LONGEST = 2.0
reports = CoverageReports(sys.argv[2], {}, cache=root / "cache")
try:
    reports.measured(Project(root, None, (root,), ()), root / "a.py")
except CoverageProblem as problem:
    print(problem)
else:
    print("it was read")
"""


@pytest.mark.parametrize("format_", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_it_is_a_sentence_in_bounded_time_and_memory(tmp_path: Path, format_: str, case: str) -> None:
    """A process of its own reads it: what takes too much, or does not end, ends that."""
    (tmp_path / "a.py").write_text("x = 1\ny = 2\n", encoding="utf-8")
    report = tmp_path / NAMES[format_]
    CASES[case](report, format_)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path), NAMES[format_]],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (MEMORY, MEMORY)),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if report.is_file():
        report.unlink()  # pytest keeps folders
    assert done.returncode == 0, done.stderr
    said = done.stdout.strip()
    assert str(report) in said
    assert len(said.splitlines()) == 1
    assert len(said) < 700, "nobody reads more"
    assert (
        "cannot be read" in said
        or "is empty" in said
        or "is a folder" in said
        or "is no file" in said
        or ("does not write" in said)
    )


def named_or_read(report: Path, ask: Callable[[], object]) -> None:
    try:
        ask()
    except CoverageProblem as problem:
        assert str(report) in str(problem)  # noqa: PT017 - whether there is one depends on the damage


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_data_is_read_or_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole"
    if not whole.exists():
        data_file(whole, {f"/p/m{number}.py": [1, 2, number] for number in range(1, 60)})
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b"\0" * 64, b"\xff" * 64]))
        content[at : at + len(piece)] = piece
    content = content[: data.draw(st.just(len(content)) | st.integers(0, len(content)))]
    report = tmp_path / "damaged"
    report.write_bytes(bytes(content))
    file = DataFile(report)
    named_or_read(report, lambda: file.executed(["/p/m7.py"]))
    named_or_read(report, lambda: file.contexts(["/p/m7.py"]))
    named_or_read(report, lambda: file.names_like("m7.py"))
    named_or_read(report, file.names)


VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=5) | st.binary(max_size=40)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, min_size=8, max_size=8), has_arcs=st.booleans())
def test_data_with_anything_in_it_is_read_or_a_sentence(tmp_path: Path, values: list[object], has_arcs: bool) -> None:
    """SQLite lets every column hold everything, where the table does not forbid it."""
    report = tmp_path / "odd"
    report.unlink(missing_ok=True)
    with closing(sqlite3.connect(report)) as database:
        for table in (
            "coverage_schema (version)", "meta (key, value)", "file (id, path)", "context (id, context)",
            "line_bits (file_id, context_id, numbits)", "arc (file_id, context_id, fromno, tono)",
        ):  # fmt: skip
            database.execute(f"create table {table}")
        database.execute("insert into coverage_schema values (7)")
        database.execute("insert into meta values ('has_arcs', ?)", [str(int(has_arcs))])
        database.execute("insert into file values (1, 'a.py')")
        database.execute("insert into file values (?, ?)", values[:2])
        database.execute("insert into context values (?, ?)", values[2:4])
        database.execute("insert into line_bits values (1, ?, ?)", values[4:6])
        database.execute("insert into arc values (1, 1, ?, ?)", values[6:8])
        database.commit()
    project = Project(tmp_path, None, (tmp_path,), ())
    reports = CoverageReports("odd", {})
    named_or_read(report, lambda: reports.measured(project, tmp_path / "a.py"))
    named_or_read(report, lambda: reports.contexts(project, tmp_path / "a.py"))
    assert all(isinstance(path, Path) for path in reports.files(project))


def test_a_report_that_cannot_be_read_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenline.adapters import report_index

    read: list[Path] = []
    fill = report_index._fill

    def counted(database: sqlite3.Connection, report: Any, *tell: Any) -> None:
        read.append(report.path)
        fill(database, report, *tell)

    monkeypatch.setattr(report_index, "_fill", counted)
    (tmp_path / "coverage.json").write_text(json.dumps({"meta": {"format": 9}}), encoding="utf-8")
    reports = CoverageReports("coverage.json", {}, cache=tmp_path / "cache")
    project = Project(tmp_path, None, (tmp_path,), ())
    for _ in range(3):
        with pytest.raises(CoverageProblem, match="its format is 9"):
            reports.measured(project, tmp_path / "a.py")
    assert len(read) == 1


def test_damage_that_sqlite_takes_for_a_lack_of_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "damaged", "data")

    def out_of_memory(*_: object) -> list[int]:
        raise MemoryError

    monkeypatch.setattr("greenline.adapters.coverage_sqlite._known_file", out_of_memory)
    with pytest.raises(CoverageProblem, match="is damaged"):
        DataFile(tmp_path / "damaged").executed(["/p/m7.py"])


def test_computed_rows_are_not_read(tmp_path: Path) -> None:
    never_ends(tmp_path / "computed", "data")
    with pytest.raises(CoverageProblem, match="line_bits is a view"):
        DataFile(tmp_path / "computed").executed(["/p/m7.py"])
