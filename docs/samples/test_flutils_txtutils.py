import re

import pytest

from flutils.txtutils import AnsiTextWrapper, len_without_ansi


@pytest.mark.parametrize(
    ("seq", "expected"),
    [
        ("m", 1),
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
    assert isinstance(ansi_text_wrapper, AnsiTextWrapper)


def test_ansi_text_wrapper_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.initial_indent == ""


def test_ansi_text_wrapper_set_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.initial_indent = "value"

    assert ansi_text_wrapper.initial_indent == "value"


def test_ansi_text_wrapper_set_initial_indent_after_initial_indent_len():
    ansi_text_wrapper = AnsiTextWrapper()
    _ = ansi_text_wrapper.initial_indent_len

    ansi_text_wrapper.initial_indent = "value"

    assert ansi_text_wrapper.initial_indent == "value"


def test_ansi_text_wrapper_initial_indent_len_without_initial_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.initial_indent_len == 0


def test_ansi_text_wrapper_initial_indent_len():
    ansi_text_wrapper = AnsiTextWrapper(initial_indent="indent")
    assert ansi_text_wrapper.initial_indent_len == 6


def test_ansi_text_wrapper_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.subsequent_indent == ""


def test_ansi_text_wrapper_set_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.subsequent_indent = "value"

    assert ansi_text_wrapper.subsequent_indent == "value"


def test_ansi_text_wrapper_set_subsequent_indent_after_subsequent_indent_len():
    ansi_text_wrapper = AnsiTextWrapper(width=40)
    _ = ansi_text_wrapper.subsequent_indent_len

    ansi_text_wrapper.subsequent_indent = "value"

    assert ansi_text_wrapper.subsequent_indent == "value"


def test_ansi_text_wrapper_subsequent_indent_len_without_subsequent_indent():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.subsequent_indent_len == 0


def test_ansi_text_wrapper_subsequent_indent_len():
    ansi_text_wrapper = AnsiTextWrapper(subsequent_indent="subsequent indent")
    assert ansi_text_wrapper.subsequent_indent_len == 17


def test_ansi_text_wrapper_placeholder():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.placeholder == " [...]"


def test_ansi_text_wrapper_set_placeholder():
    ansi_text_wrapper = AnsiTextWrapper()

    ansi_text_wrapper.placeholder = "value"

    assert ansi_text_wrapper.placeholder == "value"


def test_ansi_text_wrapper_set_placeholder_after_placeholder_len():
    ansi_text_wrapper = AnsiTextWrapper()
    _ = ansi_text_wrapper.placeholder_len

    ansi_text_wrapper.placeholder = "value"

    assert ansi_text_wrapper.placeholder == "value"


def test_ansi_text_wrapper_placeholder_len():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.placeholder_len == 6


def test_ansi_text_wrapper_placeholder_len_when_placeholder_is_blank():
    ansi_text_wrapper = AnsiTextWrapper(placeholder="")
    assert ansi_text_wrapper.placeholder_len == 0


def test_ansi_text_wrapper_split():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper._split("some text") == ["some", " ", "text"]


def test_ansi_text_wrapper_wrap_chunks_when_max_lines_above_1():
    ansi_text_wrapper = AnsiTextWrapper(max_lines=3)
    chunks = ["one"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["one"]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_with_lines():
    ansi_text_wrapper = AnsiTextWrapper(width=1)
    chunks = ["one"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["o", "n", "e"]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_with_lines_with_width():
    ansi_text_wrapper = AnsiTextWrapper(width=3)
    chunks = ["one", "two", "three"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["one", "two", "thr", "ee"]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_cur_line():
    ansi_text_wrapper = AnsiTextWrapper(width=3, subsequent_indent="subsequent indent")
    chunks = ["one", "two", "three"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "one",
        "subsequent indentt",
        "subsequent indentw",
        "subsequent indento",
        "subsequent indentt",
        "subsequent indenth",
        "subsequent indentr",
        "subsequent indente",
        "subsequent indente",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_lines():
    ansi_text_wrapper = AnsiTextWrapper(initial_indent="x" * 65, max_lines=1)
    ansi_text_wrapper.fill("some text")
    chunks = ["one", "two", "three"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx[...]"
    ]
    assert chunks == ["three", "two"]


def test_ansi_text_wrapper_wrap_chunks_with_cur_line():
    ansi_text_wrapper = AnsiTextWrapper(max_lines=1)
    chunks = [
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
        "one",
    ]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "oneoneoneoneoneoneoneoneoneoneoneoneoneoneoneoneoneoneoneoneone [...]"
    ]
    assert chunks == ["one"]
    assert ansi_text_wrapper.placeholder_len == 6


@pytest.mark.parametrize(
    ("ansi_text_wrapper", "chunks", "message"),
    [
        pytest.param(
            AnsiTextWrapper(width=0),
            ["one"],
            "invalid width 0 (must be > 0)",
            id="width-0",
        ),
        pytest.param(
            AnsiTextWrapper(width=3, max_lines=3),
            ["one", "two", "three"],
            "placeholder too large for max width",
            id="width-3-max-lines-3",
        ),
        pytest.param(
            AnsiTextWrapper(
                initial_indent="x" * 65, max_lines=1, placeholder="$1,234.50"
            ),
            [
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
                "one",
            ],
            "placeholder too large for max width",
            id="initial-indent-max-lines-1-placeholder-1",
        ),
    ],
)
def test_ansi_text_wrapper_wrap_chunks_raises_value_error(
    ansi_text_wrapper, chunks, message
):
    with pytest.raises(ValueError, match=re.escape(message)):
        ansi_text_wrapper._wrap_chunks(chunks)


def test_ansi_text_wrapper_wrap():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.wrap("some text") == ["some text"]


def test_ansi_text_wrapper_fill():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.fill("some text") == "some text"
