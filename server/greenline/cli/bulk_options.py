"""The options of ``greenline generate`` for many files, and what they mean together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from greenline.cli.bulk_targets import is_of_many

if TYPE_CHECKING:
    from greenline.domain.bulk.shards import Shard
    from greenline.services.rank_gaps import Wanted

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is wanted of many files."""

    targets: tuple[str, ...]
    top: int | None
    below: float | None
    min_statements: int
    packages: tuple[str, ...]
    changed: str
    plan_only: bool
    jobs: int
    budget: tuple[float | None, float | None]
    """Seconds and dollars."""
    until: float | None
    report: Path | None
    fresh: bool
    no_final_run: bool
    commit: bool
    targets_file: Path | None
    shard: Shard | None
    executor: str
    scheduler: str

    @property
    def seconds(self) -> float | None:
        """How long it may take."""
        return self.budget[0]

    @property
    def dollars(self) -> float | None:
        """What it may cost."""
        return self.budget[1]

    @property
    def besides_choosing(self) -> str:
        """The first option that says how to work, and not on what; empty for none."""
        given = {name: bool(getattr(self, name)) for name in _WORKING}
        given |= {"jobs": self.jobs > 1, "until": self.until is not None}
        given["budget"] = any(limit is not None for limit in self.budget)
        given["executor"] = self.executor != "local"
        return next((f"--{name.removesuffix('_file').replace('_', '-')}" for name, one in given.items() if one), "")

    @property
    def wanted(self) -> Wanted:
        """The filters."""
        from greenline.services.rank_gaps import Wanted  # noqa: PLC0415 - keeps `greenline --help` fast

        return Wanted(
            top=self.top,
            below=self.below,
            min_statements=self.min_statements,
            packages=self.packages,
            changed_since=self.changed,
        )


def bulk_options(command: F) -> F:
    """Give a command the options."""
    for option in reversed(
        (
            click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and do nothing."),
            click.option("--targets", "targets_file", metavar="FILE",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="What is wanted of which module, such as greenline.targets.yaml."),
            click.option("--top", metavar="N", type=click.IntRange(1), help="The first N files by their worth."),
            click.option("--below", metavar="PERCENT", type=click.FloatRange(0, 100),
                help="Files that are covered less."),
            click.option("--min-statements", metavar="N", type=click.IntRange(0), default=0,
                help="Files of N statements or more."),
            click.option("--package", "packages", metavar="NAME", multiple=True,
                help="Files of the package, or of several."),
            click.option("--changed", metavar="[BASE]", is_flag=False, flag_value="HEAD", default="",
                help="Functions with gaps in lines that changed since HEAD, or since HEAD and the branch BASE parted."),
            click.option("--jobs", metavar="N", type=click.IntRange(1), default=1,
                help="Work on N files at once; half the cores is a good number."),
            click.option("--budget", metavar="TIME|$", multiple=True, callback=_budget,
                help="Stop after 10m, 90s or 2h, or when asking models has cost $5; may be given for both."),
            click.option("--until", metavar="PERCENT", type=click.FloatRange(0, 100),
                help="Stop when so much of the files asked for is covered, as measured."),
            click.option("--report", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
                help="Write what was done into a JSON file."),
            click.option("--no-final-run", is_flag=True,
                help="Do not run all tests at the end, also in random order, to take out what breaks them."),
            click.option("--commit", is_flag=True, help="At the end make one commit for each module, by your git."),
            click.option("--shard", metavar="I/N", callback=_shard,
                help="Only the I-th of N parts, into --report FILE; `greenline merge` writes what all found."),
            click.option("--executor", type=click.Choice(["local", "dask"]), default="local", show_default=True,
                help="Where tests are found: here, or on a Dask cluster; they are written and confirmed here."),
            click.option("--scheduler", metavar="ADDRESS", default="",
                help="Of the Dask cluster, such as tcp://10.0.0.5:8786."),
            click.option("--fresh", is_flag=True, help="Forget what earlier runs have tried, and begin anew."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


_CHOOSING = (
    "top", "min_statements", "packages", "changed", "plan_only", "report", "fresh", "no_final_run", "commit",
    "targets_file", "shard", "scheduler",
)  # fmt: skip
"""Options that make a run over many files of any targets, besides the limits."""
_WORKING = ("report", "fresh", "no_final_run", "commit", "targets_file", "shard", "scheduler")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def _budget(
    _ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[float | None, float | None]:
    """Return seconds and dollars. Raises click.BadParameter."""
    limits = [_limit(value) for value in values]
    seconds = [amount for amount, is_time in limits if is_time]
    dollars = [amount for amount, is_time in limits if not is_time]
    return min(seconds, default=None), min(dollars, default=None)


def _shard(_ctx: click.Context, _option: click.Parameter, value: str | None) -> Shard | None:
    """Return the shard. Raises click.BadParameter."""
    from greenline.domain.bulk.shards import Shard  # noqa: PLC0415 - keeps `greenline --help` fast

    try:
        return None if value is None else Shard.parse(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


def _limit(value: str) -> tuple[float, bool]:
    """Return seconds and True, or dollars and False. Raises click.BadParameter."""
    try:
        return (float(value[1:]), False) if value.startswith("$") else (float(value[:-1]) * _UNITS[value[-1:]], True)
    except (KeyError, ValueError) as error:
        raise click.BadParameter(f"{value!r} is neither a time (90s, 10m, 2h) nor an amount ($5).") from error


def bulk_mode(targets: Sequence[str], options: dict[str, Any]) -> Bulk | None:
    """Take the options out of ``options``; None where a few functions or files are named, and nothing else."""
    taken = {name: options.pop(name) for name in Bulk.__dataclass_fields__ if name != "targets"}
    chosen = [taken[name] for name in _CHOOSING]
    limits = [taken["below"], taken["until"], *taken["budget"]]
    is_chosen = (
        any(chosen) or taken["executor"] != "local" or taken["jobs"] > 1 or any(limit is not None for limit in limits)
    )
    if not is_chosen and not any(map(is_of_many, targets)):
        return None
    bulk = Bulk(tuple(targets), **taken)
    _refuse_of_shards(bulk)
    _refuse_of_clusters(bulk)
    return bulk


def _refuse_of_shards(bulk: Bulk) -> None:
    """Raise click.UsageError for what cannot be meant of a part of the work."""
    if bulk.shard is None:
        return
    if bulk.report is None and not bulk.plan_only:
        raise click.UsageError("--shard writes nothing but its report: name a file for it with --report.")
    if bulk.until is not None:
        raise click.UsageError("--until is for all shards together: give it to `greenline merge`.")
    if bulk.commit or bulk.no_final_run:
        option = "--commit" if bulk.commit else "--no-final-run"
        raise click.UsageError(f"{option}: a shard writes no tests; give it to `greenline merge`, which does.")


def _refuse_of_clusters(bulk: Bulk) -> None:
    """Raise click.UsageError for what cannot be meant of work on a cluster."""
    if bulk.executor == "local":
        if bulk.scheduler:
            raise click.UsageError("--scheduler is for --executor dask, which is missing.")
        return
    if not bulk.scheduler:
        raise click.UsageError("--executor dask needs --scheduler ADDRESS, which `dask scheduler` prints.")
    if bulk.shard is not None:
        raise click.UsageError("--shard and --executor dask both divide the work: use one of them.")
    if bulk.jobs > 1:
        raise click.UsageError("--jobs is for this machine: each worker does as much at once as it has threads.")
