"""How a plan reads, in a terminal and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from greenline.cli.console import arrow, print_table, print_words, shown, true_path
from greenline.cli.gaps_view import print_problem
from greenline.cli.json_text import json_text
from greenline.page.words import count, gain, no_commits, not_looked_into, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from greenline.domain.bulk.plan import Plan, PlannedFunction, WorkUnit


def print_plan(console: Console, plan: Plan) -> None:
    """Print which functions of which files, in which order, what may be gained, and what was left out and why."""
    if plan.units:
        print_table(console, _table(plan))
        console.print()
    print_plan_sum(console, plan)
    if plan.to_measure:
        print_words(console, "Without --plan, the project's tests run once before the plan is made.")


def print_plan_sum(console: Console, plan: Plan) -> None:
    """Print what there is to gain in all, and what was left out and why."""
    print_problems(console, plan)
    print_words(console, plan_sum(plan, arrow(console)), style="bold" if plan.units else "")
    for line in not_planned(plan):
        print_words(console, escape(line))


def print_problems(console: Console, plan: Plan) -> None:
    """Print what should be known of files and is not."""
    for message, paths in plan.problems.items():
        print_problem(console, paths, message)


def not_planned(plan: Plan) -> Iterator[str]:
    """Yield what is not in the plan, counted, with the reasons."""
    if plan.without_commits:
        yield no_commits(plan.without_commits)
    if hindered := sum(bool(one.in_the_way) for unit in plan.units for one in unit.functions):
        yield f"{count(hindered, 'function')} may not be testable, by the looks; tried all the same."
    if plan.outside:
        yield f"Not counted: {plan.outside:,} to gain outside of functions, of which imports run what they can."
    if plan.tried:
        yield f"{count(plan.tried, 'function')} tried by an earlier run and unchanged since; --fresh tries them again."
    if plan.left_out:
        files = "; ".join(f"{count(number, 'file')} {why}" for why, number in plan.left_out.items())
        yield f"Not planned: {files}."
    if plan.skipped:
        yield not_looked_into(plan.skipped, shown)


def plan_sum(plan: Plan, sign: str) -> str:
    """Return what is planned in one line; ``sign`` is an arrow."""
    covered = f"; {percent(plan.total)} covered" if plan.total.lines.total else ""
    if not plan.units and plan.to_measure:
        return "Nothing is measured yet: `greenline test` does it"
    if not plan.units:
        return f"Nothing to generate{covered}"
    lines = sum(one.lines for unit in plan.units for one in unit.functions)
    branches = sum(one.branches for unit in plan.units for one in unit.functions)
    what = f"{count(plan.functions, 'function')} in {count(len(plan.units), 'file')}"
    then = f", {percent(plan.total)} {sign} {percent(plan.expected)} with all of it" if plan.total.lines.total else ""
    return f"{what}: {gain(lines, branches)} to gain{then}"


def plan_json(plan: Plan) -> str:
    """Return the object of ``generate --plan --format json``."""
    return json_text(plan_record(plan))


def plan_record(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON has it."""
    lines, branches = plan.total.lines, plan.total.branches
    return {
        "files": [_unit_record(unit) for unit in plan.units],
        "functions": plan.functions,
        "gain": plan.gain,
        "total": {"lines": [lines.covered, lines.total], "branches": [branches.covered, branches.total]},
        "outside_functions": plan.outside,
        "tried_already": plan.tried,
        "skipped_folders": [true_path(folder) for folder in plan.skipped],
        "left_out": dict(plan.left_out),
        "problems": {message: [true_path(path) for path in paths] for message, paths in plan.problems.items()},
    }


def _unit_record(unit: WorkUnit) -> dict[str, Any]:
    return {
        "path": true_path(unit.path),
        "package": unit.package,
        "statements": unit.statements,
        "worth": round(unit.worth, 2),
        "functions": [
            {
                "name": one.qualname,
                "line": one.line,
                "lines": one.lines,
                "branches": one.branches,
                "worth": round(one.worth, 2),
                "in_the_way": one.in_the_way,
            }
            for one in unit.functions
        ],
    }


def _table(plan: Plan) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("covered", justify="right", no_wrap=True)
    table.add_column("to gain", justify="right", no_wrap=True)
    table.add_column("where", overflow="fold")
    for number, unit in enumerate(plan.units, 1):
        lines = sum(one.lines for one in unit.functions)
        branches = sum(one.branches for one in unit.functions)
        where = f"[bold]{escape(shown(unit.path))}[/]"
        table.add_row(f"{number}", percent(unit.before), gain(lines, branches), where)
        for one in unit.functions:
            table.add_row("", "", gain(one.lines, one.branches), f"  {_function(one)}")
    return table


def _function(function: PlannedFunction) -> str:
    why = f"  [yellow]{escape(function.in_the_way)}[/]" if function.in_the_way else ""
    return f"{escape(function.qualname)}:{function.line}{why}"
