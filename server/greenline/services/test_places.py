"""Where tests stand: from the names that reports and runs have for them to files and lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.domain.code.read_module import read_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.code.model import Module
    from greenline.ports.documents import Documents
    from greenline.ports.project import Project
    from greenline.ports.source_tree import SourceTree


_KEPT = 1000
"""Test files. What everybody uses is reached from hundreds, at each hover; of each only the lines are kept."""


_LOOKED: ContextVar[dict[Path, _Files]] = ContextVar("looked")
"""By project's root, for as long as one look counts; see ``TestPlaces.one_look``."""


@dataclass(frozen=True, slots=True)
class TestPlace:
    """One test, all its parameters together; ``line`` counts from 1."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    name: str
    """As a person calls it: ``TestBox.test_take``."""
    node_id: str
    """Without parameters."""
    path: Path
    line: int
    cases: int = 1
    """So many of its parameters are meant."""

    @property
    def absolute_id(self) -> str:
        """The node id with the absolute path, which pytest finds in whatever folder."""
        return f"{self.path}::{self.node_id.partition('::')[2]}"


class TestPlaces:
    """Reads test files as they stand in the buffers and on disk."""

    __test__ = False  # as above

    def __init__(self, documents: Documents, sources: SourceTree) -> None:
        self._documents = documents
        self._sources = sources
        self._read: dict[Path, tuple[bytes, dict[str, int]]] = {}
        """For each file a digest of its text, and the lines of its functions and classes by their names."""

    def node_ids(self, project: Project, names: Iterable[str]) -> dict[str, str]:
        """Return pytest's node id, relative to the project's root, of each name; a name that fits no file stays.

        A node id may count from another folder, and a name with dots is a module's and a function's.
        """
        found: dict[str, str] = {}
        looked = _LOOKED.get({})
        files = looked.get(project.root)
        known: dict[str, bool] = {}
        for name in names:
            path, colons, rest = name.partition("::")
            if colons and path not in known:
                known[path] = self._sources.modified_at(project.root / path) is not None
            if colons and known[path]:
                found[name] = name
                continue
            if files is None:
                files = looked[project.root] = _Files(project.root, self._sources.test_files(project))
            found[name] = files.node_id(path, rest) if colons else files.of_dotted(name)
        return found

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Have all that is asked inside, on this thread, look for a project's test files once."""
        token = _LOOKED.set({})
        try:
            yield
        finally:
            _LOOKED.reset(token)

    def places(self, project: Project, node_ids: Iterable[str]) -> list[TestPlace]:
        """Return where tests stand now, each function once, in the same order; what is there no more is left out.

        Costs a reading of each file.
        """
        cases = Counter(map(without_parameters, node_ids))
        files: dict[str, tuple[Path, dict[str, int]]] = {}
        found: list[TestPlace] = []
        for node_id, count in cases.items():
            file = node_id.partition("::")[0]
            if file not in files:
                files[file] = (project.root / file, self._lines(project.root / file))
            path, lines = files[file]
            line = _line_of(lines, node_id)
            if line is not None:
                found.append(TestPlace(test_name(node_id), node_id, path, line, count))
        return found

    def _lines(self, path: Path) -> dict[str, int]:
        try:
            text = self._documents.read(path)
        except (OSError, UnicodeDecodeError, LookupError):
            return {}
        if text is None:
            return {}
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._read.get(path)
        if known is None or known[0] != digest:
            if len(self._read) >= _KEPT:
                self._read.clear()
            known = self._read[path] = (digest, _named_lines(read_module(text)[0]))
        return known[1]


def without_parameters(node_id: str) -> str:
    """Return the node id of the function: ``test_a[x::y]`` is a case of ``test_a``."""
    path, colons, rest = node_id.partition("::")
    return f"{path}{colons}{rest.partition('[')[0]}"


def test_name(node_id: str) -> str:
    """Return what a person calls a test: its class and its function."""
    _, colons, rest = without_parameters(node_id).partition("::")
    return rest.replace("::", ".") if colons else node_id


test_name.__test__ = False  # type: ignore[attr-defined] # as above


def _named_lines(module: Module) -> dict[str, int]:
    """Return the line of each class and function; of several with one name, that of the last, which counts."""
    classes = {of.qualname: of.line for of in module.classes}
    return {**classes, **{function.qualname: function.line for function in module.functions}}


def _line_of(lines: Mapping[str, int], node_id: str) -> int | None:
    qualname = test_name(node_id)
    # A test may be inherited; then its class is what there is to see.
    return lines.get(qualname) or lines.get(qualname.rpartition(".")[0])


class _Files:
    """A project's test files by the ends of their paths."""

    def __init__(self, root: Path, files: Sequence[Path]) -> None:
        self._by_name: Mapping[str, list[tuple[str, ...]]] = defaultdict(list)
        for file in files:
            if file.is_relative_to(root):
                parts = file.relative_to(root).parts
                self._by_name[parts[-1]].append(parts)

    def node_id(self, path: str, rest: str) -> str:
        """Return the node id for one that counts from another folder."""
        parts = tuple(path.replace("\\", "/").split("/"))
        while parts:
            if file := self._ending(parts):
                return f"{file}::{rest}"
            parts = parts[1:]
        return f"{path}::{rest}"

    def of_dotted(self, name: str) -> str:
        """Return the node id for ``package.module.Class.test``; the module has the longest name that fits."""
        parts = name.split(".")
        for count in range(len(parts) - 1, 0, -1):
            file = self._ending((*parts[: count - 1], f"{parts[count - 1]}.py"))
            if file:
                return "::".join([file, *parts[count:]])
        return name

    def _ending(self, parts: tuple[str, ...]) -> str:
        """Return the only file whose path ends so."""
        found = [file for file in self._by_name.get(parts[-1], ()) if file[-len(parts) :] == parts]
        return "/".join(found[0]) if len(found) == 1 else ""
