"""Texts to be read in an editor, in the cache folder: each is there until the next of its name."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path


def keep_shown(name: str, text: str) -> Path:
    """Write a text that only the person may read; return its file. Raises OSError."""
    folder = user_cache_path("greenline", appauthor=False) / "shown"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    file.unlink(missing_ok=True)  # one that others may read would stay as it is
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as writing:
        writing.write(text)
    return file
