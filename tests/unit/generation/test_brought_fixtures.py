"""Fixtures that tests bring along: written once beside them, and not at all where the file has one of that name."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from greenline.domain.generation.case import Fixture
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Brought, Candidate
from unit.generation.rendered import case, render

if TYPE_CHECKING:
    from collections.abc import Sequence

SESSION = Brought(
    "session",
    "@pytest.fixture\ndef session():\n    with connect() as session:\n        yield session",
    ("import pytest", "from parcels.store import connect"),
)
PARSE = ("from parcels import parse",)
ONE = Candidate("test_one", "def test_one(session):\n    assert parse(session) == 1\n", PARSE, fixtures=(SESSION,))
TWO = Candidate("test_two", "def test_two(session):\n    assert parse(session, 2) == 2\n", PARSE, fixtures=(SESSION,))


def test_a_fixture_is_written_once_above_the_first_test_that_needs_it() -> None:
    text = merge_tests(None, [ONE, TWO]).new_text
    assert text == (
        "import pytest\n\nfrom parcels import parse\nfrom parcels.store import connect\n\n\n"
        f"{SESSION.code}\n\n\n{ONE.code}\n\n{TWO.code}"
    )


def test_a_fixture_of_the_file_is_taken_as_it_is_and_nothing_is_imported_for_another() -> None:
    base = merge_tests(None, [ONE]).new_text.replace("connect()", "connect(1)")
    text = merge_tests(base, [TWO]).new_text
    assert text == f"{base}\n\n{TWO.code}"


@pytest.mark.parametrize(
    ("head", "around"),
    [
        ("from parcels.testing import session", ()),
        ("def session():\n    return 3", ()),
        ("def test_old(session):\n    assert session", ()),
        ("import parcels", ("session",)),
    ],
)
def test_no_test_that_is_there_gets_another_fixture_than_before(head: str, around: Sequence[str]) -> None:
    merged = merge_tests(f"{head}\n", [ONE, TWO], fixtures=around)
    names = [node.name for node in ast.parse(merged.new_text).body if isinstance(node, ast.FunctionDef)]
    assert [name for name in names if name not in head] == ["fresh_session", "test_one", "test_two"]
    assert "def test_two(fresh_session):\n    assert parse(fresh_session, 2) == 2\n" in merged.new_text
    again = merge_tests(merged.new_text, [replace(TWO, code=TWO.code.replace("2", "3"))], fixtures=around)
    assert again.new_text.count("def fresh_session") == 1


def test_tests_in_a_class_that_bring_a_fixture_stand_beside_it() -> None:
    base = "from parcels import parse\n\n\nclass TestParse:\n    def test_none(self):\n        assert parse(0) == 0\n"
    text = merge_tests(base, [ONE], target="parse").new_text
    assert f"\n\n\n{SESSION.code}\n\n\n{ONE.code}" in text


def test_a_case_asks_for_the_fixture_by_its_name() -> None:
    fixture = Fixture("session", "def session():\n    yield 'x'\n", (("connect", "parcels.store", "connect"),))
    kept = case("session", parameters=["text"], expected="3", fixtures=("session",), brought=(fixture,))
    changed = case(
        "session",
        parameters=["text"],
        expected="3",
        fixtures=("session",),
        after=("text.rows == 1",),
        kept=frozenset({0}),
    )
    (candidate,) = render([kept])
    assert candidate.code == "def test_work(session):\n    assert work(session) == 3"
    assert candidate.fixtures == (
        Brought(
            "session",
            '@pytest.fixture\ndef session():\n    yield "x"',
            ("import pytest", "from parcels.store import connect"),
        ),
    )
    assert "    assert session.rows == 1" in render([changed])[0].code


def test_statements_that_stand_together_are_laid_out_each() -> None:
    rows = ", ".join(f"Row(name='name number {number}')" for number in range(4))
    made = case("'a'", expected="3", arrange=(f"session.add_all([{rows}])\nsession.flush()",))
    code = render([made])[0].code
    assert "    session.add_all(\n        [\n            Row(name=" in code
    assert "\n    session.flush()\n" in code
    assert max(map(len, code.splitlines())) <= 88
