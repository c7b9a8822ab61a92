"""A run in a copy of the project: what plain Python would import from the project comes from the copy, and no more.

``sys.path`` and the finders stay the interpreter's own. A folder that no entry and no finder knows is not importable
here either, as it is not for the person.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from greenline_probe import wire

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def follow(request: wire.RunTests) -> None:
    """Have imports come from the copy, in this process and in those that it starts. Nothing without a copy."""
    if not request.project or os.path.realpath(request.project) == os.path.realpath(request.root):
        return
    copy = _Copy(request.project, request.root)
    before = [os.path.abspath(entry) for entry in sys.path]
    sys.path[:] = [copy.of_folder(entry) for entry in sys.path]
    moved = [entry for entry, was in zip(sys.path, before) if entry != was and os.path.isabs(entry)]
    named = os.environ.get("PYTHONPATH", "")
    theirs = [copy.of_folder(entry) for entry in named.split(os.pathsep)] if named else []
    # What .pth files name comes later on the path of a child than what this variable names.
    theirs += [entry for entry in dict.fromkeys(moved) if entry not in theirs and copy.is_in_copy(entry)]
    if theirs:
        os.environ["PYTHONPATH"] = os.pathsep.join(theirs)
    sys.meta_path.insert(0, _FromCopy(copy))  # type: ignore[arg-type, unused-ignore]


class _Copy:
    """Which place in the copy stands for a place in the project."""

    def __init__(self, project: str, root: str) -> None:
        self._root = root
        self._tops = tuple(dict.fromkeys((os.path.abspath(project), os.path.realpath(project))))
        self._inside = os.path.realpath(root) + os.sep
        # An environment in the project's folder is no part of what is worked on.
        prefixes = {os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix)}
        self._prefixes = tuple(prefix for prefix in prefixes if self._below(prefix))

    def of_folder(self, entry: str) -> str:
        """Return an entry of ``sys.path`` as it is in the copy; one of elsewhere, or that is not there, stays."""
        found = self.of(entry) if os.path.isabs(entry) else None
        return found if found is not None and os.path.exists(found) else entry

    def of(self, path: str) -> str | None:
        """Return the path in the copy; None for one that is not the project's own."""
        if self.is_in_copy(path):
            return None
        inside = self._below(path)
        if inside is None or _INSTALLED.intersection(inside.split(os.sep)):
            return None
        if any(f"{form}{os.sep}".startswith(self._prefixes) for form in (path, os.path.realpath(path))):
            return None
        return os.path.join(self._root, inside) if inside else self._root

    def is_in_copy(self, path: str) -> bool:
        return f"{path}{os.sep}".startswith((self._inside, self._root + os.sep))

    def _below(self, path: str) -> str | None:
        for top in self._tops:
            if path == top or path.startswith(top.rstrip(os.sep) + os.sep):
                return path[len(top) :].strip(os.sep)
        return None


class _FromCopy:
    """A finder that asks all others, and moves what they find in the project to the copy.

    That serves editable installs that have a finder of their own, and a conftest.py that names a folder on the disk.
    """

    def __init__(self, copy: _Copy) -> None:
        self._copy = copy

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return what the finders after this one find first."""
        for finder in _after(self):
            ask: Any = getattr(finder, "find_spec", None)
            spec: importlib.machinery.ModuleSpec | None = ask(name, path, target) if ask else None
            if spec is not None:
                return self._moved(name, spec)
        return None

    def _moved(self, name: str, spec: importlib.machinery.ModuleSpec) -> importlib.machinery.ModuleSpec:
        places = spec.submodule_search_locations
        if spec.origin and type(spec.loader) is importlib.machinery.SourceFileLoader:
            origin = self._copy.of(spec.origin)
            if origin is None or not os.path.isfile(origin):
                return spec
            folders = None if places is None else [self._copy.of_folder(place) for place in places]
            return importlib.util.spec_from_file_location(name, origin, submodule_search_locations=folders) or spec
        if spec.loader is None and type(places) is list:  # a namespace that a finder has made; Python's own follow
            spec.submodule_search_locations = [self._copy.of_folder(place) for place in places]
        return spec


def _after(finder: object) -> list[Any]:
    for number, one in enumerate(sys.meta_path):
        if one is finder:
            return list(sys.meta_path[number + 1 :])
    return []
