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
    ("text", "entities", "decimal", "hexadecimal", "expected"),
    [
        pytest.param("&#11;", True, True, True, "\x0b", id="&#11;"),
        pytest.param("&AElig;", True, True, True, "Æ", id="&AElig;"),
        pytest.param("&#11;", True, False, True, "&#11;", id="&#11;-no-decimal"),
        pytest.param("&#x11;", True, True, True, "\x11", id="&#x11;"),
        pytest.param("&AElig;", False, True, True, "&AElig;", id="&AElig;-no-entities"),
        pytest.param("&#x11;", True, True, False, "&#x11;", id="&#x11;-no-hexadecimal"),
    ],
)
def test_decode_entities(text, entities, decimal, hexadecimal, expected):
    assert _decode_entities(text, entities, decimal, hexadecimal) == expected


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
        pytest.param("c\u200ce", "c\u200ce", id="c-e"),
        pytest.param("c\u200c_", "c--", id="c"),
        pytest.param("1︀a\u200d", "1-a-", id="1-a"),
        pytest.param("ab\u200c\u200dc", "ab--c", id="ab-c"),
    ],
)
def test_replace_disallowed_unicode(text, expected):
    assert _replace_disallowed_unicode(text) == expected


@pytest.mark.parametrize(
    ("text", "max_length", "separator", "save_order", "expected"),
    [
        pytest.param("abc", 3, "abc", True, "abc", id="abc"),
        pytest.param("some text", 3, "abc", True, "som", id="some-text"),
        pytest.param("utf-8", 3, "abc", True, "utf", id="utf-8"),
        pytest.param("-", 3, "abc", True, "abc", id="dash"),
        pytest.param("utf-8", 1, "abc", True, "u", id="utf-8-1"),
        pytest.param("-", 3, "abc", False, "abc", id="dash-no-save-order"),
        pytest.param("-", -1, "abc", True, "abc", id="dash-minus-1"),
        pytest.param("utf-8", 1, "abc", False, "8", id="utf-8-1-no-save-order"),
        pytest.param("utf-8", 2, "abc", True, "ut", id="utf-8-2"),
        pytest.param("-7", 3, "abc", True, "", id="-7"),
        pytest.param("-abc", 3, "-", False, "-ab", id="-abc-dash-no-save-order"),
        pytest.param("2024-01-31", 10, "abc", True, "2024abc01", id="2024-01-31-10"),
        pytest.param(
            "-<b>x</b>", 3, "-", False, "-<b", id="-<b>x</b>-dash-no-save-order"
        ),
        pytest.param(
            "-abc", 3, "\u200c\u200d", True, "\u200c\u200da", id="-abc-unicode"
        ),
        pytest.param(
            "-7", 1, "\u200c\u200d", False, "", id="-7-1-unicode-no-save-order"
        ),
    ],
)
def test_modern_truncate(text, max_length, separator, save_order, expected):
    assert _modern_truncate(text, max_length, True, separator, save_order) == expected


@pytest.mark.parametrize(
    ("text", "max_length", "separator", "save_order", "expected"),
    [
        pytest.param("-", 3, "NFKD", False, "", id="dash-3-NFKD"),
        pytest.param("utf-8", 9, "ignore", True, "utf", id="utf-8-9-ignore-save-order"),
        pytest.param("-abc", 3, "-7", False, "-7a", id="-abc-3--7"),
        pytest.param("utf-8", 10, "key=value", False, "utf", id="utf-8-10-key=value"),
        pytest.param("\u200c\u200d", 1, "abc", True, "", id="unicode-1-abc-save-order"),
    ],
)
def test_modern_truncate_of_no_word_boundary(
    text, max_length, separator, save_order, expected
):
    assert _modern_truncate(text, max_length, False, separator, save_order) == expected


@pytest.mark.parametrize(
    ("text", "stopwords", "allow_unicode", "expected"),
    [
        pytest.param("&AElig;", ["abc"], True, "æ", id="abc"),
        pytest.param("&Aacute;", ["abc", "''", "1,3"], True, "á", id="&Aacute;"),
        pytest.param("1,3o", ["abc", "''", "1,3"], True, "13", id="1,3o"),
        pytest.param("&AElig;", [], None, "", id="empty-list-no-allow-unicode"),
    ],
)
def test_modern_slugify(text, stopwords, allow_unicode, expected):
    assert (
        _modern_slugify(
            text,
            True,
            True,
            True,
            3,
            True,
            "abc",
            True,
            stopwords,
            re.compile("[a-z]+"),
            True,
            "",
            allow_unicode,
            "both",
            "auto",
        )
        == expected
    )


def test_modern_slugify_with_stopwords():
    assert (
        _modern_slugify(
            "ignore",
            True,
            True,
            False,
            3,
            True,
            "abc",
            False,
            "ignore",
            "utf-8",
            True,
            [],
            False,
            "post",
            "text-unidecode",
        )
        == "ign"
    )


def test_modern_slugify_gives_blank():
    assert (
        _modern_slugify(
            "some text",
            True,
            False,
            True,
            3,
            True,
            "abc",
            True,
            ["abc", "abc"],
            re.compile("[a-z]+"),
            True,
            [["abc", "abc"]],
            None,
            "pre",
            "anyascii",
        )
        == " "
    )


@pytest.mark.parametrize(
    ("replacement_stage", "backend", "message"),
    [
        pytest.param(
            "o",
            "auto",
            "replacement_stage must be 'both', 'pre' or 'post'",
            id="o-auto",
        ),
        pytest.param(
            "both",
            3,
            "backend must be 'auto', 'text-unidecode', 'unidecode' or 'anyascii'",
            id="both-3",
        ),
    ],
)
def test_modern_slugify_raises_value_error(replacement_stage, backend, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        _modern_slugify(
            "some text",
            True,
            True,
            True,
            3,
            True,
            "abc",
            True,
            ["abc", "''", "1,3"],
            re.compile("[a-z]+"),
            True,
            [["abc", "''", "1,3"], [], ["abc"]],
            True,
            replacement_stage,
            backend,
        )


@pytest.mark.parametrize(
    ("max_length", "separator", "replacements", "allow_unicode", "message"),
    [
        pytest.param(
            True,
            "abc",
            [["abc", "''", "1,3"], [], ["abc"]],
            True,
            "max_length must be an int, not bool",
            id="max-length",
        ),
        pytest.param(3, 3, "ignore", False, "separator must be str, not int", id="3"),
    ],
)
def test_modern_slugify_raises_type_error(
    max_length, separator, replacements, allow_unicode, message
):
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        _modern_slugify(
            "some text",
            True,
            True,
            True,
            max_length,
            True,
            separator,
            True,
            ["abc", "''", "1,3"],
            re.compile("[a-z]+"),
            True,
            replacements,
            allow_unicode,
            "both",
            "auto",
        )


@pytest.mark.parametrize(
    ("text", "max_length", "stopwords", "lowercase", "message"),
    [
        pytest.param(
            "some text",
            "abc",
            [],
            True,
            "max_length must be an int, not str",
            id="some-text-abc-empty-list-lowercase",
        ),
        pytest.param(
            2.5,
            3,
            ["abc", "''", "1,3"],
            False,
            "text must be str, bytes or bytearray, not float",
            id="2-5-3-abc-quote-1-3-no-lowercase",
        ),
    ],
)
def test_modern_slugify_raises_type_error_2(
    text, max_length, stopwords, lowercase, message
):
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        _modern_slugify(
            text,
            True,
            False,
            True,
            max_length,
            True,
            "abc",
            True,
            stopwords,
            re.compile("[a-z]+"),
            lowercase,
            [["abc", "''", "1,3"], [], ["abc"]],
            True,
            "both",
            "auto",
        )


def test_modern_slugify_raises_type_error_for_max_length():
    with pytest.raises(TypeError, match=r"^max_length must be an int, not float"):
        _modern_slugify(
            "some text",
            False,
            True,
            True,
            2.5,
            True,
            "abc",
            False,
            ["abc", "''", "1,3"],
            re.compile("[a-z]+"),
            True,
            "utf-8",
            True,
            "post",
            "auto",
        )


@pytest.mark.parametrize(
    ("text", "allow_unicode", "backend", "algorithm", "expected"),
    [
        pytest.param("abc", False, "auto", "legacy", "abc", id="abc-legacy"),
        pytest.param("&AElig;", False, "auto", "legacy", "", id="&AElig;-legacy"),
        pytest.param("abc", False, "auto", "modern", "abc", id="abc"),
        pytest.param("&AElig;", False, "auto", "modern", "ae", id="&AElig;"),
        pytest.param(
            "&Aacute;", True, "auto", "legacy", "á", id="&Aacute;-allow-unicode-legacy"
        ),
        pytest.param("&#XD;", False, "auto", "legacy", "xd", id="&#XD;-legacy"),
        pytest.param("&#927;", False, "auto", "legacy", "", id="&#927;-legacy"),
        pytest.param("&#11;", False, "auto", "modern", "", id="&#11;"),
        pytest.param("&#xFE3e;", False, "auto", "modern", "", id="&#xFE3e;"),
        pytest.param("&#55296;", False, "auto", "modern", "55296", id="&#55296;"),
        pytest.param(
            "&AElig;",
            False,
            "text-unidecode",
            "modern",
            "ae",
            id="&AElig;-text-unidecode",
        ),
        pytest.param(
            "some text",
            True,
            "auto",
            "modern",
            "some-text",
            id="some-text-allow-unicode",
        ),
    ],
)
def test_slugify(text, allow_unicode, backend, algorithm, expected):
    assert (
        slugify(text, allow_unicode=allow_unicode, backend=backend, algorithm=algorithm)
        == expected
    )


@pytest.mark.parametrize(
    ("max_length", "regex_pattern", "replacements", "backend", "expected"),
    [
        pytest.param(
            0,
            re.compile("[a-z]+"),
            (),
            "unidecode",
            " ",
            id="0-compile-a-z-empty-tuple-unidecode",
        ),
        pytest.param(
            11,
            None,
            [["", "abc"]],
            "auto",
            "abcaabcbabc",
            id="11-no-regex-pattern-empty-abc-auto",
        ),
    ],
)
def test_slugify_with_algorithm(
    max_length, regex_pattern, replacements, backend, expected
):
    assert (
        slugify(
            "some text",
            max_length=max_length,
            regex_pattern=regex_pattern,
            replacements=replacements,
            backend=backend,
            algorithm="modern",
        )
        == expected
    )


def test_slugify_with_in_word_and_char_is_combining_mark():
    assert (
        slugify("e t&#857;", separator="abc", allow_unicode=True, algorithm="modern")
        == "eabct͙"
    )


def test_slugify_when_output_length_at_most_max_length():
    assert (
        slugify("some text", max_length=16, separator="abc", algorithm="modern")
        == "someabctext"
    )


def test_slugify_with_allow_unicode():
    assert (
        slugify(b"\x00\xff", stopwords=["abc"], allow_unicode=True, algorithm="modern")
        == ""
    )


def test_slugify_without_stopwords():
    assert (
        slugify(
            "''",
            max_length=11,
            replacements=[["", "abc"]],
            replacement_stage="post",
            algorithm="modern",
        )
        == "abc"
    )


def test_slugify_gives_empty():
    assert (
        slugify(
            "''",
            max_length=3,
            separator="abc",
            replacements=[["abc", "abc"]],
            replacement_stage="pre",
            backend="unidecode",
            algorithm="modern",
        )
        == ""
    )


def test_slugify_without_lowercase():
    assert (
        slugify(
            "''",
            max_length=3,
            separator="abc",
            lowercase=False,
            replacements=[["abc", "abc"]],
            replacement_stage="post",
            backend="unidecode",
            algorithm="modern",
        )
        == ""
    )


@pytest.mark.parametrize(
    ("backend", "algorithm", "message"),
    [
        pytest.param(
            3,
            "legacy",
            "backend must be 'auto', 'text-unidecode', 'unidecode' or 'anyascii'",
            id="3-legacy",
        ),
        pytest.param(
            "auto", "abc", "algorithm must be 'legacy' or 'modern'", id="auto-abc"
        ),
    ],
)
def test_slugify_raises_value_error(backend, algorithm, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        slugify("some text", backend=backend, algorithm=algorithm)


@pytest.mark.parametrize(
    "text", ["some text", "text_unidecode", "Hello World", "foo bar baz"]
)
def test_slugify_is_idempotent(text):
    once = slugify(text)

    assert slugify(once) == once
