"""A module made from source text, with what the probe's search needs to run its functions in this process."""

from __future__ import annotations

import contextlib
import gc
import itertools
import linecache
import logging
import os
import signal
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from greenline.adapters.coverage_parser import CoverageParser
from greenline.domain.code.read_module import read_module
from greenline_probe.explore.budget import Budget
from greenline_probe.explore.comparisons import Comparisons
from greenline_probe.explore.express import Expresser, Names
from greenline_probe.explore.goals import Goals
from greenline_probe.explore.instrument import Watch
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.search import Search
from greenline_probe.explore.subject import Subject, import_module, resolve
from greenline_probe.explore.template import Template, templates
from greenline_probe.explore.values import Values
from greenline_probe.trace import Tracer

_numbers = itertools.count()


@dataclass
class World:
    """One target, ready to run; nothing is refused."""

    path: Path
    subject: Subject
    names: Names
    express: Expresser
    observer: Observer
    values: Values
    templates: list[Template]
    comparisons: Comparisons
    goals: Goals

    def search(self, *, seed: str = "seed", seconds: float = 5.0) -> Search:
        return Search(
            self.observer, self.templates, self.goals, self.comparisons, self.express, seed, budget=Budget(seconds)
        )


@contextlib.contextmanager
def module_of(folder: Path, text: str, watch: list[Watch] | None = None) -> Iterator[types.ModuleType]:
    """Import the text as a module of its own, and forget it afterwards."""
    name = f"explored_{next(_numbers)}"
    (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    sys.path.insert(0, str(folder))
    finders = list(sys.meta_path)
    try:
        if watch is not None:
            watch.append(Watch(name, comparing=True))
        yield import_module(name)
    finally:
        sys.meta_path[:] = finders
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)
        linecache.clearcache()


@contextlib.contextmanager
def explored(folder: Path, text: str, qualname: str) -> Iterator[World]:
    """Yield the target with its comparisons recorded. The process's surroundings are put back."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    here, watches, handlers = Path.cwd(), [], list(logging.getLogger().handlers)
    alarm = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
    gc.freeze()  # as in a worker: looking for garbage of thousands of other tests takes longer than a call may
    try:
        with module_of(folder, text, watches) as module:
            path = Path(str(module.__file__))
            source = path.read_text(encoding="utf-8")
            subject = resolve(module, qualname, source)
            names = Names(module)
            express = Expresser(names)
            observer = Observer(subject, express, Tracer({str(path): "target"}), str(scratch), lambda _: True)
            values = Values(names, subject.facts, observer.attempt)
            found = templates(subject, values)
            yield World(
                path,
                subject,
                names,
                express,
                observer,
                values,
                found,
                watches[0].comparisons,
                goals_of(source, qualname),
            )
            if observer._loop is not None:
                observer._loop.close()
    finally:
        gc.unfreeze()
        os.chdir(here)
        logging.getLogger().handlers[:] = handlers
        if alarm is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, alarm)


def goals_of(text: str, qualname: str) -> Goals:
    """Return the lines and branches of one function, as the server asks for them."""
    module, _ = read_module(text)
    statements, _ = CoverageParser().analyse(text)
    function = module.function(qualname)
    assert function is not None
    body = range(function.body_line, function.end_line + 1)
    lines = frozenset(line for line in statements.lines if line in body)
    arcs = frozenset((a, b) for a, found in statements.branches.items() if a in body for b in found)
    return Goals(lines, arcs, dict(statements.first_line))


def pool_source(world: World, parameter: str) -> list[str]:
    """Return the expressions tried for one parameter."""
    return [s for t in world.templates for slot in t.slots if slot.name == parameter for s in slot.pool]
