import pytest

from journal import add_entry, read_entries


def test_read_entries(tmp_path):
    assert read_entries(tmp_path / "data.txt") == []


def test_read_entries_gives_cafe(tmp_path):
    (tmp_path / "data.txt").write_bytes(b"caf\xe9\n")
    assert read_entries(tmp_path / "data.txt") == ["café"]


def test_read_entries_gives_one(tmp_path):
    (tmp_path / "data.txt").write_text(" one\n ")
    assert read_entries(tmp_path / "data.txt") == ["one"]


@pytest.mark.parametrize(
    ("content", "entry", "expected"),
    [
        pytest.param("utf-8\n", "utf-8", 1, id="utf-8-utf-8"),
        pytest.param("a=1\nb=two words\n", " a=1", 2, id="a-1-b-two-words-a-1-padded"),
    ],
)
def test_add_entry_when_entry_in_entries(content, entry, expected, tmp_path):
    (tmp_path / "data.txt").write_text(content)
    assert add_entry(tmp_path / "data.txt", entry) == expected


def test_add_entry(tmp_path):
    assert add_entry(tmp_path / "data.txt", "entry") == 1
    assert (tmp_path / "data.txt").read_text() == "entry\n"


def test_add_entry_of_entry(tmp_path):
    assert add_entry(tmp_path / "missing" / "data.txt", "entry") == 1
    assert (tmp_path / "missing/data.txt").read_text() == "entry\n"


def test_add_entry_gives_2(tmp_path):
    (tmp_path / "data.txt").write_bytes(b"caf\xe9\n")
    assert add_entry(tmp_path / "data.txt", "entry") == 2


def test_add_entry_raises_value_error_with_blank_in_entry(tmp_path):
    with pytest.raises(ValueError, match="an entry is one line"):
        add_entry(tmp_path / "data.txt", "\n")
