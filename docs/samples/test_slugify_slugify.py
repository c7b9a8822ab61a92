import re

import pytest

from slugify.slugify import (
    _decode_entities,
    _is_combining_mark,
    _numeric_reference,
    _replace_disallowed_unicode,
    slugify,
)


def test_numeric_reference():
    assert _numeric_reference(re.match(r"(\w+) (\w+)", "ab cd"), 3) == "ab cd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&#11;", "\x0b"),
        ("&AElig;", "Æ"),
        ("&#x11;", "\x11"),
    ],
)
def test_decode_entities_with_entities_decimal_and_hexadecimal(text, expected):
    assert (
        _decode_entities(text, entities=True, decimal=True, hexadecimal=True)
        == expected
    )


def test_decode_entities_without_entities():
    assert (
        _decode_entities("&AElig;", entities=False, decimal=True, hexadecimal=True)
        == "&AElig;"
    )


def test_decode_entities_without_hexadecimal():
    assert (
        _decode_entities("&#x11;", entities=True, decimal=False, hexadecimal=False)
        == "&#x11;"
    )


def test_decode_entities_without_decimal():
    assert (
        _decode_entities("&#11;", entities=True, decimal=False, hexadecimal=True)
        == "&#11;"
    )


@pytest.mark.parametrize(
    "char",
    [
        "x",
        pytest.param("︀", id="variation-selector-1"),
        pytest.param("󠄀", id="variation-selector-17"),
    ],
)
def test_is_combining_mark_is_false(char):
    assert _is_combining_mark(char) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some text", "some-text"),
        pytest.param("abc︀a%ef", "abc-a-ef", id="abc-a-ef"),
        ("<b>x</b>", "-b-x-b-"),
        pytest.param("c\u200ce", "c\u200ce", id="c-e"),
        pytest.param("so\u200d", "so-", id="so"),
        pytest.param("so\u200d-", "so--", id="so-2"),
        pytest.param("abc\u200c#d", "abc--d", id="abc-d"),
        pytest.param("ab\u200c\u200dc︀de f_", "ab--c-de-f-", id="ab-c-de-f"),
        pytest.param("\u200dc\u200cde\u200d", "-c\u200cde-", id="c-de"),
    ],
)
def test_replace_disallowed_unicode(text, expected):
    assert _replace_disallowed_unicode(text) == expected


@pytest.mark.parametrize(
    ("text", "regex_pattern", "allow_unicode", "algorithm", "expected"),
    [
        pytest.param(
            "some text", None, False, "legacy", "some-text", id="some-text-legacy"
        ),
        pytest.param("some text", None, False, "modern", "some-text", id="some-text"),
        pytest.param(
            "&AElig;", None, True, "legacy", "æ", id="&AElig;-allow-unicode-legacy"
        ),
        pytest.param(
            "&AElig;",
            re.compile("[a-z]+"),
            False,
            "legacy",
            "æ",
            id="&AElig;-compile-a-z-legacy",
        ),
        pytest.param("&AElig;", None, False, "modern", "ae", id="&AElig;"),
        pytest.param("&#xFE3e;", None, False, "modern", "", id="&#xFE3e;"),
        pytest.param("&#55296;", None, False, "modern", "55296", id="&#55296;"),
        pytest.param(
            "some text", None, True, "modern", "some-text", id="some-text-allow-unicode"
        ),
        pytest.param(
            "some text", " ", False, "modern", "some-text", id="some-text-blank"
        ),
    ],
)
def test_slugify(text, regex_pattern, allow_unicode, algorithm, expected):
    assert (
        slugify(
            text,
            regex_pattern=regex_pattern,
            allow_unicode=allow_unicode,
            algorithm=algorithm,
        )
        == expected
    )


@pytest.mark.parametrize(
    ("text", "max_length", "word_boundary", "backend", "expected"),
    [
        pytest.param(
            "&AElig;", 0, False, "text-unidecode", "ae", id="&AElig;-0-text-unidecode"
        ),
        pytest.param("some text", 3, True, "auto", "som", id="some-text-word-boundary"),
        pytest.param("NFKD", 3, False, "auto", "nfk", id="NFKD"),
    ],
)
def test_slugify_with_algorithm(text, max_length, word_boundary, backend, expected):
    assert (
        slugify(
            text,
            max_length=max_length,
            word_boundary=word_boundary,
            backend=backend,
            algorithm="modern",
        )
        == expected
    )


@pytest.mark.parametrize(
    ("max_length", "regex_pattern", "lowercase", "replacements", "expected"),
    [
        pytest.param(9, re.compile("[a-z]+"), True, (), " ", id="9-compile-a-z"),
        pytest.param(0, None, False, (), "some-text", id="no-lowercase"),
        pytest.param(0, None, True, [["abc", "abc"]], "some-text", id="abc-abc"),
    ],
)
def test_slugify_of_some_text_and_modern(
    max_length, regex_pattern, lowercase, replacements, expected
):
    assert (
        slugify(
            "some text",
            max_length=max_length,
            regex_pattern=regex_pattern,
            lowercase=lowercase,
            replacements=replacements,
            algorithm="modern",
        )
        == expected
    )


def test_slugify_with_words():
    assert (
        slugify(
            "key=value",
            max_length=10,
            word_boundary="abc",
            separator="<b>b>",
            save_order=True,
            algorithm="modern",
        )
        == "key"
    )


def test_slugify_with_stopwords():
    assert slugify(bytearray(b""), stopwords=["one"], algorithm="modern") == ""


def test_slugify_gives_someabctxt():
    assert (
        slugify(
            "some txt-----",
            separator="abc",
            replacements=[["one", "one"]],
            replacement_stage="post",
            algorithm="modern",
        )
        == "someabctxt"
    )


@pytest.mark.parametrize(
    ("backend", "algorithm", "message"),
    [
        (2.5, "legacy", "backend must be 'auto', 'text-unidecode'"),
        ("auto", "abc", "algorithm must be 'legacy' or 'modern'"),
        (3, "modern", "backend must be 'auto', 'text-unidecode'"),
    ],
)
def test_slugify_raises_value_error(backend, algorithm, message):
    with pytest.raises(ValueError, match=message):
        slugify("some text", backend=backend, algorithm=algorithm)


def test_slugify_raises_value_error_for_replacement_stage():
    with pytest.raises(
        ValueError, match="replacement_stage must be 'both', 'pre' or 'post'"
    ):
        slugify("some text", replacement_stage=3, algorithm="modern")


def test_slugify_raises_type_error_for_max_length():
    with pytest.raises(TypeError, match="max_length must be an int, not float"):
        slugify("some text", max_length=2.5, algorithm="modern")


@pytest.mark.parametrize(
    "text", ["some text", " abc' ", "text_unidecode", "Hello World"]
)
def test_slugify_is_idempotent(text):
    once = slugify(text)

    assert slugify(once) == once
