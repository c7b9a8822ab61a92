"""``greenline gaps``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenline.cli.wiring import services_for
from greenline.settings import Settings

if TYPE_CHECKING:
    from greenline.services.find_gaps import GapReport


@click.command("gaps")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--report",
    "reports",
    metavar="FILE",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A coverage report to use instead of the project's own (data, JSON, XML, LCOV); several count together.",
)
@click.option(
    "--map",
    "maps",
    metavar="FROM=TO",
    multiple=True,
    callback=lambda _ctx, _param, values: _checked(values),
    help="What a folder in a report from elsewhere stands for in the project: /app=src.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], reports: tuple[Path, ...], maps: tuple[str, ...], form: str
) -> None:
    """Show the lines and branches of each PATH (files or folders; default: here) that no test reaches.

    Exit code: 0 when the coverage of every file could be shown, 1 when it could not.
    """
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    wanted = [absolute(path) for path in paths or (Path(),)]
    settings = Settings(coverage_file=";".join(str(file.absolute()) for file in reports), coverage_paths=";".join(maps))
    report = services_for(settings).gaps.find(wanted)
    if form == "json":
        from greenline.cli.json_output import report_json  # noqa: PLC0415 - loads with its use

        click.echo(report_json(report))
    else:
        _print(report)
    shown = all(picture.state == "measured" for picture in report.pictures) and not report.unreadable
    ctx.exit(0 if shown else 1)


def _checked(maps: tuple[str, ...]) -> tuple[str, ...]:
    for each in maps:
        theirs, sign, ours = each.partition("=")
        if not (sign and theirs.strip() and ours.strip()):
            raise click.BadParameter(f"{each!r} is not FROM=TO, a folder of the report and one of the project.")
    return maps


def _print(report: GapReport) -> None:
    from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints
    from greenline.cli.gaps_view import print_gaps  # noqa: PLC0415 - as above

    print_gaps(out(), report)
