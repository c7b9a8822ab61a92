"""Where text goes: results to stdout, progress and complaints to stderr; marks that do not rest on colour."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from greenline.page.words import one_line

_NARROW = 20
"""Columns that words have, however narrow the terminal is."""
_TAB = 8
"""Columns."""
_WIDE = 10_000
"""For files and pipes: one line stays one line."""
_ROWS_AT_ONCE = 200
_BETWEEN = "  "

Row: TypeAlias = Sequence[Sequence[tuple[str, str]]]
"""Of a long table: its cells, each of texts with their styles."""


def out() -> Console:
    """Return the console for results. Without a terminal there is no colour and no wrapping."""
    return _console(stderr=False)


def err() -> Console:
    """Return the console for progress and complaints."""
    return _console(stderr=True)


def is_watched(console: Console) -> bool:
    """Tell whether what moves is seen: a log that is to have colours (``FORCE_COLOR``) would keep each frame of it."""
    return console.is_terminal and console.file.isatty()


def mark(console: Console, state: str) -> str:
    """Return the sign of a state with its style as rich markup; letters where the encoding has no signs."""
    sign, plain, style = _MARKS[state]
    return f"[{style}]{plain if console.options.ascii_only else sign}[/]"


def arrow(console: Console) -> str:
    """Return an arrow that the console can write."""
    return "->" if console.options.ascii_only else "→"


def print_table(console: Console, table: Table) -> None:
    """Print a table; files and pipes get no blanks at the ends of lines."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(line.rstrip(), markup=False, soft_wrap=True)


def print_long_table(console: Console, header: Sequence[str], rows: Callable[[], Iterable[Row]]) -> None:
    """Print a table without a box, some rows at a time: thousands would take a table minutes, and much memory.

    ``rows`` makes them anew each time it is called. All columns but the last are aligned at the right; what is too long
    for the last one goes on below it.
    """
    titles: Row = [[(title, "dim")] for title in header]
    widths = [0] * (len(header) - 1)
    for row in chain([titles], rows()):
        widths = [max(width, _cell_len(cell)) for width, cell in zip(widths, row, strict=False)]
    every = chain([titles], rows())
    while some := list(islice(every, _ROWS_AT_ONCE)):
        if console.is_terminal:
            lines = chain.from_iterable(_folded(row, widths, console) for row in some)
            console.print(Text("\n").join(lines), soft_wrap=True)
        else:
            plain = "\n".join(_plain(row, widths) for row in some)
            console.print(plain, markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_words(console: Console, markup: str, *, indent: int = 0, style: str = "") -> None:
    """Print what is read: in a terminal its lines end between words, and all but the first begin at ``indent``."""
    text = Text.from_markup(markup, style=style)
    if not console.is_terminal:
        console.print(text, soft_wrap=True)
        return
    text.expand_tabs(_TAB)  # wrapped lines have blanks instead: what is left would be counted wrongly
    begin, width = "", max(_NARROW, console.width)
    while text:
        line = text.wrap(console, width)[0]
        line.rstrip()
        console.print(Text(begin) + line, soft_wrap=True)
        text = text[len(line) :]
        left = text.plain.lstrip(" ").removeprefix("\n").lstrip(" ")  # empty lines stay
        text = text[len(text) - len(left) :]
        begin, width = " " * indent, max(_NARROW, console.width - indent)


def shown(path: Path) -> str:
    """Return the path as a person would write it from here: relative below the current folder, absolute elsewhere.

    It is one line, and moves no cursor, whatever the name holds.
    """
    return one_line(str(from_here(path)))


def true_path(path: Path) -> str:
    """Return the path as ``shown`` does, but every character as it is: for who opens the file."""
    return str(from_here(path))


def from_here(path: Path) -> Path:
    """Return the path relative to the current folder where it is below it."""
    written = os.path.join(path, "")  # noqa: PTH118 - as text, for each path of thousands
    for here in _here(os.getcwd()):  # noqa: PTH109 - as above
        if os.path.normcase(written).startswith(here):
            return Path(written[len(here) :])
    return path


@lru_cache(maxsize=1)
def _here(folder: str) -> tuple[str, ...]:
    """Return how what is below the folder begins."""
    return tuple(os.path.normcase(os.path.join(one, "")) for one in (folder, os.path.realpath(folder)))  # noqa: PTH118


_MARKS = {
    "confirmed": ("✔", "ok", "bold green"),
    "nothing_to_gain": ("=", "=", "green"),
    "not_testable": ("○", "o", "yellow"),
    "failed": ("✘", "X", "bold red"),
    "cancelled": ("■", "#", "yellow"),
    "waiting": ("…", "..", "cyan"),
    "ok": ("✔", "ok", "bold green"),
    "warning": ("!", "!", "bold yellow"),
    "problem": ("✘", "X", "bold red"),
}


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, highlight=False, width=_WIDE)
    return console


def _plain(row: Row, widths: Sequence[int]) -> str:
    texts = ["".join(text for text, _ in cell) for cell in row]
    filled = [" " * (width - cell_len(text)) + text for text, width in zip(texts, widths, strict=False)]
    return _BETWEEN.join([*filled, texts[-1]]).rstrip()


def _folded(row: Row, widths: Sequence[int], console: Console) -> Iterator[Text]:
    line = Text()
    for cell, width in zip(row, widths, strict=False):
        line.append(" " * (width - _cell_len(cell)))
        line.append_tokens(cell).append(_BETWEEN)
    begun, last = line.cell_len, Text.assemble(*row[-1])
    if begun + last.cell_len <= console.width:
        yield line.append_text(last)
        return
    for part in last.wrap(console, max(_NARROW, console.width - begun), overflow="fold"):
        yield line.append_text(part)
        line = Text(" " * begun)


def _cell_len(cell: Sequence[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in cell)
