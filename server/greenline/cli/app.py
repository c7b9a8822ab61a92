"""The ``greenline`` command. Each subcommand's module is imported when that subcommand runs, not before."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from greenline import __version__

_COMMANDS = {
    "gaps": "Show which lines and branches no test reaches, the worthiest first.",
    "check": "Fail where less is covered than wanted, of changed lines or in all.",
    "audit": "Say how good the tests are that exist, and which are worth little.",
    "trend": "Show how coverage went from commit to commit, and where it is going.",
    "test": "Run tests with coverage, all or only those that changes affect.",
    "generate": "Write the missing tests.",
    "merge": "Write the tests that the shards of a run found.",
    "update": "Give generated tests the values that the code gives now.",
    "cost": "Say what language models cost so far, or would cost.",
    "prompt": "Show what would be sent to a language model, and send nothing.",
    "model": "Say whether a language model may be asked, and allow or forbid it.",
    "doctor": "Say what Greenline finds, and why something does not show.",
    "demo": "See it work on an example project.",
    "lsp": "Run the language server (editors start this).",
}


class _Lazy(click.Group):
    """Knows its commands by name; ``--help`` and ``lsp`` stay fast because nothing else is imported for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"greenline.cli.{cmd_name}_command").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Ctrl-C where it has nothing to tidy up, or just after its work, is said as it is elsewhere."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as ended:
            if isinstance(ended, click.Abort) and not isinstance(ended.__context__, KeyboardInterrupt):
                raise  # the end of what could be answered to a question
            from greenline.cli.interrupt import CANCELLED  # noqa: PLC0415 - keeps `greenline --help` fast

            # A terminal has written ^C, and the cursor stays behind it.
            click.echo("\nCancelled." if sys.stderr.isatty() else "Cancelled.", err=True)
            ctx.exit(CANCELLED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="greenline", message="%(prog)s %(version)s")
def greenline() -> None:
    """Show what no test reaches, and write the missing test.

    \b
    greenline gaps src                              what is not covered
    greenline generate src/prices.py::total         write tests for one function
    greenline generate src/prices.py --dry-run      look first, write nothing
    greenline test --affected                       run what the last changes affect
    """  # noqa: D301 - click looks for the character itself, which a raw text would not hold
