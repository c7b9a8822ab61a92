"""What a reader of one report offers, whatever its format."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from greenline.ports.coverage import CoverageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Executed
    from greenline.ports.coverage import ContextLack


@dataclass(frozen=True, slots=True)
class ContextsRead:
    """What a report says of one file's contexts; the fields are those of ``ports.coverage.Contexts``."""

    by_context: Mapping[str, int] = field(default_factory=dict)
    lack: ContextLack = ""


class ReportReader(Protocol):
    """One state of one report. Each method costs what it is asked for and raises CoverageProblem."""

    def executed(self, names: Sequence[str]) -> Executed | None:
        """Return what ran in the file of these names, together; None when it knows none of them."""

    def contexts(self, names: Sequence[str]) -> ContextsRead | None:
        """Return what ran in which context of the file of these names; None when it knows none of them."""

    def names_like(self, file_name: str) -> list[str]:
        """Return the names that end with this file name."""

    def names(self) -> list[str]:
        """Return every name."""


def refuse_what_is_no_file(report: Path) -> None:
    """Raise CoverageProblem for a folder, for what cannot be looked at, and for a pipe, which would never end."""
    try:
        mode = report.stat().st_mode
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CoverageProblem(f"The coverage report {report} cannot be read ({why}).") from error
    if stat.S_ISDIR(mode):
        raise CoverageProblem(f"The coverage report {report} is a folder. Name the file itself.")
    if not stat.S_ISREG(mode):
        raise CoverageProblem(
            f"The coverage report {report} is no file but a pipe, a socket or a device, which cannot be read twice. "
            "Write the report to a file, and name that in the setting greenline.coverage.file."
        )
