"""What is kept of a batch from handing it in to collecting it: which requests it has, and how far they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, Literal

from greenline.domain.asking.answers import read_tests
from greenline.domain.asking.model import Answer, Price
from greenline.domain.asking.prices import BATCH

BatchStatus = Literal["reserving", "handing_in", "waiting", "collected", "refused", "declined", "lost"]
"""``reserving``: it is not at the provider yet; ``handing_in``: it may be there or not; ``refused``: it never was, but
may be another time; ``declined``: the provider does not take it; ``lost``: it is not there any more."""
ROUNDS = 2
"""Requests for one target: the first, and one with what failed. Each may take a day."""


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request of a batch."""

    key: str
    """What the provider calls it by, and the ledger."""
    target: str
    """``path.py::function``, from the project's folder."""
    module_hash: str
    """Of the module's text that was sent."""
    dollars: float | None
    """The most that it can cost; None where the price is not known."""
    earlier: tuple[str, ...] = ()
    """Keys of the requests that came before it for the same target."""
    kept: tuple[str, ...] = ()
    """Names of the tests that were kept of those."""
    done: bool = False
    """Whether what came of it was tried, and written where it holds."""


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """One batch, as whoever handed it in wrote it down."""

    id: str
    project: str
    """The project's folder."""
    endpoint: str
    """Where it is, as a person agreed to it."""
    model: str
    made_at: float
    """Seconds since the epoch."""
    requests: tuple[BatchRequest, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Those that were not the defaults: what comes of it is tried as whoever asked wanted it."""
    name: str = ""
    """The provider's; empty until it has told it."""
    status: BatchStatus = "handing_in"

    @property
    def round(self) -> int:
        """Which request for its targets it has, from 1."""
        return 1 + max((len(request.earlier) for request in self.requests), default=0)

    @property
    def keys(self) -> frozenset[str]:
        """Of all its requests. Nobody else has such keys, so they tell a batch whose name is not known."""
        return frozenset(request.key for request in self.requests)

    @property
    def open(self) -> tuple[BatchRequest, ...]:
        """The requests of which nothing was tried yet."""
        return tuple(request for request in self.requests if not request.done)

    @property
    def dollars(self) -> float | None:
        """The most that it can cost; None where that is not known of one of its requests."""
        known = [request.dollars for request in self.requests if request.dollars is not None]
        return sum(known) if len(known) == len(self.requests) else None


def hash_of(text: str) -> str:
    """Return what tells two texts of a module apart."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def halved(price: Price) -> Price:
    """Return the price of a request in a batch."""
    return replace(price, input=BATCH * price.input, output=BATCH * price.output)


def without_tests(answer: Answer, names: Collection[str]) -> Answer:
    """Return an answer without those of its tests that were kept already."""
    answered = read_tests(answer.text, answer.stop)
    if not names or not answered.tests:
        return answer
    left = [asdict(test) for test in answered.tests if test.name not in names]
    return replace(answer, text=json.dumps({"tests": left}), stop="end")
