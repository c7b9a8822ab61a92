"""Plan trips from the command line."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Optional

import typer

app = typer.Typer()
stops = typer.Typer()
app.add_typer(stops, name="stops")


class Means(str, enum.Enum):
    """How one travels."""

    train = "train"
    bus = "bus"
    bike = "bike"


@app.command()
def cost(
    distance: Annotated[float, typer.Argument(min=0.5)],
    means: Annotated[Means, typer.Option()] = Means.train,
    people: int = 1,
    there_and_back: Annotated[bool, typer.Option("--return")] = False,
) -> None:
    """Say what a trip costs."""
    if people > 9:
        raise typer.BadParameter("groups of ten or more book by phone")
    if means is Means.bike:
        typer.echo("free")
        raise typer.Exit()
    price = distance * (0.25 if means is Means.train else 0.1) * people
    if there_and_back:
        price = price * 1.8
    typer.echo(f"{price:.2f}")


@stops.command("list")
def list_stops(source: Path, ending: Optional[str] = None) -> None:
    """List the stops of a file."""
    if not source.exists():
        typer.echo("no such file", err=True)
        raise typer.Exit(code=3)
    for line in source.read_text(encoding="utf-8").splitlines():
        if ending is None or line.endswith(ending):
            typer.echo(line)


@stops.command()
def rename(name: Annotated[str, typer.Option(prompt="New name")]) -> None:
    """Give a stop a new name."""
    if not name.istitle():
        raise ValueError("a stop begins with a capital")
    typer.echo(f"now called {name}")
