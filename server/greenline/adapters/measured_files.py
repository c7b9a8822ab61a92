"""Which files a project's coverage configuration wants measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.adapters.coverage_config import CoverageConfig
    from greenline.ports.project import Project


def is_measured(config: CoverageConfig, project: Project, path: Path) -> bool:
    """Tell whether ``source``, ``include`` and ``omit`` leave the file in."""
    if _matches(config.omit, path) or (config.source and not _in_source(config, project, path)):
        return False
    return bool(config.source) or not config.include or _matches(config.include, path)


def _in_source(config: CoverageConfig, project: Project, path: Path) -> bool:
    for entry in config.source:
        if path.is_relative_to(_normal(project.root / entry)):
            return True
        package = Path(*entry.split("."))
        for root in project.source_roots:
            if path.is_relative_to(root / package) or path == (root / package).with_suffix(".py"):
                return True
    return False


def _matches(patterns: Sequence[str], path: Path) -> bool:
    from coverage.files import GlobMatcher  # noqa: PLC0415 - 180 ms, loaded with the configuration before

    return bool(patterns) and GlobMatcher(patterns).match(str(path))


def _normal(path: Path) -> Path:
    return path.resolve() if ".." in path.parts else path
