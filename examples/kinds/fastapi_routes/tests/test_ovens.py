from fastapi.testclient import TestClient
from orders import app


def test_heat_oven_when_name_not_in_hottest():
    client = TestClient(app)

    response = client.get("/v1/ovens/Ada")

    assert response.status_code == 404
    assert response.json() == {"detail": "no such oven"}


def test_heat_oven():
    client = TestClient(app)

    response = client.get("/v1/ovens/stone")

    assert response.status_code == 200
    assert response.json() == {"oven": "stone", "degrees": 220}
