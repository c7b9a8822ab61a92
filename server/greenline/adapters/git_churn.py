"""Which files change, and how often: a few questions to git for a whole repository, none of which runs a program."""

from __future__ import annotations

import hashlib
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

_SHA1 = 40
"""Letters of a hash, where a repository has not those of SHA-256."""
_COMMITS = 5_000
"""That are looked at, the newest: more would take git seconds, and change no order."""


class GitChurn:
    """Implements ``Churn`` and ``Ignored`` with the program ``git``."""

    def commits(self, folder: Path) -> dict[Path, int]:
        """Return how many commits of the last year changed each file. Raises HistoryProblem."""
        repository = repository_of(folder.resolve())
        if repository is None:
            return {}
        question = ("log", "--since=1.year", f"--max-count={_COMMITS}", "--no-merges", "--no-renames", "--format=",
                    "--name-only", "-z", "--", str(folder.resolve()))  # fmt: skip
        found = ask(repository.top, *question) or b""
        return dict(Counter(_as_given(_named(repository, found), folder)))

    def changed_files(self, folder: Path, since: str) -> frozenset[Path]:
        """Return the files that are other than where HEAD and ``since`` part. Raises HistoryProblem."""
        repository = repository_of(folder.resolve())
        if repository is None:
            raise HistoryProblem(f"{folder} is in no git repository, so nothing tells what changed")
        base = base_commit(repository, since)
        then = ask(repository.top, "ls-tree", "-r", "-z", base)
        here = ask(repository.top, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
        if then is None or here is None:
            raise HistoryProblem(f"git cannot compare with {since[:80]!r}")
        blobs = dict(_blobs(then))
        names = {name for name in here.split(b"\0") if name.endswith(b".py")}
        changed = (name for name in names if _differs(repository, name, blobs.get(name)))
        return frozenset(_as_given((repository.top / os.fsdecode(name) for name in changed), folder))

    def is_ignored(self, folder: Path) -> bool | None:
        """Tell whether a folder is ignored. None: there is no repository, or it does not answer. Raises nothing."""
        real = folder.resolve()
        repository = repository_of(real.parent)
        if repository is None:
            return None
        try:
            # It is the one command that does not take paths for what they are when it is told to.
            question = ("--no-literal-pathspecs", "check-ignore", "-q", "--", f"{real}{os.sep}")
            return ask(repository.top, *question) is not None
        except HistoryProblem:
            return None

    def head(self, folder: Path) -> tuple[str, float] | None:
        """Return the commit that is checked out and when it was made. Raises nothing."""
        repository = repository_of(folder.resolve())
        if repository is None:
            return None
        try:
            found = (ask(repository.top, "log", "-1", "--format=%H %ct") or b"").split()
        except HistoryProblem:
            return None
        return (found[0].decode("ascii"), float(found[1])) if found else None

    def line_of(self, folder: Path, since: str) -> list[str]:
        """Return commits from where HEAD and ``since`` part backwards. Raises HistoryProblem."""
        repository = repository_of(folder.resolve())
        if repository is None:
            raise HistoryProblem(f"{folder} is in no git repository, so nothing tells what was before")
        question = ("rev-list", "--first-parent", f"--max-count={_COMMITS}", base_commit(repository, since))
        found = ask(repository.top, *question)
        if found is None:
            raise HistoryProblem(f"git cannot tell what was before {since[:80]!r}")
        return found.decode("ascii").split()


def _blobs(tree: bytes) -> Iterator[tuple[bytes, str]]:
    """Yield names and hashes of what ``git ls-tree`` lists."""
    for entry in filter(None, tree.split(b"\0")):
        about, _, name = entry.partition(b"\t")
        yield name, about.split()[2].decode("ascii")


def _differs(repository: Repository, name: bytes, blob: str | None) -> bool:
    """Tell whether a file is there and is not the one that git knows by this hash.

    Compared here and not by ``git diff``: that runs filters which the repository's configuration names. Where such a
    filter rewrites files, or line ends, they are all said to differ.
    """
    try:
        content = (repository.top / os.fsdecode(name)).read_bytes()
    except OSError:
        return False
    if blob is None:
        return True
    digest = hashlib.new("sha1" if len(blob) == _SHA1 else "sha256", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content) + content)
    return digest.hexdigest() != blob


def _named(repository: Repository, answer: bytes) -> Iterator[Path]:
    for name in answer.split(b"\0"):
        if stripped := name.lstrip(b"\n"):
            yield repository.top / os.fsdecode(stripped)


def _as_given(files: Iterator[Path], folder: Path) -> Iterator[Path]:
    """Yield paths as whoever asks has them: below the folder as it was given, and not as its links lead."""
    resolved, given = folder.resolve(), folder.absolute()
    for file in files:
        yield given / file.relative_to(resolved) if file.is_relative_to(resolved) else file
