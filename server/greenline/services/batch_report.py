"""What there is to say of batches, to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greenline.domain.asking.prices import in_dollars

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from greenline.domain.asking.batches import BatchRecord, BatchRequest

BatchOutcome = Literal[
    "handed_in", "waiting", "collected", "cancelling", "elsewhere", "unknown", "away", "refused", "lost"
]
"""``unknown``: nobody knows yet whether the provider took it; ``away``: the provider could not be asked."""

_ELSEWHERE = "Another terminal works on this batch, and says what comes of it."
_ANSWERS_STAY = " The answers before it are kept: `greenline generate --resume` tries them again."
_ANSWERS_END = " What failed of the answers before it is not sent back."
_NAMED = 3
"""Targets that are named in a sentence; the rest is counted."""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What there is to say of one batch."""

    record: BatchRecord
    outcome: BatchOutcome
    message: str = ""
    answered: int = 0
    failed: int = 0
    dollars: float | None = None
    """What it cost, once it is collected; None before, and where the price is not known."""
    usual: float | None = None
    """What it costs as a rule, in dollars, when it is handed in."""
    problems: tuple[tuple[str, str], ...] = ()
    """Targets that got no answer, each with the reason."""
    passing: bool = False
    """Whether the provider may only be away for a while."""
    changed: tuple[str, ...] = ()
    """Targets whose module was changed after it was sent."""


def elsewhere(record: BatchRecord) -> BatchReport:
    """Return the report of a batch that another process works on."""
    return BatchReport(record, "elsewhere", _ELSEWHERE)


def unknown(record: BatchRecord) -> str:
    """Say that nobody knows yet whether a batch was taken."""
    return (
        f"Whether {record.endpoint} took the batch is not known yet; `greenline generate --resume` finds it out, and "
        "pays nothing twice."
    )


def what_stays(requests: Collection[BatchRequest]) -> str:
    """Say what becomes of the answers that requests would have followed; empty where there are none."""
    return _ANSWERS_STAY if any(request.earlier for request in requests) else ""


def what_ends(requests: Collection[BatchRequest]) -> str:
    """Say that answers are not followed by these requests, now or later; empty where there are none."""
    return _ANSWERS_END if any(request.earlier for request in requests) else ""


def asked_already(targets: Sequence[str]) -> str:
    """Say that targets wait in a batch, and are not asked for again."""
    more = len(targets) - _NAMED
    named = ", ".join(targets[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{named}: already asked for in it, and not again; `greenline generate --resume` collects it."


def words_of(dollars: float | None, usual: float | None = None) -> str:
    """Say what a batch may cost."""
    if dollars is None:
        return "at a price that is not known"
    about = "" if usual is None else f"about {in_dollars(usual)}, "
    return f"{about}at most {in_dollars(dollars)}, which is half the usual price"
