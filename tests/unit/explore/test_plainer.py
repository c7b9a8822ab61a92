"""What is odd about a kept call and changes nothing becomes ordinary."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.plainer import plainer
from greenline_probe.explore.plainer_texts import simpler_texts
from greenline_probe.explore.template import Choice
from unit.explore.explored import explored

GREET = """
import os


def greet(name: str, mark: str = "!") -> str:
    if "@" in name:
        return "mail for " + name
    if name == "":
        raise ValueError("no name")
    return "hello " + name + mark


def asks(text: str) -> bool:
    return text.endswith("?")


def kept_in(path: str) -> tuple[str, str]:
    return ("kept in", path)


def size_or_none(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0


def size(path: str) -> int:
    with open(path) as file:
        return len(file.read())
"""


FILE = "(tmp_path / 'data.txt').write_text({})\x01tmp_path / 'data.txt'"

OPENED = "(tmp_path / 'data.txt').write_text('abc')\x01str(tmp_path / 'data.txt')"


def made_plain(tmp_path: Path, name: str, *chosen: str, documented: bool = False, asked: str = "") -> tuple[str, ...]:
    """Return what is chosen after the last touch, where a call is as good when it takes the same lines."""
    with explored(tmp_path, GREET, name) as world:
        choice = Choice(world.templates[0], chosen, documented=documented)
        found = world.observer.run(choice)

        def is_as_good(seen: Observation) -> bool:
            return seen.edges == found.edges and asked in seen.choice.chosen[0]

        return plainer(found, is_as_good, world.observer, Budget(20.0)).choice.chosen


def test_noise_becomes_an_ordinary_value(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'zzabcq'", "'x1y2'") == ("'Ada'", "'mark'")


def test_a_text_that_was_put_together_loses_what_changes_nothing(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'a7.q@zz'", "") == ("'@'", "")


def test_nothing_is_not_ordinary(tmp_path: Path) -> None:
    with explored(tmp_path, GREET, "greet") as world:
        found = world.observer.run(Choice(world.templates[0], ("'q1w2'", "'q1w2'")))
        tried: list[str] = []

        def is_as_good(seen: Observation) -> bool:
            tried.extend(seen.choice.chosen)
            return False

        assert plainer(found, is_as_good, world.observer, Budget(20.0)) is found
    assert "'other'" in tried
    assert not {"''", "None"} & set(tried)


def test_the_outcome_of_a_question_stays(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "asks", "'zz1234?'") == ("'?'",)


@pytest.mark.parametrize(("source", "name"), [("str(tmp_path)", "'folder'"), (OPENED, "'data.txt'")])
def test_a_path_that_nobody_opens_is_any_name(tmp_path: Path, source: str, name: str) -> None:
    assert made_plain(tmp_path, "kept_in", source) == (name,)


def test_a_path_that_is_opened_stays(tmp_path: Path) -> None:
    assert "tmp_path" in made_plain(tmp_path, "size", OPENED)[0]
    assert "tmp_path" in made_plain(tmp_path, "size_or_none", OPENED)[0]


def test_what_stands_for_more_stays(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'q1w2'", "", asked="q") == ("'q'", "")


def test_what_documentation_shows_stays(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'zzabcq'", "", documented=True) == ("'zzabcq'", "")


def test_an_error_stays_the_same_error(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "''", "'x1y2'") == ("''", "'mark'")


@pytest.mark.parametrize(
    ("source", "ordinary", "expected"),
    [
        ("'A titleA titleA titleA titl'", ["'A title'"], "'x' * 27"),
        ("{'title': 'A titleA titleA titl'}", ["{'title': 'A title'}"], "{'title': 'x' * 20}"),
        ("['--name', 'A titleA titleA titl']", ["['--name', 'Ada']"], "['--name', 'x' * 20]"),
        ("'il\"@er.co'", ["'ada@example.com'"], "'il\"@example.co'"),
        ("'il\"@example.com'", ["'ada@example.com'"], "'l\"@example.com'"),
        ("['one', 'tw0']", ["['one']"], "['one']"),
    ],
)  # fmt: skip
def test_a_part_of_a_text_becomes_more_like_an_ordinary_one(source: str, ordinary: list[str], expected: str) -> None:
    assert expected in list(simpler_texts(source, ordinary))


@pytest.mark.parametrize(
    ("content", "ordinary", "expected"),
    [
        (r"' a=1\nb=t5o words\n '", r"'a=1\nb=two words\n'", r"' a=1\nb=two words\n '"),
        (r"'first line\nsABCDEF'", r"'first line\nsecond line\n'", r"'first line\nsecond'"),
        (r"'--mone\ntwo\n--m'", "''", r"'one\ntwo\n--m'"),
        (r"'--mone\ntwo\n--m'", "''", r"'two\n--m'"),
    ],
)
def test_the_content_of_a_file_becomes_more_like_an_ordinary_one(content: str, ordinary: str, expected: str) -> None:
    assert FILE.format(expected) in list(simpler_texts(FILE.format(content), [FILE.format(ordinary)]))


@pytest.mark.parametrize("source", ["'x' * 41", "['a']", "3", "tmp_path / 'data.txt'", "[1, 2", "f('x' * 41)"])
def test_what_is_plain_stays(source: str) -> None:
    assert list(simpler_texts(source, ["'a'"])) == []


def test_words_that_are_ordinary_are_not_cut() -> None:
    made = list(simpler_texts("'q@example.com'", ["'ada@example.com'"]))

    assert all("example" in each and "com" in each for each in made)
