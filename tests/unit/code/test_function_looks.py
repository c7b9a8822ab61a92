"""What the text of a function tells of risk, and of what stands in a test's way."""

from __future__ import annotations

import argparse
import ast
import difflib
import inspect
import tokenize
import typing
from types import ModuleType

import pytest

from greenline.domain.code import function_looks as looks_module
from greenline.domain.code.function_looks import called_names, function_looks


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("return 1", 1),
        ("if a: return 1", 2),
        ("if a and b or c: return 1", 4),
        ("for x in a:\n        if x: pass\n    else: pass", 3),
        ("while a: pass", 2),
        ("return 1 if a else 2", 2),
        ("return [x for x in a if x if a]", 4),
        ("try: pass\n    except ValueError: pass\n    except OSError: pass", 3),
        ("assert a", 2),
        ("match a:\n        case 1: pass\n        case _: pass", 2),
        ("def inner():\n        if a: pass\n    return inner", 2),
    ],
)
def test_complexity_counts_the_ways_that_part(body: str, complexity: int) -> None:
    found = function_looks(f"def run(a, b, c):\n    {body}\n")
    assert {name: looks.complexity for name, looks in found.items()} == {"run": complexity}


def test_functions_that_can_be_called_alone_are_named_as_everywhere() -> None:
    text = "class A:\n    class B:\n        async def f(self): pass\nif True:\n    def g(): pass\n"
    assert function_looks(text).keys() == {"A.B.f", "g"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def run(): return input()", "asks for what a person types"),
        ("import sys\ndef run(): return sys.stdin.read()", "asks for what a person types"),
        ("import sys\ndef run(): return sys.path", ""),
        ("import tkinter as tk\ndef run(): tk.Tk()", "draws on a display"),
        (
            "def run():\n    from socket import create_connection\n    create_connection(1)",
            "speaks over sockets of its own",
        ),
        ("from os import fork\ndef run(): fork()", "starts processes of its own"),
        ("import os\ndef run(): os.fork()", "starts processes of its own"),
        ("import tkinter\ndef run(): return 1", ""),
        ("def run(socket): return socket.name", ""),
        ("from .socket import send\ndef run(): send()", ""),
    ],
)
def test_what_a_function_uses_may_be_in_the_way(text: str, words: str) -> None:
    assert function_looks(text)["run"].in_the_way == words


def test_a_text_that_does_not_parse_has_no_functions() -> None:
    assert function_looks("def (") == {}


def test_names_before_a_parenthesis_are_calls_where_they_are_not_defined() -> None:
    text = "class Box(Base):\n    def open(self): self.find(find(1))\nasync def find(x): pass\n"
    assert called_names(text) == {"find": 2}


def test_a_long_word_takes_no_time() -> None:
    # With time that grew with the square of it, this would not end.
    assert called_names(f"x = 0x{'a' * 2_000_000}\nfind()") == {"find": 1}


@pytest.mark.parametrize("module", [argparse, ast, difflib, inspect, tokenize, typing], ids=lambda one: one.__name__)
def test_without_a_look_into_each_expression_it_is_the_same(module: ModuleType) -> None:
    text = inspect.getsource(module)
    tree, words = ast.parse(text), looks_module._words(text)
    functions = list(looks_module._callable_alone(tree))

    assert len(functions) > 10
    assert [looks_module._complexity(node, words) for _, node in functions] == [
        looks_module._looks(node, {}).complexity for _, node in functions
    ]


@pytest.mark.parametrize(
    "written", ["(a)or b", "(1)if a else 2", "[x\nfor x in a\nif x]", "f(\n    a and\n    b)", "elif a and b: pass"]
)
def test_words_that_stand_close_to_others_are_seen(written: str) -> None:
    body = f"if a: pass\n    {written}" if written.startswith("elif") else f"return {written}"
    text = f"def run(a, b, f):\n    {body}\n"
    (node,) = ast.parse(text).body
    assert looks_module._complexity(node, looks_module._words(text)) == looks_module._looks(node, {}).complexity > 1
