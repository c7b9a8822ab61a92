from __future__ import annotations

import pytest

from greenline.domain.coverage.same_code import line_now

BEFORE = """\
import os


def first(text):
    return text[0]


def port(text):
    # the last part
    return text.split(":")[1]
"""
PORT = range(8, 11)

AFTER = {
    "nothing": (BEFORE, 10),
    "lines above": ("# a\n# b\n" + BEFORE, 12),
    "an edit in another function": (BEFORE.replace("text[0]", "text[:1]"), 10),
    "lines below": (BEFORE + "\n\nX = 1\n", 10),
    "a comment inside": (BEFORE.replace("    # the last part\n", "    # the last\n\n    # part\n"), 12),
    "the line itself": (BEFORE.replace("[1]", "[-1]"), None),
    "a line above it in the function": (BEFORE.replace("    # the", '    text = text or ":1"\n    # the'), None),
    "the signature": (BEFORE.replace("port(text)", "port(text=':')"), None),
    "gone": ("import os\n", None),
    "no code any more": ("def port(text:\n" + BEFORE, 11),
    "empty": ("", None),
}


@pytest.mark.parametrize("edit", AFTER)
def test_a_line_is_followed_while_its_function_is_the_same_code(edit: str) -> None:
    after, line = AFTER[edit]
    assert line_now(10, PORT, BEFORE, after) == line


def test_a_line_outside_of_the_function_has_to_stay_itself() -> None:
    assert line_now(5, PORT, BEFORE, "\n" + BEFORE) == 6
    assert line_now(5, PORT, BEFORE, BEFORE.replace("text[0]", "text[:1]")) is None
