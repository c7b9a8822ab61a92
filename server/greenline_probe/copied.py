"""A run in a copy of the project: what plain Python would import from the project comes from the copy, and no more.

``sys.path`` and the finders stay the interpreter's own. A folder that no entry and no finder knows is not importable
here either, as it is not for the person. The copy is made of links, so that where a path leads is decided by what it
is in the project, not by what the system makes of ``copy/tests/../src``.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.newborn import shadowed

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
    _tell_children(copy, moved)
    # Whoever asks Python's own finder, as pytest does for what it rewrites, asks these.
    sys.path_hooks.insert(0, _folders_of(copy))
    for entry in [entry for entry in sys.path_importer_cache if copy.of_folder(entry) != entry]:
        del sys.path_importer_cache[entry]
    sys.meta_path.insert(0, _FromCopy(copy))  # type: ignore[arg-type, unused-ignore]


def _tell_children(copy: _Copy, moved: list[str]) -> None:
    """Have other Pythons that are started here import from the copy."""
    named = os.environ.get("PYTHONPATH", "")
    theirs = [copy.of_folder(entry) for entry in named.split(os.pathsep)] if named else []
    # What .pth files name comes later on the path of a child than what this variable names: after the standard
    # library, of which nothing may be hidden by what comes first now.
    standard = _standard_modules()
    theirs += [
        entry
        for entry in dict.fromkeys(moved)
        if entry not in theirs and copy.is_in_copy(entry) and not shadowed([entry], standard)
    ]
    if theirs:
        os.environ["PYTHONPATH"] = os.pathsep.join(theirs)


def _standard_modules() -> set[str]:
    named = getattr(sys, "stdlib_module_names", None)  # from 3.10 on
    if named:
        return set(named)
    return {entry.partition(".")[0] for entry in os.listdir(os.path.dirname(str(os.__file__)))} | set(
        sys.builtin_module_names
    )


def _folders_of(copy: _Copy) -> Callable[[str], Any]:
    """Make an entry of ``sys.path_hooks`` for folders of the project."""

    def finder_of(entry: str) -> Any:
        found = copy.of_folder(entry)
        if found != entry:
            for hook in sys.path_hooks:
                if hook is not finder_of:
                    with contextlib.suppress(ImportError):
                        return hook(found)
        raise ImportError(entry)  # the next one's

    return finder_of


class _Copy:
    """Which place in the copy stands for a place in the project."""

    def __init__(self, project: str, root: str) -> None:
        self._root = root
        self._tops = tuple(dict.fromkeys((os.path.abspath(project), os.path.realpath(project))))
        self._copies = tuple(dict.fromkeys((root, os.path.realpath(root))))
        prefixes = {os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix)}
        # An environment in the project's folder is no part of what is worked on.
        self._prefixes = tuple(prefix for prefix in prefixes if self._below(prefix))
        # Nor is what is installed elsewhere, which is most of what is asked for.
        self._others = tuple(
            prefix for prefix in prefixes if not any(f"{t}{os.sep}".startswith(prefix) for t in self._tops)
        )

    def of_folder(self, entry: str) -> str:
        """Return an entry of ``sys.path`` as it is in the copy; one of elsewhere, or that is not there, stays."""
        found = self.of(os.path.join(os.getcwd(), entry)) if entry else None
        return found if found is not None and os.path.exists(found) else entry

    def of(self, path: str) -> str | None:
        """Return the path in the copy; None for one that is not the project's own, or is what the copy has."""
        copy = next((form for form in self._copies if f"{path}{os.sep}".startswith(form + os.sep)), None)
        theirs = path if copy is None else self._tops[0] + path[len(copy) :]
        inside = self._below(theirs) if copy is None and os.pardir not in theirs.split(os.sep) else None
        if inside is None:
            if path.startswith(self._others):
                return None
            inside = self._below(os.path.realpath(theirs))
        if inside is None or _INSTALLED.intersection(inside.split(os.sep)):
            return None
        if any(f"{form}{os.sep}".startswith(self._prefixes) for form in (theirs, os.path.realpath(theirs))):
            return None
        found = os.path.join(self._root, inside) if inside else self._root
        return None if copy is not None and os.path.realpath(path) == os.path.realpath(found) else found

    def is_in_copy(self, path: str) -> bool:
        return f"{path}{os.sep}".startswith(tuple(form + os.sep for form in self._copies))

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
