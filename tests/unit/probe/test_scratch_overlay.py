from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from greenline.adapters.scratch_overlay import OverlayProblem, encode_source, scratch_overlay


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "parcels"
    for name in (
        "src/pkg/a.py",
        "src/pkg/b.py",
        "src/other/c.py",
        "docs/x.md",
        ".git/HEAD",
        "src/pkg/__pycache__/a.pyc",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"text of {name}")
    return root


def test_the_copy_reads_like_the_project_except_for_the_overlay(project: Path) -> None:
    changed, new = project / "src/pkg/a.py", project / "tests/unit/test_new.py"
    with scratch_overlay(project, {changed: "changed", new: "new"}) as overlay:
        assert overlay.map_out(changed).read_text() == "changed"
        assert overlay.map_out(new).read_text() == "new"
        assert overlay.map_out(project / "src/pkg/b.py").read_text() == "text of src/pkg/b.py"
        assert overlay.root.name == "parcels"
        assert not (overlay.root / ".git").exists()
        assert not (overlay.root / "src/pkg/__pycache__").exists()
        assert overlay.map_back(overlay.map_out(changed)) == changed
        scratch = overlay.scratch

    assert not scratch.exists()
    assert changed.read_text() == "text of src/pkg/a.py"
    assert not new.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="symlinks need a right there")
def test_only_folders_on_the_way_are_real(project: Path) -> None:
    with scratch_overlay(project, {project / "src/pkg/a.py": "changed"}) as overlay:
        real = {p.relative_to(overlay.root).as_posix() for p in overlay.root.rglob("*") if not p.is_symlink()}

    assert {name for name in real if not name.startswith(("docs/", "src/other/"))} == {"src", "src/pkg", "src/pkg/a.py"}


def test_what_is_left_out_is_not_in_the_copy(project: Path) -> None:
    left_out = [project / "docs", project / "src/pkg/b.py", project / "src/pkg/__pycache__/a.pyc", project / "x" / "y"]
    with scratch_overlay(project, {}, without=left_out) as overlay:
        assert sorted(path.name for path in overlay.root.iterdir()) == ["src", "x"]
        assert [path.name for path in (overlay.root / "src/pkg").iterdir()] == ["a.py"]
        assert (overlay.root / "src/other/c.py").read_text() == "text of src/other/c.py"


def test_what_has_a_text_is_there_though_it_is_left_out(project: Path) -> None:
    changed = project / "src/pkg/a.py"
    with scratch_overlay(project, {changed: "changed"}, without=[changed, project / "src/pkg/b.py"]) as overlay:
        assert overlay.map_out(changed).read_text() == "changed"
        assert not overlay.map_out(project / "src/pkg/b.py").exists()


def test_of_what_is_around_the_project_something_is_left_out_too(project: Path) -> None:
    top = project.parent
    (top / "schemas").mkdir()
    for name in ("schemas/x.json", "schemas/.env", ".env"):
        (top / name).touch()
    left_out = [top / ".env", top / "schemas/.env", project / "docs"]
    with scratch_overlay(project, {}, top=top, without=left_out) as overlay:
        assert not (overlay.root / "docs").exists()
        assert [path.name for path in (overlay.root / "../schemas").iterdir()] == ["x.json"]
        assert not (overlay.root / "../.env").exists()
        copies = [overlay.in_copy(path) for path in (top / ".env", project / "docs", Path("/elsewhere"))]
        assert copies == [overlay.root.parent / ".env", overlay.root / "docs", None]


def test_above_the_project_only_what_pytest_reads_is_there_for_real(project: Path) -> None:
    top = project.parent
    read = {"conftest.py", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"}
    for name in (*read, "secrets.toml", "passwords.ini", "other.cfg"):
        (top / name).write_text(name)
    with scratch_overlay(project, {}, top=top, without=[top / "tox.ini"]) as overlay:
        above = overlay.root.parent
        assert {path.name for path in above.iterdir() if path.is_file() and not path.is_symlink()} == read - {"tox.ini"}
        assert (above / "pytest.ini").read_text() == "pytest.ini"
        assert not (above / "tox.ini").exists()


def test_nothing_that_a_link_leads_to_is_removed_and_read_only_things_are(project: Path) -> None:
    with scratch_overlay(project, {}) as overlay:
        folder = overlay.home / "locked"
        folder.mkdir()
        (folder / "file").write_text("x")
        (folder / "file").chmod(0o400)
        (overlay.home / "way-out").symlink_to(project / "src")
        folder.chmod(0o500)
        scratch = overlay.scratch

    assert not scratch.exists()
    assert (project / "src/pkg/a.py").exists()
    assert os.access(project / "src", os.W_OK)


def test_a_file_of_another_place_is_refused(project: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(OverlayProblem, match=r"other\.py is not in the project"),
        scratch_overlay(project, {tmp_path / "other.py": ""}),
    ):
        pass


def test_a_project_named_through_a_link_maps_both_ways(project: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project)
    with scratch_overlay(link, {project / "src/pkg/a.py": "changed"}) as overlay:
        assert (overlay.root / "src/pkg/a.py").read_text() == "changed"
        assert overlay.map_back(project / "src/pkg/a.py") == link / "src/pkg/a.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\r\nb = 'ä'\n", "a = 1\r\nb = 'ä'\n".encode()),
        ("# -*- coding: latin-1 -*-\nb = 'ä'\n", "# -*- coding: latin-1 -*-\nb = 'ä'\n".encode("latin-1")),
        ("# coding: nonsense\nb = 'ä'\n", "# coding: nonsense\nb = 'ä'\n".encode()),
        ("\ufeffx = 1\n", b"\xef\xbb\xbfx = 1\n"),
    ],
    ids=["line endings", "declared encoding", "unknown encoding", "byte order mark"],
)
def test_texts_are_saved_as_an_editor_would(text: str, expected: bytes) -> None:
    assert encode_source(Path("a.py"), text) == expected
