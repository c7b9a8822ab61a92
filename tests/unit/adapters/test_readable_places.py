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


@pytest.mark.parametrize(
    "name", ["plans.cpython-312.pyc", "plans.cpython-312.opt-1.pyc", "plans.cpython-312-pytest-8.3.4.pyc"]
)
def test_bytecode_gives_away_no_source_that_is_never_sent(root: Path, name: str) -> None:
    folder = root / "shop" / "__pycache__"
    folder.mkdir()
    (folder / name).touch()
    (folder / "a.cpython-312.pyc").touch()
    found = readable(root, ("shop/plans.py",))
    assert {place for place in found if "shop" in place} == {
        "shop/a.py", "shop/deep", "shop/__pycache__/a.cpython-312.pyc",
    }  # fmt: skip


def test_bytecode_of_the_root_and_of_older_pythons_is_judged_too(root: Path) -> None:
    (root / "__pycache__").mkdir()
    (root / "__pycache__" / "secrets.cpython-312.pyc").touch()
    (root / "shop" / "local_settings.pyc").touch()
    found = readable(root)
    assert not [place for place in found if place.endswith(".pyc") or place in {"__pycache__", "shop"}]


def test_a_package_may_be_called_as_environments_are(root: Path) -> None:
    for name in ("env/rules.py", "shop/venv/rules.py", "venv/bin/python", "venv/pyvenv.cfg", "env2/rules.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / "conda" / "env" / "conda-meta").mkdir(parents=True)
    assert readable(root) == {"shop", "notes.txt", "tests/data/x.txt", "private", "env", "env2"}


def test_what_is_worked_on_below_a_folder_that_is_left_out_is_readable(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".venv/src/carts/carts.py", ".venv/other.txt", ".vendor/kit.py", "private/kit/k.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    monkeypatch.setattr(readable_places, "worked_on", lambda _: [root / ".venv/src/carts", root / "private/kit"])
    monkeypatch.setenv("PYTHONPATH", f".vendor{os.pathsep}shop")
    found = readable(root, ("private/", "/shop/deep/"))
    assert found == {".venv/src/carts", ".vendor", "shop/a.py", "notes.txt", "tests/data/x.txt"}


def test_patterns_are_those_of_the_project_wherever_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(root.parent))
    (root.parent / "private").mkdir()
    found = ReadablePlaces(("/private/",)).of(Project(root, None, (root,), ()), PYTHON).readable
    assert str(root / "shop") in found
    assert not {str(root), str(root / "private"), str(root.parent)}.intersection(found)


def test_a_folder_of_too_many_entries_is_left_out_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable_places, "_MOST_ENTRIES", 16)
    (root / "data").mkdir()
    for number in range(12):
        (root / "data" / f"{number}.txt").touch()
    assert readable(root) == {"shop", "notes.txt", "tests/data/x.txt", "private"}


def test_of_too_many_entries_the_deepest_are_left_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readable_places, "_MOST_ENTRIES", 9)
    found = readable(root)
    assert "notes.txt" in found
    assert "shop" not in found
