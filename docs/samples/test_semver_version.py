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
    version = Version(3, prerelease="abc")
    assert version.prerelease == "abc"
    assert str(version) == "3.0.0-abc"
    assert list(version) == [3, 0, 0, "abc", None]


def test_version_with_build():
    version = Version(3, build="abc")
    assert version.build == "abc"
    assert str(version) == "3.0.0+abc"
    assert list(version) == [3, 0, 0, None, "abc"]


def test_version_with_minor():
    version = Version(2.5, minor=3)
    assert version.major == 2
    assert version.minor == 3
    assert str(version) == "2.3.0"
    assert list(version) == [2, 3, 0, None, None]


def test_version_with_minor_and_prerelease():
    version = Version(3, minor=3, prerelease=3)
    assert version.minor == 3
    assert version.prerelease == "3"
    assert str(version) == "3.3.0-3"
    assert list(version) == [3, 3, 0, "3", None]


def test_version_with_minor_and_build():
    version = Version(3, minor=1, build=b"abc")
    assert version.minor == 1
    assert version.build == "b'abc'"
    assert str(version) == "3.1.0+b'abc'"
    assert list(version) == [3, 1, 0, None, "b'abc'"]


def test_version_with_minor_and_patch():
    version = Version(3, minor=1, patch=True)
    assert version.minor == 1
    assert version.patch == 1
    assert str(version) == "3.1.1"
    assert list(version) == [3, 1, 1, None, None]


@pytest.mark.parametrize(
    ("major", "minor", "message"),
    [
        pytest.param(
            -1,
            0,
            "'major' is negative. A version can only be positive.",
            id="minus-1-0",
        ),
        pytest.param(
            3,
            -1,
            "'minor' is negative. A version can only be positive.",
            id="3-minus-1",
        ),
    ],
)
def test_version_raises_value_error_when_value_below_0(major, minor, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Version(major, minor=minor)


def test_version_major():
    version = Version(3)
    assert version.major == 3


def test_version_set_major_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match=r"^attribute 'major' is readonly"):
        version.major = "abc"


def test_version_minor():
    version = Version(3)
    assert version.minor == 0


def test_version_set_minor_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match=r"^attribute 'minor' is readonly"):
        version.minor = "abc"


def test_version_patch():
    version = Version(3)
    assert version.patch == 0


def test_version_set_patch_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match=r"^attribute 'patch' is readonly"):
        version.patch = "abc"


def test_version_prerelease_returns_none():
    version = Version(3)
    assert version.prerelease is None


def test_version_set_prerelease_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match=r"^attribute 'prerelease' is readonly"):
        version.prerelease = "1"


def test_version_build_returns_none():
    version = Version(3)
    assert version.build is None


def test_version_set_build_raises_attribute_error():
    version = Version(3)
    with pytest.raises(AttributeError, match=r"^attribute 'build' is readonly"):
        version.build = "0"


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
    version = Version(3)
    assert version.bump_major() == Version(4)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), Version(3, minor=1), id="version-3"),
        pytest.param(Version(5, 3, 1), Version(5, minor=4), id="version-5-3-1"),
    ],
)
def test_version_bump_minor(version, expected):
    assert version.bump_minor() == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(Version(3), Version(3, patch=1), id="version-3"),
        pytest.param(
            Version(5, 3, 1), Version(5, minor=3, patch=2), id="version-5-3-1"
        ),
    ],
)
def test_version_bump_patch(version, expected):
    assert version.bump_patch() == expected


@pytest.mark.parametrize(
    ("version", "token", "bump_when_empty", "expected"),
    [
        pytest.param(
            Version(3),
            "rc",
            True,
            Version(3, patch=1, prerelease="rc.1"),
            id="version-3-bump-when-empty",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "rc",
            False,
            Version(3, prerelease="abc.0"),
            id="version-3-prerelease-abc",
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
            "abc",
            False,
            Version(5, minor=3, patch=1, prerelease="abc.1"),
            id="version-5-3-1-abc",
        ),
        pytest.param(
            Version(3),
            "",
            False,
            Version(3, prerelease="1"),
            id="version-3-empty-token",
        ),
        pytest.param(
            Version(3),
            None,
            False,
            Version(3, prerelease="rc.1"),
            id="version-3-no-token",
        ),
        pytest.param(
            Version(5, 3, 1),
            2.5,
            True,
            Version(5, minor=3, patch=2, prerelease="2.5.1"),
            id="version-5-3-1-2.5-bump-when-empty",
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


@pytest.mark.parametrize(
    ("version", "token", "bump_when_empty", "message"),
    [
        pytest.param(
            Version(5, 3, 1),
            ".1",
            False,
            "'.1' is not a valid prerelease token. It may only consist of dot-separated",
            id=".1",
        ),
        pytest.param(
            Version(3, 2, 1),
            "prerelease token",
            False,
            "'prerelease token' is not a valid prerelease token. It may only consist of",
            id="version-3-2-1-prerelease-token",
        ),
        pytest.param(
            Version(5, 3, 1),
            " ",
            True,
            "' ' is not a valid prerelease token. It may only consist of dot-separated",
            id="blank-bump-when-empty",
        ),
    ],
)
def test_version_bump_prerelease_raises_value_error(
    version, token, bump_when_empty, message
):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        version.bump_prerelease(token=token, bump_when_empty=bump_when_empty)


@pytest.mark.parametrize(
    ("version", "token", "expected"),
    [
        pytest.param(Version(3), "build", Version(3, build="build.1"), id="version-3"),
        pytest.param(
            Version(3, build="abc"),
            "build",
            Version(3, build="abc.0"),
            id="version-3-build-abc",
        ),
        pytest.param(Version(3), "", Version(3, build="1"), id="empty-token"),
        pytest.param(Version(3), None, Version(3, build="build.1"), id="no-token"),
        pytest.param(
            Version(3, minor=1, prerelease="abc"),
            3,
            Version(3, minor=1, prerelease="abc", build="3.1"),
            id="version-3-minor-1-prerelease-abc-3",
        ),
        pytest.param(
            Version(3, build=3), "build", Version(3, build="4"), id="version-3-build-3"
        ),
    ],
)
def test_version_bump_build(version, token, expected):
    assert version.bump_build(token=token) == expected


def test_version_bump_build_raises_value_error_for_token():
    version = Version(3)
    with pytest.raises(
        ValueError,
        match=r"^'\.0' is not a valid build token\. It may only consist of dot-separated",
    ):
        version.bump_build(token=".0")


@pytest.mark.parametrize(
    ("version", "other", "expected"),
    [
        pytest.param(Version(3), [3], 0, id="3"),
        pytest.param(Version(3), Version(5, 3, 1), -1, id="version-5-3-1"),
        pytest.param(Version(1, prerelease="abc"), "1.0.0", -1, id="1.0.0"),
        pytest.param(
            Version(3),
            Version(major=3, prerelease=-3),
            1,
            id="major-3-prerelease-minus-3",
        ),
        pytest.param(
            Version(3, prerelease="minor"),
            Version(major=3, prerelease="abc"),
            1,
            id="major-3-prerelease-abc",
        ),
    ],
)
def test_version_compare(version, other, expected):
    assert version.compare(other) == expected


def test_version_compare_raises_type_error_when_other_is_not_cls():
    version = Version(3)
    with pytest.raises(
        TypeError,
        match=r"^Expected str, bytes, dict, tuple, list, or Version instance, but got <class",
    ):
        version.compare(6)


@pytest.mark.parametrize(
    ("version", "part", "prerelease_token", "expected"),
    [
        pytest.param(
            Version(3), "patch", "rc", Version(3, patch=1), id="version-3-patch"
        ),
        pytest.param(
            Version(3),
            "prerelease",
            "rc",
            Version(3, patch=1, prerelease="rc.1"),
            id="version-3",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "minor",
            "rc",
            Version(3),
            id="version-3-prerelease-abc-minor",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "major",
            "rc",
            Version(3),
            id="version-3-prerelease-abc-major",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "prerelease",
            "rc",
            Version(3, prerelease="rc.1"),
            id="version-3-prerelease-abc",
        ),
        pytest.param(
            Version(3, patch=3, prerelease=b"abc"),
            "minor",
            "rc",
            Version(3, minor=1),
            id="version-3-patch-3-prerelease-abc-minor",
        ),
        pytest.param(
            Version(3, patch=1, prerelease="abc"),
            "major",
            "rc",
            Version(4),
            id="version-3-patch-1-prerelease-abc-major",
        ),
        pytest.param(
            Version(3, prerelease="abc", build=b""),
            "patch",
            "rc",
            Version(3),
            id="patch",
        ),
        pytest.param(
            Version(3, prerelease="rc.1"),
            "prerelease",
            "rc",
            Version(3, prerelease="rc.2"),
            id="version-3-prerelease-rc-1",
        ),
        pytest.param(
            Version(3, prerelease="rc"),
            "prerelease",
            "rc",
            Version(3, prerelease="rc.0"),
            id="version-3-prerelease-rc",
        ),
        pytest.param(
            Version(3, prerelease="rc7"),
            "prerelease",
            "rc",
            Version(3, prerelease="rc8"),
            id="version-3-prerelease-rc7",
        ),
        pytest.param(
            Version(3, prerelease="rc9"),
            "prerelease",
            "rc",
            Version(3, patch=1, prerelease="rc10"),
            id="version-3-prerelease-rc9",
        ),
        pytest.param(
            Version(3, prerelease="rch"),
            "prerelease",
            "rc",
            Version(3, patch=1, prerelease="rc.1"),
            id="version-3-prerelease-rch",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "prerelease",
            "",
            Version(3, prerelease="abc.0"),
            id="empty-prerelease-token",
        ),
        pytest.param(
            Version(3, minor=3, prerelease="abc", build="abc"),
            "prerelease",
            "alpha",
            Version(3, minor=3, prerelease="alpha.1"),
            id="alpha",
        ),
    ],
)
def test_version_next_version(version, part, prerelease_token, expected):
    assert version.next_version(part, prerelease_token=prerelease_token) == expected


@pytest.mark.parametrize(
    ("version", "part", "prerelease_token", "message"),
    [
        pytest.param(
            Version(3),
            "abc",
            "rc",
            "Invalid part. Expected one of ('major', 'minor', 'patch', 'prerelease'), but",
            id="version-3-abc-rc",
        ),
        pytest.param(
            Version(3, prerelease="abc"),
            "prerelease",
            "c\\",
            "'c\\\\' is not a valid prerelease token. It may only consist of dot-separated",
            id="version-3-prerelease-abc-prerelease-c",
        ),
    ],
)
def test_version_next_version_raises_value_error(
    version, part, prerelease_token, message
):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        version.next_version(part, prerelease_token=prerelease_token)


@pytest.mark.parametrize(
    ("version", "other", "expected"),
    [
        pytest.param(Version(3), Version(5, 3, 1), False, id="version-5-3-1"),
        pytest.param(Version(3), [3], True, id="3"),
        pytest.param(Version(3), {"minor": 3}, False, id="minor-3"),
        pytest.param(Version(5, 3, 1), 2.0, False, id="version-5-3-1-2.0"),
    ],
)
def test_version_eq(version, other, expected):
    assert (version == other) is expected


def test_version_eq_raises_value_error_when_other_is_not_dict_or_tuple_or_list():
    version = Version(3)
    with pytest.raises(ValueError, match=r"^abc is not valid SemVer string"):
        _ = version == "abc"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(Version(5, 3, 1), True, id="version-5-3-1"),
        pytest.param([3], False, id="3"),
    ],
)
def test_version_ne(other, expected):
    version = Version(3)
    assert (version != other) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(Version(5, 3, 1), True, id="version-5-3-1"),
        pytest.param([3], False, id="3"),
    ],
)
def test_version_lt(other, expected):
    version = Version(3)
    assert (version < other) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param([3], True, id="3"),
        pytest.param(Version(1, 1, 0), False, id="version-1-1-0"),
    ],
)
def test_version_le(other, expected):
    version = Version(3)
    assert (version <= other) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param([3], False, id="3"),
        pytest.param(Version(1, 1, 0), True, id="version-1-1-0"),
    ],
)
def test_version_gt(other, expected):
    version = Version(3)
    assert (version > other) is expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(Version(5, 3, 1), False, id="version-5-3-1"),
        pytest.param([3], True, id="3"),
    ],
)
def test_version_ge(other, expected):
    version = Version(3)
    assert (version >= other) is expected


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        pytest.param(1, 0, id="1"),
        pytest.param(slice(0, 2), (3, 0), id="slice-0-2"),
        pytest.param(slice(None), (3, 0, 0), id="slice-none"),
        pytest.param(slice(None, None, -1), (0, 0, 3), id="slice-none-none-minus-1"),
        pytest.param(slice(1, 2), 0, id="slice-1-2"),
        pytest.param(slice(0, 1), 3, id="slice-0-1"),
    ],
)
def test_version_getitem(index, expected):
    version = Version(3)
    assert version[index] == expected


@pytest.mark.parametrize(
    ("index", "message"),
    [
        pytest.param(-1, "Version index cannot be negative", id="minus-1"),
        pytest.param(3, "Version part undefined", id="3"),
        pytest.param(
            slice(0, -2), "Version index cannot be negative", id="slice-0-minus-2"
        ),
    ],
)
def test_version_getitem_raises_index_error(index, message):
    version = Version(3)
    with pytest.raises(IndexError, match="^" + re.escape(message)):
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
    version = Version(3, prerelease="abc", build="abc")
    assert str(version) == "3.0.0-abc+abc"


def test_version_hash():
    version = Version(3)
    assert hash(version) == hash(version)


@pytest.mark.parametrize(
    ("version", "equal_version"),
    [
        (Version(3), Version(3, build=3)),
        (Version(1), Version(1)),
        (Version(30), Version(30)),
        (Version(300), Version(300)),
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
        pytest.param(Version(3), ">=1.0.0", True, id=">=1.0.0"),
        pytest.param(Version(3), "4.0.4", False, id="4.0.4"),
        pytest.param(Version(3), ">1.0.0", True, id=">1.0.0"),
        pytest.param(Version(1), ">=1.0.0", True, id="version-1->=1.0.0"),
        pytest.param(Version(3), "<1.0.0", False, id="<1.0.0"),
        pytest.param(Version(3), "<=1.0.0", False, id="<=1.0.0"),
        pytest.param(Version(3), "==1.0.0", False, id="==1.0.0"),
    ],
)
def test_version_match(version, match_expr, expected):
    assert version.match(match_expr) is expected


@pytest.mark.parametrize(
    ("version", "match_expr", "message"),
    [
        pytest.param(
            Version(3),
            "abc",
            "match_expr parameter should be in format <op><ver>, where <op> is one of ['<',",
            id="abc",
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
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        version.match(match_expr)


def test_version_parse_with_patch():
    assert Version.parse("1.2.3") == Version(1, minor=2, patch=3)


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
        pytest.param(
            b"",
            True,
            " is not valid SemVer string",
            id="empty-version-optional-minor-and-patch",
        ),
    ],
)
def test_version_parse_raises_value_error_without_match(
    version, optional_minor_and_patch, message
):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Version.parse(version, optional_minor_and_patch=optional_minor_and_patch)


def test_version_parse_raises_unicode_decode_error_when_version_is_bytes():
    with pytest.raises(
        UnicodeDecodeError,
        match=r"^'utf-8' codec can't decode byte 0xff in position 1: invalid start byte",
    ):
        Version.parse(b"\x00\xff")


def test_version_parse_raises_type_error_when_version_is_not_args():
    with pytest.raises(TypeError, match=r"^not expecting type '<class 'float'>'"):
        Version.parse(2.5)


def test_version_replace():
    version = Version(3)
    assert version.replace() == Version(3)


def test_version_replace_raises_type_error_with_unknownkeys():
    version = Version(3)
    with pytest.raises(
        TypeError, match=r"^replace\(\) got 1 unexpected keyword argument\(s\): extra"
    ):
        version.replace(extra=3)


def test_version_replace_raises_type_error_without_unknownkeys():
    version = Version(3)
    with pytest.raises(
        TypeError,
        match=r"^int\(\) argument must be a string, a bytes-like object or a real number, not",
    ):
        version.replace(major=None)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("abc", False),
        ("1.2.3", True),
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
            Version(3),
            Version(major=3, prerelease="abc"),
            False,
            id="version-3-major-3-prerelease-abc",
        ),
        pytest.param(
            Version(0, build="abc"),
            Version(major=0),
            True,
            id="version-0-build-abc-major-0",
        ),
        pytest.param(Version(0), Version(0, 3, 1), False, id="version-0-version-0-3-1"),
    ],
)
def test_version_is_compatible(version, other, expected):
    assert version.is_compatible(other) is expected


def test_version_is_compatible_raises_type_error_when_other_is_not_version():
    version = Version(3)
    with pytest.raises(
        TypeError, match=r"^Expected a Version type but got <class 'int'>"
    ):
        version.is_compatible(4)
