"""The reports of several shards as one: refused where they do not belong together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.domain.bulk.found import Found
    from greenline.domain.bulk.plan import Plan
    from greenline.domain.bulk.shard_report import ShardReport

Named = tuple[str, "ShardReport"]
"""A report, and what a person calls it: the name of its file."""
_NOT_OF_ONE_PLAN = (
    "{} is not of the same plan as {}: the code, what is covered of it, the test files, the options or the number of "
    "shards were others. Make all shards from one commit and the same coverage data, with the same options."
)


class NotTogether(ValueError):
    """The reports do not make one run; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class JoinedShards:
    """What all of them found for one plan."""

    plan: Plan
    digest: str
    asked: tuple[Path, ...]
    found: Mapping[Path, Found] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    """Which shards are missing or were ended midway, in words; nothing was found for some units because of them."""
    stopped: tuple[str, ...] = ()
    """Which shards stopped because of a budget, in words."""


def join_shards(named: Sequence[Named], greenline: str) -> JoinedShards:
    """Return all that was found; ``greenline`` is the version that writes it. Raises NotTogether."""
    reports = sorted(named, key=lambda each: each[1].shard.number)
    first_name, first = reports[0]
    there: dict[int, str] = {}
    for name, report in reports:
        if report.greenline != greenline:
            made = f"{name} was made by Greenline {report.greenline}, and this is {greenline}"
            raise NotTogether(f"{made}. Make the shards and merge them with one version.")
        if (report.digest, report.shard.of) != (first.digest, first.shard.of):
            raise NotTogether(_NOT_OF_ONE_PLAN.format(name, first_name))
        if other := there.get(report.shard.number):
            raise NotTogether(f"{other} and {name} are both shard {report.shard}. Name each shard once.")
        there[report.shard.number] = name
    missing = [f"shard {number}/{first.shard.of} is missing" for number in range(1, first.shard.of + 1)
               if number not in there]  # fmt: skip
    midway = [f"shard {report.shard} ({name}) was ended midway" for name, report in reports if not report.ended]
    return JoinedShards(
        first.plan,
        first.digest,
        first.asked,
        {path: one for _, report in reports for path, one in report.found.items()},
        (*missing, *midway),
        tuple(f"shard {one.shard}: {one.stopped}" for _, one in reports if one.ended and one.stopped),
    )
