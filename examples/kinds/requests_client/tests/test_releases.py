import pytest
import requests
import responses
from requests import HTTPError
from responses import matchers

from releases import ForgeError, Release, all_releases, is_up, latest_tag, open_issue


@responses.activate
def test_latest_tag_returns_none_when_status_code_is_404():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases/latest", status=404
    )
    assert latest_tag("project") is None


@responses.activate
def test_latest_tag():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases/latest",
        json={"tag": "tag"},
    )
    assert latest_tag("project") == "tag"


@responses.activate
def test_latest_tag_raises_http_error_with_status_500():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases/latest", status=500
    )
    with pytest.raises(
        HTTPError, match="500 Server Error: Internal Server Error for url"
    ):
        latest_tag("project")


@responses.activate
def test_latest_tag_raises_forge_error_on_timeout():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases/latest",
        body=requests.Timeout("timed out"),
    )
    with pytest.raises(ForgeError, match="the forge takes too long to answer"):
        latest_tag("project")


@responses.activate
def test_all_releases():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases",
        json={"items": [{"draft": True, "tag": "tag"}, {"tag": "tag"}]},
    )
    assert all_releases("project") == [Release(tag="tag")]


@responses.activate
def test_all_releases_of_project():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases",
        json={"items": [{"tag": "tag"}, {"tag": "tag"}]},
    )
    assert all_releases("project") == [Release(tag="tag"), Release(tag="tag")]


@responses.activate
def test_all_releases_gives_two_releases():
    responses.get(
        "https://api.forge.example/v1/projects/project/releases",
        json={
            "items": [{"draft": True, "tag": "tag"}, {"tag": "tag"}],
            "next": "https://api.forge.example/v1/next",
        },
    )
    responses.get(
        "https://api.forge.example/v1/next",
        json={"items": [{"draft": True, "tag": "tag"}, {"tag": "tag"}]},
    )
    assert all_releases("project") == [Release(tag="tag"), Release(tag="tag")]
    assert len(responses.calls) == 2


@responses.activate
def test_open_issue_with_status_201():
    responses.post(
        "https://api.forge.example/v1/projects/project/issues",
        status=201,
        json={"number": 3},
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer token"}),
        ],
    )
    assert open_issue("project", "A title", "token") == 3


@responses.activate
def test_open_issue_raises_forge_error_when_status_code_is_401_or_403():
    responses.post(
        "https://api.forge.example/v1/projects/project/issues",
        status=401,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer token"}),
        ],
    )
    with pytest.raises(ForgeError, match="not allowed to report issues of project"):
        open_issue("project", "A title", "token")


@responses.activate
def test_open_issue_raises_forge_error_with_status_403():
    responses.post(
        "https://api.forge.example/v1/projects/project/issues",
        status=403,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer token"}),
        ],
    )
    with pytest.raises(ForgeError, match="not allowed to report issues of project"):
        open_issue("project", "A title", "token")


@responses.activate
def test_open_issue_raises_forge_error_when_status_code_is_not_201():
    responses.post(
        "https://api.forge.example/v1/projects/project/issues",
        status=404,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer token"}),
        ],
    )
    with pytest.raises(ForgeError, match="no reason given"):
        open_issue("project", "A title", "token")


def test_open_issue_raises_value_error_when_title_is_blank():
    with pytest.raises(ValueError, match="an issue needs a title"):
        open_issue("project", " ", "token")


@responses.activate
def test_open_issue_raises_forge_error():
    responses.post(
        "https://api.forge.example/v1/projects/project/issues",
        json={"number": 3},
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer token"}),
        ],
    )
    with pytest.raises(ForgeError, match=r'\{"number": 3\}'):
        open_issue("project", "A title", "token")


@responses.activate
def test_is_up_is_false():
    responses.get("https://api.forge.example/v1/ping", body="abc")
    assert is_up(requests.Session()) is False


@responses.activate
def test_is_up_is_true():
    responses.get("https://api.forge.example/v1/ping", body="pong")
    assert is_up(requests.Session()) is True


@responses.activate
def test_is_up_is_false_on_timeout():
    responses.get(
        "https://api.forge.example/v1/ping", body=requests.Timeout("timed out")
    )
    assert is_up(requests.Session()) is False
