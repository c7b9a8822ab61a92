"""How one shard reads in a terminal: its part of the work, and what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from greenline.cli import bulk_view
from greenline.cli.console import print_words
from greenline.cli.json_text import json_text
from greenline.cli.plan_view import plan_record
from greenline.domain.bulk.shards import expected_cost
from greenline.page.words import count

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from greenline.cli.bulk_shard import Part
    from greenline.domain.bulk.shards import Shard
    from greenline.services.run_plan import RunPlan


def shares(part: Part) -> list[float]:
    """Return how many percent of the work each shard has, by what it is expected to cost."""
    costs = [sum(map(expected_cost, units)) for units in part.parts]
    return [100.0 * cost / (sum(costs) or 1.0) for cost in costs]


def print_shard(console: Console, part: Part) -> None:
    """Print which part of the whole plan this is, and how evenly it was dealt out; nothing where nothing is planned."""
    if not part.whole.units:
        return
    of_all = ", ".join(f"{share:.0f} %" for share in shares(part))
    mine = f"{count(len(part.units), 'file')} of {len(part.whole.units)}"
    print_words(console, f"Shard {part.shard}: {mine}; expected work of the shards: {of_all}.")


def shard_plan_json(part: Part) -> str:
    """Return the object of ``generate --plan --shard --format json``: the files are those of the shard."""
    work = [round(share, 1) for share in shares(part)]
    record = {**plan_record(part.plan), "shard": str(part.shard), "expected_work": work}
    return json_text(record)


def print_shard_end(console: Console, run: RunPlan, shard: Shard, file: Path) -> None:
    """Print the sums, and what to do with the report."""
    bulk_view.print_end(console, run, "expected with this shard alone")
    merging = f"`greenline merge {file}` writes and confirms them"
    if shard.of > 1:
        reports = f"the reports of all {shard.of} shards"
        merging = f"`greenline merge` with {reports} writes and confirms them; this one is in {file}"
    print_words(console, escape(f"No test is written yet: {merging}."))
