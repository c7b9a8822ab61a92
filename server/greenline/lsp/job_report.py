"""How a job's end is told: one notification for programs, with plain JSON that docs/protocol.md describes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from greenline.jobs.registry import JobFailure
from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.coverage.model import Summary
    from greenline.domain.generation.model import TargetResult
    from greenline.jobs.registry import Job


@dataclass(frozen=True, slots=True)
class Finished:
    """What the work of a job returns."""

    message: str
    results: tuple[TargetResult, ...] = ()


class Unfinished(JobFailure):
    """The work could not do what was asked, and knows results; ``told``: the person has seen the message already."""

    def __init__(self, message: str, results: Sequence[TargetResult] = (), *, told: bool = False) -> None:
        super().__init__(message)
        self.results = tuple(results)
        self.told = told


def message_of(job: Job) -> str:
    """Return one sentence about the job's end."""
    if isinstance(job.result, Finished):
        return job.result.message
    if isinstance(job.error, JobFailure):
        return str(job.error)
    if job.error is not None:
        return f"{job.title} failed: {type(job.error).__name__}: {job.error}. Greenline's log has more."
    return f"{job.title}: {job.outcome}"


def payload(job: Job) -> dict[str, Any]:
    """Return the parameters of ``greenline/jobEnded``."""
    results: tuple[TargetResult, ...] = ()
    if isinstance(job.result, Finished):
        results = job.result.results
    elif isinstance(job.error, Unfinished):
        results = job.error.results
    return {
        "protocol": names.PROTOCOL,
        "id": job.id,
        "title": job.title,
        "outcome": job.outcome,
        "message": message_of(job),
        "results": [_result(result) for result in results],
    }


def summary_of(results: Sequence[TargetResult]) -> str:
    """Return one sentence about results that wrote nothing (or not all)."""
    if not results:
        return "There is no function to test in this file."
    if len(results) == 1:
        one = results[0]
        name = one.target.qualname or one.target.path.name
        return f"`{name}`: {_words(one.status)}" + (f". {one.reason}" if one.reason else "")
    counted = Counter(result.status for result in results)
    return ", ".join(f"{number} {_words(status)}" for status, number in counted.most_common())


def _words(status: str) -> str:
    return status.replace("_", " ")


def _result(result: TargetResult) -> dict[str, Any]:
    return {
        "target": str(result.target),
        "status": result.status,
        "reason": result.reason,
        "engine": result.engine,
        "testFile": str(result.edit.path) if result.edit else None,
        "tests": list(result.tests),
        "code": result.code,
        "coverage": {"before": _summary(result.coverage.before), "after": _summary(result.coverage.after)}
        if result.coverage
        else None,
        "observations": result.observations,
        "seconds": result.seconds,
    }


def _summary(summary: Summary) -> dict[str, list[int]]:
    return {
        "lines": [summary.lines.covered, summary.lines.total],
        "branches": [summary.branches.covered, summary.branches.total],
    }
