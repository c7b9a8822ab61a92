"""The suite after new tests were written: what breaks it is found and taken out, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestOutcome, TestReport, TestRun
from greenline.services.prove_suite import NewTest, ProveSuite
from greenline.services.recorded_runs import RecordedRun, Wanted
from greenline.settings import Settings

if TYPE_CHECKING:
    from greenline.services.prove_suite import Proof

ROOT = Path("/p")
FILE = ROOT / "tests" / "test_a.py"
OLD = "tests/test_old.py::test_old"
LATE = "The tests did not end within 600 s."
Fails = Callable[[set[str], bool], bool]


class Suite:
    """Tests by node id, each with what tells whether it fails beside others, and in which order."""

    def __init__(self, **tests: Fails) -> None:
        self.tests = {f"tests/test_a.py::{name}": fails for name, fails in tests.items() if name != "old"}
        self.tests[OLD] = tests.get("old", lambda _beside, _shuffled: False)
        self.ran: list[tuple[bool, int]] = []
        self.taken: list[NewTest] = []
        self.hangs: set[str] = set()
        """Names of tests at which a run stands still until its time is up."""
        self.complaint = ""

    async def run(self, *arguments: Any) -> Any:
        if isinstance(arguments[0], TestRun):
            run = arguments[0]
            return self._report(run.skip, shuffled=run.conditions.shuffle is not None)
        assert arguments[2] == Wanted()
        return RecordedRun(self._report(frozenset(), shuffled=False), frozenset())

    async def interpreter_for(self, project: Project, *, setting: str) -> Interpreter:
        return Interpreter(Path("/python"), (3, 11, 2), "a test", "9.0")

    def take_out(self, tests: Mapping[NewTest, str]) -> None:
        self.taken += tests
        for _, name in tests:
            del self.tests[f"tests/test_a.py::{name}"]

    def _report(self, skip: frozenset[str], *, shuffled: bool) -> TestReport:
        here = {node: fails for node, fails in self.tests.items() if node not in skip}
        self.ran.append((shuffled, len(here)))
        names = {node.partition("::")[2] for node in here}
        outcomes: list[TestOutcome] = []
        for node, fails in here.items():
            if node.partition("::")[2] in self.hangs:
                left = len(here) - len(outcomes)
                return TestReport(tuple(outcomes), problem=LATE, unfinished=node, not_run=left)
            failed = TestOutcome(node, "failed", "E   assert 1 == 2")
            outcomes.append(failed if fails(names, shuffled) else TestOutcome(node, "passed"))
        return TestReport(tuple(outcomes), complaint=self.complaint, all_ran=True)


def never(_beside: set[str], _shuffled: bool) -> bool:
    return False


async def prove(suite: Suite) -> Proof:
    project = Project(ROOT, None, (ROOT,), (ROOT / "tests",))
    new = [(FILE, node.partition("::")[2]) for node in suite.tests if node != OLD]
    proves = ProveSuite(interpreters=suite, runner=suite, runs=suite, settings=Settings())  # type: ignore[arg-type]
    return await proves.prove(project, new, suite.take_out, Silent())


async def test_a_green_suite_runs_twice_once_shuffled() -> None:
    suite = Suite(a=never, b=never)
    proof = await prove(suite)
    assert proof.is_green
    assert (proof.tests, proof.taken_out, suite.ran) == (3, {}, [(False, 3), (True, 3)])


async def test_a_new_test_that_fails_in_the_suite_is_taken_out() -> None:
    suite = Suite(a=lambda _beside, _shuffled: True, b=never)
    proof = await prove(suite)
    assert proof.is_green
    assert proof.taken_out == {(FILE, "a"): "assert 1 == 2"}
    assert proof.tests == 2


async def test_a_new_test_that_fails_only_in_random_order_is_taken_out() -> None:
    suite = Suite(a=never, b=lambda _beside, shuffled: shuffled)
    proof = await prove(suite)
    assert proof.is_green
    assert [name for _, name in suite.taken] == ["b"]


async def test_a_new_test_that_breaks_another_one_is_found_among_many() -> None:
    new: dict[str, Fails] = {f"t{number}": never for number in range(9)}
    suite = Suite(**new, old=lambda beside, _shuffled: "t5" in beside)
    proof = await prove(suite)
    assert proof.is_green
    assert proof.taken_out == {(FILE, "t5"): f"{OLD} fails beside it, and passes without it"}


async def test_one_new_test_alone_that_breaks_another_one_is_taken_out() -> None:
    suite = Suite(a=never, old=lambda beside, _shuffled: "a" in beside)
    assert list((await prove(suite)).taken_out) == [(FILE, "a")]


async def test_a_test_that_failed_before_is_named_and_no_new_one_is_blamed() -> None:
    suite = Suite(a=never, b=lambda _beside, shuffled: shuffled, old=lambda _beside, _shuffled: True)
    proof = await prove(suite)
    assert not proof.is_green
    assert (proof.failing, proof.unsteady) == ((OLD,), ())
    assert list(proof.taken_out) == [(FILE, "b")]


async def test_an_old_test_that_only_another_order_breaks_is_no_fault_of_all_new_ones() -> None:
    def leans_on_order(beside: set[str], shuffled: bool) -> bool:
        return shuffled and bool(beside & {"a", "b"})

    proof = await prove(Suite(a=never, b=never, old=leans_on_order))
    assert (proof.unsteady, proof.taken_out) == ((OLD,), {})


async def test_a_suite_that_cannot_run_is_said() -> None:
    class Broken(Suite):
        def _report(self, skip: frozenset[str], *, shuffled: bool) -> TestReport:
            return TestReport(problem="pytest could not start")

    proof = await prove(Broken(a=never))
    assert (proof.problem, proof.is_green) == ("pytest could not start", False)


async def test_a_suite_that_an_old_test_cuts_short_is_not_green_and_nobody_is_blamed() -> None:
    suite = Suite(a=never, old=never)
    suite.hangs = {"test_old"}
    proof = await prove(suite)
    assert (proof.is_green, proof.problem, proof.taken_out, proof.tests) == (False, LATE, {}, 1)


async def test_new_tests_without_which_the_suite_ends_are_taken_out() -> None:
    suite = Suite(a=never, b=never, c=never)
    suite.hangs = {"a", "c"}
    proof = await prove(suite)
    assert proof.is_green
    assert proof.taken_out == {(FILE, "a"): LATE, (FILE, "c"): LATE}


async def test_a_new_test_that_only_ran_when_the_time_was_up_stays() -> None:
    suite = Suite(a=never, old=never)
    suite.hangs = {"a", "test_old"}
    proof = await prove(suite)
    assert (proof.is_green, proof.problem, proof.taken_out) == (False, LATE, {})


async def test_tests_that_did_not_run_are_said_whatever_pytest_says() -> None:
    class Short(Suite):
        def _report(self, skip: frozenset[str], *, shuffled: bool) -> TestReport:
            return replace(super()._report(skip, shuffled=shuffled), not_run=2, all_ran=False)

    proof = await prove(Short(a=never))
    assert (proof.is_green, proof.problem) == (False, "Not all tests ran: 2 did not.")


async def test_a_file_that_cannot_be_imported_keeps_the_others_from_being_known() -> None:
    class Uncollected(Suite):
        def _report(self, skip: frozenset[str], *, shuffled: bool) -> TestReport:
            return TestReport((TestOutcome("tests/test_old.py", "error", "E   ImportError"),))

    proof = await prove(Uncollected(a=never))
    assert (proof.failing, proof.problem) == (("tests/test_old.py",), "Not all tests ran.")


async def test_what_pytest_finds_fault_with_after_the_last_test_is_told() -> None:
    suite = Suite(a=never)
    suite.complaint = "pytest ended with exit code 1"
    proof = await prove(suite)
    assert (proof.is_green, proof.problem, proof.complaint) == (False, "", suite.complaint)


async def test_a_problem_after_the_last_test_is_no_test_that_did_not_run() -> None:
    class Late(Suite):
        def _report(self, skip: frozenset[str], *, shuffled: bool) -> TestReport:
            return replace(super()._report(skip, shuffled=shuffled), problem="a plugin failed")

    proof = await prove(Late(a=never))
    assert (proof.is_green, proof.problem, proof.complaint) == (False, "", "a plugin failed")


async def test_what_the_last_round_left_is_not_called_green_without_a_run() -> None:
    def fails_once_it_is_first(name: str) -> Fails:
        return lambda beside, _shuffled: min(beside) == name

    suite = Suite(**{name: fails_once_it_is_first(name) for name in "abcdefgh"})
    proof = await prove(suite)
    assert [name for _, name in proof.taken_out] == ["a", "b", "c", "d"]
    assert not proof.is_green
    assert "no run has shown" in proof.problem


async def test_a_test_that_failed_beside_one_that_is_gone_does_not_count_any_more() -> None:
    suite = Suite(a=lambda _beside, _shuffled: True, old=lambda beside, _shuffled: "a" in beside)
    proof = await prove(suite)
    assert (proof.is_green, list(proof.taken_out)) == (True, [(FILE, "a")])
