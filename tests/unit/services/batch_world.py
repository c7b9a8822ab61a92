"""A project, its list of batches, and a provider that takes them or says why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from greenline.domain.asking.batches import BatchRequest
from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.model import Answer, ModelChoice, Question, Thinking
from greenline.ports.model import ModelProblem
from greenline.ports.model_batches import BatchState
from greenline.services.ask_in_batch import BatchWay
from greenline.services.batch_means import BatchMeans, HandIn
from greenline.services.hand_in_batch import hand_in
from greenline.services.model_requests import ModelRequests
from unit.services.asking_world import PRICE, SAID, SCHEMA, World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
    from greenline.services.batch_report import BatchReport

ROOT = Path("/home/me/shop")
FEE = "shop/fees.py::fee"


class Provider:
    """Takes batches, or says why not."""

    def __init__(self) -> None:
        self.refuses: ModelProblem | None = None
        self.taken: list[list[str]] = []
        self.ended: dict[str, dict[str, Answer | ModelProblem]] = {}
        """Answers of batches that have ended."""
        self.gone: set[str] = set()
        self.downloaded: list[str] = []

    async def check(self, model: str) -> None:
        pass

    async def parted(self, questions: Mapping[str, Question]) -> Sequence[Mapping[str, Question]]:
        return [questions]

    async def submit(self, questions: Mapping[str, Question]) -> str:
        if self.refuses:
            raise self.refuses
        self.taken.append([*questions])
        return f"msgbatch_{len(self.taken)}"

    async def state(self, batch: str) -> BatchState:
        if batch in self.gone:
            raise ModelProblem("not_found", f"There is no batch {batch}.")
        return BatchState(ended=batch in self.ended)

    async def answers(self, batch: str) -> Mapping[str, Answer | ModelProblem]:
        self.downloaded.append(batch)
        return self.ended[batch]

    async def made_since(self, when: float, questions: int) -> Sequence[str]:
        return []

    async def cancel(self, batch: str) -> None:
        raise NotImplementedError


class Shop:
    """A project, its list of batches, and whoever hands them in."""

    def __init__(self, store: BatchStoreSqlite) -> None:
        self.store, self.provider, self.world = store, Provider(), World()
        requests = ModelRequests(self.world.provider, self.world.book, self.world.clock, lambda: 1e9)
        self.way = BatchWay(self.provider, requests, [ModelChoice("one", 0, PRICE)], "https://here")
        self.ceilings = Ceilings(tokens=200_000, dollars=1.0, dollars_per_day=10.0)
        self.told: list[BatchReport] = []
        self.now = 1e9

    @property
    def means(self) -> BatchMeans:
        return BatchMeans(
            generator=lambda _: cast("Any", None),
            gaps=lambda _: cast("Any", None),
            way=lambda _: self.way,
            store=self.store,
            ledger=self.world.book,
            ceilings=self.ceilings,
            thinking=Thinking(None, None),
            settings={},
            now=lambda: self.now,
        )

    async def hand_in(self, *requests: BatchRequest, after: str = "") -> list[str]:
        """Hand in; return what became of each batch."""
        self.told = []
        asked = {request.key: Question("one", SAID, SCHEMA, Thinking(None, None)) for request in requests}
        wanted = HandIn(self.way, "one", asked, {request.key: request for request in requests}, {}, None)
        await hand_in(self.means, ROOT, wanted, self.told.append, after=after)
        return [report.outcome for report in self.told]

    @property
    def open(self) -> list[tuple[str, list[str]]]:
        """Names of the open batches, with the keys that are open in each."""
        return [(each.name, [request.key for request in each.open]) for each in self.store.open_in(ROOT)]


def asks(key: str, target: str = FEE, *earlier: str) -> BatchRequest:
    return BatchRequest(key, target, "abc", 0.25, earlier=earlier)
