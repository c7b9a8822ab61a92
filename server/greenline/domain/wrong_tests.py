"""Tests that cannot work as they are written: what they call, import or ask for is not there."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from greenline.domain.failure_words import first_line, values_of, without_class
from greenline.domain.misused_tools import misuses

if TYPE_CHECKING:
    from greenline.domain.failure_evidence import Evidence
    from greenline.domain.failures import FailureKind

    Judgement = tuple[FailureKind, str, str]

_CANNOT_IMPORT = re.compile(r"cannot import name '([\w.]+)' from (?:partially initialized module )?'([\w.]+)'")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_FIXTURE = re.compile(r"fixture '([\w\[\]-]+)' not found")
_SIGNATURE = re.compile(
    r"([\w.<>]+)\(\) (?:missing \d+ required|got an unexpected keyword|got multiple values|takes (?:from )?(?:no|\d+) "
    r"|got some positional-only|takes no|takes (?:exactly|at least|at most) )"
    r"|^(\w+) expected (?:exactly |at least |at most )?\d+ arguments?, got"
)
_NO_ATTRIBUTE = re.compile(r"(?:(?:module|type object) '[\w.]+'|'[\w.]+' object) has no attribute '(\w+)'")
_PLACE = re.compile(r" \([^()]+, line \d+\)$")
_NOT_DEFINED = re.compile(r"name '(\w+)' is not defined")


def cannot_work(evidence: Evidence) -> Judgement | None:
    """Say what is wrong with the test, or with the code where it is the same mistake there; None for all else."""
    return (
        misuses(evidence)
        or _syntax(evidence)
        or _missing_fixture(evidence)
        or _missing_name(evidence)
        or _wrong_call(evidence)
        or _passes(evidence)
    )


def raises_itself(evidence: Evidence) -> Judgement | None:
    """Look for a ``raise`` in the test, with nothing of the code on the way to it."""
    step = evidence.raised_by
    if step is None or evidence.error == "AssertionError" or any(own.where != "test" for own in evidence.own):
        return None
    text = step.text.strip()
    if not text.startswith("raise ") or " from " in text:  # what it comes from may be the code's
        return None
    return "test", f"{values_of(evidence.said)}\nThe test itself raises it.", "Look at what leads to that line."


def _syntax(evidence: Evidence) -> Judgement | None:
    if evidence.kind_of_error not in {"SyntaxError", "IndentationError", "TabError"} or evidence.raised_by is None:
        return None
    step = evidence.raised_by
    said = _PLACE.sub("", first_line(without_class(evidence.said)))
    what = f"{evidence.kind_of_error} in {step.path.name}:{step.line}: {said}"
    return _whose(evidence), what, "Mend the line; none of the tests that need the file can run."


def _missing_fixture(evidence: Evidence) -> Judgement | None:
    found = _FIXTURE.search(evidence.said) if evidence.kind_of_error == "FixtureLookupError" else None
    if found is None:
        return None
    return (
        "test",
        f"The test asks for a fixture `{found[1]}` that does not exist.",
        "Correct the name, or define the fixture in the test's file or in a conftest.py above it.",
    )


def _missing_name(evidence: Evidence) -> Judgement | None:
    """Look for what the project's own modules do not have; names of installed ones are about versions."""
    name = _CANNOT_IMPORT.search(evidence.said)
    module = _NO_MODULE.search(evidence.said)
    if evidence.kind_of_error not in {"ImportError", "ModuleNotFoundError"}:
        return None
    if name and name[2].partition(".")[0] in evidence.own_modules:
        if "partially initialized" in evidence.said:
            return (
                "code",
                f"`{name[1]}` cannot be imported from `{name[2]}`, which is imported a second time before it is ready.",
                "Break the circle of imports: import inside of a function, or move what both need to a third module.",
            )
        what = f"`{name[2]}` has no `{name[1]}`, which {_who(evidence)} imports."
        return _whose(evidence), f"{what}{evidence.and_what_changed}", _give_back(name[1])
    if module and module[1].partition(".")[0] in evidence.own_modules:
        what = f"The project has no module `{module[1]}`, which {_who(evidence)} imports."
        return _whose(evidence), f"{what}{evidence.and_what_changed}", "Correct the import, or add the module."
    return None


def _wrong_call(evidence: Evidence) -> Judgement | None:
    """Look for what a line of the test itself does that Python refuses: no value of the code's is involved."""
    step = evidence.raised_by
    if step is None or step.where != "test":
        return None
    said = first_line(without_class(evidence.said))
    if evidence.error == "NameError" and (found := _NOT_DEFINED.search(said)):
        return (
            "test",
            f"The test uses `{found[1]}`, which is defined nowhere.",
            "Define or import it, or correct the name.",
        )
    if evidence.error == "UnboundLocalError":
        return "test", f"The test uses a variable before it has a value: {said}.", "Give it a value on every way there."
    return _wrong_arguments(evidence, said) if evidence.error == "TypeError" else _not_there(evidence, said)


def _wrong_arguments(evidence: Evidence, said: str) -> Judgement | None:
    if found := _SIGNATURE.search(said):
        name = (found[1] or found[2]).rpartition(".")[2]
        its_own = "" if hasattr(builtins, name) else f"; or `{name}`, if its parameters changed by mistake"
        return (
            "test",
            f"The test calls `{name}` in a way that it cannot be called: {said}.{evidence.and_what_changed}",
            f"Correct the call{its_own}.",
        )
    if said == "'module' object is not callable":
        return (
            "test",
            "The test calls a module as if it were a function.",
            "Call what is in it, or import that: `from module import function`.",
        )
    return None


def _not_there(evidence: Evidence, said: str) -> Judgement | None:
    if evidence.error == "AttributeError" and (found := _NO_ATTRIBUTE.search(said)) and "NoneType" not in said:
        return "test", f"The test uses what is not there: {said}.{evidence.and_what_changed}", _give_back(found[1])
    return None


def _passes(evidence: Evidence) -> Judgement | None:
    if not evidence.message.startswith("[XPASS(strict)]"):
        return None
    reason = evidence.message.partition("]")[2].strip()
    what = "The test is expected to fail, and passes" + (f" ({reason})." if reason else ".")
    return "test", what, "Take its xfail mark away, if what it was about is mended."


def _whose(evidence: Evidence) -> FailureKind:
    return "code" if evidence.in_source is not None else "test"


def _who(evidence: Evidence) -> str:
    return "the test" if evidence.in_source is None else evidence.in_source.path.name


def _give_back(name: str) -> str:
    return f"If `{name}` was renamed or removed on purpose, correct what uses it; otherwise bring it back."
