"""Shipping manifests: CSV files with one parcel in each row."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One row of a manifest."""

    number: str
    grams: int
    zone: str = "domestic"


def read_manifest(path: Path) -> list[Entry]:
    """Read a manifest with the columns number, grams and zone; rows without a number are left out.

    Raises ValueError, with the number of the line, when a row cannot be read.
    """
    entries = []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            if not row.get("number"):
                continue
            try:
                entries.append(entry_from_row(row))
            except ValueError as error:
                raise ValueError(f"line {rows.line_num}: {error}") from error
    return entries


def entry_from_row(row: dict[str, str]) -> Entry:
    """Turn one row into an entry. Raises ValueError when a column is missing or the weight is not a positive number."""
    number = row.get("number", "").strip()
    if not number:
        raise ValueError("the number is missing")
    grams = int(row.get("grams", "0"))
    if grams <= 0:
        raise ValueError(f"{number} weighs {grams} g")
    return Entry(number, grams, row.get("zone") or "domestic")


def total_grams(entries: list[Entry], zone: str | None = None) -> int:
    """Return what the parcels weigh together, those of one zone where a zone is given."""
    return sum(entry.grams for entry in entries if zone is None or entry.zone == zone)


def write_summary(entries: list[Entry], path: Path) -> int:
    """Write one ``zone;parcels;grams`` line for each zone, and return how many lines that were."""
    zones = sorted({entry.zone for entry in entries})
    with path.open("w", encoding="utf-8") as file:
        for zone in zones:
            count = sum(entry.zone == zone for entry in entries)
            file.write(f"{zone};{count};{total_grams(entries, zone)}\n")
    return len(zones)
