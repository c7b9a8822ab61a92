"""New reports are noticed soon, however they are written; half of one is never shown, and never complained of."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from greenline import bootstrap
from greenline.adapters import index_process
from greenline.adapters.index_process import IndexProcesses
from greenline.adapters.reports_in_use import Choices
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.adapters.settled_reports import Patience
from unit.lsp.editor import FULL, PULL, Editor, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from greenline.ports.documents import Documents
    from greenline.settings import Settings

TEXT = "def f(x):\n    if x:\n        return 1\n    return 2\n"
BROKEN_AFTER = 1.0
"""Seconds; so that a test does not wait longer."""
NEVER_BROKEN = 60.0
"""Seconds; however long this machine stands still."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n", encoding="utf-8")
    (root / "a.py").write_text(TEXT, encoding="utf-8")
    then = time.time() - 100
    os.utime(root / "a.py", (then, then))
    return root


@pytest.fixture
def broken_after() -> float:
    return BROKEN_AFTER


@pytest.fixture
def choices(broken_after: float) -> Iterator[Choices]:
    processes = IndexProcesses()
    yield Choices(patience=Patience(broken=broken_after), processes=processes)
    processes.close()


@pytest.fixture
def build(tmp_path: Path, choices: Choices) -> Callable[[Settings, Documents], bootstrap.Services]:
    lasting = bootstrap.Lasting(runs=RunStoreSqlite(tmp_path / "runs"), reports=choices)
    return lambda settings, documents: bootstrap.build(settings, documents, lasting)


def report(*lines: int, name: str = "a.py") -> str:
    said = {name: {"executed_lines": list(lines), "missing_lines": []}}
    return json.dumps({"meta": {"format": 3}, "files": said})


def write(file: Path, text: str, *, ago: float = 60.0) -> None:
    file.write_text(text, encoding="utf-8")
    then = file.stat().st_mtime - ago
    os.utime(file, (then, then))


def missing(lines: Iterable[int]) -> Callable[[Any], bool]:
    """Tell whether these lines are shown as gaps, and nothing else."""
    wanted = sorted(lines)

    def shows(params: Any) -> bool:
        return sorted(d["range"]["start"]["line"] + 1 for d in params["diagnostics"]) == wanted

    return shows


async def state(editor: Editor, uri: str) -> str:
    """Ask as lenses do, and return what state the picture is in."""
    await editor.lenses(uri)
    shown = await editor.server.session.pictures.of(uri)
    assert shown is not None
    return shown.picture.state


async def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    await asyncio.get_running_loop().run_in_executor(None, thread.join)


async def test_data_of_a_real_run_is_noticed(root: Path, build: Any) -> None:
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        assert "No coverage data" in (await editor.lenses(uri))[0]["command"]["title"]
        command = [sys.executable, "-m", "coverage", "run", "--include=*/a.py", "-c", "import a; a.f(1)"]
        (root / "go.py").write_text("import a; a.f(1)\n", encoding="utf-8")
        ran = await asyncio.create_subprocess_exec(*command[:-2], "go.py", cwd=root)
        assert await ran.wait() == 0
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))


async def test_a_report_that_is_replaced_by_renaming_is_noticed(root: Path, build: Any) -> None:
    write(root / "coverage.json", report(1, 2, 3))
    async with Editor(build, FULL, root=root) as editor:
        editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        (root / "new.tmp").write_text(report(1, 2, 4), encoding="utf-8")
        (root / "new.tmp").replace(root / "coverage.json")
        await editor.wait_for("textDocument/publishDiagnostics", missing([3]))


@pytest.mark.parametrize("name", ["coverage.json", "coverage.lcov"])
@pytest.mark.parametrize("broken_after", [NEVER_BROKEN])
async def test_a_slow_writer_is_waited_for_and_never_complained_of(root: Path, build: Any, name: str) -> None:
    def text(*lines: int) -> str:
        if name.endswith("json"):
            return report(*lines)
        return "SF:a.py\n" + "".join(f"DA:{line},{int(line in lines)}\n" for line in range(1, 5)) + "end_of_record\n"

    write(root / name, text(1, 2, 3))
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        since = len(editor.received)
        seen: list[str] = []

        def slowly() -> None:
            whole = text(1, 2, 4)
            with (root / name).open("w", encoding="utf-8") as stream:
                for at in range(0, len(whole), len(whole) // 8 + 1):
                    stream.write(whole[at : at + len(whole) // 8 + 1])
                    stream.flush()
                    time.sleep(0.25)  # it is the writer that is slow

        writing = asyncio.ensure_future(in_thread(slowly))
        while not writing.done():
            seen.append(await state(editor, uri))
        await editor.wait_for("textDocument/publishDiagnostics", missing([3]), since=since)
        shown = [params for method, params in editor.received[since:] if method == "textDocument/publishDiagnostics"]
        assert all(missing([4])(params) or missing([3])(params) for params in shown), "the last good one stays"
        assert set(seen) == {"measured"}
        assert editor.sent("window/showMessage") == []


@pytest.mark.parametrize("broken_after", [NEVER_BROKEN])
async def test_an_open_transaction_is_waited_for(root: Path, build: Any) -> None:
    """Somebody writes into the data file, and takes his time."""
    holder = (
        "import coverage, sqlite3, sys\n"
        "data = coverage.CoverageData('.coverage')\n"
        "data.add_lines({sys.argv[1]: [1, 2, 3]})\n"
        "data.write(); data.close()\n"
        "base = sqlite3.connect('.coverage', isolation_level=None)\n"
        "base.execute('begin exclusive')\n"
        "print('held', flush=True)\n"
        "sys.stdin.readline()\n"
        "base.execute('commit')\n"
    )
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        await editor.lenses(uri)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", holder, str(root / "a.py"), cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdin is not None
        assert await process.stdout.readline() == b"held\n"
        await editor.wait_for("textDocument/publishDiagnostics")
        process.stdin.write(b"go\n")
        assert await process.wait() == 0
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        assert editor.sent("window/showMessage") == []


async def test_a_report_that_stays_broken_is_told_of_in_the_end(root: Path, build: Any) -> None:
    write(root / "coverage.json", report(1, 2, 3))
    async with Editor(build, FULL, root=root) as editor:
        editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        (root / "coverage.json").write_text(report(1, 2)[:-20], encoding="utf-8")
        told = await editor.wait_for("window/showMessage")
        assert "coverage.json cannot be read" in told["message"]


async def test_a_client_that_watches_is_asked_for_what_the_projects_use(root: Path, build: Any) -> None:
    (root / ".coveragerc").write_text("[run]\ndata_file = ../out/cov.db\n[xml]\noutput = build/ci.xml\n")
    watches = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True}}}
    async with Editor(build, merged(FULL, watches), root=root) as editor:
        await editor.lenses(editor.open(root / "a.py"))

        def patterns(params: Any) -> list[Any]:
            return [w["globPattern"] for r in params["registrations"] for w in r["registerOptions"]["watchers"]]

        await editor.wait_for("client/registerCapability", lambda p: "**/lcov.info" in patterns(p))
        more = await editor.wait_for("client/registerCapability", lambda p: "**/ci.xml" in patterns(p))
        assert {"baseUri": (root.parent / "out").as_uri(), "pattern": "cov.db"} in patterns(more)


@pytest.mark.parametrize("capabilities", [FULL, PULL], ids=["push", "pull"])
async def test_a_client_that_tells_of_a_change_has_it_looked_at_now(
    root: Path, build: Any, monkeypatch: pytest.MonkeyPatch, capabilities: Any
) -> None:
    monkeypatch.setattr("greenline.lsp.report_watch.PAUSE", 1000.0)
    write(root / "coverage.json", report(1, 2, 3))
    async with Editor(build, capabilities, root=root) as editor:
        uri = editor.open(root / "a.py")
        assert await editor.lenses(uri)
        write(root / "coverage.json", report(1, 2, 4), ago=30)
        since = len(editor.received)
        changes = [{"uri": (root / "coverage.json").as_uri(), "type": 2}]
        editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        if capabilities is PULL:
            await editor.wait_for("workspace/diagnostic/refresh", since=since)
        else:
            await editor.wait_for("textDocument/publishDiagnostics", missing([3]), since=since)


async def test_a_report_is_loaded_and_cleared(root: Path, build: Any, choices: Choices) -> None:
    write(root / "coverage.json", report(1, 2, 3))
    write(root / "ci.json", report(1, 2, 4))
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        since = len(editor.received)
        await editor.run("greenline.loadReport", {"uri": uri, "path": "ci.json"})
        await editor.wait_for("textDocument/publishDiagnostics", missing([3]), since=since)
        write(root / "bad.json", "{")
        for name, words in (("gone.json", "There is no coverage report"), ("bad.json", "is no JSON")):
            end = await editor.job_end((await editor.run("greenline.loadReport", {"uri": uri, "path": name}))["job"])
            assert (end["outcome"], words in end["message"]) == ("failed", True), end["message"]
        since = len(editor.received)
        end = await editor.job_end((await editor.run("greenline.clearCoverage", {"uri": uri}))["job"])
        assert end["message"] == "Coverage of shop is cleared; the next report or run is shown."
        assert await editor.diagnostics(uri, since=since) == []
        assert await state(editor, uri) == "no-data"
        since = len(editor.received)
        write(root / "coverage.json", report(1, 2, 3), ago=30)
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]), since=since)


async def test_the_status_is_what_the_doctor_says(root: Path, build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unit.lsp.editor.LIMIT", 60.0)
    write(root / "coverage.json", report(1, 2, 3))
    async with Editor(build, FULL, root=root, options={"interpreter": sys.executable}) as editor:
        job = (await editor.run("greenline.showReportStatus", {"uri": (root / "a.py").as_uri()}))["job"]
        told = (await editor.job_end(job))["markdown"]
        assert told.startswith("# Greenline: a.py\n\n- ")
        assert f"**coverage data**: {root / 'coverage.json'}, written " in told
        assert "**a.py**: 1 gap to show" in told


# ---- large reports --------------------------------------------------------------------------------------------------


@pytest.fixture
def large(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report that is large, as small as it is; and a file that no report tells of."""
    monkeypatch.setattr("greenline.adapters.report_index.LARGE", 1)
    path = root / "coverage.json"
    write(path, report(1, 2, 3))
    return path


async def test_a_large_report_is_read_by_another_process(
    root: Path, build: Any, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise AssertionError("read by this process")

    monkeypatch.setattr("greenline.adapters.report_index.write_index", refused)
    async with Editor(build, FULL, root=root) as editor:
        editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Reading goes on until the returned file is there."""
    go = tmp_path / "go"
    child = tmp_path / "child" / "stuck_child.py"
    child.parent.mkdir()
    child.write_text(
        "import pathlib, sys, time\n"
        "from greenline.adapters import index_child\n"
        "print('at 0.25', flush=True)\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)\n"
        "raise SystemExit(index_child.main(sys.argv[1:]))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(index_process, "_CHILD", "stuck_child")
    monkeypatch.syspath_prepend(str(child.parent))  # it imports from where the server does
    return go


def let_go(stuck: Path, *, go: bool = True) -> None:
    """Let reading go on, or the next one get stuck."""
    if go:
        stuck.touch()
    else:
        stuck.unlink()


async def test_other_projects_are_drawn_while_a_large_report_is_read(
    root: Path, tmp_path: Path, build: Any, large: Path, stuck: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").touch()
    (other / "b.py").write_text(TEXT, encoding="utf-8")
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        assert (await editor.lenses(uri))[0]["command"]["title"].startswith("Reading coverage.json (")
        assert "No coverage data" in (await editor.lenses(editor.open(other / "b.py")))[0]["command"]["title"]
        await editor.wait_for("$/progress", lambda p: p["value"].get("percentage") == 25)
        begun = await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "begin")
        assert begun["value"]["title"].startswith("Reading coverage.json (")
        let_go(stuck)
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        ended = await editor.wait_for("greenline/jobEnded")
        assert (ended["title"], ended["outcome"]) == (begun["value"]["title"], "done")
        assert editor.sent("window/showMessage") == []


async def test_what_was_known_stays_while_a_large_report_is_read(
    root: Path, build: Any, large: Path, stuck: Path
) -> None:
    let_go(stuck)
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
        let_go(stuck, go=False)
        write(large, report(1, 2, 4), ago=30)
        await editor.wait_for("$/progress", lambda p: p["value"].get("percentage") == 25)
        assert await state(editor, uri) == "measured"
        let_go(stuck)
        await editor.wait_for("textDocument/publishDiagnostics", missing([3]))


async def test_reading_can_be_cancelled_and_leaves_no_process(
    root: Path, build: Any, large: Path, stuck: Path, choices: Choices
) -> None:
    assert choices.processes is not None
    async with Editor(build, FULL, root=root) as editor:
        uri = editor.open(root / "a.py")
        begun = await editor.wait_for("$/progress", lambda p: p["value"]["kind"] == "begin")
        (child,) = choices.processes._children.values()
        editor.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
        ended = await editor.wait_for("greenline/jobEnded")
        assert ended["outcome"] == "cancelled"
        assert child.process.poll() is not None
        await editor.wait_for("window/showMessage", lambda p: "was cancelled" in p["message"])
        write(large, report(1, 2, 4), ago=30)
        let_go(stuck)
        await editor.wait_for("textDocument/publishDiagnostics", missing([3]))
        assert uri


async def test_the_end_of_a_connection_is_the_end_of_reading(
    root: Path, build: Any, large: Path, stuck: Path, choices: Choices
) -> None:
    assert choices.processes is not None
    async with Editor(build, FULL, root=root) as editor:
        await editor.lenses(editor.open(root / "a.py"))
        (child,) = choices.processes._children.values()
    assert child.process.poll() is not None


async def test_a_large_report_that_is_broken_is_told_of(root: Path, build: Any, large: Path) -> None:
    write(large, report(1, 2)[:-9])
    async with Editor(build, FULL, root=root) as editor:
        editor.open(root / "a.py")
        told = await editor.wait_for("window/showMessage")
        assert "coverage.json cannot be read: it is no JSON" in told["message"]


async def test_bad_reports_of_every_format_do_the_server_no_harm(tmp_path: Path, build: Any) -> None:
    """One server, a project for each; then it still draws one that is well."""
    from unit.coverage.test_bad_reports import CASES, NAMES

    files = {}
    for format_, name in NAMES.items():
        # What is no file is no report where nobody names it.
        for case in sorted(
            CASES.keys() - {"never_ends", "one_long_value", *(("folder", "pipe") * (format_ != "data"))}
        ):
            files[format_, case] = a_project(tmp_path / f"{format_}-{case}", name)
            CASES[case](files[format_, case].parent / name, format_)
            if case not in {"folder", "pipe"}:
                os.utime(files[format_, case].parent / name, (1, 1))
    async with Editor(build, {}) as editor:
        for (format_, case), path in files.items():
            uri = editor.open(path)
            await editor.lenses(uri)
            told = await editor.wait_for("window/showMessage", lambda p, n=str(path.parent): n in p["message"])  # type: ignore[misc]
            assert NAMES[format_] in told["message"], case
        well = a_project(tmp_path / "well", "coverage.json")
        write(well.parent / "coverage.json", report(1, 2, 3))
        editor.open(well)
        await editor.wait_for("textDocument/publishDiagnostics", missing([4]))
    for (format_, case), path in files.items():
        if case not in {"folder", "pipe"}:
            (path.parent / NAMES[format_]).unlink()


def a_project(root: Path, report_name: str) -> Path:
    """Make a project whose report has this name; return its one file."""
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n", encoding="utf-8")
    data_file = "data_file = nothing\n" if report_name != ".coverage" else ""
    (root / ".coveragerc").write_text(f"[run]\n{data_file}", encoding="utf-8")
    (root / "a.py").write_text(TEXT, encoding="utf-8")
    os.utime(root / "a.py", (1, 1))
    return root / "a.py"
