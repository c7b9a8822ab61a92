"""What stands in the margin: one mark for what is one thing to a person, exactly where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.domain.code.read_module import read_module
from greenline.domain.coverage.marks import marks_of_gaps, marks_of_unknown, touching
from greenline.domain.coverage.pragmas import marks_of_pragmas, pragmas_to_try, without_pragmas
from greenline.domain.coverage.remap import unchanged_lines
from unit.coverage.coverage_runs import run_coverage
from unit.coverage.pictures_of_text import PARSER, gaps_of, map_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from greenline.domain.coverage.marks import Mark
    from greenline.domain.coverage.model import Span


def marks(text: str, ran: Collection[int], arcs: Collection[tuple[int, int]] | None = None) -> tuple[Mark, ...]:
    return marks_of_gaps(gaps_of(text, ran, arcs))


def marked(text: str, span: Span) -> str:
    lines = text.split("\n")[span.start_line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.start_column :]
    return "\n".join(lines)


CLASS = '''\
@register
class Box(Base):
    """Doc."""

    size = 1

    @property
    @cached
    def height(
        self,
    ) -> int:
        """Doc
        of it."""
        return 1

    async def open(self) -> None:
        await self.lid()
        self.done = True

    @overload
    def lid(self) -> None: ...


class Lid:
    def turn(self):
        return 1


async def outside[T](a: T) -> T:
    """Doc."""
    return a
'''
IMPORTED = {1, 2, 5, 7, 8, 9, 16, 20, 24, 25, 29}


@pytest.mark.skipif("sys.version_info < (3, 12)", reason="type parameters")
def test_names_of_functions_with_type_parameters() -> None:
    mark = marks(CLASS, IMPORTED)[-1]
    assert (mark.kind, marked(CLASS, mark.span)) == ("never-called", "outside")


def test_a_function_that_is_never_called_is_marked_at_its_name_and_a_class_of_such_at_its_own() -> None:
    text = CLASS.replace("[T](a: T) -> T", "(a)")
    box, lid, outside = marks(text, IMPORTED)
    assert [mark.kind for mark in (box, lid, outside)] == ["never-called"] * 3
    assert [marked(text, mark.span) for mark in (box, lid, outside)] == ["Box", "turn", "outside"]
    assert box.message == "Not covered: none of the 2 methods of `Box` is ever called (3 lines)"
    assert box.related == (
        (9, "Not covered: `Box.height` is never called (1 line)"),
        (16, "Not covered: `Box.open` never runs (2 lines)"),
    )
    assert lid.message == "Not covered: `Lid.turn` is never called (1 line)"
    assert outside.message == "Not covered: `outside` never runs (1 line)"


def test_a_class_of_which_one_method_ran_is_told_method_by_method() -> None:
    text = CLASS.replace("[T](a: T) -> T", "(a)")
    assert [marked(text, mark.span) for mark in marks(text, IMPORTED | {14})] == ["open", "turn", "outside"]


def test_a_method_on_one_line_of_which_nobody_knows_parts_the_class() -> None:
    text = (
        "class A:\n    def a(self):\n        return 1\n    def b(self):\n        return 2\n    def c(self): return 3\n"
    )
    assert [marked(text, mark.span) for mark in marks(text, {1, 2, 4, 6})] == ["a", "b"]


NASTY = '''\
def f(x):
    """Doc
    string."""
    if x:
        y = """
          text

        """
        @deco(
            1,
        )
        class Inner(
            Base,
        ):
            """Doc."""
            z = (
                1
            )  # why
    if x: y = 2; z = 3
    return [
        i
        for i in x
        if i
    ]
'''


def test_regions_are_whole_statements_without_decorators_at_their_head() -> None:
    (region,) = marks(NASTY, {1, 4, 19, 20})
    assert marked(NASTY, region.span).startswith('y = """\n')
    assert marked(NASTY, region.span).endswith(")  # why")
    headless = NASTY.replace('        y = """\n          text\n\n        """\n', "")
    (region,) = marks(headless, {1, 4, 15, 16})
    assert marked(headless, region.span).startswith("class Inner(\n")
    (one_line,) = marks(NASTY, {1, 4, 5, 9, 12, 16, 20})
    assert marked(NASTY, one_line.span) == "if x: y = 2; z = 3"
    (last,) = marks(NASTY, {1, 4, 5, 9, 12, 16, 19})
    assert marked(NASTY, last.span) == "return [\n        i\n        for i in x\n        if i\n    ]"


def test_a_decorator_that_is_missing_alone_is_marked_itself() -> None:
    text = "x = 1\n@d(\n    1,\n)\ndef f():\n    return 1\n"
    (mark,) = marks(text, {1, 5, 6})
    assert marked(text, mark.span) == "@d(\n    1,\n)"


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """Only doc."""\n',
        "def f(): ...\n",
        "def f():\n    ...\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n",
        "class E(Exception):\n    '''Doc\n    string.'''\n",
        "x: int\nclass A:\n    y: int\n",
    ],
)
def test_nothing_is_said_of_what_holds_nothing_to_run(text: str, tmp_path: Path) -> None:
    from greenline.adapters.coverage_sqlite import DataFile
    from greenline.domain.coverage.gaps import find_gaps
    from greenline.domain.coverage.mapping import coverage_map

    data = run_coverage(tmp_path, text, "--branch")
    executed = DataFile(data).executed([str(tmp_path / "run_it.py")])
    assert executed is not None
    assert find_gaps(coverage_map(PARSER.analyse(text)[0], executed), read_module(text)[0], text) == ()


def test_a_mark_touches_lines_of_all_that_it_is_about() -> None:
    text = CLASS.replace("[T](a: T) -> T", "(a)")
    found = marks(text, IMPORTED)
    assert [marked(text, mark.span) for mark in touching(found, {18}.__contains__)] == ["Box"]
    assert [marked(text, mark.span) for mark in touching(found, {25, 29}.__contains__)] == ["turn", "outside"]
    assert touching(found, {5, 15}.__contains__) == ()


def test_a_module_that_nothing_imports_touches_all_its_lines() -> None:
    text = "import a\n\n\ndef f():\n    return 1\n\n\nx = 1\n"
    module, _ = marks(text, set())
    assert touching([module], {8}.__contains__) == (module,)


def test_what_changed_since_is_said_by_stretches() -> None:
    from greenline.domain.coverage.remap import remap

    before = "def f(a):\n    b = a\n    return b\n\n\nx = 1\n"
    after = "def f(a):\n    b = (\n        a\n    )\n    c = 1\n    return b\n\n\nx = 2\n"
    current = remap(map_of(before, {1, 2, 3, 6}), unchanged_lines(before, after), PARSER.analyse(after)[0])
    first, second = marks_of_unknown(current, read_module(after)[0], after)
    assert marked(after, first.span) == "b = (\n        a\n    )\n    c = 1"
    assert first.message == "Not known: 2 lines changed after the coverage was measured"
    assert (second.kind, marked(after, second.span)) == ("unknown", "x = 2")


PRAGMAS = """\
import os
x = "# pragma: no cover"
def a():  # pragma: no cover -- yes
    '''Doc.'''
    return 1
def b():  # pragma: no cover
    if os.sep == "q":
        return 2
    return 1
def c(y):
    if y:  # pragma: no cover
        y = 2
        y = 3
    else:  # pragma: no cover
        y = 4
    z = (  # PRAGMA NO COVER
        1,
    )
    if y: z = 2  # pragma: no cover
    try:
        pass
    except E:  # pragma: no cover
        pass
    finally:  # pragma: no cover
        z = 5
    return z
@str  # pragma: no cover
def d():
    return 1
class K:  # pragma: no cover
    q = 1
class P:
    def m(self): ...  # pragma: no cover
    def n(self): return 1  # pragma: no cover
    def o(self):  # pragma: no cover
        '''Doc.'''
class Q:  # pragma: no cover
    def m(self):
        return 1
import sys  # pragma: no cover
def never():
    raise ValueError  # pragma: no cover
a(); b(); c(1)
"""


def pragmas_of(text: str, folder: Path, config: str = "[run]\n") -> list[tuple[int, str]]:
    from greenline.adapters.coverage_config import CoverageConfigs
    from greenline.adapters.coverage_sqlite import DataFile
    from greenline.domain.coverage.mapping import coverage_map

    data = run_coverage(folder, text, config=config)
    executed = DataFile(data).executed([str(folder / "run_it.py")])
    assert executed is not None
    patterns = CoverageConfigs({}).of(folder).exclusions.excluded
    coverage = coverage_map(PARSER.analyse(text, patterns)[0], executed)
    pragmas = pragmas_to_try(text, coverage)
    if pragmas is None:
        return []
    counted = PARSER.analyse(without_pragmas(text, pragmas), patterns)[0].lines
    return [(mark.span.start_line, mark.message) for mark in marks_of_pragmas(coverage, pragmas, counted)]


def test_a_pragma_is_not_needed_where_all_that_it_leaves_out_runs(tmp_path: Path) -> None:
    found = pragmas_of(PRAGMAS, tmp_path)
    assert [line for line, _ in found] == [3, 11, 16, 24, 30, 40]
    assert found[0][1] == "`pragma: no cover` is not needed any more: all 2 lines run in tests"
    assert found[-1][1] == "`pragma: no cover` is not needed any more: the line that it leaves out runs in tests"


def test_a_pragma_marks_itself_and_nothing_of_the_comment_around_it() -> None:
    text = "a = 1  # \U0001f600 # pragma: no cover, why\n"
    coverage = map_of(text, {1})
    pragmas = pragmas_to_try(text, coverage)
    assert pragmas is not None
    (mark,) = marks_of_pragmas(coverage, pragmas, PARSER.analyse(without_pragmas(text, pragmas))[0].lines)
    assert marked(text, mark.span) == "# pragma: no cover"


def test_what_the_projects_own_patterns_leave_out_is_no_pragmas_business(tmp_path: Path) -> None:
    text = "def f():\n    if DEBUG:  # pragma: no cover\n        return 1\n    return 2\nDEBUG = 1\nf()\n"
    assert [line for line, _ in pragmas_of(text, tmp_path)] == [2]
    own = "[report]\nexclude_also =\n    if DEBUG\n"
    assert pragmas_of(text, tmp_path, own) == []
    other = "[report]\nexclude_lines =\n    nothing\n"
    assert pragmas_of(text, tmp_path, other) == [], "there, the pragma means nothing"


def test_a_text_that_does_not_say_what_ran_of_it_has_no_unneeded_pragma() -> None:
    text = "def f():\n    return 1  # pragma: no cover\n"
    assert pragmas_to_try(text, map_of(text, {1})) is None
    assert pragmas_to_try("(" + text, map_of(text, {1, 2})) is None
