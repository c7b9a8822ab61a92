"""``greenline cost``."""

from __future__ import annotations

from pathlib import Path

import click

from greenline.cli.wiring import services_for
from greenline.settings import Settings


@click.command("cost")
@click.option(
    "--estimate",
    "functions",
    metavar="N",
    type=click.IntRange(min=1, max=1_000_000),
    help="Say instead what tests for N functions would cost: with and without caching, with and without exploring.",
)
@click.option("--prices", is_flag=True, help="Show instead which models are asked here, in order, and their prices.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def command(functions: int | None, prices: bool, form: str) -> None:
    """Say what language models cost: today, this month, by model, by project, for each test that was kept.

    It is read from a ledger in your data folder, which holds names and numbers and none of your code. Prices are list
    prices, unless a greenline.toml says others; the bill is your provider's.
    """
    from greenline.cli import console, cost_view  # noqa: PLC0415 - rich loads with the work

    if functions is not None and prices:
        raise click.UsageError("--estimate and --prices are two questions; ask one of them.")
    costs, here = services_for(Settings()).costs(), Path.cwd()
    if functions is not None:
        estimate = costs.estimate(functions, here)
        if form == "json":
            click.echo(cost_view.estimate_json(estimate))
        else:
            cost_view.print_estimate(console.out(), estimate)
    elif prices:
        chain = costs.chain(here)
        if form == "json":
            click.echo(cost_view.prices_json(chain))
        else:
            cost_view.print_prices(console.out(), chain)
    elif form == "json":
        click.echo(cost_view.costs_json(costs.costs()))
    else:
        cost_view.print_costs(console.out(), costs.costs())
