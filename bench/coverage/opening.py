"""How soon a file that is opened has its diagnostics, and what the server needs in memory for it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from editor import PULL, PUSH, editing, forget_pages
from figures import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from project import Project

COLD, WARM = (50.0, 150.0), (10.0, 30.0)
CLIENTS: dict[str, dict[str, Any]] = {"push": PUSH, "pull": PULL}


def cold(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Open a file in a server that just started, with the report on disk only: at once, and two seconds later."""
    started = Row("process started -> `initialize` answered")
    files = iter(project.modules())
    for client, capabilities in CLIENTS.items():
        at_once = Row(f"cold, opened behind `initialized`, {client}")
        later = Row(f"cold, opened two seconds later, {client}", aims=COLD)
        for _ in range(times):
            for row, pause in ((at_once, 0.0), (later, 2.0)):
                file = next(files)
                shutil.rmtree(folder, ignore_errors=True)
                with editing(project.root, folder, capabilities) as editor:
                    started.add(editor.initialized_after)
                    editor.wait(pause)
                    forget_pages(project.data, file)
                    row.add(editor.shown_after(file))
        yield at_once
        yield later
    yield started


def warm(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Open files that the server has not seen, with five others open."""
    for client, capabilities in CLIENTS.items():
        row = Row(f"warm, {client}", aims=WARM)
        with editing(project.root, folder, capabilities) as editor:
            files = iter(project.modules()[1000:])
            for _ in range(5):
                editor.shown_after(next(files))
            for _ in range(times):
                editor.settle()
                file = next(files)
                row.add(editor.shown_after(file))
                editor.close(file.as_uri())
        yield row
        row = Row(f"warm, a file that 1,600 tests reach, {client}", aims=WARM)
        with editing(project.root, folder, capabilities) as editor:
            editor.shown_after(project.modules()[0])
            for file in project.common():
                editor.settle()
                row.add(editor.shown_after(file))
        yield row


def large(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Open the large files with others open."""
    for file, lines in ((project.middle, "5,000"), (project.large, "10,000")):
        row = Row(f"warm, the file of {lines} lines, pull")
        for _ in range(times):
            with editing(project.root, folder, PULL) as editor:
                editor.shown_after(project.modules()[0])
                editor.settle()
                row.add(editor.shown_after(file))
        yield row


def other_reports(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Open a file where the report is JSON or XML: with no index of it yet, then with the index."""
    for name, report in (("JSON", project.json), ("XML", project.xml)):
        settings = {"coverage": {"file": str(report)}}
        first = Row(f"cold, {name} of {report.stat().st_size / 1e6:,.0f} MB, never read before, pull")
        again = Row(f"cold, {name}, read before, opened two seconds later, pull", aims=COLD)
        files = iter(project.modules()[500:])
        shutil.rmtree(folder, ignore_errors=True)
        for number in range(times + 1):
            with editing(project.root, folder, PULL, settings) as editor:
                editor.wait(2.0)
                forget_pages(report)
                (again if number else first).add(editor.shown_after(next(files)))
        yield first
        yield again


def memory(project: Project, folder: Path) -> Iterator[Row]:
    """Open files and close them again, and look at the resident memory in between."""
    with ExitStack() as stack:
        editor = stack.enter_context(editing(project.root, folder, PULL))
        editor.settle()
        yield Row("just started", [editor.server.memory()], unit="MB", aims=(120.0, None))
        files = iter(project.modules()[2000:])
        opened = 0
        for count in (1, 50, 500):
            while opened < count:
                file = next(files)
                editor.shown_after(file)
                editor.lenses(file.as_uri())
                editor.close(file.as_uri())
                opened += 1
            editor.settle()
            what = f"{count} {'file' if count == 1 else 'files'} opened and closed again"
            yield Row(what, [editor.server.memory()], unit="MB", aims=(120.0, None))
        editor.shown_after(project.large)
        editor.settle()
        yield Row("and the file of 10,000 lines open", [editor.server.memory()], unit="MB", aims=(120.0, None))
