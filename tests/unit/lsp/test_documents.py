from __future__ import annotations

from pathlib import Path

import pytest

from greenline.lsp.documents import EditorDocuments, OpenDocument, path_of


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
