import re

import pytest

from slugify.slugify import (
    _decode_entities,
    _is_combining_mark,
    _modern_slugify,
    _modern_truncate,
    _numeric_reference,
    _replace_disallowed_unicode,
    slugify,
)


def test_numeric_reference():
    assert _numeric_reference(re.match(r"(\d+)", "42"), 3) == "42"


@pytest.mark.parametrize(
    ("text", "decimal", "hexadecimal", "expected"),
    [
        pytest.param("&#11;", True, True, "\x0b", id="&#11;"),
        pytest.param("&AElig;", True, True, "Æ", id="&AElig;"),
        pytest.param("&#x11;", True, True, "\x11", id="&#x11;"),
        pytest.param("&#11;", False, False, "&#11;", id="no-decimal-no-hexadecimal"),
    ],
)
def test_decode_entities(text, decimal, hexadecimal, expected):
    assert _decode_entities(text, True, decimal, hexadecimal) == expected


@pytest.mark.parametrize(
    "char",
    [
        pytest.param("a", id="a"),
        pytest.param("︀", id="variation-selector-1"),
        pytest.param("󠄀", id="variation-selector-17"),
    ],
)
def test_is_combining_mark_is_false(char):
    assert _is_combining_mark(char) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("--", "-", id="dash"),
        pytest.param("︀", "-", id="variation-selector-1"),
        pytest.param("1️", "1-", id="1"),
        pytest.param("c󠄀d", "c-d", id="c-d"),
        pytest.param("c\u200c", "c-", id="c"),
        pytest.param("A\u200c", "A-", id="a"),
        pytest.param("f\u200c", "f-", id="f"),
        pytest.param("c\u200ce", "c\u200ce", id="c-e"),
        pytest.param("e\u200c_", "e--", id="e"),
        pytest.param("\u200da\u200ce", "-a\u200ce", id="a-e"),
        pytest.param("ab\u200c\u200dc", "ab--c", id="ab-c"),
    ],
)
def test_replace_disallowed_unicode(text, expected):
    assert _replace_disallowed_unicode(text) == expected


@pytest.mark.parametrize(
    ("text", "max_length", "separator", "save_order", "expected"),
    [
        pytest.param("-", 9, "abc", True, "abc", id="dash-9-abc-save-order"),
        pytest.param("utf-8", 3, "-", False, "utf", id="utf-8-dash"),
        pytest.param("-7", 3, "abc", False, "", id="-7-abc"),
        pytest.param("2024-01-31", 3, "abc", False, "01", id="2024-01-31-abc"),
        pytest.param("-7A", 3, "aa", True, "aa7", id="-7A-aa-save-order"),
        pytest.param("--", 3, "aa", True, "", id="dash-aa-save-order"),
        pytest.param(
            "2024-01-31",
            11,
            "\u200c\u200d",
            False,
            "2024\u200c\u200d01",
            id="2024-01-31-11-unicode",
        ),
    ],
)
def test_modern_truncate(text, max_length, separator, save_order, expected):
    assert _modern_truncate(text, max_length, True, separator, save_order) == expected


@pytest.mark.parametrize(
    ("text", "max_length", "separator", "expected"),
    [
        pytest.param("utf-8", 11, "2024-01-31", "utf", id="utf-8-11-2024-01-31"),
        pytest.param(
            "2024-01-31", 17, "ignore", "2024ignore01", id="2024-01-31-17-ignore"
        ),
    ],
)
def test_modern_truncate_when_word_length_at_most_remaining(
    text, max_length, separator, expected
):
    assert _modern_truncate(text, max_length, False, separator, True) == expected


@pytest.mark.parametrize(
    ("text", "decimal", "max_length", "replacement_stage", "expected"),
    [
        pytest.param("1,3", False, 3, "both", "13", id="1,3-no-decimal"),
        pytest.param("&AElig;", True, 0, "both", "æ", id="&AElig;-0"),
        pytest.param(b"\x00\xff", True, 3, "pre", "\x00", id="y-pre"),
    ],
)
def test_modern_slugify_with_stopwords(
    text, decimal, max_length, replacement_stage, expected
):
    assert (
        _modern_slugify(
            text,
            True,
            decimal,
            True,
            max_length,
            True,
            "abc",
            True,
            ["abc", "''", "1,3"],
            re.compile("[a-z]+"),
            True,
            "",
            True,
            replacement_stage,
            "auto",
        )
        == expected
    )


def test_modern_slugify_raises_value_error_when_text_is_bytes_or_bytearray():
    with pytest.raises(
        ValueError,
        match=r"^backend must be 'auto', 'text-unidecode', 'unidecode' or 'anyascii'",
    ):
        _modern_slugify(
            b"\x00\xff",
            True,
            True,
            True,
            1,
            True,
            "abc",
            False,
            ["abc", "''", "1,3"],
            "1,3",
            False,
            "utf-8",
            True,
            "both",
            None,
        )


def test_modern_slugify_raises_type_error_for_max_length():
    with pytest.raises(TypeError, match=r"^max_length must be an int, not bool"):
        _modern_slugify(
            "some text\n    1,3",
            True,
            True,
            True,
            True,
            True,
            "abc",
            True,
            ["abc", "''", "1,3"],
            re.compile("[a-z]+"),
            True,
            [["abc", "''", "1,3"], [], ["abc"]],
            True,
            "both",
            "auto",
        )


@pytest.mark.parametrize(
    ("text", "entities", "allow_unicode", "algorithm", "expected"),
    [
        pytest.param("abc", True, False, "legacy", "abc", id="abc-legacy"),
        pytest.param("&AElig;", True, False, "legacy", "", id="&AElig;-legacy"),
        pytest.param("abc", True, False, "modern", "abc", id="abc"),
        pytest.param("&AElig;", True, False, "modern", "ae", id="&AElig;"),
        pytest.param(
            "&Aacute;", True, True, "legacy", "á", id="&Aacute;-allow-unicode-legacy"
        ),
        pytest.param("&#XD;", True, False, "legacy", "xd", id="&#XD;-legacy"),
        pytest.param("&#927;", True, False, "legacy", "", id="&#927;-legacy"),
        pytest.param("&#11;", True, False, "modern", "", id="&#11;"),
        pytest.param("&#xFE3e;", True, False, "modern", "", id="&#xFE3e;"),
        pytest.param("&#55296;", True, False, "modern", "55296", id="&#55296;"),
        pytest.param(
            "&Aacute;", False, False, "modern", "aacute", id="&Aacute;-no-entities"
        ),
        pytest.param(
            "some text", True, True, "modern", "some-text", id="some-text-allow-unicode"
        ),
        pytest.param("some text", True, False, "modern", "some-text", id="some-text"),
        pytest.param("some text", True, 3, "modern", "some-text", id="some-text-3"),
    ],
)
def test_slugify(text, entities, allow_unicode, algorithm, expected):
    assert (
        slugify(
            text, entities=entities, allow_unicode=allow_unicode, algorithm=algorithm
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "entities", "max_length", "backend", "expected"),
    [
        pytest.param(
            "&AElig;", True, 0, "text-unidecode", "ae", id="&AElig;-text-unidecode"
        ),
        pytest.param(
            "some text", False, 0, "unidecode", "some-text", id="no-entities-unidecode"
        ),
        pytest.param("some text", True, 1, "auto", "s", id="1"),
        pytest.param("some text", True, 10, "auto", "some-text", id="10"),
    ],
)
def test_slugify_with_algorithm(text, entities, max_length, backend, expected):
    assert (
        slugify(
            text,
            entities=entities,
            max_length=max_length,
            backend=backend,
            algorithm="modern",
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "max_length", "separator", "allow_unicode", "expected"),
    [
        pytest.param("some text", 0, "abc", False, "someabctext", id="0"),
        pytest.param("some text", 16, "abc", False, "someabctext", id="16"),
        pytest.param("NFKD", 3, "", False, "nfk", id="NFKD-3-empty-separator"),
        pytest.param(
            "some text", 8, "&#6857;", True, "some", id="8-&#6857;-allow-unicode"
        ),
    ],
)
def test_slugify_of_modern(text, max_length, separator, allow_unicode, expected):
    assert (
        slugify(
            text,
            max_length=max_length,
            separator=separator,
            allow_unicode=allow_unicode,
            algorithm="modern",
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "max_length", "regex_pattern", "replacements", "expected"),
    [
        pytest.param("#.1;", 1, re.compile(r"\d+"), (), "#", id="#.1;-1-compile-d"),
        pytest.param(
            "some text",
            0,
            None,
            [["", "abc"]],
            "abcaabcbabccabcsabcaabcbabccabcoabcaabcbabccabcmabcaabcbabccabceabcaabcbabccabc-abcaabcbabccabctabcaabcbabccabceabcaabcbabccabcxabcaabcbabccabctabcaabcbabccabc",
            id="some-text-no-regex-pattern-empty-abc",
        ),
        pytest.param("NFKD", 0, "''", (), "nfkd", id="NFKD-quote"),
    ],
)
def test_slugify_with_algorithm_2(
    text, max_length, regex_pattern, replacements, expected
):
    assert (
        slugify(
            text,
            max_length=max_length,
            regex_pattern=regex_pattern,
            replacements=replacements,
            algorithm="modern",
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "entities", "lowercase", "expected"),
    [
        pytest.param(
            "&Acirc;", False, False, "Acirc", id="&Acirc;-no-entities-no-lowercase"
        ),
        pytest.param(
            bytearray(b"\x00\xff"), True, 0.0, "", id="bytearray-y-entities-0.0"
        ),
    ],
)
def test_slugify_without_allow_unicode(text, entities, lowercase, expected):
    assert (
        slugify(text, entities=entities, lowercase=lowercase, algorithm="modern")
        == expected
    )


def test_slugify_with_allow_unicode():
    assert (
        slugify(
            "some text",
            stopwords=0,
            allow_unicode=True,
            replacement_stage="post",
            algorithm="modern",
        )
        == "some-text"
    )


def test_slugify_with_stopwords():
    assert (
        slugify(
            "some text",
            stopwords=["1,3"],
            replacements=None,
            allow_unicode=True,
            algorithm="modern",
        )
        == "some-text"
    )


def test_slugify_gives_some_text():
    assert (
        slugify(
            "some text",
            stopwords=["abc", "''", "1,3"],
            regex_pattern="abc",
            lowercase=False,
            replacements=[["abc", "abc"]],
            replacement_stage="pre",
            algorithm="modern",
        )
        == "some text"
    )


def test_slugify_gives_a():
    assert (
        slugify(
            "&Acirc;",
            stopwords=["'"],
            regex_pattern="a: 1\nb: [2]",
            lowercase=0.0,
            replacements=[["abc", "abc"]],
            algorithm="modern",
        )
        == "A"
    )


@pytest.mark.parametrize(
    ("text", "replacement_stage", "backend", "algorithm", "message"),
    [
        pytest.param(
            "some text",
            "both",
            3,
            "legacy",
            "backend must be 'auto', 'text-unidecode', 'unidecode' or 'anyascii'",
            id="3-legacy",
        ),
        pytest.param(
            "some text",
            "both",
            "auto",
            "abc",
            "algorithm must be 'legacy' or 'modern'",
            id="abc",
        ),
        pytest.param(
            b"abc",
            2.5,
            "auto",
            "modern",
            "replacement_stage must be 'both', 'pre' or 'post'",
            id="abc-2.5-modern",
        ),
    ],
)
def test_slugify_raises_value_error(
    text, replacement_stage, backend, algorithm, message
):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        slugify(
            text,
            replacement_stage=replacement_stage,
            backend=backend,
            algorithm=algorithm,
        )


@pytest.mark.parametrize(
    ("text", "max_length", "message"),
    [
        pytest.param(3, 0, "text must be str, bytes or bytearray, not int", id="3-0"),
        pytest.param(
            "some text", 2.5, "max_length must be an int, not float", id="some-text-2.5"
        ),
    ],
)
def test_slugify_raises_type_error_with_algorithm(text, max_length, message):
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        slugify(text, max_length=max_length, algorithm="modern")


def test_slugify_raises_type_error_when_separator_is_not_str():
    with pytest.raises(TypeError, match=r"^separator must be str, not NoneType"):
        slugify("some text", separator=None, algorithm="modern")


@pytest.mark.parametrize(
    "text", ["some text", "text_unidecode", "Hello World", "foo bar baz"]
)
def test_slugify_is_idempotent(text):
    once = slugify(text)

    assert slugify(once) == once
