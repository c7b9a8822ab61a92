"""Explores with the probe, in the project's interpreter, in a child process, in a scratch copy of the project."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.adapters.conftest_variables import with_conftest
from greenline.adapters.probe_process import ProbeProblem
from greenline.adapters.probes import Kind, Probes
from greenline.adapters.scratch_overlay import OverlayProblem
from greenline.domain.generation.case import Argument, Case, Fixture
from greenline.domain.generation.model import SuspectedBug
from greenline.domain.generation.properties import Property
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.small_changes import SmallChange
from greenline.ports.explorer import Exploration
from greenline_probe import wire

if TYPE_CHECKING:
    from greenline.adapters.probe_process import Probe
    from greenline.adapters.scratch_overlay import Overlay
    from greenline.domain.generation.lessons import PlacedMaker
    from greenline.ports.explorer import Expedition
    from greenline.ports.progress import Progress

_EXPLORE = "explore"
_A_CALLS_FOLDER = r"{}[/\\]+tmp\w+"
"""Each call has a folder of its own; in a test it is called ``tmp_path``."""
_LAST_BYTES, _LONGEST_LINE = 4000, 300
_EVERYTHING = ["write", "network", "process", "signal"]
_SECONDS_BESIDES = 60.0
"""For the start, the import of the module (twice) and the watch over stuck calls, on top of the budget."""


class ExplorerProcess:
    """An Explorer. Each exploration is a process of its own."""

    def __init__(self, probes: Probes | None = None) -> None:
        self._probes = probes or Probes(warm=False)

    async def explore(self, expedition: Expedition, progress: Progress) -> Exploration:
        """Explore until done or out of time; never raises for the target's sake."""
        try:
            found = await self._explore(expedition, progress)
            return found or await self._explore(expedition, progress, fresh=True) or Exploration(failed=True)
        except (OverlayProblem, ProbeProblem) as problem:
            return Exploration(reason=str(problem), failed=True)
        except OSError as error:
            reason = f"The scratch copy could not be made: {error}. Is the temporary folder full?"
            return Exploration(reason=reason, failed=True)

    async def _explore(self, expedition: Expedition, progress: Progress, *, fresh: bool = False) -> Exploration | None:
        """Return None where only a fresh process can tell how it ends."""
        of = expedition.interpreter.path, expedition.project.root
        with await self._probes.overlay(*of, expedition.unsaved) as overlay:
            request = _request(overlay, expedition, self._probes.bytecode)
            kind = Kind(expedition.interpreter.path, expedition.project.root, tests=False)
            cases: list[Case] = []
            first = list(map(Path, request.roots))
            variables = await asyncio.to_thread(with_conftest, expedition.project, expedition.unsaved)
            async with self._probes.open(kind, overlay, first=first, fresh=fresh, variables=variables) as probe:
                done, problem = await self._ended(probe, request, cases, progress)
                if done is None and probe.unfit:
                    return None
            # What fills the disk says something about the target; any other death may be ours.
            return _exploration(overlay, expedition, cases, done, problem, failed=not probe.overdone)

    async def _ended(
        self, probe: Probe, request: wire.Explore, cases: list[Case], progress: Progress
    ) -> tuple[wire.Explored | wire.Problem | None, str]:
        """Return the last reply, or None and what happened in its place."""
        limit = request.seconds * 2 + _SECONDS_BESIDES
        try:
            done = await asyncio.wait_for(self._converse(probe, request, cases, progress), limit)
        except (asyncio.TimeoutError, TimeoutError):
            return None, f"exploring did not end within {limit:g} s"
        if done is not None or probe.unfit:
            return done, ""
        return None, ": ".join(filter(None, [f"the Python process {await probe.death()}", _last_line(probe)]))

    async def _converse(
        self, probe: Probe, request: wire.Explore, cases: list[Case], progress: Progress
    ) -> wire.Explored | wire.Problem | None:
        await probe.send(request)
        async for reply in probe.replies(wire.Case, wire.Exploring, wire.Explored, wire.Problem):
            if isinstance(reply, wire.Case):
                cases.append(_case(reply))
            elif isinstance(reply, wire.Exploring):
                progress.step(f"Exploring: {reply.calls} calls, {reply.met} of {reply.goals} goals reached")
            else:
                return reply  # type: ignore[no-any-return]
        return None


def _exploration(
    overlay: Overlay,
    expedition: Expedition,
    cases: list[Case],
    done: wire.Explored | wire.Problem | None,
    problem: str,
    *,
    failed: bool,
) -> Exploration:
    def shown(text: str) -> str:
        """Name things by where the person has them."""
        text = re.sub(_A_CALLS_FOLDER.format(re.escape(str(overlay.tmp / _EXPLORE))), "tmp_path", text)
        text = text.replace(str(overlay.home), "~")
        return text.replace(str(overlay.root), str(expedition.project.root))

    if isinstance(done, wire.Problem):
        return Exploration(reason=shown(done.message), failed=True)
    if done is None:
        return Exploration(tuple(cases), reason=shown(problem), failed=failed)
    return Exploration(
        cases=tuple(cases),
        properties=tuple(_property(wire.Property(**fields)) for fields in done.properties),
        calls=done.calls,
        reason=shown(done.reason),
        failed=done.failed,
        mutants=done.mutants,
        killed=done.killed,
        refusals=tuple(shown(refusal) for refusal in done.refusals),
        hindered=shown(done.hindered),
        refused=tuple(map(shown, done.refused)),
        survivors=tuple(done.survivors),
        unnoticed=tuple(SmallChange(*each) for each in done.unnoticed),
        reach=Reach(done.passed_on, done.shadowed),
        suspected_bugs=tuple(
            SuspectedBug(a["call"], shown(a["error"]), a["line"] or None, a.get("documented", ""))
            for a in done.accidents
            if a["typed"]
        ),
    )


def _last_line(probe: Probe) -> str:
    """Return the last line that the process printed: of a traceback, the error."""
    lines = [line.strip() for line in probe.output(_LAST_BYTES).splitlines() if line.strip()]
    return lines[-1][-_LONGEST_LINE:] if lines else ""


def _request(overlay: Overlay, expedition: Expedition, bytecode: Path | None) -> wire.Explore:
    scratch = overlay.tmp / _EXPLORE
    scratch.mkdir()
    return wire.Explore(
        module=expedition.module_name,
        file=str(overlay.map_out(expedition.path)),
        qualname=expedition.qualname,
        roots=[str(overlay.map_out(root)) for root in expedition.project.source_roots],
        scratch=str(scratch),
        seconds=expedition.seconds,
        goal_lines=sorted(expedition.lines),
        goal_arcs=[list(arc) for arc in sorted(expedition.branches)],
        first_line={str(line): first for line, first in expedition.first_line.items()},
        refuse=_EVERYTHING,
        examples=list(expedition.examples),
        hints=dict(expedition.hints),
        bytecode=str(bytecode or ""),
        makers=[dataclasses.asdict(_maker(overlay, placed)) for placed in expedition.makers],
    )


def _maker(overlay: Overlay, placed: PlacedMaker) -> wire.Maker:
    maker = placed.maker
    return wire.Maker(
        name=maker.name,
        gives=list(maker.gives),
        file=str(overlay.map_out(placed.path)),
        root=str(overlay.map_out(placed.root)),
        module=placed.module,
        needs=list(maker.needs),
        expression=maker.expression,
        factory=maker.factory,
        imported=[part for part in placed.imported if part],
    )


def _case(reply: wire.Case) -> Case:
    fields: dict[str, Any] = dataclasses.asdict(reply)
    return Case(
        call=fields["call"],
        arguments=tuple(Argument(*a) for a in fields["arguments"]),
        arrange=tuple(fields["arrange"]),
        shape=fields["shape"],
        expected=fields["expected"],
        details=tuple(fields["details"]),
        after=tuple(fields["after"]),
        kept=frozenset(fields["kept"]),
        error=fields["error"] if fields["kind"] == "raise" else "",
        message=fields["message"],
        imports=tuple((b, m, a) for b, m, a in fields["imports"]),
        edges=frozenset((a, b) for a, b in fields["edges"]),
        documented=fields["documented"],
        decorators=tuple(fields["decorators"]),
        fixtures=tuple(fields["fixtures"]),
        tested=fields["tested"],
        brought=tuple(Fixture(name, source, tuple(map(tuple, needs))) for name, source, needs in fields["brought"]),
        shared=tuple(fields["shared"]),
    )


def _property(reply: wire.Property) -> Property:
    return Property(
        kind=reply.kind,
        tested=reply.tested,
        parameters=tuple(reply.parameters),
        rows=tuple(map(tuple, reply.rows)),
        steps=tuple(reply.steps),
        checks=tuple(reply.checks),
        strategies=tuple(reply.strategies),
        partner=reply.partner,
        imports=tuple((b, m, a) for b, m, a in reply.imports),
        examples=tuple(map(tuple, reply.examples)),
        slow=reply.slow,
        waits=reply.files,
        documented=reply.documented,
    )
