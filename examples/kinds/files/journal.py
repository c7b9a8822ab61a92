"""A journal in a plain text file, one entry a line."""

from __future__ import annotations

from pathlib import Path


def read_entries(path: Path) -> list[str]:
    """Return the entries; none where there is no file yet. Old journals are in Latin-1."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    return [line.strip() for line in text.splitlines() if line.strip()]


def add_entry(path: Path, entry: str) -> int:
    """Append an entry and return how many there are; raises ValueError for one that would be two."""
    if "\n" in entry:
        raise ValueError("an entry is one line")
    entries = read_entries(path)
    if entry.strip() in entries:
        return len(entries)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{entry.strip()}\n")
    return len(entries) + 1
