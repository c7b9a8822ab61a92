"""One round of requests in batches: what came of the last one is tried, and what is asked next is taken down."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from greenline.domain.asking.batches import BatchRecord, BatchRequest, hash_of
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.services.ask_in_batch import FIRST, NEXT, AskInBatch, BatchWay, Wanted
from greenline.services.fill_gaps import FillGaps, ModelAt
from greenline.services.target_results import Generation

if TYPE_CHECKING:
    from greenline.domain.asking.ceilings import Ceilings
    from greenline.domain.asking.model import Question, Thinking
    from greenline.ports.batch_store import BatchStore
    from greenline.ports.ledger import Ledger
    from greenline.ports.progress import Progress
    from greenline.ports.project import Project
    from greenline.services.ask_in_batch import Came
    from greenline.services.generate_tests import GenerateTests
    from greenline.settings import EngineChoice

_CHANGED = "{} has changed since it was asked: the model's tests were tried against the code as it is now."
_STAYS = "The answer stays at the provider: the next `greenline generate --resume` tries it again."
_WAITS = "a model is asked for what is left of it, in a batch"


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
    """What is to be handed in for one project: questions by their keys, and what is written down of them."""

    way: BatchWay
    model: str
    questions: Mapping[str, Question]
    requests: Mapping[str, BatchRequest]
    usual: float | None
    """Dollars, as a rule."""


@dataclass
class BatchRound:
    """Generates for targets: explores, or tries what came of ``record``. Whoever drives it writes and confirms."""

    means: BatchMeans
    engine: EngineChoice = "auto"
    record: BatchRecord | None = None
    came: Mapping[str, Sequence[Came]] = field(default_factory=dict)
    """By target, what came of its requests so far."""
    changed: list[str] = field(default_factory=list)
    """Targets whose module is another than was sent."""
    untried: set[str] = field(default_factory=set)
    """Targets of which nothing could be tried, though it may be later."""

    def __post_init__(self) -> None:
        self._asks: dict[Path, AskInBatch] = {}
        self._hashes: dict[str, str] = {}
        self._kept: dict[str, list[str]] = {}
        self._generator = self.means.generator(self.means.gaps(self._at))
        self._asked = {request.target: request for request in self.record.open} if self.record else {}

    @property
    def targets(self) -> list[Target]:
        """What there is to try of the record, one target for each file."""
        return [Target(p, names[0]) if len(names) == 1 else Target(p) for p, names in self._functions().items()]

    async def generate(self, target: Target, progress: Progress) -> Generation:
        """Return what exploring, or an answer, gives; see GenerateTests. What is left waits to be handed in."""
        if self.record is None:
            generation = await self._generator.generate(target, progress, engine=self.engine)
        else:
            names = self._functions()[target.path]
            generation = await self._generator.generate(target, progress, engine="model", only_for=names)
            generation = self._with_all(generation, target, names)
        results = tuple(self._told(result, generation) for result in generation.results)
        return replace(generation, results=results)

    def ended(self, results: Sequence[TargetResult], *, written: bool) -> list[str]:
        """Take in what became of a file's targets; return the keys of the requests that are done with it."""
        done = []
        for result in results:
            name = self._name(result.target)
            if written and result.status == "confirmed":
                by_model = (test for test in result.tests if result.engines.get(test, result.engine) == "model")
                self._kept[name] = list(by_model)
            request = self._asked.get(name)
            if request is None or not written or name in self.untried:
                continue
            if not any(name in asks.wanted or name in asks.unable for asks in self._asks.values()):
                done.append(request.key)
        return done

    async def to_hand_in(self) -> dict[Path, HandIn]:
        """Return what is asked next, by project."""
        found = {}
        for root, asks in self._asks.items():
            if asks.wanted:
                keys = {target: f"{uuid4().hex}-{number}" for number, target in enumerate(asks.wanted)}
                usual = [each.usual for each in asks.wanted.values()]
                found[root] = HandIn(
                    asks.way,
                    (await asks.choice()).name,
                    {keys[target]: wanted.question for target, wanted in asks.wanted.items()},
                    {keys[target]: self._request(keys[target], target, w) for target, w in asks.wanted.items()},
                    None if None in usual else sum(dollars or 0.0 for dollars in usual),
                )
        return found

    def _request(self, key: str, target: str, wanted: Wanted) -> BatchRequest:
        before = self._asked.get(target)
        earlier: tuple[tuple[str, str], ...] = ()
        if before is not None and self.record is not None:
            earlier = (*before.earlier, (self.record.name, before.key))
        kept = (*(before.kept if before else ()), *self._kept.get(target, ()))
        return BatchRequest(key, target, self._hashes.get(target, ""), wanted.most, earlier=earlier, kept=kept)

    def _at(self, project: Project) -> ModelAt:
        if project.root not in self._asks:
            self._asks[project.root] = AskInBatch(
                self.means.way(project),
                self.means.ledger,
                ceilings=self.means.ceilings,
                thinking=self.means.thinking,
                came=self.came,
                now=self.means.now,
            )
        asks = self._asks[project.root]
        return ModelAt(asks, asks.way.endpoint)

    def _functions(self) -> dict[Path, list[str]]:
        found: dict[Path, list[str]] = {}
        for target in self._asked:
            path, _, name = target.rpartition("::")
            assert self.record is not None
            found.setdefault(Path(self.record.project) / path, []).append(name)
        return found

    def _name(self, target: Target) -> str:
        """Return a target as requests have it: ``path.py::function`` from the project's folder."""
        roots = [*self._asks] if self.record is None else [Path(self.record.project)]
        roots.sort(key=lambda root: len(root.parts), reverse=True)  # a project may lie in another one
        root = next((root for root in roots if target.path.is_relative_to(root)), None)
        path = target.path.relative_to(root).as_posix() if root else target.path.name
        return f"{path}::{target.qualname}"

    def _with_all(self, generation: Generation, target: Target, names: Sequence[str]) -> Generation:
        """Return the generation with a result for each function that was asked for."""
        if not generation.text:  # nothing could be tried: the file does not parse, there is no Python ...
            (result,) = generation.results
            each = [replace(result, target=Target(target.path, name)) for name in names]
            if target.path.exists():
                self.untried |= {self._name(one.target) for one in each}
            return replace(generation, results=tuple(each))
        there = {result.target.qualname for result in generation.results}
        gone = [
            TargetResult(Target(target.path, name), "failed", f"{target.path.name} has no function `{name}` any more.")
            for name in names
            if name not in there
        ]
        return replace(generation, results=(*generation.results, *gone))

    def _told(self, result: TargetResult, generation: Generation) -> TargetResult:
        """Return the result with what is to be said of asking in batches."""
        name, request = self._name(result.target), self._asked.get(self._name(result.target))
        if name in self.untried:
            return replace(result, model_notes=(*result.model_notes, _STAYS))
        if any(name in asks.unable for asks in self._asks.values()):
            result = replace(result, model_notes=(*result.model_notes, _STAYS))
        self._hashes[name] = hash_of(generation.text)
        if request is not None and request.module_hash != self._hashes[name]:
            self.changed += [name] if name not in self.changed else []
            result = replace(result, model_notes=(*result.model_notes, _CHANGED.format(result.target.path.name)))
        if result.status in {"confirmed", "cancelled"} or not any(name in a.wanted for a in self._asks.values()):
            return result
        notes = tuple(note for note in result.model_notes if note not in {FIRST, NEXT})
        return replace(result, status="waiting", reason=_WAITS if self.record is None else NEXT, model_notes=notes)
