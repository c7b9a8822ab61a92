"""Releases of projects, as a forge's API lists them."""

from __future__ import annotations

from dataclasses import dataclass

import requests

API = "https://api.forge.example/v1"
TIMEOUT = 5


class ForgeError(Exception):
    """The forge could not be asked, or did not understand."""


@dataclass(frozen=True)
class Release:
    """One release of a project."""

    tag: str
    draft: bool = False


def latest_tag(project: str) -> str | None:
    """Return the tag of the latest release, None for a project that nobody knows."""
    try:
        response = requests.get(f"{API}/projects/{project}/releases/latest", timeout=TIMEOUT)
    except requests.Timeout:
        raise ForgeError("the forge takes too long to answer") from None
    if response.status_code == 404:
        return None
    response.raise_for_status()
    return response.json()["tag"]


def all_releases(project: str) -> list[Release]:
    """Return all releases that are no drafts, page by page."""
    found: list[Release] = []
    url = f"{API}/projects/{project}/releases"
    while url:
        page = requests.get(url, timeout=TIMEOUT).json()
        for item in page["items"]:
            if not item.get("draft", False):
                found.append(Release(item["tag"]))
        url = page.get("next")
    return found


def open_issue(project: str, title: str, token: str) -> int:
    """Report an issue and return its number; raises ForgeError where that is not allowed."""
    if not title.strip():
        raise ValueError("an issue needs a title")
    response = requests.post(
        f"{API}/projects/{project}/issues",
        json={"title": title.strip()},
        headers={"Authorization": f"Bearer {token}"},
        timeout=TIMEOUT,
    )
    if response.status_code in (401, 403):
        raise ForgeError(f"not allowed to report issues of {project}")
    if response.status_code != 201:
        raise ForgeError(response.text or "no reason given")
    return response.json()["number"]


def is_up(session: requests.Session) -> bool:
    """Tell whether the forge answers as it should."""
    try:
        response = session.get(f"{API}/ping", timeout=TIMEOUT)
    except requests.RequestException:
        return False
    return response.ok and response.text == "pong"
