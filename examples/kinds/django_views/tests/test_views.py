import pytest


@pytest.mark.parametrize(
    ("url", "expected_json"),
    [
        pytest.param("/?q=q", {"found": []}, id="/?q=q"),
        pytest.param("/?q=l", {"found": ["Lost: one glove"]}, id="/?q=l"),
        pytest.param("/?q=c", {"found": ["Choir on Friday"]}, id="/?q=c"),
        pytest.param("/?q=A", {"found": ["Choir on Friday"]}, id="/?q=A"),
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


def test_archive_when_year_in_archive(client):
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
        pytest.param(
            {"text": "some textsome textsome textsome textsome textsome textsome t"},
            201,
            "pinned: some textsome textsome textsome textsome textsome textsome t",
            id="text-some-textsome-textsome-textsome",
        ),
        pytest.param(
            {"text": "some textsome textsome textsome textsome textsome textsome te"},
            413,
            "too long",
            id="text-some-textsome-textsome-textsome-2",
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
