"""A plan dealt out to shards, and their reports joined again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.bulk.found import Found, coverage_with
from greenline.domain.bulk.joined_shards import NotTogether, join_shards
from greenline.domain.bulk.plan import Plan, PlannedFunction, Wish, WorkUnit
from greenline.domain.bulk.plan_records import plan_of, plan_values
from greenline.domain.bulk.shard_report import ShardReport, shard_record, shard_report_of
from greenline.domain.bulk.shards import Shard, deal, digest_of, expected_cost
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Coverage, TargetResult

ROOT = Path("/here/shop")
HALF = Summary(Ratio(5, 10), Ratio(1, 4))


def unit(name: str, functions: int = 1, gain: int = 3) -> WorkUnit:
    planned = tuple(PlannedFunction(f"f{number}", 1, gain, 0, 0.5, key="k") for number in range(functions))
    return WorkUnit(ROOT / f"{name}.py", planned, before=HALF)


def test_shards_are_written_as_people_write_them() -> None:
    assert Shard.parse("2/3") == Shard(2, 3)
    assert str(Shard(2, 3)) == "2/3"


@pytest.mark.parametrize("text", ["0/3", "4/3", "a/b", "3", "1/0", "-1/3", "1/2/3", "", "1.0/3"])
def test_what_is_no_shard_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="/3"):
        Shard.parse(text)


UNITS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 400), st.integers(0, 9)), max_size=30)


@given(UNITS, st.integers(1, 8), st.randoms(use_true_random=False))
def test_each_unit_is_in_one_shard_and_no_shard_has_more_than_its_share_and_one_file(
    drawn: list[tuple[int, int, int]], of: int, chance: object
) -> None:
    units = [unit(f"m{number}", functions, gain) for number, (functions, gain, _) in enumerate(drawn)]
    file_of = {one.path: ROOT / "tests" / f"test_{drawn[number][2]}.py" for number, one in enumerate(units)}

    parts = deal(units, of, lambda one: file_of[one.path])

    assert len(parts) == of
    assert sorted(one.path for part in parts for one in part) == sorted(one.path for one in units)
    for part in parts:
        assert [units.index(one) for one in part] == sorted(units.index(one) for one in part), "in the plan's order"
    homes = [{file_of[one.path] for one in part} for part in parts]
    assert sum(map(len, homes)) == len(set(file_of.values())), "a test file is written by one shard"
    groups = [sum(expected_cost(one) for one in units if file_of[one.path] == file) for file in set(file_of.values())]
    loads = [sum(map(expected_cost, part)) for part in parts]
    assert max(loads) <= sum(loads) / of + max(groups, default=0.0) + 1e-6
    mixed = list(units)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    again = deal(mixed, of, lambda one: file_of[one.path])
    assert [set(part) for part in again] == [set(part) for part in parts], "whatever the order of the plan"


def test_the_costliest_go_to_the_shard_that_has_least() -> None:
    big, middle, small, least = unit("d", 12), unit("c", 7), unit("b", 3), unit("a", 1)
    assert deal([big, middle, small, least], 2) == ((big, least), (middle, small))
    assert deal([unit("b"), unit("a")], 3) == ((unit("a"),), (unit("b"),), ())


def digest(units: Sequence[WorkUnit], texts: dict[Path, str] | None = None, of: int = 3) -> str:
    return digest_of(units, texts or {}, of, ROOT)


def test_shards_of_one_plan_have_one_digest_and_others_have_not() -> None:
    one, other = unit("a"), unit("b", 2)
    assert digest([one, other]) == digest([other, one])
    riskier = replace(one, functions=tuple(replace(each, worth=9.0) for each in one.functions))
    assert digest([riskier, other]) == digest([one, other]), "commits may be counted on another day"
    changed = [
        digest([one]),
        digest([one, unit("b", 3)]),
        digest([one, replace(other, before=Summary(Ratio(6, 10), Ratio(1, 4)))]),
        digest([one, replace(other, wish=Wish(engine="model"))]),
        digest([one, replace(other, functions=tuple(replace(each, key="new") for each in other.functions))]),
        digest([one, other], {ROOT / "tests" / "test_a.py": "text"}),
        digest([one, other], of=4),
    ]
    assert len({*changed, digest([one, other])}) == len(changed) + 1


PLAN = Plan(
    (unit("a"), replace(unit("b"), wish=Wish(80.0, 2, "explore"), package="shop", statements=9)),
    HALF,
    {ROOT / "a.py": HALF, ROOT / "c.py": HALF},
    {"complete": 2},
    3,
    1,
    {"no data": (ROOT / "d.py",)},
    wished={ROOT / "b.py": 80.0},
    skipped=(ROOT / "build",),
    without_commits="this is no repository",
)


def result(path: Path, name: str = "f0") -> TargetResult:
    return TargetResult(Target(path, name), "not_testable", "it blocks")


def report(number: int, of: int = 2, **more: object) -> ShardReport:
    path = PLAN.units[number % 2].path
    found = {path: Found(path, (result(path),))}
    whole = ShardReport(Shard(number, of), "d", "1.0", PLAN, (ROOT,), found, {path: 1.5}, ended=True)
    return replace(whole, **more)  # type: ignore[arg-type]


def test_a_plan_and_a_report_are_the_same_in_another_folder_after_json() -> None:
    there = Path("/there")
    assert plan_of(json.loads(json.dumps(plan_values(PLAN, ROOT))), ROOT) == PLAN
    record = json.loads(json.dumps(shard_record(report(1), ROOT)))
    assert shard_report_of(record, ROOT) == report(1)
    assert set(shard_report_of(record, there).found) == {there / "b.py"}
    assert str(ROOT) not in json.dumps(record)
    with pytest.raises(ValueError, match="version"):
        shard_report_of({**record, "version": 1}, ROOT)


def test_reports_of_one_plan_are_joined_whatever_their_order() -> None:
    first, second = ("1.json", report(1)), ("2.json", report(2))
    joined = join_shards([second, first], "1.0")
    assert joined == join_shards([first, second], "1.0")
    assert set(joined.found) == {ROOT / "a.py", ROOT / "b.py"}
    assert (joined.lacking, joined.stopped, joined.plan) == ((), (), PLAN)


def test_what_is_lacking_is_said() -> None:
    joined = join_shards([("2.json", report(2, 3, ended=False))], "1.0")
    assert joined.lacking == ("shard 1/3 is missing", "shard 3/3 is missing", "shard 2/3 (2.json) was ended midway")
    stopped = join_shards([("1.json", report(1, 1, stopped="the budget of 1 min is used up"))], "1.0")
    assert (stopped.lacking, stopped.stopped) == ((), ("shard 1/1: the budget of 1 min is used up",))


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([report(1)], "a.json and b.json are both shard 1/2"),
        ([report(2, digest="e")], "b.json is not of the same plan as a.json"),
        ([report(2, 3)], "b.json is not of the same plan as a.json"),
        ([report(2, greenline="0.9")], "b.json was made by Greenline 0.9, and this is 1.0"),
    ],
)
def test_what_does_not_belong_together_is_refused(others: list[ShardReport], words: str) -> None:
    with pytest.raises(NotTogether) as refused:
        join_shards([("a.json", report(1)), *(("b.json", other) for other in others)], "1.0")
    assert str(refused.value).startswith(words)


def test_what_a_file_will_be_covered_is_expected_from_what_its_functions_gain() -> None:
    path = ROOT / "a.py"
    gained = Coverage(Summary(Ratio(1, 4), Ratio(0, 2)), Summary(Ratio(4, 4), Ratio(2, 2)))
    results = (replace(result(path), status="confirmed", coverage=gained), replace(result(path, "g"), coverage=gained))
    assert coverage_with(HALF, Found(path, results)) == Summary(Ratio(8, 10), Ratio(3, 4))
    assert coverage_with(Summary(Ratio(9, 10), Ratio(4, 4)), Found(path, results)) == Summary(
        Ratio(10, 10), Ratio(4, 4)
    )
