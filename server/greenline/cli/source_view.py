"""Source in a terminal as an editor would show it: what is covered, what is not, and the lenses over the functions."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.text import Text

from greenline.domain.code.syntax_tree import module_of

Gap = tuple[str, int, int, str]
"""Kind, first line, last line, message."""

_SIGNS = {
    "covered": ("▎", "|", "green"),
    "uncovered": ("✘", "X", "red"),
    "partial": ("◐", "~", "yellow"),
    "": (" ", " ", ""),
}


def states(source: str, gaps: Sequence[Gap]) -> dict[int, str]:
    """Return for each line that holds a statement whether it is covered, uncovered or partial (a branch is missed)."""
    found = dict.fromkeys(_statement_lines(source), "covered")
    for kind, first, last, _ in gaps:
        if kind == "uncovered":
            found.update(dict.fromkeys((line for line in range(first, last + 1) if line in found), "uncovered"))
    for kind, first, _, _ in gaps:
        if kind == "partial-branch" and found.get(first) != "uncovered":
            found[first] = "partial"
    return found


def print_source(console: Console, source: str, gaps: Sequence[Gap], lenses: Mapping[int, str], lines: range) -> None:
    """Print the lines with their number, sign and colour; a lens stands over its line."""
    by_line = states(source, gaps)
    messages = {first: message for _, first, _, message in reversed(gaps)}
    plain = source.splitlines()
    coloured = Syntax("", "python", theme="ansi_dark", background_color="default").highlight(source).split("\n")
    for number in lines:
        state = by_line.get(number, "")
        if number in lenses:
            indent = len(plain[number - 1]) - len(plain[number - 1].lstrip())
            console.print(Text(f"           {' ' * indent}{lenses[number]}", style="dim italic"), soft_wrap=True)
        sign, letter, style = _SIGNS[state]
        line = Text.assemble(
            (f"  {number:4} ", "dim"), (f"{letter if console.options.ascii_only else sign}  ", f"bold {style}".strip())
        )
        line.append_text(coloured[number - 1])
        if number in messages:
            line.append(f"   {messages[number]}", style=f"italic {style}")
        line.rstrip()
        console.print(line, soft_wrap=True)


def print_legend(console: Console) -> None:
    """Print what the signs mean."""
    parts = []
    for state, words in (
        ("covered", "covered"),
        ("uncovered", "no test reaches it"),
        ("partial", "a branch is missed"),
    ):
        sign, letter, style = _SIGNS[state]
        parts.append(f"[bold {style}]{escape(letter if console.options.ascii_only else sign)}[/] {words}")
    console.print("         " + "   ".join(parts))


def _statement_lines(source: str) -> set[int]:
    """Return the lines that coverage counts: where a statement begins, docstrings left out."""
    found: set[int] = set()
    for node in ast.walk(module_of(source)):
        if isinstance(node, ast.stmt) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            found.add(node.lineno)
    return found
