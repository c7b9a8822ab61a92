"""A source file and the tests around it, as found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    thing: str = ""
    """The function or class of the source that the tests are for, where it is one."""
    import_mode: str = "prepend"
    """How pytest imports test files: "prepend", "append" or "importlib"."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's dotted name, cut at the dots."""
        return tuple(self.module_names[0].split("."))

    def stem_of(self, test: Path) -> str:
        """Return what a test file of this project is named after."""
        return stem_in_name(test, self.python_files)

    def shown(self, path: Path) -> str:
        """Return the path as a person of this project names it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def subject_stem(module: str) -> str:
    """Return how test files name a module: ``core`` for ``_core``, ``main`` for ``__main__``."""
    return module.strip("_") or module


def stem_in_name(path: Path, patterns: Iterable[str]) -> str:
    """Return what a test file is named after: ``core`` for ``test_core.py``, ``core_test.py`` and ``test__core.py``.

    ``patterns`` are those of ``python_files``: with ``check_*.py``, ``check_core.py`` has that name as well.
    """
    around = max(
        (each for each in (*_AROUND, *map(_ends, patterns)) if _fits(path.name, *each)), key=_length, default=_PY
    )
    before, after = around
    return subject_stem(path.name[len(before) : len(path.name) - len(after)])


_PY = ("", ".py")
_AROUND = (_PY, ("test_", ".py"), ("", "_test.py"), ("", "_tests.py"))


def _ends(pattern: str) -> tuple[str, str]:
    """Return what a pattern has before and after its only ``*``; of others, what fits no file."""
    before, star, after = pattern.rpartition("/")[2].partition("*")
    is_plain = star and after.endswith(".py") and not any(sign in before + after for sign in "*?[")
    return (before, after) if is_plain else ("/", "/")


def _fits(name: str, before: str, after: str) -> bool:
    return name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)


def _length(ends: tuple[str, str]) -> int:
    return len(ends[0]) + len(ends[1])
