"""What a round of batches asks next: taken down project by project while targets are generated for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from greenline.domain.asking.batches import hash_of
from greenline.domain.asking.known import Known
from greenline.services.ask_in_batch import AskInBatch, Came, Wanted
from greenline.services.batch_means import BatchMeans, HandIn
from greenline.services.fill_gaps import ModelAt

if TYPE_CHECKING:
    from greenline.domain.asking.batches import BatchRequest
    from greenline.domain.code.model import Target
    from greenline.ports.project import Project
    from greenline.services.target_results import Generation

Request = Callable[[str, str, str, Wanted], "BatchRequest"]
"""Makes what is written down of a request: of its key, its target, the hash of the module, and what is wanted."""


class TakenDown:
    """Targets are named as requests have them: ``path.py::function`` from the project's folder."""

    def __init__(self, means: BatchMeans, came: Mapping[str, Sequence[Came]]) -> None:
        """``came``: by target, what came of its requests so far."""
        self._means = means
        self._came = came
        self._asks: dict[Path, AskInBatch] = {}
        self._hashes: dict[str, str] = {}
        self._known: dict[str, Known] = {}

    @property
    def roots(self) -> list[Path]:
        """Folders of the projects that were asked about, inner ones first: a project may lie in another one."""
        return sorted(self._asks, key=lambda root: len(root.parts), reverse=True)

    def at(self, project: Project) -> ModelAt:
        """Return who is asked about a project, as if that were a model."""
        if project.root not in self._asks:
            self._asks[project.root] = AskInBatch(
                self._means.way(project),
                self._means.ledger,
                ceilings=self._means.ceilings,
                thinking=self._means.thinking,
                came=self._came,
                now=self._means.now,
            )
        asks = self._asks[project.root]
        return ModelAt(asks, asks.way.endpoint)

    def take(self, name: str, target: Target, generation: Generation) -> None:
        """Take down which text was sent of a target, and what is known of it."""
        self._hashes[name] = hash_of(generation.text)
        known = generation.known.get(target.qualname or "")
        if known is not None:
            self._known[name] = known

    def was_given(self, name: str) -> bool:
        """Tell whether what came for a target was given to be tried."""
        return any(name in asks.given for asks in self._asks.values())

    def wants(self, name: str) -> bool:
        """Tell whether something is asked next about a target."""
        return any(name in asks.wanted for asks in self._asks.values())

    def may_want_later(self, name: str) -> bool:
        """Tell whether something would be asked next, and cannot be now."""
        return any(name in asks.unable for asks in self._asks.values())

    async def to_hand_in(self, request: Request) -> dict[Path, HandIn]:
        """Return what is asked next, by project. Raises ModelProblem."""
        return {root: await self._hand_in(asks, request) for root, asks in self._asks.items() if asks.wanted}

    async def _hand_in(self, asks: AskInBatch, request: Request) -> HandIn:
        keys = {f"{uuid4().hex}-{number}": target for number, target in enumerate(asks.wanted)}
        usual = [each.usual for each in asks.wanted.values()]
        return HandIn(
            asks.way,
            (await asks.choice()).name,
            {key: asks.wanted[target].question for key, target in keys.items()},
            {key: request(key, name, self._hashes.get(name, ""), asks.wanted[name]) for key, name in keys.items()},
            {key: self._known[target] for key, target in keys.items() if target in self._known},
            None if None in usual else sum(dollars or 0.0 for dollars in usual),
        )


def name_in(roots: Sequence[Path], target: Target) -> str:
    """Return a target as requests have it, from the first of the folders that it is in."""
    root = next((root for root in roots if target.path.is_relative_to(root)), None)
    path = target.path.relative_to(root).as_posix() if root else target.path.name
    return f"{path}::{target.qualname}"
