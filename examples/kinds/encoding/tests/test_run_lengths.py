import re

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
    with pytest.raises(ValueError, match=r"^digits cannot be encoded"):
        encode("42")


@given(text=st.text(st.characters(exclude_categories=["Nd"])))
@example(text="Hello World")
def test_decode_reverses_encode(text):
    assert decode(encode(text)) == text


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("8y", "yyyyyyyy"),
        ("1{6b", "{bbbbbb"),
    ],
)
def test_decode_when_position_at_least_encoded_length(encoded, expected):
    assert decode(encoded) == expected


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        ("abc", "no run at position 0"),
        ("y", "no run at position 0"),
        ("3.14", "no run at position 2"),
    ],
)
def test_decode_raises_value_error(encoded, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        decode(encoded)
