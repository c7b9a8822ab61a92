"""Tests that ask pytest or a mock for what cannot be: what they replace, remove, call or take rows for is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenline.domain.failure_words import first_line, without_class

if TYPE_CHECKING:
    from greenline.domain.failure_evidence import Evidence
    from greenline.domain.failures import FailureKind

    Judgement = tuple[FailureKind, str, str]

_NOT_REPLACED = re.compile(
    r"^(?:<(?:module|class) '([\w.]+)'.*>|<([\w.]+) .*>|'[\w.]+' object at ([\w.]+)"
    r"|(?!module '|type object '|'[\w.]+' object ).+)"
    r" (?:has no attribute|does not have the attribute) '(\w+)'$"
)
"""Of monkeypatch and mock. Python itself says "module 'x' has no attribute" and "'X' object has no attribute"."""
_PATCH = r"(?<![\w.])(?:(?:unittest\.)?mock\.|\w*mocker\.)?patch(?:\.\w+)?"
"""A call of it; not of a function that is only named like it, nor of ``client.patch``."""
_REPLACES = re.compile(rf"(?:\.setattr|{_PATCH}|\bmocker\.(?:spy|stub))\(")
_BY_NAME = re.compile(rf"(?:\.setattr|\.delattr|{_PATCH}|\bmocker\.(?:spy|stub))\(\s*[\"']([\w.]+)[\"']")
_REMOVES = re.compile(r"\.del(?:attr|env|item)\(")
_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_OF_MOCK = re.compile(r"^\w*Mock object has no attribute '(\w+)'")
_NO_ASSERTION = re.compile(r"^'(\w+)' is not a valid assertion")
_NOT_BOUND = re.compile(
    r"^(?:missing a required (?:[\w-]+ )?argument|too many positional arguments|got an unexpected keyword argument"
    r"|multiple values for argument)"
)
_CALLED_FIXTURE = re.compile(r"^Fixture \"?'?([\w]+)\"?'? called directly")
_CIRCLE = re.compile(r"recursive dependency involving fixture '([\w\[\]-]+)' detected")
_SCOPES = re.compile(r"the (\w+) scoped fixture (\w+) with a (\w+) scoped request")


def misuses(evidence: Evidence) -> Judgement | None:
    """Say what the test wants of pytest or a mock that cannot be; None where the code raised, and for all else."""
    if evidence.in_source is not None:
        return None
    said = first_line(without_class(evidence.said))
    return (
        _replaces(evidence, said)
        or _removes(evidence, said)
        or _mocks(evidence, said)
        or _fixtures(evidence, said)
        or _cannot_be_called(evidence, said)
    )


def _replaces(evidence: Evidence, said: str) -> Judgement | None:
    line = evidence.raised_by.text if evidence.raised_by else ""
    missing, by_name = _NO_MODULE.search(said), _BY_NAME.search(line)
    if evidence.kind_of_error in {"ImportError", "ModuleNotFoundError"} and missing and by_name:
        if not f"{by_name[1]}.".startswith(f"{missing[1]}."):
            return None
        what = f"The test replaces `{by_name[1]}`, and there is no module `{missing[1]}`."
        return "test", what, "Check that the name is not mistyped; if it is meant, install what provides it."
    found = _NOT_REPLACED.search(said) if evidence.error == "AttributeError" else None
    if found is None or _OF_MOCK.search(said):
        return None
    owner = next((name for name in found.groups()[:3] if name), "")
    if not owner and not _REPLACES.search(line):
        return None
    of = f"`{owner}`" if owner else "the object"
    return (
        "test",
        f"The test replaces `{found[4]}`, which {of} does not have.{evidence.and_what_changed}",
        f"If `{found[4]}` was renamed or removed on purpose, correct what replaces it; otherwise bring it back.",
    )


def _removes(evidence: Evidence, said: str) -> Judgement | None:
    step = evidence.raised_by
    if step is None or evidence.error not in {"AttributeError", "KeyError"} or not _REMOVES.search(step.text):
        return None
    name = said.strip("'\"")
    if not re.fullmatch(r"\w+", name):
        return None
    what = f"The test removes `{name}`, which is not there.{evidence.and_what_changed}"
    return "test", what, "Correct the name, or pass raising=False where it may be missing."


def _mocks(evidence: Evidence, said: str) -> Judgement | None:
    asked, assertion = _OF_MOCK.search(said), _NO_ASSERTION.search(said)
    if evidence.error == "AttributeError" and asked:
        return (
            "test",
            f"The mock has no `{asked[1]}`, as what it stands for has none.{evidence.and_what_changed}",
            f"If `{asked[1]}` was renamed or removed on purpose, correct what uses it; otherwise bring it back.",
        )
    if evidence.error == "AttributeError" and assertion:
        return (
            "test",
            f"The test asks a mock for `{assertion[1]}`, and mocks have no such assertion.",
            "Correct the name: assert_called_once_with, assert_called, assert_not_called and others are there.",
        )
    through = evidence.steps[-1].path.name if evidence.steps else ""
    if evidence.error == "TypeError" and _NOT_BOUND.search(said) and through in {"inspect.py", "mock.py"}:
        return (
            "test",
            f"The test calls a mock as what it stands for cannot be called: {said}.{evidence.and_what_changed}",
            "Correct the call; or what the mock stands for, if its parameters changed by mistake.",
        )
    return None


def _fixtures(evidence: Evidence, said: str) -> Judgement | None:
    if called := _CALLED_FIXTURE.search(said):
        return (
            "test",
            f"The fixture `{called[1]}` is called like a function.",
            f"Have the test, or the fixture that needs it, ask for it: a parameter named `{called[1]}`.",
        )
    if circle := _CIRCLE.search(said):
        return (
            "test",
            f"The fixture `{circle[1]}` needs itself, by way of others.",
            "Break the circle: take what both need into a third fixture.",
        )
    if scopes := _SCOPES.search(evidence.said):
        narrow, name, wide = scopes[1], scopes[2], scopes[3]
        return (
            "test",
            f"A fixture that lives as long as the {wide} asks for `{name}`, which is made anew for each {narrow}.",
            f'Give `{name}` the scope "{wide}", or the one that asks for it the scope "{narrow}".',
        )
    return None


def _cannot_be_called(evidence: Evidence, said: str) -> Judgement | None:
    """Look for a test that pytest itself cannot call, as a method without ``self``."""
    name = evidence.node_id.partition("[")[0].rpartition("::")[2]
    called = re.match(rf"(?:[\w.<>]+\.)?{re.escape(name)}\(\) (?:takes|missing|got) ", said) if name else None
    if called is None or evidence.own or evidence.error != "TypeError":
        return None
    step = "Give it `self` as its first parameter." if "takes 0 positional" in said else "Correct its parameters."
    return "test", f"pytest cannot call the test: {said}.", step
