"""What ran tells neither where a person keeps things nor what stands in files that are not sent."""

from __future__ import annotations

import pytest

from greenline.domain.asking.told_places import without_folders, without_source

FOLDERS = {"/home/jo/shop": "<project>", "/home/jo": "<home>"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("at /home/jo/shop/tests/test_a.py:3", "at <project>/tests/test_a.py:3"),
        ("assert '/home/jo/shop' == 1", "assert '<project>' == 1"),
        ("PosixPath('/home/jo/.pyenv/x')", "PosixPath('<home>/.pyenv/x')"),
        ("/home/jo/shop-2/a.py", "<home>/shop-2/a.py"),
        ("/home/joanna/a.py and /srv/home/jo/x", "/home/joanna/a.py and /srv/home/jo/x"),
        ("/tmp/x/pytest-of-jo/pytest-0", "/tmp/x/pytest-of-user/pytest-0"),
    ],
)
def test_folders_of_a_person_have_other_words(text: str, told: str) -> None:
    assert without_folders(text, FOLDERS) == told


def test_folders_of_windows_are_found_however_they_are_written() -> None:
    told = without_folders(r"C:\Users\jo\a.py, 'C:\\Users\\jo\\b', C:/Users/jo/c", {r"C:\Users\jo": "<home>"})
    assert told == r"<home>\a.py, '<home>\\b', <home>/c"


def test_the_root_of_everything_stays() -> None:
    assert without_folders("/ and /etc", {"/": "<home>"}) == "/ and /etc"


LONG = """\
def test_a():
>       assert pay(1)

tests/test_a.py:3:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

    def key():
        hidden = "value"
>       raise KeyError(hidden)
E       KeyError: 'x'

secrets/keys.py:9: KeyError
"""
SHORT = """\
ImportError while importing test module 'x'.
tests/test_a.py:1: in <module>
    import shop
secrets/keys.py:3: in <module>
    hidden = load()
E   KeyError: 'x'
"""


@pytest.mark.parametrize("text", [LONG, SHORT])
def test_source_of_files_that_are_kept_back_is_left_out_of_tracebacks(text: str) -> None:
    told = without_source(text, lambda place: place.startswith("secrets/"))
    assert "hidden" not in told
    assert "secrets/keys.py" in told
    assert "tests/test_a.py" in told
    assert "assert pay(1)" in told or "import shop" in told
    assert without_source(text, lambda _: False) == text
