import pytest
from library import app


@pytest.fixture
def client():
    return app.test_client()


@pytest.mark.parametrize(
    ("form", "expected_status_code", "expected_text"),
    [
        pytest.param(
            {"reader": "reader"}, 201, "reader has it for 14 days", id="reader-reader"
        ),
        pytest.param(
            {"reader": "reader", "days": "28"},
            201,
            "reader has it for 28 days",
            id="reader-reader-days-28",
        ),
        pytest.param(
            {"reader": "3", "days": "111"},
            400,
            "at most 28 days",
            id="reader-3-days-111",
        ),
    ],
)
def test_lend(form, expected_status_code, expected_text, client):
    response = client.post("/loans/", data=form)

    assert response.status_code == expected_status_code
    assert response.text == expected_text


def test_lend_without_reader(client):
    response = client.post("/loans/")

    assert response.status_code == 400
    assert response.text == "who borrows it?"


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        ("/loans/reader/fine", {"fine": 0, "reader": "reader"}),
        pytest.param(
            "/loans/reader/fine?late=3",
            {"fine": 0, "reader": "reader"},
            id="/loans/reader/fine?late=3",
        ),
        pytest.param(
            "/loans/reader/fine?late=0",
            {"fine": 0, "reader": "reader"},
            id="/loans/reader/fine?late=0",
        ),
        pytest.param(
            "/loans/reader/fine?late=4",
            {"fine": 80, "reader": "reader"},
            id="/loans/reader/fine?late=4",
        ),
        pytest.param(
            "/loans/reader/fine?late=2",
            {"fine": 0, "reader": "reader"},
            id="/loans/reader/fine?late=2",
        ),
    ],
)
def test_fine_with_x_desk(url, expected_json, client):
    response = client.get(url, headers={"X-Desk": "front"})

    assert response.status_code == 200
    assert response.get_json() == expected_json


def test_fine(client):
    response = client.get("/loans/reader/fine")

    assert response.status_code == 403
    assert response.get_json() == {"error": "ask at the front desk"}
