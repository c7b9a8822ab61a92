"""Which test file the tests of a module belong in, learned from the tests that are there."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from greenline.domain.generation.place_layouts import folder_for
from greenline.domain.generation.surroundings import (
    DEFAULT_PATTERNS,
    subject_stem,
    tested_stem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from greenline.domain.generation.surroundings import (
        KnownTest,
        Surroundings,
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """The test file to write to, and why that one, in words for a person."""

    path: Path
    exists: bool
    reason: str


def place_tests(around: Surroundings) -> Placement:
    """Choose the test file for ``around.source``: one that tests the module already, or the place for a new one."""
    importing = [test for test in around.tests if any(name in test.imports for name in around.module_names)]
    named = [test for test in importing if _is_named_after(test.path, around)]
    if named:
        best = min(named, key=lambda test: _distance(test.path, around))
        return _existing(best, around, f"imports {around.module_names[0]} already")
    free = [test for test in importing if not _other_subject(test, around)]
    if len(free) == 1:
        return _existing(free[0], around, f"is the only test file that imports {around.module_names[0]}")
    by_name = [test for test in around.tests if _is_named_after(test.path, around) and not _other_subject(test, around)]
    if by_name:
        best = min(by_name, key=lambda test: _distance(test.path, around))
        return _existing(best, around, f"is named after {around.module_names[0]}")
    return _new_file(around)


def _existing(test: KnownTest, around: Surroundings, why: str) -> Placement:
    return Placement(test.path, exists=True, reason=f"{around.shown(test.path)} {why}")


def _new_file(around: Surroundings) -> Placement:
    folder, why = folder_for(around)
    taken = {test.path for test in around.tests}
    plain, *longer = [folder / name for name in _names(around)]
    path = plain
    if obstacle := _obstacle(plain, taken, around, plain=True):
        why = f"{why}; {obstacle}"
        free = (each for each in longer if not _obstacle(each, taken, around, plain=False))
        path = next(free, longer[-1])
    return Placement(path, exists=False, reason=f"{around.shown(path)} is new: {why}")


def _obstacle(path: Path, taken: set[Path], around: Surroundings, *, plain: bool) -> str:
    """Say what stands against a new file of that name, empty for nothing. ``plain``: it is the module's bare name."""
    if path in taken:
        return f"{around.shown(path)} tests another module"
    for other in taken:
        if other.name == path.name and not (other.parent in around.packages and path.parent in around.packages):
            return f"pytest wants another name than that of {around.shown(other)}, for one of the folders is no package"
    if not plain or _mirrors(path, around):
        return ""
    # A public module has the first claim to the plain name.
    own_name, stem = around.parts[-1], subject_stem(around.parts[-1])
    twins = [name for name in around.sources if name.rpartition(".")[2] in {own_name, stem}]
    own = around.module_names[0]
    twin = next((name for name in sorted(twins) if not _is_part_of(name, own) and not _is_part_of(own, name)), None)
    return f"{twin} has the same name" if twin else ""


def _is_part_of(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def _mirrors(path: Path, around: Surroundings) -> bool:
    """Tell whether the folder tells modules of one name apart."""
    above = around.parts[:-1]
    return path.parent.is_relative_to(around.source.parent) or (len(above) > 1 and path.parent.name == above[-1])


def _names(around: Surroundings) -> Iterator[str]:
    """Yield file names, the plainest first; the last one is free."""
    parts = [subject_stem(part) for part in around.parts]
    style = _style(around)
    stems = ["_".join(parts[-count:]) for count in range(1, len(parts) + 1)]
    yield from (style.replace("*", stem) for stem in stems)
    taken = {test.path.name for test in around.tests}
    number = 2
    while (name := style.replace("*", f"{stems[-1]}_{number}")) in taken:
        number += 1
    yield name


def _style(around: Surroundings) -> str:
    """Return the pattern that most of the project's test files follow and that pytest collects here."""
    usable = [pattern for pattern in _patterns(around.python_files) if _collected(pattern, around.python_files)]
    votes = {pattern: sum(fnmatchcase(test.path.name, pattern) for test in around.tests) for pattern in usable}
    return max(usable, key=lambda pattern: votes[pattern], default=DEFAULT_PATTERNS[0])


def _patterns(python_files: Sequence[str]) -> list[str]:
    own = [pattern.rpartition("/")[2] for pattern in python_files]
    simple = [pattern for pattern in own if pattern.count("*") == 1 and pattern.endswith(".py") and pattern != "*.py"]
    wanted = [pattern for pattern in simple if not any(sign in pattern for sign in "?[")]
    return list(dict.fromkeys([*DEFAULT_PATTERNS, *wanted]))


def _collected(pattern: str, python_files: Sequence[str]) -> bool:
    name = pattern.replace("*", "module")
    return any(fnmatchcase(name, each.rpartition("/")[2]) for each in python_files)


def _is_named_after(path: Path, around: Surroundings) -> bool:
    parts = [subject_stem(part) for part in around.parts]
    stems = {"_".join(parts[-count:]) for count in range(1, len(parts) + 1)}
    return tested_stem(path) in stems


def _other_subject(test: KnownTest, around: Surroundings) -> str | None:
    """Return the other module of the project that the file is named after and imports."""
    stem = tested_stem(test.path)
    others = (around.sources & test.imports) - set(around.module_names)
    return next((name for name in sorted(others) if subject_stem(name.rpartition(".")[2]) == stem), None)


def _distance(path: Path, around: Surroundings) -> tuple[int, int, str]:
    """Sort test files: folders named as the module's own first, then short paths."""
    mirrored = sum(part in path.parts for part in around.parts[:-1])
    return (-mirrored, len(path.parts), str(path))
