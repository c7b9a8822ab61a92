"""The same run, exported in every format, gives the same map; what a format lacks is unknown and not guessed."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.adapters.cobertura_xml import read_cobertura
from greenline.adapters.coverage_json import read_coverage_json
from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.lcov import read_lcov
from greenline.domain.coverage.mapping import coverage_map
from greenline.ports.coverage import CoverageProblem
from greenline.ports.project import Project
from unit.coverage.coverage_runs import command, run_coverage
from unit.coverage.test_agreement import ODD, SCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenline.adapters.report_content import FileCoverage
    from greenline.domain.coverage.model import CoverageMap, Executed

READERS: dict[str, Callable[[bytes], Iterator[FileCoverage]]] = {
    "json": lambda content: read_coverage_json(io.StringIO(content.decode("utf-8", "replace"))),
    "xml": lambda content: read_cobertura(io.BytesIO(content)),
    "lcov": lambda content: read_lcov(io.StringIO(content.decode("utf-8", "replace"))),
}
MODULES = ("textwrap", "configparser", "argparse", "contextlib", "dataclasses")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one run, its data, and the three reports of it."""
    import importlib

    folder = tmp_path_factory.mktemp("formats")
    for name in MODULES:
        source = importlib.import_module(name).__file__
        assert source is not None
        shutil.copy(source, folder / f"copied_{name}.py")
    (folder / "odd.py").write_text(ODD, encoding="utf-8")
    run_coverage(folder, SCRIPT, "--branch", "--include=*/copied_*.py,*/odd.py")
    command(folder, "json", "-q", "-o", "report.json")
    command(folder, "xml", "-q", "-o", "report.xml")
    command(folder, "lcov", "-q", "-o", "report.lcov")
    return folder


def read(folder: Path, format_: str) -> dict[str, FileCoverage]:
    files = READERS[format_]((folder / f"report.{format_}").read_bytes())
    return {Path(file.names[0].replace("\\", "/")).name: file for file in files}


def map_of(folder: Path, name: str, executed: Executed) -> CoverageMap:
    statements, problems = CoverageParser().analyse((folder / name).read_text(encoding="utf-8"))
    assert not problems
    return coverage_map(statements, executed)


@pytest.mark.parametrize("format_", READERS)
def test_every_format_gives_the_map_of_the_data(measured: Path, format_: str) -> None:
    files = read(measured, format_)
    names = {"odd.py", *(f"copied_{name}.py" for name in MODULES)}
    assert set(files) == names
    project = Project(measured, None, (measured,), ())
    missing = excluded = 0
    for name in sorted(names):
        data = CoverageReports().measured(project, measured / name)
        assert data is not None
        expected = map_of(measured, name, data.executed)
        # Of what is excluded, reports say nothing.
        told = replace(expected, excluded_ran=frozenset())
        assert map_of(measured, name, files[name].executed) == told, name
        excluded += len(expected.excluded_ran)
        missing += len(expected.missing_branches)
    assert missing > 100
    assert excluded


@pytest.mark.parametrize("format_", READERS)
def test_a_run_without_branches_says_nothing_of_them(tmp_path: Path, format_: str) -> None:
    (tmp_path / "odd.py").write_text(ODD, encoding="utf-8")
    run_coverage(tmp_path, "import odd\nodd.main(3)\n", "--include=*/odd.py")
    command(tmp_path, format_, "-q", "-o", f"report.{format_}")
    found = map_of(tmp_path, "odd.py", read(tmp_path, format_)["odd.py"].executed)
    assert found.covered
    assert found.missing
    assert not found.branches_known


def test_contexts_are_told_by_json_alone(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text("def f():\n    return 1\n\n\nf()\n", encoding="utf-8")
    run_coverage(tmp_path, "import odd\n", "--include=*/odd.py", "--context=mine")
    command(tmp_path, "json", "-q", "--show-contexts", "-o", "report.json")
    assert read(tmp_path, "json")["odd.py"].contexts == {"mine": 0b100110}


SOMEONES_XML = """<?xml version="1.0"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage branches-valid="4"><sources><source>/build/app</source><source/></sources><packages><package><classes>
<class filename="pkg/a.py"><lines>
<line number="1" hits="3" branch="true" condition-coverage="50% (1/2)"/>
<line number="2" hits="1" branch="true" condition-coverage="100% (2/2)"/>
</lines></class></classes></package></packages></coverage>
"""
SOMEONES_LCOV = """TN:
SF:C:\\app\\a.py
DA:1,3
DA:2,1
BRDA:1,0,0,1
BRDA:1,0,1,0
BRDA:2,0,0,2
BRDA:2,0,1,1
end_of_record
"""
TEXT = "for x in (1, 2):\n    if x:\n        print(x)\n"


@pytest.mark.parametrize(("format_", "content"), [("xml", SOMEONES_XML), ("lcov", SOMEONES_LCOV)])
def test_how_many_branches_were_taken_is_not_which(format_: str, content: str) -> None:
    (file,) = READERS[format_](content.encode())
    statements, _ = CoverageParser().analyse(TEXT)
    found = coverage_map(statements, file.executed)
    assert {line for line, _ in found.unknown_branches} == {1}
    assert not found.missing_branches


def test_names_are_those_under_each_source_and_the_bare_one() -> None:
    (file,) = READERS["xml"](SOMEONES_XML.encode())
    assert file.names == ("/build/app/pkg/a.py", "pkg/a.py")


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<coverage><sources><source>&b;</source></sources></coverage>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><coverage><source>&x;</source></coverage>'


@pytest.mark.parametrize(
    ("format_", "content", "words"),
    [
        ("xml", BOMB, "dangerous"),
        ("xml", OUTSIDE, "dangerous"),
        ("xml", "<html></html>", "<html>"),
        ("xml", SOMEONES_XML[:300], "no XML"),
        ("xml", "", "no XML"),
        ("xml", '<?xml version="1.0" encoding="shift_jis"?><coverage/>', "no XML"),
        ("xml", '<?xml version="1.0" encoding="nope"?><coverage/>', "no XML"),
        ("xml", SOMEONES_XML.replace('number="1"', 'number="-1"'), "line -1"),
        ("xml", SOMEONES_XML.replace('hits="3"', 'hits="many"'), "'many'"),
        ("xml", SOMEONES_XML.replace(' filename="pkg/a.py"', ""), "no filename"),
        ("json", "", "no JSON"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_li', "cut off"),
        ("json", '{"meta": {"format": 9}, "files": {}}', "format is 9"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [0]}}}', "line 0"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": ["x"]}}}', "'x'"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [1e999]}}}', "number"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": {}}}}', "no list"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": 3}}', "no object"),
        ("json", '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [1], "contexts": 3}}}', "contexts"),
        ("json", "[" * 100_000, "no JSON"),
        ("json", "\0" * 100_000, "no JSON"),
        ("lcov", "SF:a.py\nDA:1,1\n", "ends in the middle"),
        ("lcov", "DA:1,1\n", "belongs to no file"),
        ("lcov", "SF:a.py\nDA:99999999999999,1\n", "line 9999"),
        ("lcov", "SF:a.py\nDA:x,1\n", "'x'"),
        ("lcov", "SF:a.py\nBRDA:1,0\n", "branch"),
        ("lcov", "\0" * 100_000, "longer than"),
    ],
)
def test_a_bad_report_is_a_sentence(format_: str, content: str, words: str) -> None:
    with pytest.raises(CoverageProblem) as raised:
        list(READERS[format_](content.encode()))
    assert words in str(raised.value)


@pytest.mark.parametrize("format_", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_report_is_read_or_a_sentence(measured: Path, format_: str, data: st.DataObject) -> None:
    content = bytearray((measured / f"report.{format_}").read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.binary(max_size=6) | st.sampled_from([b'"', b"-", b"9" * 5000, b"<", b"{", b"\n", b""]))
        content[at : at + data.draw(st.integers(0, 8))] = piece
    try:
        for file in READERS[format_](bytes(content)):
            assert file.names
            assert all(line > 0 for line in file.executed.lines)
    except CoverageProblem as problem:
        assert str(problem)  # noqa: PT017 - whether there is one depends on the damage


def test_a_big_value_comes_in_pieces() -> None:
    lines = list(range(1, 400_000))
    report = {"meta": {"format": 2}, "files": {"a.py": {"executed_lines": lines}, "b.py": {"executed_lines": [7]}}}
    big, small = READERS["json"](json.dumps(report, indent=4).encode())
    assert big.executed.lines == frozenset(lines)
    assert small.executed.lines == {7}
