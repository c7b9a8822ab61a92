"""Opens probes: forks of a warm process where that is as good as a fresh one, fresh processes elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.commanded_probe import CommandedProbe
from greenline.adapters.forked_probe import ForkedProbe
from greenline.adapters.isolation import Isolation, checked
from greenline.adapters.probe_process import ProbeProcess, child_environment
from greenline.adapters.pytest_settings import root_of_pytest
from greenline.adapters.scratch_overlay import Overlay, in_place, remove_left, scratch_overlay
from greenline.adapters.start_up import starts_otherwise
from greenline.adapters.tried_command import tried
from greenline.adapters.turns import Turn, the_turn
from greenline.adapters.warm_process import WarmProblem, WarmProcess
from greenline.ports.isolation import InForce, Warmth

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from greenline.adapters.probe_process import Probe
    from greenline.adapters.sandbox import Sandbox
    from greenline.ports.project import Interpreter, Project

_MOST = 8
"""Warm processes at a time: each holds some tens of megabytes."""
# What differs from one run to the next; a fork gets it, and nothing that is imported before may depend on it.
_EACH_TIME = frozenset({"TMPDIR", "TEMP", "TMP", "PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"})
_NOWHERE = Path("nowhere")


@dataclass(frozen=True, slots=True)
class Kind:
    """What probes have in common that can be forks of one process; see ProbeProcess."""

    interpreter: Path
    project: Path
    tests: bool
    hash_seed: int | None = 0
    """None: the person's own."""
    own_home: bool = True
    """For what nobody has accepted yet: it runs in isolation."""
    confined: bool = False
    """For what a model wrote of that: its environment says nothing of the person."""


class Probes:
    """Keeps the warm processes; they end with the event loop, and with this process however that ends.

    ``bytecode`` is where that of pytest and its plugins is kept. With ``warm`` False each probe is a fresh process.
    ``isolation`` says how to run what nobody has accepted yet. From the folders ``imported`` all of them import, before
    what the person's PYTHONPATH names: where the interpreter has a project from another place.
    """

    def __init__(
        self,
        bytecode: Path | None = None,
        *,
        warm: bool = sys.platform == "linux",
        isolation: Isolation | None = None,
        imported: Sequence[Path] = (),
    ) -> None:
        self.bytecode = bytecode
        self._imported = tuple(imported)
        self.isolation = isolation or Isolation()
        self._warm = warm
        self._processes: dict[object, WarmProcess] = {}
        """The one used last stands last."""
        self._without: dict[tuple[Path, Path], frozenset[str]] = {}
        """Interpreter and project -> installed plugins that it does not want."""
        self._preparing: set[asyncio.Task[None]] = set()
        self._tidied = False
        """What killed servers left was looked for."""

    @asynccontextmanager
    async def open(
        self,
        kind: Kind,
        overlay: Overlay,
        *,
        python_path: Sequence[Path] = (),
        first: Sequence[Path] = (),
        fresh: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Probe]:
        """Start a probe, and end it with all that it started. Raises ProbeProblem.

        ``python_path`` comes before the person's PYTHONPATH; ``first`` are folders that may come first on
        ``sys.path`` later; ``variables`` are set in the environment, over all others.
        """
        python_path = (*python_path, *self._imported)
        in_force, sandbox = await self._isolation_of(kind)
        level = checked(in_force).level
        if sandbox and not any(overlay.scratch.is_relative_to(folder) for folder in sandbox.writable):
            # A warm process was started before this folder was made.
            fresh, sandbox = True, replace(sandbox, writable=(*sandbox.writable, str(overlay.scratch)))
        environment = _environment(kind, overlay, python_path)
        fresh = fresh or starts_otherwise(environment, variables or {})
        environment |= variables or {}
        async with AsyncExitStack() as stack:
            probe: Probe | None = None
            if self._warm and not fresh and level != "command":
                with contextlib.suppress(WarmProblem):
                    warm = await self._ready(kind, sandbox)
                    forked = ForkedProbe(kind.interpreter, warm, overlay, environment, first, limited=kind.own_home)
                    probe = await stack.enter_async_context(forked)
            if level == "command":
                template = self.isolation.template()
                commanded = CommandedProbe(kind.interpreter, overlay, template, environment, variables or {})
                probe = await stack.enter_async_context(commanded)
            if probe is None:
                probe = await stack.enter_async_context(
                    ProbeProcess(
                        kind.interpreter,
                        overlay,
                        python_path=python_path,
                        hash_seed=kind.hash_seed,
                        own_home=kind.own_home,
                        confined=kind.confined,
                        environment=variables,
                        sandbox=sandbox,
                    )
                )
            yield probe
            if isinstance(probe, ForkedProbe) and probe.unwanted:
                self._leave_out(kind, probe.unwanted)

    async def overlay(
        self,
        interpreter: Path,
        project: Path,
        texts: Mapping[Path, str],
        *,
        guarded: bool = True,
        imported: Sequence[Path] | None = None,
        without: Iterable[Path] = (),
    ) -> AbstractContextManager[Overlay]:
        """Return the scratch copy for a probe, to be entered: see ``scratch_overlay``. Raises ProbeProblem.

        What is not ``guarded``, and has no texts of its own, runs in the project's own folder: one at a time, since
        tests of two runs there would find each other's files. With ``imported``, the
        folders that are imported from, what pytest reads above the project is in the copy as well. ``without`` is not.
        """
        if not self._tidied:
            self._tidied = True
            await asyncio.to_thread(remove_left)
        if not guarded and not texts and (turn := the_turn(self._locks, project)) is not None:
            return self._here(project, turn)
        level = await self.isolation.level() if guarded else "none"
        if level == "command":
            template = self.isolation.template()
            there = template.mapping({"{project}": project, "{python}": interpreter}).out(str(project))
            return scratch_overlay(project, texts, seen_as=Path(there), without=without)
        parent = await self.isolation.scratch() if level == "sandbox" else None
        top = None if imported is None else await asyncio.to_thread(top_of_copy, project, imported)
        return scratch_overlay(project, texts, parent=parent, top=top, without=without)

    @contextlib.contextmanager
    def _here(self, project: Path, turn: Turn) -> Iterator[Overlay]:
        with turn, in_place(project) as overlay:
            yield overlay

    @property
    def _locks(self) -> Path:
        """The folder in which the terminal and editors tell each other what they run."""
        return self.bytecode.with_name("running") if self.bytecode else Path(tempfile.gettempdir(), "running-greenline")

    async def in_force(self, interpreter: Interpreter | None, project: Project) -> InForce:
        """See Isolating."""
        if interpreter is None:
            return await self.isolation.in_force()
        found = (await self.isolation.in_force_for(interpreter.path, project.root, self.bytecode))[0]
        if found.level != "command" or found.problem:
            return found
        answered, problem = await tried(self.isolation.template(), interpreter.path, project.root)
        return replace(found, tried=answered, problem=problem)

    async def warmth(self, interpreter: Interpreter, project: Project) -> Warmth:
        """See Isolating."""
        kind = Kind(interpreter.path, project.root, tests=interpreter.pytest_version is not None)
        in_force, sandbox = await self._isolation_of(kind)
        if not self._warm:
            return Warmth(
                "this system has no safe way to fork a process that has started",
                confines=None if sys.platform == "linux" else False,
            )
        if in_force.problem or in_force.level == "command":
            return Warmth("the setting greenline.isolation.level has each run by its command")
        try:
            warm = await self._ready(kind, sandbox)
        except WarmProblem as problem:
            return Warmth(str(problem))
        left_out = self._without.get((kind.interpreter, kind.project), ())
        return Warmth(kernel=warm.kernel, left_out=tuple(sorted(left_out)), confines=warm.confines)

    def prepare(self, project: Project, interpreter: Interpreter, hash_seeds: Sequence[int]) -> None:
        """See Readiness. One after the other, so that a core is left for what is done meanwhile."""
        if not self._warm:
            return
        tests = [Kind(interpreter.path, project.root, tests=True, hash_seed=seed) for seed in hash_seeds]
        kinds = [
            Kind(interpreter.path, project.root, tests=False),
            *tests,
            replace(tests[0], own_home=False, hash_seed=None),
        ]

        async def start() -> None:
            for kind in kinds:
                with contextlib.suppress(WarmProblem, OSError):  # it shows when one is needed
                    in_force, sandbox = await self._isolation_of(kind)
                    if in_force.level != "command" and not in_force.problem:
                        await self._ready(kind, sandbox)

        task = asyncio.get_running_loop().create_task(start(), name="warm Python processes")
        self._preparing.add(task)
        task.add_done_callback(self._preparing.discard)

    async def _isolation_of(self, kind: Kind) -> tuple[InForce, Sandbox | None]:
        if not kind.own_home:
            return InForce("guard", "it is accepted"), None
        return await self.isolation.in_force_for(kind.interpreter, kind.project, self.bytecode)

    async def _ready(self, kind: Kind, sandbox: Sandbox | None = None) -> WarmProcess:
        """Return a warm process for this kind. Raises WarmProblem."""
        warm = self._process_for(kind, sandbox)
        try:
            await warm.ready()
        except WarmProblem:
            if not warm.culprits:
                raise
            self._leave_out(kind, warm.culprits)  # each fork imports them itself
            warm = self._process_for(kind, sandbox)
            await warm.ready()
        return warm

    def _leave_out(self, kind: Kind, plugins: Iterable[str]) -> None:
        of = (kind.interpreter, kind.project)
        self._without[of] = self._without.get(of, frozenset()).union(plugins)

    def _process_for(self, kind: Kind, sandbox: Sandbox | None) -> WarmProcess:
        """Return the warm process for this kind, a new one when there is none or what it imported has changed."""
        without = self._without.get((kind.interpreter, kind.project), frozenset()) if kind.tests else frozenset()
        lasting = _environment(kind, Overlay(_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE))
        # Nothing of a project is imported: only a sandbox, which shows one, makes it that of one project.
        key = (
            kind.interpreter,
            kind.tests,
            without,
            sandbox,
            frozenset((n, v) for n, v in lasting.items() if n not in _EACH_TIME),
        )
        warm = self._processes.pop(key, None)
        if warm is not None and (warm.is_outdated or (warm.gone and not warm.unfit)):
            warm.retire()
            warm = None
        if warm is None:
            warm = WarmProcess(
                kind.interpreter,
                tests=kind.tests,
                hash_seed=kind.hash_seed,
                own_home=kind.own_home,
                confined=kind.confined,
                without=sorted(without),
                bytecode=self.bytecode,
                sandbox=sandbox,
                scratch=Path(sandbox.writable[0]) if sandbox else None,
            )
        self._processes[key] = warm
        for old in list(self._processes)[:-_MOST]:
            self._processes.pop(old).retire()
        return warm


def top_of_copy(project: Path, imported: Sequence[Path]) -> Path:
    """Return what has to be in the copy: the project, and what is above it that pytest reads and imports there."""
    beside = [os.path.normpath(folder) for folder in imported if ".." in folder.parts]
    try:
        found = Path(os.path.commonpath([root_of_pytest(project), *beside]))
    except ValueError:  # another drive
        return project
    return found if found != Path(found.anchor) else project


def _environment(kind: Kind, overlay: Overlay, python_path: Sequence[Path] = ()) -> dict[str, str]:
    return child_environment(
        kind.interpreter,
        overlay,
        python_path=python_path,
        hash_seed=kind.hash_seed,
        own_home=kind.own_home,
        confined=kind.confined,
    )
