"""What the text of a function tells of risk, and of what stands in a test's way."""

from __future__ import annotations

import pytest

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
