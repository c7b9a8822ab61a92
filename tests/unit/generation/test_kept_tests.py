"""What a generated test is recognised by: what it says, however it is formatted, and only as it was written."""

from __future__ import annotations

import pytest

from greenline.domain.generation.kept_tests import key_of, keys_of, named_tests

TEXT = """\
class TestShop:
    @pytest.mark.parametrize("n", [1, 2])
    def test_one(self, n):
        '''Says
        what.'''
        assert f(n) == {"a": 1}
"""
ADDED = "    # said by a person\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"a": 1}', "{'a': 1}"),
        ('f(n) == {"a": 1}', 'f(\n            n,\n        ) == {\n            "a": 1,\n        }'),
        ("class TestShop", "class TestOther"),
        ("Says\n        what", "Says\n    what"),
        ('"a"', 'u"a"'),
        ("class TestShop:", "class TestShop:\n    # of another\n"),
        ('{"a": 1}\n', '{"a": 1}\n\n\n# of the next\n'),
    ],
)
def test_formatting_is_no_editing(old: str, new: str) -> None:
    assert _key(TEXT.replace(old, new)) == _key(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1}", "2}"),
        ("1}", "1.0}"),
        ("1}", "True}"),
        ("[1, 2]", "[1, 2, 3]"),
        ("test_one", "test_two"),
        ("assert f(n)", "assert g(n)"),
        ("what", "why"),
        ('f(n) == {"a": 1}', 'f(n) == {\n            "a": 1,  # agreed\n        }'),
        ("    @pytest", f"{ADDED}    @pytest"),
        ("        assert", f"    {ADDED}        assert"),
        ('{"a": 1}\n', f'{{"a": 1}}\n\n    {ADDED}\n'),
        ('{"a": 1}\n', '{"a": 1}  # agreed'),
    ],
)
def test_any_other_change_is_also_a_comment(old: str, new: str) -> None:
    assert _key(TEXT.replace(old, new)) != _key(TEXT)


def test_comments_that_were_there_from_the_first_are_no_editing() -> None:
    text = TEXT.replace("        assert", "        #  as agreed\n        assert")
    assert _key(text) == _key(text.replace("#  as agreed", "# as agreed")) == _key(f"\ufeff{text}")
    assert _key(text) != _key(text.replace("as agreed", "as we know"))


def test_a_comment_in_a_text_is_none() -> None:
    (node,) = named_tests("def test_a():\n    assert f() == '# no'\n").values()
    assert _key("def test_a():\n    assert f() == '# no'\n") == key_of(node)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("assert f\"{x['a']}\" == 1", "92ed204748ae6594320de1060b5d9246"),
        ('assert f(f"{a!r:>{w}}", f"it\'s {b}\\n", f"{c:}") == 1', "483e38c51c5059daf77aa57e6e8e7486"),
        ('assert f"{{}} {a}" == "\u00e9\\x00" "b"', "7b305eff5752c0a570851a6b647b803e"),
        (
            "with pytest.raises(E, match=r'^a\\.b\\d'):\n        f(*a, x=lambda y: (yield))",
            "ff0d70f70ccdebf565a0870619ca418e",
        ),
        ("assert f(a[1, 2], 10**40, -1.5e300, b'\\xff', ...) == {1: (1,)}", "094df22816ae2eae90de069d4d646f3e"),
    ],
)
def test_the_key_is_the_same_under_each_python(code: str, key: str) -> None:
    assert keys_of(f"def test_a():\n    {code}\n") == {"test_a": key}


def _key(text: str) -> str:
    (key,) = keys_of(text).values()
    return key
