import asyncio

import httpx
import pytest
import respx
from httpx import HTTPStatusError

from forecast import NoForecast, report, temperature, warnings


@respx.mock
def test_temperature():
    respx.get("https://weather.example/api/forecast?city=Paris&units=metric").mock(
        return_value=httpx.Response(200, json={"noon": {"celsius": 21.5}})
    )
    assert temperature(httpx.Client(), "Paris") == 21.5


@respx.mock
def test_temperature_raises_no_forecast_when_status_code_is_429():
    respx.get("https://weather.example/api/forecast?city=Paris&units=metric").mock(
        return_value=httpx.Response(429)
    )
    with pytest.raises(NoForecast, match="too many questions"):
        temperature(httpx.Client(), "Paris")


@respx.mock
def test_temperature_raises_http_status_error_with_status_404():
    respx.get("https://weather.example/api/forecast?city=Paris&units=metric").mock(
        return_value=httpx.Response(404)
    )
    with pytest.raises(HTTPStatusError, match="Client error '404 Not Found' for url"):
        temperature(httpx.Client(), "Paris")


@respx.mock
def test_report_is_false_with_status_404():
    respx.post(
        "https://weather.example/api/reports", json={"city": "Paris", "celsius": 2.5}
    ).mock(return_value=httpx.Response(404))
    assert report("Paris", 2.5) is False


@respx.mock
def test_report_is_true_with_status_202():
    respx.post(
        "https://weather.example/api/reports", json={"city": "Paris", "celsius": 2.5}
    ).mock(return_value=httpx.Response(202, json={"id": 1}))
    assert report("Paris", 2.5) is True


@respx.mock
def test_report_is_false_on_connect_timeout():
    respx.post(
        "https://weather.example/api/reports", json={"city": "Paris", "celsius": 2.5}
    ).mock(side_effect=httpx.ConnectTimeout("timed out"))
    assert report("Paris", 2.5) is False


@respx.mock
def test_warnings_when_status_code_is_204():
    respx.get("https://weather.example/api/warnings/Paris").mock(
        return_value=httpx.Response(204)
    )
    assert asyncio.run(warnings(httpx.AsyncClient(), "Paris")) == []


@respx.mock
def test_warnings():
    respx.get("https://weather.example/api/warnings/Paris").mock(
        return_value=httpx.Response(200, json=[{"text": "some text", "severe": None}])
    )
    assert asyncio.run(warnings(httpx.AsyncClient(), "Paris")) == ["some text"]


@respx.mock
def test_warnings_of_text():
    respx.get("https://weather.example/api/warnings/text").mock(
        return_value=httpx.Response(200, json=[{"severe": True, "text": "some text"}])
    )
    assert asyncio.run(warnings(httpx.AsyncClient(), "text")) == ["SOME TEXT"]


@respx.mock
def test_warnings_raises_no_forecast_on_connect_timeout():
    respx.get("https://weather.example/api/warnings/Paris").mock(
        side_effect=httpx.ConnectTimeout("timed out")
    )
    with pytest.raises(NoForecast, match="the service cannot be reached"):
        asyncio.run(warnings(httpx.AsyncClient(), "Paris"))
