"""Bicycles at the stations of a city, as a service tells of them."""

from __future__ import annotations

import aiohttp

SERVICE = "https://bikes.example/v2"


class NoStation(Exception):
    """There is no such station, or nobody could be asked; the message says why."""


async def bikes_at(session: aiohttp.ClientSession, station: str) -> int:
    """Return how many bicycles stand at a station."""
    async with session.get(f"{SERVICE}/stations/{station}", params={"fields": "bikes"}) as response:
        if response.status == 404:
            raise NoStation(f"nobody knows {station}")
        response.raise_for_status()
        found = await response.json()
    return found["bikes"]


async def reserve(session: aiohttp.ClientSession, station: str, token: str) -> bool:
    """Reserve a bicycle at a station; tell whether there was one."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with session.post(f"{SERVICE}/reservations", json={"station": station}, headers=headers) as response:
            return response.status == 201
    except aiohttp.ClientConnectionError as error:
        raise NoStation("the service cannot be reached") from error


async def open_stations(city: str) -> list[str]:
    """Return the names of the stations of a city that are open."""
    async with aiohttp.ClientSession() as session, session.get(f"{SERVICE}/cities/{city}") as response:
        page = await response.json()
    return [item["name"] for item in page["stations"] if not item.get("closed", False)]
