"""``greenline gaps``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.report_options import report_options, report_settings
from greenline.cli.wiring import services_for

if TYPE_CHECKING:
    from greenline.bootstrap import Services
    from greenline.services.find_gaps import GapReport
    from greenline.services.rank_gaps import Ranking


_OF_LINES = {"json", "sarif", "github"}
_FILTERS = ("top", "below", "min_statements", "packages", "changed")


@click.command("gaps")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@report_options
@click.option("--lines", "as_lines", is_flag=True, help="Show each gap of each file; so do files that are named.")
@click.option("--order", type=click.Choice(["worth", "classic"]), default="worth", show_default=True,
    help="By what tests would be worth, or by (1 - coverage) x statements.")  # fmt: skip
@click.option("--group", type=click.Choice(["none", "tier", "package"]), default="none", show_default=True,
    help="Under a title for each size of file, or for each package.")  # fmt: skip
@click.option("--top", metavar="N", type=click.IntRange(1), help="The first N files.")
@click.option("--below", metavar="PERCENT", type=click.FloatRange(0, 100), help="Files that are covered less.")
@click.option("--min-statements", metavar="N", type=click.IntRange(0), default=0, help="Files of N statements or more.")
@click.option("--package", "packages", metavar="NAME", multiple=True, help="Files of the package, or of several.")
@click.option("--changed", "changed", metavar="BASE", is_flag=False, flag_value="HEAD", default="",
    help="Lines that changed since HEAD, or since HEAD and the branch BASE parted.")  # fmt: skip
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "sarif", "github"]),
    default="table",
    show_default=True,
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    form: str,
    **others: Any,
) -> None:
    """Show where tests are missing in each PATH (files or folders; default: here), the worthiest place first.

    What a test would gain is weighed by how intricate the code is, how often its file changes, how many places call it
    and how testable it looks. What a filter leaves out is counted.

    Exit code: 0 when the coverage of every file could be shown, 1 when it could not.
    """
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    wanted = [absolute(path) for path in paths or (Path(),)]
    services = services_for(report_settings(others, changed_since=others["changed"]))
    as_lines = others["as_lines"] or form in _OF_LINES or any(path.is_file() for path in wanted)
    if as_lines and form != "json" and not any(others[name] for name in _FILTERS):
        ctx.exit(_show_lines(services.gaps.find(wanted), None, form))
    ranking = _ranked(services, wanted, others)
    if form == "markdown" or not as_lines:
        ctx.exit(_show_ranking(ranking, form, others["group"]))
    unknown = [path for paths in ranking.problems.values() for path in paths]
    kept = [*(file.row.path for file in ranking.files), *unknown] if ranking.left_out else wanted
    ctx.exit(_show_lines(services.gaps.find(kept), ranking, form))


def _ranked(services: Services, paths: list[Path], options: dict[str, Any]) -> Ranking:
    """Return the ranking. Raises click.UsageError where git does not know the branch."""
    from greenline.cli.target_names import refuse_path_as_branch  # noqa: PLC0415 - as above
    from greenline.services.rank_gaps import HistoryProblem, Wanted  # noqa: PLC0415 - as above

    refuse_path_as_branch("--changed", options["changed"])
    wanted = Wanted(
        order=options["order"],
        top=options["top"],
        below=options["below"],
        min_statements=options["min_statements"],
        packages=options["packages"],
        changed_since=options["changed"],
    )
    try:
        return services.ranking.rank(paths, wanted)
    except HistoryProblem as problem:
        raise click.UsageError(f"--changed: {problem}.") from problem


def _show_ranking(ranking: Ranking, form: str, group: str) -> int:
    """Show files and their worthiest functions; return the exit code."""
    if form == "markdown":
        from greenline.cli.gaps_markdown import markdown  # noqa: PLC0415 - each form loads with its use

        click.echo(markdown(ranking))
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints
        from greenline.cli.ranking_view import print_ranking  # noqa: PLC0415 - as above

        print_ranking(out(), ranking, group=group)
    return 1 if ranking.unmeasured else 0


def _show_lines(report: GapReport, ranking: Ranking | None, form: str) -> int:
    """Show each gap of the files; return the exit code."""
    if form == "json" and ranking is not None:
        from greenline.cli.json_output import report_json  # noqa: PLC0415 - each form loads with its use

        click.echo(report_json(report, ranking))
    elif form == "sarif":
        from greenline.cli.gaps_sarif import sarif  # noqa: PLC0415 - as above

        click.echo(sarif(report))
    elif form == "github":
        from greenline.cli.gaps_annotations import workflow_lines  # noqa: PLC0415 - as above

        click.echo("\n".join(workflow_lines(report)))
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - as above
        from greenline.cli.gaps_view import print_gaps  # noqa: PLC0415 - as above

        print_gaps(out(), report, ranking)
    shown = all(picture.state == "measured" for picture in report.pictures) and not report.unreadable
    return 0 if shown else 1
