"""A scratch copy of a project made of symlinks, in which some files have other texts."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import shutil
import stat
import tempfile
import tokenize
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Union

from greenline.adapters.pytest_settings import PYTEST_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NOT_MIRRORED = frozenset(
    # Tools write into these; a link would lead them into the project. Bytecode could be that of the saved text.
    {".git", ".hg", ".svn", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", "__pycache__"}
)
TOO_BIG_TO_COPY = frozenset({".venv", "venv", "env", "node_modules"})

_PREFIX = "greenline-"
_OWNED = ".owned"
READ_BY_PYTEST = frozenset({"conftest.py", *PYTEST_FILES})
_Tree = dict[str, Union[str, "_Tree", None]]
"""Name -> its text, None where there is to be nothing, or what a folder holds."""


class OverlayProblem(Exception):
    """The texts cannot be laid over the project; the message says why."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where things are. ``scratch`` holds the rest: ``root`` mirrors the project, ``home`` and ``tmp`` are empty.

    Where the run is in the project's own folder, ``root`` is that. ``top`` is the folder around the project that is
    mirrored with it, as ``mirror``.
    """

    project_root: Path
    scratch: Path
    root: Path
    home: Path
    tmp: Path
    top: Path | None = None
    mirror: Path | None = None

    @property
    def in_place(self) -> bool:
        """There is no copy: what runs, runs in the project's own folder."""
        return self.root == self.project_root

    def map_out(self, path: Path) -> Path:
        """Return where a path of the project is in the copy; a path from elsewhere stays itself."""
        inside = _inside(path, self.project_root)
        return path if inside is None else self.root / inside

    def in_copy(self, path: Path) -> Path | None:
        """Return where a path of the project, or of what is mirrored around it, is in the copy; None for others."""
        inside = _inside(path, self.project_root)
        if inside is not None:
            return self.root / inside
        around = _inside(path, self.top) if self.top is not None else None
        return self.mirror / around if around is not None and self.mirror is not None else None

    def map_back(self, path: Path) -> Path:
        """Return where a path of the copy (or of the project, by its real path) is in the project."""
        for top in (self.root, Path(os.path.realpath(self.project_root))):
            if path.is_relative_to(top):
                return self.project_root / path.relative_to(top)
        if self.top is not None and self.mirror is not None and path.is_relative_to(self.mirror):
            return self.top / path.relative_to(self.mirror)
        return path

    def in_words(self, text: str) -> str:
        """Return what was said in the copy with the places of the project."""
        text = text.replace(str(self.root), str(self.project_root))
        return text.replace(str(self.mirror), str(self.top)) if self.mirror is not None else text


@contextmanager
def scratch_overlay(
    project_root: Path,
    overlay: Mapping[Path, str],
    *,
    parent: Path | None = None,
    seen_as: Path | None = None,
    top: Path | None = None,
    without: Iterable[Path] = (),
) -> Iterator[Overlay]:
    """Make the copy, and remove it at the end whatever was done in it.

    ``overlay`` has absolute paths below ``project_root``. The cost grows with the entries of the folders on the way to
    them, not with the project. ``parent`` is the folder to make it in; ``seen_as`` is what the project is called where
    the copy is used. ``top`` is a folder around it that is mirrored as well: what is there counts for the project.
    ``without`` are files and folders that are not in the copy, unless the overlay has a text for them.
    Raises OverlayProblem.
    """
    tree = _tree(project_root, overlay)
    without = tuple(without)
    _leave_out(tree, project_root, without)
    with _scratch(project_root, parent) as made:
        if top is None or top == project_root or not project_root.is_relative_to(top):
            _mirror(project_root, made.root, tree, seen_as or project_root)
            yield made
            return
        mirror = made.root.parent / (top.name or "root")
        inside = project_root.relative_to(top)
        for part in reversed(inside.parts):
            tree = {part: tree}
        _leave_out(tree, top, without)
        _mirror(top, mirror, tree, top)
        for depth in range(len(inside.parts)):
            _copy_settings(mirror.joinpath(*inside.parts[:depth]))
        yield replace(made, root=mirror / inside, top=top, mirror=mirror)


@contextmanager
def in_place(project_root: Path) -> Iterator[Overlay]:
    """Make the scratch folder alone: what runs, runs in the project's own folder."""
    with _scratch(project_root, None) as made:
        yield replace(made, root=project_root)


def remove_left() -> None:
    """Remove the scratch folders of processes that were killed."""
    for scratch in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Who makes one locks this file before it has its name.
        owned = _locked(scratch / _OWNED)
        if owned is not None:
            with contextlib.suppress(OSError):  # another one removes it as well
                _remove(scratch)
            os.close(owned)


def is_saved(path: Path, text: str) -> bool:
    """Tell whether the file has this text already; a mark of its encoding at its beginning is no part of the text."""
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8) == encode_source(path, text.removeprefix("\ufeff"))
    except (OSError, ValueError):
        return False


@contextmanager
def empty_scratch(parent: Path | None = None) -> Iterator[Overlay]:
    """Make the same without a project: all its folders are empty."""
    with _scratch(Path("none"), parent) as made:
        made.root.mkdir()
        yield made


@contextmanager
def _scratch(project_root: Path, parent: Path | None) -> Iterator[Overlay]:
    # Real path: the guard, the tracer and the code under test then see one name for each place.
    scratch = Path(os.path.realpath(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)))
    owned = _owned(scratch)
    try:
        made = Overlay(
            project_root, scratch, scratch / "copy" / (project_root.name or "root"), scratch / "home", scratch / "tmp"
        )
        made.home.mkdir()
        made.tmp.mkdir()
        made.root.parent.mkdir()
        yield made
    finally:
        _remove(scratch)
        if owned is not None:
            os.close(owned)


def _owned(scratch: Path) -> int | None:
    """Mark a folder as one that is used for as long as this process lives; None where there is no way to."""
    new = scratch / f"{_OWNED}-new"
    with contextlib.suppress(OSError):
        new.touch(mode=0o600)
        owned = _locked(new)
        if owned is not None:
            new.rename(scratch / _OWNED)
        return owned
    return None


def _locked(path: Path) -> int | None:
    """Lock a file of ours that is there; None where that cannot be, or another process has."""
    try:
        import fcntl  # noqa: PLC0415 - POSIX only

        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except (ImportError, OSError):
        return None
    try:
        if os.fstat(descriptor).st_uid == os.getuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


def encode_source(path: Path, text: str) -> bytes:
    """Return what an editor would save: in the encoding that Python source declares, else UTF-8; line endings kept."""
    plain = text.encode("utf-8", "surrogateescape")
    if path.suffix not in {".py", ".pyi", ".pyw"}:
        return plain
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(plain).readline)
        return plain if encoding.startswith("utf-8") else text.encode(encoding)
    except (SyntaxError, UnicodeError):
        return plain


def _tree(project_root: Path, overlay: Mapping[Path, str]) -> _Tree:
    tree: _Tree = {}
    for path, text in overlay.items():
        inside = _inside(path, project_root)
        if inside is None or not inside.parts:
            raise OverlayProblem(
                f"{path} is not in the project {project_root}; only files of the project can be tried."
            )
        folder = tree
        for part in inside.parts[:-1]:
            below = folder.setdefault(part, {})
            if not isinstance(below, dict):
                raise OverlayProblem(f"{path} lies below a file.")
            folder = below
        folder[inside.name] = text
    return tree


def _leave_out(tree: _Tree, top: Path, without: Iterable[Path]) -> None:
    for path in without:
        inside = _inside(path, top)
        if inside is None or not inside.parts or NOT_MIRRORED.intersection(inside.parts):
            continue
        folder: _Tree | str | None = tree
        for part in inside.parts[:-1]:
            folder = folder.setdefault(part, {}) if isinstance(folder, dict) else None
        if isinstance(folder, dict):
            folder.setdefault(path.name, None)


def _inside(path: Path, top: Path) -> Path | None:
    """Return the path relative to ``top``, by its name or by where it really is."""
    for one, other in ((path, top), (Path(os.path.realpath(path)), Path(os.path.realpath(top)))):
        if one.is_relative_to(other) and ".." not in one.relative_to(other).parts:
            return one.relative_to(other)
    return None


def _mirror(real: Path, copy: Path, tree: _Tree, seen_as: Path) -> None:
    copy.mkdir()
    if real.is_dir():
        with os.scandir(real) as entries:
            for entry in entries:
                if entry.name not in tree and entry.name not in NOT_MIRRORED:
                    _link(entry, copy / entry.name, seen_as / entry.name)
    for name, below in tree.items():
        if isinstance(below, str):
            (copy / name).write_bytes(encode_source(copy / name, below))
        elif below is not None:
            _mirror(real / name, copy / name, below, seen_as / name)


def _copy_settings(folder: Path) -> None:
    """Have the files that pytest reads above the project for real: a sandbox may hide where their links lead."""
    for path in folder.iterdir():
        if path.name in READ_BY_PYTEST and path.is_symlink() and path.is_file():
            real = path.resolve()
            path.unlink()
            shutil.copy2(real, path)


def _link(entry: os.DirEntry[str], copy: Path, target: Path) -> None:
    try:
        copy.symlink_to(target.absolute(), target_is_directory=entry.is_dir())
    except OSError:  # Windows permits symlinks to few
        if not entry.is_dir():
            shutil.copy2(entry.path, copy)
        elif entry.name not in TOO_BIG_TO_COPY:
            shutil.copytree(entry.path, copy, ignore=lambda _, names: NOT_MIRRORED.intersection(names))


def _remove(scratch: Path) -> None:
    """Remove all of it, folders and files made read-only too, and never what a link leads to."""
    for folder, _, files in os.walk(scratch):
        os.chmod(folder, stat.S_IRWXU)  # noqa: PTH101 - os.walk gives strings
        for name in files if os.name == "nt" else ():
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(stat.S_IWRITE)
    shutil.rmtree(scratch, ignore_errors=True)
