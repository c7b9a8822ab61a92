"""``--executor dask``: the units of a plan are worked on by a cluster, and written and confirmed here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.dask_cluster import connected
from greenline.bootstrap_cluster import carry, dask_cluster
from greenline.cli.refused_reports import refusal
from greenline.domain.bulk.found import Found
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.ports.cluster import ClusterProblem
from greenline.ports.project import InterpreterProblem
from greenline.services.find_on_cluster import FindOnCluster
from greenline.services.find_tests import find_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from greenline.bootstrap import Services
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.ports.cluster import Carried
    from greenline.ports.progress import Progress
    from greenline.settings import Settings

_MEGABYTE = 1e6
_ASKS_NONE = "Workers of a cluster ask no model: what exploring leaves is left."


@dataclass(frozen=True, slots=True)
class Where:
    """The cluster, and what a person is told of it."""

    address: str
    say: Callable[[str], None]


class OnCluster:
    """Implements ``Elsewhere``."""

    def __init__(
        self,
        where: Where,
        services: Services,
        settings: Settings,
        units: Sequence[WorkUnit],
        test_file: Callable[[WorkUnit], Path | None],
    ) -> None:
        self._where = where
        self._services = services
        self._settings = settings
        self._units = units
        self._test_file = test_file
        self._finds: FindOnCluster | None = None

    async def begin(self, progress: Progress) -> None:
        """Pack, send, and hand all units in. Raises ClusterProblem."""
        if not self._units:
            return
        if self._settings.model_enabled:
            self._where.say(_ASKS_NONE)
        progress.step("Packing the project")
        carried = await self._carried()
        self._finds = FindOnCluster(
            dask_cluster(self._where.address, self._where.say),
            carried,
            self._units,
            root_of=self._root_of,
            test_file=self._test_file,
            here=self._here,
        )
        progress.step("Sending it, and asking the workers for a Python with pytest")
        slots = await self._finds.begin()
        size = sum(len(one.files) for one in carried.values())
        sent = f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, round(size / 1e3))} KB"
        at_once = "1 file" if slots == 1 else f"{slots} files"
        self._where.say(f"Sent {sent} to each worker of {self._where.address}; they work on {at_once} at once.")

    async def __call__(self, unit: WorkUnit, progress: Progress) -> Found:
        """Return what was found for a unit. Raises ClusterProblem."""
        assert self._finds is not None
        found = await self._finds(unit, progress)
        if why := refusal(found, unit.path, self._services.projects):
            return Found(unit.path, (TargetResult(Target(unit.path), "failed", why),))
        return found

    async def end(self) -> None:
        """Call off what is not done. Raises nothing."""
        if self._finds is not None:
            await self._finds.end()

    async def _carried(self) -> dict[Path, Carried]:
        by_root: dict[Path, list[WorkUnit]] = {}
        for unit in self._units:
            by_root.setdefault(self._root_of(unit.path), []).append(unit)
        try:
            return {
                root: await carry(self._services, self._settings, units, self._where.say)
                for root, units in by_root.items()
            }
        except InterpreterProblem as problem:
            raise ClusterProblem(str(problem)) from problem

    async def _here(self, unit: WorkUnit, progress: Progress) -> Found:
        return await find_tests(self._services.generate, unit, self._settings.engine, progress)

    def _root_of(self, path: Path) -> Path:
        return self._services.projects.project_of(path).root


async def look_for(address: str) -> None:
    """Reach the scheduler once, before anything else is done. Raises ClusterProblem."""
    await (await connected(address)).close()
