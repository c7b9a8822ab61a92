"""``greenline audit``."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import interrupt
from greenline.cli.output_file import write_output
from greenline.cli.wiring import services_for
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.bootstrap import Services
    from greenline.services.audit_tests import Audit, Wanted

_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    found = _TIME.fullmatch(value.strip())
    if found is None:
        raise click.BadParameter(f"{value!r} is no time: write 90s, 10m or 1h; 0 for none.")
    return float(found[1]) * _SECONDS[found[2]]


def _kinds(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    from greenline.domain.auditing.model import KINDS  # noqa: PLC0415 - keeps `greenline --help` fast

    named = {kind.strip() for value in values for kind in value.split(",")}
    if unknown := sorted(named - {"any", *KINDS}):
        raise click.BadParameter(f"there is no kind {unknown[0]!r}; there are any, {', '.join(KINDS)}.")
    return frozenset(KINDS if "any" in named else named)


@click.command("audit")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--static", is_flag=True, help="Read the tests only: seconds, and nothing runs.")
@click.option("--budget", metavar="TIME", default="60s", show_default=True, callback=_seconds,
    help="For small changes of the code, which tests are to notice: 90s, 10m; 0 for none.")  # fmt: skip
@click.option("--jobs", metavar="N", type=click.IntRange(1), default=1, show_default=True,
    help="Try N small changes at once.")  # fmt: skip
@click.option("--reruns", metavar="N", type=click.IntRange(0), default=2, show_default=True,
    help="Run all again N times, and in other orders; 0 for neither.")  # fmt: skip
@click.option("--slow", metavar="SECONDS", type=click.FloatRange(0), default=1.0, show_default=True,
    help="A test that takes longer is slow.")  # fmt: skip
@click.option("--patches", metavar="N", type=click.IntRange(0), default=5, show_default=True,
    help="More things replaced in one test are too many.")  # fmt: skip
@click.option("--only", metavar="KIND", multiple=True, callback=_kinds, help="Tell weaknesses of these kinds only.")
@click.option("--fail-on", metavar="KIND", multiple=True, callback=_kinds,
    help="Exit with 1 where there is one of these kinds; `any` for all.")  # fmt: skip
@click.option("--interpreter", metavar="PATH", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: VIRTUAL_ENV, .venv, venv or env.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown", "sarif", "github", "html"]),
    default="table", show_default=True)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[Path, ...], form: str, **others: Any) -> None:
    """Say how good the tests in each PATH are (files or folders; default: here), the worst first.

    Reads them, runs them, runs them again and in other orders, and over small changes of the code, which they are to
    notice. A comment `# greenline: ignore[KIND]` leaves something out; what is left out is counted.

    Exit code: 0, 1 with --fail-on where there is such a weakness, or when tests could not be read or run.
    """
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    interpreter = others["interpreter"]
    settings = replace(Settings(), interpreter=str(interpreter.absolute()) if interpreter else "")
    audit = _audit(services_for(settings), [absolute(path) for path in paths or (Path(),)], _wanted(others))
    if audit is None:
        ctx.exit(interrupt.CANCELLED)
    if others["only"]:
        audit = _only(audit, others["only"])
    _print(audit, form)
    ctx.exit(1 if audit.problems or any(one.kind in others["fail_on"] for one in audit.weaknesses) else 0)


def _wanted(options: dict[str, Any]) -> Wanted:
    from greenline.services.audit_tests import Wanted  # noqa: PLC0415 - loads with its use

    return Wanted(
        most_patches=options["patches"],
        runs=not options["static"],
        reruns=options["reruns"],
        budget=options["budget"],
        slow=options["slow"],
        jobs=options["jobs"],
    )


def _audit(services: Services, paths: list[Path], wanted: Wanted) -> Audit | None:
    """Look to the end; None when the person stopped it."""
    from greenline.cli import console  # noqa: PLC0415 - rich loads with the work
    from greenline.cli.progress_line import ProgressLine  # noqa: PLC0415 - as above

    stderr = console.err()
    try:
        with ProgressLine(stderr) as progress:
            progress.begin("audit")
            return interrupt.run(services.audit().audit(paths, wanted, progress))
    except KeyboardInterrupt:
        stderr.print("Cancelled.")
        return None


def _only(audit: Audit, kinds: frozenset[str]) -> Audit:
    kept = tuple(one for one in audit.weaknesses if one.kind in kinds)
    others = len(audit.weaknesses) - len(kept)
    left_out = {**audit.left_out, "of other kinds (--only)": others} if others else audit.left_out
    return replace(audit, weaknesses=kept, left_out=left_out)


def _print(audit: Audit, form: str) -> None:
    from greenline.cli import audit_forms  # noqa: PLC0415 - loads with its use

    if form == "table":
        from greenline.cli.audit_view import print_audit  # noqa: PLC0415 - as above
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints

        print_audit(out(), audit)
        return
    forms: dict[str, Callable[[Audit], str]] = {
        "json": audit_forms.as_json,
        "markdown": audit_forms.markdown,
        "sarif": audit_forms.sarif,
        "github": audit_forms.workflow_text,
        "html": audit_forms.html,
    }
    write_output(forms[form](audit), None)
