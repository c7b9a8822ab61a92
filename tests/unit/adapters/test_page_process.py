"""Pages are drawn by a process of its own: from what is on disk, and it ends when nobody waits for it any more."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from greenline.adapters import page_process
from greenline.adapters.page_process import PageProcess
from greenline.ports.pages import PageProblem
from unit.page.html_tree import tree

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "def fee(amount):\n    if amount > 100:\n        return 0\n    return 5\n"
LIMIT = 60.0


class Steps:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.first = asyncio.Event()

    def step(self, message: str, fraction: float | None = None) -> None:
        self.said.append(message)
        self.first.set()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    root = tmp_path / "shöp"
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / "src" / "fees.py").write_text(SOURCE, encoding="utf-8")
    return root


def measured(project: Path, name: str = ".coverage", lines: tuple[int, ...] = (1,)) -> Path:
    data = CoverageData(str(project / name))
    data.add_lines({str(project / "src" / "fees.py"): lines})
    data.write()
    return project / name


async def written(process: PageProcess, kind: str, place: Path, steps: Steps | None = None) -> Path:
    return await asyncio.wait_for(process.write(kind, place, steps or Steps()), LIMIT)  # type: ignore[arg-type]


async def test_a_page_is_written_where_the_person_alone_reads_it(project: Path) -> None:
    measured(project)
    steps = Steps()
    file = await written(PageProcess("", "", {}), "report", project / "src" / "fees.py", steps)
    page = tree(file.read_text(encoding="utf-8"))
    assert next(page.all("h1")).text == "Coverage of shöp"
    assert "src/fees.py" in page.by_id("files").text.replace("\\", "/")
    assert steps.said == ["Looking at the files", "Drawing the page"]
    assert (file.parent.name, file.stat().st_mode & 0o077) == ("shown", 0)


async def test_each_project_has_its_own_page_whatever_it_is_called(project: Path) -> None:
    other = project.parent / "other" / project.name
    shutil.copytree(project, other)
    measured(project)
    measured(other)
    files = [await written(PageProcess("", "", {}), "report", root) for root in (project, other)]
    assert len(set(files)) == 2
    assert await written(PageProcess("", "", {}), "report", project / "src" / "fees.py") == files[0]


async def test_the_report_that_was_loaded_counts(project: Path) -> None:
    measured(project)
    loaded = measured(project, "other.data", (1, 2, 4))
    file = await written(PageProcess("", "", {project: loaded}), "report", project)
    assert "3 of 4 statements" in tree(file.read_text(encoding="utf-8")).by_id("summary").text


async def test_where_nothing_is_known_there_is_a_sentence(project: Path) -> None:
    with pytest.raises(PageProblem, match=r"^Nothing is measured in shöp yet: run the tests with coverage first\.$"):
        await written(PageProcess("", "", {}), "report", project)
    with pytest.raises(PageProblem, match=r"^There is no history of shöp yet"):
        await written(PageProcess("", "", {}), "trend", project)
    with pytest.raises(PageProblem, match=r"^shöp: nothing is measured here"):
        await written(PageProcess("", "", {}), "record", project)


async def test_nothing_is_looked_at_for_a_file_of_no_project(project: Path) -> None:
    script = project.parent / "script.py"
    script.write_text(SOURCE, encoding="utf-8")
    for kind in ("report", "record"):
        with pytest.raises(PageProblem, match=r"^script\.py belongs to no project\. Put a pyproject\.toml"):
            await written(PageProcess("", "", {}), kind, script)


async def test_what_is_recorded_is_the_history_from_then_on(project: Path) -> None:
    measured(project, lines=(1, 2, 4))
    recorded = await written(PageProcess("", "", {}), "record", project)
    shown = await written(PageProcess("", "", {}), "trend", project)
    assert recorded == shown
    assert "75.00 % covered" in tree(shown.read_text(encoding="utf-8")).by_id("trend").text
    assert sorted(path.name for path in project.iterdir()) == [".coverage", "pyproject.toml", "src"]  # noqa: ASYNC240 - nothing else waits


async def test_the_history_is_kept_where_the_setting_says(project: Path) -> None:
    measured(project, lines=(1, 2, 4))
    pages = PageProcess("", "", {}, "kept/trend.jsonl")

    await written(pages, "record", project)

    assert '"lines": [3, 4]' in (project / "kept" / "trend.jsonl").read_text(encoding="utf-8")
    assert "75.00 % covered" in (await written(pages, "trend", project)).read_text(encoding="utf-8")
    with pytest.raises(PageProblem, match="no history"):
        await written(PageProcess("", "", {}), "trend", project)


async def test_who_cancels_leaves_no_process(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(measured(project))) as held:  # whoever reads the data waits
        held.execute("begin exclusive")
        started: list[asyncio.subprocess.Process] = []
        start = asyncio.create_subprocess_exec

        async def kept(*command: str, **options: object) -> asyncio.subprocess.Process:
            started.append(await start(*command, **options))  # type: ignore[arg-type]
            return started[0]

        monkeypatch.setattr(asyncio, "create_subprocess_exec", kept)
        steps = Steps()
        writing = asyncio.ensure_future(PageProcess("", "", {}).write("report", project, steps))
        await asyncio.wait_for(steps.first.wait(), LIMIT)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert started[0].returncode is not None


async def test_a_process_that_dies_is_said_to_have(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_process, "_CHILD", "greenline.page.there_is_none")
    with pytest.raises(PageProblem, match="ended with 1"):
        await written(PageProcess("", "", {}), "report", project)
