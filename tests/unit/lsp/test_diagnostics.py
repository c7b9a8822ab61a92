"""Each kind of diagnostic, as loud as it is wanted, for open documents and all others: real pictures, real git."""

from __future__ import annotations

import asyncio
import os
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.git_history import GitHistory
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.lsp import asking_again, workspace_diagnostics
from greenline.lsp.client import Client
from greenline.services.mark_coverage import MarkCoverage
from greenline.services.measured_files import MeasuredFiles
from greenline.services.show_coverage import ShowCoverage
from greenline.services.stored_runs import StoredRuns
from unit.lsp.editor import PULL, Editor, RpcError, merged

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.ports.documents import Documents
    from greenline.settings import Settings
    from unit.lsp.fakes import FakeServices

SHOP = """\
class Box:
    def __init__(self, size):
        self.size = size

    def lid(self):
        return self.size


def price(weight):
    if weight > 10:
        return 5
    return 3


def never(a):
    if a:
        return "👋"
    return 2


def debug():  # pragma: no cover
    return 1


price(1)
debug()
"""
RAN = [1, 2, 5, 9, 10, 12, 15, 21, 22, 25, 26]


class World:
    """A project with a report; calling it is the ``build`` of ``create_server``, with real services for showing."""

    def __init__(self, root: Path, services: FakeServices) -> None:
        self.root = root
        self.services = services
        (root / "pyproject.toml").write_text("", encoding="utf-8")
        self.shop = self.write("shop.py", SHOP)
        self.lines = {self.shop: RAN}
        self.measure()
        self.show: ShowCoverage

    def __call__(self, settings: Settings, documents: Documents) -> FakeServices:
        parser, projects, saved = CoverageParser(), ProjectFiles(home=self.root.parent), SavedFiles()
        source, runs, history = CoverageReports(environ={}), RunStoreSqlite(self.root.parent / "runs"), GitHistory()
        stored = StoredRuns(runs, DiskDocuments(), saved)
        since = settings.changed_since
        self.show = ShowCoverage(projects, source, parser, saved, stored=stored, history=history, since=since)
        services: Any = self.services(settings, documents)
        services.show = self.show
        services.files = MeasuredFiles(projects, source, runs)
        services.marks = MarkCoverage(
            projects=projects, source=source, analyzer=parser, show=self.show, history=history, since=since
        )
        return self.services

    def write(self, name: str, text: str, *, at: int = 100) -> Path:
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        os.utime(path, (at, at))
        return path

    def measure(self, *, at: int = 200) -> None:
        (self.root / ".coverage").unlink(missing_ok=True)
        data = coverage.CoverageData(str(self.root / ".coverage"))
        data.add_lines({str(path): lines for path, lines in self.lines.items()})
        data.write()
        data.close()
        os.utime(self.root / ".coverage", (at, at))

    def git(self, *arguments: str) -> None:
        who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = {**os.environ, **who, **alone}
        subprocess.run(["git", *arguments], cwd=self.root, env=environment, capture_output=True, timeout=60, check=True)

    def commit(self) -> None:
        self.git("init", "-q", "-b", "main")
        self.git("add", "shop.py")
        self.git("commit", "-q", "-m", "x")


@pytest.fixture
def world(tmp_path: Path, services: FakeServices) -> World:
    (tmp_path / "project").mkdir()
    return World(tmp_path / "project", services)


async def pulled(editor: Editor, uri: str, previous: str | None = None) -> dict[str, Any]:
    params = {"textDocument": {"uri": uri}, "previousResultId": previous}
    report: dict[str, Any] = await editor.request("textDocument/diagnostic", params)
    return report


def told(report: dict[str, Any]) -> list[tuple[str, int, str]]:
    """Return the code, the line from 1, and what is marked of it in UTF-16 units."""
    lines = SHOP.split("\n")
    found = []
    for item in report["items"]:
        start, end = item["range"]["start"], item["range"]["end"]
        units = lines[start["line"]].encode("utf-16-le")
        same = start["line"] == end["line"]
        text = units[2 * start["character"] : 2 * end["character"] if same else None].decode("utf-16-le")
        found.append((item["code"], start["line"] + 1, text))
    return found


ALL = [
    ("never-called", 1, "Box"),
    ("uncovered", 11, "return 5"),
    ("never-called", 15, "never"),
    ("unneeded-pragma", 21, "# pragma: no cover"),
]


async def test_each_kind_where_it_stands(world: World) -> None:
    async with Editor(world, PULL) as editor:
        report = await pulled(editor, editor.open(world.shop))
        assert told(report) == ALL
        box, _, never, pragma = report["items"]
        assert box["message"] == "Not covered: none of the 2 methods of `Box` is ever called (2 lines)"
        assert [(r["location"]["range"]["start"]["line"], r["message"]) for r in box["relatedInformation"]] == [
            (1, "Not covered: `Box.__init__` is never called (1 line)"),
            (4, "Not covered: `Box.lid` is never called (1 line)"),
        ]
        assert never["message"] == "Not covered: `never` is never called (3 lines)"
        assert [item["severity"] for item in report["items"]] == [3, 3, 3, 4]
        assert pragma["message"].startswith("`pragma: no cover` is not needed any more: all 2 lines run in tests")


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ({"neverCalled": "off"}, [ALL[1], ALL[3]]),
        ({"uncovered": "off"}, [ALL[0], ALL[2], ALL[3]]),
        ({"unneededPragma": "off"}, ALL[:3]),
    ],
)
async def test_each_kind_can_be_switched_off(
    world: World, severity: dict[str, str], expected: list[tuple[str, int, str]]
) -> None:
    async with Editor(world, PULL, options={"severity": severity}) as editor:
        assert told(await pulled(editor, editor.open(world.shop))) == expected


async def test_what_changed_since_it_was_measured_is_told_where_that_is_wanted(world: World) -> None:
    async with Editor(world, PULL, options={"severity": {"unknown": "warning"}}) as editor:
        uri = editor.open(world.shop)
        assert told(await pulled(editor, uri)) == ALL
        editor.change(uri, SHOP.replace("    return 3\n", "    return 33\n"), 2)
        report = await pulled(editor, uri)
        (changed,) = [item for item in report["items"] if item["code"] == "unknown"]
        assert (changed["range"]["start"], changed["severity"]) == ({"line": 11, "character": 4}, 2)
        assert changed["message"] == "Not known: 1 line changed after the coverage was measured"


async def test_marks_move_with_what_is_typed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenline.lsp.pictures._QUICK", 0.0)  # everything takes long to draw
    async with Editor(world, PULL, options={"severity": {"unknown": "hint"}}) as editor:
        uri = editor.open(world.shop)
        assert told(await pulled(editor, uri)) == ALL
        editor.change(uri, "import os\n" + SHOP.replace("    return 3\n", "    return 33\n"), 2)
        report = await pulled(editor, uri)
        assert [(item["code"], item["range"]["start"]["line"]) for item in report["items"]] == [
            ("unknown", 0),
            ("never-called", 1),
            ("uncovered", 11),
            ("unknown", 12),
            ("never-called", 15),
            ("unneeded-pragma", 21),
        ]
        await editor.wait_for("workspace/diagnostic/refresh")
        drawn = await pulled(editor, uri)
        assert drawn["items"] == report["items"]


async def test_a_base_filters_what_is_told_and_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenline.lsp.pictures._QUICK", 60.0)  # all is told as it is drawn
    world.commit()
    async with Editor(world, PULL, options={"diagnostics": {"changedSince": "HEAD"}}) as editor:
        uri = editor.open(world.shop)
        assert (await pulled(editor, uri))["items"] == []
        assert "price: 67 %" in " ".join([lens["command"]["title"] for lens in await editor.lenses(uri)])
        # What is new and was not measured is unknown, and no gap.
        editor.change(uri, SHOP.replace("return 5", "return 55"), 2)
        assert (await pulled(editor, uri))["items"] == []
        # The header is new, and what is below was never called.
        editor.change(uri, SHOP.replace("def never(a)", "def never(a, b=1)"), 3)
        report = await pulled(editor, uri)
        assert [(item["code"], item["range"]["start"]["line"]) for item in report["items"]] == [("never-called", 14)]


async def test_gaps_of_what_was_written_since_the_base_are_told(world: World) -> None:
    world.shop.write_text(SHOP.replace("    return 2\n", "    return 1\n"), encoding="utf-8")
    world.commit()
    world.write("shop.py", SHOP)
    async with Editor(world, PULL, options={"diagnostics": {"changedSince": "HEAD"}}) as editor:
        uri = editor.open(world.shop)
        assert told(await pulled(editor, uri)) == [("never-called", 15, "never")]
        world.git("commit", "-q", "-a", "-m", "y")
        await editor.wait_for("workspace/diagnostic/refresh")
        assert (await pulled(editor, uri))["items"] == []


async def test_a_base_that_is_not_there_is_said_once_and_all_is_told(world: World) -> None:
    async with Editor(world, PULL, options={"diagnostics": {"changedSince": "origin/main"}}) as editor:
        uri = editor.open(world.shop)
        assert told(await pulled(editor, uri)) == ALL
        assert told(await pulled(editor, uri)) == ALL
        (message,) = [shown["message"] for shown in editor.sent("window/showMessage")]
        assert "is in no git repository, so gaps in all lines are shown" in message


async def test_result_ids(world: World) -> None:
    async with Editor(world, PULL) as editor:
        uri = editor.open(world.shop)
        first = await pulled(editor, uri)
        again = await pulled(editor, uri, first["resultId"])
        assert again == {"kind": "unchanged", "resultId": first["resultId"]}
        editor.change(uri, "import os\n" + SHOP, 2)
        other = await pulled(editor, uri, first["resultId"])
        assert other["kind"] == "full"
        assert other["resultId"] != first["resultId"]
        editor.change(uri, "import sys\n" + SHOP, 3)
        assert (await pulled(editor, uri, other["resultId"]))["kind"] == "unchanged"
    async with Editor(world, PULL) as editor:
        assert (await pulled(editor, editor.open(world.shop), first["resultId"]))["kind"] == "full"


async def test_many_reasons_to_ask_again_are_one_at_once_and_one_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_again, "PAUSE", 0.2)
    asked: asyncio.Queue[str] = asyncio.Queue()

    async def refresh(_: None) -> None:
        asked.put_nowait("diagnostics")

    async def lenses(_: None) -> None:
        asked.put_nowait("lenses")

    session: Any = SimpleNamespace(
        client=Client(pulls_diagnostics=True, refreshes_lenses=True),
        server=SimpleNamespace(workspace_diagnostic_refresh_async=refresh, workspace_code_lens_refresh_async=lenses),
        spawn=lambda work, name: asyncio.get_running_loop().create_task(work, name=name),
        is_over=False,
    )
    asking = asking_again.AskingAgain(session)
    for _ in range(50):
        asking.diagnostics()
    asking.lenses()
    asking.hints()  # which this client cannot be told
    first = [await asyncio.wait_for(asked.get(), 10) for _ in range(3)]
    assert first == ["diagnostics", "lenses", "diagnostics"]
    for _ in range(50):
        asking.diagnostics()
    assert await asyncio.wait_for(asked.get(), 10) == "diagnostics"
    session.is_over = True
    asking.diagnostics()
    assert asked.empty()


# All files


async def asked(editor: Editor, previous: dict[str, str] | None = None, token: str | None = None) -> list[Any]:
    ids = [{"uri": uri, "value": value} for uri, value in (previous or {}).items()]
    params = {"previousResultIds": ids} | ({"partialResultToken": token} if token else {})
    report = await editor.request("workspace/diagnostic", params)
    items: list[Any] = report["items"]
    return items


async def held(editor: Editor, uri: str) -> None:
    """Wait until a request is held; asking for an open file goes on meanwhile."""

    async def seen() -> None:
        while not editor.server.workspace_answers.held:
            await pulled(editor, uri)

    await asyncio.wait_for(seen(), 10)
    await pulled(editor, uri)


ON = {"diagnostics": {"workspace": True}}
WATCHES = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}


async def test_only_open_files_unless_all_are_wanted(world: World) -> None:
    async with Editor(world, PULL, root=world.root) as editor:
        # Neovim 0.12 asks for the diagnostics of open files only when they are edited, once it may ask for all files.
        assert editor.initialize_result["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"] is False
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        assert editor.initialize_result["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"] is True


async def test_all_files_that_the_data_tells_of_and_what_is_open(world: World) -> None:
    other = world.write("other.py", "def f():\n    return 1\n")
    gone = world.root / "gone.py"
    world.lines |= {other: [1], gone: [1]}
    world.measure()
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        reports = await asked(editor)
        assert [(report["uri"], report["kind"], report["version"]) for report in reports] == [
            (other.as_uri(), "full", None),
            (world.shop.as_uri(), "full", None),
        ]
        assert told(reports[1]) == ALL
        uri = editor.open(world.shop, version=7)
        pulled_alone = await editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        closed, opened = await asked(editor)
        assert closed["uri"] == other.as_uri()
        assert opened == {**pulled_alone, "uri": uri, "version": 7}
        assert told(opened) == ALL
        ids = {uri: pulled_alone["resultId"]}
        assert [(report["uri"], report["kind"]) for report in await asked(editor, ids)] == [
            (other.as_uri(), "full"),
            (uri, "unchanged"),
        ]


async def test_what_the_client_knows_is_not_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.write("other.py", "def f():\n    return 1\n")
    world.lines |= {other: [1]}
    world.measure()
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        ids = {report["uri"]: report["resultId"] for report in await asked(editor)}
        drawn: list[str] = []
        picture = world.show.picture

        def counted(path: Path, text: str) -> Any:
            drawn.append(path.name)
            return picture(path, text)

        monkeypatch.setattr(world.show, "picture", counted)
        world.write("other.py", "def f():\n    return 2\n", at=150)
        reports = {report["uri"]: report for report in await asked(editor, ids)}
        assert reports[world.shop.as_uri()] == {
            "kind": "unchanged", "uri": world.shop.as_uri(), "resultId": ids[world.shop.as_uri()], "version": None,
        }  # fmt: skip
        assert reports[other.as_uri()]["kind"] == "full"
        assert drawn == ["other.py"]


async def test_files_of_which_nothing_is_told_any_more_are_cleared(world: World) -> None:
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        ids = {report["uri"]: report["resultId"] for report in await asked(editor)}
        editor.notify(
            "workspace/didChangeConfiguration", {"settings": {"greenline": {"diagnostics": {"workspace": False}}}}
        )
        (report,) = await asked(editor, ids)
        assert (report["uri"], report["kind"], report["items"]) == (world.shop.as_uri(), "full", [])


async def test_a_request_is_held_until_there_is_news(world: World) -> None:
    other = world.write("third.py", "x = 1\n")
    world.measure()
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        third = editor.open(other)
        ids = {report["uri"]: report["resultId"] for report in await asked(editor)}
        waiting = asyncio.ensure_future(asked(editor, ids))
        await held(editor, third)  # others are answered meanwhile
        assert not waiting.done()
        world.lines = {world.shop: [*RAN, 11]}
        world.measure(at=300)
        editor.server.session.refresh()
        (report, opened) = await waiting
        assert (opened["uri"], opened["kind"]) == (third, "unchanged")
        assert [code for code, _, _ in told(report)] == ["never-called", "never-called", "unneeded-pragma"]


@pytest.mark.parametrize("what", ["closed", "written"])
async def test_a_request_that_is_held_is_answered_when_a_file_is_closed_or_written(world: World, what: str) -> None:
    async with Editor(world, merged(PULL, WATCHES), root=world.root, options=ON) as editor:
        registered = await editor.wait_for("client/registerCapability")
        watchers = registered["registrations"][0]["registerOptions"]["watchers"]
        assert {"globPattern": "**/*.py"} in watchers
        uri = editor.open(world.write("third.py", "x = 1\n"))
        ids = {report["uri"]: report["resultId"] for report in await asked(editor)}
        waiting = asyncio.ensure_future(asked(editor, ids))
        await held(editor, uri)
        assert not waiting.done()
        if what == "closed":
            editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        else:
            world.write("shop.py", "def f():\n    return 2\n", at=50)
            editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": world.shop.as_uri(), "type": 2}]})
        reports = {report["uri"]: (report["kind"], report["resultId"]) for report in await waiting}
        assert reports[uri if what == "closed" else world.shop.as_uri()][0] == "full"


async def test_a_request_that_is_held_ends_with_the_connection_or_when_it_is_cancelled(world: World) -> None:
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        uri = editor.open(world.write("third.py", "x = 1\n"))
        ids = {report["uri"]: report["resultId"] for report in await asked(editor)}
        cancelled = asyncio.ensure_future(asked(editor, ids))
        await asyncio.sleep(0)
        number = max(editor._answers)
        await held(editor, uri)
        assert not cancelled.done()
        editor.notify("$/cancelRequest", {"id": number})
        with pytest.raises(RpcError, match="canceled"):
            await cancelled
        waiting = asyncio.ensure_future(asked(editor, ids))
        await held(editor, uri)
        assert not waiting.done()
    (report, *_) = await waiting
    assert report["kind"] == "unchanged"


async def test_partial_results(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace_diagnostics, "_CHUNK", 2)
    files = [world.write(f"m{number}.py", f"def f():\n    return {number}\n") for number in range(4)]
    world.lines |= {file: [1] for file in files}
    world.measure()
    async with Editor(world, PULL, root=world.root, options=ON) as editor:
        assert await asked(editor, token="t1") == []
        parts = [part["value"]["items"] for part in editor.sent("$/progress") if part["token"] == "t1"]
        assert [len(part) for part in parts] == [2, 2, 1]
        assert sorted(report["uri"] for part in parts for report in part) == sorted(
            file.as_uri() for file in [*files, world.shop]
        )
        assert all(report["kind"] == "full" for part in parts for report in part)
