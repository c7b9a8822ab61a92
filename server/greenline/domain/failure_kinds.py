"""Which kind a failure is of, as far as that can be told: what cannot be known is said with a "may"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.failure_surroundings import refused_by_the_guard, surroundings
from greenline.domain.failure_words import first_line, values_of, without_class
from greenline.domain.failures import Failure
from greenline.domain.misused_tools import misuses
from greenline.domain.wrong_tests import cannot_work, raises_itself

if TYPE_CHECKING:
    from greenline.domain.failure_evidence import Evidence, Step
    from greenline.domain.failures import FailureKind


def judge(evidence: Evidence) -> Failure:
    """Return what is known of one failing test that was not run again, or failed again."""
    found = misuses(evidence) or _of_surroundings(evidence) or cannot_work(evidence) or _of_values(evidence)
    kind, message, next_step = found
    return _failure(evidence, kind, message, next_step)


def flaky(evidence: Evidence) -> Failure:
    """Return what is known of a test that failed, and passed when it ran again without the others."""
    values = values_of(evidence.said or first_line(evidence.message))
    if evidence.side_by_side:
        return _failure(
            evidence,
            "flaky",
            f"{values}\nIt passed when it ran again by itself: it may not stand tests that run at the same time.",
            "Look at what it shares with others (files, ports, a database), or set greenline.run.parallel to false.",
        )
    return _failure(
        evidence,
        "flaky",
        f"{values}\nIt passed when it ran again, without the tests that passed: chance, time or another test decides.",
        "Look for what is different each time: the order of the tests, random numbers, the clock, files that stay.",
    )


def may_be_flaky(evidence: Evidence) -> bool:
    """Tell whether it is worth while to run the test again: what is missing is missing the second time too."""
    if evidence.is_collection or cannot_work(evidence):
        return False
    found = surroundings(evidence)
    return found is None or evidence.since == "neither"


def _failure(evidence: Evidence, kind: FailureKind, message: str, next_step: str) -> Failure:
    test, source = evidence.in_test, evidence.in_source
    return Failure(
        evidence.node_id,
        kind,
        message,
        next_step,
        test=test.place if test else None,
        source=source.place if source else None,
    )


def _of_surroundings(evidence: Evidence) -> tuple[FailureKind, str, str] | None:
    """Say what is missing; where the file that misses it was just changed, that is the first thing to look at."""
    found, step = surroundings(evidence), evidence.raised_in_changed
    if found is None or step is None or refused_by_the_guard(evidence):
        return found
    values = values_of(evidence.said)
    if evidence.in_source is not None:
        values += f"\nRaised in `{step.function.strip('<>')}` ({step.path.name}:{step.line})."
    return (
        "test" if evidence.in_source is None else "code",
        f"{values}\nIt passed before {_names(evidence)} changed.",
        f"Look at what changed in {step.path.name}: a name may be mistyped, or something that it needs now is missing.",
    )


def _of_values(evidence: Evidence) -> tuple[FailureKind, str, str]:
    """Judge by what changed, where the code or the test may be wrong: the exception says what, not whose fault."""
    if not evidence.said and not evidence.steps:
        return (
            "code",
            first_line(evidence.message) or "pytest gave no reason",
            "Run the test alone and read its output.",
        )
    values = values_of(evidence.said)
    if evidence.is_example:
        return "code", values, "Correct the code, or what its documentation shows."
    if evidence.said.startswith("Failed: Timeout"):
        return "code", values, "Find out what the test waits for: an endless loop, a lock, an answer that never comes."
    if evidence.in_source is not None:
        return _raised_in_code(evidence, evidence.in_source)
    return raises_itself(evidence) or _asserted(evidence, values)


def _asserted(evidence: Evidence, values: str) -> tuple[FailureKind, str, str]:
    if evidence.is_collection:
        what = (
            "Correct the test that it names." if evidence.kind_of_error == "Failed" else "Look at what its import does."
        )
        return "test", f"{values}\nIt happened while the file was read: none of its tests can run.", what
    if evidence.set_up:
        return "test", f"{values}\nIt happened while the test was set up or cleaned up.", "Look at its fixtures."
    since = _since(evidence)
    if since:
        return since[0], f"{values}\n{since[1]}", since[2]
    if evidence.newer == "test":
        return (
            "test",
            f"{values}\nThe test is newer than the code: what it expects may be wrong.",
            "Decide which of the two is right, the value that the test expects or the one that the code gives.",
        )
    return "code", values, "Correct the code; or the test, if it expects what should not be."


def _raised_in_code(evidence: Evidence, step: Step) -> tuple[FailureKind, str, str]:
    where = f"{step.path.name}:{step.line}"
    name = step.function.strip("<>")
    values = values_of(evidence.said)
    raised = f"{values}\nRaised in `{name}` ({where})."
    since = _since(evidence)
    on_purpose = step.text.strip().startswith("raise")
    if on_purpose and evidence.since in {"test", "unknown"} and (evidence.since == "test" or evidence.newer == "test"):
        return (
            "test",
            f"{values}\n`{name}` refuses that on purpose ({where}); the test may want too much.",
            f"If it is right to refuse, have the test expect it: `with pytest.raises({evidence.kind_of_error})`.",
        )
    if since:
        return since[0], f"{raised}\n{since[1]}", since[2]
    what = without_class(evidence.said) if on_purpose else ""
    ask = f"; or the test, if it is right to refuse that ({first_line(what)})" if what else ""
    return "code", raised, f"Correct `{name}`{ask}."


def _since(evidence: Evidence) -> tuple[FailureKind, str, str] | None:
    """Say what changed since the test passed, where that decides."""
    names = _names(evidence)
    if evidence.since == "source":
        return (
            "code",
            f"It passed before {names} changed.",
            f"Look at what changed in {names}; if it is meant to behave like that now, correct the test.",
        )
    if evidence.since == "test":
        return (
            "test",
            f"It passed before {names} changed, and the code is the same.",
            "Look at what changed in the test.",
        )
    if evidence.since == "neither":
        return (
            "environment",
            "It passed with the same test and the same code: something around them may have changed.",
            "Look at what is not in the project's files: the date, installed packages, data, services.",
        )
    return None


def _names(evidence: Evidence) -> str:
    return ", ".join(sorted({path.name for path in evidence.changed})[:3])
