"""The end of a run over many files: the whole suite runs, and what breaks it is taken out of the files again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.atomic_write import Written, remove_file, write_edit
from greenline.adapters.disk_documents import DiskDocuments
from greenline.domain.bulk.outcome import UnitOutcome
from greenline.domain.generation.model import TestEdit
from greenline.domain.generation.taken_out import has_tests, without_tests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline.bootstrap import Services
    from greenline.ports.progress import Progress
    from greenline.services.prove_suite import NewTest, Proof


async def proofs(
    services: Services, outcomes: Iterable[UnitOutcome], progress: Progress, leaves: Callable[[Written], None]
) -> dict[Path, Proof]:
    """Prove the suite of each project that tests were written for, by its root. Raises WriteProblem.

    ``leaves`` is told of each file that tests are about to be taken out of.
    """
    new = {(test_file, test) for test_file, test in written_tests(outcomes)}
    by_root: dict[Path, set[NewTest]] = {}
    for test in new:
        by_root.setdefault(services.projects.project_of(test[0]).root, set()).add(test)
    found = {}
    for root, tests in sorted(by_root.items()):
        project = services.projects.project_of(next(iter(tests))[0])
        found[root] = await services.prove.prove(project, tests, partial(take_out, leaves=leaves), progress)
    return found


def written_tests(outcomes: Iterable[UnitOutcome]) -> set[NewTest]:
    """Return the tests that the outcomes tell of."""
    functions = (one for outcome in outcomes for one in outcome.functions)
    return {(one.test_file, test) for one in functions if one.test_file for test in one.tests}


def take_out(tests: Mapping[NewTest, str], *, leaves: Callable[[Written], None] = lambda _: None) -> None:
    """Take tests out of their files; a file that nothing is left of goes. Raises WriteProblem."""
    by_file: dict[Path, set[str]] = {}
    for file, name in tests:
        by_file.setdefault(file, set()).add(name)
    for file, names in by_file.items():
        text = DiskDocuments().read(file)
        if text is None:
            continue
        left = without_tests(text, names)
        if has_tests(left):
            write_edit(TestEdit(file, creates=False, base_text=text, new_text=left), leaves)
        elif left != text:
            remove_file(file)


def without(outcome: UnitOutcome, taken: Mapping[NewTest, str]) -> UnitOutcome:
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
            functions.append(replace(one, tests=kept))
    return replace(outcome, functions=tuple(functions))
