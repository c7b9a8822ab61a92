"""The files of a project that may call a module's functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Protocol

from greenline.domain.code.call_sites import Caller
from greenline.ports.project import Project


class Callers(Protocol):
    """Knows where calls may stand."""

    def callers_of(
        self, project: Project, path: Path, module_name: str, names: Collection[str], unsaved: Mapping[Path, str]
    ) -> list[Caller]:
        """Return texts that mention the module and one of the names, the nearest first; ``unsaved`` win over the disk.

        Looks at a bounded number of files, however big the project is; raises nothing.
        """
