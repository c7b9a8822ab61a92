"""What callers and tests pass, changed a little, comes before noise of the same effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline_probe.explore.examples import Examples
from greenline_probe.explore.familiar import LONGEST, MOST_CALLS, changed_texts, near_examples
from greenline_probe.explore.reading_cost import cost_of
from greenline_probe.explore.template import Choice
from unit.explore.explored import World, explored

HEADER = """
def parse_header(line: str) -> tuple:
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError("a header needs a colon")
    name = name.strip().lower()
    if not name:
        raise ValueError("a header needs a name")
    if name.startswith("x-"):
        name = name[2:]
    return name, value.strip()


def join(names: list, mark: str = "-", deep: bool = False) -> str:
    return mark.join(names) + str(deep)
"""


def near(world: World, *programs: str) -> list[Choice]:
    return near_examples(Examples(world.names, world.templates, lambda _: True).choices(list(programs)))


@pytest.mark.parametrize(
    ("text", "pieces", "changed"),
    [
        ("Depot: Utrecht", ["x-"], "x-depot: Utrecht"),
        ("Depot: Utrecht", ["x-"], "Depot: x-Utrecht"),
        ("Depot: Utrecht", [":"], "Depot Utrecht"),
        ("Depot: Utrecht", [":"], ": Utrecht"),
        ("Depot: Utrecht", [":"], "Depot:"),
        ("Depot: Utrecht", [":"], "Depot: Utrecht: Utrecht"),
        ("a.b", ["/", "."], "a/b"),
        ("report", [".gz"], "report.gz"),
        ("GET /page", ["POST"], "POST /page"),
        ("px-104233-3", ["-"], "px1042333"),
        ("px-104233-3", [], "px-104233-4"),
        ("foo-1.0.tar.gz", [".tar.gz", ".zip"], "foo-1.0.zip"),
        ("foo-1.0-any", ["-"], "foo--any"),
        ("foo-1.0-any", ["-"], "foo-any"),
        ("foo-1.0-any", ["-"], "foo-1.0-1.0-any"),
        ("a 09", [], "a 10"),
    ],
)
def test_a_text_changes_as_a_person_changes_it(text: str, pieces: list[str], changed: str) -> None:
    assert changed in list(changed_texts(text, pieces))


def test_what_a_person_changes_first_comes_first() -> None:
    found = list(changed_texts("Depot: Utrecht", [":", "x-"]))
    assert found[:3] == ["x-depot: Utrecht", "x-Depot: Utrecht", "Depot Utrecht"]


@pytest.mark.parametrize("changed", ["ECOSTANDARD", "STANDARDECO", "ECO"])
def test_two_words_do_not_become_one_and_one_does_not_become_another(changed: str) -> None:
    assert changed not in list(changed_texts("STANDARD", ["ECO"]))


def test_marks_come_after_what_is_made_of_words() -> None:
    found = list(changed_texts("foo-1.0.tar.gz", ["-", ".tar.gz", ".zip", "__"]))
    assert found[:2] == ["foo-1.0.zip", "foo1.0.tar.gz"]
    assert found.index("__foo-1.0.tar.gz") > found.index("-1.0.tar.gz")


def test_a_part_goes_before_all_that_stands_between_parts() -> None:
    found = list(changed_texts("py3-none-any", ["-"]))
    assert found.index("py3-any") < found.index("py3noneany")


def test_changes_are_few_short_and_never_blank_or_the_text_itself() -> None:
    text = "one: two, three; four 55 six-seven / 8"
    found = list(changed_texts(text, [":", ",", ";", "x", "-", "/", "!"]))
    assert len(found) == len(set(found)) < 50
    assert text not in found
    assert all(each.strip() and len(each) <= LONGEST for each in found)


def test_only_what_somebody_passes_is_changed(tmp_path: Path) -> None:
    with explored(tmp_path, HEADER, "join") as world:
        assert near(world, "join(['a'], deep=True)") == []
        found = near(world, "join(['a'], 'one, two', deep=True)")
        assert {choice.chosen[0] for choice in found} == {"['a']"}
        assert {choice.chosen[2] for choice in found} == {"True"}
        assert "'one'" not in {choice.chosen[1] for choice in found}
        assert "', two'" in {choice.chosen[1] for choice in found}


def test_many_examples_make_no_more_calls(tmp_path: Path) -> None:
    with explored(tmp_path, HEADER, "parse_header") as world:
        assert len(near(world, *(f"parse_header('Place {n}: Town {n}')" for n in range(20)))) == MOST_CALLS


@pytest.mark.parametrize("source", ["''", "'  '", "'a\\nb'", "'" + "a b " * 20 + "'", "str(1)", "b'abc'"])
def test_what_is_no_short_text_on_a_line_stays(tmp_path: Path, source: str) -> None:
    with explored(tmp_path, HEADER, "parse_header") as world:
        assert near(world, f"parse_header({source})") == []


def test_it_reads_better_than_what_is_made_up(tmp_path: Path) -> None:
    with explored(tmp_path, HEADER, "parse_header") as world:
        template = world.templates[0]
        near(world, "parse_header('Depot: Utrecht')")
        ordinary, noise = cost_of(Choice(template, template.first())), cost_of(Choice(template, ("'x-:'",)))
        passed, changed, last = (
            cost_of(Choice(template, (repr(each),)))
            for each in ("Depot: Utrecht", "x-depot: Utrecht", " Depot: Utrecht ")
        )
        assert passed < changed < last < ordinary < noise


def test_the_search_meets_its_goals_with_them(tmp_path: Path) -> None:
    with explored(tmp_path, HEADER, "parse_header") as world:
        found = world.search().run([], near(world, "parse_header('Depot: Utrecht')"))
        simplest = {}
        for observation in sorted(found.observations.values(), key=lambda o: o.choice.cost):
            simplest.setdefault((observation.error, observation.message, observation.edges), observation.choice.chosen)
        assert world.goals.all <= found.met
    assert {"'x-depot: Utrecht'", "'Depot Utrecht'", "': Utrecht'"} <= {chosen[0] for chosen in simplest.values()}
