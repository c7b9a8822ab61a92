"""The figures as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable

from causes import DEAD, MUTANT_CAUSES, NOT_FOUND, UNDECIDED
from measure import HASH_SEEDS, MUTANTS, RERUNS, Row
from mutate import NEAR

HEAD = (
    "| module | tool | lines % | branches % | mutants % | far mutants % | tests | passed 5 of 5 | xfail, skip "
    "| tests/function | lines/function | s |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def line(row: Row) -> str:
    """Return one module's row of the first table."""
    functions = max(1, row.functions)
    return (
        f"| {row.module} | {row.tool} | {row.line_percent:.1f} | {row.branch_percent:.1f} | {row.mutant_percent:.1f} "
        f"| {row.far_percent:.1f} | {row.tests} | {row.steady} | {row.clutter} | {row.tests / functions:.1f} "
        f"| {row.lines_of_tests / functions:.1f} | {row.seconds:.0f} |"
    )


def totals(rows: list[Row]) -> str:
    """Return the mean of each tool, over its modules."""
    return "\n".join(_mean(tool, [r for r in rows if r.tool == tool]) for tool in _tools(rows))


def _mean(tool: str, rows: list[Row]) -> str:
    def mean(value: Callable[[Row], float]) -> str:
        return f"{statistics.mean(map(value, rows)):.1f}"

    functions = max(1, sum(r.functions for r in rows))
    return (
        f"| mean | {tool} | {mean(lambda r: r.line_percent)} | {mean(lambda r: r.branch_percent)} "
        f"| {mean(lambda r: r.mutant_percent)} | {mean(lambda r: r.far_percent)} | {sum(r.tests for r in rows)} "
        f"| {sum(r.steady for r in rows)} | {sum(r.clutter for r in rows)} "
        f"| {sum(r.tests for r in rows) / functions:.1f} "
        f"| {sum(r.lines_of_tests for r in rows) / functions:.1f} | {mean(lambda r: r.seconds)} |"
    )


def said() -> str:
    """Return what the table means."""
    return (
        f"Mutants: at most {MUTANTS} a module, by operators that the engine does not have; far: by operators that "
        f"it has nothing close to either. Reruns: {RERUNS}, in random order, under {len(HASH_SEEDS)} hash "
        "seeds. Tests: cases, so each row of a table counts."
    )


def problems(rows: list[Row]) -> str:
    """Return what did not go as it should, if anything."""
    return "\n".join(f"{r.tool}, {r.module}: {r.problem}" for r in rows if r.problem)


def comparison(rows: list[Row]) -> str:
    """Tell where Greenline is not ahead of the other tool; empty when only one tool was measured."""
    pairs = [(a, b) for a in rows for b in rows if a.tool == "Greenline" != b.tool and a.module == b.module]
    if not pairs:
        return ""
    behind = [
        f"{a.module} in {what}"
        for a, b in pairs
        for what, is_behind in (
            ("branches", a.branch_percent <= b.branch_percent < 100),
            ("mutants", a.mutant_percent <= b.mutant_percent),
        )
        if is_behind
    ]
    ratio = sum(a.seconds for a, _ in pairs) / max(1e-9, sum(b.seconds for _, b in pairs))
    return (
        f"Greenline is {'not ahead on ' + ', '.join(behind) if behind else 'ahead on every module in both'}; "
        f"it takes {ratio:.3f} of the other tool's time."
    )


def times(rows: list[Row]) -> str:
    """Return the seconds for each function."""
    told = [
        _times("asked for one by one, from request to confirmed test", rows, lambda r: r.alone),
        _times("the same, with the command line's start and end", rows, lambda r: r.alone_command),
        _times(
            "asked for as a whole file, each function's own work and its share of the rest", rows, lambda r: r.in_file
        ),
    ]
    return "\n".join(text for text in told if text)


def _times(what: str, rows: list[Row], of: Callable[[Row], list[float]]) -> str:
    values = [seconds for row in rows for seconds in of(row)]
    if not values:
        return ""
    return (
        f"Seconds per function, {what}: median {statistics.median(values):.2f}, 95th percentile {p95(values):.2f} "
        f"({len(values)} functions)."
    )


def operators(rows: list[Row]) -> str:
    """Return for each tool how many mutants of each operator its tests notice, of how many."""
    return "\n".join(f"Noticed, {tool}: {_operators([r for r in rows if r.tool == tool])}." for tool in _tools(rows))


def _operators(rows: list[Row]) -> str:
    names = sorted({name for row in rows for name in row.operators})
    noticed, made = ({n: sum(r.operators.get(n, (0, 0))[i] for r in rows) for n in names} for i in (0, 1))
    return ", ".join(f"{name}{' (near)' if name in NEAR else ''} {noticed[name]}/{made[name]}" for name in names)


def causes(rows: list[Row]) -> str:
    """Return the table of what is missed, by cause."""
    told = [r for r in rows if r.causes]
    if not told:
        return ""
    head = (
        f"| module | branches missed | {NOT_FOUND}, shown | {NOT_FOUND}, or nobody can | {DEAD} | mutants survived | "
        + " | ".join(MUTANT_CAUSES)
        + " | calls |\n| --- |"
        + " ---: |" * (6 + len(MUTANT_CAUSES))
    )
    lines = [
        _caused(row.module, row.causes["branches"], row.causes["mutants"], row.causes["least_calls"]) for row in told
    ]
    branches, mutants = (_summed(row.causes[of] for row in told) for of in ("branches", "mutants"))
    least = min((row.causes["least_calls"] for row in told if row.causes["least_calls"]), default=0)
    lines.append(_caused("all", branches, mutants, least))
    broken = [
        f"{r.module}: the search for causes ended early: {r.causes['problem']}" for r in told if r.causes["problem"]
    ]
    return "\n".join([head, *lines, *broken])


def _caused(name: str, branches: dict[str, int], mutants: dict[str, int], calls: int) -> str:
    cells = [sum(branches.values()), *(branches.get(c, 0) for c in (NOT_FOUND, UNDECIDED, DEAD))]
    cells += [sum(mutants.values()), *(mutants.get(c, 0) for c in MUTANT_CAUSES), calls]
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def _summed(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for cause, number in count.items():
            total[cause] = total.get(cause, 0) + number
    return total


def _tools(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row.tool for row in rows))


def p95(values: list[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-95 * len(ordered) // 100) - 1)] if ordered else 0.0
