"""Merge new tests as the project's formatter lays them out, so that what runs in the trial is what is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from greenline.domain.generation.collected_names import Collected
from greenline.domain.generation.laid_out import layouts_of, text_of
from greenline.domain.generation.merge import merge_tests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.code.model import Function
    from greenline.domain.generation.merge import Merged
    from greenline.domain.generation.model import Candidate
    from greenline.ports.formatter import Formatter
    from greenline.ports.progress import Progress
    from greenline.services.workbench import Bench


class MergeInLayout:
    """Merges for one bench. What was laid out once is not laid out again."""

    def __init__(self, formatter: Formatter | None, bench: Bench, progress: Progress) -> None:
        self._formatter = formatter
        self.bench = bench
        self._progress = progress
        self._styled: dict[str, str] = {}
        self._tried: set[str] = set()

    async def merge(self, candidates: Mapping[Function, Sequence[Candidate]]) -> Merged:
        """Return the test file with the candidates of each function. Cancelling ends the formatter."""
        merged = await asyncio.to_thread(self._merged, candidates)
        new = [block for block in merged.blocks if block.code not in self._tried]
        if self._formatter is None or merged.problem or not new:
            return merged
        bench = self.bench
        answer = await self._formatter.lay_out(bench.project, bench.interpreter, bench.placement.path, text_of(new))
        self._tried |= {block.code for block in new}
        if answer.note:
            self._progress.step(answer.note)
            self._formatter = None  # it would fail again
        if answer.text is None:
            return merged
        self._styled |= layouts_of(new, answer.text)
        return await asyncio.to_thread(self._merged, candidates)

    def _merged(self, candidates: Mapping[Function, Sequence[Candidate]]) -> Merged:
        everything = [c for found in candidates.values() for c in found]
        targets = [function.qualname for function, found in candidates.items() for _ in found]
        package = self.bench.module_name.partition(".")[0]
        project = self.bench.project
        return merge_tests(
            self.bench.test_text,
            everything,
            targets=targets,
            first_party=(package,),
            styled=self._styled,
            collected=Collected(project.python_functions, project.python_classes),
            fixtures=self.bench.lessons.fixtures,
        )
