"""A whole plan as plain values, so that its parts can be joined elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline.domain.bulk.plan import Plan
from greenline.domain.bulk.records import Record, relative, summary_of, summary_record, unit_of, unit_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def plan_values(plan: Plan, root: Path) -> Record:
    """Return a plan as JSON can have it."""
    return {
        "units": [unit_record(unit, root) for unit in plan.units],
        "total": summary_record(plan.total),
        "summaries": {relative(path, root): summary_record(one) for path, one in plan.summaries.items()},
        "left_out": dict(plan.left_out),
        "outside": plan.outside,
        "tried": plan.tried,
        "problems": {words: [relative(path, root) for path in paths] for words, paths in plan.problems.items()},
        "wished": {relative(path, root): percent for path, percent in plan.wished.items()},
        "skipped": [relative(path, root) for path in plan.skipped],
        "without_commits": plan.without_commits,
    }


def plan_of(values: Mapping[str, Any], root: Path) -> Plan:
    """Return the plan. Raises KeyError, TypeError or ValueError for what is none."""
    return Plan(
        tuple(unit_of(record, root) for record in values["units"]),
        summary_of(values["total"]),
        {root / path: summary_of(one) for path, one in values["summaries"].items()},
        dict(values["left_out"]),
        values["outside"],
        values["tried"],
        {words: tuple(root / path for path in paths) for words, paths in values["problems"].items()},
        wished={root / path: percent for path, percent in values["wished"].items()},
        skipped=tuple(root / path for path in values["skipped"]),
        without_commits=values["without_commits"],
    )
