"""Requests as the search sees them: what a view asks for, and how it is sent."""

from __future__ import annotations

import ast
import re
import types

import pytest

from greenline_probe.explore.kinds.pages import know_texts, told
from greenline_probe.explore.kinds.web_values import Request, asked_of, names_in_address
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


_PAGE = """<!doctype html>
<html><head><title>Sums</title></head>
<body>{padding}
{{% if total > 9 %}}
<p>That is a lot.</p>
{{% endif %}}
<b>{{{{ total }}}}</b><i>{{{{ name }}}}</i></body></html>
""".format(padding="<p>padding</p>\n" * 40)


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        ("'front'", [("headers", "headers=", "{'X-Desk': 'front'}")]),
        ("3", [("headers", "headers=", "{'X-Desk': '3'}")]),
        ("None", []),
        ("'\xdcn\xefcode'", []),
        ("'a\\nb'", []),
    ],
)
def test_headers_are_what_a_client_can_send(chosen: str, sent: list[tuple[str, str, str]]) -> None:
    desk = Slot("X-Desk", ["", "'front'"])
    assert Request("/", headers=[desk]).join([(desk, chosen)]) == [("url", "", "'/'"), *sent]


def test_a_long_page_is_told_by_the_lines_that_were_computed_for_the_request() -> None:
    know_texts(types.SimpleNamespace(PAGE=_PAGE))
    page = re.sub("{% .* %}\n", "", _PAGE).replace("{{ total }}", "12").replace("{{ name }}", "Ada")
    shown = "{}.text"
    assert told(page, shown, ["/sums/5/7?who=Ada"]) == ["'<i>Ada</i>' in {}.text", "'<p>That is a lot.</p>' in {}.text"]
    assert told(page.replace("<p>That is a lot.</p>", ""), shown, ["/sums/12"]) == [
        "'<b>12</b>' in {}.text",
        "'<i>Ada</i>' in {}.text",
    ]


def test_a_long_text_of_no_template_is_told_by_its_lines() -> None:
    assert told("short", "{}.text") == ["{}.text"]
    assert told("<h1>Books {new}</h1>\n" + "x" * 400, "{}.text") == ["'<h1>Books {{new}}</h1>' in {}.text"]
    assert told("", "{}.text") == []
