"""What goes along to another machine, packed and unpacked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenline.adapters.carried_files import CarriedFiles, carried_files
from greenline.adapters.packed_files import pack, unpack
from greenline.adapters.project_files import ProjectFiles
from greenline.ports.project import Project

LARGE = bytes(range(256)) * 40_000


def project(root: Path) -> Project:
    (root / "shop").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (root / "shop" / "__init__.py").write_text("")
    (root / "tests" / "test_it.py").write_text("def test_it():\n    pass\n")
    return ProjectFiles().project_of(root / "shop" / "__init__.py")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def names(found: CarriedFiles) -> set[str]:
    return {file.relative_to(found.top).as_posix() for file in found.files}


def test_without_git_all_goes_but_environments_caches_and_secrets(tmp_path: Path) -> None:
    shop = project(tmp_path / "a shop")
    for name in (
        ".venv/lib/x.py",
        "mine/pyvenv.cfg",
        "mine/lib/y.py",
        ".git/HEAD",
        "shop/__pycache__/x.pyc",
        "data/a b.txt",
    ):
        (shop.root / name).parent.mkdir(parents=True, exist_ok=True)
        (shop.root / name).write_text("x")
    (shop.root / ".env").write_text("TOKEN=1")
    (shop.root / "shop" / "secrets.toml").write_text("x")
    found = carried_files(shop)
    assert names(found) == {"pyproject.toml", "shop/__init__.py", "tests/test_it.py", "data/a b.txt"}
    assert {file.name for file in found.secret} == {".env", "secrets.toml"}


def test_a_person_may_name_more_secrets(tmp_path: Path) -> None:
    shop = project(tmp_path)
    assert "shop/__init__.py" not in names(carried_files(shop, ["shop/"]))


def test_with_git_what_it_ignores_stays_but_for_what_is_imported(tmp_path: Path) -> None:
    shop = project(tmp_path)
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("*.csv\n_version.py\n*.so\nlogs/\n")
    for name in ("big.csv", "shop/_version.py", "shop/fast.so", "logs/x.txt", "shop/new.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    git(tmp_path, "add", "pyproject.toml", "shop/__init__.py")
    (tmp_path / "gone.txt").write_text("x")
    git(tmp_path, "add", "gone.txt")
    (tmp_path / "gone.txt").unlink()
    assert names(carried_files(shop)) == {
        ".gitignore", "pyproject.toml", "shop/__init__.py", "shop/_version.py", "shop/fast.so", "shop/new.txt",
        "tests/test_it.py",
    }  # fmt: skip


def test_what_pytest_reads_above_the_project_goes_along(tmp_path: Path) -> None:
    shop = project(tmp_path / "all" / "shop")
    (shop.root / "pyproject.toml").unlink()
    (shop.root / "setup.py").write_text("")
    (tmp_path / "all" / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "all" / "other.txt").write_text("")
    found = carried_files(ProjectFiles().project_of(shop.root / "shop" / "__init__.py"))
    assert found.top == tmp_path / "all"
    assert "pytest.ini" in names(found)
    assert "other.txt" not in names(found)
    assert "shop/setup.py" in names(found)


@pytest.mark.skipif(sys.platform == "win32", reason="few may make links there")
def test_links_lead_to_the_same_in_the_other_place_and_none_out_of_it(tmp_path: Path) -> None:
    shop = project(tmp_path / "shop")
    (tmp_path / "outside.txt").write_text("private")
    (shop.root / "relative").symlink_to("shop")
    (shop.root / "absolute.py").symlink_to(shop.root / "shop" / "__init__.py")
    (shop.root / "out").symlink_to(tmp_path / "outside.txt")
    found = carried_files(shop)
    assert [file.name for file in found.elsewhere] == ["out"]
    there = tmp_path / "there"
    unpack(pack(found.top, found.files).content, there)
    assert (there / "relative").resolve() == there / "shop"
    assert (there / "absolute.py").resolve() == there / "shop" / "__init__.py"
    assert not (there / "out").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_packed_and_unpacked_files_are_what_they_were(tmp_path: Path) -> None:
    top = tmp_path / "with space"
    top.mkdir()
    odd = Path(os.fsdecode(os.fsencode(top) + b"/odd-\xff.py"))
    contents = {odd: b"x = 1\r\n", top / "b\u00e4r.bin": LARGE, top / "run me.sh": b"#!/bin/sh\n", top / "empty": b""}
    for path, content in contents.items():
        path.write_bytes(content)
    (top / "run me.sh").chmod(0o755)
    os.utime(top / "empty", (1_000_000_000, 1_000_000_000))
    there = tmp_path / "there"
    packed = pack(top, sorted([*contents, top / "gone"]))
    unpack(packed.content, there)
    assert {os.fsencode(path.name): path.read_bytes() for path in there.iterdir()} == {
        os.fsencode(path.name): content for path, content in contents.items()
    }
    assert os.access(there / "run me.sh", os.X_OK)
    assert not os.access(there / "empty", os.X_OK)
    assert (there / "empty").stat().st_mtime == 1_000_000_000
    assert len(packed.content) < len(LARGE) / 10


def test_the_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("1")
    first = pack(tmp_path, [file])
    assert pack(tmp_path, [file]) == first
    file.write_text("2")
    assert pack(tmp_path, [file]).digest != first.digest
    assert pack(tmp_path, [file.rename(tmp_path / "two.py")]).digest != first.digest


@pytest.mark.parametrize("content", [b"", b"no archive", pack(Path(), []).content[:-5]], ids=["none", "other", "cut"])
def test_what_was_not_packed_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be unpacked"):
        unpack(content, tmp_path / "there")
