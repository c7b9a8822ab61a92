"""The picture of one open document: what ran, what did not, and the words for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from greenline.domain.code.model import Module
from greenline.domain.coverage.model import CoverageMap, Executed, Gap, Summary

PictureState = Literal["measured", "no-data", "outdated", "unreadable", "broken-source", "outside-project"]


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known about one text. ``message`` says, for every state but ``measured``, what is wrong and what to do."""

    path: Path
    state: PictureState
    message: str = ""
    module: Module = field(default_factory=Module)
    map: CoverageMap | None = None
    gaps: tuple[Gap, ...] = ()
    functions: Mapping[str, Summary] = field(default_factory=dict)
    """By qualified name; only functions whose coverage is known."""


class ShowCoverage:
    """Joins the project's report with what Greenline's own runs measured."""

    def picture(self, path: Path, text: str) -> Picture:
        """Return the picture of ``text`` as it stands in the buffer. Costs what the one file costs; raises nothing."""
        raise NotImplementedError

    def record(self, measured: Mapping[Path, Executed], texts: Mapping[Path, str]) -> frozenset[Path]:
        """Merge what a run of ours measured, tied to the texts that ran. Returns the files whose picture changed."""
        raise NotImplementedError
