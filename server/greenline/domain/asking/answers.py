"""Read the tests in what a model answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenline.domain.asking.model import ProposedTest, Stop

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


@dataclass(frozen=True, slots=True)
class Answered:
    """What was in an answer; ``problems`` say in a sentence each what could not be used."""

    tests: tuple[ProposedTest, ...] = ()
    problems: tuple[str, ...] = ()


def read_tests(text: str, stop: Stop = "end") -> Answered:
    """Return the tests of an answer: JSON by ``TESTS_SCHEMA``, also with words around it, or Python between fences.

    Of an answer that was cut off the complete tests are kept. Raises nothing.
    """
    raise NotImplementedError
