import copy

import pytest

import library
from library import app


@pytest.fixture
def client():
    return app.test_client()


def test_index(client):
    response = client.get("/")

    assert response.status_code == 302
    assert response.location == "/books"


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        ("/books", {"count": 2, "titles": ["Emma", "Ulysses"]}),
        ("/books?order=title", {"count": 2, "titles": ["Emma", "Ulysses"]}),
        ("/books?order=-title", {"count": 2, "titles": ["Ulysses", "Emma"]}),
        ("/books?since=1922", {"count": 1, "titles": ["Ulysses"]}),
    ],
)
def test_list_books(url, expected_json, client):
    response = client.get(url)

    assert response.status_code == 200
    assert response.get_json() == expected_json


def test_show_book_when_number_not_in_books(client):
    response = client.get("/books/3")

    assert response.status_code == 404
    assert "no such book" in response.text


def test_show_book_when_number_in_books(client):
    response = client.get("/books/2")

    assert response.status_code == 200
    assert response.get_json() == {"title": "Ulysses", "year": 1922}


@pytest.mark.parametrize(
    ("json", "expected_books_3"),
    [
        pytest.param(
            {"title": "A title"}, {"title": "A title", "year": 2024}, id="title-a-title"
        ),
        pytest.param(
            {"title": "A title", "year": 3},
            {"title": "A title", "year": 3},
            id="title-a-title-year-3",
        ),
        pytest.param({"title": "x" * 40}, {"title": "x" * 40, "year": 2024}, id="long"),
    ],
)
def test_add_book(json, expected_books_3, client, monkeypatch):
    monkeypatch.setattr(library, "BOOKS", copy.deepcopy(library.BOOKS))

    response = client.post("/books", json=json)

    assert response.status_code == 201
    assert response.get_json() == {"number": 3}
    assert library.BOOKS[3] == expected_books_3


def test_add_book_without_title_in_data(client):
    response = client.post("/books", json={})

    assert response.status_code == 400
    assert response.get_json() == {"error": "a book has a title"}


def test_add_book_when_title_length_above_40(client):
    response = client.post("/books", json={"title": "x" * 41})

    assert response.status_code == 400
    assert response.get_json() == {"error": "the title is too long"}
