from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from lsprotocol import types

from greenline.lsp.documents import EditorDocuments, OpenDocument, path_of
from greenline.lsp.early_changes import EarlyChanges
from greenline.lsp.recent_changes import RecentChanges
from greenline.lsp.text_buffer import TextBuffer


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


@pytest.mark.parametrize(("opened", "changed"), [(1, 1), (1, 0), (None, 1), (0, None)])
def test_a_change_of_another_opening_is_not(tmp_path: Path, opened: int | None, changed: int | None) -> None:
    documents = EditorDocuments()
    documents.change(URI, changed, [insertion("left\n")])
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", opened))
    assert documents.read(tmp_path / "a.py") == ""


def characters(*texts: str) -> list[types.TextDocumentContentChangeEvent]:
    """Return changes that append one after the other to the first line."""
    places = [types.Position(0, number) for number in range(len(texts))]
    return [
        types.TextDocumentContentChangePartial(types.Range(at, at), text)
        for at, text in zip(places, texts, strict=True)
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
@pytest.mark.parametrize("opened_after", range(4))
def test_whatever_overtook_what_the_text_is_the_clients_in_the_end(
    tmp_path: Path, order: tuple[int, ...], opened_after: int
) -> None:
    changes = characters("1", "2", "3", "4")
    documents = EditorDocuments()
    for count, index in enumerate(order):
        if count == opened_after:
            documents.put(OpenDocument(URI, tmp_path / "a.py", "\n", 0))
        documents.change(URI, index + 1, [changes[index]])
    document = documents.get(URI)
    assert document is not None
    assert (document.text, document.version) == ("1234\n", 4)
    assert document.lines == ("1234", "")


def test_versions_that_are_left_out_hold_nothing_up(tmp_path: Path) -> None:
    documents = EditorDocuments()
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", 3))
    for version, change in zip((9, 12, 20), characters("a", "b", "c"), strict=True):
        documents.change(URI, version, [change])
    assert documents.read(tmp_path / "a.py") == "abc"


def test_a_whole_text_wins_over_an_earlier_one_that_comes_late(tmp_path: Path) -> None:
    documents = EditorDocuments()
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", 0))
    documents.change(URI, 2, [types.TextDocumentContentChangeWholeDocument("new")])
    documents.change(URI, 1, [types.TextDocumentContentChangeWholeDocument("old")])
    assert documents.read(tmp_path / "a.py") == "new"


def test_lines_are_followed_through_a_change_that_is_put_right(tmp_path: Path) -> None:
    documents = EditorDocuments()
    documents.put(OpenDocument(URI, tmp_path / "a.py", "x = 1\ny = 2\n", 0))
    documents.change(URI, 2, [insertion("second\n", 1)])
    documents.change(URI, 1, [insertion("first\n")])
    assert documents.read(tmp_path / "a.py") == "first\nsecond\nx = 1\ny = 2\n"
    (opened,) = documents.history(URI)
    assert [opened.was(line) for line in range(1, 5)] == [None, None, 1, 2]


def test_a_late_change_whose_place_nobody_knows_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    documents = EditorDocuments()
    documents.put(OpenDocument(URI, tmp_path / "a.py", "", 7))
    documents.change(URI, 3, [insertion("x")])
    assert [record.getMessage() for record in caplog.records] == [
        f"{URI}: version 3 came after a later one; its text may be wrong until it is opened again"
    ]


def test_a_place_is_known_for_a_moment() -> None:
    now = [100.0]
    recent, buffer = RecentChanges("utf-16", lambda: now[0]), TextBuffer("\n", "utf-16")
    first, second = characters("1", "2")
    recent.note((0, buffer), 2, [second])
    now[0] += 60
    assert recent.put_right(1, [first]) is None
    now[0] -= 60
    assert recent.put_right(1, [first]) == "12\n"


def test_a_change_that_comes_after_its_buffer_was_closed_is_not_made_in_the_next(tmp_path: Path) -> None:
    documents = EditorDocuments()
    documents.put(OpenDocument(URI, tmp_path / "a.py", "x", 0))
    documents.drop(URI)
    documents.change(URI, 1, [insertion("A")])
    documents.put(OpenDocument(URI, tmp_path / "a.py", "Ax", 0))
    assert documents.read(tmp_path / "a.py") == "Ax"


def test_a_buffer_that_was_closed_long_ago_may_be_changed_early() -> None:
    now = [100.0]
    early = EarlyChanges(lambda: now[0])
    early.closed(URI)
    early.keep(URI, 1, [])
    assert early.take(URI, 0) == []
    now[0] += 60
    early.keep(URI, 1, [])
    assert [change.version for change in early.take(URI, 0)] == [1]


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
