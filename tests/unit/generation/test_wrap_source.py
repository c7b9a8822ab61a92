from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.generation.wrap_source import WIDTH, double_quoted, wrapped

# ruff: noqa: E501 - one case a line
NAMES = st.sampled_from(["a", "work", "shop.Box", "quite_a_long_name_for_a_function", "x"])
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30), st.binary(max_size=20)
).map(repr)  # fmt: skip


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=5)
    pairs = st.lists(st.tuples(inner, inner), max_size=4)
    return st.one_of(
        several.map(lambda items: f"[{', '.join(items)}]"),
        several.map(lambda items: f"({', '.join(items)}{',' if len(items) == 1 else ''})"),
        pairs.map(lambda items: "{" + ", ".join(f"{k}: {v}" for k, v in items) + "}"),
        st.tuples(NAMES, several).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(NAMES, inner, inner).map(lambda call: f"{call[0]}({call[1]}, key={call[2]})"),
        st.tuples(NAMES, inner).map(lambda call: f"{call[0]}(*{call[1]}, **{call[1]})"),
        inner.map(lambda item: f"({item})[0].name"),
        inner.map(lambda item: f"[each + 1 for each in {item} if each]"),
        inner.map(lambda item: f"any(each is {item} for each in x)"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} + {two[1]})"),
        inner.map(lambda item: f"(lambda a, b={item}: (a, b))"),
    )


EXPRESSIONS = st.recursive(st.one_of(VALUES, NAMES), _larger, max_leaves=12)
STATEMENTS = st.one_of(
    EXPRESSIONS,
    EXPRESSIONS.map(lambda e: f"assert {e}"),
    st.tuples(EXPRESSIONS, st.sampled_from(["==", "is", "!=", "in"]), EXPRESSIONS).map(
        lambda t: f"assert {' '.join(t)}"
    ),
    EXPRESSIONS.map(lambda e: f"value = {e}"),
)


@given(STATEMENTS)
def test_double_quotes_mean_the_same(source: str) -> None:
    assert ast.dump(ast.parse(double_quoted(source))) == ast.dump(ast.parse(source))
    assert double_quoted(double_quoted(source)) == double_quoted(source)


@given(STATEMENTS, st.sampled_from(["", "    ", "        "]))
def test_broken_lines_mean_the_same(source: str, indent: str) -> None:
    lines = wrapped(source, indent)
    text = "if x:\n" + "\n".join(lines) if indent else "\n".join(lines)
    plain = "if x:\n" + indent + source if indent else source
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(plain))


@given(STATEMENTS, st.sampled_from(["", "    "]))
def test_what_fits_is_left_as_it_is(source: str, indent: str) -> None:
    for line in wrapped(source, indent):
        if not line.rstrip().endswith((",", "(", "[", "{")) and line.count("(") == line.count(")"):
            assert (
                wrapped(line.strip(), " " * (len(line) - len(line.lstrip()))) in ([line], [double_quoted(line)])
                or len(line) > WIDTH
            )


SHORT = st.lists(st.integers(0, 999).map(str), min_size=30, max_size=60)


@given(SHORT)
def test_lines_fit_where_there_are_brackets(items: list[str]) -> None:
    listed = ", ".join(items)
    for statement in (
        f"assert work([{listed}]) == ({listed})",
        f"value = work({listed})",
        f"assert work({{{listed}}}) is None",
    ):
        assert all(len(line) <= WIDTH for line in wrapped(statement, "    "))
    assert all(len(line) <= WIDTH for line in wrapped(f"pytest.param([{listed}], id='a')", "        ", ","))


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        pytest.param("value = 1", ["value = 1"], id="short"),
        pytest.param(f"work('{'a' * 50}', '{'b' * 27}')", ["work(", f'    "{"a" * 50}", "{"b" * 27}"', ")"], id="all-on-one-line"),
        pytest.param(
            f"work('{'a' * 50}', '{'b' * 50}')", ["work(", f'    "{"a" * 50}",', f'    "{"b" * 50}",', ")"], id="one-a-line"
        ),
        pytest.param(
            f"value = ['{'a' * 40}', '{'b' * 40}']", ["value = [", f'    "{"a" * 40}",', f'    "{"b" * 40}",', "]"], id="a-list-is-one-a-line"
        ),
        pytest.param(
            f"assert work('{'a' * 30}') == '{'b' * 50}'",
            ["assert (", f'    work("{"a" * 30}")', f'    == "{"b" * 50}"', ")"],
            id="nothing-to-break-at-the-end",
        ),
        pytest.param(
            f"assert work('{'a' * 30}') == ['{'b' * 50}']", [f'assert work("{"a" * 30}") == [', f'    "{"b" * 50}"', "]"], id="the-last-bracket"
        ),
        pytest.param(f"value = '{'a' * 99}'", [f'value = "{"a" * 99}"'], id="a-text-stays-long"),
        pytest.param(f"value = work((a + {'b' * 99}), 1)", [f"value = work((a + {'b' * 99}), 1)"], id="what-is-not-understood-stays"),
        pytest.param(f"work((a, '{'é' * 90}'))", ["work(", "    (", "        a,", f'        "{"é" * 90}",', "    )", ")"], id="letters-of-two-bytes"),
    ],
)  # fmt: skip
def test_it_is_broken_as_formatters_do(statement: str, lines: list[str]) -> None:
    assert wrapped(statement) == lines


def test_a_suffix_stands_on_the_last_line() -> None:
    assert wrapped("with work(1)", "    ", ":") == ["    with work(1):"]
    assert wrapped(f"def test_{'a' * 60}(text, number, expected)", "", ":") == [
        f"def test_{'a' * 60}(",
        "    text, number, expected",
        "):",
    ]


def test_an_only_parameter_on_its_own_line_has_a_comma() -> None:
    assert wrapped(f"def test_{'a' * 70}(tmp_path)", "", ":") == [f"def test_{'a' * 70}(", "    tmp_path,", "):"]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("x = (a - b)", "x = a - b"),
        ("assert (a - b)", "assert a - b"),
        ("return (a - b)", "return a - b"),
        ("x.y = ((a))", "x.y = a"),
        ("x = (a - b) * (c)", "x = (a - b) * (c)"),
        ("assert (a - b) == c(1)", "assert (a - b) == c(1)"),
        ("x = (a, b)", "x = (a, b)"),
        ("x = (a for a in b)", "x = (a for a in b)"),
        ("x = ()", "x = ()"),
        ("x = (yield)", "x = (yield)"),
    ],
)
def test_parentheses_that_hold_everything_go(written: str, left: str) -> None:
    assert wrapped(written) == [left]


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("'a'", '"a"'),
        ("'say \"hi\"'", "'say \"hi\"'"),
        ("'it\\'s \"'", '"it\'s \\""'),
        ("b'\\x00'", 'b"\\x00"'),
        ("r'\\d'", 'r"\\d"'),
        ("'a' + \"b\" + 'c'", '"a" + "b" + "c"'),
        ("'(\\\\d+)'", 'r"(\\d+)"'),
        ("'C:\\\\'", '"C:\\\\"'),
        ("'\\\\d\\n'", '"\\\\d\\n"'),
        ("f(10 ** 28, **a, *b)", "f(10**28, **a, *b)"),
        ("a[0] ** 2 + 2 ** f(3) + x.y ** -2", "a[0] ** 2 + 2 ** f(3) + x.y ** -2"),
        ("'unfinished", "'unfinished"),
    ],
)
def test_quotes(source: str, quoted: str) -> None:
    assert double_quoted(source) == quoted
