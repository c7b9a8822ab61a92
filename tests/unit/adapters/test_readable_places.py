"""What of a project tests that a model wrote may read: all but what is never sent, and nothing that links lead to."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from greenline.adapters import readable_places
from greenline.adapters.readable_places import ReadablePlaces
from greenline.ports.project import Project

PYTHON = Path(sys.executable)
OF_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NIX_SSL_CERT_FILE")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("PYTHONPATH", "PYTHONUSERBASE", "LD_LIBRARY_PATH", *OF_CERTIFICATES):
        monkeypatch.delenv(name, raising=False)
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


def absent(root: Path, ignore: tuple[str, ...] = ()) -> set[str]:
    found = ReadablePlaces(ignore).of(Project(root, None, (root,), ()), PYTHON)
    return {os.path.relpath(place, root) for place in found.absent}


def test_what_is_never_sent_is_as_if_it_were_not_there(root: Path) -> None:
    (root / "shop" / "credentials.json").symlink_to(root / "notes.txt")
    assert absent(root, ("private/",)) == {".env", "tests/data/key.pem", "private", "shop/credentials.json"}


def test_a_file_need_not_be_there_to_be_never_sent(root: Path) -> None:
    places, project = ReadablePlaces(("private/",)), Project(root, None, (root,), ())
    names = (".env", "conf/.env", "private/new.txt", "shop/a.py", "private.txt")
    assert [places.is_never_sent(root / name, project) for name in names] == [True, True, True, False, False]


CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"


def made(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def others(root: Path, ignore: tuple[str, ...] = ()) -> list[str]:
    """Return what may be read outside of the project, relative to what is around it."""
    found = ReadablePlaces(ignore).of(Project(root, None, (root,), ()), PYTHON).readable
    outside = [place for place in found if not Path(place).is_relative_to(root)]
    return sorted(os.path.relpath(place, root.parent) for place in outside if Path(place).is_relative_to(root.parent))


@pytest.mark.parametrize("name", ["LD_LIBRARY_PATH", "SSL_CERT_DIR"])
def test_a_folder_that_a_variable_names_outside_of_the_home_is_readable(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(made(tmp_path / "native", {})))
    assert others(root) == ["native"]
    assert others(root, ("native/",)) == ([] if name == "LD_LIBRARY_PATH" else ["native"])


def test_of_folders_of_libraries_in_the_home_the_libraries_are_readable(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = dict.fromkeys(("libx.so.1.2", "liby.dylib", "notes.txt", ".env", "so", "x.so.txt", "id_rsa"), "")
    home = tmp_path / "home"
    named = [made(home / place, beside) for place in (".ssh", ".local", "proj2", ".mujoco/bin", "secrets")]
    (home / "proj2" / "libx.so").symlink_to("libx.so.1.2")
    (home / "proj2" / "libz.so").symlink_to(home / ".ssh" / "id_rsa")
    (home / "proj2" / "deep.so").mkdir()
    monkeypatch.setenv("LD_LIBRARY_PATH", os.pathsep.join(map(str, named)))
    assert others(root) == [
        "home/.mujoco/bin/libx.so.1.2", "home/.mujoco/bin/liby.dylib",
        "home/proj2/libx.so", "home/proj2/libx.so.1.2", "home/proj2/liby.dylib",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"])
def test_of_certificates_in_the_home_none_comes_with_a_key(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    files = {"ca.pem": CERTIFICATE, "both.pem": KEY + CERTIFICATE, "id_rsa": KEY, "notes.txt": "mine"}
    certificates = made(tmp_path / "home" / "certs", files)
    monkeypatch.setenv(name, str(certificates))
    assert others(root) == ["home/certs/ca.pem"]
    monkeypatch.setenv(name, str(made(tmp_path / "home" / ".mitmproxy", files)))
    assert others(root) == []


@pytest.mark.parametrize("folder", ["home/.ssh", "elsewhere"])
def test_a_file_of_certificates_is_known_by_what_is_in_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    place = made(tmp_path / folder, {"ca.pem": CERTIFICATE, "id_rsa": KEY})
    for name, expected in (("ca.pem", [f"{folder}/ca.pem"]), ("id_rsa", []), ("none.pem", [])):
        monkeypatch.setenv("SSL_CERT_FILE", str(place / name))
        assert others(root) == expected


@pytest.mark.parametrize("place", ["", ".", "home", "project", "project/private"])
def test_what_holds_more_than_libraries_is_not_opened_by_a_variable(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "home").mkdir()
    named = str(tmp_path / place) if place else ""
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{named}{os.pathsep}relative")
    before = ReadablePlaces(("private/",)).of(Project(root, None, (root,), ()), PYTHON).readable
    assert named not in before
    assert not [each for each in before if each.endswith("relative")]


def test_packages_of_the_person_are_where_a_variable_says(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine" / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    (tmp_path / "mine" / "lib" / ".env").touch()
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "mine"))
    assert others(root) == ["mine/lib/python3.12/site-packages"]


@pytest.mark.parametrize("base", [".", "{root}", "{root}/shop"])
def test_packages_of_the_person_are_not_in_the_project(root: Path, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    for folder in (root, root / "shop"):
        (folder / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
        (folder / "lib" / ".env").touch()
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONUSERBASE", base.format(root=root))
    found = ReadablePlaces().of(Project(root, None, (root,), ()), PYTHON).readable
    assert not [place for place in found if place.endswith(("lib", "site-packages"))]


def in_repository(root: Path, top: Path) -> set[str]:
    found = ReadablePlaces().of(Project(root, None, (root,), ()), PYTHON, top)
    return {os.path.relpath(place, top) for place in found.readable if Path(place).is_relative_to(top)}


@pytest.fixture
def package(tmp_path: Path, root: Path) -> Path:
    """Return a package in a repository of several."""
    package = tmp_path / "monorepo" / "packages" / "shop"
    shutil.move(root, package)
    shutil.move(package / ".git", tmp_path / "monorepo" / ".git")
    for name in ("schemas/x.json", ".env"):
        (tmp_path / "monorepo" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "monorepo" / name).touch()
    return package


def test_what_is_copied_of_the_same_repository_is_readable(package: Path, tmp_path: Path) -> None:
    found = in_repository(package, tmp_path / "monorepo")
    assert {"schemas", "packages/shop/shop", "packages/shop/notes.txt"} <= found
    assert not [place for place in found if place.startswith(".git") or place.endswith((".", ".env", ".pem"))]


def test_what_is_copied_of_elsewhere_is_not(root: Path) -> None:
    (root.parent / "other").mkdir()
    assert "other" not in in_repository(root, root.parent)


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
