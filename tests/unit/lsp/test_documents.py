from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from greenline.lsp.documents import EditorDocuments, OpenDocument, path_of
from greenline.lsp.early_changes import EarlyChanges


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.py", Path("/a/b c.py")),
        ("file:///a;b/c;d.py", Path("/a;b/c;d.py")),
        ("file://localhost/a.py", Path("/a.py")),
        ("file:///a%3Ab.py", Path("/a:b.py")),
        ("untitled:Untitled-1", None),
        ("git:/a.py?x", None),
        ("vscode-notebook-cell:/a.ipynb#x", None),
        ("file:", None),
        ("file:///a%00b.py", None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_only_files_have_paths(uri: str, path: Path | None) -> None:
    assert path_of(uri) == path


def test_buffers_win_over_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\r\n")
    documents = EditorDocuments()
    assert documents.read(path) == "x = 1\r\n"
    assert documents.read(tmp_path / "none.py") is None

    documents.put(OpenDocument("file:///odd%20spelling", path, "x = 1\r\n", 0))
    assert documents.unsaved() == {}
    assert documents.uri_of(path) == "file:///odd%20spelling"

    documents.put(OpenDocument("file:///odd%20spelling", path, "x = 2\r\n", 1))
    assert documents.read(path) == "x = 2\r\n"
    assert documents.unsaved() == {path: "x = 2\r\n"}

    path.unlink()
    assert documents.unsaved() == {path: "x = 2\r\n"}
    documents.drop("file:///odd%20spelling")
    assert documents.read(path) is None
    assert documents.uri_of(path) == path.as_uri()


URI = "file:///a.py"


def insertion(text: str, line: int = 0) -> types.TextDocumentContentChangeEvent:
    at = types.Position(line, 0)
    return types.TextDocumentContentChangePartial(types.Range(at, at), text)


def test_a_change_that_overtook_the_opening_is_made(tmp_path: Path) -> None:
    documents = EditorDocuments()
    assert documents.change(URI, 2, [insertion("second\n", 1)]) is None
    assert documents.change(URI, 1, [insertion("first\n")]) is None
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", 0))
    document = documents.get(URI)
    assert document is not None
    assert (document.text, document.version, document.lines) == ("first\nsecond\n", 2, ("first", "second", ""))
    assert [following.base for following in documents.history(URI)] == [("",)], "the text that was opened is followed"
    documents.drop(URI)
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", 0))
    assert documents.read(tmp_path / "a.py") == "", "it is made once"


@pytest.mark.parametrize(("opened", "changed"), [(1, 1), (1, 0), (0, 2), (None, 1), (0, None)])
def test_a_change_of_another_opening_is_not(tmp_path: Path, opened: int | None, changed: int | None) -> None:
    documents = EditorDocuments()
    documents.change(URI, changed, [insertion("left\n")])
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", opened))
    assert documents.read(tmp_path / "a.py") == ""


def test_early_changes_wait_for_a_moment_and_are_few() -> None:
    now = [100.0]
    early = EarlyChanges(lambda: now[0])
    early.keep(URI, 1, [insertion("x")])
    now[0] += 60
    assert early.take(URI, 0) == []

    for number in range(100):
        early.keep(f"file:///{number}.py", 1, [])
        early.keep(URI, number, [])
    assert [change.version for change in early.take(URI, 79)] == list(range(80, 100))
    assert [number for number in range(100) if early.take(f"file:///{number}.py", 0)] == list(range(81, 100))
