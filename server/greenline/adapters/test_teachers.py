"""Read the nearest tests, and the fixtures and factories that a test file can use."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.pytest_settings import PYTEST_FILES, read_settings
from greenline.adapters.tree_walk import TreeWalk
from greenline.domain.code.imported_names import imported_names
from greenline.domain.generation.hypothesis_profile import profile_in
from greenline.domain.generation.lessons import Lessons, PlacedMaker, SuiteFile
from greenline.domain.generation.project_makers import TOOLS, Maker, fixtures_in, makers_in, registered_in
from greenline.domain.generation.surroundings import DEFAULT_PATTERNS
from greenline.domain.generation.test_style import TestStyle, Waiting, style_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from greenline.ports.project import Project

_ENTRIES = 5_000
_READ = 12
_SHOWN = 4
_BYTES = 200_000
_FACTORIES = ("factories", "factory")


class TeachersOnDisk:
    """Implements the port ``Teachers``.

    ``entries`` is how many directory entries are looked at, ``read`` how many test files are opened: the file itself,
    then the nearest.
    """

    def __init__(self, *, entries: int = _ENTRIES, read: int = _READ) -> None:
        self._entries = entries
        self._read = read

    def lessons(self, project: Project, tests: Path, texts: Mapping[Path, str]) -> Lessons:
        """Return what there is to learn for a test file. Raises nothing."""
        patterns = tuple(each for each in project.python_files if each != "*.py") or DEFAULT_PATTERNS
        seen = TreeWalk((*patterns, *(f"*{name}.py" for name in _FACTORIES)), self._entries)
        if project.marker is None:
            seen.look_at(tests.parent)
        else:
            for folder in (tests.parent, *project.test_roots, project.root):
                seen.walk(folder)
        near = sorted({path for path in seen.tests if path != tests}, key=lambda path: _distance(path, tests))
        modules = [path for path in near if path.stem.endswith(_FACTORIES)][: self._read]
        others = [path for path in near if path not in modules][: self._read]
        own = [(tests, text)] if (text := _text(tests, texts)) else []
        found = [*own, *((path, _text(path, texts)) for path in others)]
        conftests = [(path, _text(path, texts)) for path in _conftests(tests, project.root)]
        factories = [(path, _text(path, texts)) for path in modules]
        profile = profile_in(text for _, text in conftests)
        makers = _makers(tests, found, conftests, factories)
        around = {each.maker.name for each in makers if not each.imported[0]}
        around |= {name for _, text in conftests for name in fixtures_in(text)}
        return Lessons(
            _style(found, project),
            makers,
            frozenset(around),
            profile,
            files=tuple(SuiteFile(path, text, path == tests) for path, text in found[:_SHOWN] if text),
            conftests=tuple(SuiteFile(path, text) for path, text in conftests if text),
        )


_File = tuple[Path, str]


def _style(files: Sequence[_File], project: Project) -> TestStyle:
    """Return the style of the nearest file that has one; what it does not show, of the nearest that shows it."""
    waiting: Waiting = "plain" if _asyncio_mode(project) == "auto" else ""
    styles = [style_of(text, _modules_of(text, path, project)) for path, text in files]
    learned = [style for style in styles if style.learned]
    if not learned:
        return TestStyle(waiting=waiting)
    if learned[0].unittest:  # a suite of unittest runs its coroutines itself
        return replace(learned[0], waiting="")
    return replace(learned[0], waiting=next((style.waiting for style in learned if style.waiting), waiting))


def _asyncio_mode(project: Project) -> str:
    files = [project.root / name for name in PYTEST_FILES]
    settings = (read_settings(file) for file in files if file.is_file())
    return next((found.asyncio_mode for found in settings if found is not None), "")


def _modules_of(text: str, path: Path, project: Project) -> list[str]:
    """Return those of the names that a text imports that are modules of the project."""
    names = sorted(imported_names(text, _home(path)[1].rpartition(".")[0]))
    places = [(name, root / name.replace(".", "/")) for name in names for root in project.source_roots]
    return [name for name, place in places if place.with_suffix(".py").is_file() or place.is_dir()]


def _makers(
    tests: Path, files: Sequence[_File], conftests: Sequence[_File], factories: Sequence[_File]
) -> tuple[PlacedMaker, ...]:
    own = [file for file in files if file[0] == tests]
    asked = {path for path, _ in [*own, *conftests]}
    imports = [_imported_from(path, text) for path, text in [*files, *conftests]]
    made: list[tuple[Path, Maker]] = []
    importable: list[PlacedMaker] = []
    for path, text in [*own, *conftests, *factories]:
        fixtures, of_file = makers_in(text)
        made += [(path, each) for each in of_file]
        if path in asked:
            importable += [_placed(path, each) for each in fixtures]
    known = tuple(factory for _, factory in made)
    for path, text in [*own, *conftests]:
        importable += [_placed(path, each) for each in registered_in(text, known)]
    for path, factory in made:
        home = _import_of(factory, path, imports, tests)
        if home:
            importable.append(replace(_placed(path, factory), imported=(home, factory.name)))
    for module, attribute in TOOLS:
        users = [path for path, text in [*files, *conftests] if f"{module}.{attribute}" in _imported_from(path, text)]
        tool = Maker(attribute, (), factory=True)
        importable += [replace(_placed(path, tool), imported=(module, attribute)) for path in users[:1]]
    first: dict[str, PlacedMaker] = {}
    for maker in importable:
        first.setdefault(maker.maker.name, maker)
    return tuple(first.values())


def _placed(path: Path, maker: Maker) -> PlacedMaker:
    root, module = _home(path)
    return PlacedMaker(maker, path, root, module)


def _import_of(factory: Maker, path: Path, imports: Iterable[frozenset[str]], tests: Path) -> str:
    """Return the module that a test imports the factory from: as others do, else as its file can be named."""
    known = sorted(name for names in imports for name in names if name.rpartition(".")[2] == factory.name)
    if known:
        return known[0].rpartition(".")[0]
    root, module = _home(path)
    is_package = "." in module
    return module if is_package or root == tests.parent or (root / "conftest.py").is_file() else ""


def _imported_from(path: Path, text: str) -> frozenset[str]:
    return imported_names(text, _home(path)[1].rpartition(".")[0])


def _home(path: Path) -> tuple[Path, str]:
    """Return the folder that pytest puts on the path for a file, and the file's dotted name below it."""
    root = path.parent
    while (root / "__init__.py").is_file() and root.parent != root:
        root = root.parent
    return root, ".".join(path.relative_to(root).with_suffix("").parts)


def _conftests(tests: Path, root: Path) -> Iterator[Path]:
    """Yield the places of ``conftest.py`` that count for a test file, the nearest first."""
    for folder in tests.parents:
        yield folder / "conftest.py"
        if folder == root:
            return


def _distance(path: Path, tests: Path) -> tuple[int, str]:
    """Count the steps from folder to folder."""
    common = len(Path(os.path.commonpath([path.parent, tests.parent])).parts)
    return len(path.parent.parts) + len(tests.parent.parts) - 2 * common, str(path)


def _text(path: Path, texts: Mapping[Path, str]) -> str:
    if path in texts:
        return texts[path]
    try:
        with path.open("rb") as file:
            return file.read(_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
