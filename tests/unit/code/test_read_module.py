from __future__ import annotations

import ast

import pytest

from greenline.domain.code.model import Parameter
from greenline.domain.code.read_module import read_module

SOURCE = '''\
import functools

def plain(a, /, b: "int" = 1, *rest: str, c=None, **more) -> list[int]:
    """Doc."""
    return [x for x in a]

class Box(Base, metaclass=Meta):
    @staticmethod
    def make(): return Box()

    @classmethod
    def of(cls): ...

    @functools.lru_cache(maxsize=None)
    @property
    def size(self):
        return 1

    @size.setter
    def size(self, value): ...

    def __new__(cls): ...

    async def fetch(self):
        def local():
            yield 1
        return local

    class Inner:
        def deep(self): ...

async def stream():
    yield 1

if True:
    def chosen(): return lambda: (yield)
'''


def test_every_kind_of_function_is_found_with_its_name_and_kind() -> None:
    module, problems = read_module(SOURCE)
    assert problems == []
    assert [(f.qualname, f.kind, f.is_local) for f in module.functions] == [
        ("plain", "function", False),
        ("Box.make", "staticmethod", False),
        ("Box.of", "classmethod", False),
        ("Box.size", "property", False),
        ("Box.size", "property", False),
        ("Box.__new__", "staticmethod", False),
        ("Box.fetch", "method", False),
        ("Box.fetch.local", "function", True),
        ("Box.Inner.deep", "method", False),
        ("stream", "function", False),
        ("chosen", "function", False),
    ]
    assert [(c.qualname, c.bases) for c in module.classes] == [("Box", ("Base",)), ("Box.Inner", ())]


def test_parameters_carry_kind_annotation_and_default_as_source() -> None:
    plain = read_module(SOURCE)[0].function("plain")
    assert plain is not None
    assert plain.returns == "list[int]"
    assert plain.parameters == (
        Parameter("a", "positional-only"),
        Parameter("b", "positional-or-keyword", '"int"', "1"),
        Parameter("rest", "var-positional", "str"),
        Parameter("c", "keyword-only", None, "None"),
        Parameter("more", "var-keyword"),
    )


def test_lines_and_columns() -> None:
    module, _ = read_module(SOURCE)
    size = module.functions[3]
    assert (size.first_line, size.line, size.body_line, size.end_line) == (14, 16, 17, 17)
    assert size.decorators == ("functools.lru_cache(maxsize=None)", "property")
    lines = SOURCE.splitlines()
    for function in module.functions:
        assert lines[function.line - 1][function.name_column :].startswith(function.name + "(")


def test_async_and_generators_are_told_apart_from_inner_ones() -> None:
    by_name = {f.qualname: f for f in read_module(SOURCE)[0].functions}
    assert {name for name, f in by_name.items() if f.is_async} == {"Box.fetch", "stream"}
    assert {name for name, f in by_name.items() if f.is_generator} == {"Box.fetch.local", "stream"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_columns_are_code_points_whatever_the_line_ends(end: str) -> None:
    text = end.join(["# \x0c é", "x = '\U0001f600'; y = 1", "\x0cdef föö(s='\U0001f600é', t='b'): return s", "pass"])
    function = read_module(text)[0].functions[0]
    assert (function.line, function.name_column, function.end_line) == (3, 5, 3)
    assert [p.default for p in function.parameters] == ["'\U0001f600é'", "'b'"]


def test_a_byte_order_mark_is_not_a_syntax_error() -> None:
    module, problems = read_module("\ufeffdef f(): ...\n")
    assert problems == []
    assert module.functions[0].name_column == 5


def test_an_expression_over_several_lines_stands_on_its_own() -> None:
    function = read_module("def f(a=(1 +\n    2)): ...\n")[0].functions[0]
    default = function.parameters[0].default
    assert default is not None
    assert ast.literal_eval(default.replace("1 + 2", "3")) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(:\n", "line 1"),
        ("x = 1\nif x\n", "line 2"),
        ("def f():\n\treturn 1\n        return 2\n", "syntax error"),
        ("x = '\x00'\n", "null bytes"),
        ("x = '\ud800'\n", "refuses"),
        ("(" * 5000 + ")" * 5000, "nested"),
        ("x = " + "-" * 100_000 + "1", "nested"),
    ],
    ids=["header", "colon", "tabs", "null", "surrogate", "parentheses", "operators"],
)
def test_broken_source_is_told_in_words(text: str, words: str) -> None:
    module, problems = read_module(text)
    assert (module.functions, module.classes) == ((), ())
    assert len(problems) == 1
    assert words in problems[0]


def test_a_long_elif_chain_is_no_recursion_problem() -> None:
    chain = "if x == 0: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(1, 300))
    module, problems = read_module(chain + "def after(): ...\n")
    assert problems == []
    assert module.function("after") is not None


def test_empty_text() -> None:
    assert read_module("") == (read_module("\n")[0], [])
