import pytest
import requests
import responses
from requests import HTTPError
from responses import matchers

from releases import ForgeError, Release, all_releases, is_up, latest_tag, open_issue


@responses.activate
def test_latest_tag_returns_none_when_status_code_is_404():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases/latest", status=404
    )
    assert latest_tag("abc") is None


@responses.activate
def test_latest_tag_when_status_code_is_not_404():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases/latest", json={"tag": "abc"}
    )
    assert latest_tag("abc") == "abc"


@responses.activate
def test_latest_tag_raises_http_error_when_status_code_is_not_404():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases/latest", status=500
    )
    with pytest.raises(
        HTTPError, match=r"^500 Server Error: Internal Server Error for url:"
    ):
        latest_tag("abc")


@responses.activate
def test_latest_tag_raises_forge_error_on_timeout():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases/latest",
        body=requests.Timeout("timed out"),
    )
    with pytest.raises(ForgeError, match=r"^the forge takes too long to answer"):
        latest_tag("abc")


@responses.activate
def test_all_releases():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases",
        json={"items": [{"draft": True, "tag": "abc"}, {"tag": "abc"}]},
    )
    assert all_releases("abc") == [Release(tag="abc")]


@responses.activate
def test_all_releases_of_abc():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases",
        json={"items": [{"tag": "abc"}, {"tag": "abc"}]},
    )
    assert all_releases("abc") == [Release(tag="abc"), Release(tag="abc")]


@responses.activate
def test_all_releases_gives_two_releases():
    responses.get(
        "https://api.forge.example/v1/projects/abc/releases",
        json={
            "items": [{"draft": True, "tag": "abc"}, {"tag": "abc"}],
            "next": "https://api.forge.example/v1/next",
        },
    )
    responses.get(
        "https://api.forge.example/v1/next",
        json={"items": [{"draft": True, "tag": "abc"}, {"tag": "abc"}]},
    )
    assert all_releases("abc") == [Release(tag="abc"), Release(tag="abc")]
    assert len(responses.calls) == 2


@responses.activate
def test_open_issue_when_status_code_is_201():
    responses.post(
        "https://api.forge.example/v1/projects/abc/issues",
        status=201,
        json={"number": 3},
        match=[
            matchers.json_params_matcher({"title": "abc"}),
            matchers.header_matcher({"Authorization": "Bearer abc"}),
        ],
    )
    assert open_issue("abc", "abc", "abc") == 3


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("", id="empty-title"),
        pytest.param(" ", id="blank"),
    ],
)
def test_open_issue_raises_value_error_when_title_is_blank(title):
    with pytest.raises(ValueError, match=r"^an issue needs a title"):
        open_issue("abc", title, "abc")


@responses.activate
def test_open_issue_raises_forge_error_when_status_code_is_401_or_403():
    responses.post(
        "https://api.forge.example/v1/projects/abc/issues",
        status=401,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer abc"}),
        ],
    )
    with pytest.raises(ForgeError, match=r"^not allowed to report issues of abc"):
        open_issue("abc", "A title", "abc")


@responses.activate
def test_open_issue_raises_forge_error_with_status_403():
    responses.post(
        "https://api.forge.example/v1/projects/abc/issues",
        status=403,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer abc"}),
        ],
    )
    with pytest.raises(ForgeError, match=r"^not allowed to report issues of abc"):
        open_issue("abc", "A title", "abc")


@responses.activate
def test_open_issue_raises_forge_error_when_status_code_is_not_201():
    responses.post(
        "https://api.forge.example/v1/projects/abc/issues",
        status=404,
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer abc"}),
        ],
    )
    with pytest.raises(ForgeError, match=r"^no reason given"):
        open_issue("abc", "A title", "abc")


@responses.activate
def test_open_issue_raises_forge_error():
    responses.post(
        "https://api.forge.example/v1/projects/abc/issues",
        json={"number": 3},
        match=[
            matchers.json_params_matcher({"title": "A title"}),
            matchers.header_matcher({"Authorization": "Bearer abc"}),
        ],
    )
    with pytest.raises(ForgeError, match=r'^\{"number": 3\}'):
        open_issue("abc", "A title", "abc")


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
