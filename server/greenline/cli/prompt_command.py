"""``greenline prompt``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import interrupt
from greenline.cli.isolation_options import isolation_options
from greenline.cli.wiring import services_for
from greenline.settings import EngineChoice, Settings

if TYPE_CHECKING:
    from greenline.services.show_prompt import ShownPrompt


@click.command("prompt")
@click.argument("target", metavar="TARGET")
@click.option(
    "--engine",
    type=click.Choice(["auto", "model"]),
    default="auto",
    show_default=True,
    help="auto explores first, as generating does, and shows what would be asked for the rest; model does not.",
)
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: that of its environment.",
)
@isolation_options
@click.pass_context
def command(
    ctx: click.Context, /, target: str, engine: EngineChoice, interpreter: Path | None, **isolation: Any
) -> None:
    """Show what would be sent to a language model to get tests for TARGET, word by word, and send nothing.

    It needs no key and no network, and the model need not be switched on. What looks like a secret is taken out: a
    placeholder such as <redacted-1> stands in its place, and at the end it says what it was and where.

    Exit code: 0 when there is a request, or nothing to ask for; 1 when no request can be made; 2 for wrong usage.
    """
    from greenline.cli import console  # noqa: PLC0415 - rich loads with the work
    from greenline.cli.progress_line import ProgressLine  # noqa: PLC0415 - as above
    from greenline.cli.target_names import parse_target  # noqa: PLC0415 - keeps `greenline --help` fast

    wanted = parse_target(target)
    settings = replace(Settings(), interpreter=str(interpreter.absolute()) if interpreter else "", **isolation)
    services = services_for(settings)
    try:
        with ProgressLine(console.err()) as progress:
            progress.begin(target)
            shown = interrupt.run(services.prompts().show(wanted, progress, engine=engine))
    except KeyboardInterrupt:
        console.err().print("Cancelled. Nothing was sent.")
        ctx.exit(interrupt.CANCELLED)
    _print(shown)
    ctx.exit(0 if shown.requests or all(each.complete for each in shown.unasked) else 1)


def _print(shown: ShownPrompt) -> None:
    """Print the requests as they are, to be read or kept; what is said of them goes to stderr."""
    from greenline.services.show_prompt import said_of, text_of  # noqa: PLC0415 - as above

    if shown.requests:
        click.echo(text_of(shown))
    for line in said_of(shown):
        _say(line)


def _say(line: str) -> None:
    from greenline.cli.console import err  # noqa: PLC0415 - as above

    err().print(line, markup=False, highlight=False, soft_wrap=True)
