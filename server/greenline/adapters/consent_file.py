"""Keeps what a person agreed to in their data folder: folders of projects, and where their source may be sent.

``{"version": 1, "projects": {"/home/x/shop": ["https://api.anthropic.com"]}}``. It is nothing that a project brings
along: a file in it could agree for the person.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from greenline.adapters.replaced_file import replace_file

if TYPE_CHECKING:
    from greenline.ports.project import Project

log = logging.getLogger(__name__)
_VERSION = 1


def consent_file() -> ConsentFile:
    """Return what the person agreed to, in their data folder (``~/.local/share/greenline/consent.json`` on Linux)."""
    return ConsentFile(user_data_path("greenline", appauthor=False) / "consent.json")


class ConsentFile:
    """Implements ``Consent``. What cannot be read is no consent."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def projects(self) -> tuple[str, ...]:
        """The folders of all projects that somebody agreed for."""
        return tuple(self._read())

    def given(self, project: Project, endpoint: str) -> bool:
        """Tell whether a person agreed; for the project's very folder, and the very endpoint."""
        return bool(endpoint) and endpoint in self.endpoints(project.root)

    def endpoints(self, root: Path) -> tuple[str, ...]:
        """Return where source of the project in this folder may be sent."""
        return tuple(self._read().get(_key(root), ()))

    def allow(self, root: Path, endpoint: str) -> None:
        """Remember that a person agreed. Raises OSError where it cannot be kept."""
        known = self._read()
        known[_key(root)] = list(dict.fromkeys([*known.get(_key(root), ()), endpoint]))
        self._write(known)

    def forbid(self, root: Path) -> bool:
        """Take it back; False where there was nothing to take back. Raises OSError."""
        known = self._read()
        if known.pop(_key(root), None) is None:
            return False
        self._write(known)
        return True

    def _read(self) -> dict[str, list[str]]:
        try:
            said = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read, so nobody has agreed to anything: %s", self._file, error)
            return {}
        projects = said.get("projects") if isinstance(said, dict) and said.get("version") == _VERSION else None
        if not isinstance(projects, dict):
            return {}
        return {
            root: [each for each in endpoints if isinstance(each, str)]
            for root, endpoints in projects.items()
            if isinstance(endpoints, list)
        }

    def _write(self, known: dict[str, list[str]]) -> None:
        """Write all or nothing: another process may read meanwhile."""
        text = json.dumps({"version": _VERSION, "projects": known}, indent=2, sort_keys=True)
        replace_file(self._file, text + "\n")


def _key(root: Path) -> str:
    return str(root.resolve())
