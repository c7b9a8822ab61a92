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


def test_ansi_text_wrapper_wrap_chunks_without_chunks():
    ansi_text_wrapper = AnsiTextWrapper(max_lines=3)
    chunks = ["abc"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["abc"]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_without_lines():
    ansi_text_wrapper = AnsiTextWrapper(width=3, max_lines=0, placeholder=".")
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["."]
    assert chunks == ["\x1b[1f", "\x1b[00A"]
    assert ansi_text_wrapper.placeholder_len == 1


def test_ansi_text_wrapper_wrap_chunks_without_cur_line():
    ansi_text_wrapper = AnsiTextWrapper(width=1, subsequent_indent="$1,234.50")
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == [
        "a",
        "$1,234.50b",
        "$1,234.50c",
        "$1,234.50\x1b",
        "$1,234.50[",
        "$1,234.500",
        "$1,234.500",
        "$1,234.50A",
        "$1,234.50\x1b",
        "$1,234.50[",
        "$1,234.501",
        "$1,234.50f",
    ]
    assert chunks == []


def test_ansi_text_wrapper_wrap_chunks_with_cur_line():
    ansi_text_wrapper = AnsiTextWrapper(width=10, max_lines=0, placeholder=".")
    chunks = ["abc", "\x1b[00A", "\x1b[1f"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["abc\x1b[00A."]
    assert chunks == ["\x1b[1f"]
    assert ansi_text_wrapper.placeholder_len == 1


def test_ansi_text_wrapper_wrap_chunks_without_lines_with_width_and_zero_max_lines():
    ansi_text_wrapper = AnsiTextWrapper(width=5, max_lines=0)
    chunks = ["abc", "\x1b[00A\x1b[7F"]
    assert ansi_text_wrapper._wrap_chunks(chunks) == ["[...]"]
    assert chunks == ["00A\x1b[7F"]
    assert ansi_text_wrapper.placeholder_len == 6


def test_ansi_text_wrapper_wrap_chunks_raises_value_error_when_width_at_most_0():
    ansi_text_wrapper = AnsiTextWrapper(width=0)
    with pytest.raises(ValueError, match=r"^invalid width 0 \(must be > 0\)"):
        ansi_text_wrapper._wrap_chunks(["abc", "\x1b[00A", "\x1b[1f"])


def test_ansi_text_wrapper_wrap_chunks_raises_value_error_when_max_lines_above_1():
    ansi_text_wrapper = AnsiTextWrapper(width=3, max_lines=3)
    with pytest.raises(ValueError, match=r"^placeholder too large for max width"):
        ansi_text_wrapper._wrap_chunks(["abc", "\x1b[00A", "\x1b[1f"])


def test_ansi_text_wrapper_wrap():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.wrap("some text") == ["some text"]


def test_ansi_text_wrapper_fill():
    ansi_text_wrapper = AnsiTextWrapper()
    assert ansi_text_wrapper.fill("some text") == "some text"
