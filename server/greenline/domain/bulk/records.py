"""Units and outcomes as plain values, for a file or another machine. Paths are told from a folder that both know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome
from greenline.domain.bulk.plan import PlannedFunction, Wish, WorkUnit
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Strength, SuspectedBug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Record = dict[str, Any]


def unit_record(unit: WorkUnit, root: Path) -> Record:
    """Return a unit as JSON can have it."""
    functions = [
        [one.qualname, one.line, one.lines, one.branches, one.worth, one.in_the_way, one.key] for one in unit.functions
    ]
    return {
        "path": relative(unit.path, root),
        "functions": functions,
        "package": unit.package,
        "statements": unit.statements,
        "before": summary_record(unit.before),
        "wish": [unit.wish.coverage, unit.wish.rounds, unit.wish.engine],
    }


def unit_of(record: Mapping[str, Any], root: Path) -> WorkUnit:
    """Return the unit of a record. Raises KeyError, TypeError or ValueError for what is none."""
    functions = tuple(PlannedFunction(*one) for one in record["functions"])
    before = summary_of(record["before"])
    wish = Wish(*record.get("wish", ()))
    return WorkUnit(root / record["path"], functions, record["package"], record["statements"], before, wish)


def outcome_record(outcome: UnitOutcome, root: Path) -> Record:
    """Return an outcome as JSON can have it."""
    return {
        "path": relative(outcome.path, root),
        "functions": [_function_record(one, root) for one in outcome.functions],
        "coverage": summary_record(outcome.summary),
        "seconds": round(outcome.seconds, 2),
    }


def outcome_of_record(record: Mapping[str, Any], root: Path) -> UnitOutcome:
    """Return the outcome of a record. Raises KeyError, TypeError or ValueError for what is none."""
    functions = tuple(_function_of(one, root) for one in record["functions"])
    return UnitOutcome(root / record["path"], functions, summary_of(record["coverage"]), record["seconds"])


def summary_record(summary: Summary) -> Record:
    """Return [covered, total] of lines and branches."""
    lines, branches = summary.lines, summary.branches
    return {"lines": [lines.covered, lines.total], "branches": [branches.covered, branches.total]}


def summary_of(record: Mapping[str, Any]) -> Summary:
    """Return the summary of a record."""
    return Summary(Ratio(*record["lines"]), Ratio(*record["branches"]))


def typed(record: Mapping[str, Any], name: str, kinds: type | tuple[type, ...]) -> Any:
    """Return a value of what others have made. Raises KeyError, and TypeError for a value of another kind."""
    value = record[name]
    if not isinstance(value, kinds):
        raise TypeError(f"{name} is {value!r}")
    return value


def relative(path: Path, root: Path) -> str:
    """Return the path with slashes; one that is not below the folder is whole."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _function_record(one: FunctionOutcome, root: Path) -> Record:
    return {
        "function": one.qualname,
        "status": one.status,
        "key": one.key,
        "reason": one.reason,
        "engine": one.engine,
        "test_file": relative(one.test_file, root) if one.test_file else None,
        "tests": list(one.tests),
        "before": summary_record(one.before) if one.before else None,
        "after": summary_record(one.after) if one.after else None,
        "suspected_bugs": [
            {"call": bug.call, "error": bug.error, "line": bug.line, "documented": bug.documented, "said": bug.said}
            for bug in one.suspected_bugs
        ],
        "left": list(one.left),
        "seconds": one.seconds,
        "tokens": one.tokens,
        "dollars": one.dollars,
        "again": one.again,
        "cases": dict(one.cases),
        "mutants": {"total": one.strength.mutants, "killed": one.strength.killed} if one.strength else None,
    }


def _function_of(record: Mapping[str, Any], root: Path) -> FunctionOutcome:
    mutants = record.get("mutants")
    return FunctionOutcome(
        record["function"],
        record["status"],
        record["key"],
        record["reason"],
        record["engine"],
        root / record["test_file"] if record["test_file"] else None,
        tuple(record["tests"]),
        summary_of(record["before"]) if record["before"] else None,
        summary_of(record["after"]) if record["after"] else None,
        tuple(SuspectedBug(**bug) for bug in record["suspected_bugs"]),
        tuple(record["left"]),
        record["seconds"],
        record["tokens"],
        record["dollars"],
        again=record.get("again", False),
        cases=dict(record.get("cases", {})),
        strength=Strength(mutants["total"], mutants["killed"]) if mutants else None,
    )
