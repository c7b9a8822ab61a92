"""What is worth trying first: how a module's functions are called in the project, and by its tests as they ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from greenline.domain.code.call_sites import Seen, calls_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.code.model import Function, Module
    from greenline.ports.callers import Callers
    from greenline.ports.project import Project
    from greenline.ports.tests import CallsSeen

_MOST_TYPES = 3
_MOST_EXAMPLES = 24


@dataclass(frozen=True, slots=True)
class Seeds:
    """Of one function: programs that call it, and types of what its parameters get, as ``wire.Explore`` has them."""

    examples: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


def read_call_sites(
    callers: Callers,
    project: Project,
    path: Path,
    module_name: str,
    functions: Sequence[Function],
    *,
    unsaved: Mapping[Path, str],
) -> dict[str, Seen]:
    """Return by qualified name how these functions are called in the project; the nearest calls first."""
    names = {f.name for f in functions if not f.name.startswith("__")}
    names |= {f.class_name.rpartition(".")[2] for f in functions if f.class_name}
    found: dict[str, Seen] = {}
    for caller in callers.callers_of(project, path, module_name, names, unsaved):
        for qualname, seen in calls_in(caller, module_name, functions).items():
            found.setdefault(qualname, Seen()).add(seen)
    return found


def join_seeds(module: Module, written: Mapping[str, Seen], ran: Sequence[CallsSeen]) -> dict[str, Seeds]:
    """Join what call sites say with what the tests passed when they ran: what was written first, it reads better."""
    functions = {f.first_line: f for f in module.functions if not f.is_local}
    traced: dict[str, Seen] = {}
    for calls in ran:
        function = functions.get(calls.first_line)
        if function is not None:
            types = {name: list(kinds) for name, kinds in calls.types.items()}
            traced.setdefault(function.qualname, Seen()).add(Seen(list(calls.programs), types))
    seeds = {}
    for function in functions.values():
        both = [s for s in (written.get(function.qualname), traced.get(function.qualname)) if s is not None]
        examples = dict.fromkeys(program for seen in both for program in seen.programs)
        open_ones = [p.name for p in function.parameters if p.annotation is None]
        kinds = {n: dict.fromkeys(k for seen in both for k in seen.types.get(n, ())) for n in open_ones}
        hints = {name: " | ".join([*found][:_MOST_TYPES]) for name, found in kinds.items() if found}
        if examples or hints:
            seeds[function.qualname] = Seeds(tuple(examples)[:_MOST_EXAMPLES], hints)
    return seeds
