"""Forecasts of a weather service."""

from __future__ import annotations

import httpx

SERVICE = "https://weather.example/api"


class NoForecast(Exception):
    """The service gave no forecast; the message says why."""


def temperature(client: httpx.Client, city: str) -> float:
    """Return the temperature of tomorrow's noon, in degrees Celsius."""
    response = client.get(f"{SERVICE}/forecast", params={"city": city, "units": "metric"})
    if response.status_code == 429:
        raise NoForecast("too many questions")
    response.raise_for_status()
    return response.json()["noon"]["celsius"]


def report(city: str, degrees: float) -> bool:
    """Send what a station measured; tell whether the service took it."""
    try:
        response = httpx.post(f"{SERVICE}/reports", json={"city": city, "celsius": degrees}, timeout=3)
    except httpx.TimeoutException:
        return False
    return response.status_code == 202


async def warnings(client: httpx.AsyncClient, city: str) -> list[str]:
    """Return the texts of the warnings that are in force, the severe ones in capitals."""
    try:
        response = await client.get(f"{SERVICE}/warnings/{city}")
    except httpx.TransportError as error:
        raise NoForecast("the service cannot be reached") from error
    if response.status_code == 204:
        return []
    return [item["text"].upper() if item.get("severe") else item["text"] for item in response.json()]
