"""Targets of the examples, as an engine is asked for tests of them, in folders of their own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.callers_on_disk import CallersOnDisk
from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.prompt_files import read_prompt_files
from greenline.adapters.test_teachers import TeachersOnDisk
from greenline.domain.asking.model import Explored
from greenline.domain.code.module_name import module_name
from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.mapping import coverage_map
from greenline.domain.coverage.model import Executed
from greenline.ports.engine import Assignment
from greenline.ports.project import Interpreter
from greenline.services.find_seeds import Seeds, join_seeds, read_call_sites
from greenline.services.model_context import ModelContext
from greenline.services.sendable_files import SendableCallers, SendableFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES = Path(__file__).parents[3] / "examples"


@dataclass(frozen=True)
class Sample:
    """One target. ``ran`` are the arcs that tests take; ``more`` are files beside the example's own modules."""

    example: str
    target: str
    ran: frozenset[tuple[int, int]] = frozenset()
    more: Mapping[str, str] = field(default_factory=dict)
    explored: Explored = field(default_factory=Explored)
    tests: str = "tests/test_new.py"


def arcs(*lines: int) -> frozenset[tuple[int, int]]:
    """Return the arcs from line to line."""
    return frozenset(pairwise(lines))


def folder_of(sample: Sample, place: Path) -> Path:
    """Copy the example without the tests that stand beside it, which are written anew now and then."""
    left_out = shutil.ignore_patterns("test_*.py", "__pycache__", ".*cache", "README.md")
    shutil.copytree(EXAMPLES / sample.example, place, ignore=left_out, dirs_exist_ok=True)
    for name, text in sample.more.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def assignment_of(sample: Sample, folder: Path) -> Assignment:
    """Return what an engine gets, read as the workbench reads it."""
    name, _, qualname = sample.target.partition("::")
    path = folder / name
    project = ProjectFiles().project_of(path)
    text = path.read_text(encoding="utf-8")
    module, problems = read_module(text)
    assert problems == []
    function = module.function(qualname)
    assert function is not None
    imported = module_name(path, project.source_roots) or ""
    statements, _ = CoverageParser().analyse(text)
    lines = frozenset(line for arc in sample.ran for line in arc if line > 0)
    callers = SendableCallers(CallersOnDisk(), SendableFiles())
    seen = read_call_sites(callers, project, path, imported, [function], unsaved={})
    seeds = join_seeds(module, seen, ()).get(qualname, Seeds())
    return Assignment(
        project=project,
        interpreter=Interpreter(folder / "python", (3, 11, 4), "the setting", "8.3.4"),
        path=path,
        module_name=imported,
        text=text,
        module=module,
        function=function,
        before=coverage_map(statements, Executed(lines, sample.ran)),
        examples=seeds.examples,
        hints=seeds.hints,
        lessons=TeachersOnDisk().lessons(project, folder / sample.tests, {}),
    )


def context(ignore: tuple[str, ...] = ()) -> ModelContext:
    """Return one for a job."""
    return ModelContext(read_prompt_files(), DiskDocuments(), CallersOnDisk(), ignore=ignore)
