"""coverage.py's parser says the same of a text, whether it makes all tokens itself or finds the few that are enough."""

# ruff: noqa: E501, Q003 - a text is read more easily in one line
from __future__ import annotations

import functools
import importlib
import inspect
import io
import random
import sys
import tokenize
import warnings
from typing import TYPE_CHECKING

import pytest
from coverage import config, parser
from coverage.misc import join_regex
from coverage.parser import PythonParser

from greenline.adapters import coverage_parser, coverage_quick_parser, skimmed_tokens

if TYPE_CHECKING:
    from greenline.domain.coverage.model import Statements

EXCLUDED = ["# no", *config.DEFAULT_EXCLUDE]
MODULES = ("argparse", "ast", "configparser", "contextlib", "dataclasses", "enum", "http.client", "textwrap", "typing")
TEXTS = {
    "docstrings": '"""One\ntwo."""\ndef f():\n    r"""One\n    two: (\n    """\n    return 1\n',
    "strings that hide": "a = '# ( no string'  # ) ' \"\nb = \"\\\"(\" # '''\nc = '''\n(\\''' '''\nd = 1\n",
    "brackets over lines": "a = (1,\n    # ]\n\n    {2: [3,\n 4]})\nb = f(\n    x\n)\nif (a and\n        b):\n    c = 1\n",
    "strokes": "a = 1 + \\\n    2\nif a and \\\n  b:\n    c = '\\\n('\nassert a, \\\n    'b'\n",
    "a stroke first": "if a:\n    b = 1\n\\\nc = 2\n",
    "one-liners": "if a: b = 1; c = 2\nfor x in y: print(x[1:2]); \nclass A: pass\nx: int = 1\nf = lambda: 0 # no\n",
    "colons": "def f(a: int = {1: 2}[1],\n      b=lambda: 0) -> 'x:':  # no\n    return a[1:]\nif (b := 1):\n    c = 2\n",
    "tabs": "if a:\n\tif b:  # no\n\t\tc = 1\n        # less\n\td = 1\nelse:\n\te = 1\n",
    "deep": "class A:\n  def f(self):  # no\n    if a:\n        b = 1\n    return b\n  def g(self):\n      return 2\nc = 1\n",
    "else": "if a:\n    b = 1\nelse:  # no\n    b = 2\n    '''x\n    y'''\n    f'''x\n    {a}'''\n    (b,\n     c)\nd = 1\n",
    "stubs": "def f(a,\n      b): ...\ndef g(): ...\nclass P:\n    def h(self) -> int:\n        ...\n    x: int\n",
    "decorated": "@a(\n  1)\n@b  # no\ndef f(\n  c\n):\n    return 1\n\n@d\nclass E: # no\n    x = 1\n\ny = 2\n",
    "left out for nothing below": "def f(a):\n    if a:\n        raise X  # no\n    x: int = 1  # no\n    y = 2\n    g = lambda: 0  # no\n    return y\n",
    "typing": "if TYPE_CHECKING:\n    import a\nelse:\n    b = 1\n\ntry:\n    import c\nexcept E:  # pragma: no cover\n    c = 1\n",
    "names": "größe = '🙂('; if_ = 1\nif größe:  # 🙂 no\n    x = '''\n🙂'''\n",
    "bytes and raws": "a = rb'\\''\nb = Rb'''\n\\''''\nc = u'('\nif'a'in b: d = 1\n",
    "comments only": "# (\n\n   # no\n",
    "code at the last line": "if a:\n    b = 1 # no",
    "formatted": "a = f'{b} {c[\"d\"]} {{ {e!r:>{f}} }}'\nif f\"{a}(\":  # no\n    b = f'''\n{a\n}'''\nc = 1\n",
    "behind a semicolon": "a = (1,\n  2); b = (3,\n  4)\nc = 1; d = (\n  2)\nif e: f = 1; g = (\n  2)\nh = 1\n",
    "in parentheses": "@(a\n)\ndef f(): pass\n@ (b)\nclass C(\n  D\n): x = (1,\n  2)\nif (a and\n  b): c = 1\nfor x in (\n  1,\n): pass\n",
    "a case in parentheses": "match x:\n    case (\n        case_a\n    ):\n        y = 1\nmatch x:\n    case (case):\n        z = 1\n",
    "suites on one line": "class E(X): pass\nif a: b = 1\nelif c: d = (1,\n  2)\nelse: e = (1,\n  2)\ntry: f = 1\nexcept E: g = 1\nfinally: h = 1\nfor i in (\n  1,): j = 1\n",
    "cases": "match a:\n    case (1 |\n          2):\n        b = 1\n    case (\n      3\n    ):  # no\n        c = 1\n    case _:  # no\n        d = 1\ne = 1\n",
    "left out, one after the other": "if a:  # no\n    if b:  # no\n        c = 1\n    d = 1\nelif e:  # no\n    f = 1\nelse:\n    g = 1\nh = 1  # no\nif i: # no\n    j = 1\nk = 1\n",
    "left out by a comment": "def f():\n    a = 1\n    # no\n    if b:\n        c = 1\n# no\nd = 1\n  # no\n",
    "left out, of several lines": "a = f(  # no\n  1)\nif (a and  # no\n    b):\n    c = 1\nwhile (a and\n       b):  # no\n    d = 1\n    e = (1,\n      2)\nx: int = (  # no\n  1)\ny = 1\n",
    "left out, and less deep": "def f():\n    if a:\n        return  # no\n    x: int = (  # no\n    )\n    b = (\n    )  # no\n    c = g(\n    )  # no\n    if d:\n        yield e\n",
    "left out at several depths": "class A:\n    def f(self):\n        try:\n            a = 1\n        except E:  # no\n            b = 1\n        finally:\n            c = 1\n      \n    @d  # no\n    def g(self):\n        return 1\n\n    async def h(self): # no\n        async with i:\n            j = 1\n\nk = 1\n",
}
NESTED = {
    "quotes": "a = f\"{b[\"(\"]}\" # no\nif a:\n    c = 1\n",
    "lines": "a = f'{\n  b\n}'\nc = [\n  1]\n",
    "braces": "a = f\"{'}' + b[\"(\"]}\"\nd = f\"'{b[\"[\"]} it's\"\nif d:  # no\n    e = 1\n",
}  # fmt: skip
"""f-strings since Python 3.12."""


def _said(kind: type[PythonParser], text: str) -> Statements:
    parser = kind(text=coverage_parser._normalized(text), filename="<text>", exclude=join_regex(EXCLUDED))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser.parse_source()
    return coverage_parser._statements(parser, "# some")


def _assert_same(text: str) -> None:
    ours = coverage_quick_parser.parser_class()
    assert ours is not PythonParser
    assert _said(ours, text) == _said(PythonParser, text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_of_any_text_the_same_is_said(text: str) -> None:
    _assert_same(text)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="f-strings could not hold their own quotes")
@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_where_an_f_string_holds_its_own_quotes_the_same_is_said(text: str) -> None:
    _assert_same(text)


@pytest.mark.parametrize("name", MODULES)
def test_of_real_modules_the_same_is_said_without_a_tokenizer(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = inspect.getsource(importlib.import_module(name))
    theirs = _said(PythonParser, text)
    if sys.version_info < (3, 12):
        monkeypatch.setattr(tokenize, "generate_tokens", lambda _: pytest.fail("all tokens were made"))

    assert _said(coverage_quick_parser.parser_class(), text) == theirs


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("name", MODULES)
def test_whatever_is_left_out_of_real_modules_the_same_is_said(name: str, share: float) -> None:
    drawn = random.Random(f"{name} {share}")
    lines = inspect.getsource(importlib.import_module(name)).split("\n")
    marked = [f"{line}  # no" if drawn.random() < share and not line.endswith("\\") else line for line in lines]
    _assert_same("\n".join(marked))


def test_what_only_a_tokenizer_can_tell_it_tells() -> None:
    text = "\\\na = 1\n"
    everything = tokenize.generate_tokens(io.StringIO(text).readline)
    assert list(skimmed_tokens.skimmed_tokens(text)) == list(everything)


def test_a_release_that_looks_for_tokens_elsewhere_makes_them_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("coverage.parser.multiline_map_from_tokens")
    coverage_quick_parser.parser_class.cache_clear()
    try:
        assert coverage_quick_parser.parser_class()._raw_parse is PythonParser._raw_parse
    finally:
        monkeypatch.undo()
        coverage_quick_parser.parser_class.cache_clear()


@pytest.mark.parametrize("change", ["wrapped", "uses more"])
def test_a_release_that_reads_otherwise_is_asked_as_it_is(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = PythonParser.parse_source
    if change == "wrapped":
        wrapped = functools.wraps(theirs)(lambda self: theirs(self))  # noqa: PLW0108 - this is about wrappers
    else:
        source = "def parse_source(self):\n    assert ast.Module\n    theirs(self)\n"
        monkeypatch.setattr("coverage.parser.theirs", theirs, raising=False)
        exec(source, vars(parser), made := {})
        wrapped = made["parse_source"]
    monkeypatch.setattr(PythonParser, "parse_source", wrapped)
    coverage_quick_parser.parser_class.cache_clear()
    try:
        statements, problems = coverage_parser.CoverageParser().analyse("a = 1\nb = (\n    2)\n")
        assert (set(statements.lines), problems) == ({1, 2}, [])
    finally:
        monkeypatch.undo()
        coverage_quick_parser.parser_class.cache_clear()


def test_what_is_too_deep_for_a_tree_is_compiled_from_its_text() -> None:
    text = "x = (" + " +\n    ".join(["a"] * 1200) + ")\ny = 1\n"
    statements, problems = coverage_parser.CoverageParser().analyse(text)
    assert (set(statements.lines), problems) == ({1, 1201}, [])


def test_a_second_byte_order_mark_is_refused_as_python_does() -> None:
    statements, problems = coverage_parser.CoverageParser().analyse("\ufeff\ufeffx = 1\n")
    assert not statements.lines
    assert problems
