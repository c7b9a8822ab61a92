from __future__ import annotations

from pathlib import Path

from greenline.domain.code.model import Target
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.generation.model import Asked, Coverage, SuspectedBug, TargetResult
from greenline.services.target_results import joined_results

TARGET = Target(Path("/p/fees.py"), "fee")
NONE, SOME, ALL = (Summary(Ratio(lines, 6), Ratio(0, 0)) for lines in (0, 4, 6))
BUG = SuspectedBug("fee('')", "gives 3")
EXPLORED = TargetResult(
    TARGET, "confirmed", engine="explore", tests=("test_fee",), code="def test_fee(): ...",
    coverage=Coverage(NONE, SOME), observations=9, suspected_bugs=(BUG,), oracles=("observed",), seconds=1.0,
    not_tested=("line 7",), model_notes=("asked for in a batch",),
)  # fmt: skip
ASKED = TargetResult(
    TARGET, "confirmed", engine="model", tests=("test_late",), code="def test_late(): ...", seconds=2.0,
    coverage=Coverage(SOME, ALL), suspected_bugs=(BUG,), oracles=("intended",), tokens=10, dollars=0.5,
    asked=Asked(1, 2, 1, {"wrong_test": 1}),
)  # fmt: skip


def test_what_exploring_and_then_a_model_found_is_one_result() -> None:
    both = joined_results(EXPLORED, ASKED)
    assert (both.status, both.tests, both.engines) == ("confirmed", ("test_fee", "test_late"), {"test_late": "model"})
    assert both.coverage == Coverage(NONE, ALL)
    assert (both.oracles, both.suspected_bugs) == (("observed", "intended"), (BUG,))
    assert (both.not_tested, both.model_notes) == ((), ())
    assert (both.tokens, both.dollars, both.seconds, both.observations) == (10, 0.5, 3.0, 9)
    assert both.asked == ASKED.asked


def test_a_model_alone_is_named_as_the_engine() -> None:
    waiting = TargetResult(TARGET, "waiting", "a model is asked", engine="model", coverage=Coverage(NONE, NONE))
    both = joined_results(waiting, ASKED)
    assert (both.status, both.reason, both.engine, both.engines) == ("confirmed", "", "model", {})
    twice = joined_results(both, ASKED)
    assert (twice.engine, twice.engines, twice.asked.requests) == ("model", {}, 2)


def test_what_was_found_stays_where_the_model_brought_nothing() -> None:
    nothing = TargetResult(TARGET, "failed", "it expired", coverage=Coverage(SOME, SOME), model_notes=("it expired",))
    both = joined_results(EXPLORED, nothing)
    assert (both.status, both.tests, both.coverage) == ("confirmed", ("test_fee",), Coverage(NONE, SOME))
    assert both.model_notes == ("it expired",)


def test_a_price_that_is_not_known_stays_so() -> None:
    unknown = TargetResult(TARGET, "failed", dollars=None)
    assert joined_results(unknown, ASKED).dollars is None
