"""How a check of coverage reads: in a terminal, in a workflow's log and summary, and for programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli import gaps_markdown, gaps_sarif
from greenline.cli.console import mark, print_words, true_path
from greenline.cli.gaps_annotations import escaped, workflow_lines
from greenline.cli.gaps_view import print_problem
from greenline.cli.json_text import json_text
from greenline.cli.ranking_view import print_ranking
from greenline.page.words import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from greenline.services.check_coverage import Check
    from greenline.services.find_gaps import GapReport
    from greenline.services.rank_gaps import Ranking

_MOST = 10
"""Files with gaps: what all of them are, ``greenline gaps`` tells."""
_STATES = {True: "ok", False: "problem"}


def print_check(console: Console, check: Check) -> None:
    """Print the gaps that stand in the way, where some do, and then the verdicts."""
    if check.in_the_way:
        print_ranking(console, _worthiest(check.ranking))
        console.print()
    elif not check.is_met:
        for message, paths in check.ranking.problems.items():
            print_problem(console, paths, message)
    for verdict in check.verdicts:
        sign = mark(console, _STATES[verdict.is_met])
        print_words(console, f"{sign} [bold]{escape(verdict.what)}[/]: {escape(one_line(verdict.words))}", indent=2)


def workflow_text(check: Check, gaps: GapReport) -> str:
    """Return commands of GitHub's workflows: errors for what is not met, notices for what is, warnings for gaps."""
    kinds = {True: "notice", False: "error"}
    lines = [
        f"::{kinds[verdict.is_met]} title=Coverage {escaped(verdict.what, in_property=True)}::{escaped(verdict.words)}"
        for verdict in check.verdicts
    ]
    return "\n".join([*lines, *workflow_lines(gaps)])


def sarif(check: Check, gaps: GapReport) -> str:
    """Return the gaps that stand in the way as results, and the verdicts as notifications of the run."""
    levels = {True: "note", False: "error"}
    told = [
        {"level": levels[verdict.is_met], "message": {"text": f"{verdict.what}: {verdict.words}"}}
        for verdict in check.verdicts
    ]
    return gaps_sarif.sarif(gaps, [{"executionSuccessful": True, "toolExecutionNotifications": told}])


def markdown(check: Check) -> str:
    """Return a list of the verdicts, and the files that stand in the way."""
    signs = {True: "✅", False: "❌"}
    lines = [f"- {signs[verdict.is_met]} **{verdict.what}**: {one_line(verdict.words)}" for verdict in check.verdicts]
    if check.in_the_way:
        lines += ["", gaps_markdown.markdown(_worthiest(check.ranking))]
    elif not check.is_met:
        lines += ["", *gaps_markdown.problems(check.ranking)]
    return "\n".join(lines)


def _worthiest(ranking: Ranking) -> Ranking:
    """Return the ranking as ``gaps --top`` would: of many files the first, and how many are behind them."""
    behind = len(ranking.files) - _MOST
    if behind <= 0:
        return ranking
    left_out = {**ranking.left_out, f"behind the first {_MOST}": behind}
    return replace(ranking, files=ranking.files[:_MOST], left_out=left_out)


def as_json(check: Check) -> str:
    """Return one object; keys may be added, but are not changed or removed."""
    whole = {
        "met": check.is_met,
        "verdicts": [{"what": one.what, "met": one.is_met, "message": one.words} for one in check.verdicts],
        "files": [
            {
                "path": true_path(file.row.path),
                "lines": file.row.lines,
                "branches": file.row.branches,
                "functions": [one.row.name for one in file.functions],
            }
            for file in check.ranking.files
        ],
    }
    return json_text(whole)
