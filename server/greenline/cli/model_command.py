"""``greenline model``: whether source of a project may be sent to a model, and where that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from greenline.settings import ModelProvider, Settings

if TYPE_CHECKING:
    from greenline.bootstrap_asking import Way
    from greenline.ports.project import Project

_path = click.argument("path", type=click.Path(exists=True, path_type=Path), default=".")


@click.group("model")
def command() -> None:
    """Say whether source of a project may be sent to a language model; nothing is sent before you agree.

    It is for one project and one place, and kept in your own data folder: no file of a project can agree for you.
    """


@command.command("allow")
@_path
@click.option(
    "--yes",
    is_flag=True,
    help="Agree without being asked, but not to a place that the project names; what is sent is shown all the same.",
)
@click.option(
    "--provider",
    type=click.Choice(get_args(ModelProvider)),
    default="anthropic",
    help="As in the setting greenline.model.provider of your editor.",
)
@click.option("--base-url", default="", metavar="URL", help="As in the setting greenline.model.baseUrl of your editor.")
@click.pass_context
def allow(ctx: click.Context, /, path: Path, *, yes: bool, provider: ModelProvider, base_url: str) -> None:
    """Show what is sent and where, and agree to it for the project of PATH (default: here).

    From then on `greenline generate` asks a model for what exploring leaves; `--engine explore` does not. The place is
    that of the terminal; where an editor's settings name another one and the editor cannot ask, name it here.
    """
    from greenline.adapters.consent_file import consent_file  # noqa: PLC0415 - keeps `greenline --help` fast

    settings = Settings(model_provider=provider, model_base_url=base_url)
    project, way = _looked_up(path, settings)
    _show(project, way, settings)
    endpoint = way.wished or way.endpoint
    if way.wished and yes:  # a script agrees to what its author knows, and not to what a project asks for
        click.echo(
            f"--yes does not agree to a place that the project names. `greenline model allow` asks about {endpoint}."
        )
        ctx.exit(1)
    if not yes and not click.confirm(f"Send source of {project.root.name} to {endpoint}?", default=False):
        click.echo("Nothing changed.")
        ctx.exit(1)
    try:
        consent_file().allow(project.root, endpoint)
    except OSError as problem:
        raise click.ClickException(f"It could not be remembered: {problem}") from problem
    click.echo(f"Source of {project.root} may be sent to {endpoint}. `greenline model forbid` takes it back.")


@command.command("forbid")
@_path
def forbid(path: Path) -> None:
    """Take it back for the project of PATH (default: here)."""
    from greenline.adapters.consent_file import consent_file  # noqa: PLC0415 - as above

    project, _ = _looked_up(path)
    try:
        was = consent_file().forbid(project.root)
    except OSError as problem:
        raise click.ClickException(f"It could not be written down: {problem}") from problem
    click.echo(f"{'From now on nothing' if was else 'Nothing was allowed: nothing'} of {project.root} is sent.")


@command.command("status")
@_path
@click.pass_context
def status(ctx: click.Context, /, path: Path) -> None:
    """Say whether source of the project of PATH (default: here) may be sent, and where.

    Exit code: 0 where it may, 1 where it may not.
    """
    from greenline.adapters.consent_file import consent_file  # noqa: PLC0415 - as above

    project, way = _looked_up(path)
    agreed = consent_file().endpoints(project.root)
    if way.endpoint in agreed:
        click.echo(f"Source of {project.root} may be sent to {way.endpoint}.")
    else:
        click.echo(f"Nothing of {project.root} is sent to {way.endpoint}: `greenline model allow` asks.")
    for other in agreed:
        if other != way.endpoint:
            click.echo(f"It may be sent to {other} too, which is not where models are asked now.")
    click.echo(_models(way))
    for problem in way.chain.problems:
        click.echo(problem)
    ctx.exit(0 if way.endpoint in agreed else 1)


def _looked_up(path: Path, settings: Settings | None = None) -> tuple[Project, Way]:
    from greenline.adapters.consent_file import consent_file  # noqa: PLC0415 - as above
    from greenline.adapters.project_files import ProjectFiles  # noqa: PLC0415 - as above
    from greenline.bootstrap_asking import way_to  # noqa: PLC0415 - as above

    here = path.absolute()
    project = ProjectFiles().project_of(here / "any.py" if here.is_dir() else here)
    return project, way_to(settings or Settings(), project.root, consent_file())


def _show(project: Project, way: Way, settings: Settings) -> None:
    from greenline.bootstrap_asking import terms_of  # noqa: PLC0415 - as above

    terms = terms_of(settings, project.root)
    click.echo(f"Project: {project.root}")
    click.echo(f"Place:   {way.wished or way.endpoint}")
    if way.wished:
        who = way.chain.source or "a file of the project"
        click.echo(f"         {who} names it; you did not. Your key would go there, too.")
    click.echo(f"{_models(way)}\n")
    click.echo(terms.sent("`greenline prompt FILE.py::FUNCTION`"))
    click.echo(f"{terms.cost}; `greenline cost` says what it did.\n")


def _models(way: Way) -> str:
    names = ", then ".join(choice.name for choice in way.chain.models)
    return f"Models:  {names}{f' (from {way.chain.source})' if way.chain.source else ''}"
