"""The options of ``greenline generate`` for asking a model in batches, and what they mean together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class BatchMode:
    """What is to be done with batches."""

    verb: Literal["hand in", "resume", "cancel"]
    detach: bool

    @property
    def option(self) -> str:
        """What a person has said for it."""
        return {"hand in": "--batch", "resume": "--resume", "cancel": "--cancel-batch"}[self.verb]


def batch_options(command: F) -> F:
    """Give a command the options."""
    for option in reversed(
        (
            click.option("--batch", is_flag=True, help="Ask a model for what is left in a batch, for half the price."),
            click.option("--resume", is_flag=True, help="Collect the batches of this project, and go on with them."),
            click.option("--detach", is_flag=True, help="With --batch or --resume: do not wait for answers."),
            click.option("--cancel-batch", is_flag=True, help="Call off the batches of this project."),
        )
    ):
        command = option(command)
    return command


def batch_mode(targets: Sequence[str], engine: str, options: dict[str, Any], *, dry_run: bool) -> BatchMode | None:
    """Take the options out of ``options``; None where no batch is meant. Raises click.UsageError."""
    batch, resume, detach = options.pop("batch"), options.pop("resume"), options.pop("detach")
    cancel = options.pop("cancel_batch")
    if batch + resume + cancel > 1:
        raise click.UsageError("--batch, --resume and --cancel-batch are three things to do; name one of them.")
    if not batch and not resume and not cancel:
        if detach:
            raise click.UsageError("--detach goes with --batch or --resume.")
        return None
    if dry_run:
        raise click.UsageError(
            "--dry-run does not go with batches. `greenline prompt TARGET` shows what would be sent, and sends nothing."
        )
    if batch and engine == "explore":
        raise click.UsageError("--engine explore asks no model, so there is nothing to hand in; leave out one of them.")
    mode = BatchMode("hand in" if batch else "resume" if resume else "cancel", detach)
    if targets and not batch:
        raise click.UsageError(f"{mode.option} is for all batches of the project; name no target.")
    return mode
