import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenline.adapters.atomic_write import MovedOn, WriteProblem, Written, remove_file, take_back, write_edit
from greenline.domain.generation.model import Replacement, TestEdit

ON_WINDOWS = sys.platform == "win32"


def change(path: Path, base: str, new: str) -> TestEdit:
    return TestEdit(path, creates=False, base_text=base, new_text=new)


def create(path: Path, new: str) -> TestEdit:
    return TestEdit(path, creates=True, base_text="", new_text=new)


def test_creates_a_file_and_its_folders_and_takes_both_back(tmp_path: Path) -> None:
    file = tmp_path / "tests" / "unit" / "test_new.py"

    written = write_edit(create(file, "x = 1\n"))

    assert file.read_bytes() == b"x = 1\n"
    written.undo()
    assert list(tmp_path.iterdir()) == []


def test_undo_keeps_a_folder_that_others_use_by_now(tmp_path: Path) -> None:
    file = tmp_path / "tests" / "test_new.py"
    written = write_edit(create(file, "x = 1\n"))
    (tmp_path / "tests" / "conftest.py").write_text("")

    written.undo()

    assert [path.name for path in (tmp_path / "tests").iterdir()] == ["conftest.py"]


def test_undo_restores_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")

    written = write_edit(change(file, "a = 1\r\nb = 2\r\n", "a = 1\r\nb = 2\r\nc = 3\n"))

    assert file.read_bytes() == b"\xef\xbb\xbfa = 1\r\nb = 2\r\nc = 3\r\n"
    written.undo()
    assert file.read_bytes() == b"\xef\xbb\xbfa = 1\r\nb = 2\r\n"


def test_undo_leaves_alone_what_the_person_changed_since(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    written = write_edit(create(file, "x = 1\n"))
    file.write_text("mine\n")

    with pytest.raises(WriteProblem, match="was changed since"):
        written.undo()

    assert file.read_text() == "mine\n"


def test_mixed_line_endings_stay_where_they_are(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    file.write_bytes(b"a = 1\r\nb = 2\n")

    write_edit(change(file, "a = 1\r\nb = 2\n", "a = 1\r\nb = 2\nc = 3\n"))

    assert file.read_bytes() == b"a = 1\r\nb = 2\nc = 3\n"


def test_the_declared_encoding_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    base = "# coding: latin-1\nname = 'é'\n"
    file.write_bytes(base.encode("latin-1"))

    write_edit(change(file, base, base + "x = 'ü'\n"))

    assert file.read_bytes() == (base + "x = 'ü'\n").encode("latin-1")


def test_a_character_outside_the_declared_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    base = "# coding: latin-1\n"
    file.write_text(base)

    with pytest.raises(WriteProblem, match="'€'"):
        write_edit(change(file, base, base + "x = '€'\n"))

    assert file.read_text() == base


@pytest.mark.skipif(ON_WINDOWS, reason="modes and links are POSIX")
def test_mode_and_symbolic_link_are_kept(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "test_real.py"
    real.parent.mkdir()
    real.write_text("a = 1\n")
    real.chmod(0o754)
    link = tmp_path / "test_link.py"
    link.symlink_to(real)

    write_edit(change(link, "a = 1\n", "a = 2\n"))

    assert link.is_symlink()
    assert real.read_text() == "a = 2\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o754


@pytest.mark.skipif(ON_WINDOWS, reason="modes are POSIX")
def test_a_new_file_has_the_mode_that_the_person_has_chosen_for_new_files(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write_edit(create(tmp_path / "test_new.py", "x = 1\n"))
    finally:
        os.umask(mask)

    assert stat.S_IMODE((tmp_path / "test_new.py").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("on_disk", "creates", "words"),
    [
        ("other\n", False, "has changed meanwhile"),
        ("other\n", True, "has been created meanwhile"),
        (None, False, "has been removed meanwhile"),
    ],
)
def test_refuses_a_file_that_is_not_the_one_it_was_made_for(
    tmp_path: Path, on_disk: str | None, creates: bool, words: str
) -> None:
    file = tmp_path / "test_a.py"
    if on_disk is not None:
        file.write_text(on_disk)

    with pytest.raises(WriteProblem, match=words):
        write_edit(TestEdit(file, creates=creates, base_text="base\n" if not creates else "", new_text="new\n"))

    assert (file.read_text() if file.exists() else None) == on_disk


@pytest.mark.parametrize(
    ("replacements", "again"), [((), "generate again"), ((Replacement(1, 0, 1, 1, "x"),), "update again")]
)
def test_what_is_to_be_done_again_is_what_was_done(
    tmp_path: Path, replacements: tuple[Replacement, ...], again: str
) -> None:
    file = tmp_path / "test_a.py"
    file.write_text("other\n")
    with pytest.raises(WriteProblem, match=again):
        write_edit(TestEdit(file, creates=False, base_text="base\n", new_text="new\n", replacements=replacements))


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tests").write_text("")

    with pytest.raises(WriteProblem, match="cannot be"):
        write_edit(create(tmp_path / "tests" / "deep" / "test_a.py", "x\n"))

    assert [path.name for path in tmp_path.iterdir()] == ["tests"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    base=st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff")),
    new=st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff")),
    broken=st.sampled_from(["open", "fsync", "replace", None]),
)
def test_the_content_is_the_old_or_the_new_whatever_fails(
    tmp_path: Path, base: str, new: str, broken: str | None
) -> None:
    base, new = f"# coding: utf-8\n{base}", f"# coding: utf-8\n{new}"
    file = tmp_path / "test_a.py"
    file.write_bytes(base.encode())

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        if broken == "fsync":
            patch.setattr(os, "fsync", fail)
        elif broken:
            patch.setattr(Path, broken, fail)
        try:
            write_edit(change(file, base, new))
            failed = False
        except WriteProblem as problem:
            assert "No space left" in str(problem)  # noqa: PT017 - which of the two it is depends on the example
            failed = True

    assert file.read_bytes() == (base if failed else new).encode()
    assert failed == (broken is not None)
    assert [path.name for path in tmp_path.iterdir()] == ["test_a.py"]


def test_what_is_about_to_be_written_is_told_before_anything_changes(tmp_path: Path) -> None:
    seen: list[tuple[Written, list[Path]]] = []

    def told(written: Written) -> None:
        seen.append((written, list(tmp_path.iterdir())))

    written = write_edit(create(tmp_path / "tests" / "test_new.py", "x = 1\n"), told)

    assert seen == [(written, [])]
    assert written.folders == (tmp_path / "tests",)


@pytest.mark.parametrize("killed", ["before", "with half a file beside", "after the folders", "after"])
@pytest.mark.parametrize("existed", [True, False])
def test_a_killed_write_is_taken_back_wherever_it_was(tmp_path: Path, killed: str, *, existed: bool) -> None:
    file = tmp_path / "tests" / "test_a.py"
    if existed:
        file.parent.mkdir()
        file.write_text("a = 1\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    edit = change(file, "a = 1\n", "a = 1\nb = 2\n") if existed else create(file, "b = 2\n")
    plans: list[Written] = []
    write_edit(edit, plans.append)
    if killed != "after":
        plans[0].undo()
    if killed in {"with half a file beside", "after the folders"}:
        file.parent.mkdir(exist_ok=True)
    if killed == "with half a file beside":
        file.with_name(".test_a.py.0123abcd.tmp").write_bytes(plans[0].after[:3])
        file.with_name(".test_a.py.of_others.tmp").write_bytes(b"something else")

    assert take_back(plans[0]) == (killed == "after")

    others = file.with_name(".test_a.py.of_others.tmp")
    if others.exists():
        others.unlink()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_killed_write_that_a_person_went_on_from_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    written = write_edit(create(file, "b = 2\n"))
    file.write_text("b = 3\n")
    with pytest.raises(WriteProblem, match="left as it is"):
        take_back(written)
    assert file.read_text() == "b = 3\n"


def test_a_file_is_removed_only_while_it_is_what_was_read(tmp_path: Path) -> None:
    file = tmp_path / "test_a.py"
    file.write_bytes(b"import a\r\n")
    with pytest.raises(MovedOn, match="has changed meanwhile"):
        remove_file(file, "import b\n")
    assert file.exists()
    remove_file(file, "import a\n")
    assert not file.exists()
    remove_file(file, "import a\n")
