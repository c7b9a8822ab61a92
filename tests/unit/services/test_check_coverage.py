"""Whether coverage is what a team wants: the verdicts, and when they cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.trend import Point
from greenline.ports.trend import TrendProblem
from greenline.services.check_coverage import CheckCoverage, Goals
from greenline.services.rank_gaps import Ranking, Wanted
from greenline.services.suite_coverage import Suite, SuiteReach

if TYPE_CHECKING:
    from collections.abc import Sequence

AGAIN = "measure the tests again (`greenline test --affected`)"
ADVICE = "cover what is new, or what the removed tests reached"
UNKNOWN = "nothing is recorded for main or before: run `greenline trend --record` there, and keep its file"
NOTHING = "nothing is measured here: run `greenline test`, or the tests with coverage, first"
HERE = [Path("/project")]
UNIT = Suite("unit", 85.0, ("tests/unit/**",))
EVERYTHING = Wanted()


class FakeRanking:
    """Answers with one ranking for changed lines and one for all."""

    def __init__(self, changed: Ranking, everything: Ranking) -> None:
        self.changed, self.everything = changed, everything
        self.asked: list[Wanted] = []

    def rank(self, _paths: Sequence[Path], wanted: Wanted = EVERYTHING) -> Ranking:
        self.asked.append(wanted)
        return self.changed if wanted.changed_since else self.everything


def ranking(covered: int = 90, total: int = 100, taken: int = 4, branches: int = 10, **others: object) -> Ranking:
    return Ranking((), Summary(Ratio(covered, total), Ratio(taken, branches)), {}, **others)  # type: ignore[arg-type]


class FakeSuites:
    """Answers with what a test says that suites reach."""

    def __init__(self, *found: SuiteReach) -> None:
        self.found = found

    def of(self, _paths: Sequence[Path], suites: Sequence[Suite]) -> list[SuiteReach]:
        assert [one.suite for one in self.found] == list(suites)
        return list(self.found)


class FakePast:
    """What is recorded of earlier commits."""

    def __init__(self, point: Point | None = None, problem: Exception | None = None) -> None:
        self.point, self.problem = point, problem

    def root(self, _folder: Path) -> Path:
        return Path("/project")

    def before(self, _folder: Path, _since: str) -> Point | None:
        if self.problem is not None:
            raise self.problem
        return self.point


def checking(fake: FakeRanking, past: FakePast | None = None, *suites: SuiteReach) -> CheckCoverage:
    return CheckCoverage(fake, FakeSuites(*suites), lambda: past or FakePast())  # type: ignore[arg-type,return-value]


def changed(covered: int, total: int, **others: object) -> Ranking:
    return ranking(changed_since="main", changed=Ratio(covered, total), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "goals", "words"),
    [
        (changed(9, 10), Goals("main", 90.0), "ok: changed since main: 90.00 %, 9 of 10 statements (90 % wanted)"),
        (changed(0, 0), Goals("main", 90.0), "ok: changed since main: no statements changed"),
        (
            changed(8, 9), Goals("main", 90.0),
            "no: changed since main: 88.89 %, 8 of 9 statements (less than the 90 % that are wanted)",
        ),
        (
            changed(9, 9, unmeasured=2), Goals("main", 90.0),
            f"no: changed since main: nothing is known of 2 changed files: {AGAIN}",
        ),
        (
            changed(9, 9, unknown=1), Goals("main", 90.0),
            f"no: changed since main: 1 line changed after they were measured: {AGAIN}",
        ),
        (ranking(), Goals(lines=90.0), "ok: lines: 90.00 %, 90 of 100 statements (90 % wanted)"),
        (ranking(899_999, 1_000_000), Goals(lines=90.0),
            "no: lines: 90.00 %, 899,999 of 1,000,000 statements (less than the 90 % that are wanted)"),
        (ranking(), Goals(branches=40.5),
            "no: branches: 40.00 %, 4 of 10 branches (less than the 40.5 % that are wanted)"),
        (ranking(branches=0, taken=0), Goals(branches=1.0),
            "no: branches: the report tells nothing of branches: measure with `branch = true`"),
        (ranking(), Goals(total=85.0), "ok: total: 85.45 % (85 % wanted)"),
        (ranking(0, 0), Goals(total=0.0), f"no: total: {NOTHING}"),
    ],
)  # fmt: skip
def test_each_goal_has_its_verdict(found: Ranking, goals: Goals, words: str) -> None:
    check = checking(FakeRanking(found, found)).check(HERE, goals)

    assert [f"{'ok' if one.is_met else 'no'}: {one.what}: {one.words}" for one in check.verdicts] == [words]
    assert check.is_met is words.startswith("ok")


def test_changed_lines_and_all_of_them_can_both_be_asked_for() -> None:
    fake = FakeRanking(changed(10, 10), ranking(10))

    check = checking(fake).check(HERE, Goals("main", 90.0, lines=80.0))

    assert [verdict.is_met for verdict in check.verdicts] == [True, False]
    assert check.ranking is fake.changed, "what a change brings is what its author can mend"


def test_all_files_are_looked_at_only_where_that_is_asked_for() -> None:
    fake = FakeRanking(changed(10, 10), ranking())
    checking(fake).check(HERE, Goals("main", 90.0))
    assert fake.asked == [Wanted(changed_since="main")]


def recorded(covered: int, total: int, taken: int = 4, branches: int = 10) -> FakePast:
    return FakePast(Point("abcdef0123456789", 1.7e9, Summary(Ratio(covered, total), Ratio(taken, branches))))


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (recorded(90, 100), ["ok: total not below abcdef0123: 85.45 %, 85.45 % then",
            "ok: branches not below abcdef0123: 40.00 %, 40.00 % then"]),
        (recorded(91, 100, 3), ["ok: total not below abcdef0123: 85.45 %, 85.45 % then",
            "ok: branches not below abcdef0123: 40.00 %, 30.00 % then"]),
        (recorded(80, 100, 5), ["ok: total not below abcdef0123: 85.45 %, 77.27 % then",
            f"no: branches not below abcdef0123: 40.00 %, 50.00 % then: {ADVICE}"]),
        (recorded(900_001, 1_000_000, 400_000, 1_000_000), ["ok: total not below abcdef0123: 85.45 %, 65.00 % then",
            "ok: branches not below abcdef0123: 40.00 %, 40.00 % then"]),
        (recorded(900_001, 1_000_000, 0, 0),
            [f"no: lines not below abcdef0123: 90.00000 %, 90.00010 % then: {ADVICE}"]),
        (recorded(90, 100, 0, 0), ["ok: lines not below abcdef0123: 90.00 %, 90.00 % then"]),
        (FakePast(), [f"no: not below main: {UNKNOWN}"]),
        (FakePast(problem=TrendProblem("x.jsonl cannot be read.")), ["no: not below main: x.jsonl cannot be read."]),
    ],
)  # fmt: skip
def test_less_than_was_recorded_is_not_met(past: FakePast, words: list[str]) -> None:
    check = checking(FakeRanking(ranking(), ranking()), past).check(HERE, Goals(not_below="main"))
    assert [f"{'ok' if one.is_met else 'no'}: {one.what}: {one.words}" for one in check.verdicts] == words


def test_where_branches_are_measured_no_more_nothing_is_said_to_hold() -> None:
    """Who drops ``branch = true`` would else lose them without a word."""
    now = ranking(90, 100, 0, 0)
    check = checking(FakeRanking(now, now), recorded(80, 100, 6)).check(HERE, Goals(not_below="main"))

    assert [(one.what, one.is_met) for one in check.verdicts] == [
        ("lines not below abcdef0123", True),
        ("branches not below abcdef0123", False),
    ]
    assert check.verdicts[1].words == (
        "the report tells nothing of branches: measure with `branch = true`, or leave --not-below out once "
        "where the code has none any more (60.00 % then)"
    )


BROKEN = {"It does not parse.": (Path("/project/bad.py"), Path("/project/worse.py"))}


@pytest.mark.parametrize(
    "goals", [Goals(lines=1.0, branches=1.0), Goals(total=1.0), Goals(not_below="main"), Goals(suites=(UNIT,))]
)
@pytest.mark.parametrize(
    ("now", "words"),
    [
        (ranking(unmeasured=2, unknown=1, problems=BROKEN), "nothing is known of 2 files: It does not parse. (bad.py)"),
        (ranking(unmeasured=1), f"nothing is known of 1 file: {AGAIN}"),
        (ranking(unknown=2), f"2 lines changed after they were measured: {AGAIN}"),
    ],
)
def test_no_goal_is_met_where_something_is_not_known(now: Ranking, words: str, goals: Goals) -> None:
    suites = [SuiteReach(UNIT, Ratio(100, 100), 7)] if goals.suites else []
    check = checking(FakeRanking(now, now), recorded(1, 100), *suites).check(HERE, goals)
    assert [(verdict.is_met, verdict.words) for verdict in check.verdicts] == [(False, words)]


def test_a_suite_rests_on_all_files_also_where_changed_lines_are_asked_for() -> None:
    fake = FakeRanking(changed(10, 10), ranking(unknown=2))
    found = SuiteReach(UNIT, Ratio(100, 100), 7)
    check = checking(fake, None, found).check(HERE, Goals("main", 90.0, suites=(UNIT,)))
    assert [verdict.is_met for verdict in check.verdicts] == [True, False]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (ranking(unknown=2), f"2 lines changed after they were measured: {AGAIN}"),
        (ranking(0, 0), NOTHING),
    ],
)
def test_what_is_not_measured_as_it_stands_cannot_be_compared(now: Ranking, words: str) -> None:
    check = checking(FakeRanking(now, now), recorded(1, 100)).check(HERE, Goals(not_below="main"))
    verdict = check.verdicts[-1]
    assert (verdict.is_met, verdict.words) == (False, words)


def test_what_was_recorded_is_compared_with_the_whole_project() -> None:
    fake = FakeRanking(changed(9, 10), ranking())
    checking(fake, recorded(1, 2)).check([Path("/project/src")], Goals("main", 90.0, not_below="main"))
    assert fake.asked == [Wanted(changed_since="main"), Wanted()]


def test_where_nothing_is_recorded_the_project_is_not_looked_at_for_it() -> None:
    fake = FakeRanking(changed(9, 10), ranking())
    checking(fake, FakePast()).check([Path("/project/src")], Goals("main", 90.0, not_below="main"))
    assert fake.asked == [Wanted(changed_since="main")]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (SuiteReach(UNIT, Ratio(90, 100), 7), "ok: suite unit: 90.00 %, 90 of 100 statements (85 % wanted)"),
        (
            SuiteReach(UNIT, Ratio(80, 100), 7, ((Path("/project/a.py"), 15), (Path("/project/b.py"), 5)), ("More.",)),
            (
                "no: suite unit: 80.00 %, 80 of 100 statements (less than the 85 % that are wanted). "
                "Most is missing in a.py (15), b.py (5). More."
            ),
        ),
        (
            SuiteReach(UNIT, Ratio(0, 100), 0, notes=("The report names no test.",)),
            "no: suite unit: no test of tests/unit/** is known to reach anything. The report names no test.",
        ),
        (
            SuiteReach(UNIT, Ratio(0, 100), 0),
            (
                "no: suite unit: no test of tests/unit/** is known to reach anything. Is the pattern right? "
                "It counts from the project's root."
            ),
        ),
    ],
)
def test_each_suite_has_its_verdict(found: SuiteReach, words: str) -> None:
    (one,) = checking(FakeRanking(ranking(), ranking()), None, found).check(HERE, Goals(suites=(UNIT,))).verdicts
    assert f"{'ok' if one.is_met else 'no'}: {one.what}: {one.words}" == words
