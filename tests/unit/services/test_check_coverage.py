"""Whether coverage is what a team wants: the verdicts, and when they cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.domain.coverage.model import Ratio, Summary
from greenline.services.check_coverage import CheckCoverage, Goals
from greenline.services.rank_gaps import Ranking, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = [Path("/project")]
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
            "no: changed since main: nothing is known of 2 changed files: measure the tests again",
        ),
        (
            changed(9, 9, unknown=1), Goals("main", 90.0),
            "no: changed since main: 1 line changed after they were measured: measure the tests again",
        ),
        (ranking(), Goals(lines=90.0), "ok: lines: 90.00 %, 90 of 100 statements (90 % wanted)"),
        (ranking(899_999, 1_000_000), Goals(lines=90.0),
            "no: lines: 90.00 %, 899,999 of 1,000,000 statements (less than the 90 % that are wanted)"),
        (ranking(), Goals(branches=40.5),
            "no: branches: 40.00 %, 4 of 10 branches (less than the 40.5 % that are wanted)"),
        (ranking(branches=0, taken=0), Goals(branches=1.0),
            "no: branches: the report tells nothing of branches: measure with `branch = true`"),
        (ranking(), Goals(total=85.0), "ok: total: 85.45 % (85 % wanted)"),
        (ranking(0, 0), Goals(total=0.0), "no: total: nothing is measured here: run the tests with coverage first"),
    ],
)  # fmt: skip
def test_each_goal_has_its_verdict(found: Ranking, goals: Goals, words: str) -> None:
    check = CheckCoverage(FakeRanking(found, found)).check(HERE, goals)  # type: ignore[arg-type]

    assert [f"{'ok' if one.is_met else 'no'}: {one.what}: {one.words}" for one in check.verdicts] == [words]
    assert check.is_met is words.startswith("ok")


def test_changed_lines_and_all_of_them_can_both_be_asked_for() -> None:
    fake = FakeRanking(changed(10, 10), ranking(10))

    check = CheckCoverage(fake).check(HERE, Goals("main", 90.0, lines=80.0))  # type: ignore[arg-type]

    assert [verdict.is_met for verdict in check.verdicts] == [True, False]
    assert check.ranking is fake.changed, "what a change brings is what its author can mend"


def test_all_files_are_looked_at_only_where_that_is_asked_for() -> None:
    fake = FakeRanking(changed(10, 10), ranking())
    CheckCoverage(fake).check(HERE, Goals("main", 90.0))  # type: ignore[arg-type]
    assert fake.asked == [Wanted(changed_since="main")]
