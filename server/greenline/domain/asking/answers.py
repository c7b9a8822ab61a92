"""Read the tests in what a model answered."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from greenline.domain.asking.model import ProposedTest
from greenline.domain.asking.written_tests import whole_part, written_tests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.domain.asking.model import Stop

TESTS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "description": "the name of the test function"},
                    "intent": {"type": "string", "description": "what the test shows, in one sentence"},
                    "lines": {
                        "type": "array",
                        "items": {"type": "integer"},
                        "description": "lines of the module that the test is meant to reach",
                    },
                    "imports": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "whole import statements that the test needs",
                    },
                    "code": {
                        "type": "string",
                        "description": "one top-level test function, with its decorators, without imports",
                    },
                    "suspected_bug": {
                        "type": "string",
                        "description": "why the code under test may be wrong where this test fails; empty for none",
                    },
                },
                "required": ["name", "intent", "lines", "imports", "code", "suspected_bug"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["tests"],
    "additionalProperties": False,
}
"""The form of an answer. Each test stands by itself, so that a bad one takes no other with it."""

_DECODER = json.JSONDecoder(strict=False)  # line ends within texts are forgiven
_LIST = re.compile(r"[\"']tests[\"']\s*:\s*\[")
_NEXT = re.compile(r"[\s,]*\{")
_FENCE_OF_JSON = re.compile(r"^```(?:json)?[ \t]*\n\s*", re.MULTILINE | re.IGNORECASE)
_FENCED = re.compile(
    r"^[ \t]*(?P<fence>```+|~~~+)[ \t]*(?P<language>[^\n`]*)\n(?P<code>.*?)(?:^[ \t]*(?P<end>(?P=fence))[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PYTHON = frozenset({"", "python", "py", "python3", "pycon"})
_TRIED = 20
_LAST_LINE = 10_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What was in an answer; ``problems`` say in a sentence each what could not be used."""

    tests: tuple[ProposedTest, ...] = ()
    problems: tuple[str, ...] = ()


def read_tests(text: str, stop: Stop = "end") -> Answered:
    """Return the tests of an answer: JSON by ``TESTS_SCHEMA``, also with words around it, or Python between fences.

    Of an answer that was cut off the complete tests are kept. An entry with several tests is taken apart. What does
    not parse is kept as it is: a rule, or the model, may put it right. Raises nothing.
    """
    if stop == "refusal":
        return Answered(problems=("the model refused to answer",))
    entries, is_whole = _entries(text)
    problems: list[str] = []
    tests: list[ProposedTest] = []
    if entries is None:
        tests, is_whole = _of_python(text, has_end=stop == "end")
    for number, entry in enumerate(entries or (), 1):
        found, problem = _tests_of(entry)
        tests += found
        problems += [f"test {number} of the answer {problem}"] if problem else []
    if stop == "max_tokens":
        problems.append("the answer was cut off at its limit of tokens; the tests that were complete were tried")
    elif not is_whole:
        problems.append("the answer breaks off; the tests that were complete were tried")
    if not tests and not problems and entries is None:
        problems.append("there is no test in the answer")
    return Answered(tuple(_each_once(tests)), tuple(problems))


def _tests_of(entry: object) -> tuple[list[ProposedTest], str]:
    """Return the tests of one entry, or what is wrong with it."""
    if not isinstance(entry, dict):
        return [], "is not an object"
    code = entry.get("code")
    if not isinstance(code, str) or not code.strip():
        return [], "has no code"
    name = _words(entry.get("name")).rpartition("::")[2].partition("(")[0].strip()
    test = ProposedTest(
        name if name.isidentifier() else "",
        _plain(code),
        _imports(entry.get("imports")),
        _words(entry.get("intent")),
        _lines(entry.get("lines")),
        _words(entry.get("suspected_bug")),
    )
    return _by_themselves(test), ""


def _by_themselves(test: ProposedTest) -> list[ProposedTest]:
    written = written_tests(test.code)
    if written.problem or not written.tests:
        return [test]
    if len(written.tests) == 1:
        one = written.tests[0]
        return [replace(test, name=one.name or test.name, code=one.code, imports=_joined(test.imports, one.imports))]
    return [
        replace(test, name=one.name, code=one.code, imports=_joined(test.imports, one.imports)) for one in written.tests
    ]


def _of_python(text: str, *, has_end: bool) -> tuple[list[ProposedTest], bool]:
    """Return the tests of fenced code, or of a text that is all code; and whether it came to its end."""
    fenced = [match for match in _FENCED.finditer(text) if match["language"].strip().lower() in _PYTHON]
    pieces = [(match["code"], bool(match["end"])) for match in fenced] or [(text, has_end)]
    tests: list[ProposedTest] = []
    is_whole = True
    for code, ended in pieces:
        written = written_tests(code if ended else whole_part(code))
        tests += written.tests
        is_whole = is_whole and ended and not (written.problem and bool(fenced))
    return tests, is_whole


def _entries(text: str) -> tuple[list[object] | None, bool]:
    """Return the entries of the answer, None where there is no JSON of the form; and whether it came to its end."""
    for start in _starts(text):
        value, _ = _decoded(text, start)
        found = _list_in(value)
        if found is not None:
            return found, True
    for match in islice(_LIST.finditer(text), _TRIED):
        found = list(_one_by_one(text, match.end()))
        if found:
            return found, False
    return ([], False) if _LIST.search(text) else (None, True)


def _starts(text: str) -> Iterator[int]:
    """Yield where JSON may begin: at the first sign of the text, before the list of tests, after a fence."""
    yield len(text) - len(text.lstrip())
    for match in islice(_LIST.finditer(text), _TRIED):
        yield text.rfind("{", 0, match.start() + 1)
        yield match.end() - 1
    for match in islice(_FENCE_OF_JSON.finditer(text), _TRIED):
        yield match.end()


def _list_in(value: object) -> list[object] | None:
    if isinstance(value, dict) and isinstance(value.get("tests"), list):
        return list(value["tests"])
    if isinstance(value, dict) and isinstance(value.get("code"), str):
        return [value]
    is_list = isinstance(value, list) and value and all(isinstance(each, dict) and "code" in each for each in value)
    return list(value) if is_list and isinstance(value, list) else None


def _one_by_one(text: str, at: int) -> Iterator[object]:
    """Yield the entries of a list that has no end."""
    while True:
        start = _NEXT.match(text, at)
        if start is None:
            return
        value, at = _decoded(text, start.end() - 1)
        if at < 0:
            return
        yield value


def _decoded(text: str, at: int) -> tuple[object, int]:
    """Return what is written there and where it ends, -1 for nothing."""
    if at < 0:
        return None, -1
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None, -1


def _plain(code: str) -> str:
    """Return code without the fences of markdown around it, with plain line ends."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    match = _FENCED.fullmatch(code.strip())
    return match["code"] if match else code


def _imports(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split("\n")
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(each.strip() for each in value if isinstance(each, str) and each.strip()))


def _lines(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        return ()
    numbers = (each for each in value if isinstance(each, int) and not isinstance(each, bool))
    return tuple(sorted({each for each in numbers if 0 < each < _LAST_LINE}))


def _words(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _joined(*imports: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in imports for each in some))


def _each_once(tests: Sequence[ProposedTest]) -> Iterator[ProposedTest]:
    seen: set[str] = set()
    for test in tests:
        if test.code.strip() not in seen:
            yield test
        seen.add(test.code.strip())
