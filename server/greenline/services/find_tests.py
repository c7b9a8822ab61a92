"""Tests for the functions of one file, found and tried, and written nowhere: the work that can be done anywhere."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from greenline.domain.bulk.found import Found
from greenline.domain.code.model import Target
from greenline.domain.generation.model import TargetResult
from greenline.services.stopped import Stopped
from greenline.services.target_results import Generation

if TYPE_CHECKING:
    from greenline.domain.bulk.plan import WorkUnit
    from greenline.ports.progress import Progress
    from greenline.services.generate_tests import GenerateTests
    from greenline.settings import EngineChoice

log = logging.getLogger(__name__)


async def find_tests(generate: GenerateTests, unit: WorkUnit, engine: EngineChoice, progress: Progress) -> Found:
    """Generate for a unit. Nothing that another unit would see is written or kept.

    Raises nothing for the unit's sake. A cancellation ends it with what there was until then.
    """
    target = Target(unit.path)
    try:
        wanted = unit.wish.engine or engine
        found = await generate.generate(target, progress, engine=wanted, only_for=unit.qualnames)
    except Stopped as stopped:
        return Found(unit.path, stopped.generation.results, stopped.generation.edit, stopped=True)
    except asyncio.CancelledError:
        return Found(unit.path, (TargetResult(target, "cancelled", "cancelled; nothing was written"),), stopped=True)
    except Exception as error:  # a fault of ours in one file: the others are not to be lost for it
        log.exception("generating for %s failed", unit.path)
        return Found(unit.path, (own_fault(unit, error),))
    return Found(unit.path, found.results, found.edit)


def own_fault(unit: WorkUnit, error: Exception) -> TargetResult:
    """Return the result of a unit at which Greenline itself failed."""
    reason = f"Greenline itself failed here, which is a fault to report: {error!r}"
    return TargetResult(Target(unit.path), "failed", reason)


def generation_of(found: Found) -> Generation:
    """Return what was found as generating here would have given it. Raises Stopped for what was cancelled."""
    generation = Generation(found.results, found.edit)
    if found.stopped:
        raise Stopped(generation)
    return generation
