"""``greenline gaps``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.output_file import write_output
from greenline.cli.report_options import report_options, report_settings
from greenline.cli.wiring import ranking_for, services_for

if TYPE_CHECKING:
    from greenline.bootstrap import Services
    from greenline.services.find_gaps import GapReport
    from greenline.services.rank_gaps import RankGaps, Ranking


_OF_LINES = {"json", "sarif", "github"}
_FILTERS = ("top", "below", "min_statements", "packages", "changed")


@click.command("gaps")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@report_options
@click.option("--lines", "as_lines", is_flag=True, help="Show each gap of each file; so do files that are named.")
@click.option("--order", type=click.Choice(["worth", "classic"]), default="worth", show_default=True,
    help="By what tests would be worth, or by (1 - coverage) x statements; of --lines what --top takes.")  # fmt: skip
@click.option("--group", type=click.Choice(["none", "tier", "package"]), default="none", show_default=True,
    help="Under a title for each size of file, or for each package.")  # fmt: skip
@click.option("--top", metavar="N", type=click.IntRange(1), help="The first N files.")
@click.option("--below", metavar="PERCENT", type=click.FloatRange(0, 100), help="Files that are covered less.")
@click.option("--min-statements", metavar="N", type=click.IntRange(0), default=0, help="Files of N statements or more.")
@click.option("--package", "packages", metavar="NAME", multiple=True, help="Files of the package, or of several.")
@click.option("--changed", "changed", metavar="[BASE]", is_flag=False, flag_value="HEAD", default="",
    help="Lines that changed since HEAD, or since HEAD and the branch BASE parted.")  # fmt: skip
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "sarif", "github", "html"]),
    default="table",
    show_default=True,
)
@click.option("--history", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="The history that --format html draws, as --file of `greenline trend`.")  # fmt: skip
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: stdout. Not for tables.")  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    form: str,
    **others: Any,
) -> None:
    """Show where tests are missing in each PATH (files or folders; default: here), the worthiest place first.

    What a test would gain is weighed by how intricate the code is, how often its file changes, how many places in the
    files that are looked at call it, and how testable it looks. What a filter leaves out is counted.

    Exit code: 0 when the coverage of every file could be shown, 1 when it could not.
    """
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    if others["output"] is not None and form == "table":
        raise click.UsageError("--output takes --format html, json, markdown, sarif or github, not a table.")
    wanted = [absolute(path) for path in paths or (Path(),)]
    settings = report_settings(others, changed_since=others["changed"])
    as_lines = form in _OF_LINES or (form != "html" and (others["as_lines"] or any(path.is_file() for path in wanted)))
    if others["history"] is not None and form != "html":
        raise click.UsageError("--history is for --format html.")
    if others["group"] != "none" and (as_lines or form != "table"):
        raise click.UsageError("--group is for the table of files: not for other formats, --lines or named files.")
    if not as_lines and form != "html":
        ctx.exit(_show_ranking(_ranked(ranking_for(settings), wanted, others), form, others))
    services = services_for(settings)
    if as_lines and form != "json" and not any(others[name] for name in _FILTERS):
        ctx.exit(_show_lines(services.gaps.find(wanted), None, form, others["output"]))
    ranking = _ranked(services.ranking, wanted, others)
    if form == "html":
        write_output(_page(services, ranking, wanted[0], others["history"]), others["output"])
        _say_unmeasured(ranking)
        ctx.exit(1 if ranking.unmeasured else 0)
    if form == "markdown":
        ctx.exit(_show_ranking(ranking, form, others))
    unknown = [path for paths in ranking.problems.values() for path in paths]
    kept = [*(file.row.path for file in ranking.files), *unknown] if ranking.left_out else wanted
    ctx.exit(_show_lines(services.gaps.find(kept), ranking, form, others["output"]))


def _ranked(ranking: RankGaps, paths: list[Path], options: dict[str, Any]) -> Ranking:
    """Return the ranking. Raises click.UsageError for a branch or a package that is not there."""
    from greenline.cli.target_names import refuse_path_as_branch  # noqa: PLC0415 - as above
    from greenline.services.rank_gaps import HistoryProblem, NoSuchPackage, Wanted  # noqa: PLC0415 - as above

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
        return ranking.rank(paths, wanted)
    except HistoryProblem as problem:
        raise click.UsageError(f"--changed: {problem}.") from problem
    except NoSuchPackage as problem:
        raise click.UsageError(f"--package: {problem}.") from problem


def _say_unmeasured(ranking: Ranking) -> None:
    """Say in the terminal why the exit code will be 1: nobody has opened the page yet."""
    from greenline.cli.console import err  # noqa: PLC0415 - rich loads with the first line that it prints
    from greenline.page.words import count  # noqa: PLC0415 - as above

    if ranking.unmeasured:
        why = "; ".join(ranking.problems)
        err().print(f"{count(ranking.unmeasured, 'file')} without coverage: {why}", markup=False, soft_wrap=True)


def _page(services: Services, ranking: Ranking, place: Path, kept: Path | None) -> str:
    """Return the page; a history that cannot be read is told in it."""
    from greenline.cli.console import shown  # noqa: PLC0415 - each form loads with its use
    from greenline.page.project_page import project_page  # noqa: PLC0415 - as above
    from greenline.ports.trend import TrendProblem  # noqa: PLC0415 - as above

    name = services.projects.project_of(place / "any.py" if place.is_dir() else place).root.name
    try:
        history = services.trend(kept.absolute() if kept else None).shown(place)
    except TrendProblem as problem:
        return project_page(ranking, services.gaps, None, name, shown, str(problem))
    return project_page(ranking, services.gaps, history, name, shown)


def _show_ranking(ranking: Ranking, form: str, options: dict[str, Any]) -> int:
    """Show files and their worthiest functions; return the exit code."""
    if form == "markdown":
        from greenline.cli.gaps_markdown import markdown  # noqa: PLC0415 - as above

        write_output(markdown(ranking), options["output"])
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints
        from greenline.cli.ranking_view import print_ranking  # noqa: PLC0415 - as above

        print_ranking(out(), ranking, group=options["group"])
    return 1 if ranking.unmeasured else 0


def _show_lines(report: GapReport, ranking: Ranking | None, form: str, output: Path | None) -> int:
    """Show each gap of the files; return the exit code."""
    if form == "json" and ranking is not None:
        from greenline.cli.json_output import report_json  # noqa: PLC0415 - each form loads with its use

        write_output(report_json(report, ranking), output)
    elif form == "sarif":
        from greenline.cli.gaps_sarif import sarif, told  # noqa: PLC0415 - as above

        write_output(sarif(report, told(_not_shown(report, ranking))), output)
    elif form == "github":
        from greenline.cli.gaps_annotations import notices, workflow_lines  # noqa: PLC0415 - as above

        write_output("\n".join([*notices(_left_out(report, ranking)), *workflow_lines(report)]), output)
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - as above
        from greenline.cli.gaps_view import print_gaps  # noqa: PLC0415 - as above

        print_gaps(out(), report, ranking)
    shown = all(picture.state == "measured" for picture in report.pictures) and not report.unreadable
    return 0 if shown else 1


def _not_shown(report: GapReport, ranking: Ranking | None) -> list[str]:
    """Return what nothing is known of, and what the filters leave out: a form of results has no room for it."""
    from greenline.cli.console import shown  # noqa: PLC0415 - as above
    from greenline.page.words import count  # noqa: PLC0415 - as above

    found = report.problems
    more = {words: f" and {count(len(paths) - 1, 'more file')}" * (len(paths) > 1) for words, paths in found.items()}
    named = (f"{shown(paths[0])}{more[words]}: {words}" for words, paths in found.items())
    return [*_left_out(report, ranking), *named]


def _left_out(report: GapReport, ranking: Ranking | None) -> list[str]:
    from greenline.cli.console import shown  # noqa: PLC0415 - as above
    from greenline.page.words import left_out, passed_by  # noqa: PLC0415 - as above

    if ranking is not None:
        return list(left_out(ranking, shown))
    return list(passed_by({"of tests": report.tests_left_out}, report.skipped, shown))
