import pytest
from library import app


@pytest.mark.parametrize(
    ("form", "expected_status_code", "expected_text"),
    [
        pytest.param({"reader": "abc"}, 201, "abc has it for 14 days", id="reader-abc"),
        pytest.param(
            {"reader": "3", "days": "28"},
            201,
            "3 has it for 28 days",
            id="reader-3-days-28",
        ),
        pytest.param(
            {"reader": "3", "days": "111"},
            400,
            "at most 28 days",
            id="reader-3-days-111",
        ),
    ],
)
def test_lend(form, expected_status_code, expected_text):
    client = app.test_client()

    response = client.post("/loans/", data=form)

    assert response.status_code == expected_status_code
    assert response.text == expected_text


def test_lend_without_reader():
    client = app.test_client()

    response = client.post("/loans/")

    assert response.status_code == 400
    assert response.text == "who borrows it?"


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        pytest.param(
            "/loans/abc/fine", {"fine": 0, "reader": "abc"}, id="/loans/abc/fine"
        ),
        pytest.param(
            "/loans/abc/fine?late=3",
            {"fine": 0, "reader": "abc"},
            id="/loans/abc/fine?late=3",
        ),
        pytest.param(
            "/loans/abc/fine?late=12",
            {"fine": 240, "reader": "abc"},
            id="/loans/abc/fine?late=12",
        ),
    ],
)
def test_fine_with_x_desk(url, expected_json):
    client = app.test_client()

    response = client.get(url, headers={"X-Desk": "front"})

    assert response.status_code == 200
    assert response.get_json() == expected_json


def test_fine():
    client = app.test_client()

    response = client.get("/loans/abc/fine")

    assert response.status_code == 403
    assert response.get_json() == {"error": "ask at the front desk"}
