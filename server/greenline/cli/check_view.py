"""How a check of coverage reads: in a terminal, in a workflow's log and summary, and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli import gaps_markdown, gaps_sarif
from greenline.cli.console import mark, one_line, shown
from greenline.cli.gaps_annotations import escaped, workflow_lines
from greenline.cli.ranking_view import print_ranking

if TYPE_CHECKING:
    from rich.console import Console

    from greenline.services.check_coverage import Check
    from greenline.services.find_gaps import GapReport

_STATES = {True: "ok", False: "problem"}


def print_check(console: Console, check: Check) -> None:
    """Print what stands in the way, where something does, and then the verdicts."""
    if not check.is_met:
        print_ranking(console, check.ranking)
        console.print()
    for verdict in check.verdicts:
        sign = mark(console, _STATES[verdict.is_met])
        console.print(f"{sign} [bold]{escape(verdict.what)}[/]: {escape(one_line(verdict.words))}", soft_wrap=True)


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
    if not check.is_met:
        lines += ["", gaps_markdown.markdown(check.ranking)]
    return "\n".join(lines)


def as_json(check: Check) -> str:
    """Return one object; keys may be added, but are not changed or removed."""
    whole = {
        "met": check.is_met,
        "verdicts": [{"what": one.what, "met": one.is_met, "message": one.words} for one in check.verdicts],
        "files": [
            {
                "path": shown(file.row.path),
                "lines": file.row.lines,
                "branches": file.row.branches,
                "functions": [one.row.name for one in file.functions],
            }
            for file in check.ranking.files
        ],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)
