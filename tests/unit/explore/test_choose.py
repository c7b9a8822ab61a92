"""Few observations are kept: what meets goals, what notices changes, nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenline_probe.explore.budget import Budget
from greenline_probe.explore.choose import MAX_CHOSEN, Chosen, choose
from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice, described
from unit.explore.explored import World, explored

SHIP = """
def ship(weight: int, express: bool = False) -> int:
    if weight <= 0:
        raise ValueError("weight must be positive")
    price = 5
    if weight > 20:
        price += 10
    if express:
        price *= 2
    return price
"""


@contextlib.contextmanager
def chosen(
    folder: Path, text: str, name: str, calls: list[tuple[str, ...]] | None = None, seconds: float = 20.0
) -> Iterator[tuple[World, Chosen]]:
    with explored(folder, text, name) as world:
        search = world.search(seconds=seconds)
        if calls is None:
            candidates = list(search.run([]).observations.values())
        else:
            candidates = [world.observer.run(Choice(world.templates[0], c)) for c in calls]
        mutation = Mutation(world.subject.module.__dict__[name], world.subject.node, name, str(world.path))
        near = world.search(seconds=seconds)
        yield world, choose(candidates, world.goals, mutation, world.observer, near, Budget(seconds), lambda _: True)


DIFFERENCE = """
def difference(a: int, b: int) -> int:
    return (a + b) * (a - b)
"""


def programs(found: Chosen) -> list[str]:
    return [described(o.choice) for o in found.observations]


def test_goals_and_mutants_are_all_taken_by_few(tmp_path: Path) -> None:
    with chosen(tmp_path, SHIP, "ship") as (world, found):
        met = set().union(*(world.goals.met_by(o.edges) for o in found.observations))

    assert met == world.goals.all
    assert found.killed >= found.mutants - 1, found.survivors
    assert found.mutants > 10
    assert 3 <= len(found.observations) <= 8, programs(found)


def test_what_was_looked_for_on_account_of_one_mutant_is_asked_about_the_others(tmp_path: Path) -> None:
    with chosen(tmp_path, DIFFERENCE, "difference", [("0", "0")]) as (_, found):
        assert found.killed == found.mutants > 5
        assert len(found.observations) <= 3, programs(found)


def test_both_sides_of_a_bound_are_there(tmp_path: Path) -> None:
    with chosen(tmp_path, SHIP, "ship") as (_, found):
        text = " ".join(programs(found))

    assert "ship(20" in text
    assert "ship(21" in text


def test_what_others_cover_is_left_out(tmp_path: Path) -> None:
    source = "def f(n: int) -> int:\n    return n * 2\n"
    with chosen(tmp_path, source, "f", [("7",), ("100",), ("12345",), ("3",)]) as (_, found):
        kept = programs(found)

    assert len(kept) == 1
    assert kept[0] in {"f(3)", "f(7)"}


def test_arguments_that_change_nothing_are_left_out(tmp_path: Path) -> None:
    source = "def f(n: int, unused: int = 1) -> int:\n    return n * 2\n"
    with chosen(tmp_path, source, "f", [("7", "5")]) as (_, found):
        assert programs(found) == ["f(3)"]


def test_errors_come_after_values_and_the_code_is_restored(tmp_path: Path) -> None:
    with chosen(tmp_path, SHIP, "ship") as (world, found):
        kinds = [o.kind for o in found.observations]
        original = world.subject.module.ship(25, True)

    assert kinds == sorted(kinds, reverse=True)
    assert "raise" in kinds
    assert original == 30


def test_survivors_are_named(tmp_path: Path) -> None:
    source = "def f(n: int) -> int:\n    return n + 0\n"
    with chosen(tmp_path, source, "f") as (_, found):
        assert any(s.startswith("line 2: ") for s in found.survivors)
        assert found.killed + len(found.survivors) == found.mutants


def test_without_time_the_goals_are_still_met(tmp_path: Path) -> None:
    with explored(tmp_path, SHIP, "ship") as world:
        candidates = list(world.search(seconds=20).run([]).observations.values())
        mutation = Mutation(world.subject.module.ship, world.subject.node, "ship", str(world.path))
        found = choose(candidates, world.goals, mutation, world.observer, world.search(), Budget(0), lambda _: True)
        met = set().union(*(world.goals.met_by(o.edges) for o in found.observations))

    assert met == world.goals.all
    assert found.mutants == 0


def test_there_is_a_limit(tmp_path: Path) -> None:
    lines = "\n".join(f"    if n == {i * 10}:\n        return {i + 1000}" for i in range(60))
    with chosen(tmp_path, f"def f(n: int) -> int:\n{lines}\n    return n\n", "f") as (_, found):
        assert len(found.observations) <= max(MAX_CHOSEN, 61)


PRICE = """
def price(total: float, code: str = "", member: bool = False) -> float:
    rate = 0.0
    if code == "SAVE10":
        rate += 0.1
    if member and total > 200:
        rate += 0.05
    return round(total * (1 - rate), 2)
"""


def test_what_documentation_shows_stays_one_of_each_path(tmp_path: Path) -> None:
    shown = [("100.0", "", ""), ("100.0", "'SAVE10'", ""), ("90.0", "'SAVE10'", ""), ("250.0", "", "True")]
    found = [("0.9", "'SAVE10'", "False"), ("201", "'SAVE10'", "True"), ("0", "", ""), ("2.5", "", "True")]
    with explored(tmp_path, PRICE, "price") as world:
        made = [Choice(world.templates[0], c, documented=c in shown) for c in [*found, *shown]]
        for choice in made:
            choice.cost = 3.0 if choice.documented else 1.0
        candidates = [world.observer.run(choice) for choice in made]
        for observation in candidates:
            observation.documented = observation.choice.documented
        mutation = Mutation(world.subject.module.price, world.subject.node, "price", str(world.path))
        near, budget = world.search(), Budget(20.0)
        kept = choose(candidates, world.goals, mutation, world.observer, near, budget, lambda _: True)

    documented = {o.choice.chosen for o in kept.observations if o.documented}
    assert documented == {shown[0], shown[1], shown[3]}
    assert found[0] not in {o.choice.chosen for o in kept.observations}


@pytest.mark.parametrize("odd", ["-1", "-3", "7.5"])
def test_what_nobody_would_pass_is_not_taken_to_notice_a_change(tmp_path: Path, odd: str) -> None:
    source = "def left(days: int) -> int:\n    return days % 7\n"
    with chosen(tmp_path, source, "left", [("3",), (odd,)]) as (_, found):
        kept = programs(found)
        passed = [o.choice.chosen[0] for o in found.observations]

    assert found.killed >= found.mutants - 1, kept
    assert all(p.isdecimal() for p in passed), kept


def test_what_nobody_would_pass_is_taken_where_it_is_refused_or_nothing_else_leads_there(tmp_path: Path) -> None:
    source = "def shout(text: str) -> str:\n    if not isinstance(text, str):\n        text = str(text)\n"
    source += "    return text.upper()\n"
    with chosen(tmp_path, source, "shout") as (world, found):
        met = set().union(*(world.goals.met_by(o.edges) for o in found.observations))
    refused = source.replace("text = str(text)", 'raise TypeError("no text")')
    with chosen(tmp_path, refused, "shout") as (_, other):
        errors = [o.error for o in other.observations]

    assert met == world.goals.all
    assert "TypeError" in errors


def test_a_branch_that_needs_a_private_call_of_many_arguments_is_left_to_a_person(tmp_path: Path) -> None:
    source = "def f(a: int, b: int = 1, c: int = 1, d: int = 1, e: int = 1) -> int:\n    if e > 5:\n        return a\n"
    source += "    return a + b + c + d + e\n"
    with explored(tmp_path, source, "f") as world:
        public, private = world.templates[0], dataclasses.replace(world.templates[0], detour=True)
        calls = [Choice(public, ("3", "", "", "", "")), Choice(private, ("3", "2", "3", "4", "9"))]
        found = [world.observer.run(c) for c in calls]
        mutation = Mutation(world.subject.module.__dict__["f"], world.subject.node, "f", str(world.path))
        mutation.mutants.clear()

        def kept(candidates: list[Observation]) -> list[str]:
            made = choose(
                candidates, world.goals, mutation, world.observer, world.search(), Budget(9.0), lambda _: True
            )
            return programs(made)

        assert kept(found) == ["f(3)"]
        assert len(kept(found[1:])) == 1, "without it there would be no test"
