"""Large reports that are being read: who asks for them must not wait for one that ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from greenline.adapters import index_process
from greenline.adapters.index_process import IndexProcesses
from greenline.adapters.report_places import Report
from greenline.ports.coverage import NotReadYet, Reading


def test_what_is_being_read_is_told_while_a_child_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "coverage.json"
    path.write_text("{}", encoding="utf-8")
    (first, second) = (Report(path, "json", (1, 7, 0)), Report(path, "json", (2, 7, 0)))
    ending, may_end = threading.Event(), threading.Event()
    kill = index_process._kill

    def slow(child: index_process._Child) -> None:
        ending.set()
        assert may_end.wait(30)
        kill(child)

    def replaced() -> None:
        with pytest.raises(NotReadYet):
            processes.make(second, "two", tmp_path)

    (tmp_path / "stuck_child.py").write_text("import sys\nsys.stdin.read()\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(index_process, "_CHILD", "stuck_child")
    processes = IndexProcesses()
    try:
        with pytest.raises(NotReadYet):
            processes.make(first, "one", tmp_path)
        assert processes.readings() == (Reading(path, 7),)
        monkeypatch.setattr(index_process, "_kill", slow)
        replacing = threading.Thread(target=replaced)
        replacing.start()
        assert ending.wait(30)
        seen: list[object] = []
        asking = threading.Thread(target=lambda: seen.append(processes.readings()), daemon=True)
        asking.start()
        asking.join(10)
        assert seen == [()]
        may_end.set()
        replacing.join(30)
        assert processes.readings() == (Reading(path, 7),)
    finally:
        may_end.set()
        processes.close()


BORROWED = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from greenline.adapters.index_process import IndexProcesses
from greenline.adapters.report_places import Report, stamp_of
from greenline.ports.coverage import NotReadYet

report = Path("coverage.json")
processes = IndexProcesses()
try:
    processes.make(Report(report, "json", stamp_of(report)), "key", Path("indexes"))
except NotReadYet:
    (child,) = processes._children.values()
    assert child.over.wait(60)
    print(repr(child.problem))
else:  # it was quick
    print(repr(""))
"""


def test_a_server_whose_libraries_no_interpreter_knows_reads_reports_with_them(tmp_path: Path) -> None:
    (tmp_path / "indexes").mkdir()
    report = '{"meta": {"format": 3}, "files": {"a.py": {"executed_lines": [1], "missing_lines": [2]}}}'
    (tmp_path / "coverage.json").write_text(report, encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit('what lies in the project was imported')", encoding="utf-8")
    bytecode = tmp_path / "bytecode"
    alone = [sys.executable, "-I", "-S", "-X", f"pycache_prefix={bytecode}"]
    ran = subprocess.run(
        [*alone, "-c", BORROWED.format(path=sys.path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.stdout == "''\n", ran.stderr
    assert list((tmp_path / "indexes").iterdir())
    assert list(bytecode.rglob("report_index*.pyc"))
