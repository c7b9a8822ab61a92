from __future__ import annotations

import pytest

from unit.coverage.pictures_of_text import gaps_of, shown

PARSE = '''\
@cached
def parse_header(text):
    """Doc."""
    if not text:
        raise ValueError(
            "empty",
        )  # why
    for part in text:

        use(part)
    return text


class Box:
    def open(self):
        def lid():
            return 1
        return lid()
'''
ALL = {1, 2, 4, 5, 9 - 1, 10, 11, 14, 15, 16, 17, 18}


def test_a_region_is_whole_statements_from_first_to_last_column() -> None:
    (gap,) = gaps_of(PARSE, ALL - {5})
    assert gap.message == "Not covered: 1 line in `parse_header`"
    assert (gap.kind, gap.function, gap.lines, gap.arc) == ("uncovered", "parse_header", (5,), None)
    assert shown(PARSE, gap).startswith("raise ValueError(")
    assert shown(PARSE, gap).endswith(")  # why")


def test_neighbours_are_one_region_and_blank_lines_do_not_part_them() -> None:
    (gap,) = gaps_of(PARSE, ALL - {8, 10, 11})
    assert gap.message == "Not covered: 3 lines in `parse_header`"
    assert gap.lines == (8, 10, 11)
    assert shown(PARSE, gap).startswith("for part")


def test_a_function_that_is_never_called_is_told_once_with_what_is_inside() -> None:
    first, second = gaps_of(PARSE, {1, 2, 14, 15})
    assert first.message == "Not covered: `parse_header` is never called (5 lines)"
    assert shown(PARSE, first).startswith("if not text:")
    assert second.message == "Not covered: `Box.open` is never called (3 lines)"
    assert second.lines == (16, 17, 18)


def test_a_local_function_that_is_never_called_is_its_own_gap() -> None:
    (gap,) = gaps_of(PARSE, ALL - {17})
    assert gap.message == "Not covered: `Box.open.lid` is never called (1 line)"
    assert gap.function == "Box.open.lid"


@pytest.mark.parametrize(
    "header", ["async def f():\n    return 1", "def f():\n    yield 1"], ids=["async", "generator"]
)
def test_what_can_be_called_without_running_is_said_otherwise(header: str) -> None:
    (gap,) = gaps_of(header + "\n", {1})
    assert gap.message == "Not covered: `f` never runs (1 line)"


def test_the_top_level_has_no_name_and_stops_at_functions() -> None:
    text = "import a\nif a:\n    x = 1\n    def f():\n        return 2\n    y = 1\n"
    top, inner, rest = gaps_of(text, {1, 2})
    assert (top.message, top.function, top.lines) == ("Not covered: 2 lines outside of functions", None, (3, 4))
    assert inner.message == "Not covered: `f` is never called (1 line)"
    assert rest.lines == (6,)


NEVER_IMPORTED = """\
from __future__ import annotations

LIMITS = {
    "a": 1,
}


def f(a):
    return a


class Box:
    size = 1

    def open(self):
        return self.size


g = lambda: 1
"""


def test_a_module_that_was_never_imported_is_one_short_mark_beside_its_functions() -> None:
    module, f, method = gaps_of(NEVER_IMPORTED, set())
    assert module.message == "Not covered: no test imports this module (7 lines)"
    assert (module.function, module.lines) == (None, (1, 3, 8, 12, 13, 15, 19))
    assert shown(NEVER_IMPORTED, module) == "from __future__ import annotations"
    assert (f.message, f.lines) == ("Not covered: `f` is never called (1 line)", (9,))
    assert method.message == "Not covered: `Box.open` is never called (1 line)"


def test_a_function_on_one_line_of_a_module_that_was_never_imported() -> None:
    gaps = gaps_of("import a\ndef f(): return 1\n", set())
    assert [(gap.function, gap.lines) for gap in gaps] == [(None, (1,)), ("f", (2,))]


def test_what_no_import_runs_either_does_not_mean_that_nothing_imported_the_module() -> None:
    (gap,) = gaps_of("if a:\n    x = 1\n    y = 2\nz = 1\n", {1, 4})
    assert gap.message == "Not covered: 2 lines outside of functions"


def test_a_branch_into_an_uncovered_region_belongs_to_that_region() -> None:
    text = "def f(a):\n    if a:\n        a = 1\n        a = 2\n    if a:\n        a = 3\n    return a\n"
    region, branch = gaps_of(text, {1, 2, 5, 6, 7}, [(2, 5), (5, 6)])
    assert (region.kind, region.lines, region.arc) == ("uncovered", (3, 4), None)
    assert region.ways_in == ((2, "Line 2 never jumps to 3: the condition is never true"),)
    assert region.explanation == f"Not covered: 2 lines in `f`. {region.ways_in[0][1]}"
    assert (branch.kind, branch.arc, branch.ways_in) == ("partial-branch", (5, 7), ())
    assert branch.explanation == branch.message


def test_an_exit_is_a_gap_of_its_own() -> None:
    text = "def f(a):\n    if a:\n        print(a)\n"
    (gap,) = gaps_of(text, {1, 2, 3}, [(2, 3)])
    assert (gap.kind, gap.arc) == ("partial-branch", (2, -1))


def test_excluded_lines_part_regions() -> None:
    text = "def f(a):\n    if a:\n        x = 1\n        y = 2  # pragma: no cover\n        z = 3\n    return 1\n"
    assert [gap.lines for gap in gaps_of(text, {1, 2, 6})] == [(3,), (5,)]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_spans_count_code_points_in_any_kind_of_line(end: str) -> None:
    text = end.join(["def f(a):", "\tif a:", "\x0c\t\tx = '\U0001f600é'  ", "\treturn 1", ""])
    (gap,) = gaps_of(text, {1, 2, 4})
    assert shown(text, gap) == "x = '\U0001f600é'"
    assert (gap.span.start_column, gap.span.end_column) == (3, 3 + len("x = 'ab'"))


BRANCHES = """\
def f(a, b):
    if a:
        b = 1
    while b:
        b -= 1
    for i in a:
        if i:
            continue
        b = i
    match b:
        case 1:
            b = 2
    if (a and
            b):
        return 1


def g(a):
    for i in a:
        print(i)


if f:
    x = 1
"""


@pytest.mark.parametrize(
    ("arc", "message", "marked"),
    [
        ((2, 4), "Line 2 never jumps to 4: the condition is always true", "if a:"),
        ((2, 3), "Line 2 never jumps to 3: the condition is never true", "if a:"),
        ((4, 6), "Line 4 never jumps to 6: the loop never ends by its condition", "while b:"),
        ((4, 5), "Line 4 never jumps to 5: the loop never starts", "while b:"),
        ((6, 10), "Line 6 never jumps to 10: the loop never runs to its end", "for i in a:"),
        ((7, 9), "Line 7 never jumps to 9: the condition is always true", "if i:"),
        ((11, 13), "Line 11 never jumps to 13: the pattern always matches", "case 1:"),
        ((11, 12), "Line 11 never jumps to 12: the pattern never matches", "case 1:"),
        ((13, -1), "Line 13 never leaves `f`: the condition is always true", "if (a and"),
        ((19, -18), "Line 19 never leaves `g`: the loop never runs to its end", "for i in a:"),
        ((23, -1), "Line 23 never reaches the end of the module: the condition is always true", "if f:"),
    ],
)
def test_a_branch_never_taken_in_words(arc: tuple[int, int], message: str, marked: str) -> None:
    coverage_lines = set(range(1, 25))
    every = [(line, end) for line, ends in _branches(BRANCHES).items() for end in ends]
    assert arc in every
    (gap,) = gaps_of(BRANCHES, coverage_lines, [a for a in every if a != arc])
    assert (gap.kind, gap.message, gap.arc, gap.lines) == ("partial-branch", message, arc, (arc[0],))
    assert shown(BRANCHES, gap) == marked


def test_a_jump_back() -> None:
    text = "def f(a):\n    for i in a:\n        if i:\n            print(i)\n"
    every = [(line, end) for line, ends in _branches(text).items() for end in ends]
    (gap,) = gaps_of(text, {1, 2, 3, 4}, [a for a in every if a != (3, 2)])
    assert gap.message == "Line 3 never jumps back to 2: the condition is always true"


def test_a_body_on_the_same_line_gives_no_reason_that_may_be_wrong() -> None:
    text = "def f(a):\n    if a: return 1\n    return 2\n"
    (gap,) = gaps_of(text, {1, 2, 3}, [(2, 3)])
    assert gap.message == "Line 2 never leaves `f`"


IN_ONE_LINE = """\
def f(a):
    if a: x = 1
    else: x = 2
    match a:
        case 1: return 2
        case 2 if x:
            x = 3
        case 3: x = 4
        case _: x = 5
    if a: return 1
    else:
        return x
"""


@pytest.mark.parametrize(
    ("arc", "message"),
    [
        ((2, 3), "Line 2 never jumps to 3: the condition is always true"),
        ((2, 4), "Line 2 never jumps to 4: the condition is never true"),
        ((5, 6), "Line 5 never jumps to 6: the pattern always matches"),
        ((5, -1), "Line 5 never leaves `f`: the pattern never matches"),
        ((6, 7), "Line 6 never jumps to 7: the pattern never matches, or its guard is never true"),
        ((6, 8), "Line 6 never jumps to 8: pattern and guard always hold"),
        ((10, 12), "Line 10 never jumps to 12: the condition is always true"),
        ((10, -1), "Line 10 never leaves `f`: the condition is never true"),
    ],
)
def test_both_ways_of_what_stands_on_one_line(arc: tuple[int, int], message: str) -> None:
    every = [(line, end) for line, ends in _branches(IN_ONE_LINE).items() for end in ends]
    assert arc in every
    (gap,) = gaps_of(IN_ONE_LINE, set(range(1, 13)), [a for a in every if a != arc])
    assert gap.message == message


def test_lines_only_data_claims_nothing_about_branches() -> None:
    assert gaps_of(BRANCHES, set(range(1, 25))) == ()


def test_a_branch_of_a_line_that_never_ran_is_no_gap_of_its_own() -> None:
    gaps = gaps_of("def f(a):\n    if a:\n        x = 1\n    return 2\n", {1}, [])
    assert [gap.kind for gap in gaps] == ["uncovered"]


def _branches(text: str) -> dict[int, frozenset[int]]:
    from unit.coverage.pictures_of_text import PARSER

    return dict(PARSER.analyse(text)[0].branches)
