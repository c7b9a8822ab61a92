"""Options of the commands that read reports: which ones, and what folders in them stand for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_Command = TypeVar("_Command", bound="Callable[..., Any]")


def report_options(command: _Command) -> _Command:
    """Add ``--report`` and ``--map``."""
    maps = click.option(
        "--map",
        "maps",
        metavar="FROM=TO",
        multiple=True,
        callback=lambda _ctx, _param, values: _checked(values),
        help="What a folder in a report from elsewhere stands for in the project: /app=src.",
    )
    reports = click.option(
        "--report",
        "reports",
        metavar="FILE",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A coverage report to use instead of the project's own (data, JSON, XML, LCOV); several count together.",
    )
    return reports(maps(command))


def report_settings(options: dict[str, Any], *, changed_since: str = "") -> Settings:
    """Return the settings that these options make."""
    return Settings(
        coverage_file=";".join(str(file.absolute()) for file in options["reports"]),
        coverage_paths=";".join(options["maps"]),
        changed_since=changed_since,
    )


def _checked(maps: tuple[str, ...]) -> tuple[str, ...]:
    for each in maps:
        theirs, sign, ours = each.partition("=")
        if not (sign and theirs.strip() and ours.strip()):
            raise click.BadParameter(f"{each!r} is not FROM=TO, a folder of the report and one of the project.")
    return maps
