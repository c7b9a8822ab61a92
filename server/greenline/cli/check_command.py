"""``greenline check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.report_options import report_options, report_settings
from greenline.cli.wiring import services_for

if TYPE_CHECKING:
    from greenline.services.check_coverage import Check, Goals

_CHANGED = 90.0
"""Percent of the changed statements, where nobody says otherwise."""


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--changed", metavar="BASE", is_flag=False, flag_value="HEAD", default="",
    help="Look at lines that changed since HEAD, or since HEAD and the branch BASE parted.")  # fmt: skip
@click.option("--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100),
    help="Of the statements in changed lines (default: 90); without --changed of all lines and branches.")  # fmt: skip
@click.option("--lines", metavar="PERCENT", type=click.FloatRange(0, 100), help="Of all statements.")
@click.option("--branches", metavar="PERCENT", type=click.FloatRange(0, 100), help="Of all branches.")
@report_options
@click.option("--format", "form", type=click.Choice(["text", "github", "markdown", "json"]), default="text",
    show_default=True, help="For reading, as annotations, for a job's summary, or for programs.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[Path, ...], form: str, **others: Any) -> None:
    """Fail where less is covered than wanted: of lines that changed, or of all of each PATH (default: here).

    Reads the coverage data that is there, and runs nothing.

    Exit code: 0 when all is as wanted, 1 when it is not or cannot be told, 2 for wrong usage.
    """
    from greenline.cli.target_names import absolute, refuse_path_as_branch  # noqa: PLC0415 - fast `greenline --help`
    from greenline.services.rank_gaps import HistoryProblem  # noqa: PLC0415 - as above

    refuse_path_as_branch("--changed", others["changed"])
    goals = _goals(others)
    services = services_for(report_settings(others, changed_since=others["changed"]))
    try:
        check = services.check.check([absolute(path) for path in paths or (Path(),)], goals)
    except HistoryProblem as problem:
        raise click.UsageError(f"--changed: {problem}.") from problem
    _print(check, form)
    ctx.exit(0 if check.is_met else 1)


def _goals(options: dict[str, Any]) -> Goals:
    """Return what is asked for. Raises click.UsageError where that is nothing."""
    from greenline.services.check_coverage import Goals  # noqa: PLC0415 - loads with its use

    changed, under = options["changed"], options["fail_under"]
    if not changed and under is None and options["lines"] is None and options["branches"] is None:
        raise click.UsageError("say what is wanted: --changed, --fail-under, --lines or --branches.")
    return Goals(
        changed_since=changed,
        changed=(_CHANGED if under is None else under) if changed else None,
        lines=options["lines"],
        branches=options["branches"],
        total=None if changed else under,
    )


def _print(check: Check, form: str) -> None:
    from greenline.cli import check_view  # noqa: PLC0415 - loads with its use

    if form == "text":
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints

        check_view.print_check(out(), check)
    else:
        forms = {"github": check_view.workflow_text, "markdown": check_view.markdown, "json": check_view.as_json}
        click.echo(forms[form](check))
