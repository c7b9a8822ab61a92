"""What one shard found: its whole result, which is written nowhere but into a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from greenline.domain.bulk.found_records import found_of, found_record
from greenline.domain.bulk.plan import Plan
from greenline.domain.bulk.plan_records import plan_of, plan_values
from greenline.domain.bulk.records import Record, relative, typed
from greenline.domain.bulk.shards import Shard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from greenline.domain.bulk.found import Found

VERSION = 2


@dataclass(frozen=True, slots=True)
class ShardReport:
    """``plan`` is that of all shards; ``digest`` is the same for those that belong together."""

    shard: Shard
    digest: str
    greenline: str
    """The version that found it."""
    plan: Plan
    asked: tuple[Path, ...] = ()
    """The files and folders that the plan is about."""
    found: Mapping[Path, Found] = field(default_factory=dict)
    seconds: Mapping[Path, float] = field(default_factory=dict)
    """That each of them took."""
    ended: bool = False
    """It went through all its work, or stopped because of a budget; not because somebody ended it."""
    stopped: str = ""
    """Why not all of its work was done, in words."""


def shard_record(report: ShardReport, root: Path) -> Record:
    """Return a report as JSON can have it."""
    return {
        "version": VERSION,
        "greenline": report.greenline,
        "shard": str(report.shard),
        "digest": report.digest,
        "asked": [relative(path, root) for path in report.asked],
        "plan": plan_values(report.plan, root),
        "found": [
            {**found_record(one, root), "seconds": round(report.seconds.get(path, 0.0), 2)}
            for path, one in report.found.items()
        ],
        "ended": report.ended,
        "stopped": report.stopped,
    }


def shard_report_of(record: Mapping[str, Any], root: Path) -> ShardReport:
    """Return the report. Raises KeyError, TypeError or ValueError for what is none."""
    if record["version"] != VERSION:
        raise ValueError(f"it has version {record['version']!r}")
    found = {one.path: one for one in (found_of(each, root) for each in record["found"])}
    return ShardReport(
        Shard.parse(record["shard"]),
        typed(record, "digest", str),
        typed(record, "greenline", str),
        plan_of(record["plan"], root),
        tuple(root / path for path in record["asked"]),
        found,
        {root / each["path"]: typed(each, "seconds", (int, float)) for each in record["found"]},
        typed(record, "ended", bool),
        typed(record, "stopped", str),
    )
