"""What a run is told to have come to, in words that a test cannot choose."""

from __future__ import annotations

from typing import Any

import pytest

from greenline.adapters.pytest_process import _Heard
from greenline.ports.tests import OUTCOMES
from greenline_probe import wire


def outcome_of(said: str) -> str:
    nowhere: Any = None
    heard = _Heard(nowhere)
    heard.hear(wire.TestDone(node_id="tests/test_a.py::test_a", outcome=said))
    return heard.outcomes[0].outcome


@pytest.mark.parametrize("said", sorted(OUTCOMES))
def test_an_outcome_is_told_as_it_is(said: str) -> None:
    assert outcome_of(said) == said


@pytest.mark.parametrize("said", ["zebra", "", "PASSED", "passed: zebra"])
def test_another_word_of_a_tests_own_is_a_failure(said: str) -> None:
    assert outcome_of(said) == "failed"
