"""Writing a file of Greenline's own as a whole: who reads meanwhile, or comes after a kill, has the old one."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE, SHARED = 0o600, 0o666
"""For the person alone, or as the person's other files are."""


def replace_file(file: Path, text: str, mode: int = PRIVATE) -> None:
    """Write a text in UTF-8, and make the folders above it. Raises OSError: then the file is as it was."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
