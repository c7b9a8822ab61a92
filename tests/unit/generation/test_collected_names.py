"""New tests have names that the project has pytest collect."""

from __future__ import annotations

import pytest

from greenline.domain.generation.collected_names import as_collected, collected_name
from greenline.domain.generation.model import Candidate


@pytest.mark.parametrize(
    ("patterns", "name"),
    [
        (["test"], "test_grade_of_none"),
        (["test_*", "check_*"], "test_grade_of_none"),
        (["check_*"], "check_grade_of_none"),
        (["check"], "check_grade_of_none"),
        (["check_"], "check_grade_of_none"),
        (["it_*", "check_*"], "it_grade_of_none"),
        (["*_spec"], "grade_of_none_spec"),
        (["Should*"], "Should_grade_of_none"),
        (["*"], "test_grade_of_none"),
        (["[abc]*"], "test_grade_of_none"),
        (["a-b"], "test_grade_of_none"),
    ],
)
def test_a_name_keeps_its_words(patterns: list[str], name: str) -> None:
    assert collected_name("test_grade_of_none", patterns) == name


def test_code_and_name_change_together() -> None:
    code = '@mark("test_grade(")\ndef test_grade(tmp_path):\n    assert grade(1) == "test_grade"\n'
    (found,) = as_collected([Candidate("test_grade", code)], ["check_*"])

    assert found == Candidate("check_grade", code.replace("def test_grade(", "def check_grade("))
    assert as_collected([Candidate("test_grade", code)], ["test"]) == (Candidate("test_grade", code),)
