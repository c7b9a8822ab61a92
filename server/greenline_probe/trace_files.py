"""Which files are recorded, and the names they are reported by."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class RecordedFiles:
    """Some files, and all ``.py`` files below some folders that are not installed packages."""

    def __init__(self, files: Mapping[str, str], roots: Sequence[str] = ()) -> None:
        self._files = dict(files)
        self._real_files = {os.path.realpath(path): name for path, name in files.items()}
        self._roots = tuple(
            dict.fromkeys(form for root in roots for form in (os.path.abspath(root), os.path.realpath(root)))
        )
        self._prefixes = tuple({os.path.realpath(p) for p in (sys.prefix, sys.base_prefix)})
        self._known: dict[str, str | None] = {}

    def name_of(self, filename: str) -> str | None:
        """Return the name that a file is reported by, None for one that is not recorded."""
        try:
            return self._known[filename]
        except KeyError:
            name = self._known[filename] = self._find(filename)
            return name

    def _find(self, filename: str) -> str | None:
        if filename in self._files:
            return self._files[filename]
        if filename.startswith("<"):
            return None
        real = os.path.realpath(filename)
        if real in self._real_files:
            return self._real_files[real]
        # Of a way through links only the system knows where it led.
        named = real if os.pardir in filename.split(os.sep) else os.path.abspath(filename)
        for path in (named, real):
            if path.endswith(".py") and any(self._is_below(path, root) for root in self._roots):
                return path
        return None

    def _is_below(self, path: str, root: str) -> bool:
        if not path.startswith(root.rstrip(os.sep) + os.sep):
            return False
        inside = path[len(root) :].split(os.sep)
        if "site-packages" in inside or "dist-packages" in inside:
            return False
        # A prefix that holds the root says nothing: the project may live inside the interpreter's folder.
        return not any(
            path.startswith(prefix + os.sep) and len(prefix) > len(root.rstrip(os.sep)) for prefix in self._prefixes
        )
