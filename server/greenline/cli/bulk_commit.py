"""One commit for each module that a run over many files wrote tests for, where a person asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.git_commit import CommitProblem, GitCommit
from greenline.cli.console import shown
from greenline.domain.bulk.states import state_of
from greenline.page.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from greenline.domain.bulk.outcome import UnitOutcome
    from greenline.domain.bulk.states import States


def commit_modules(git: GitCommit, outcomes: Iterable[UnitOutcome], states: Mapping[Path, States]) -> Iterator[str]:
    """Commit module by module, and yield what became of each, in words; ``states`` are what the run left in files."""
    for group in _groups(one for one in outcomes if not _is_committed(git, one)):
        files = sorted({file.resolve() for outcome in group for file in _files(outcome)})
        names = ", ".join(shown(outcome.path) for outcome in group)
        problem = next(filter(None, (_why_not(git, file, states.get(file, ())) for file in files)), "")
        if not problem:
            try:
                git.commit(files, _message(group, names))
            except CommitProblem as error:
                problem = str(error)
        yield f"Not committed: tests of {names}. {problem}" if problem else f"Committed: tests of {names}"


def _why_not(git: GitCommit, file: Path, states: States) -> str:
    """Return why a file cannot be committed as it is: something of the person's would go with it."""
    if state_of(git.committed(file)) not in states:
        return f"{shown(file)} had changes of yours before, which are not to be committed with them."
    try:
        now = state_of(file.read_bytes())
    except OSError as error:
        return f"{shown(file)} cannot be read: {error.strerror}."
    if now not in states:
        return f"{shown(file)} was changed after they were written: look at it, and commit it yourself."
    return ""


def _is_committed(git: GitCommit, outcome: UnitOutcome) -> bool:
    """Tell whether an earlier part of the run has committed the tests already."""
    for file in _files(outcome):
        text = git.committed(file).decode("utf-8", "replace")
        names = {test.rpartition("::")[2] for one in outcome.functions if one.test_file == file for test in one.tests}
        if not all(f"def {name}(" in text for name in names):
            return False
    return True


def _groups(outcomes: Iterable[UnitOutcome]) -> list[list[UnitOutcome]]:
    """Return the modules that have tests, those whose tests stand in one file together."""
    groups: list[list[UnitOutcome]] = []
    for outcome in outcomes:
        files = _files(outcome)
        if not files:
            continue
        same = [group for group in groups if any(files & _files(other) for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append([*(other for group in same for other in group), outcome])
    return groups


def _files(outcome: UnitOutcome) -> set[Path]:
    return {one.test_file for one in outcome.functions if one.test_file and one.tests}


def _message(group: list[UnitOutcome], names: str) -> str:
    tests = {(one.test_file, test) for outcome in group for one in outcome.functions for test in one.tests}
    functions = sum(bool(one.tests) for outcome in group for one in outcome.functions)
    body = f"{count(len(tests), 'test')} of {count(functions, 'function')}, generated and confirmed by Greenline."
    return f"Test {names}\n\n{body}\n"
