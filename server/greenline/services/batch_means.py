"""What asking in batches takes, and what one round of it wants to ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenline.domain.asking.batches import BatchRequest
    from greenline.domain.asking.ceilings import Ceilings
    from greenline.domain.asking.known import Known
    from greenline.domain.asking.model import Question, Thinking
    from greenline.ports.batch_store import BatchStore
    from greenline.ports.ledger import Ledger
    from greenline.ports.project import Project
    from greenline.services.ask_in_batch import BatchWay
    from greenline.services.fill_gaps import FillGaps, ModelAt
    from greenline.services.generate_tests import GenerateTests


@dataclass(frozen=True, slots=True)
class BatchMeans:
    """What asking in batches takes."""

    generator: Callable[[FillGaps], GenerateTests]
    gaps: Callable[[Callable[[Project], ModelAt]], FillGaps]
    """Asks whoever is returned for a project, as if that were a model."""
    way: Callable[[Project], BatchWay]
    """May read files."""
    store: BatchStore
    ledger: Ledger
    ceilings: Ceilings
    thinking: Thinking
    settings: Mapping[str, Any]
    """Those that are not the defaults, for whoever collects what comes."""
    now: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class HandIn:
    """What is to be handed in for one project, by the keys of its requests."""

    way: BatchWay
    model: str
    questions: Mapping[str, Question]
    requests: Mapping[str, BatchRequest]
    known: Mapping[str, Known]
    """What exploring found of their targets."""
    usual: float | None
    """Dollars, as a rule."""
