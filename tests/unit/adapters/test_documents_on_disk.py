"""Files as they are on disk: in any encoding that they declare, asked for by several threads at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.lsp.documents import EditorDocuments, OpenDocument

if TYPE_CHECKING:
    from pathlib import Path

UNREADABLE = ["hex", "rot13", "base64", "undefined", "punycode", "idna", "utf-16"]


@pytest.mark.parametrize("encoding", UNREADABLE)
def test_whatever_is_wrong_with_an_encoding_is_one_kind_of_error(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(f"# coding: {encoding}\nx = '..{'y' * 70}\xff'\n".encode("latin-1"))
    with pytest.raises(UnicodeDecodeError):
        DiskDocuments().read(file)
    assert SavedFiles().saved(file) is None


@pytest.mark.parametrize("encoding", UNREADABLE)
def test_an_open_file_that_declares_no_encoding_of_text_breaks_no_other(tmp_path: Path, encoding: str) -> None:
    files = [tmp_path / "a.py", tmp_path / "b.py"]
    files[0].write_text(f"# coding: {encoding}\nx = 1\n", encoding="utf-8", newline="")
    files[1].write_text("y = 1\n", encoding="utf-8", newline="")
    documents = EditorDocuments()
    for file in files:
        documents.put(OpenDocument(file.as_uri(), file, file.read_text(encoding="utf-8"), 1))
    assert files[1] not in documents.unsaved()


def test_a_declared_encoding_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    assert DiskDocuments().read(file) == "# coding: latin-1\nx = 'é'\n"


class Pausing(OrderedDict[Any, Any]):
    """Lets another thread go on between what one thread does to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()
        self.others_turn = threading.Event()
        self.armed = False

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        if self.armed:
            self.armed = False
            self.written.set()
            self.others_turn.wait(1)  # longer only where nobody else may do anything now


def test_two_threads_may_ask_at_once(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.py" for number in range(65)]
    for file in files:
        file.write_text("x = 1\n", encoding="utf-8")
    saved = SavedFiles()
    known = saved._known = Pausing()
    for file in files[:64]:
        saved.saved(file)
    problems: list[BaseException] = []

    def ask() -> None:
        try:
            saved.saved(files[0])
        except BaseException as problem:  # noqa: BLE001 - whatever it is, the test tells of it
            problems.append(problem)

    def ask_another() -> None:
        saved.saved(files[64])
        known.others_turn.set()

    known.armed = True
    first = threading.Thread(target=ask)
    first.start()
    assert known.written.wait(10)
    other = threading.Thread(target=ask_another)
    other.start()
    first.join(10)
    other.join(10)
    assert not problems
    assert not first.is_alive()
    assert not other.is_alive()
