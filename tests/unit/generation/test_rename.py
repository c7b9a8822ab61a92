from __future__ import annotations

from greenline.domain.generation.rename import rename_globals

TABLE = """@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("1 kg", parse("1000 g")),
    ],
)
def test_it(text, expected):
    assert parse(text) == expected
"""


def test_a_name_that_gets_its_module_before_it_leaves_the_lines_as_they_are() -> None:
    assert rename_globals(TABLE, {"parse": "core.parse"}) == TABLE.replace("parse(", "core.parse(")


def test_a_module_is_taken_away_in_the_same_way() -> None:
    assert rename_globals(TABLE, {"pytest.mark": "mark"}) == TABLE.replace("pytest.mark", "mark")
