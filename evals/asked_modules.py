"""The modules that models are asked about: the open ones of the engine's bench, and the samples."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from samples import FURTHER
from subjects import MODULES, Place, Subject, any_module, fresh, open_modules

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
KINDS = ("encoding", "files", "language_model", "outside_calls", "state_machine", "workers")
"""Of ``examples/kinds``, those that need nothing that Greenline's own environment has not."""
UNTUNED = (
    "flutils.moduleutils",
    "string_utils.manipulation",
    "semver._deprecated",
    "typesystem.fields",
    "dotenv.parser",
    "asyncstdlib.itertools",
)
"""Of the six packages, the longest other module each that needs no further package: the engine was not made by them."""
_FURTHER = {each.partition(":")[2]: each for each in FURTHER}


@dataclass(frozen=True)
class Source:
    """One module. ``project`` makes a project with it and without tests; it may fetch packages (BenchProblem)."""

    name: str
    """As ``--only`` and the recorded answers have it."""
    project: Callable[[Path], Subject]


@dataclass(frozen=True)
class Sample(Subject):
    """A module of a project that has a layout of its own."""

    path: str

    @property
    def file(self) -> str:
        """Relative to the project."""
        return self.path


def modules() -> list[Source]:
    """Return all modules; nothing is fetched before a project is made."""
    return [
        *(Source(name, _opened(name)) for name in (*MODULES, *UNTUNED)),
        *(Source(name, _fetched(name)) for name in _FURTHER),
        *(_sample(file, EXAMPLES / "parcels", "src") for file in _files(EXAMPLES / "parcels" / "src")),
        *(
            _sample(file, EXAMPLES / "kinds" / kind, ".")
            for kind in KINDS
            for file in _files(EXAMPLES / "kinds" / kind)
        ),
    ]


def is_wanted(name: str, only: Collection[str]) -> bool:
    """Tell whether a module or ``module::function`` is among what was asked for; without anything, all are."""
    return not only or name in only or name.partition("::")[0] in only


def _opened(name: str) -> Callable[[Path], Subject]:
    return lambda folder: fresh(_place(open_modules(Path(sys.executable)), name), folder)


def _fetched(name: str) -> Callable[[Path], Subject]:
    return lambda folder: fresh(any_module(_FURTHER[name], Path(sys.executable)), folder)


def _place(places: list[Place], name: str) -> Place:
    package = name.partition(".")[0]
    return replace(next(place for place in places if place.module.partition(".")[0] == package), module=name)


def _files(folder: Path) -> list[Path]:
    """Return the files that define functions, without tests."""
    files = [path for path in sorted(folder.rglob("*.py")) if not path.name.startswith(("test_", "conftest"))]
    return [path for path in files if _defines_functions(path)]


def _defines_functions(path: Path) -> bool:
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def _sample(file: Path, example: Path, root: str) -> Source:
    module = ".".join(file.relative_to(example / root).with_suffix("").parts)
    path = file.relative_to(example).as_posix()

    def project(folder: Path) -> Subject:
        shutil.copytree(example, folder, ignore=shutil.ignore_patterns("test_*.py", "__pycache__"))
        return Sample(module, folder, Path(sys.executable), path)

    return Source(module, project)
