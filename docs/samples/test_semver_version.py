import re

import pytest

import semver
from semver.version import Version, _comparator


def test_comparator():
    result = _comparator(lambda value, other: True)
    assert callable(result)


def test_version():
    version = Version(3)
    assert version.major == 3
    assert version.minor == 0
    assert version.patch == 0
    assert version.prerelease is None
    assert version.build is None
    assert str(version) == "3.0.0"
    assert list(version) == [3, 0, 0, None, None]


def test_version_with_prerelease():
    version = Version(3, prerelease="prerelease")
    assert version.prerelease == "prerelease"
    assert str(version) == "3.0.0-prerelease"
    assert list(version) == [3, 0, 0, "prerelease", None]


def test_version_with_build():
    version = Version(3, build="build")
    assert version.build == "build"
    assert str(version) == "3.0.0+build"
    assert list(version) == [3, 0, 0, None, "build"]


def test_version_with_minor():
    version = Version(2.5, minor=3)
    assert version.major == 2
    assert version.minor == 3
    assert str(version) == "2.3.0"
    assert list(version) == [2, 3, 0, None, None]


def test_version_of_3_and_2_5():
    version = Version(3, minor=2.5)
    assert version.minor == 2
    assert str(version) == "3.2.0"
    assert list(version) == [3, 2, 0, None, None]


def test_version_with_minor_and_prerelease():
    version = Version(3, minor=3, prerelease=b"abc")
    assert version.minor == 3
    assert version.prerelease == "b'abc'"
    assert str(version) == "3.3.0-b'abc'"
    assert list(version) == [3, 3, 0, "b'abc'", None]


def test_version_with_minor_and_patch():
    version = Version(3, minor=1, patch=True)
    assert version.minor == 1
    assert version.patch == 1
    assert str(version) == "3.1.1"
    assert list(version) == [3, 1, 1, None, None]


def test_version_with_prerelease_and_build():
    version = Version(3, prerelease="prerelease", build=b"abc")
    assert version.prerelease == "prerelease"
    assert version.build == "b'abc'"
    assert str(version) == "3.0.0-prerelease+b'abc'"
    assert list(version) == [3, 0, 0, "prerelease", "b'abc'"]


@pytest.mark.parametrize(
    ("major", "minor", "message"),
    [
        (-1, 0, "'major' is negative. A version can only be positive."),
        (3, -1, "'minor' is negative. A version can only be positive."),
    ],
)
def test_version_raises_value_error(major, minor, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Version(major, minor=minor)


def test_version_validate_identifiers_raises_value_error_for_what():
    with pytest.raises(ValueError, match="'' is not a valid what"):
        Version._validate_identifiers("", re.compile("[a-z]+"), "what")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("0", "42", -1),
        (".", ".abc", -1),
        ("0", "00", 0),
        (".0.", ".", -1),
    ],
)
def test_version_nat_cmp(a, b, expected):
    assert Version._nat_cmp(a, b=b) == expected


def test_version_major():
    version = Version(3)
    assert version.major == 3


def test_version_set_major_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match="attribute 'major' is readonly"):
        version.major = "value"


def test_version_minor():
    version = Version(3)
    assert version.minor == 0


def test_version_set_minor_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match="attribute 'minor' is readonly"):
        version.minor = "value"


def test_version_patch():
    version = Version(3)
    assert version.patch == 0


def test_version_set_patch_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match="attribute 'patch' is readonly"):
        version.patch = "value"


def test_version_prerelease_returns_none():
    version = Version(3)
    assert version.prerelease is None


def test_version_set_prerelease_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match="attribute 'prerelease' is readonly"):
        version.prerelease = "value"


def test_version_build_returns_none():
    version = Version(3)
    assert version.build is None


def test_version_set_build_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match="attribute 'build' is readonly"):
        version.build = "value"


def test_version_to_tuple():
    version = semver.Version(5, 3, 1)
    assert version.to_tuple() == (5, 3, 1, None, None)


def test_version_to_dict():
    version = semver.Version(3, 2, 1)
    assert version.to_dict() == {
        "major": 3,
        "minor": 2,
        "patch": 1,
        "prerelease": None,
        "build": None,
    }


def test_version_iter():
    version = Version(3)
    assert list(version) == [3, 0, 0, None, None]


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("4", "5"),
        ("a.11", "a.12"),
    ],
)
def test_version_increment_prerelease(string, expected):
    assert Version._increment_prerelease(string) == expected


def test_version_increment_string():
    assert Version._increment_string("a11aa11a") == "a11aa12a"


def test_version_bump_major():
    version = semver.Version.parse("3.4.5")
    assert version.bump_major() == Version(4)


def test_version_bump_minor():
    version = semver.Version.parse("3.4.5")
    assert version.bump_minor() == Version(3, minor=5)


def test_version_bump_patch():
    version = semver.Version.parse("3.4.5")
    assert version.bump_patch() == Version(3, minor=4, patch=6)


@pytest.mark.parametrize(
    ("version", "token", "bump_when_empty", "expected"),
    [
        pytest.param(
            Version(3),
            "rc",
            True,
            Version(3, patch=1, prerelease="rc.1"),
            id="bump-when-empty",
        ),
        pytest.param(
            Version(3, prerelease="prerelease"),
            "rc",
            False,
            Version(3, prerelease="prerelease.0"),
            id="version-3-prerelease-prerelease",
        ),
        pytest.param(
            Version(5, 3, 1),
            "rc",
            True,
            Version(5, minor=3, patch=2, prerelease="rc.1"),
            id="version-5-3-1-bump-when-empty",
        ),
        pytest.param(
            Version(5, 3, 1),
            "token",
            False,
            Version(5, minor=3, patch=1, prerelease="token.1"),
            id="version-5-3-1-token",
        ),
        pytest.param(
            Version(3), "", False, Version(3, prerelease="1"), id="empty-token"
        ),
        pytest.param(
            Version(3), None, False, Version(3, prerelease="rc.1"), id="no-token"
        ),
        pytest.param(
            Version(3), "rc", False, Version(3, prerelease="rc.1"), id="version-3"
        ),
        pytest.param(
            Version(3, prerelease=3),
            "rc",
            False,
            Version(3, prerelease="4"),
            id="version-3-prerelease-3",
        ),
    ],
)
def test_version_bump_prerelease(version, token, bump_when_empty, expected):
    assert (
        version.bump_prerelease(token=token, bump_when_empty=bump_when_empty)
        == expected
    )


def test_version_bump_prerelease_raises_value_error_for_token():
    version = Version(3)
    with pytest.raises(
        ValueError, match="'prerelease tokenabc' is not a valid prerelease token"
    ):
        version.bump_prerelease(token="prerelease tokenabc")


@pytest.mark.parametrize(
    ("version", "token", "expected"),
    [
        pytest.param(
            semver.Version.parse("3.4.5-rc.1+build.9"),
            "build",
            Version(3, minor=4, patch=5, prerelease="rc.1", build="build.10"),
            id="parse-3-4-5-rc-1-build-9",
        ),
        pytest.param(
            Version(3, build="build"),
            "build",
            Version(3, build="build.0"),
            id="version-3-build-build",
        ),
        pytest.param(
            Version(5, 3, 1),
            "token",
            Version(5, minor=3, patch=1, build="token.1"),
            id="version-5-3-1-token",
        ),
        pytest.param(Version(3), "", Version(3, build="1"), id="version-3-empty-token"),
        pytest.param(
            Version(3), None, Version(3, build="build.1"), id="version-3-no-token"
        ),
        pytest.param(Version(3), "build", Version(3, build="build.1"), id="version-3"),
        pytest.param(
            Version(3, build=3), "build", Version(3, build="4"), id="version-3-build-3"
        ),
    ],
)
def test_version_bump_build(version, token, expected):
    assert version.bump_build(token=token) == expected


def test_version_bump_build_raises_value_error_with_token():
    version = Version(5, 3, 1)
    with pytest.raises(ValueError, match="'build token' is not a valid build token"):
        version.bump_build(token="build token")


@pytest.mark.parametrize(
    ("version", "other", "expected"),
    [
        pytest.param(
            Version(5, 3, 1), Version(5, 3, 1), 0, id="version-5-3-1-version-5-3-1"
        ),
        pytest.param(Version(5, 3, 1), [3], 1, id="version-5-3-1-3"),
        pytest.param(
            Version(1, prerelease=3), "1.0.0", -1, id="version-1-prerelease-3-1.0.0"
        ),
        pytest.param(
            Version(1, prerelease="prerelease"),
            "1.0.0",
            -1,
            id="version-1-prerelease-prerelease-1.0.0",
        ),
        pytest.param(
            Version(3),
            Version(major=3, prerelease=b"abc"),
            1,
            id="version-3-major-3-prerelease-abc",
        ),
        pytest.param(
            Version(3, prerelease=100),
            Version(3, prerelease="1.2.3"),
            1,
            id="version-3-prerelease-1-2-3",
        ),
        pytest.param(Version(3), Version(5, 3, 1), -1, id="version-3-version-5-3-1"),
        pytest.param(
            Version(2.5, patch=3, prerelease=5),
            Version(2.5, minor=0, patch=3, prerelease=10),
            -1,
            id="version-2-5-minor-0-patch-3-prerelease",
        ),
    ],
)
def test_version_compare(version, other, expected):
    assert version.compare(other) == expected


def test_version_compare_raises_type_error_when_other_is_not_cls():
    version = Version(3)
    with pytest.raises(
        TypeError, match="Expected str, bytes, dict, tuple, list, or Version instance"
    ):
        version.compare(3)


@pytest.mark.parametrize(
    ("version", "part", "expected"),
    [
        pytest.param(Version(3), "patch", Version(3, patch=1), id="version-3-patch"),
        pytest.param(
            Version(3),
            "prerelease",
            Version(3, patch=1, prerelease="rc.1"),
            id="version-3-prerelease",
        ),
        pytest.param(
            Version(3, patch=3), "major", Version(4), id="version-3-patch-3-major"
        ),
        pytest.param(
            Version(3, prerelease="prerelease"),
            "patch",
            Version(3),
            id="version-3-prerelease-prerelease-patch",
        ),
        pytest.param(
            Version(3, prerelease="prerelease"),
            "minor",
            Version(3),
            id="version-3-prerelease-prerelease-minor",
        ),
        pytest.param(
            Version(3, prerelease=3),
            "prerelease",
            Version(3, prerelease="rc.1"),
            id="version-3-prerelease-3-prerelease",
        ),
        pytest.param(
            Version(3, prerelease="rc"),
            "prerelease",
            Version(3, prerelease="rc.0"),
            id="version-3-prerelease-rc-prerelease",
        ),
        pytest.param(
            Version(3, prerelease="rcrc1"),
            "major",
            Version(3),
            id="version-3-prerelease-rcrc1-major",
        ),
    ],
)
def test_version_next_version(version, part, expected):
    assert version.next_version(part) == expected


def test_version_next_version_with_prerelease_token():
    version = Version(3, prerelease=1)
    assert version.next_version("prerelease", prerelease_token="0") == Version(
        3, patch=1, prerelease="0.1"
    )


def test_version_next_version_raises_value_error_when_part_not_in_validparts():
    version = Version(3)
    with pytest.raises(
        ValueError, match=r"Invalid part\. Expected one of \('major', 'minor', 'patch'"
    ):
        version.next_version("part")


@pytest.mark.parametrize(
    ("version", "other", "expected"),
    [
        pytest.param(Version(3), Version(5, 3, 1), False, id="version-3"),
        pytest.param(Version(5, 3, 1), Version(5, 3, 1), True, id="version-5-3-1"),
        pytest.param(Version(3), {"minor": 3}, False, id="minor-3"),
        pytest.param(Version(5, 3, 1), 2.5, False, id="version-5-3-1-2.5"),
    ],
)
def test_version_eq(version, other, expected):
    assert (version == other) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), True, id="version-3"),
        pytest.param(Version(5, 3, 1), False, id="version-5-3-1"),
    ],
)
def test_version_ne(version, expected):
    assert (version != Version(5, 3, 1)) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), True, id="version-3"),
        pytest.param(Version(5, 3, 1), False, id="version-5-3-1"),
    ],
)
def test_version_lt(version, expected):
    assert (version < Version(5, 3, 1)) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(Version(5, 3, 1), True, id="version-5-3-1"),
        pytest.param([3], False, id="3"),
    ],
)
def test_version_le(other, expected):
    version = Version(5, 3, 1)
    assert (version <= other) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(Version(5, 3, 1), False, id="version-5-3-1"),
        pytest.param([3], True, id="3"),
    ],
)
def test_version_gt(other, expected):
    version = Version(5, 3, 1)
    assert (version > other) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), False, id="version-3"),
        pytest.param(Version(5, 3, 1), True, id="version-5-3-1"),
    ],
)
def test_version_ge(version, expected):
    assert (version >= Version(5, 3, 1)) is expected


@pytest.mark.parametrize(
    ("version", "index", "expected"),
    [
        pytest.param(Version(3), 1, 0, id="1"),
        pytest.param(Version(5, 3, 1), 0, 5, id="version-5-3-1-0"),
        pytest.param(Version(3), slice(0, 2), (3, 0), id="slice-0-2"),
        pytest.param(Version(3), slice(None), (3, 0, 0), id="slice-none"),
        pytest.param(
            Version(3), slice(None, None, -1), (0, 0, 3), id="slice-none-none-minus-1"
        ),
        pytest.param(Version(3), slice(1, 2), 0, id="slice-1-2"),
    ],
)
def test_version_getitem(version, index, expected):
    assert version[index] == expected


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (3, "Version part undefined"),
        (-1, "Version index cannot be negative"),
        pytest.param(slice(0, 0), "Version part undefined", id="slice-0-0"),
    ],
)
def test_version_getitem_raises_index_error(index, message):
    version = Version(3)
    with pytest.raises(IndexError, match=message):
        version[index]


def test_version_repr():
    version = Version(3)
    assert (
        repr(version)
        == "Version(major=3, minor=0, patch=0, prerelease=None, build=None)"
    )


def test_version_str_without_build():
    version = Version(3)
    assert str(version) == "3.0.0"


def test_version_str_with_build():
    version = Version(3, prerelease="prerelease", build="build")
    assert str(version) == "3.0.0-prerelease+build"


def test_version_hash():
    version = Version(3)
    assert hash(version) == hash(version)


@pytest.mark.parametrize(
    ("version", "equal_version"),
    [
        (Version(3), Version(3)),
        (Version(30), Version(30)),
        (Version(380), Version(380)),
        (Version(4, prerelease="1"), Version(4, prerelease="1")),
    ],
)
def test_version_hash_agrees_with_equality(version, equal_version):
    assert version == equal_version
    assert hash(version) == hash(equal_version)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), Version(3), id="version-3"),
        pytest.param(
            Version(5, 3, 1), Version(5, minor=3, patch=1), id="version-5-3-1"
        ),
    ],
)
def test_version_finalize_version(version, expected):
    assert version.finalize_version() == expected


@pytest.mark.parametrize(
    ("version", "match_expr", "expected"),
    [
        pytest.param(Version(3), "4.0.4", False, id="4.0.4"),
        pytest.param(Version(3), ">1.0.0", True, id=">1.0.0"),
        pytest.param(Version(3), ">=1.0.0", True, id=">=1.0.0"),
        pytest.param(Version(1), ">=1.0.0", True, id="version-1->=1.0.0"),
        pytest.param(Version(3), "==1.0.0", False, id="==1.0.0"),
        pytest.param(Version(5, 3, 1), "<1.0.0", False, id="version-5-3-1-<1.0.0"),
        pytest.param(Version(5, 3, 1), "<=1.0.0", False, id="version-5-3-1-<=1.0.0"),
    ],
)
def test_version_match(version, match_expr, expected):
    assert version.match(match_expr) is expected


@pytest.mark.parametrize(
    ("version", "match_expr", "message"),
    [
        pytest.param(
            Version(3),
            "expr",
            "match_expr parameter should be in format <op><ver>",
            id="expr",
        ),
        pytest.param(
            Version(3),
            "0.0.0-0.0+00.00!",
            "0.0.0-0.0+00.00! is not valid SemVer string",
            id="0.0.0-0.0+00.00!",
        ),
        pytest.param(
            Version(5, 3, 1), "4", "4 is not valid SemVer string", id="version-5-3-1-4"
        ),
    ],
)
def test_version_match_raises_value_error(version, match_expr, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        version.match(match_expr)


def test_version_parse_with_patch():
    assert Version.parse("3.4.5-pre.2+build.4") == Version(
        3, minor=4, patch=5, prerelease="pre.2", build="build.4"
    )


def test_version_parse_without_patch():
    assert Version.parse("5", optional_minor_and_patch=True) == Version(5)


@pytest.mark.parametrize(
    ("version", "optional_minor_and_patch", "message"),
    [
        pytest.param(
            "5",
            False,
            "5 is not valid SemVer string",
            id="5-no-optional-minor-and-patch",
        ),
        pytest.param(b"", True, " is not valid SemVer string", id="empty-version"),
        pytest.param(b"abc", True, "abc is not valid SemVer string", id="abc"),
    ],
)
def test_version_parse_raises_value_error(version, optional_minor_and_patch, message):
    with pytest.raises(ValueError, match=message):
        Version.parse(version, optional_minor_and_patch=optional_minor_and_patch)


def test_version_parse_raises_type_error_when_version_is_not_args():
    with pytest.raises(TypeError, match="not expecting type '<class 'float'>'"):
        Version.parse(2.5)


def test_version_replace():
    version = Version(3)
    assert version.replace() == Version(3)


def test_version_replace_raises_type_error_with_extra():
    version = Version(3)
    with pytest.raises(
        TypeError, match=r"replace\(\) got 1 unexpected keyword argument\(s\): extra"
    ):
        version.replace(extra=3)


def test_version_replace_raises_type_error_without_unknownkeys():
    version = Version(3)
    with pytest.raises(TypeError):
        version.replace(major=None)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.3", True),
        pytest.param(b"", False, id="empty-version"),
    ],
)
def test_version_is_valid(version, expected):
    assert Version.is_valid(version) is expected


@pytest.mark.parametrize(
    ("version", "other", "expected"),
    [
        pytest.param(
            Version(1, minor=1, patch=0),
            Version(1, 0, 0),
            False,
            id="version-1-minor-1-patch-0-version-1-0-0",
        ),
        pytest.param(
            Version(1, minor=0, patch=0),
            Version(1, 1, 0),
            True,
            id="version-1-minor-0-patch-0-version-1-1-0",
        ),
        pytest.param(Version(3), Version(5, 3, 1), False, id="version-3-version-5-3-1"),
        pytest.param(Version(0), Version(major=0), True, id="version-0-major-0"),
        pytest.param(
            Version(0, build="build"),
            Version(major=0),
            True,
            id="version-0-build-build-major-0",
        ),
        pytest.param(
            Version(3),
            Version(major=3, prerelease="prerelease"),
            False,
            id="version-3-major-3-prerelease-prerelease",
        ),
        pytest.param(Version(0), Version(0, 3, 1), False, id="version-0-version-0-3-1"),
    ],
)
def test_version_is_compatible(version, other, expected):
    assert version.is_compatible(other) is expected


def test_version_is_compatible_raises_type_error_when_other_is_not_version():
    version = Version(1)
    with pytest.raises(
        TypeError, match="Expected a Version type but got <class 'float'>"
    ):
        version.is_compatible(2.5)
