"""What models cost so far, and what more of them would cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from greenline.domain.asking.costs import Costs, costs_of
from greenline.domain.asking.list_prices import list_price
from greenline.domain.asking.on_paper import Paper, Workload, fitted, on_paper

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.asking.chain import Chain
    from greenline.ports.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Estimate:
    """What tests for so many functions would cost, by model; one without a known price has no papers."""

    functions: int
    workload: Workload
    models: tuple[tuple[str, tuple[Paper, ...]], ...]


class ReportCosts:
    """Reads the ledger."""

    def __init__(self, ledger: Ledger, chain: Callable[[Path], Chain], now: Callable[[], float] = time.time) -> None:
        self._ledger = ledger
        self._chain = chain
        self._now = now

    def costs(self) -> Costs:
        """Return what this month cost."""
        midnight = datetime.fromtimestamp(self._now()).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight.replace(day=1).timestamp()
        return costs_of(self._ledger.entries(first), self._ledger.kept(first), midnight.timestamp())

    def chain(self, root: Path) -> Chain:
        """Return the models that are asked for a project."""
        return self._chain(root)

    def estimate(self, functions: int, root: Path) -> Estimate:
        """Return what tests for so many functions would cost, by the models that the project in ``root`` asks."""
        workload = fitted(Workload(), self._ledger.entries(0.0))
        models = []
        for choice in sorted(self._chain(root).models, key=lambda each: each.priority):
            price = choice.price or list_price(choice.name)
            models.append((choice.name, on_paper(functions, price, workload) if price else ()))
        return Estimate(functions, workload, tuple(models))
