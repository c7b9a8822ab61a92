"""What was found for the functions of one file, and written nowhere yet: it can be handed to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.model import TargetResult, TestEdit


@dataclass(frozen=True, slots=True)
class Found:
    """The results for the functions of ``path``, and the one edit that writes all their tests (None: nothing)."""

    path: Path
    results: tuple[TargetResult, ...]
    edit: TestEdit | None = None
    stopped: bool = False
    """Cancelled: the results tell what there was until then, and all of it is to be tried again."""
