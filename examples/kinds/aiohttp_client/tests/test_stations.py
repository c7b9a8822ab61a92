from unittest.mock import MagicMock, Mock, call

import aiohttp
import pytest
from aiohttp import ClientResponseError

from stations import NoStation, bikes_at, open_stations, reserve


async def test_bikes_at():
    response = Mock(spec=aiohttp.ClientResponse, status=200)
    response.json.return_value = {"bikes": 3}
    session = MagicMock(spec=aiohttp.ClientSession)
    session.get.return_value.__aenter__.return_value = response
    assert await bikes_at(session, "station") == 3
    assert session.get.call_args_list == [
        call("https://bikes.example/v2/stations/station", params={"fields": "bikes"})
    ]


async def test_bikes_at_raises_no_station_when_status_is_404():
    response = Mock(spec=aiohttp.ClientResponse, status=404)
    response.json.return_value = {"bikes": 3}
    session = MagicMock(spec=aiohttp.ClientSession)
    session.get.return_value.__aenter__.return_value = response

    with pytest.raises(NoStation, match="nobody knows station"):
        await bikes_at(session, "station")

    assert session.get.call_args_list == [
        call("https://bikes.example/v2/stations/station", params={"fields": "bikes"})
    ]


async def test_bikes_at_raises_client_response_error_with_status_500():
    response = Mock(spec=aiohttp.ClientResponse, status=500)
    response.raise_for_status.side_effect = aiohttp.ClientResponseError(
        Mock(spec=aiohttp.RequestInfo, real_url="https://example.com"), (), status=500
    )
    session = MagicMock(spec=aiohttp.ClientSession)
    session.get.return_value.__aenter__.return_value = response

    with pytest.raises(
        ClientResponseError, match=r"500, message='', url='https://example\.com'"
    ) as caught:
        await bikes_at(session, "station")

    assert session.get.call_args_list == [
        call("https://bikes.example/v2/stations/station", params={"fields": "bikes"})
    ]
    assert caught.value.status == 500
    assert caught.value.message == ""
    assert caught.value.headers is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (201, True),
        (404, False),
    ],
)
async def test_reserve(status, expected):
    response = Mock(spec=aiohttp.ClientResponse, status=status)
    session = MagicMock(spec=aiohttp.ClientSession)
    session.post.return_value.__aenter__.return_value = response

    assert await reserve(session, "station", "token") is expected

    assert session.post.call_args_list == [
        call(
            "https://bikes.example/v2/reservations",
            json={"station": "station"},
            headers={"Authorization": "Bearer token"},
        )
    ]


async def test_reserve_raises_no_station_on_connection_timeout_error():
    session = MagicMock(spec=aiohttp.ClientSession)
    session.post.return_value.__aenter__.side_effect = aiohttp.ConnectionTimeoutError(
        "timed out"
    )

    with pytest.raises(NoStation, match="the service cannot be reached"):
        await reserve(session, "station", "token")

    assert session.post.call_args_list == [
        call(
            "https://bikes.example/v2/reservations",
            json={"station": "station"},
            headers={"Authorization": "Bearer token"},
        )
    ]


@pytest.mark.parametrize(
    ("given", "city", "expected_call_args_list", "expected"),
    [
        pytest.param(
            [],
            "Paris",
            [call("https://bikes.example/v2/cities/Paris")],
            [],
            id="empty-list",
        ),
        pytest.param(
            [{"closed": True, "name": "Ada"}],
            "Paris",
            [call("https://bikes.example/v2/cities/Paris")],
            [],
            id="closed-true-name-ada",
        ),
        pytest.param(
            [{"closed": False, "name": "Ada"}],
            "Paris",
            [call("https://bikes.example/v2/cities/Paris")],
            ["Ada"],
            id="closed-false-name-ada",
        ),
        pytest.param(
            [{"closed": True, "name": "Ada"}, {"name": "Ada"}],
            "other",
            [call("https://bikes.example/v2/cities/other")],
            ["Ada"],
            id="closed-true-name-ada-name-ada-other",
        ),
    ],
)
async def test_open_stations(
    given, city, expected_call_args_list, expected, monkeypatch
):
    response = Mock(spec=aiohttp.ClientResponse, status=200)
    response.json.return_value = {"stations": given}
    session = MagicMock(spec=aiohttp.ClientSession)
    session.__aenter__.return_value = session
    session.get.return_value.__aenter__.return_value = response
    monkeypatch.setattr(aiohttp, "ClientSession", lambda **options: session)

    assert await open_stations(city) == expected

    assert session.get.call_args_list == expected_call_args_list
