"""A line that three tests begin with is written once."""

from __future__ import annotations

import pytest

from greenline.domain.generation.model import Candidate
from greenline.domain.generation.shared_lines import with_fixtures

_LINE = ("client = TestClient(app)",)
_IMPORTS = ("from fastapi.testclient import TestClient", "from shop import app")
_CODE = """\
def test_{name}(monkeypatch):
    client = TestClient(app)
    monkeypatch.setenv("NAME", "Ada")

    response = client.get("/{name}")

    assert response.status_code == 200
"""


def _candidate(name: str, code: str = _CODE, shared: tuple[str, ...] = _LINE) -> Candidate:
    return Candidate(f"test_{name}", code.format(name=name), _IMPORTS, shared=shared)


def test_three_tests_of_two_functions_get_a_fixture() -> None:
    (first, second), (third,) = with_fixtures([[_candidate("a"), _candidate("b")], [_candidate("c")]], None)
    assert first.code == (
        "def test_a(client, monkeypatch):\n"
        '    monkeypatch.setenv("NAME", "Ada")\n'
        "\n"
        '    response = client.get("/a")\n'
        "\n"
        "    assert response.status_code == 200\n"
    )
    (fixture,) = first.fixtures
    assert fixture.name == "client"
    assert fixture.code == "@pytest.fixture\ndef client():\n    return TestClient(app)"
    assert fixture.imports == ("import pytest", *_IMPORTS)
    assert first.imports == ()
    assert second.fixtures == third.fixtures == first.fixtures


def test_what_a_test_needs_besides_is_still_imported() -> None:
    code = _CODE.replace('    monkeypatch.setenv("NAME", "Ada")', "    monkeypatch.setitem(app.extra, 1, 2)")
    one = with_fixtures([[_candidate(name, code) for name in "abc"]], None)[0][0]
    assert one.imports == ("from shop import app",)


def test_a_test_that_does_nothing_else_first_begins_with_its_call() -> None:
    code = _CODE.replace('    monkeypatch.setenv("NAME", "Ada")\n', "").replace("(monkeypatch)", "()")
    one = with_fixtures([[_candidate(name, code) for name in "abc"]], "x = 1\n")[0][0]
    assert one.code.startswith('def test_a(client):\n    response = client.get("/a")\n')


@pytest.mark.parametrize(
    ("names", "text", "known"),
    [
        pytest.param("ab", None, (), id="two tests"),
        pytest.param("abc", "class TestShop:\n    pass\n", (), id="tests in classes"),
        pytest.param("abc", None, ("client",), id="another fixture of that name"),
    ],
)
def test_tests_keep_the_line(names: str, text: str | None, known: tuple[str, ...]) -> None:
    candidates = tuple(_candidate(name) for name in names)
    assert with_fixtures([candidates], text, known) == [candidates]


def test_what_is_set_before_an_app_is_made_is_not_moved_behind_it() -> None:
    line = "client = create_app().test_client()"
    code = _CODE.replace("    client = TestClient(app)\n", "").replace('"Ada")\n', f'"Ada")\n    {line}\n')
    candidates = tuple(_candidate(name, code, (line,)) for name in "abc")
    assert with_fixtures([candidates], None) == [candidates]


def test_what_else_is_made_on_the_way_stays_in_the_test_that_uses_it() -> None:
    shared = ('app = Flask("app")', "app.register_blueprint(desk)", "client = app.test_client()")
    lines = "\n    ".join(shared)
    plain = _CODE.replace("client = TestClient(app)", lines)
    using = tuple(_candidate(name, plain.replace('"NAME", "Ada"', '"NAME", app.name'), shared) for name in "abc")
    assert with_fixtures([using], None) == [using]
    one = with_fixtures([[_candidate(name, plain, shared) for name in "abc"]], None)[0][0]
    assert one.fixtures[0].code == (
        '@pytest.fixture\ndef client():\n    app = Flask("app")\n    app.register_blueprint(desk)\n'
        "    return app.test_client()"
    )
    assert one.shared == ()
