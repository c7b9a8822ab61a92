"""A source file and the tests around it, as found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PATTERNS = ("test_*.py", "*_test.py")


@dataclass(frozen=True, slots=True)
class KnownTest:
    """A test file that is there. ``imports`` are the dotted names that it imports, relative ones resolved."""

    path: Path
    imports: frozenset[str] = frozenset()
    for_all: frozenset[str] = frozenset()
    """Those of them that the whole file imports, not one of its functions for itself."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found around a source file; all paths absolute."""

    root: Path
    source: Path
    module_names: tuple[str, ...]
    """The dotted names that the source can be imported by, the usual one first; ``__init__`` is left off."""
    in_project: bool = True
    test_roots: tuple[Path, ...] = ()
    python_files: tuple[str, ...] = DEFAULT_PATTERNS
    tests: tuple[KnownTest, ...] = ()
    sources: frozenset[str] = frozenset()
    """Dotted names of the project's modules, as far as they were listed; of its tests, none."""
    folders: frozenset[Path] = frozenset()
    """Folders that were seen."""
    packages: frozenset[Path] = frozenset()
    """Those of them that have an ``__init__.py``."""
    import_mode: str = "prepend"
    """How pytest imports test files: "prepend", "append" or "importlib"."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's dotted name, cut at the dots."""
        return tuple(self.module_names[0].split("."))

    def shown(self, path: Path) -> str:
        """Return the path as a person of this project names it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def subject_stem(module: str) -> str:
    """Return how test files name a module: ``core`` for ``_core``, ``main`` for ``__main__``."""
    return module.strip("_") or module


def tested_stem(path: Path) -> str:
    """Return what a test file is named after: ``core`` for ``test_core.py`` and ``core_test.py``."""
    stem = path.stem
    return stem.removeprefix("test_") if stem.startswith("test_") else stem.removesuffix("_test").removesuffix("_tests")
