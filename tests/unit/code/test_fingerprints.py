"""Comments, formatting and places are no change of code; everything else is, and of the right part."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.code.fingerprints import changes, fingerprints, moved_lines, own_fingerprint
from greenline.domain.code.keeping import Uses, keepers, uses
from greenline.domain.coverage.contexts import EVERY_LINE, bits_of, lines_of, noticing

TEXT = '''\
import os
from math import floor as down

LIMIT = 10


def outer(x, y=2):
    """Say it."""
    def inner(z):
        return z + 1
    if x > LIMIT and y:
        return inner(x)
    return down(y) * 3


@property
def odd(self): return 1


class Shop(object):
    rate = 0.5

    def price(self, n):
        total = n * self.rate
        for i in range(n):
            total += i
        return total

    async def wait(self):
        yield 1


if os.name == "nt":
    def slash():
        return "\\\\"
else:
    def slash():
        return "/"
'''
OF_TWO_KINDS = {number for number, line in enumerate(TEXT.splitlines(), 1) if "def odd" in line or "yield" in line}
"""A body beside its header, and what makes a generator of a function."""


def tokens() -> list[tokenize.TokenInfo]:
    kinds = {tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP}
    return [token for token in tokenize.generate_tokens(io.StringIO(TEXT).readline) if token.type in kinds]


def without(text: str, token: tokenize.TokenInfo, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[token.start[0] - 1]
    end = token.end[1] if token.start[0] == token.end[0] else len(line)
    lines[token.start[0] - 1] = line[: token.start[1]] + new + line[end:]
    return "".join(lines)


def is_same_code(text: str) -> bool:
    return ast.dump(ast.parse(text)) == ast.dump(ast.parse(TEXT))


@st.composite
def reformatted(draw: st.DrawFn) -> str:
    """Return the text with comments and blank lines anywhere, and with lines broken inside brackets."""
    lines: list[str] = []
    in_string = False
    for line in TEXT.splitlines():
        if not in_string and draw(st.booleans()):
            lines += draw(st.lists(st.sampled_from(["", "# a comment", "        # one that is indented"]), max_size=3))
        if draw(st.booleans()) and "(" in line and '"' not in line and "#" not in line:
            line = line.replace("(", "(  # here\n", 1) if line.count("(") == line.count(")") else line  # noqa: PLW2901
        if draw(st.booleans()) and not in_string and '"""' not in line:
            line = line.replace(" + ", "  +  ").replace("2", "0x2") + "  # why"  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n# the end\n"]))


@given(reformatted())
@settings(deadline=None, max_examples=80)
def test_comments_and_formatting_are_no_change(text: str) -> None:
    assert is_same_code(text)
    assert not changes(TEXT, text)
    assert fingerprints(text).whole == fingerprints(TEXT).whole
    now_at = moved_lines(TEXT, text)
    new = text.splitlines()
    for number, line in enumerate(TEXT.splitlines(), 1):
        if line.strip().startswith(("return", "if", "for", "total", "class", "LIMIT", "import", "def", "rate")):
            assert first_word(new[now_at[number] - 1]) == first_word(line)


def first_word(line: str) -> str:
    return line.split(maxsplit=1)[0].partition("(")[0]


@given(st.sampled_from(tokens()), st.sampled_from(["other", "7", "'text'", "-", "not", "<=", "", "None", "del x;"]))
@settings(deadline=None, max_examples=250)
def test_any_other_token_is_a_change_of_the_part_that_it_stands_in(token: tokenize.TokenInfo, new: str) -> None:
    text = without(TEXT, token, new)
    try:
        same = is_same_code(text)
    except SyntaxError:
        assert changes(TEXT, text).levels == {"", "Shop"}  # it is not known what of it changed
        return
    change = changes(TEXT, text)
    assert bool(change) is not same
    line = token.start[0]
    holding = {name for name, region in fingerprints(TEXT).functions.items() if region.first <= line <= region.last}
    if not same and holding and line not in OF_TWO_KINDS:
        assert change.functions == holding
        assert change.levels == frozenset()
        assert line in lines_of(noticing(change))
    if not same and not holding:
        assert change.levels
        assert noticing(change) == EVERY_LINE


@pytest.mark.parametrize(
    ("old", "new", "functions", "levels"),
    [
        ("return z + 1", "return z + 2", {"outer"}, set()),
        ("total += i", "total -= i", {"Shop.price"}, set()),
        ('return "/"', 'return "|"', {"slash#2"}, set()),
        ('"""Say it."""', '"""Say more."""', {"outer"}, set()),
        ("LIMIT = 10", "LIMIT = 11", set(), {""}),
        ("y=2", "y=3", set(), {""}),
        ("(x, y=2)", "(y, x=2)", set(), {""}),
        ("@property", "@staticmethod", set(), {""}),
        ("rate = 0.5", "rate = 0.6", set(), {"Shop"}),
        ("(object)", "(dict)", set(), {"Shop"}),
        ("def price(self, n)", "def cost(self, n)", set(), {"Shop"}),
        ("        yield 1", "        return", {"Shop.wait"}, {"Shop"}),  # a call of it now runs it
        ("import os", "import os, sys", set(), {""}),
    ],
)
def test_each_change_is_of_what_it_changes(old: str, new: str, functions: set[str], levels: set[str]) -> None:
    assert TEXT.count(old) == 1
    change = changes(TEXT, TEXT.replace(old, new))
    assert (change.functions, change.levels) == (functions, levels)


def test_what_does_not_parse_is_another_text_at_each_letter() -> None:
    assert not changes("def (", "def (")
    assert changes("def (", "def ((").levels == {""}
    assert changes(TEXT, "def (").levels == {"", "Shop"}
    assert moved_lines(TEXT, "def (") == {}


def test_a_test_is_known_by_its_function_and_its_header() -> None:
    tests = "import x\nclass TestIt:\n    @mark(1)\n    def test_a(self): pass\n    def test_b(self): pass\n"
    other = tests.replace("mark(1)", "mark(2)")
    a, b, inherited = "t.py::TestIt::test_a[1-x::y]", "t.py::TestIt::test_b", "t.py::TestIt::test_base"
    assert own_fingerprint(tests, a) != own_fingerprint(other, a)
    assert own_fingerprint(tests, b) == own_fingerprint(other, b)
    assert own_fingerprint(tests, inherited) != own_fingerprint(other, inherited)


def test_functions_that_keep_results_are_known() -> None:
    text = (
        "import functools\n@functools.lru_cache(maxsize=None)\ndef a():\n    return 1\n"
        "class C:\n    @cached_property\n    def b(self):\n        return 2\n"
        "def c():\n    global X\n    X = 3\ndef d():\n    return 'global'\n@memoize\ndef e():\n    return 5\n"
    )
    assert [(k.region.first, set(k.names)) for k in keepers(text)] == [(4, {"a"}), (10, {"c", "X"}), (16, {"e"})]
    assert keepers("global (") == ()


def test_the_users_of_a_name_are_known() -> None:
    text = (
        "from m import (\n    kept,\n    other as o,\n)\n__all__ = ['kept']\n\ndef kept_not(): return 'kept'\n\n"
        "def a(x=1):\n    return kept()\n\nclass C:\n    def b(self):\n        def inner(): return self.kept\n"
    )
    where = uses(text, {"kept", "other"})
    assert ([r.first for r in where.functions], where.at_levels, where.aliases) == ([10, 14], False, {"o"})
    assert uses("def c():\n    kept.cache_clear()\n    m.kept.cache_info()\nkept.cache_clear()\n", {"kept"}) == Uses()
    assert uses(text + "X = m.kept()\n", {"kept"}).at_levels
    assert uses("kept (", {"kept"}).at_levels
    assert not uses("kept (", {"other"}).at_levels


@given(st.frozensets(st.integers(0, 3000)))
def test_lines_come_back_from_bits(lines: frozenset[int]) -> None:
    assert lines_of(bits_of(lines)) == lines
    assert bits_of([*lines, -5]) == sum(1 << line for line in lines)
