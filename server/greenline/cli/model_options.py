"""The options of ``greenline generate`` for asking a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def model_options(command: F) -> F:
    """Give a command the options."""
    for option in reversed(
        (
            click.option("--model", "model_name", metavar="NAME", default="", help="The one model to ask."),
            click.option("--no-refinement", is_flag=True, help="Do not send a model's tests that fail back to it."),
            click.option(
                "--coverage-guided",
                is_flag=True,
                help="Show a model what is still not reached, and ask again, at most five times.",
            ),
        )
    ):
        command = option(command)
    return command


def model_settings(engine: str, targets: Sequence[Path], options: dict[str, Any]) -> dict[str, Any]:
    """Take the options out of ``options`` and return them as settings.

    A model is switched on by ``--engine model``; with ``auto`` where the person allowed it for one of the projects.
    """
    return {
        "model_name": options.pop("model_name"),
        "model_refinement": not options.pop("no_refinement"),
        "model_coverage_guided": options.pop("coverage_guided"),
        "model_enabled": engine == "model" or (engine == "auto" and allowed(targets)),
    }


def allowed(targets: Sequence[Path]) -> bool:
    """Tell whether a person agreed that source of one of the projects is sent, which switches a model on here."""
    from greenline.adapters.consent_file import consent_file  # noqa: PLC0415 - keeps `greenline --help` fast

    consent = consent_file()
    if not consent.projects:
        return False
    from greenline.adapters.project_files import ProjectFiles  # noqa: PLC0415 - only where somebody agreed to something

    projects = ProjectFiles()
    return any(consent.endpoints(projects.project_of(Path(path)).root) for path in targets)
