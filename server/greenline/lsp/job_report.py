"""How a job's end is told: one notification for programs, with plain JSON that docs/protocol.md describes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from greenline.jobs.registry import JobFailure
from greenline.lsp import names
from greenline.lsp.findings import short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenline.domain.coverage.model import Summary
    from greenline.domain.generation.model import Status, TargetResult
    from greenline.jobs.registry import Job
    from greenline.services.diagnose_project import Finding


@dataclass(frozen=True, slots=True)
class TestFailed:
    """Why a test failed, or one row of it, and the line of the test (from 1) where it did, if that is known."""

    __test__ = False  # pytest is not meant

    message: str
    uri: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class TestEnd:
    """How one test ended; its id has the absolute path of its file."""

    __test__ = False

    id: str
    outcome: Literal["passed", "failed", "skipped"]
    message: str = ""
    """Why it failed, in short; of several rows the last."""
    failures: tuple[TestFailed, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """What the work of a job returns."""

    message: str
    results: tuple[TargetResult, ...] = ()
    markdown: str = ""
    """All that there is to say, where the message is only the short of it."""
    findings: tuple[Finding, ...] = ()
    """The same, one by one, for editors with a page of their own for it."""
    fixes: tuple[dict[str, Any], ...] = ()
    """What puts right what was found; see ``greenline.lsp.fixes``."""
    text: str = ""
    """What was asked for, where that is a text."""
    tests: tuple[TestEnd, ...] = ()
    """Of a run."""
    page: tuple[str, str] | None = None
    """The title and the URI of a page that was written."""


class Unfinished(JobFailure):
    """The work could not do what was asked, and knows results.

    ``told``: the person has seen the message already. ``passing``: it says what to mend, and then the same may succeed.
    """

    def __init__(
        self, message: str, results: Sequence[TargetResult] = (), *, told: bool = False, passing: bool = False
    ) -> None:
        super().__init__(message)
        self.results = tuple(results)
        self.told = told
        self.passing = passing
        self.lacks_pytest: Path | None = None
        """The file or folder whose project has no pytest, and could be given it."""


class Kept(Unfinished):
    """The work was cancelled, and left something all the same: the message says what. The person has seen it."""

    def __init__(self, message: str, results: Sequence[TargetResult] = ()) -> None:
        super().__init__(message, results, told=True)


def message_of(job: Job) -> str:
    """Return one sentence about the job's end; of a failure, one short line."""
    if isinstance(job.result, Finished):
        return job.result.message
    if isinstance(job.error, JobFailure):
        return names.one_line(str(job.error))
    if job.error is not None:
        error = names.one_line(f"{type(job.error).__name__}: {job.error}")
        return f"{job.title} failed: {error}. Greenline's log has more."
    return f"{job.title}: {job.outcome}"


def left_out(job: Job, message: str) -> list[str]:
    """Return in full what the message has no room for: for the log."""
    told = [
        (r, words)
        for r in results_of(job)
        if r.target.qualname
        for words in (r.reason, *r.in_the_way, *r.model_notes, _written_by_a_model(r))
    ]
    reasons = [f"{result.target.qualname}: {words}" for result, words in told if words]
    full = [*([str(job.error)] if isinstance(job.error, JobFailure) else []), *reasons]
    return [text for text in dict.fromkeys(full) if names.plain(text) not in names.plain(message)]


def payload(job: Job) -> dict[str, Any]:
    """Return the parameters of ``greenline/jobEnded``."""
    return {
        "protocol": names.PROTOCOL,
        "id": job.id,
        "title": job.title,
        "outcome": job.outcome,
        "message": message_of(job),
        "results": [_result(result) for result in results_of(job)],
        "tests": [_test(test) for test in _tests_of(job)],
        **({"text": job.result.text} if isinstance(job.result, Finished) and job.result.text else {}),
        **({"page": _page(*job.result.page)} if isinstance(job.result, Finished) and job.result.page else {}),
        **(_status(job.result) if isinstance(job.result, Finished) and job.result.markdown else {}),
    }


def summary_of(results: Sequence[TargetResult]) -> str:
    """Return one short line about results that wrote nothing."""
    if not results:
        return "There is no function to test in this file."
    if len(results) == 1:
        one = results[0]
        reason = "; ".join([one.reason or _WORDS[one.status], *one.in_the_way[:1]])
        # Of a line or a file that holds no function, the reason says all.
        return names.one_line(f"No test for {one.target.qualname}: {reason}" if one.target.qualname else reason)
    counted = Counter(result.status for result in results)
    words = ", ".join(f"{number} {_WORDS[status]}" for status, number in counted.most_common())
    first = next((r for r in results if r.status == "failed" and r.reason), None)
    example = f"; {first.target.qualname}: {first.reason}" if first else ""
    return names.one_line(f"No test was written for {len(results)} functions: {words}{example}")


def summary_of_many(results: Sequence[TargetResult]) -> str:
    """Return one short line about the results of several targets, with what all of them gained together."""
    confirmed = [result for result in results if result.status == "confirmed"]
    if not confirmed:
        return summary_of(results)
    tests = sum(len(result.tests) for result in confirmed)
    gained = [result.coverage for result in confirmed if result.coverage]
    lines = sum(one.after.lines.covered - one.before.lines.covered for one in gained)
    branches = sum(one.after.branches.covered - one.before.branches.covered for one in gained)
    more = names.counted({"line": lines, "branch": branches})
    told = f"{names.counted({'test': tests})} passed for {names.counted({'function': len(confirmed)})}"
    return f"{told}; newly covered: {more}" if more else told


def and_the_others(results: Sequence[TargetResult]) -> str:
    """Return, to follow what was gained, which functions of the file got no test although they want one."""
    left = [result for result in results if result.status in {"not_testable", "failed"}]
    if not left:
        return ""
    others = left[0].target.qualname if len(left) == 1 else f"{len(left)} other functions"
    return f"; no test for {others} (the log says why)"


def and_what_was_in_the_way(results: Sequence[TargetResult]) -> str:
    """Return, to follow what was gained, what may be the reason that not all is covered."""
    left = [result for result in results if result.status == "confirmed" and result.in_the_way]
    if not left:
        return ""
    if len(left) > 1:
        return f"; {len(left)} functions are covered in part: exploring refused or ended calls (the log says what)"
    return f"; the rest is left: {names.one_line(left[0].in_the_way[0])}"


def and_the_model(results: Sequence[TargetResult]) -> str:
    """Return, to follow what was gained, what a model wrote and what that cost, or why asking one failed."""
    asked = [result for result in results if result.tokens]
    if asked:
        from greenline.domain.asking.prices import in_dollars  # noqa: PLC0415 - only where a model was asked

        known = [result.dollars for result in asked if result.dollars is not None]
        money = in_dollars(sum(known)) if len(known) == len(asked) else "at a price that is not known"
        tokens = sum(result.tokens for result in asked)
        return f"; {_who_wrote(results)} ({tokens:,} tokens, {money})"
    problem = next((r.model_problem for r in results if r.model_problem and r.model_problem not in r.reason), "")
    if problem:
        return f"; asking a model failed: {names.one_line(problem).rstrip('.')}"
    waits = any(result.awaits_consent and not _says_so(result) for result in results)
    return "; no model was asked, as nobody has agreed to it yet" if waits else ""


def and_the_bugs(results: Sequence[TargetResult]) -> str:
    """Return, to follow all else, what was found that nothing announces; where it is, the diagnostics say."""
    bugs = [bug for result in results for bug in result.suspected_bugs]
    if not bugs:
        return ""
    if len(bugs) > 1:
        return f"; {len(bugs)} suspected bugs are marked"
    return f"; perhaps a bug: {names.plain(short(bugs[0].call))} {names.one_line(bugs[0].words)}"


_NAMED = 2
"""Tests that a message has room for."""
_WORDS: dict[Status, str] = {
    "confirmed": "confirmed",
    "nothing_to_gain": "with nothing to gain",
    "not_testable": "not testable",
    "failed": "failed",
    "cancelled": "cancelled",
    "waiting": "waiting for a batch",
}


def _who_wrote(results: Sequence[TargetResult]) -> str:
    """Say which of the new tests a model wrote: by name, where they are few."""
    written = [test for result in results for test in _of_the_model(result)]
    if not written:
        return "asking a model brought no test"
    if len(written) <= _NAMED:
        return f"a model wrote {' and '.join(written)}"
    tests = sum(len(result.tests) for result in results)
    return f"a model wrote {'all' if len(written) == tests else len(written)} of the {tests} tests"


def _says_so(result: TargetResult) -> bool:
    """Tell whether the reason is that nobody agreed."""
    return result.reason in result.model_notes


def _written_by_a_model(result: TargetResult) -> str:
    return f"a model wrote {', '.join(written)}" if (written := _of_the_model(result)) else ""


def _of_the_model(result: TargetResult) -> list[str]:
    """Return the names of the new tests that a model wrote."""
    return [test for test in result.tests if result.engines.get(test, result.engine) == "model"]


def results_of(job: Job) -> tuple[TargetResult, ...]:
    """Return what became of the functions that a job was for."""
    if isinstance(job.result, Finished):
        return job.result.results
    return job.error.results if isinstance(job.error, Unfinished) else ()


def _status(result: Finished) -> dict[str, Any]:
    found = [{"topic": f.topic, "state": f.state, "text": f.text, "toDo": f.to_do} for f in result.findings]
    return {"markdown": result.markdown, "findings": found, "fixes": list(result.fixes)}


def _page(title: str, uri: str) -> dict[str, str]:
    return {"title": title, "uri": uri}


def _tests_of(job: Job) -> tuple[TestEnd, ...]:
    """Return how the tests of a run ended, or those that were written and passed."""
    if isinstance(job.result, Finished) and job.result.tests:
        return job.result.tests
    confirmed = [(r.edit.path, r.tests) for r in results_of(job) if r.status == "confirmed" and r.edit]
    return tuple(TestEnd(f"{path}::{test}", "passed") for path, tests in confirmed for test in tests)


def _test(test: TestEnd) -> dict[str, Any]:
    failures = [{"message": one.message, "uri": one.uri, "line": one.line} for one in test.failures]
    return {"id": test.id, "outcome": test.outcome, "message": test.message, "failures": failures}


def _result(result: TargetResult) -> dict[str, Any]:
    return {
        "target": str(result.target),
        "status": result.status,
        "reason": result.reason,
        "engine": result.engine,
        "testFile": str(result.edit.path) if result.edit else None,
        "testFileReason": result.placed if result.edit else "",
        "tests": list(result.tests),
        "code": result.code,
        "coverage": {"before": _summary(result.coverage.before), "after": _summary(result.coverage.after)}
        if result.coverage
        else None,
        "observations": result.observations,
        "seconds": result.seconds,
        "mutants": {"total": result.strength.mutants, "killed": result.strength.killed} if result.strength else None,
        "oracles": list(result.oracles),
        "suspectedBugs": [
            {
                "call": bug.call,
                "error": bug.error,
                "line": bug.line,
                "documented": bug.documented or None,
                "said": bug.said or None,
            }
            for bug in result.suspected_bugs
        ],
        "notTested": list(result.not_tested),
        "refused": list(result.refused),
        "engines": dict(result.engines),
        "modelNotes": list(result.model_notes),
        "tokens": result.tokens,
        "dollars": result.dollars,
        "asked": {
            "requests": result.asked.requests,
            "proposed": result.asked.proposed,
            "passed": result.asked.passed,
            "kept": result.asked.kept,
            "notKept": dict(result.asked.not_kept),
        },
    }


def _summary(summary: Summary) -> dict[str, list[int]]:
    return {
        "lines": [summary.lines.covered, summary.lines.total],
        "branches": [summary.branches.covered, summary.branches.total],
    }
