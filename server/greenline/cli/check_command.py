"""``greenline check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli.output_file import add_to_summary, write_output
from greenline.cli.report_options import report_options, report_settings
from greenline.cli.wiring import services_for

if TYPE_CHECKING:
    from greenline.bootstrap import Services
    from greenline.services.check_coverage import Check, Goals
    from greenline.services.suite_coverage import Suite

_CHANGED = 90.0
"""Percent of the changed statements, where nobody says otherwise."""
_SUITES = {"unit": 85.0, "integration": 70.0}
"""As above, of all statements by the tests of a suite."""


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--changed", metavar="[BASE]", is_flag=False, flag_value="HEAD", default="",
    help="Look at lines that changed since HEAD, or since HEAD and the branch BASE parted.")  # fmt: skip
@click.option("--fail-under", metavar="PERCENT", type=click.FloatRange(0, 100),
    help="Of the statements in changed lines (default: 90); without --changed of all lines and branches.")  # fmt: skip
@click.option("--lines", metavar="PERCENT", type=click.FloatRange(0, 100), help="Of all statements.")
@click.option("--branches", metavar="PERCENT", type=click.FloatRange(0, 100), help="Of all branches.")
@click.option("--not-below", metavar="BASE",
    help="No less, in all and of branches, than `greenline trend --record` kept for this branch.")  # fmt: skip
@click.option("--history", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="The history to compare with, as --file of `greenline trend`.")  # fmt: skip
@click.option("--suite", "suites", metavar="NAME[=PERCENT][:PATTERN]", multiple=True,
    callback=lambda _ctx, _param, values: tuple(map(_suite, values)),
    help="What the tests of one suite reach: unit (85 %), integration (70 %), or another.")  # fmt: skip
@report_options
@click.option("--format", "form", type=click.Choice(["text", "github", "markdown", "json", "sarif"]), default="text",
    show_default=True, help="For reading, for GitHub's workflows, for programs, or for code scanning.")  # fmt: skip
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; default: stdout. Not for text.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[Path, ...], form: str, **others: Any) -> None:
    """Fail where less is covered than wanted: of lines that changed, or of all of each PATH (default: here).

    Reads the coverage data that is there, and runs nothing.

    Exit code: 0 when all is as wanted, 1 when it is not or cannot be told, 2 for wrong usage.
    """
    from greenline.cli.target_names import absolute, refuse_path_as_branch  # noqa: PLC0415 - fast `greenline --help`
    from greenline.services.rank_gaps import HistoryProblem  # noqa: PLC0415 - as above

    refuse_path_as_branch("--changed", others["changed"])
    if others["output"] is not None and form == "text":
        raise click.UsageError("--output takes --format github, markdown, json or sarif.")
    goals = _goals(others)
    services = services_for(report_settings(others, changed_since=others["changed"]))
    history = others["history"]
    try:
        checking = services.check(history.absolute() if history else None)
        check = checking.check([absolute(path) for path in paths or (Path(),)], goals)
    except HistoryProblem as problem:
        which = "--changed" if goals.changed_since else "--not-below"
        raise click.UsageError(f"{which}: {problem}.") from problem
    _print(check, form, others["output"], services)
    ctx.exit(0 if check.is_met else 1)


def _goals(options: dict[str, Any]) -> Goals:
    """Return what is asked for. Raises click.UsageError where that is nothing."""
    from greenline.services.check_coverage import Goals  # noqa: PLC0415 - loads with its use

    changed, under = options["changed"], options["fail_under"]
    goals = Goals(
        changed_since=changed,
        changed=(_CHANGED if under is None else under) if changed else None,
        lines=options["lines"],
        branches=options["branches"],
        total=None if changed else under,
        not_below=options["not_below"] or "",
        suites=options["suites"],
    )
    if goals == Goals():
        raise click.UsageError(
            "say what is wanted: --changed, --fail-under, --lines, --branches, --not-below or --suite."
        )
    return goals


def _suite(text: str) -> Suite:
    """Read NAME[=PERCENT][:PATTERN,PATTERN]. Raises click.BadParameter."""
    from greenline.services.suite_coverage import Suite  # noqa: PLC0415 - loads with its use

    about, colon, patterns = text.partition(":")
    name, sign, percent = about.partition("=")
    try:
        goal = float(percent) if sign else _SUITES[name]
    except ValueError:
        goal = -1.0
    except KeyError:
        raise click.BadParameter(f"{text!r} does not say how much is wanted: {name}=80.") from None
    if not name or not 0 <= goal <= 100 or (colon and not patterns):  # noqa: PLR2004 - percent
        raise click.BadParameter(f"{text!r} is not NAME[=PERCENT][:PATTERN], such as unit=85:tests/unit/**.")
    return Suite(name, goal, tuple(patterns.split(",")) if colon else (f"tests/{name}/**",))


def _print(check: Check, form: str, output: Path | None, services: Services) -> None:
    from greenline.cli import check_view  # noqa: PLC0415 - loads with its use

    if form == "text":
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints

        check_view.print_check(out(), check)
    elif form in {"github", "sarif"}:
        found = services.gaps.find([file.row.path for file in check.in_the_way])
        if form == "sarif":
            write_output(check_view.sarif(check, found), output)
        else:
            write_output(check_view.workflow_text(check, found), output)
            add_to_summary(check_view.markdown(check))
    else:
        forms = {"markdown": check_view.markdown, "json": check_view.as_json}
        write_output(forms[form](check), output)
