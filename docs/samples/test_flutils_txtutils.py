import re

import pytest

from flutils.txtutils import AnsiTextWrapper, len_without_ansi


@pytest.mark.parametrize(
    ("seq", "expected"),
    [
        pytest.param("m", 1, id="m"),
        pytest.param("\x1b[38;5;209mfoobar\x1b[0m", 6, id="38-5-209mfoobar-0m"),
        pytest.param(["abc"], 3, id="abc"),
        pytest.param(["b", "a", "b"], 3, id="b-a-b"),
        pytest.param("\x1b[", 2, id="symbol-bracket"),
    ],
)
def test_len_without_ansi(seq, expected):
    assert len_without_ansi(seq) == expected


def test_ansi_text_wrapper():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.width == 70
    assert ansi_text_wrapper.expand_tabs is True
    assert ansi_text_wrapper.replace_whitespace is True
    assert ansi_text_wrapper.fix_sentence_endings is False
    assert ansi_text_wrapper.break_long_words is True
    assert ansi_text_wrapper.drop_whitespace is True
    assert ansi_text_wrapper.break_on_hyphens is True


def test_ansi_text_wrapper_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.initial_indent == ""


def test_ansi_text_wrapper_set_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.initial_indent = "abc"

    assert ansi_text_wrapper.initial_indent == "abc"


def test_ansi_text_wrapper_set_initial_indent_after_initial_indent_len():
    ansi_text_wrapper = AnsiTextWrapper()
    _ = ansi_text_wrapper.initial_indent_len

    ansi_text_wrapper.initial_indent = "abc"

    assert ansi_text_wrapper.initial_indent == "abc"


def test_ansi_text_wrapper_initial_indent_len_without_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.initial_indent_len == 0


def test_ansi_text_wrapper_initial_indent_len_with_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper(initial_indent="abc")
    assert ansi_text_wrapper.initial_indent_len == 3


def test_ansi_text_wrapper_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.subsequent_indent == ""


def test_ansi_text_wrapper_set_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.subsequent_indent = "abc"

    assert ansi_text_wrapper.subsequent_indent == "abc"


def test_ansi_text_wrapper_set_subsequent_indent_after_subsequent_indent_len():
    ansi_text_wrapper = AnsiTextWrapper(width=40)
    _ = ansi_text_wrapper.subsequent_indent_len

    ansi_text_wrapper.subsequent_indent = "abc"

    assert ansi_text_wrapper.subsequent_indent == "abc"


def test_ansi_text_wrapper_subsequent_indent_len_without_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.subsequent_indent_len == 0


def test_ansi_text_wrapper_subsequent_indent_len_with_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper(subsequent_indent="abc")
    assert ansi_text_wrapper.subsequent_indent_len == 3


def test_ansi_text_wrapper_placeholder():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.placeholder == " [...]"


def test_ansi_text_wrapper_set_placeholder():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.placeholder = "abc"

    assert ansi_text_wrapper.placeholder == "abc"


def test_ansi_text_wrapper_set_placeholder_after_placeholder_len():
    ansi_text_wrapper = AnsiTextWrapper()
    _ = ansi_text_wrapper.placeholder_len

    ansi_text_wrapper.placeholder = "abc"

    assert ansi_text_wrapper.placeholder == "abc"


def test_ansi_text_wrapper_placeholder_len_when_placeholder_is_not_blank():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.placeholder_len == 6


def test_ansi_text_wrapper_placeholder_len_when_placeholder_is_blank():
    ansi_text_wrapper = AnsiTextWrapper(placeholder="")
    assert ansi_text_wrapper.placeholder_len == 0


def test_ansi_text_wrapper_split():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper._split("abc") == ["abc"]


def test_ansi_text_wrapper_wrap_chunks_when_max_lines_above_1():
    ansi_text_wrapper = AnsiTextWrapper(max_lines=3)
    chunks = ["abc"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["abc"]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_max_lines():
    ansi_text_wrapper = AnsiTextWrapper(width=1)
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "a",
        "b",
        "c",
        "\x1b",
        "[",
        "0",
        "0",
        "A",
        "\x1b",
        "[",
        "1",
        "f",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_cur_line():
    ansi_text_wrapper = AnsiTextWrapper(width=3, subsequent_indent="abc")
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "abc",
        "abc\x1b",
        "abc[",
        "abc0",
        "abc0",
        "abcA",
        "abc\x1b",
        "abc[",
        "abc1",
        "abcf",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_lines():
    ansi_text_wrapper = AnsiTextWrapper(
        width=3,
        initial_indent="-7",
        break_long_words=False,
        max_lines=-5,
        placeholder=" .",
    )
    ansi_text_wrapper.wrap("some text")
    chunks = ["\x1b[ 00A"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["-7."]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_when_max_lines_above_1_with_max_lines():
    ansi_text_wrapper = AnsiTextWrapper(max_lines=23)
    chunks = [
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
        "abc",
    ]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc",
        "abc",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_cur_line_of_s():
    ansi_text_wrapper = AnsiTextWrapper(width=7)
    ansi_text_wrapper.subsequent_indent = "subsequent_indent_len"
    ansi_text_wrapper.initial_indent = "initial_indent_len"
    chunks = ["\x1b[:S"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "initial_indent_len\x1b",
        "subsequent_indent_len[",
        "subsequent_indent_len:",
        "subsequent_indent_lenS",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_max_lines_of_abc_00a_1f():
    ansi_text_wrapper = AnsiTextWrapper(width=3, drop_whitespace=False)
    ansi_text_wrapper.subsequent_indent = "abc"
    ansi_text_wrapper.initial_indent = "abc"
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "abca",
        "abcb",
        "abcc",
        "abc\x1b",
        "abc[",
        "abc0",
        "abc0",
        "abcA",
        "abc\x1b",
        "abc[",
        "abc1",
        "abcf",
        "abc",
    ]
    assert chunks == []


@pytest.mark.parametrize(
    ("ansi_text_wrapper", "chunks", "message"),
    [
        pytest.param(
            AnsiTextWrapper(width=0),
            ["abc", "\x1b[00A", "\x1b[1f"],
            "invalid width 0 (must be > 0)",
            id="width-0",
        ),
        pytest.param(
            AnsiTextWrapper(width=3, max_lines=3),
            ["abc", "\x1b[00A", "\x1b[1f"],
            "placeholder too large for max width",
            id="width-3-max-lines-3",
        ),
        pytest.param(
            AnsiTextWrapper(width=2, initial_indent="abc", max_lines=1),
            ["\x1b[00A", "abc"],
            "placeholder too large for max width",
            id="width-2-initial-indent-abc-max-lines-1",
        ),
    ],
)
def test_ansi_text_wrapper_wrap_chunks_raises_value_error(
    ansi_text_wrapper, chunks, message
):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        ansi_text_wrapper._wrap_chunks(chunks)


def test_ansi_text_wrapper_wrap():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.wrap("some text") == ["some text"]


def test_ansi_text_wrapper_fill():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.fill("some text") == "some text"
