"""How costs read in a terminal, and as JSON: keys are added, never changed or removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from greenline.cli.console import mark, print_table, shown
from greenline.cli.json_text import json_text
from greenline.domain.asking.chain import Chain
from greenline.domain.asking.costs import Costs, Sum
from greenline.domain.asking.list_prices import AS_OF, list_price
from greenline.domain.asking.model import Usage
from greenline.domain.asking.on_paper import Paper
from greenline.domain.asking.prices import in_dollars
from greenline.services.report_costs import Estimate

_NOTHING = "No model was asked this month."


def print_costs(console: Console, costs: Costs) -> None:
    """Print what was spent."""
    if not costs.month.spent.requests:
        console.print(_NOTHING)
        return
    _print_sums(console, "", [costs.today, costs.month])
    _print_sums(console, "This month by model", costs.models)
    _print_sums(console, "This month by project", costs.projects)
    if part := _read_from_cache(costs.month.spent.usage):
        console.print(f"{part:.0%} of the tokens sent this month were read from the cache.")
    if costs.estimated:
        ends = "request was" if costs.estimated == 1 else "requests were"
        console.print(f"{costs.estimated} {ends} cut, cancelled or never ended: their cost is an estimate.")


def print_estimate(console: Console, estimate: Estimate) -> None:
    """Print what tests for so many functions would cost."""
    for name, papers in estimate.models:
        console.print(f"[bold]{escape(name)}[/]", soft_wrap=True)
        if not papers:
            console.print("    Its price is not known; write it into greenline.toml.")
            continue
        table = _table(("", False), ("requests", True), ("tokens", True), ("cost", True), ("in batches", True))
        for paper in papers:
            table.add_row(_way(paper), f"{paper.requests:,}", f"{paper.usage.total:,}", *_money(paper))
        print_table(console, table)
        console.print()
    console.print(f"For {estimate.functions:,} functions. {_assumed(estimate)}", soft_wrap=True)


def print_prices(console: Console, chain: Chain) -> None:
    """Print the models that are asked, in order, with their prices."""
    table = _table(("model", False), ("input", True), ("output", True), ("read from cache", True), ("", False))
    for choice in sorted(chain.models, key=lambda each: each.priority):
        if choice.price is None:
            table.add_row(escape(choice.name), "?", "?", "?", "price not known: only tokens are limited")
            continue
        price, listed = choice.price, list_price(choice.name)
        where = f"list price as of {AS_OF}" if price == listed else "as written"
        if price.long_prompt is not None:
            where += f"; {price.long_factor:g} times as much for prompts over {price.long_prompt:,} tokens"
        cells = (price.input, price.output, price.input * price.cache_read)
        table.add_row(escape(choice.name), *(in_dollars(amount) for amount in cells), where)
    print_table(console, table)
    source = f"from {chain.source}" if chain.source else "those that Greenline knows; greenline.toml can name others"
    console.print(f"Dollars per million tokens. The models are {escape(source)}.", soft_wrap=True)
    for problem in chain.problems:
        console.print(f"{mark(console, 'warning')} {escape(problem)}", soft_wrap=True)


def costs_json(costs: Costs) -> str:
    """Return the object of ``cost --format json``."""
    whole = {
        "today": _sum(costs.today),
        "month": _sum(costs.month),
        "models": [_sum(each) for each in costs.models],
        "projects": [_sum(each) for each in costs.projects],
        "estimated": costs.estimated,
    }
    return json_text(whole)


def estimate_json(estimate: Estimate) -> str:
    """Return the object of ``cost --estimate N --format json``."""
    whole = {
        "functions": estimate.functions,
        "assumed": asdict(estimate.workload),
        "models": [{"name": name, "ways": [_paper(paper) for paper in papers]} for name, papers in estimate.models],
    }
    return json_text(whole)


def prices_json(chain: Chain) -> str:
    """Return the object of ``cost --prices --format json``."""
    models = [
        {
            "name": choice.name,
            "priority": choice.priority,
            "price": asdict(choice.price) if choice.price else None,
            "max_output": choice.max_output,
        }
        for choice in sorted(chain.models, key=lambda each: each.priority)
    ]
    whole = {"as_of": AS_OF, "source": chain.source, "models": models, "problems": list(chain.problems)}
    return json_text(whole)


def _print_sums(console: Console, title: str, sums: Sequence[Sum]) -> None:
    if title:
        console.print(f"[bold]{title}[/]")
    table = _table(("", False), ("requests", True), ("tokens", True), ("cost", True), ("tests kept", True), ("", False))
    for each in sums:
        spent, tests = each.spent, "" if each.tests is None else str(each.tests)
        per_test = "" if each.dollars_per_test is None else f"{in_dollars(each.dollars_per_test)} each"
        money = in_dollars(spent.dollars) if spent.unpriced < spent.requests or not spent.requests else "not known"
        money += f" + {spent.unpriced} of unknown price" if 0 < spent.unpriced < spent.requests else ""
        table.add_row(escape(_name(each.name)), f"{spent.requests:,}", f"{spent.usage.total:,}", money, tests, per_test)
    print_table(console, table)
    console.print()


def _table(*columns: tuple[str, bool]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title, right in columns:
        table.add_column(title, justify="right" if right else "left", no_wrap=right)
    return table


def _name(name: str) -> str:
    return shown(Path(name)) if name.startswith(("/", "\\")) or name[1:3] == ":\\" else name or "(no project)"


def _read_from_cache(usage: Usage) -> float:
    sent = usage.total - usage.output
    return usage.cache_read / sent if sent else 0.0


def _way(paper: Paper) -> str:
    who = "exploring first, the model for what is left" if paper.explored else "the model alone"
    return f"    {who}, {'with' if paper.cached else 'without'} caching"


def _money(paper: Paper) -> tuple[str, str]:
    return in_dollars(paper.dollars), in_dollars(paper.batch)


def _assumed(estimate: Estimate) -> str:
    work = estimate.workload
    prompt, shared = work.shared + work.module + work.own, work.shared + work.module
    rests = f"as in your {work.measured:,} requests so far" if work.measured else "assumed"
    return (
        f"The first request for one has {prompt:,} tokens, of which {shared:,} are the same for all functions of a "
        f"module, and its answer {work.answer:,}; a function takes {1 + work.again:.1f} requests ({rests}). Assumed as "
        f"well: a module has {work.per_module} functions, those that are asked for come in a row, and exploring leaves "
        f"something of {work.left_over:.0%} (docs/model.md says where that is from). In batches nobody knows what the "
        "cache will hold: what it costs without caching is the most."
    )


def _sum(each: Sum) -> dict[str, Any]:
    spent = each.spent
    return {
        "name": each.name,
        "requests": spent.requests,
        "tokens": _usage(spent.usage),
        "dollars": round(spent.dollars, 6),
        "requests_of_unknown_price": spent.unpriced,
        "tests_kept": each.tests,
        "dollars_per_test": None if each.dollars_per_test is None else round(each.dollars_per_test, 6),
    }


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "cached": paper.cached,
        "explored": paper.explored,
        "requests": paper.requests,
        "tokens": _usage(paper.usage),
        "dollars": round(paper.dollars, 4),
        "dollars_in_batches": round(paper.batch, 4),
    }


def _usage(usage: Usage) -> dict[str, int]:
    return {**asdict(usage), "total": usage.total}
