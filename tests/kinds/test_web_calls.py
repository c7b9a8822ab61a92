"""How routes are found and asked: the first call of each way to an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kinds.generated import calls_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("environment_of_kinds")

_ROUTERS = """
    from fastapi import APIRouter, FastAPI, Request, WebSocket

    shelves = APIRouter(prefix="/shelves")
    library = APIRouter(prefix="/library")
    app = FastAPI()

    @shelves.get("/{number}")
    def show_shelf(number: int):
        return {"shelf": number}

    @shelves.post("/find/{number}")
    async def find(number: int, request: Request):
        book = (await request.json())["book"]
        return {"book": book, "page": request.query_params.get("page", "first"), "shelf": number}

    @app.websocket("/bell")
    async def bell(socket: WebSocket):
        await socket.accept()
        raise ValueError(socket.query_params["tone"])

    library.include_router(shelves, prefix="/upstairs")
    app.include_router(library, prefix="/v1")
"""
_DECORATED = """
    import functools

    from flask import Flask, abort, request

    app = Flask(__name__)

    def signed_in(view):
        @functools.wraps(view)
        def inner(*args, **kwargs):
            if request.headers.get("X-Key") != "sesame":
                abort(401)
            return view(*args, **kwargs)

        return inner

    @app.get("/me")
    @signed_in
    def me():
        return {"key": request.headers["X-Key"]}
"""


def test_an_endpoint_is_asked_through_the_routers_that_are_included_in_others(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::show_shelf", tmp_path, {"service.py": _ROUTERS})
    assert call["call"] == "client = TestClient(app); client.get('/v1/library/upstairs/shelves/3')"
    assert call["says"] == ["result.status_code == 200", "result.json() == {'shelf': 3}"]


def test_what_an_endpoint_reads_of_its_request_is_sent(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::find", tmp_path, {"service.py": _ROUTERS})
    assert {"number", "page", "book"} <= set(call["pools"])
    assert call["says_of_all"][0] == "result.status_code == 200"


def test_what_a_plain_call_of_an_endpoint_raises_is_no_suspected_bug(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::bell", tmp_path, {"service.py": _ROUTERS})
    assert call["error"]
    assert not call["is_bug"]


def test_a_view_behind_a_decorator_is_asked_with_what_the_decorator_looks_for(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::me", tmp_path, {"service.py": _DECORATED})
    assert call["call"] == "client = app.test_client(); client.get('/me')"
    assert call["says"][0] == "result.status_code == 401"
    assert "'sesame'" in call["pools"]["X-Key"]


def test_an_endpoint_behind_a_decorator_is_asked_by_the_test_client(tmp_path: Path) -> None:
    text = """
    import functools

    from fastapi import FastAPI, HTTPException

    app = FastAPI()

    def up_to_ten(endpoint):
        @functools.wraps(endpoint)
        def inner(number: int):
            if number > 10:
                raise HTTPException(400, "too many")
            return endpoint(number)

        return inner

    @app.get("/double/{number}")
    @up_to_ten
    def double(number: int):
        return number * 2
    """
    (call,) = calls_of("service.py::double", tmp_path, {"service.py": text})
    assert call["call"] == "client = TestClient(app); client.get('/double/3')"
    assert call["says"] == ["result.status_code == 200", "result.json() == 6"]


_FACTORY = """
    from flask import Blueprint, Flask

    desk = Blueprint("desk", __name__)

    @desk.get("/hi/<name>")
    def hi(name):
        return f"hi {name}"

    def create_app():
        app = Flask(__name__)

        @desk.get("/late")
        def late():
            return "late"

        app.register_blueprint(desk)
        return app
"""
_ENDS = """
    import sys

    from flask import Flask

    app = Flask(__name__)
    sys.exit("needs arguments")
"""


def test_a_factory_that_makes_one_app_only_and_a_neighbour_that_ends_are_not_asked(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::hi", tmp_path, {"service.py": _FACTORY, "aside.py": _ENDS})
    assert call["call"].startswith(
        'app = Flask("app")\napp.register_blueprint(desk)\nclient = app.test_client(); client.get'
    )
    assert call["says"][0] == "result.status_code == 200"
    assert call["says"][1].startswith("result.text == 'hi ")


_PAGES = """
    from flask import Flask, Response, render_template_string, request

    app = Flask(__name__)
    PAGE = "<!DOCTYPE html>\\n<html>\\n" + "<p>padding padding padding</p>\\n" * 20 + "<b>{{ total }}</b></html>\\n"

    @app.errorhandler(KeyError)
    def without_key(error):
        return {"error": "no key"}, 503

    @app.get("/total/<int:a>")
    def total(a):
        return render_template_string(PAGE, total=a * 2)

    @app.route("/desk", methods=["GET", "POST"])
    def desk():
        if request.method == "GET":
            raise KeyError("key")
        return {"error": "closed"}, 500

    @app.get("/members")
    def members():
        raise ValueError("a member is needed")

    def create_app():
        made = Flask("made")
        made.add_url_rule("/about", view_func=lambda: "about")
        return made

    @app.post("/words")
    def add_word():
        return "heard " + request.form.get("word", "nothing")

    def plain(text: str) -> Response:
        return Response(f"said {text}", mimetype="text/plain")
"""


def test_of_a_long_page_the_line_is_asserted_that_was_computed(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::total", tmp_path, {"service.py": _PAGES})
    assert call["call"].endswith("client.get('/total/3')")
    assert call["says"] == ["result.status_code == 200", "'<b>6</b>' in result.text"]


def test_what_one_request_raised_is_not_held_against_the_next(tmp_path: Path) -> None:
    calls = calls_of("service.py::desk", tmp_path, {"service.py": _PAGES})
    assert [(call["error"], call["says"][:1]) for call in calls] == [
        ("", ["result.status_code == 503"]),
        ("", ["result.status_code == 500"]),
    ]


def test_what_nobody_answers_for_is_a_bug_however_it_was_raised(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::members", tmp_path, {"service.py": _PAGES})
    assert call["is_bug"]
    assert "a member is needed" in call["error"]


def test_of_an_app_its_addresses_are_asserted(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::create_app", tmp_path, {"service.py": _PAGES})
    assert call["says"] == ["sorted(map(str, result.url_map.iter_rules())) == ['/about', '/static/<path:filename>']"]


def test_what_a_form_brings_about_is_asserted(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::add_word", tmp_path, {"service.py": _PAGES})
    assert call["says"] == ["result.status_code == 200", "result.text == 'heard nothing'"]
    (word,) = call["pools"]["word"][1:2]
    assert call["says_of_all"] == ["result.status_code == 200", f"result.text == 'heard {word[1:]}"]


def test_a_response_that_a_function_returns_is_asserted_by_status_and_body(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::plain", tmp_path, {"service.py": _PAGES})
    assert call["says"][0] == "result.status_code == 200"
    assert call["says"][1].startswith("result.get_data(as_text=True) == 'said ")


def test_endpoints_are_called_plainly_where_the_test_client_is_not_installed(tmp_path: Path) -> None:
    missing = dict.fromkeys(("httpx.py", "httpx2.py"), "raise ImportError('not installed')\n")
    (call,) = calls_of("service.py::show_shelf", tmp_path, {"service.py": _ROUTERS, **missing})
    assert call["call"].startswith("show_shelf(")
    (why,) = call["left_out"]
    assert why.startswith("fastapi routes are tested like any other code: ")


_SHOP = """
    from collections.abc import Iterator

    from fastapi import Depends, FastAPI, HTTPException
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

    class Base(DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]

    app = FastAPI()
    make_session = sessionmaker()

    def get_db() -> Iterator[Session]:
        with make_session() as session:
            yield session

    def get_item(number: int, db: Session = Depends(get_db)) -> Item:
        item = db.get(Item, number)
        if item is None:
            raise HTTPException(404, "no such item")
        return item

    @app.get("/items/{number}")
    def show_item(item: Item = Depends(get_item)):
        return {"name": item.name}

    @app.post("/items")
    def add_item(name: str, db: Session = Depends(get_db)):
        db.add(Item(name=name))
        db.commit()
        return {"added": name}
"""


_STARTED = """
    from contextlib import asynccontextmanager

    from fastapi import APIRouter, FastAPI

    MENU = {}

    @asynccontextmanager
    async def lifespan(app):
        MENU["soup"] = 3
        yield
        MENU.clear()

    app = FastAPI(lifespan=lifespan)
    router = APIRouter()

    @router.get("/soup")
    async def soup():
        return {"price": MENU["soup"]}

    app.include_router(router)
"""


_CLIENT = "from fastapi.testclient import TestClient\n"


def test_an_app_that_begins_with_something_is_started_for_a_test(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::soup", tmp_path, {"service.py": _STARTED})
    assert call["call"] == "client = client; client.get('/soup')"
    assert call["says"] == ["result.status_code == 200", "result.json() == {'price': 3}"]
    assert _STARTED.splitlines().index('        return {"price": MENU["soup"]}') in call["lines"]
    assert call["brought"] == {"client": "def client():\n    with TestClient(app) as client:\n        yield client\n"}
    there = f"import pytest\n\n@pytest.fixture\n{call['brought']['client']}"
    again = calls_of("service.py::soup", tmp_path, {"test_service.py": f"from service import app\n{_CLIENT}{there}"})
    assert again == [call]
    (tmp_path / "test_service.py").unlink()
    plain = _STARTED.replace("FastAPI(lifespan=lifespan)", "FastAPI()").replace('MENU["soup"]}', '"none"}')
    (call,) = calls_of("service.py::soup", tmp_path, {"service.py": plain})
    assert call["call"] == "client = TestClient(app); client.get('/soup')"


@pytest.mark.parametrize(("target", "status"), [("show_item", 404), ("add_item", 200)])
def test_an_endpoint_gets_a_session_of_a_database_in_memory(tmp_path: Path, target: str, status: int) -> None:
    (call,) = calls_of(f"service.py::{target}", tmp_path, {"service.py": _SHOP})
    override = "monkeypatch.setitem(app.dependency_overrides, get_db, lambda: db_session)"
    assert override in call["call"]
    assert call["says"][0] == f"result.status_code == {status}"
    assert f"db_session.add(Item(name='Ada'))\ndb_session.commit()\n{override}" in call["pools"]["$db"]


_FIXTURES = """
    import pytest

    import service

    @pytest.fixture
    def app():
        service.app.config["TESTING"] = True
        return service.app

    @pytest.fixture
    def client(app):
        return app.test_client()
"""


def test_the_client_of_the_projects_own_tests_is_asked_where_it_is_of_this_app(tmp_path: Path) -> None:
    (call,) = calls_of("service.py::total", tmp_path, {"service.py": _PAGES, "conftest.py": _FIXTURES})
    assert call["call"].startswith("client = client; client.get('/total/")
    assert call["says"][0] == "result.status_code == 200"
    other = {"aside.py": "from flask import Flask\napp = Flask('aside')\n"}
    fixtures = _FIXTURES.replace("service", "aside")
    (call,) = calls_of("service.py::total", tmp_path, {"service.py": _PAGES, "conftest.py": fixtures, **other})
    assert call["call"].startswith("client = app.test_client(); client.get('/total/")
