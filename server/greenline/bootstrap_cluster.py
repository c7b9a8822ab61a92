"""What is sent to the workers of a cluster, and how they are reached: imported when one is asked for."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import asdict, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from greenline import bootstrap_worker
from greenline.adapters.carried_files import carried_files
from greenline.adapters.dask_cluster import DaskCluster, WorkerSide
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.imported_folders import imported_folders
from greenline.adapters.packed_files import pack
from greenline.domain.asking.ignored import patterns_of
from greenline.ports.cluster import Carried, ClusterProblem
from greenline.ports.coverage import CoverageProblem
from greenline.services.known_base import base_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from greenline.bootstrap import Services
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.ports.project import Project
    from greenline.settings import Settings

_NAMED = 5
_NOWHERE = "no-report-of-greenlines-coordinator"
"""What is known of coverage is sent; a report among the files would be counted twice."""


def dask_cluster(address: str, tell: Callable[[str], None]) -> DaskCluster:
    """Return the cluster whose scheduler is at the address; nothing is asked of it yet."""
    side = WorkerSide(bootstrap_worker.look, bootstrap_worker.find, bootstrap_worker.leave)
    return DaskCluster(address, side, tell)


async def carry(
    services: Services,
    settings: Settings,
    units: Sequence[WorkUnit],
    tell: Callable[[str], None],
) -> Carried:
    """Pack what the work on units of one project needs. ``tell`` is told what stays here. Raises ClusterProblem.

    Raises InterpreterProblem as well, where the project has no Python here.
    """
    project = services.projects.project_of(units[0].path)
    _refuse_gone(services, project)
    interpreter = await services.interpreters.interpreter_for(project, setting=settings.interpreter)
    imported = await asyncio.to_thread(imported_folders, project, interpreter)
    found = await asyncio.to_thread(carried_files, project, patterns_of(settings.model_ignore))
    for files, why in ((found.secret, "as their names say that they may keep secrets"),
                       (found.elsewhere, "as they lead out of the project")):  # fmt: skip
        if files:
            tell(f"Not sent to the cluster, {why}: {_named(project.root, files)}")
    try:
        packed = await asyncio.to_thread(pack, found.top, found.files)
    except OSError as error:
        raise ClusterProblem(f"The project cannot be sent to the cluster: {error}") from error
    base = await asyncio.to_thread(base_of, services.show, DiskDocuments(), project.root, [unit.path for unit in units])
    carried = Carried(
        digest="",
        files=packed.content,
        name=found.top.name or "root",
        project=project.root.relative_to(found.top).as_posix(),
        root=str(project.root),
        imported=tuple(folder.relative_to(project.root).as_posix() for folder in imported),
        settings=settings_for_workers(settings),
        base=base,
        engine=settings.engine,
    )
    return replace(carried, digest=_digest_of(carried, packed.digest))


def settings_for_workers(settings: Settings) -> dict[str, Any]:
    """Return the settings that are sent. How models are asked stays here: a command or an address may hold a key."""
    usual = asdict(type(settings)())
    asking = {name: usual[name] for name in usual if name.startswith("model_") and name != "model_ignore"}
    return {**asdict(settings), **asking, "coverage_file": _NOWHERE, "coverage_paths": "", "changed_since": ""}


def _refuse_gone(services: Services, project: Project) -> None:
    """Raise ClusterProblem where the coverage data cannot be what all workers begin with."""
    try:
        gone = services.age.gone(project)
    except CoverageProblem:
        return
    if gone:
        raise ClusterProblem(
            f"The coverage data tells of tests that are gone: {_named(project.root, gone)}. Measure anew, or remove "
            "the report: all workers begin with what it tells."
        )


def _digest_of(carried: Carried, files: str) -> str:
    """Return what no other run has, not even one over the same: workers remove what is of a run when that ends."""
    said = repr((files, replace(carried, files=b""), uuid.uuid4().hex))
    return sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def _named(root: Path, files: Sequence[Path]) -> str:
    names = [(file.relative_to(root) if file.is_relative_to(root) else file).as_posix() for file in files]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
