"""The name that a file is imported by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def module_name(path: Path, source_roots: Sequence[Path]) -> str | None:
    """Return the dotted name that the first fitting source root imports the file by, None when there is none."""
    if path.suffix not in {".py", ".pyi"}:
        return None
    for root in source_roots:
        if not path.is_relative_to(root):
            continue
        parts = path.relative_to(root).with_suffix("").parts
        if len(parts) > 1 and parts[-1] == "__init__":
            parts = parts[:-1]
        if all(part.isidentifier() for part in parts):
            return ".".join(parts)
    return None
