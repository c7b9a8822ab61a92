"""What of a project tests that a model wrote may read: all but what is never sent, and nothing that links lead to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from greenline.adapters import readable_places
from greenline.adapters.readable_places import ReadablePlaces
from greenline.ports.project import Project

PYTHON = Path(sys.executable)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr(readable_places, "worked_on", lambda _: [])
    root = tmp_path / "project"
    for name in ("shop/a.py", "shop/deep/b.py", "tests/data/x.txt", "tests/data/key.pem", ".env", ".git/config",
                 "node_modules/x/index.js", "notes.txt", "private/plans.txt"):  # fmt: skip
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return root


def readable(root: Path, ignore: tuple[str, ...] = (), places: ReadablePlaces | None = None) -> set[str]:
    found = (places or ReadablePlaces(ignore)).of(Project(root, None, (root,), ()), PYTHON)
    assert found.listed[0] == str(root)
    return {os.path.relpath(place, root) for place in found.readable if Path(place).is_relative_to(root)}


def test_all_but_what_is_never_sent(root: Path) -> None:
    assert readable(root) == {"shop", "notes.txt", "tests/data/x.txt", "private"}


def test_what_the_person_ignores_is_left_out(root: Path) -> None:
    assert readable(root, ("private/", "b.py")) == {"shop/a.py", "notes.txt", "tests/data/x.txt"}


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (root / "out").symlink_to(tmp_path / "other")
    (root / "shop" / "way").symlink_to(root / ".env")
    assert readable(root) == {"shop", "notes.txt", "tests/data/x.txt", "private"}


def test_what_is_new_counts_and_what_it_hides_too(root: Path) -> None:
    places = ReadablePlaces()
    before = readable(root, places=places)
    (root / "shop" / "deep" / "id_rsa").write_text("")
    assert readable(root, places=places) == before - {"shop"} | {"shop/a.py", "shop/deep/b.py"}


def test_a_home_is_no_package(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home" / "lib").mkdir(parents=True)
    (tmp_path / "home" / "lib" / "m.py").write_text("")
    (tmp_path / "home" / "diary.txt").write_text("")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "home"), str(tmp_path / "home" / "lib")]))
    found = ReadablePlaces().of(Project(root, None, (root,), ()), PYTHON)
    assert str(tmp_path / "home" / "lib") in found.readable
    assert not {str(tmp_path / "home"), str(tmp_path / "home" / "diary.txt")}.intersection(found.readable)


def test_of_too_many_entries_the_deepest_are_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable_places, "_MOST_ENTRIES", 9)
    found = readable(root)
    assert "notes.txt" in found
    assert "shop" not in found
