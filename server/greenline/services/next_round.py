"""A round of batches after the first: what came of the last one is tried, and what failed of it is asked next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.asking.batches import BatchRecord, BatchRequest, hash_of
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.services.ask_in_batch import NEXT
from greenline.services.first_round import waiting
from greenline.services.taken_down import TakenDown, name_in

if TYPE_CHECKING:
    from greenline.domain.asking.known import Known
    from greenline.ports.progress import Progress
    from greenline.services.ask_in_batch import Came, Wanted
    from greenline.services.batch_means import BatchMeans, HandIn
    from greenline.services.target_results import Generation

_CHANGED = "{} has changed since it was asked: the model's tests were tried against the code as it is now."
_STAYS = "The answer is kept: the next `greenline generate --resume` tries it again."


class NextRound:
    """Tries the answers of one batch, a file at a time. Whoever drives it writes and confirms."""

    def __init__(
        self,
        means: BatchMeans,
        record: BatchRecord,
        came: Mapping[str, Sequence[Came]],
        known: Mapping[str, Known],
    ) -> None:
        """``came``: by target, what came of its requests so far; ``known``: by key, what was known before."""
        self.record = record
        self.changed: list[str] = []
        """Targets whose module is another than was sent."""
        self._root = Path(record.project)
        self._known = known
        self._asked = {request.target: request for request in record.open}
        self._gone: set[str] = set()
        """Targets that are not there any more."""
        self._kept: dict[str, list[str]] = {}
        """By target, the tests of this round that were written and hold."""
        self._taken = TakenDown(means, came)
        self._generator = means.generator(means.gaps(self._taken.at))

    @property
    def targets(self) -> list[Target]:
        """What there is to try, one target for each file."""
        return [Target(p, names[0]) if len(names) == 1 else Target(p) for p, names in self._functions().items()]

    async def generate(self, target: Target, progress: Progress) -> Generation:
        """Return what the answers give; see GenerateTests. What failed waits to be handed in."""
        names = self._functions()[target.path]

        def known(text: str) -> dict[str, Known]:
            return {name: found for name in names if (found := self._known_of(Target(target.path, name), text))}

        generation = await self._generator.ask_on(target, names, known, progress)
        generation = self._with_all(generation, target, names)
        return replace(generation, results=tuple(self._told(result, generation) for result in generation.results))

    def ended(self, results: Sequence[TargetResult], *, written: bool) -> list[str]:
        """Take in what became of a file's targets; return the keys of the requests that are done with it."""
        done = []
        for result in results:
            name = self._name(result.target)
            if written and result.status == "confirmed":
                by_model = (test for test in result.tests if result.engines.get(test, result.engine) == "model")
                self._kept[name] = list(by_model)
            if not written or name not in self._asked or self._is_untried(result):
                continue
            if not self._taken.wants(name) and not self._taken.may_want_later(name):
                done.append(self._asked[name].key)
        return done

    async def to_hand_in(self) -> dict[Path, HandIn]:
        """Return what is asked next, by project. Raises ModelProblem."""
        return await self._taken.to_hand_in(self._request)

    def _request(self, key: str, target: str, module_hash: str, wanted: Wanted) -> BatchRequest:
        before = self._asked[target]
        kept = (*before.kept, *self._kept.get(target, ()))
        return BatchRequest(key, target, module_hash, wanted.most, earlier=(*before.earlier, before.key), kept=kept)

    def _known_of(self, target: Target, text: str) -> Known | None:
        """Return what was known of a target, where the module is still the one that was explored."""
        request = self._asked[self._name(target)]
        return self._known.get(request.key) if request.module_hash == hash_of(text) else None

    def _functions(self) -> dict[Path, list[str]]:
        found: dict[Path, list[str]] = {}
        for target in self._asked:
            path, _, name = target.rpartition("::")
            found.setdefault(self._root / path, []).append(name)
        return found

    def _name(self, target: Target) -> str:
        return name_in([self._root], target)

    def _with_all(self, generation: Generation, target: Target, names: Sequence[str]) -> Generation:
        """Return the generation with a result for each function that was asked for."""
        if not generation.text:  # nothing could be tried: the file does not parse, there is no Python ...
            (result,) = generation.results
            each = [replace(result, target=Target(target.path, name)) for name in names]
            if not target.path.exists():
                self._gone |= {self._name(one.target) for one in each}
            return replace(generation, results=tuple(each))
        there = {result.target.qualname for result in generation.results}
        gone = [
            TargetResult(Target(target.path, name), "failed", f"{target.path.name} has no function `{name}` any more.")
            for name in names
            if name not in there
        ]
        self._gone |= {self._name(result.target) for result in gone}
        return replace(generation, results=(*generation.results, *gone))

    def _is_untried(self, result: TargetResult) -> bool:
        """Tell whether an answer waits that was not even looked at: a missing key or consent ended asking before."""
        name = self._name(result.target)
        return not (self._taken.was_given(name) or name in self._gone or result.status == "nothing_to_gain")

    def _told(self, result: TargetResult, generation: Generation) -> TargetResult:
        """Return the result with what is to be said of asking in batches."""
        name = self._name(result.target)
        if self._is_untried(result):
            return replace(result, model_notes=(*result.model_notes, _STAYS))
        if self._taken.may_want_later(name):
            result = replace(result, model_notes=(*result.model_notes, _STAYS))
        self._taken.take(name, result.target, generation)
        if self._asked[name].module_hash != hash_of(generation.text):
            self.changed += [name] if name not in self.changed else []
            result = replace(result, model_notes=(*result.model_notes, _CHANGED.format(result.target.path.name)))
        return waiting(result, NEXT) if self._taken.wants(name) else result
