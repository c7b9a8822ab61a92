"""Finds tests on other machines: units go out at once, and what comes back is given to who writes it, in its order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.found_records import found_of
from greenline.domain.bulk.records import relative, unit_record
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.ports.cluster import UnitLost

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.bulk.plan import WorkUnit
    from greenline.ports.cluster import Carried, Cluster
    from greenline.ports.progress import Progress

    Finds = Callable[[WorkUnit, Progress], Awaitable[Found]]


class FindOnCluster:
    """Generates for the units of a plan. ``carried`` is by the root of each project, ``test_file`` as in RunPlan.

    Tests of units that go to the same file are found one after the other, each with those of the units before it in
    the file; those are not written until all before them in the plan are. ``here`` finds what has to be found anew.
    """

    def __init__(
        self,
        cluster: Cluster,
        carried: Mapping[Path, Carried],
        units: Sequence[WorkUnit],
        *,
        root_of: Callable[[Path], Path],
        test_file: Callable[[WorkUnit], Path | None],
        here: Finds,
    ) -> None:
        self._cluster = cluster
        self._carried = carried
        self._units = units
        self._urgency = {unit.path: -number for number, unit in enumerate(units)}
        self._root_of = root_of
        self._test_file = test_file
        self._here = here
        self._working: list[asyncio.Task[None]] = []
        self._awaited: dict[Path, asyncio.Future[Found]] = {}
        self._given: set[Path] = set()
        self._done = 0

    async def begin(self) -> int:
        """Send all of it; return how many units are worked on at once. Raises ClusterProblem."""
        slots = await self._cluster.begin(tuple(self._carried.values()))
        loop = asyncio.get_running_loop()
        self._awaited = {unit.path: loop.create_future() for unit in self._units}
        self._working = [loop.create_task(self._follow(some)) for some in self._in_order()]
        return slots

    async def __call__(self, unit: WorkUnit, progress: Progress) -> Found:
        """Return what was found for a unit; who asks again has it found here, for the files as they are now."""
        if unit.path in self._given:
            return await self._here(unit, progress)
        self._given.add(unit.path)
        awaited = self._awaited[unit.path]
        while not awaited.done():
            progress.step(f"On the cluster: {self._done} of {len(self._units)} files are done")
            await asyncio.wait([awaited], timeout=1.0)
        return awaited.result()

    async def end(self) -> None:
        """Call off what is not done. Raises nothing."""
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        for awaited in self._awaited.values():
            if awaited.done() and not awaited.cancelled():
                awaited.exception()  # it was seen
        await self._cluster.end()

    def _in_order(self) -> list[list[WorkUnit]]:
        """Return the units, those together that write to the same file."""
        found: dict[object, list[WorkUnit]] = {}
        for unit in self._units:
            found.setdefault(self._test_file(unit) or unit, []).append(unit)
        return list(found.values())

    async def _follow(self, units: Sequence[WorkUnit]) -> None:
        """Have the units found one after the other; whoever waits for one is told what came of it."""
        texts: dict[str, str] = {}
        for unit in units:
            awaited = self._awaited[unit.path]
            try:
                found = await self._found(unit, texts)
            except Exception as error:  # noqa: BLE001 - whoever waits raises it
                awaited.set_exception(error)
                continue
            self._done += 1
            awaited.set_result(found)
            if found.edit is not None:
                texts[relative(found.edit.path, self._root_of(unit.path))] = found.edit.new_text

    async def _found(self, unit: WorkUnit, texts: Mapping[str, str]) -> Found:
        root = self._root_of(unit.path)
        try:
            record = await self._cluster.find(
                self._carried[root].digest, unit_record(unit, root), texts, self._urgency[unit.path]
            )
        except UnitLost as lost:
            return Found(unit.path, (TargetResult(Target(unit.path), "failed", f"Not found out: {lost}."),))
        return found_of(record, root)
