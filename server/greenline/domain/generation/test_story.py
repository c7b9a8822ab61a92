"""What a test shows, in a sentence: for its docstring, where the project or the person wants one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenline.domain.generation.case_names import outcome_words, subject_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.case import Case

_LONGEST = 40
_LINE = 78
_MADE = re.compile(r"(\w+) = ([\w.]+)\(")
_DONE = re.compile(r"(?:_ = )?(\w+)\.(\w+)\(")
_METHOD = re.compile(r"[\w.]+\(.*\)", re.DOTALL)


def summary_of(name: str, qualname: str, cases: Sequence[Case]) -> str:
    """Return one sentence: "``parse_price`` raises ValueError when text is empty."."""
    outcome = outcome_words(cases[0]) if len({(c.error, c.expected) for c in cases}) == 1 or cases[0].raises else ""
    words = name.removeprefix("test_").removeprefix(subject_words(qualname)).strip("_")
    condition = words.removeprefix(outcome).strip("_").replace("_", " ")
    thing = re.sub(r"\.__(init|new|call)__$", "", qualname)
    if cases[0].raises:
        start = f"{thing} raises {cases[0].error.rpartition('.')[2]}"
    elif cases[0].shape == "object":
        start = f"What a new {thing} holds"
    elif outcome and cases[0].expected:
        start = f"{thing} gives {cases[0].expected}"
    else:
        start = thing if condition.startswith("gives ") else f"What {thing} gives"
    return " ".join(f"{start} {condition}".split()) + "."


def story_of(cases: Sequence[Case]) -> str:
    """Return what is given, what is done and what comes of it; in one line, or in three where that is too long."""
    case = cases[0]
    given = "each of the rows" if len(cases) > 1 else _given(case)
    parts = [f"Given {given}", f"when {_done(case)}", f"then {_outcome(cases)}."]
    line = ", ".join(parts)
    if len(line) <= _LINE:
        return line
    return "\n".join([f"{parts[0]},", f"{parts[1]},", parts[2]])


def _given(case: Case) -> str:
    found = [f"the fixture {fixture}" for fixture in case.fixtures]
    for statement in case.arrange:
        made, done = _MADE.match(statement), _DONE.match(statement)
        if made and made.group(1) != "_":
            found.append(f"a {made.group(1).replace('_', ' ')}")
        elif done and done.group(1) in {"monkeypatch", "tmp_path"}:
            found.append("its surroundings")
        elif done and found:
            found[-1] = found[-1].partition(" after ")[0] + f" after {done.group(2)}"
    shown = [f"{a.parameter} {a.source}" for a in case.arguments if len(a.source) <= _LONGEST]
    found += shown if len(shown) == len(case.arguments) <= 2 else ["its arguments"]  # noqa: PLR2004 - more are not read
    return " and ".join(dict.fromkeys(found)) or "nothing else"


def _done(case: Case) -> str:
    call = case.call_with(["..." for _ in case.arguments])
    called = call.partition("(")[0].rpartition(".")[2]
    if case.shape == "object":
        return f"a {called} is made"
    if case.shape == "with":
        return f"{called} is entered"
    if _METHOD.fullmatch(call) and called:
        return f"{called} is called"
    return f"{call} is evaluated" if len(call) <= _LONGEST else "it is evaluated"


def _outcome(cases: Sequence[Case]) -> str:
    case = cases[0]
    if case.raises:
        return f"{case.error.rpartition('.')[2]} is raised"
    if case.shape == "object":
        return "it holds what was given"
    if len(cases) > 1:
        return "the result is the expected one"
    if case.expected not in {None, "None"} and len(case.expected or "") <= _LONGEST:
        return f"the result is {case.expected}"
    if case.after:
        return "it is printed" if any("readouterr" in each for each in case.after) else "what it is for has changed"
    return "nothing is returned" if case.expected == "None" else "the result is the expected one"
