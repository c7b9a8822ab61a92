"""The parts of a request, put together from texts that may be sent. What stays the same comes first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from string import Template
from typing import TYPE_CHECKING

from greenline.domain.asking.as_data import as_data, shortened
from greenline.domain.asking.model import Block, Conversation, FailedTest, ProposedTest, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.asking.kinds_of_code import KindOfCode
    from greenline.domain.asking.model import FailureKind
    from greenline.domain.asking.prompt_texts import PromptTexts

MOST_TESTS = 12
_WHY: dict[FailureKind, str] = {
    "wrong_test": "It fails.",
    "suspected_bug": "It fails, and the code itself may be wrong. It is shown to a person, and not written.",
    "environment": "It needs something that is not there when tests run. Replace that at the border.",
    "flaky": "It passes at one time and fails at another. Find what differs: a clock, chance, an order, a place.",
    "refused": "It was not run.",
    "weakened": "It shows less than the test that you sent before. Let it show as much, or leave it out.",
    "no_gain": "It passes, but reaches no line or branch of the target that other tests do not reach.",
}


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is the same for all targets of a module, besides its source."""

    python: str
    pytest: str
    style: tuple[str, ...]
    instructions: str = ""
    """The project's own, from ``.greenline/prompt.md``."""
    example_path: str = ""
    example: str = ""
    fixtures: str = ""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """What is said of one target. ``left`` are sentences, ``excerpt`` the marked lines."""

    name: str
    what: str
    """ "the function", "the method" and so on, with the lines where it stands."""
    imported: str
    left: tuple[str, ...]
    excerpt: str
    headers: tuple[tuple[str, str], ...] = ()
    """(module, header) of what it uses of other modules."""
    calls: tuple[tuple[str, str], ...] = ()
    """(where, source) of places that call it."""
    programs: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    """Of parameters without an annotation, as they are called elsewhere: "size: int | str"."""
    observations: tuple[str, ...] = ()
    observed_calls: int = 0
    kept: tuple[str, ...] = ()
    survivors: tuple[str, ...] = ()
    suspected_bugs: tuple[str, ...] = ()
    hindered: tuple[str, ...] = ()


def conversation(
    texts: PromptTexts, kinds: Sequence[KindOfCode], project: str, module: str, target: str
) -> Conversation:
    """Return the first request: what all targets share, what those of a module share, and last the target."""
    guidance = "\n\n".join(texts.guidance[kind].strip("\n") for kind in kinds)
    system = (Block(texts.instructions, breakpoint=True), Block(guidance))
    return Conversation(system, (Turn("user", (Block(project), Block(module, breakpoint=True), Block(target))),))


def version_of(texts: PromptTexts) -> str:
    """Return the version of all that is said, for the ledger: of the files, and of how they are put together."""
    words = ("one", "two")
    full = TargetFacts(
        name="one",
        what="two",
        imported="three",
        left=words,
        excerpt="four",
        headers=(words,),
        calls=(words,),
        programs=words,
        types=words,
        observations=words,
        observed_calls=2,
        kept=words,
        survivors=words,
        suspected_bugs=words,
        hindered=words,
    )
    project = ProjectFacts("one", "two", words, "three", "four", "five", "six")
    tests = [FailedTest(ProposedTest("one", "two"), "three", kind) for kind in _WHY]
    parts = [
        project_block(project),
        project_block(replace(project, example="")),
        module_block("one", "two", "three"),
        *(target_block(replace(full, left=left, survivors=left)) for left in (words, ())),
        target_block(replace(full, left=())),
        failures_text(texts, tests),
        unread_text(texts, words),
        *(coverage_text(texts, replace(full, left=left, kept=left)) for left in (words, ())),
    ]
    return f"{texts.version}-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:4]}"


def project_block(facts: ProjectFacts) -> str:
    """Return what is told of the project."""
    return "\n\n".join(_project(facts)) + "\n\n"


def module_block(path: str, name: str, source: str) -> str:
    """Return the whole source of the module, unchanged."""
    return (
        f"The module under test, which tests import as `{name}`, whole:\n\n{as_data('source', source, path=path)}\n\n"
    )


def target_block(facts: TargetFacts) -> str:
    """Return what changes from target to target, and what is asked for."""
    return "\n\n".join(_target(facts)) + "\n"


def failures_text(texts: PromptTexts, failures: Sequence[FailedTest]) -> str:
    """Return what is asked when tests were not kept."""
    told = "\n\n".join(map(_failure, failures))
    return Template(texts.after_failures).substitute(failures=told)


def coverage_text(texts: PromptTexts, facts: TargetFacts) -> str:
    """Return what is asked when tests were kept, and something is left."""
    kept = (
        f"These tests are kept:\n\n{as_data('kept_tests', _joined(facts.kept))}"
        if facts.kept
        else "No test is kept so far."
    )
    left = "\n\n".join(_left(facts)) or "Every line and branch is reached."
    return Template(texts.after_coverage).substitute(kept=kept, target=facts.name, left=left)


def unread_text(texts: PromptTexts, problems: Sequence[str]) -> str:
    """Return what is asked when nothing in an answer could be used."""
    return Template(texts.after_unread).substitute(problems=_listed(problems))


def _project(facts: ProjectFacts) -> Iterator[str]:
    if facts.instructions:
        yield as_data("project_instructions", facts.instructions)
    yield f"Tests run on Python {facts.python} with pytest {facts.pytest}."
    yield "How they are written here:\n\n" + _listed(facts.style)
    if facts.example:
        yield "Tests that stand there, to write yours in the same hand:"
        yield as_data("existing_tests", facts.example, path=facts.example_path)
    else:
        yield "There are no tests yet to take as an example."
    if facts.fixtures:
        yield "Fixtures of the project that tests can ask for, besides those of pytest:"
        yield as_data("fixtures", facts.fixtures)


def _target(facts: TargetFacts) -> Iterator[str]:
    yield f"The target is {facts.what}. Tests import it by `{facts.imported}`."
    if facts.headers:
        yield "What it uses of the project's other modules, without the bodies:"
        told = dict.fromkeys(module for module, _ in facts.headers)
        yield "\n".join(
            as_data("headers", _joined([text for place, text in facts.headers if place == module]), module=module)
            for module in told
        )
    if facts.calls:
        yield "Where the project calls it, the nearest first:"
        yield "\n".join(as_data("call_sites", source, path=where) for where, source in facts.calls)
    if facts.programs:
        yield "Calls of it that were found elsewhere; `_` stands for a value that could not be read:"
        yield as_data("calls", "\n\n".join(facts.programs))
    if facts.types:
        yield "Types of what its parameters get there:"
        yield as_data("types", "\n".join(facts.types))
    yield from _explored(facts)
    yield from _left(facts)
    yield _request(facts)


def _explored(facts: TargetFacts) -> Iterator[str]:
    if facts.observations:
        calls = "1 call" if facts.observed_calls == 1 else f"{facts.observed_calls} calls"
        yield f"What exploring observed in {calls}; this is what the code does today, not what it should do:"
        yield as_data("observations", "\n".join(facts.observations))
    if facts.hindered:
        yield "What was in the way of exploring:"
        yield as_data("in_the_way", "\n".join(facts.hindered))
    if facts.suspected_bugs:
        yield "What looks like a bug already, and is told to the person; write no test that takes it for right:"
        yield as_data("suspected_bugs", "\n".join(facts.suspected_bugs))
    if facts.kept:
        yield "Tests that are kept already; do not write them again:"
        yield as_data("kept_tests", _joined(facts.kept))


def _left(facts: TargetFacts) -> Iterator[str]:
    if facts.left:
        yield "What no test reaches:\n\n" + _listed(facts.left)
        yield as_data("uncovered", facts.excerpt)
    if facts.survivors:
        yield "Small changes of the code that no test notices so far; some of them may make no difference:"
        yield as_data("unnoticed_changes", "\n".join(facts.survivors))


def _request(facts: TargetFacts) -> str:
    few = f"As few as show each behaviour once, {MOST_TESTS} at most. Answer in the form that was described."
    if facts.left:
        noticed = " Where they can, choose inputs that notice the changes above." if facts.survivors else ""
        return f"Write the tests that run each line marked `>>>`, and take each way that is named above.{noticed} {few}"
    if facts.survivors:
        return f"Every line and branch is reached. Write the tests that notice the changes above. {few}"
    return (
        "Every line and branch is reached. Write only tests of what the target is meant to do and no test that is kept "
        f"says. {few}"
    )


def _failure(failed: FailedTest) -> str:
    test = failed.test
    output = as_data("output", shortened(failed.message)) if failed.message.strip() else ""
    parts = [f"`{test.name}`: {_WHY[failed.kind]}", as_data("test", test.code), output]
    return "\n".join(part for part in parts if part)


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _joined(codes: Sequence[str]) -> str:
    return "\n\n\n".join(code.strip("\n") for code in codes)
