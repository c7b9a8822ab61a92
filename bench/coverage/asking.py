"""Lenses and hovers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor import PULL, editing
from figures import Row
from keys import Typist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from project import Project

VISIBLE = 30
"""Lenses that an editor resolves at once."""


def lenses(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Ask for the lenses of the file of 5,000 lines: as it is, and after a key."""
    as_it_is = Row("`textDocument/codeLens`, 5,000 lines", aims=(None, 20.0))
    after_a_key = Row("`didChange` -> `textDocument/codeLens`, 5,000 lines")
    resolving = Row("`codeLens/resolve`")
    with editing(project.root, folder, PULL) as editor:
        editor.shown_after(project.middle)
        uri = project.middle.as_uri()
        typist = Typist(project.middle.read_text(encoding="utf-8"), whole=editor.wants_whole_texts)
        found = editor.lenses(uri)[1]
        for _ in range(times):
            seconds, found = editor.lenses(uri)
            as_it_is.add(seconds)
        assert len(found) > VISIBLE
        for lens in [lens for lens in found if not lens.get("command")][: 2 * VISIBLE]:
            resolving.add(editor.resolved(lens))
        for _ in range(times):
            editor.settle()
            began = editor.change(uri, typist.press())
            number = editor.server.ask("textDocument/codeLens", {"textDocument": {"uri": uri}})
            after_a_key.add(editor.server.answer(number).at - began)
    yield from (as_it_is, after_a_key, resolving)


def hovers(project: Project, folder: Path, times: int) -> Iterator[Row]:
    """Hover over lines: of a file that a few tests reach, and of one that 1,200 do."""
    few, many = project.modules()[0], project.common()[0]
    for what, file in (("a file that a few tests reach", few), ("a file that 1,600 tests reach", many)):
        first, others = Row(f"first hover in {what}"), Row(f"further hovers in {what}")
        with editing(project.root, folder, PULL) as editor:
            if editor.offers.get("hoverProvider"):
                editor.shown_after(file)
                uri = file.as_uri()
                editor.settle()
                lines = file.read_text(encoding="utf-8").split("\n")
                inside = [
                    (at, line) for at, line in enumerate(lines) if line.startswith("        ") and line[8:9].isalpha()
                ]
                for number, (at, line) in enumerate(inside[:times]):
                    seconds, _ = editor.hover(uri, at, len(line) - len(line.lstrip()))
                    (others if number else first).add(seconds)
        yield first
        yield others
