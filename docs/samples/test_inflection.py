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


def test_irregular_when_first_of_singular_is_first_of_plural(monkeypatch):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("abc", "abc")

    assert inflection.PLURALS[0] == ("(?i)(a)bc$", r"\1bc")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("(?i)(a)bc$", r"\1bc")


def test_irregular(monkeypatch):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("man", "abc")

    assert inflection.PLURALS[0] == ("a[bB][cC]$", "abc")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("a[bB][cC]$", "man")


def test_irregular_when_first_of_singular_is_first_of_plural_for_man_and_men(
    monkeypatch,
):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("man", "men")

    assert inflection.PLURALS[0] == ("(?i)(m)en$", r"\1en")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("(?i)(m)en$", r"\1an")


def test_irregular_of_abc_and_hbc(monkeypatch):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("abc", "Hbc")

    assert inflection.PLURALS[0] == ("h[bB][cC]$", "hbc")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("h[bB][cC]$", "abc")


def test_irregular_of_mbc_and_people(monkeypatch):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("Mbc", "people")

    assert inflection.PLURALS[0] == ("p[eE][oO][pP][lL][eE]$", "people")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("p[eE][oO][pP][lL][eE]$", "mbc")


def test_irregular_of_o_and_bracket(monkeypatch):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("o", "[")

    assert inflection.PLURALS[0] == ("[$", "[")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("[$", "o")


def test_irregular_when_first_of_singular_is_first_of_plural_for_a_and_aeople(
    monkeypatch,
):
    monkeypatch.setattr(inflection, "PLURALS", inflection.PLURALS.copy())
    monkeypatch.setattr(inflection, "SINGULARS", inflection.SINGULARS.copy())

    _irregular("a", "Aeople")

    assert inflection.PLURALS[0] == ("(?i)(A)eople$", r"\1eople")
    assert inflection.PLURALS[-1] == ("$", "s")
    assert inflection.SINGULARS[0] == ("(?i)(A)eople$", r"\1")


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
        pytest.param("posts", "posts", id="posts"),
        pytest.param("sheep", "sheep", id="sheep"),
        pytest.param("octopus", "octopi", id="octopus"),
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
