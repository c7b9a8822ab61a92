"""What a model is told, word by word, for targets of the examples.

``.venv/bin/python -m pytest tests/unit/prompts --update-prompts`` writes the texts anew; read the difference as the
model would, before you commit it. The instructions are in their own files and only named here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.asking.model import Explored
from greenline.domain.asking.request_text import request_text
from unit.prompts.samples import Sample, arcs, assignment_of, context, folder_of

HERE = Path(__file__).parent
ORDERS_TESTS = '''\
import pytest
from fastapi.testclient import TestClient

from orders import app


@pytest.fixture
def client():
    """A client of the bakery."""
    return TestClient(app)


def test_order_of_rye_is_shown(client):
    response = client.get("/orders/1")

    assert response.status_code == 200
    assert response.json() == {"bread": "rye", "loaves": 2}
'''
SESSION = '''\
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from library.shelves import Base


@pytest.fixture
def session():
    """A session on an empty library."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()
'''
COUNTER = '''\
"""The counter, where parcels are handed in."""

from parcels.shipment import Shipment


def no_one_home(number: str) -> Shipment:
    """Return the shipment after a day on which nobody opened the door."""
    shipment = Shipment(number)
    shipment.move("sorting")
    shipment.move("on the road")
    shipment.move("not at home")
    return shipment
'''
SAMPLES = {
    "language_model_ask": Sample(
        "kinds/language_model",
        "triage.py::ask",
        ran=frozenset({(-60, 62), (62, 63), (63, 64), (64, 72), (72, -60)}),
        explored=Explored(
            observations=('ask(client, "What?") == "Hello"',),
            tests=('def test_ask():\n    client = fake()\n    assert ask(client, "What?") == "Hello"\n',),
            calls=12,
        ),
    ),
    "fastapi_routes_add_order": Sample(
        "kinds/fastapi_routes",
        "orders.py::add_order",
        ran=arcs(-45, 46, 48, 49, 51, 53, -45),
        more={"tests/test_orders.py": ORDERS_TESTS},
        tests="tests/test_orders.py",
        explored=Explored(survivors=("line 49: bound one higher",), calls=40),
    ),
    "sqlalchemy_models_lend": Sample(
        "kinds/sqlalchemy_models",
        "library/desk.py::lend",
        more={
            "tests/conftest.py": SESSION,
            ".greenline/prompt.md": "Books in tests are by authors who are dead.\nWe say `shelf`, never `stack`.\n",
        },
    ),
    "click_commands_clear": Sample("kinds/click_commands", "shelf.py::clear"),
    "workers_work": Sample(
        "kinds/workers",
        "workers.py::work",
        explored=Explored(hindered=("it waits for ever: what it takes from the queue never comes",), calls=3),
    ),
    "parcels_move": Sample(
        "parcels",
        "src/parcels/shipment.py::Shipment.move",
        ran=arcs(-25, 27, 29, 31, 32, 33, 34, 35, -25),
        more={"src/parcels/counter.py": COUNTER},
        explored=Explored(
            suspected_bugs=('`Shipment("a", "not at home", 3).move("returned")` raises KeyError: \'on the way\'',),
        ),
    ),
    "httpx_client_warnings": Sample("kinds/httpx_client", "forecast.py::warnings"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_model_is_told_this(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    sample = SAMPLES[name]
    made = context().first(assignment_of(sample, folder_of(sample, tmp_path / "project")), sample.explored)
    text = request_text(made).replace(made.system[0].text, "(instructions.md)\n")
    file = HERE / f"{name}.txt"
    if request.config.getoption("--update-prompts"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
