"""A shelf of books in a text file, kept from the command line."""

from __future__ import annotations

from pathlib import Path

import click

BOOK = "{title} ({year})"


@click.command()
@click.argument("name")
@click.option("--shout", is_flag=True, help="In capitals.")
@click.option("--times", type=click.IntRange(1, 5), default=1, show_default=True)
@click.option("--style", type=click.Choice(["plain", "formal", "casual"]), default="plain")
def greet(name: str, shout: bool, times: int, style: str) -> None:
    """Greet a reader."""
    if style == "formal":
        text = f"Good day, {name}."
    elif style == "casual":
        text = f"Hey {name}!"
    else:
        text = f"Hello {name}"
    if shout:
        text = text.upper()
    for _ in range(times):
        click.echo(text)


@click.group()
@click.option("--verbose", is_flag=True)
@click.pass_context
def cli(ctx: click.Context, verbose: bool) -> None:
    """Keep books."""
    ctx.obj = {"verbose": verbose}
    if verbose:
        click.echo("shelf 0.1.0")


@cli.command()
@click.argument("title")
@click.option("--year", type=int, required=True)
@click.option("--tag", "tags", multiple=True)
@click.pass_obj
def add(settings: dict[str, bool], title: str, year: int, tags: tuple[str, ...]) -> None:
    """Show how a book would be noted."""
    if year < 1450:
        raise click.BadParameter(f"no book was printed in {year}", param_hint="--year")
    click.echo(BOOK.format(title=title, year=year))
    if tags:
        click.echo("tags: " + ", ".join(sorted(tags)))
    if settings["verbose"]:
        click.echo(f"{len(tags)} tags")


@cli.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--long", "show_numbers", is_flag=True)
def show(source: Path, show_numbers: bool) -> None:
    """Print the books of a file."""
    lines = source.read_text(encoding="utf-8").splitlines()
    if not lines:
        raise click.ClickException("the shelf is empty")
    for number, line in enumerate(lines, 1):
        click.echo(f"{number}. {line}" if show_numbers else line)


@cli.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True)
@click.pass_context
def clear(ctx: click.Context, target: Path, force: bool) -> None:
    """Write an empty shelf."""
    if target.exists() and not force:
        if not click.confirm("Throw all books away?"):
            click.echo("kept")
            ctx.exit(3)
    target.write_text("", encoding="utf-8")
    click.echo("cleared")
