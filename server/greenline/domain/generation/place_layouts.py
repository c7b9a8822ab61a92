"""How projects lay out their tests, and which of the ways a project follows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.generation.subjects import Subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.generation.surroundings import KnownTest, Surroundings

_INSIDE = ("tests", "test")


def folder_for(around: Surroundings) -> tuple[Path, str]:
    """Return the folder for a new test file, and why in words."""
    if not around.in_project:
        return around.source.parent, "beside the source, for it belongs to no project"
    subjects = Subjects.of(around)
    tests = subjects.usual()
    votes = Counter(layout for test in tests for layout in _explanations(test, subjects))
    for layout, _ in sorted(votes.items(), key=lambda vote: (-vote[1], *_preference(vote[0], around))):
        return layout.folder(around), f"{layout.words(around)}, as the other tests are"
    folders = Counter(test.path.parent for test in tests if _near(test.path, around))
    if folders:
        return max(folders, key=lambda each: (folders[each], str(each))), "where the other tests are"
    if around.test_roots:
        # A folder of sources is named there too where documented examples are run.
        apart = [each for each in around.test_roots if not around.source.is_relative_to(each)] or around.test_roots
        nearest = max(apart, key=lambda each: (_shared(each, around.source), -len(each.parts)))
        return nearest, f"in the project's test folder {around.shown(nearest)}"
    return around.root / "tests", "in a test folder for the project, which has none"


@dataclass(frozen=True, slots=True)
class _Layout:
    """``kind``: beside the source, inside its package (``detail``), flat or mirrored below ``base``."""

    kind: str
    base: Path | None = None
    detail: str = ""
    dropped: int = 0
    """How many leading parts of the dotted name the mirror leaves off."""

    def folder(self, around: Surroundings) -> Path:
        if self.kind == "beside":
            return around.source.parent
        if self.kind == "inside":
            return around.source.parent / self.detail
        assert self.base is not None
        return self.base.joinpath(*around.parts[self.dropped : -1]) if self.kind == "mirror" else self.base

    def words(self, around: Surroundings) -> str:
        if self.kind == "beside":
            return "beside the source"
        if self.kind == "inside":
            return f"in the package's own {self.detail} folder"
        assert self.base is not None
        below = around.shown(self.base)
        return f"in {below}, in the same folders as the source" if self.folder(around) != self.base else f"in {below}"


def _explanations(test: KnownTest, subjects: Subjects) -> Iterator[_Layout]:
    """Yield the layouts that put this test file where it is, given the module that it is named after."""
    subject = subjects.subject(test)
    if subject is None:
        return
    around = subjects.around
    parts = tuple(subject.name.split("."))
    folder = test.path.parent
    home = _home_of(parts, around)
    if home is not None and folder == home:
        yield _Layout("beside")
        return
    if home is not None and folder.parent == home and folder.name in _INSIDE and len(parts) > 1:
        yield _Layout("inside", detail=folder.name)
        return
    yield from _below(folder, parts, around)


def _below(folder: Path, parts: Sequence[str], around: Surroundings) -> Iterator[_Layout]:
    above = parts[:-1]
    # What is only a namespace is left off together with the package's own name.
    namespaces = [count for count in range(1, len(above)) if ".".join(above[:count]) not in around.sources]
    for dropped in range(min(2 + len(namespaces), len(above) + 1)):
        kept = above[dropped:]
        if folder.parts[len(folder.parts) - len(kept) :] == tuple(kept):
            yield _Layout("mirror", Path(*folder.parts[: len(folder.parts) - len(kept)]), dropped=dropped)
    yield _Layout("flat", folder)


def _home_of(parts: Sequence[str], around: Surroundings) -> Path | None:
    """Return the folder of another module, by the way the source itself lies below its import root."""
    depth = len(around.parts) - (0 if around.source.stem == "__init__" else 1)
    import_root = around.source.parents[depth]
    return import_root.joinpath(*parts[:-1])


def _preference(layout: _Layout, around: Surroundings) -> tuple[int, int, str]:
    """Of layouts that explain as many tests: one whose folder is there, then flat before a mirror of one package."""
    folder = layout.folder(around)
    known = folder in around.folders
    deeper = layout.kind == "mirror" and known
    return (0 if deeper else 1 if known else 2, 0 if layout.kind == "flat" else 1, str(folder))


def _near(test: Path, around: Surroundings) -> bool:
    return any(test.is_relative_to(root) for root in around.test_roots) or not around.test_roots


def _shared(folder: Path, source: Path) -> int:
    """Count the leading folders that two paths have in common."""
    common = 0
    for mine, other in zip(folder.parts, source.parts, strict=False):
        if mine != other:
            break
        common += 1
    return common
