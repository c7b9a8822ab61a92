"""``greenline doctor``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import interrupt
from greenline.cli.isolation_options import isolation_options
from greenline.cli.model_options import allowed
from greenline.cli.wiring import services_for
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.services.diagnose_project import Finding


@click.command("doctor")
@click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: that of its environment.",
)
@isolation_options
@click.pass_context
def command(ctx: click.Context, /, path: Path, interpreter: Path | None, **isolation: Any) -> None:
    """Say what Greenline finds for PATH (a file or a folder; default: here), and why something does not show.

    Exit code: 0 when nothing stands in the way, 1 when something does.
    """
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    python, asked = str(interpreter.absolute()) if interpreter else "", allowed([absolute(path) / "any.py"])
    settings = replace(Settings(), interpreter=python, model_enabled=asked, **isolation)
    findings = interrupt.run(services_for(settings).doctor.diagnose(absolute(path)))
    _print(findings)
    ctx.exit(1 if any(finding.state == "problem" for finding in findings) else 0)


def _print(findings: Sequence[Finding]) -> None:
    from rich.markup import escape  # noqa: PLC0415 - rich loads with the first line that it prints
    from rich.table import Table  # noqa: PLC0415 - as above

    from greenline.cli.console import mark, out, print_table  # noqa: PLC0415 - as above

    console = out()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for finding in findings:
        text = escape(finding.text)
        if finding.to_do:
            text += f"\n[italic]{escape(finding.to_do)}[/]"
        table.add_row(mark(console, finding.state), escape(finding.topic), text)
    print_table(console, table)
    attention = sum(finding.state != "ok" for finding in findings)
    console.print()
    console.print("Everything is in place." if not attention else _sentence(attention), style="bold")


def _sentence(attention: int) -> str:
    return "1 thing needs attention." if attention == 1 else f"{attention} things need attention."
