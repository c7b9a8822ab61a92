import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from run_lengths import decode, encode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello World", "1H1e2l1o1 1W1o1r1l1d"),
        ("foo bar baz", "1f2o1 1b1a1r1 1b1a1z"),
    ],
)
def test_encode(text, expected):
    assert encode(text) == expected


def test_encode_raises_value_error():
    with pytest.raises(ValueError, match="digits cannot be encoded"):
        encode("42")


@given(text=st.text(st.characters(exclude_categories=["Nd"])))
@example(text="Hello World")
def test_decode_reverses_encode(text):
    assert decode(encode(text)) == text


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("11a", "aaaaaaaaaaa"),
        ("8y6b", "yyyyyyyybbbbbb"),
    ],
)
def test_decode(encoded, expected):
    assert decode(encoded) == expected


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        ("encoded", "no run at position 0"),
        ("y", "no run at position 0"),
        ("3.14", "no run at position 2"),
    ],
)
def test_decode_raises_value_error(encoded, message):
    with pytest.raises(ValueError, match=message):
        decode(encoded)
