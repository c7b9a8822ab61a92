"""A test whose every assertion stands in the file already says nothing new."""

import pytest

from greenline.domain.generation.known_assertions import assertions_of, says_nothing_new

FILE = """\
import pytest
from shop import pick


def test_pick():
    assert pick(7919) == "common"
    with pytest.raises(ValueError, match="no"):
        pick(-1)
"""


@pytest.mark.parametrize(
    ("code", "nothing_new"),
    [
        ("def test_a():\n    assert pick(7919) == 'common'\n", True),
        ("def test_a():\n    assert pick(7919) == 'rare'\n", False),
        ("def test_a():\n    assert pick(7919) == 'common'\n    assert pick(1) == 'one'\n", False),
        ('def test_a():\n    with pytest.raises(ValueError, match="no"):\n        pick(-1)\n', True),
        ('def test_a():\n    with pytest.raises(ValueError, match="no"):\n        pick(-2)\n', False),
        ("@pytest.mark.parametrize('n', [7919])\ndef test_a(n):\n    assert pick(7919) == 'common'\n", False),
        ("def test_a():\n    pick(7919)\n", False),
    ],
)
def test_what_says_nothing_new(code: str, nothing_new: bool) -> None:
    assert says_nothing_new(code, assertions_of(FILE)) is nothing_new


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("self.assertEqual(pick(1), 2)", "assert pick(1) == 2"),
        ("self.assertIsNone(pick(1))", "assert pick(1) is None"),
        ("self.assertIn(1, pick(1), 'why')", "assert 1 in pick(1)"),
        ("self.assertFalse(pick(1))", "assert not pick(1)"),
        ("self.assertTrue(pick(1))", "assert pick(1)"),
        ("self.assertIsInstance(pick(1), int)", "assert isinstance(pick(1), int)"),
        (
            "with self.assertRaisesRegex(ValueError, 'no'):\n            pick(1)",
            "with pytest.raises(ValueError, match='no'):\n        pick(1)",
        ),
        (
            "with self.assertRaises(ValueError):\n            pick(1)",
            "with pytest.raises(ValueError):\n        pick(1)",
        ),
    ],
)
def test_what_unittest_asserts_is_the_same(theirs: str, ours: str) -> None:
    known = assertions_of(f"class PickTests(TestCase):\n    def test_a(self):\n        {theirs}\n")
    assert says_nothing_new(f"def test_a():\n    {ours}\n", known)
    assert not says_nothing_new(f"def test_a():\n    {ours.replace('pick(1)', 'pick(3)')}\n", known)


@pytest.mark.parametrize(
    ("theirs", "ours", "nothing_new"),
    [
        ("result = pick('x')\n    assert result is None", "result = pick('')\n    assert result is None", False),
        ("result = pick('x')\n    assert result is None", "found = pick('x')\n    assert found is None", True),
        ("result = pick('x')\n    assert result is None", "assert pick('x') is None", True),
        ("box = Box()\n    assert box.size == 0", "box = Box()\n    box.put(1)\n    assert box.size == 0", False),
        (
            "box = Box()\n    box.put(1)\n    assert box.size == 1",
            "b = Box()\n    b.put(1)\n    assert b.size == 1",
            True,
        ),
        ("a = [x, x]\n    assert a", "assert [x, x]", True),
    ],
)
def test_the_same_words_behind_other_calls_say_something_else(theirs: str, ours: str, nothing_new: bool) -> None:
    known = assertions_of(f"def test_theirs():\n    {theirs}\n")
    assert says_nothing_new(f"def test_ours():\n    {ours}\n", known) is nothing_new


def test_values_that_grow_without_end_are_left_as_they_are() -> None:
    lines = "".join(f"    a{n + 1} = [a{n}, a{n}]\n" for n in range(60))
    assert len(assertions_of(f"def test_a():\n    a0 = 1\n{lines}    assert a60\n")) == 1


def test_broken_text_asserts_nothing() -> None:
    assert assertions_of("def (") == frozenset()
