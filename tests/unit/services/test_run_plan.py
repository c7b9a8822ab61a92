"""A run over many files: order, several at once, limits, and what is known when it is stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from greenline.domain.bulk.outcome import FunctionOutcome, UnitOutcome, joined, outcome_of
from greenline.domain.bulk.plan import Plan, PlannedFunction, WorkUnit
from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import TargetResult
from greenline.services.run_plan import Limits, RunPlan, words_of_seconds
from greenline.services.sum_up_run import sum_up


def half(covered: int = 5) -> Summary:
    return Summary(Ratio(covered, 10), Ratio(0, 0))


def unit(name: str, *functions: str) -> WorkUnit:
    planned = tuple(PlannedFunction(one, 1, 5, 0, key=f"{name}.{one}") for one in functions or ("run",))
    return WorkUnit(Path(f"/p/{name}.py"), planned, before=half())


def plan_of(*units: WorkUnit) -> Plan:
    summaries = {one.path: one.before for one in units}
    total = Summary(Ratio(5 * len(units), 10 * len(units)), Ratio(0, 0))
    return Plan(units, total, summaries)


class Watch:
    """Keeps what it is told; ``heard`` is set when that is what a test waits for."""

    def __init__(self, awaited: str = "") -> None:
        self.said: list[str] = []
        self.heard = asyncio.Event()
        self._awaited = awaited

    def begun(self, unit: WorkUnit) -> None:
        self._hear(f"> {unit.path.stem}")

    def ended(self, unit: WorkUnit, outcome: UnitOutcome, run: RunPlan) -> None:
        self._hear(f"< {unit.path.stem}")

    def _hear(self, what: str) -> None:
        self.said.append(what)
        if what == self._awaited:
            self.heard.set()


class Worker:
    """Ends a unit when its gate opens, and covers all of it; without gates at once."""

    def __init__(self, covered: int = 10, dollars: float = 0.0) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.most = 0
        self._covered, self._dollars, self._now = covered, dollars, 0

    async def __call__(self, unit: WorkUnit) -> UnitOutcome:
        self._now += 1
        self.most = max(self.most, self._now)
        status = "confirmed"
        try:
            await asyncio.sleep(0)
            if unit.path.stem in self.gates:
                await self.gates[unit.path.stem].wait()
        except asyncio.CancelledError:
            status = "cancelled"
        self._now -= 1
        functions = tuple(
            FunctionOutcome(one.qualname, status, one.key, dollars=self._dollars)  # type: ignore[arg-type]
            for one in unit.functions
        )
        return UnitOutcome(unit.path, functions, half(self._covered) if status == "confirmed" else half(), 1.0)


async def test_units_are_done_one_after_the_other_in_the_order_of_the_plan() -> None:
    watch, worker = Watch(), Worker()
    run = RunPlan(plan_of(unit("b"), unit("a"), unit("c")), Limits())
    await run.work(worker, watch)
    assert watch.said == ["> b", "< b", "> a", "< a", "> c", "< c"]
    assert (worker.most, run.left, run.stopped) == (1, (), "")
    assert (run.before.percent, run.total.percent) == (50.0, 100.0)


async def test_several_are_worked_on_at_once_but_none_that_write_to_one_file() -> None:
    watch, worker = Watch("< d"), Worker()
    worker.gates["a"] = asyncio.Event()
    plan = plan_of(unit("a"), unit("b"), unit("c"), unit("d"))
    run = RunPlan(plan, Limits(jobs=2), test_file=lambda one: Path("x" if one.path.stem in "ab" else one.path.stem))
    going = asyncio.ensure_future(run.work(worker, watch))
    await asyncio.wait_for(watch.heard.wait(), 10)
    assert "> b" not in watch.said
    worker.gates["a"].set()
    await going
    assert watch.said[-2:] == ["> b", "< b"]
    assert worker.most == 2


async def test_it_stops_where_the_measured_total_is_what_was_wanted() -> None:
    watch = Watch()
    run = RunPlan(plan_of(*map(unit, "abcd")), Limits(until=70))
    await run.work(Worker(), watch)
    assert [path.stem for path in run.outcomes] == ["a", "b"]  # 50 -> 62.5 -> 75
    assert run.stopped == "70 % is reached"
    assert sum_up(run).not_begun == 2


async def test_tests_that_do_not_cover_do_not_count_for_the_total() -> None:
    run = RunPlan(plan_of(*map(unit, "abcd")), Limits(until=70))
    await run.work(Worker(covered=5), Watch())
    assert (len(run.outcomes), run.stopped) == (4, "")


async def test_nothing_more_begins_when_the_money_is_spent() -> None:
    run = RunPlan(plan_of(*map(unit, "abcd")), Limits(dollars=5))
    await run.work(Worker(dollars=3.0), Watch())
    assert [path.stem for path in run.outcomes] == ["a", "b"]
    assert run.stopped == "the budget of $5 is used up"


async def test_what_an_earlier_process_spent_does_not_count_for_the_budget() -> None:
    spent = FunctionOutcome("run", "confirmed", "z.run", dollars=9.0)
    done = UnitOutcome(Path("/p/z.py"), (spent,), half(7), 2.0)
    run = RunPlan(plan_of(*map(unit, "abcd")), Limits(dollars=5), done=[done])
    await run.work(Worker(dollars=3.0), Watch())
    assert [path.stem for path in run.outcomes] == ["z", "a", "b"]
    assert run.dollars == 15.0


async def test_a_function_that_is_another_one_than_was_done_is_left() -> None:
    done = UnitOutcome(Path("/p/a.py"), (FunctionOutcome("run", "confirmed", "as it was"),), half(7), 2.0)
    run = RunPlan(plan_of(unit("a")), Limits(until=1), done=[done])
    await run.work(Worker(), Watch())
    assert [one.path.stem for one in run.left] == ["a"]
    assert sum_up(run).not_begun == 1
    again = RunPlan(plan_of(unit("a")), Limits(), done=[done])
    await again.work(Worker(), Watch())
    assert (again.left, sum_up(again).not_begun) == ((), 0)


async def test_what_runs_when_the_time_is_over_is_ended_and_told() -> None:
    worker = Worker()
    worker.gates["b"] = asyncio.Event()
    now = iter([0.0, *[1.0] * 12])
    run = RunPlan(plan_of(*map(unit, "abc")), Limits(seconds=1.01), clock=lambda: next(now, 1.0))
    await run.work(worker, Watch())
    assert run.stopped == "the budget of 1 s is used up"
    assert [outcome.functions[0].status for outcome in run.outcomes.values()] == ["confirmed", "cancelled"]
    assert [one.path.stem for one in run.left] == ["b", "c"]


async def test_a_cancelled_run_knows_what_was_done() -> None:
    watch, worker = Watch("> b"), Worker()
    worker.gates["b"] = asyncio.Event()
    run = RunPlan(plan_of(*map(unit, "abc")), Limits())
    going = asyncio.ensure_future(run.work(worker, watch))
    await asyncio.wait_for(watch.heard.wait(), 10)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    sums = sum_up(run)
    assert sums.statuses == {"confirmed": 1}
    assert sums.not_begun == 2


async def test_what_an_earlier_process_did_counts_and_its_functions_are_kept() -> None:
    done = UnitOutcome(Path("/p/a.py"), (FunctionOutcome("first", "confirmed", "k"),), half(7), 2.0)
    run = RunPlan(plan_of(unit("a", "second")), Limits(), done=[done], before=half(2))
    await run.work(Worker(), Watch())
    assert [one.qualname for one in run.outcomes[done.path].functions] == ["first", "second"]
    assert run.before == half(2)
    assert run.outcomes[done.path].seconds == 3.0


@pytest.mark.parametrize(
    ("second", "status", "tests"),
    [
        (FunctionOutcome("f", "nothing_to_gain", "k", "tests reach it"), "confirmed", ("test_f",)),
        (FunctionOutcome("f", "failed", "k", "odd"), "confirmed", ("test_f",)),
        (FunctionOutcome("f", "cancelled", "k", "cancelled"), "cancelled", ("test_f",)),
        (
            FunctionOutcome("f", "confirmed", "k", test_file=Path("/p/t.py"), tests=("test_f_2",)),
            "confirmed",
            ("test_f", "test_f_2"),
        ),
    ],
)
def test_tests_that_a_function_has_stay_its_own_when_it_is_tried_again(
    second: FunctionOutcome, status: str, tests: tuple[str, ...]
) -> None:
    first = FunctionOutcome("f", "confirmed", "k", "", "explore", Path("/p/t.py"), ("test_f",), half(1), half(2),
                            tokens=5, dollars=0.5, again=True)  # fmt: skip
    second = replace(second, tokens=7, dollars=0.25)
    path = Path("/p/a.py")
    (both,) = joined(UnitOutcome(path, (first,)), UnitOutcome(path, (second,))).functions
    assert (both.status, both.tests, both.test_file, both.again) == (status, tests, first.test_file, False)
    assert (both.before, both.after, both.tokens, both.dollars) == (half(1), half(2), 12, 0.75)


async def test_the_time_left_is_what_the_gain_took_until_now() -> None:
    now = [0.0]
    run = RunPlan(plan_of(unit("a"), unit("b", "f", "g")), Limits(until=60), clock=lambda: now[0])
    assert run.seconds_left is None
    now[0] = 10.0
    await run.work(Worker(), Watch())
    assert run.seconds_left == 20.0  # 5 statements took 10 seconds, 10 are left


def test_each_planned_function_has_an_outcome_whatever_was_told() -> None:
    planned = unit("a", "f", "g")
    result = TargetResult(Target(planned.path, "f"), "nothing_to_gain", "tests reach it")
    outcome = outcome_of(planned, [result], half(), 1.0)
    assert [(one.qualname, one.status) for one in outcome.functions] == [
        ("f", "nothing_to_gain"),
        ("g", "not_testable"),
    ]
    assert outcome.settled == ("a.f", "a.g")
    whole = outcome_of(planned, [TargetResult(Target(planned.path), "failed", "no pytest")], half(), 1.0)
    assert [(one.status, one.reason, one.key) for one in whole.functions] == [
        ("failed", "no pytest", "a.f"),
        ("failed", "no pytest", "a.g"),
    ]
    assert whole.settled == ()


def test_a_function_that_a_model_is_still_to_be_asked_for_is_not_settled() -> None:
    planned = unit("a", *"fghi")
    target = [Target(planned.path, name) for name in "fghi"]
    results = [
        TargetResult(target[0], "not_testable", "it needs the network", model_problem="no more credit"),
        TargetResult(target[1], "nothing_to_gain", awaits_consent=True),
        TargetResult(target[2], "confirmed", not_tested=("line 3 is left",)),
        TargetResult(target[3], "confirmed"),
    ]
    assert outcome_of(planned, results, half(), 1.0).settled == ("a.h", "a.i")
    stopped = outcome_of(planned, results, half(), 1.0, stopped=True)
    assert stopped.settled == ("a.i",)
    assert [one.again for one in stopped.functions] == [True, True, True, False]


def test_reasons_are_counted_without_what_differs() -> None:
    functions = tuple(
        FunctionOutcome(name, "not_testable", reason=f"it needs the network: `{name}` connects to 10.0.0.1")
        for name in ("f", "g")
    )
    other = FunctionOutcome("h", "not_testable", reason="no instance of `Box` could be made\nmore")
    said = FunctionOutcome("i", "not_testable", reason="no test of it passed twice; the last said: KeyError: 'x'")
    run = RunPlan(plan_of(), Limits(), done=[UnitOutcome(Path("/p/a.py"), (other, said, *functions), half(), 1.0)])
    assert sum_up(run).not_testable == {
        "it needs the network": ("a.f", "a.g"),
        "no test of it passed twice": ("a.i",),
        "no instance of `...` could be made": ("a.h",),
    }


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 s"), (45, "45 s"), (90, "1 min 30 s"), (600, "10 min"), (3599, "1 h"), (3900, "1 h 5 min")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert words_of_seconds(seconds) == words
