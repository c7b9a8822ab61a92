"""Samples, their median and 95th percentile, and the table of all of them."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass
class Row:
    """One line of the table. ``aims`` are for p50 and p95 in the row's unit; None where nothing is aimed at."""

    what: str
    samples: list[float] = field(default_factory=list)
    aims: tuple[float | None, float | None] = (None, None)
    unit: str = "ms"
    memory: float | None = None
    """The most that the process had, in MB, where it is another process than the server."""

    def add(self, seconds: float) -> None:
        """Take a sample in seconds."""
        self.samples.append(seconds * 1000)


Table = list[tuple[str, list[Row]]]


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the nearest rank; share 0.5 is the median."""
    if share == 0.5:
        return statistics.median(samples)
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(groups: Table) -> Iterator[str]:
    """Yield Markdown."""
    yield "| what | n | p50 | p95 | aim |"
    yield "| --- | ---: | ---: | ---: | --- |"
    for title, rows in groups:
        yield f"| **{title}** | | | | |"
        for row in rows:
            yield _line(row)


def missed(rows: Iterable[Row]) -> list[str]:
    """Return the aims that were not reached, in words."""
    found = []
    for row in rows:
        for share, aim in zip((0.5, 0.95), row.aims, strict=True):
            if aim is not None and row.samples and (value := quantile(row.samples, share)) > aim:
                found.append(f"{row.what}: p{share * 100:.0f} {_number(value)} {row.unit}, aim {_number(aim)}")
    return found


def _line(row: Row) -> str:
    if not row.samples:
        return f"| {row.what} | 0 | not there | | |"
    median = f"{_number(quantile(row.samples, 0.5))} {row.unit}"
    high = f"{_number(quantile(row.samples, 0.95))} {row.unit}" if len(row.samples) > 1 else ""
    if row.memory is not None:
        high = f"{high} {row.memory:,.0f} MB".strip()
    aims = [f"p{share} {_number(aim)}" for share, aim in zip((50, 95), row.aims, strict=True) if aim is not None]
    return f"| {row.what} | {len(row.samples)} | {median} | {high} | {', '.join(aims)} |"


def _number(value: float) -> str:
    return f"{value:,.1f}" if value < 20 else f"{value:,.0f}"
