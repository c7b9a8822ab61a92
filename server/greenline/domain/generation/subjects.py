"""Which module a test file is about: by its name, and by what it imports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from greenline.domain.generation.surroundings import subject_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from greenline.domain.generation.surroundings import KnownTest, Surroundings

_WIDE = frozenset(
    {"integration", "integrations", "e2e", "end_to_end", "functional", "acceptance", "system", "smoke", "scenarios"}
)
"""Folders of tests that take several modules together."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The module that a test file is named after; ``count`` is how many parts of its dotted name the file has."""

    name: str
    count: int


@dataclass(frozen=True)
class Subjects:
    """Knows the project's modules by the names that test files may have for them."""

    around: Surroundings
    _named: dict[str, list[Subject]] = field(default_factory=dict)

    @classmethod
    def of(cls, around: Surroundings) -> Subjects:
        """Look the names up that the project's test files have."""
        wanted = {around.stem_of(test.path) for test in around.tests}
        named: dict[str, list[Subject]] = defaultdict(list)
        for name in sorted(around.sources):
            for count, stem in enumerate(stems(name.split(".")), 1):
                if stem in wanted:
                    named[stem].append(Subject(name, count))
        return cls(around, dict(named))

    def subject(self, test: KnownTest) -> Subject | None:
        """Return the only module that the file can be named after; one that it imports goes before others."""
        named = self._named.get(self.around.stem_of(test.path), [])
        pool = [each for each in named if each.name in test.imports] or named
        longest = max((each.count for each in pool), default=0)
        best = [each for each in pool if each.count == longest]
        return best[0] if len(best) == 1 else None

    def usual(self) -> tuple[KnownTest, ...]:
        """Return the tests of single modules, without those that are kept apart for taking several together."""
        own = {part for name in self.around.sources for part in name.split(".")}
        usual = tuple(test for test in self.around.tests if not self._wide(test.path, own))
        return usual or self.around.tests

    def _wide(self, path: Path, own: set[str]) -> bool:
        folders = path.relative_to(self.around.root).parts[:-1] if path.is_relative_to(self.around.root) else ()
        return any(folder in _WIDE and folder not in own for folder in folders)


def stems(parts: Sequence[str]) -> Iterator[str]:
    """Yield what test files of a module may be named after, the plainest first: ``core``, ``rates_core``, ..."""
    plain = [subject_stem(part) for part in parts]
    yield from ("_".join(plain[-count:]) for count in range(1, len(plain) + 1))


def share_of(test: KnownTest, around: Surroundings) -> float:
    """Return what part of all that a file imports of the project is the source's.

    What is imported for the whole file counts twice as much as what one function imports for itself.
    """
    mine, all_together = 0, 0
    for name in _innermost(test.imports):
        module = module_of(name, around.sources)
        weight = 2 if name in test.for_all else 1
        all_together += weight if module else 0
        mine += weight if module in around.module_names else 0
    return mine / all_together if all_together else 0.0


def module_of(name: str, sources: Iterable[str]) -> str:
    """Return the module of an imported name, empty for one of another project."""
    return next((prefix for prefix in _prefixes(name) if prefix in sources), "")


def _innermost(names: Iterable[str]) -> Iterator[str]:
    """Leave out what is named only on the way to something else: ``parcels`` in ``from parcels import core``."""
    for name, following in pairwise([*sorted(names), ""]):
        if not following.startswith(f"{name}."):
            yield name


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:count]) for count in range(len(parts), 0, -1))
