"""What is odd about a kept call and changes nothing becomes ordinary."""

from __future__ import annotations

from pathlib import Path

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.plainer import plainer
from greenline_probe.explore.template import Choice
from unit.explore.explored import explored

GREET = """
def greet(name: str, mark: str = "!") -> str:
    if "@" in name:
        return "mail for " + name
    if name == "":
        raise ValueError("no name")
    return "hello " + name + mark


def asks(text: str) -> bool:
    return text.endswith("?")
"""


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


def test_what_stands_for_more_stays(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'q1w2'", "", asked="q") == ("'q'", "")


def test_what_documentation_shows_stays(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "'zzabcq'", "", documented=True) == ("'zzabcq'", "")


def test_an_error_stays_the_same_error(tmp_path: Path) -> None:
    assert made_plain(tmp_path, "greet", "''", "'x1y2'") == ("''", "'mark'")
