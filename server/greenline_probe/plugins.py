"""Which installed plugins a warm process has imported, how they are, and which ones a run of pytest has."""

from __future__ import annotations

from typing import Any

imported: set[str] = set()
"""Names of what this process, or the one that it is a fork of, has imported before there was a request."""
starting_threads: set[str] = set()
"""Names of those whose import started a thread."""


def loaded(manager: Any) -> set[str]:
    """Return the names of the installed plugins that this run of pytest has."""
    return {str(manager.get_name(plugin)) for plugin, _ in manager.list_plugin_distinfo()}
