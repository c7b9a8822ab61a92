"""``greenline trend``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.output_file import write_output
from greenline.cli.report_options import report_options, report_settings
from greenline.cli.wiring import services_for

if TYPE_CHECKING:
    from greenline.services.keep_trend import Trend


@click.command("trend")
@click.argument("path", metavar="[PATH]", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--record", is_flag=True, help="Add what is measured now, for the commit that is checked out.")
@click.option("--file", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="The history. Default: the project's .greenline/trend.jsonl, or one in your data folder.")  # fmt: skip
@click.option("--target", metavar="PERCENT", type=click.FloatRange(0, 100), default=80.0, show_default=True,
    help="Say when so much would be covered.")  # fmt: skip
@report_options
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write HTML or JSON; default: stdout.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, path: Path, form: str, **others: Any) -> None:
    """Show how the coverage of the project around PATH (default: here) went from commit to commit.

    Exit code: 0, or 1 when there is no history, or nothing that could be recorded.
    """
    from greenline.cli.console import err  # noqa: PLC0415 - rich loads with the first line that it prints
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast
    from greenline.ports.trend import TrendProblem  # noqa: PLC0415 - as above

    file: Path | None = others["file"]
    if others["output"] is not None and form == "text":
        raise click.UsageError("--output takes --format html or json.")
    keep = services_for(report_settings(others)).trend(file.absolute() if file else None)
    try:
        found = keep.record(absolute(path)) if others["record"] else keep.shown(absolute(path))
    except TrendProblem as problem:
        err().print(f"greenline trend: {problem}", markup=False, soft_wrap=True)
        ctx.exit(1)
    _print(found, form, others)
    ctx.exit(0 if found.points else 1)


def _print(trend: Trend, form: str, options: dict[str, Any]) -> None:
    from greenline.cli import trend_view  # noqa: PLC0415 - loads with its use

    if form == "json":
        write_output(trend_view.as_json(trend, options["target"]), options["output"])
    elif form == "html" and trend.points:
        from greenline.cli.console import shown  # noqa: PLC0415 - as above
        from greenline.page.project_page import trend_page  # noqa: PLC0415 - as above

        write_output(trend_page(trend, options["target"], shown), options["output"])
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - as above

        trend_view.print_trend(out(), trend, options["target"])
