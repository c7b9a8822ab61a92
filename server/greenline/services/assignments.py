"""From what lies ready to what an engine is given for one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.ports.engine import Assignment
from greenline.services.find_seeds import Seeds

if TYPE_CHECKING:
    from greenline.domain.code.model import Function
    from greenline.services.workbench import Bench
    from greenline.settings import Settings


def assignment_of(function: Function, bench: Bench, settings: Settings) -> Assignment:
    """Return the function with all that an engine may look at."""
    seeds = bench.seeds.get(function.qualname, Seeds())
    return Assignment(
        project=bench.project,
        interpreter=bench.interpreter,
        path=bench.path,
        module_name=bench.module_name,
        text=bench.text,
        module=bench.module,
        function=function,
        before=bench.before,
        seconds=settings.explore_seconds,
        unsaved=bench.unsaved,
        examples=seeds.examples,
        hints=seeds.hints,
        lessons=bench.lessons,
    )
