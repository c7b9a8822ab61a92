"""What a project does not want an audit to tell: `[tool.greenline.audit]`, or `[audit]` in `greenline.toml`."""

from __future__ import annotations

from pathlib import Path

from greenline.adapters.config_files import read_toml, toml_table
from greenline.domain.auditing.suppressed import Ignored, read_ignored


def ignored_in(root: Path) -> Ignored:
    """Return what the project's files leave out: those of `greenline.toml` where it has the table."""
    table = toml_table(read_toml(root / "greenline.toml"), "audit")
    if table is None:
        table = toml_table(read_toml(root / "pyproject.toml"), "tool", "greenline", "audit")
    return read_ignored(table or {})
