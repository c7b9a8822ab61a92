"""Texts that are saved nowhere stand before those on disk, as open buffers do."""

from __future__ import annotations

from pathlib import Path

from greenline.adapters.disk_documents import DiskDocuments, TextsBefore


def test_texts_stand_before_other_documents_and_others_are_as_they_are(tmp_path: Path) -> None:
    new, old = tmp_path / "new.py", tmp_path / "old.py"
    old.write_text("OLD = 1\n")
    texts = TextsBefore(TextsBefore(DiskDocuments(), {old: "OLD = 2\n"}), {new: "NEW = 1\n"})
    assert (texts.read(new), texts.read(old), texts.read(tmp_path / "none.py")) == ("NEW = 1\n", "OLD = 2\n", None)
    assert texts.unsaved() == {new: "NEW = 1\n", old: "OLD = 2\n"}
    assert [texts.is_open(path) for path in (new, old, tmp_path)] == [True, True, False]
    assert not new.exists()
