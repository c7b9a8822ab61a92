"""How batches read in a terminal, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.markup import escape

from greenline.cli.console import mark
from greenline.domain.asking.prices import in_dollars
from greenline.services.batch_report import words_of

if TYPE_CHECKING:
    from rich.console import Console

    from greenline.services.batch_report import BatchOutcome, BatchReport

GOES_ON = "`greenline generate --resume` collects it, from any terminal in this project; `--cancel-batch` calls it off."
_MARKS: dict[BatchOutcome, str] = {
    "handed_in": "waiting",
    "waiting": "waiting",
    "collected": "ok",
    "cancelling": "cancelled",
    "elsewhere": "warning",
    "unknown": "warning",
    "away": "problem",
    "refused": "problem",
    "lost": "problem",
}


def print_report(console: Console, report: BatchReport) -> None:
    """Print what became of one batch, and who got no answer."""
    console.print(f"{mark(console, _MARKS[report.outcome])} {escape(_said(report))}", soft_wrap=True)
    for target, words in report.problems:
        console.print(f"    {escape(target)}: {escape(words)}", soft_wrap=True)


def report_json(report: BatchReport) -> dict[str, Any]:
    """Return one entry of ``batches`` in the JSON of ``generate``."""
    record = report.record
    return {
        "batch": record.name or None,
        "state": report.outcome,
        "message": report.message,
        "project": record.project,
        "endpoint": record.endpoint,
        "model": record.model,
        "round": record.round,
        "requests": len(record.requests),
        "answered": report.answered,
        "failed": report.failed,
        "most_dollars": record.dollars,
        "dollars": report.dollars,
        "targets": [request.target for request in record.requests],
        "changed": list(report.changed),
        "problems": [{"target": target, "message": words} for target, words in report.problems],
    }


def is_good(report: BatchReport) -> bool:
    """Tell whether nothing stands in a batch's way."""
    return report.outcome in {"handed_in", "waiting", "collected", "cancelling"} and not report.problems


def _said(report: BatchReport) -> str:
    record = report.record
    count = len(record.requests)
    requests = f"{count} request{'' if count == 1 else 's'}"
    if report.outcome == "handed_in":
        again = "" if record.round == 1 else ", with what failed"
        where = f"{record.model} at {record.endpoint}"
        return f"{requests} handed in to {where}{again}: batch {record.name}, {words_of(record.dollars, report.usual)}."
    if not record.requests:
        return f"No batch was handed in: {report.message}"
    name = f"Batch {record.name}" if record.name else f"A batch of {requests}"
    if report.outcome == "collected":
        money = "at a price that is not known" if report.dollars is None else in_dollars(report.dollars)
        return f"{name}: {report.answered} of {count} answered, {money}."
    return f"{name}: {report.message}"
