"""Requests as the search sees them: what a view asks for, and how it is sent."""

from __future__ import annotations

import ast

from greenline_probe.explore.kinds.web_values import Request, asked_of, names_in_address, told
from greenline_probe.explore.template import Slot


def _asked(source: str, name: str = "json") -> object:
    def is_json(node: ast.expr) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == name

    return asked_of([ast.parse(source)], {"args": "query", "form": "form"}, is_json)


def test_what_a_view_asks_for_is_read_from_its_code() -> None:
    asked = _asked(
        "page = request.args.get('page')\ndata = request.json or {}\n"
        "if 'title' in data and data['year']:\n    request.form['reader']\nother.get('x')\n"
    )
    assert (asked.query, asked.form, asked.json, asked.takes_json) == (["page"], ["reader"], ["title", "year"], True)


def test_a_view_that_asks_for_nothing_gets_nothing() -> None:
    asked = _asked("settings.get('page')")
    assert (asked.query, asked.form, asked.json, asked.takes_json) == ([], [], [], False)


def test_parts_of_an_address_are_named_as_each_framework_writes_them() -> None:
    assert names_in_address("/a/<int:number>/<name>/{size}/{path:path}") == ["number", "name", "size", "path"]


def test_a_request_is_put_together_from_what_is_chosen() -> None:
    number, page, title = Slot("number", ["3"]), Slot("q", ["", "'a b'"]), Slot("title", ["", "'Emma'"])
    request = Request("/books/<int:number>", path=[number], query=[page], json=[title], has_json=True)
    assert request.join([(number, "3"), (page, "'a b'"), (title, "'Emma'")]) == [
        ("url", "", "'/books/3?q=a+b'"),
        ("json", "json=", "{'title': 'Emma'}"),
    ]
    assert request.join([(number, "'a/b'"), (page, ""), (title, "")]) == [
        ("url", "", "'/books/a/b'"),
        ("json", "json=", "{}"),
    ]


def test_a_long_text_is_told_by_its_first_line() -> None:
    assert told("short") == ["{}.text"]
    assert told("<h1>Books {new}</h1>\n" + "x" * 400) == ["'<h1>Books {{new}}</h1>' in {}.text"]
    assert told("") == []
