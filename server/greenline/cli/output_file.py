"""Where a command writes what others read: stdout, or a file that a person named."""

from __future__ import annotations

import os
from pathlib import Path

import click


def write_output(text: str, file: Path | None) -> None:
    """Write a text as a whole. Raises click.ClickException where the file cannot be written."""
    text = text.rstrip("\n").encode("utf-8", "replace").decode("utf-8")  # names of files may hold what no text can
    if file is None:
        click.echo(text)
        return
    from greenline.adapters.replaced_file import SHARED, replace_file  # noqa: PLC0415 - keeps `greenline --help` fast

    try:
        replace_file(file.absolute(), f"{text}\n", SHARED)
    except OSError as problem:
        raise click.ClickException(f"{file} cannot be written: {problem.strerror or problem}.") from problem


def add_to_summary(markdown: str) -> None:
    """Add to the summary of the job that GitHub's runner shows, where one runs this."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary:
        return
    try:
        with Path(summary).open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"### Coverage\n\n{markdown}\n")
    except OSError as problem:
        click.echo(f"The job's summary cannot be written: {problem}", err=True)
