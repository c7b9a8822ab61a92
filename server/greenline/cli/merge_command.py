"""``greenline merge``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.isolation_options import isolation_options

if TYPE_CHECKING:
    from greenline.settings import Settings


@click.command("merge")
@click.argument("reports", metavar="REPORT...", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--partial", is_flag=True,
    help="Go on though shards are missing or were ended midway; what they were for is told as not begun.")  # fmt: skip
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, help="Confirm N files at once.")
@click.option("--until", metavar="PERCENT", type=click.FloatRange(0, 100),
    help="Exit with 1 when less of the files asked for is covered.")  # fmt: skip
@click.option("--report", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was done into a JSON file.")  # fmt: skip
@click.option("--no-final-run", is_flag=True,
    help="Do not run all tests at the end, also in random order, to take out what breaks them.")  # fmt: skip
@click.option("--commit", is_flag=True, help="At the end make one commit for each module, by your git.")
@click.option("--interpreter", metavar="PATH", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: that of its environment.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@isolation_options
@click.pass_context
def command(
    ctx: click.Context, /, reports: tuple[Path, ...], interpreter: Path | None, form: str, **others: Any
) -> None:
    """Write the tests that the shards of `greenline generate --shard` found, and run them.

    Each REPORT is what one shard wrote. All shards of one plan are wanted, in the folder that they were made in or in
    another clone of the same commit. Each file's tests are confirmed in the project before they stay, and at the end
    all tests run; the report is that of a run without shards.

    Exit code: 0 when no function failed, all tests pass at the end, and --until and what a file of targets wishes
    are reached; 1 when not, when a shard is missing, or when the reports do not belong together; 2 for wrong usage,
    130 after Ctrl-C.
    """
    from greenline.cli.merge_shards import Merging, merge  # noqa: PLC0415 - keeps `greenline --help` fast

    wanted = {name: others.pop(name) for name in Merging.__dataclass_fields__ if name in others}
    merging = Merging(reports, as_text=form == "text", **wanted)
    ctx.exit(merge(merging, _settings(interpreter, others)))


def _settings(interpreter: Path | None, others: dict[str, Any]) -> Settings:
    from greenline.settings import Settings  # noqa: PLC0415 - as above

    return Settings(interpreter=str(interpreter.absolute()) if interpreter else "", **others)
