"""Which test file the tests of a module belong in, learned from the tests that are there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from greenline.domain.generation.place_layouts import folder_for
from greenline.domain.generation.subjects import Subjects, share_of, stems
from greenline.domain.generation.surroundings import (
    DEFAULT_PATTERNS,
    subject_stem,
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
    why: str = ""
    """The same without the file, to follow its name in parentheses: "imports parcels.core already"."""
    problem: str = ""
    """Why no tests can be written there, where a person's template says so; else empty."""


def place_tests(around: Surroundings) -> Placement:
    """Choose the test file for ``around.source``: one that tests the module already, or the place for a new one.

    First one that is named after the very function or class and imports it, then one that is named after the module and
    imports it or something of its package, then one that imports it more than anything else of the project, then one
    that has its name and says nothing else.
    """
    subjects = Subjects.of(around)
    own = around.module_names[0]
    usual = frozenset(test.path for test in subjects.usual())
    of_thing = [test for test in around.tests if test.path in usual and _is_about_thing(test, around)]
    if len(of_thing) == 1:
        return _existing(of_thing[0], around, f"is named after {around.thing} and imports it")
    named = [test for test in around.tests if _is_named_after(test.path, around) and not _is_anothers(test, around)]
    of_package = [test for test in named if _imports(test, around) or _imports_package(test, around)]
    if of_package:
        best = min(of_package, key=lambda t: (t.path not in usual, not _imports(t, around), *_distance(t.path, around)))
        package = around.parts[0]
        imports = f"imports {own} already" if _imports(best, around) else f"is named after {own} and imports {package}"
        return _existing(best, around, imports)
    if (about := _about(around, usual)) is not None:
        return _existing(*about)
    if named:
        best = min(named, key=lambda test: (test.path not in usual, *_distance(test.path, around)))
        return _existing(best, around, f"is named after {own}")
    return _new_file(around, subjects)


def _is_about_thing(test: KnownTest, around: Surroundings) -> bool:
    """Tell whether a file has the name of the function or class, no module's, and has it from here or the package."""
    if not around.thing or _plain(around.stem_of(test.path)) != _plain(around.thing):
        return False
    if any(_plain(name.rpartition(".")[2]) == _plain(around.thing) for name in around.sources):
        return False
    homes = {*around.module_names, *(".".join(around.parts[:count]) for count in range(1, len(around.parts)))}
    return any(f"{home}.{around.thing}" in test.for_all for home in homes)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _imports(test: KnownTest, around: Surroundings) -> bool:
    return any(name in test.imports for name in around.module_names)


def _imports_package(test: KnownTest, around: Surroundings) -> bool:
    return around.parts[0] in {name.partition(".")[0] for name in test.imports}


def _about(around: Surroundings, usual: frozenset[Path]) -> tuple[KnownTest, Surroundings, str] | None:
    """Find the file that is about this module more than about others, though it has another name."""
    own = around.module_names[0]
    importing = [test for test in around.tests if _imports(test, around)]
    free = [test for test in importing if test.path in usual and not _other_subject(test, around)]
    if len(importing) == len(usual) == len(free) == 1:
        return free[0], around, f"is the project's only test file and imports {own}"
    if any(name.startswith(f"{own}.") for name in around.sources):
        return None  # what is imported from a package may be defined in any of its modules
    shares = sorted(((share_of(test, around), test) for test in free), key=lambda each: each[0], reverse=True)
    mostly = [(share, test) for share, test in shares if share > 0.5]  # noqa: PLR2004 - half of what it imports
    if not mostly or (len(mostly) > 1 and mostly[0][0] == mostly[1][0]):
        return None
    only = len(importing) == 1
    return mostly[0][1], around, f"is the only test file that imports {own}" if only else f"is mostly about {own}"


def _existing(test: KnownTest, around: Surroundings, why: str) -> Placement:
    return Placement(test.path, exists=True, reason=f"{around.shown(test.path)} {why}", why=why)


def _new_file(around: Surroundings, subjects: Subjects) -> Placement:
    folder, why = folder_for(around)
    taken = {test.path for test in around.tests}
    usual, *longer = [folder / name for name in _names(around, subjects)]
    path = usual
    is_plain = around.stem_of(usual) == subject_stem(around.parts[-1])
    if obstacle := _obstacle(usual, taken, around, plain=is_plain):
        why = f"{why}; {obstacle}"
        free = (each for each in longer if not _obstacle(each, taken, around, plain=False))
        path = next(free, longer[-1])
    return Placement(path, exists=False, reason=f"{around.shown(path)} is new: {why}", why=f"new: {why}")


def _obstacle(path: Path, taken: set[Path], around: Surroundings, *, plain: bool) -> str:
    """Say what stands against a new file of that name, empty for nothing. ``plain``: it is the module's bare name."""
    if path in taken:
        return f"{around.shown(path)} tests another module"
    for other in () if around.import_mode == "importlib" else taken:
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


def _names(around: Surroundings, subjects: Subjects) -> Iterator[str]:
    """Yield file names, the usual one first, then those that say more; the last one is free."""
    style = _style(around)
    found = list(stems(around.parts))[_usual_count(around, subjects) - 1 :]
    yield from (style.replace("*", stem) for stem in found)
    taken = {test.path.name for test in around.tests}
    number = 2
    while (name := style.replace("*", f"{found[-1]}_{number}")) in taken:
        number += 1
    yield name


def _usual_count(around: Surroundings, subjects: Subjects) -> int:
    """Return how many parts of the source's dotted name go into a file's name where most files have as many."""
    votes: Counter[int | None] = Counter()
    for test in subjects.usual():
        if (subject := subjects.subject(test)) is not None:
            if subject.count == 1:
                votes[None] += 1
            votes[len(subject.name.split(".")) - subject.count] += 1
    dropped = max(votes, key=lambda each: (votes[each], each is None), default=None)
    return 1 if dropped is None else max(1, len(around.parts) - dropped)


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
    return around.stem_of(path) in stems(around.parts)


def _is_anothers(test: KnownTest, around: Surroundings) -> bool:
    """Tell whether a file of that name is rather about another module of the same name."""
    if _imports(test, around):
        return False
    if _other_subject(test, around):
        return True
    stem = around.stem_of(test.path)
    twins = [name.split(".") for name in around.sources - set(around.module_names)]
    alike = [parts for parts in twins if stem == subject_stem(parts[-1])]
    return any(_mirrored(test.path, parts) > _mirrored(test.path, around.parts) for parts in alike)


def _mirrored(path: Path, parts: Sequence[str]) -> int:
    return sum(part in path.parts for part in parts[:-1])


def _other_subject(test: KnownTest, around: Surroundings) -> str | None:
    """Return the other module of the project that the file is named after and imports."""
    stem = around.stem_of(test.path)
    others = (around.sources & test.imports) - set(around.module_names)
    return next((name for name in sorted(others) if subject_stem(name.rpartition(".")[2]) == stem), None)


def _distance(path: Path, around: Surroundings) -> tuple[int, int, str]:
    """Sort test files: folders named as the module's own first, then short paths."""
    return (-_mirrored(path, around.parts), len(path.parts), str(path))
