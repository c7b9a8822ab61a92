import pytest
from fastapi.testclient import TestClient

from orders import app, current_user


def test_current_user():
    assert current_user() == "guest"


@pytest.fixture
def client():
    return TestClient(app)


def test_show_order_when_number_not_in_orders(client):
    response = client.get("/orders/3")

    assert response.status_code == 404
    assert response.json() == {"detail": "no such order"}


def test_show_order(client):
    response = client.get("/orders/2")

    assert response.status_code == 200
    assert response.json() == {"bread": "white", "loaves": 1}


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        ("/prices", ["rye", "spelt", "white"]),
        ("/prices?below=4.5", ["white"]),
        ("/prices?order=price", ["white", "rye", "spelt"]),
        ("/prices?below=3.5", ["white"]),
    ],
)
def test_list_prices(url, expected_json, client):
    response = client.get(url)

    assert response.status_code == 200
    assert response.json() == expected_json


@pytest.mark.parametrize(
    ("json", "expected_status_code", "expected_json"),
    [
        pytest.param(
            {"bread": "bread", "loaves": 3},
            400,
            {"detail": "no bread today"},
            id="bread-bread-loaves-3",
        ),
        pytest.param(
            {"bread": "rye", "loaves": 3},
            201,
            {"bread": "rye", "price": 13.5},
            id="bread-rye-loaves-3",
        ),
        pytest.param(
            {"bread": "rye", "loaves": 9},
            201,
            {"bread": "rye", "price": 40.5},
            id="bread-rye-loaves-9",
        ),
        pytest.param(
            {"bread": "rye", "loaves": 10, "is_gift": True},
            201,
            {"bread": "rye", "price": 41.5},
            id="bread-rye-loaves-10",
        ),
        pytest.param(
            {"bread": "rye", "loaves": 11, "is_gift": True},
            201,
            {"bread": "rye", "price": 45.55},
            id="bread-rye-loaves-11",
        ),
    ],
)
def test_add_order(json, expected_status_code, expected_json, client):
    response = client.post("/orders", json=json)

    assert response.status_code == expected_status_code
    assert response.json() == expected_json


def test_add_order_with_zero_loaves(client):
    response = client.post("/orders", json={"bread": "rye", "loaves": 0})

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "loaves"]


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        ("/orders/3", {"cancelled": False}),
        ("/orders/2", {"cancelled": True}),
    ],
)
def test_cancel_order(url, expected_json, client, monkeypatch):
    monkeypatch.setitem(app.dependency_overrides, current_user, lambda: "baker")

    response = client.delete(url)

    assert response.status_code == 200
    assert response.json() == expected_json


def test_cancel_order_when_user_is_not_baker(client):
    response = client.delete("/orders/3")

    assert response.status_code == 403
    assert response.json() == {"detail": "only the baker cancels orders"}
