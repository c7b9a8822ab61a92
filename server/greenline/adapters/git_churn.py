"""Which files change, and how often: two questions to git for a whole repository."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.git_history import base_commit
from greenline.adapters.git_places import repository_of
from greenline.adapters.git_program import ask
from greenline.ports.history import HistoryProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.adapters.git_places import Repository

_COMMITS = 5_000
"""That are looked at, the newest: more would take git seconds, and change no order."""


class GitChurn:
    """Implements ``Churn`` with the program ``git``."""

    def commits(self, folder: Path) -> dict[Path, int]:
        """Return how many commits of the last year changed each file. Raises nothing."""
        repository = repository_of(folder.resolve())
        if repository is None:
            return {}
        question = ("log", "--since=1.year", f"--max-count={_COMMITS}", "--no-merges", "--no-renames", "--format=",
                    "--name-only", "-z", "--", str(folder.resolve()))  # fmt: skip
        try:
            found = ask(repository.top, *question) or b""
        except HistoryProblem:
            return {}
        return dict(Counter(_as_given(_named(repository, found), folder)))

    def changed_files(self, folder: Path, since: str) -> frozenset[Path]:
        """Return the files that are other than where HEAD and ``since`` part. Raises HistoryProblem."""
        repository = repository_of(folder.resolve())
        if repository is None:
            raise HistoryProblem(f"{folder} is in no git repository, so nothing tells what changed")
        base = base_commit(repository, since)
        changed = ask(repository.top, "diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", base)
        new = ask(repository.top, "ls-files", "--others", "--exclude-standard", "-z")
        if changed is None or new is None:
            raise HistoryProblem(f"git cannot compare with {since[:80]!r}")
        return frozenset(_as_given(_named(repository, changed + new), folder))


def _named(repository: Repository, answer: bytes) -> Iterator[Path]:
    for name in answer.split(b"\0"):
        if stripped := name.lstrip(b"\n"):
            yield repository.top / os.fsdecode(stripped)


def _as_given(files: Iterator[Path], folder: Path) -> Iterator[Path]:
    """Yield paths as whoever asks has them: below the folder as it was given, and not as its links lead."""
    resolved, given = folder.resolve(), folder.absolute()
    for file in files:
        yield given / file.relative_to(resolved) if file.is_relative_to(resolved) else file
