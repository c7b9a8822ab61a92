"""A ranking of gaps as Markdown, for the summary of a job or a comment: a table of files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenline.cli.console import shown
from greenline.page.words import gain, not_shown, one_line, percent, to_gain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.coverage.worth import FileWorth
    from greenline.services.rank_gaps import Ranking

_FUNCTIONS = 3


def markdown(ranking: Ranking) -> str:
    """Return the table under a line that sums it up."""
    lines = [f"**{to_gain(ranking)}**", ""]
    if ranking.files:
        lines += ["| file | covered | gaps | worth | worthiest functions |", "| --- | ---: | --- | ---: | --- |"]
        lines += [_row(file) for file in ranking.files]
        lines.append("")
    lines += [*problems(ranking), *not_shown(ranking, shown)]
    return "\n".join(lines).rstrip()


def problems(ranking: Ranking) -> list[str]:
    """Return a line for each thing that should be known and is not."""
    found = []
    for message, paths in ranking.problems.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        found.append(f"- {code(shown(paths[0]))}{more}: {one_line(message)}")
    return found


def _row(file: FileWorth) -> str:
    row = file.row
    names = ", ".join(_names(file))
    gaps = gain(row.lines, row.branches)
    return f"| {code(shown(row.path))} | {percent(row.summary)} | {gaps} | {file.worth:.0f} | {names} |"


def _names(file: FileWorth) -> Iterator[str]:
    for function in file.functions[:_FUNCTIONS]:
        yield f"{code(function.row.name)} ({function.worth:.0f})"
    if (more := len(file.functions) - _FUNCTIONS) > 0:
        yield f"{more} more"


def code(text: str) -> str:
    """Return it as code that nothing of its own ends: neither a bar, nor backticks, nor the end of a line."""
    text = one_line(text)
    quotes = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    inside = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{quotes}{inside}{quotes}".replace("|", "\\|")
