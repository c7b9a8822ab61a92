import copy

import pytest

import library
from library import app


def test_index():
    client = app.test_client()

    response = client.get("/")

    assert response.status_code == 302
    assert response.location == "/books"


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        pytest.param(
            "/books", {"count": 2, "titles": ["Emma", "Ulysses"]}, id="/books"
        ),
        pytest.param(
            "/books?order=title",
            {"count": 2, "titles": ["Emma", "Ulysses"]},
            id="/books?order=title",
        ),
        pytest.param(
            "/books?order=-title",
            {"count": 2, "titles": ["Ulysses", "Emma"]},
            id="/books?order=-title",
        ),
        pytest.param(
            "/books?since=1922&order=-title",
            {"count": 1, "titles": ["Ulysses"]},
            id="/books?since=1922&order=-title",
        ),
    ],
)
def test_list_books(url, expected_json):
    client = app.test_client()

    response = client.get(url)

    assert response.status_code == 200
    assert response.get_json() == expected_json


def test_show_book_when_number_not_in_books():
    client = app.test_client()

    response = client.get("/books/3")

    assert response.status_code == 404
    assert "no such book" in response.text


def test_show_book_when_number_in_books():
    client = app.test_client()

    response = client.get("/books/2")

    assert response.status_code == 200
    assert response.get_json() == {"title": "Ulysses", "year": 1922}


def test_add_book_without_title_in_data():
    client = app.test_client()

    response = client.post("/books", json={})

    assert response.status_code == 400
    assert response.get_json() == {"error": "a book has a title"}


def test_add_book_when_title_length_above_40():
    client = app.test_client()

    response = client.post(
        "/books", json={"title": "A titleA titleA titleA titleA titleA titl"}
    )

    assert response.status_code == 400
    assert response.get_json() == {"error": "the title is too long"}


def test_add_book_with_title(monkeypatch):
    monkeypatch.setattr(library, "BOOKS", copy.deepcopy(library.BOOKS))
    client = app.test_client()

    response = client.post("/books", json={"title": "A title"})

    assert response.status_code == 201
    assert response.get_json() == {"number": 3}
    assert library.BOOKS[3] == {"title": "A title", "year": 2024}


def test_add_book_with_title_and_year(monkeypatch):
    monkeypatch.setattr(library, "BOOKS", copy.deepcopy(library.BOOKS))
    client = app.test_client()

    response = client.post("/books", json={"title": "A title", "year": 3})

    assert response.status_code == 201
    assert response.get_json() == {"number": 3}
    assert library.BOOKS[3] == {"title": "A title", "year": 3}


def test_add_book(monkeypatch):
    monkeypatch.setattr(library, "BOOKS", copy.deepcopy(library.BOOKS))
    client = app.test_client()

    response = client.post(
        "/books", json={"title": "A titleA titleA titleA titleA titleA tit"}
    )

    assert response.status_code == 201
    assert response.get_json() == {"number": 3}
    assert library.BOOKS[3] == {
        "title": "A titleA titleA titleA titleA titleA tit",
        "year": 2024,
    }
