from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from coverage import config

from greenline.adapters import coverage_parser
from greenline.adapters.coverage_parser import CoverageParser, with_jumps


@pytest.fixture(scope="module")
def parser() -> CoverageParser:
    return CoverageParser()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_line_ends_form_feeds_and_a_missing_last_line_end(parser: CoverageParser, end: str) -> None:
    text = "\ufeff" + end.join(
        ["def f(a):", "\tif a:", "\x0c\t\treturn '\U0001f600'", "\x0c", "\treturn (1,", "\t\t2)"]
    )
    statements, problems = parser.analyse(text)
    assert problems == []
    assert statements.lines == {1, 2, 3, 5}
    assert statements.branches == {2: {3, 5}}
    assert statements.first_line[6] == 5


@pytest.mark.parametrize("text", ["", "\n\n", "# words\n", "   ", '"""Doc."""\n'])
def test_nothing_to_run(parser: CoverageParser, text: str) -> None:
    statements, problems = parser.analyse(text)
    assert (statements.lines, problems) == (frozenset(), [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\nif x\n", "syntax error at line 2"),
        ("x = (1,\n", "syntax error at line 1"),
        ("x = '''\n", "syntax error at line 1"),
        ("if x:\n    a\n  b\n", "syntax error at line 3"),
        ("x = '\x00'\n", "null bytes"),
        ("x = '\ud800'\n", "refuses"),
        ("x = " + "-" * 100_000 + "1\n", "nested"),
    ],
    ids=["colon", "parenthesis", "string", "dedent", "null", "surrogate", "deep"],
)
def test_broken_source_has_no_statements_and_a_reason(parser: CoverageParser, text: str, words: str) -> None:
    statements, problems = parser.analyse(text)
    assert statements.lines == frozenset()
    assert len(problems) == 1
    assert words in problems[0]


EXCLUDING = "def f(a):\n    if a:  # pragma: no cover\n        return 1\n    if a:  # never\n        return 2\n"


def test_patterns_replace_the_defaults(parser: CoverageParser) -> None:
    assert parser.analyse(EXCLUDING)[0].excluded == {2, 3}
    assert parser.analyse(EXCLUDING, ["never"])[0].excluded == {4, 5}
    assert parser.analyse(EXCLUDING, ["x"], ["never"])[0].no_branch == {4}


def test_a_broken_pattern_is_told(parser: CoverageParser) -> None:
    assert "exclusion pattern" in parser.analyse(EXCLUDING, ["("])[1][0]


def test_a_text_is_analysed_once(parser: CoverageParser) -> None:
    assert parser.analyse(EXCLUDING)[0] is parser.analyse(EXCLUDING)[0]


def test_warnings_of_the_persons_code_are_not_ours(parser: CoverageParser) -> None:
    assert parser.analyse("x = '\\d'\nassert (x, 1)\n")[1] == []


def test_coverage_is_not_imported_before_it_is_needed() -> None:
    program = (
        "import sys, greenline.services.show_coverage, greenline.services.find_gaps;"
        "import greenline.adapters.coverage_parser,"
        "greenline.adapters.coverage_reports; greenline.adapters.coverage_reports.CoverageReports();"
        "greenline.adapters.coverage_parser.CoverageParser(); print('coverage' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"


def test_a_text_is_analysed_once_whether_its_patterns_are_named_or_not(monkeypatch: pytest.MonkeyPatch) -> None:

    asked = []
    analyse = coverage_parser._analyse
    monkeypatch.setattr(coverage_parser, "_analyse", lambda *arguments: asked.append(1) or analyse(*arguments))
    parser = coverage_parser.CoverageParser()
    first = parser.analyse("a = 1\n")
    assert parser.analyse("a = 1\n", config.DEFAULT_EXCLUDE) == first
    parser.analyse("a = 1\n", ["a"])
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ({}, {}),
        ({(3, 1): ((1, 4), (3, 4))}, {(3, 1): (3, 4), (1, 4): None}),
        (
            {(3, 2): ((2, 1), (3, 1)), (2, 1): ((1, 4), (2, 4))},
            {(3, 2): (3, 4), (2, 1): None, (1, 4): None},
        ),
        ({(1, 1): ((1, 2), (1, 2))}, {(1, 1): (1, 2)}),
    ],
    ids=["none", "one", "one in another", "one in a line"],
)
def test_jumps_out_of_a_with_are_those_of_each_version_of_coverage_py(before: Any, since: Any) -> None:
    # coverage.py 7.16 is what Python 3.10 gets, and the extension for VS Code has.
    assert with_jumps(before) == with_jumps(since) == since


LINES = [
    "x = 1  # pragma: no cover",
    "x = 1  # PRAGMA NO COVER",
    "x = 1  #pragma:no branch",
    "if x: y = 2  # pragma: no branch",
    "def f(): ...",
    "def f(a: int) -> int: ...  # later",
    "class P:\n    def f(\n        self\n    ) -> None: ...",
    "...",
    "if TYPE_CHECKING:\n    import os",
    "if typing.TYPE_CHECKING:\n    import os",
    "while True:\n    break",
    "while 1:\n    break",
    "while  True:\n    break",
    "if 0:\n    x = 1",
    "if True:\n    x = 1",
    "x = 'pragma'",
    "y = [1, ...]",
]


@pytest.mark.parametrize("text", [*LINES, "\n".join(LINES)])
def test_a_pattern_that_is_asked_only_with_its_words_says_the_same(text: str) -> None:
    own = [*config.DEFAULT_PARTIAL, *config.DEFAULT_PARTIAL_ALWAYS]
    always = [f"(?:{pattern})" for pattern in config.DEFAULT_EXCLUDE], [f"(?:{pattern})" for pattern in own]

    assert CoverageParser().analyse(text) == CoverageParser().analyse(text, *always)


def test_the_words_of_each_pattern_of_coverage_are_known() -> None:
    of_coverage = {*config.DEFAULT_EXCLUDE, *config.DEFAULT_PARTIAL, *config.DEFAULT_PARTIAL_ALWAYS}

    assert of_coverage <= coverage_parser._ONLY_WITH.keys()
