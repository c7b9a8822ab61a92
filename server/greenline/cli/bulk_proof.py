"""The end of a run over many files: the whole suite runs, and what breaks it is taken out of the files again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.atomic_write import remove_file, write_edit
from greenline.adapters.disk_documents import DiskDocuments
from greenline.domain.bulk.outcome import UnitOutcome
from greenline.domain.bulk.states import state_of
from greenline.domain.generation.model import TestEdit
from greenline.domain.generation.taken_out import is_bare, without_tests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.bootstrap import Services
    from greenline.cli.bulk_work import JournalOfRun
    from greenline.ports.progress import Progress
    from greenline.services.prove_suite import NewTest, Proof
    from greenline.services.run_plan import RunPlan


async def proofs(services: Services, run: RunPlan, kept: JournalOfRun, progress: Progress) -> dict[Path, Proof]:
    """Prove the suite of each project that tests were written for, by its root.

    Outcomes and journal are true at any moment, however it ends. Raises WriteProblem and JournalProblem.
    """
    by_root: dict[Path, set[NewTest]] = {}
    for test in written_tests(run.outcomes.values()):
        by_root.setdefault(services.projects.project_of(test[0]).root, set()).add(test)
    found = {}
    for root, tests in sorted(by_root.items()):
        project = services.projects.project_of(next(iter(tests))[0])
        found[root] = await services.prove.prove(project, tests, partial(_take_out, run=run, kept=kept), progress)
    return found


def written_tests(outcomes: Iterable[UnitOutcome]) -> set[NewTest]:
    """Return the tests that the outcomes tell of."""
    functions = (one for outcome in outcomes for one in outcome.functions)
    return {(one.test_file, test) for one in functions if one.test_file for test in one.tests}


def _take_out(tests: Mapping[NewTest, str], *, run: RunPlan, kept: JournalOfRun) -> None:
    """Take tests out of their files, after it is written down that they do not hold."""
    for path, outcome in list(run.outcomes.items()):
        revised = _without(outcome, tests)
        if revised != outcome:
            kept.done(revised)
            run.outcomes[path] = revised
    by_file: dict[Path, set[str]] = {}
    for file, name in tests:
        by_file.setdefault(file, set()).add(name)
    for file, names in by_file.items():
        _take_out_of(file, names, kept)


def _take_out_of(file: Path, names: set[str], kept: JournalOfRun) -> None:
    """Take tests out of a file; one that was not there before the run, and that nothing is left of, goes."""
    text = DiskDocuments().read(file) or ""
    left = without_tests(text, names)
    if left == text:
        return
    if is_bare(left) and _is_wholly_ours(file, kept):
        remove_file(file, text)
    else:
        write_edit(TestEdit(file, creates=False, base_text=text, new_text=left), kept.leaves)


def _is_wholly_ours(file: Path, kept: JournalOfRun) -> bool:
    """Tell whether all that is in a file is of this run."""
    states = kept.states().get(file.resolve(), ())
    return states[:1] == (state_of(None),) and state_of(file.read_bytes()) in states


def _without(outcome: UnitOutcome, taken: Mapping[NewTest, str]) -> UnitOutcome:
    """Return the outcome without tests that were taken out; a function that has no other one failed."""
    functions = []
    for one in outcome.functions:
        gone = {
            test: taken[one.test_file, test] for test in one.tests if one.test_file and (one.test_file, test) in taken
        }
        kept = tuple(test for test in one.tests if test not in gone)
        if gone and not kept:
            reason = f"taken out again, because the suite was not green with it: {next(iter(gone.values()))}"
            functions.append(replace(one, status="failed", reason=reason, tests=(), test_file=None, after=one.before))
        else:
            cases = {test: number for test, number in one.cases.items() if test in kept}
            functions.append(replace(one, tests=kept, cases=cases, strength=None if gone else one.strength))
    return replace(outcome, functions=tuple(functions))
