"""A walk through a project's folders, widest first, at a bounded cost."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"})


@dataclass
class TreeWalk:
    """What a walk has met so far. ``patterns`` tell tests from sources; ``left``: entries it may still see."""

    patterns: tuple[str, ...]
    left: int
    tests: list[Path] = field(default_factory=list)
    sources: list[Path] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)
    packages: set[Path] = field(default_factory=set)

    def walk(self, top: Path) -> None:
        """Take in a tree, widest first, until the allowance is used up."""
        waiting = [top]
        while waiting and self.left > 0:
            deeper: list[Path] = []
            for folder in waiting:
                deeper += self.look_at(folder)
            waiting = deeper

    def look_at(self, folder: Path) -> list[Path]:
        """Take in one folder; returns those in it that are worth a look, none when it is known already."""
        if folder in self.folders or self.left <= 0:
            return []
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return []
        self.left -= len(found)
        names = {entry.name for entry in found}
        if "pyvenv.cfg" in names:
            return []
        self.folders.add(folder)
        if "__init__.py" in names:
            self.packages.add(folder)
        for name in sorted(names):
            if name.endswith(".py") and name != "conftest.py":
                is_test = any(fnmatchcase(name, pattern.rpartition("/")[2]) for pattern in self.patterns)
                (self.tests if is_test else self.sources).append(folder / name)
        return [folder / entry.name for entry in found if _worth_a_look(entry)]


def _worth_a_look(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _SKIPPED or entry.name.endswith(".egg-info"):
        return False
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
