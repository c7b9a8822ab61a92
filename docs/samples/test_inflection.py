import pytest

from inflection import (
    _irregular,
    camelize,
    dasherize,
    humanize,
    ordinal,
    ordinalize,
    parameterize,
    titleize,
    transliterate,
    underscore,
)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("abc", "abc"),
        ("ms", "men"),
        ("o", "["),
    ],
)
def test_irregular_returns_none(singular, plural):
    assert _irregular(singular, plural) is None


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("device_type", "deviceType"),
        ("Hello World", "hello World"),
    ],
)
def test_camelize_without_uppercase_first_letter(string, expected):
    assert camelize(string, uppercase_first_letter=False) == expected


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
        (-11, "th"),
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


def test_ordinalize():
    assert ordinalize(1) == "1st"


@pytest.mark.parametrize(
    ("string", "separator", "expected"),
    [
        pytest.param("Donald E. Knuth", "-", "donald-e-knuth", id="Donald-E.-Knuth"),
        pytest.param("{sep}", "-", "sep", id="{sep}"),
        pytest.param("abc", "", "abc", id="abc"),
        pytest.param("---", "-", "", id="dash"),
        pytest.param("é", "", "e", id="latin-small-letter-e-with-acute"),
    ],
)
def test_parameterize(string, separator, expected):
    assert parameterize(string, separator=separator) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("TheManWithoutAPast", "The Man Without A Past"),
        ("1a", "1A"),
        ("r'y", "R'y"),
        ("YAbm", "Y Abm"),
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
        ("-d", "_d"),
    ],
)
def test_underscore(word, expected):
    assert underscore(word) == expected
