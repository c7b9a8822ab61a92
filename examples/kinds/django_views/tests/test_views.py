import pytest


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        ("/?q=q", {"found": []}),
        ("/?q=l", {"found": ["Lost: one glove"]}),
        ("/?q=c", {"found": ["Choir on Friday"]}),
        ("/?q=A", {"found": ["Choir on Friday"]}),
    ],
)
def test_index(url, expected_json, client):
    response = client.get(url)
    assert response.status_code == 200
    assert response.json() == expected_json


def test_index_without_wanted(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response.url == "/notices/1/"


def test_show_when_number_not_in_notices(client):
    response = client.get("/notices/3/")
    assert response.status_code == 404


def test_show(client):
    response = client.get("/notices/2/")
    assert response.status_code == 200
    assert response.content.decode() == "Choir on Friday"


def test_show_with_accept_language(client):
    response = client.get("/notices/2/", headers={"Accept-Language": "fr"})
    assert response.status_code == 200
    assert response.content.decode() == "Avis : Choir on Friday"


def test_archive(client):
    response = client.get("/archive/2024/")
    assert response.status_code == 200
    assert response.json() == {"kept": []}


def test_archive_when_year_not_in_archive(client):
    response = client.get("/archive/2022/")
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("form", "expected_status_code", "expected_part"),
    [
        pytest.param(
            {"text": "some text"}, 201, "pinned: some text", id="text-some-text"
        ),
        pytest.param({"text": "x" * 61}, 413, "too long", id="long"),
        pytest.param(
            {"text": "x" * 60},
            201,
            "pinned: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            id="long-2",
        ),
    ],
)
def test_post_post(form, expected_status_code, expected_part, client):
    response = client.post("/post/", data=form)
    assert response.status_code == expected_status_code
    assert response.content.decode() == expected_part


def test_post_post_without_text(client):
    response = client.post("/post/")
    assert response.status_code == 400
    assert response.content.decode() == "a notice says something"
