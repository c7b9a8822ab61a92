import pytest

import inflection
from inflection import (
    _irregular,
    camelize,
    dasherize,
    humanize,
    ordinal,
    ordinalize,
    parameterize,
    pluralize,
    singularize,
    tableize,
    titleize,
    transliterate,
    underscore,
)


@pytest.mark.parametrize(
    ("singular", "plural", "expected_plurals_0", "expected_singulars_0"),
    [
        (
            "singular",
            "plural",
            ("p[lL][uU][rR][aA][lL]$", "plural"),
            ("p[lL][uU][rR][aA][lL]$", "singular"),
        ),
        ("man", "men", ("(?i)(m)en$", r"\1en"), ("(?i)(m)en$", r"\1an")),
        (
            "-7",
            "plural",
            ("p[lL][uU][rR][aA][lL]$", "plural"),
            ("p[lL][uU][rR][aA][lL]$", "-7"),
        ),
        ("singular", "Hl", ("h[lL]$", "hl"), ("h[lL]$", "singular")),
        (
            "Hl",
            "plural",
            ("p[lL][uU][rR][aA][lL]$", "plural"),
            ("p[lL][uU][rR][aA][lL]$", "hl"),
        ),
        ("singular", "]", ("]$", "]"), ("]$", "singular")),
    ],
)
def test_irregular(
    singular, plural, expected_plurals_0, expected_singulars_0, monkeypatch
):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular(singular, plural)

    assert inflection.PLURALS[0] == expected_plurals_0
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == expected_singulars_0


@pytest.mark.parametrize(
    ("string", "uppercase_first_letter", "expected"),
    [
        pytest.param("device_type", True, "DeviceType", id="uppercase-first-letter"),
        pytest.param("device_type", False, "deviceType", id="device_type"),
        pytest.param("Hello World", False, "hello World", id="Hello-World"),
    ],
)
def test_camelize(string, uppercase_first_letter, expected):
    assert camelize(string, uppercase_first_letter=uppercase_first_letter) == expected


def test_dasherize():
    assert dasherize("puni_puni") == "puni-puni"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("author_id", "Author"),
        ("employee_salary", "Employee salary"),
        ("HUl", "Hul"),
    ],
)
def test_humanize(word, expected):
    assert humanize(word) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-1021, "st"),
        (-511, "th"),
        (-11, "th"),
        (1, "st"),
        (10, "th"),
        (12, "th"),
        (13, "th"),
        (1002, "nd"),
        (1003, "rd"),
        (6172, "nd"),
    ],
)
def test_ordinal(number, expected):
    assert ordinal(number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-11, "-11th"),
        (1, "1st"),
    ],
)
def test_ordinalize(number, expected):
    assert ordinalize(number) == expected


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("Donald E. Knuth", "donald-e-knuth"),
        ("{sep}", "sep"),
        ("---", ""),
    ],
)
def test_parameterize(string, expected):
    assert parameterize(string) == expected


def test_parameterize_without_separator():
    assert parameterize("abc", separator="") == "abc"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("posts", "posts"),
        ("sheep", "sheep"),
        ("octopus", "octopi"),
        pytest.param("", "", id="empty-word"),
    ],
)
def test_pluralize(word, expected):
    assert pluralize(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("word", "word"),
        ("posts", "post"),
        ("sheep", "sheep"),
        ("jeans", "jeans"),
        ("rices", "rice"),
        ("zombies", "zombie"),
    ],
)
def test_singularize(word, expected):
    assert singularize(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("egg_and_ham", "egg_and_hams"),
        ("fancyCategory", "fancy_categories"),
    ],
)
def test_tableize(word, expected):
    assert tableize(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("TheManWithoutAPast", "The Man Without A Past"),
        ("1a", "1A"),
        ("r'y", "R'y"),
        ("YAbs", "Y Abs"),
    ],
)
def test_titleize(word, expected):
    assert titleize(word) == expected


def test_transliterate():
    assert transliterate("älämölö") == "alamolo"


@pytest.mark.parametrize(
    "string", ["älämölö", "Ærøskøbing", "Ünïcode", "älämölöälämölö"]
)
def test_transliterate_is_idempotent(string):
    once = transliterate(string)

    assert transliterate(once) == once


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("DeviceType", "device_type"),
        ("IOError", "io_error"),
        ("-", "_"),
    ],
)
def test_underscore(word, expected):
    assert underscore(word) == expected
