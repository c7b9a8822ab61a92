"""The options about isolation, for the commands that run what nobody has accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])


def isolation_options(command: C) -> C:
    """Add the options; their values are named as those of ``Settings``."""
    options = (
        click.option(
            "--isolation",
            type=click.Choice(["auto", "guard", "sandbox", "command"]),
            default="auto",
            show_default=True,
            help="What holds back the code that is run.",
        ),
        click.option("--isolation-command", metavar="TEXT", default="", help="For `command`: what runs a program."),
        click.option("--isolation-paths", metavar="TEXT", default="", help="For `command`: names of places there."),
    )
    for option in reversed(options):
        command = option(command)
    return command
