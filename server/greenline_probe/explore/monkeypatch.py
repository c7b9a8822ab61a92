"""What pytest's fixture of that name does, as far as the explored calls use it, without pytest."""

from __future__ import annotations

import os
from typing import Any

_MISSING = object()


class Monkeypatch:
    """Changes the process's surroundings for one call."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}
        self._folder: str | None = None
        self._set: list[tuple[Any, str, Any]] = []
        self._items: list[tuple[Any, Any, Any]] = []

    def setattr(self, target: Any, name: str, value: Any) -> None:
        """Set an attribute. Raises AttributeError when it is not there."""
        getattr(target, name)
        held = vars(target).get(name, _MISSING) if isinstance(target, type) else getattr(target, name)
        self._set.append((target, name, held))
        setattr(target, name, value)

    def setitem(self, mapping: Any, key: Any, value: Any) -> None:
        """Set an item of a mapping."""
        self._items.append((mapping, key, mapping.get(key, _MISSING)))
        mapping[key] = value

    def setenv(self, name: str, value: str) -> None:
        """Set an environment variable."""
        self._before.setdefault(name, os.environ.get(name))
        os.environ[name] = value

    def delenv(self, name: str, *, raising: bool = True) -> None:
        """Remove an environment variable. Raises KeyError when it is not there and ``raising``."""
        self._before.setdefault(name, os.environ.get(name))
        if raising:
            del os.environ[name]
        else:
            os.environ.pop(name, None)

    def chdir(self, path: Any) -> None:
        """Change the current folder."""
        self._folder = self._folder or os.getcwd()
        os.chdir(path)

    @property
    def names(self) -> frozenset[str]:
        """The environment variables that were set or removed by it."""
        return frozenset(self._before)

    def unset(self) -> None:
        """Put attributes back: what looks at the outcome of a call needs the clock as it is."""
        while self._items:
            mapping, key, before = self._items.pop()
            if before is _MISSING:
                mapping.pop(key, None)
            else:
                mapping[key] = before
        while self._set:
            target, attribute, held = self._set.pop()
            if held is _MISSING:
                delattr(target, attribute)
            else:
                setattr(target, attribute, held)

    def close(self) -> None:
        """Put everything back."""
        self.unset()
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if self._folder is not None:
            os.chdir(self._folder)
        self._before.clear()
        self._folder = None
