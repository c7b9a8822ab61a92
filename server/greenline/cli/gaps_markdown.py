"""A ranking of gaps as Markdown, for the summary of a job or a comment: a table of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.cli.console import shown
from greenline.cli.ranking_words import gain, not_shown, to_gain
from greenline.cli.results_view import percent

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
    for message, paths in ranking.problems.items():
        lines.append(f"- {code(shown(paths[0]))}{f' and {len(paths) - 1} more' * (len(paths) > 1)}: {message}")
    lines += not_shown(ranking)
    return "\n".join(lines).rstrip()


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
    """Return it as code that neither a bar nor a backtick of its own ends."""
    quotes = "``" if "`" in text else "`"
    return f"{quotes}{text}{quotes}".replace("|", "\\|")
