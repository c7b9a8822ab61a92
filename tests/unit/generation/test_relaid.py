"""Updated tests are laid out as their file is: no line too long, its quotes, its formatter's way."""

from __future__ import annotations

import ast

import pytest

from greenline.domain.generation.expected_values import expectations_of
from greenline.domain.generation.kept_tests import named_tests
from greenline.domain.generation.laid_out import layouts_of, text_of
from greenline.domain.generation.noted import Noted
from greenline.domain.generation.relaid import blocks_of, fitting, in_layout
from greenline.domain.generation.revise import Revised, replaced, revise

WORDS = [f"word number {n}" for n in range(8)]
PLAIN = """\
import pytest


def test_words():
    assert words(1) == ['one']
"""


def revised(text: str, *noted: Noted) -> Revised:
    (expected,) = expectations_of(list(named_tests(text).items())[:1], text)
    found = revise(expected, text, noted)
    assert found.refusal == ""
    return found


def laid_out(text: str, *noted: Noted) -> str:
    return replaced(text, fitting(revised(text, *noted), text).replacements)


def value(source: str, **row: int) -> Noted:
    return Noted(0, row, same=False, source=source)


BROKEN = "".join(f"        'word number {n}',\n" for n in range(8))


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("indent", ["", "    "])
def test_a_line_that_is_too_long_now_is_broken(ending: str, quote: str, indent: str) -> None:
    body = f"def test_words():\n    assert words(1) == ['one']\n\n\ndef test_other():\n    assert long('{'x' * 90}')\n"
    wanted = body.replace("['one']", f"[\n{BROKEN}    ]")
    head = "class TestWords:\n" if indent else ""
    texts = [
        head + "".join(indent + line if line.strip() else line for line in t.splitlines(True)) for t in (body, wanted)
    ]
    before, after = (t.replace("\n", ending).replace("'", quote) for t in texts)
    assert laid_out(before, value(repr(WORDS))) == after


def test_what_fits_is_replaced_where_it_stands() -> None:
    found = revised(PLAIN, value("['two']"))
    assert fitting(found, PLAIN) is found
    assert replaced(PLAIN, found.replacements) == PLAIN.replace("one", "two")


def test_a_row_of_a_table_is_broken() -> None:
    text = """\
@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, ["one"]),
        pytest.param(2, ["two"], id="more"),
    ],
)
def test_words(n, expected):
    assert words(n) == expected
"""
    rows = "".join(f'                "word number {n}",\n' for n in range(8))
    wanted = text.replace('(1, ["one"]),', f"(\n            1,\n            [\n{rows}            ],\n        ),")
    assert laid_out(text, value(repr(WORDS), n=0, expected=0)) == wanted


def test_a_table_on_one_line_is_broken() -> None:
    text = (
        '@pytest.mark.parametrize(("n", "x"), [(1, "a"), (2, "b")])\ndef test_words(n, x):\n    assert words(n) == x\n'
    )
    found = laid_out(text, value(repr("a" * 60), n=1, x=1))
    assert max(map(len, found.splitlines())) <= 88
    ast.parse(found)


def test_messages_have_the_quotes_of_their_test() -> None:
    text = "def test_words():\n    with pytest.raises(ValueError, match='old'):\n        words(0)\n"
    raised = Noted(0, {}, same=False, source="ValueError", words="new (or not)")
    assert laid_out(text, raised) == text.replace("'old'", r"r'new \(or not\)'")


def test_a_value_without_quotes_gets_those_of_its_file() -> None:
    text = "def test_words():\n    assert words('a') == 1\n"
    assert laid_out(text, value('"b"')) == text.replace("== 1", "== 'b'")


def test_a_formatter_decides_how_long_a_line_is() -> None:
    change = revised(PLAIN, value(repr(WORDS)))
    blocks = blocks_of(change, PLAIN)
    assert blocks is not None
    assert in_layout(change, PLAIN, layouts_of(blocks, text_of(blocks))) is change
    assert in_layout(change, PLAIN, {}) is None


def test_a_test_that_was_not_laid_out_by_the_formatter_is_not_now() -> None:
    text = PLAIN.replace("words(1)", "words( 1 )")
    change = revised(text, value(repr(WORDS)))
    blocks = blocks_of(change, text)
    assert blocks is not None
    layouts = layouts_of(blocks, text_of(blocks).replace("words( 1 )", "words(1)"))
    assert len(layouts) == 2
    assert in_layout(change, text, layouts) is None


def test_the_formatters_layout_is_written() -> None:
    text = "class TestWords:\n    def test_words(self):\n        assert words(1) == [1]\n"
    change = revised(text, value("[1, 2]"))
    blocks = blocks_of(change, text)
    assert blocks is not None
    layouts = layouts_of(blocks, text_of(blocks).replace("[1, 2]", "[\n            1,\n            2,\n        ]"))
    found = in_layout(change, text, layouts)
    assert found is not None
    assert replaced(text, found.replacements) == text.replace("[1]", "[\n            1,\n            2,\n        ]")
