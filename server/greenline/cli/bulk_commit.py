"""One commit for each module that a run over many files wrote tests for, where a person asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.git_commit import CommitProblem, GitCommit
from greenline.cli.console import shown
from greenline.cli.ranking_words import count

if TYPE_CHECKING:
    from greenline.domain.bulk.outcome import UnitOutcome


@dataclass(frozen=True, slots=True)
class Commits:
    """The repository, and what had changed in it before the run wrote anything: that is the person's."""

    git: GitCommit
    changed_before: frozenset[Path]

    @classmethod
    def begin(cls, root: Path, done: Iterable[UnitOutcome]) -> Commits:
        """Look at the repository; what an earlier part of the run wrote is no change of the person's.

        Raises CommitProblem.
        """
        git = GitCommit(root)
        ours = {file.resolve() for outcome in done for file in _files(outcome) if not _is_committed(git, outcome)}
        return cls(git, git.changed() - ours)

    def commit(self, outcomes: Iterable[UnitOutcome]) -> Iterator[str]:
        """Commit module by module, and yield what became of each, in words."""
        for group in _groups(one for one in outcomes if not _is_committed(self.git, one)):
            files = sorted({file.resolve() for outcome in group for file in _files(outcome)})
            names = ", ".join(shown(outcome.path) for outcome in group)
            if mixed := [file for file in files if file in self.changed_before]:
                yield (
                    f"Not committed: tests of {names}. {shown(mixed[0])} had changes of yours before, which are not to "
                    "be committed with them."
                )
                continue
            try:
                self.git.commit(files, _message(group, names))
            except CommitProblem as problem:
                yield f"Not committed: tests of {names}. {problem}"
            else:
                yield f"Committed: tests of {names}"


def _is_committed(git: GitCommit, outcome: UnitOutcome) -> bool:
    """Tell whether an earlier part of the run has committed the tests already."""
    for file in _files(outcome):
        text = git.committed(file)
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
