"""What files were before, from git: each thing is asked once for each state of the repository."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from greenline.adapters.disk_documents import decoded
from greenline.adapters.git_places import repository_of, stamp_of
from greenline.adapters.git_program import ask
from greenline.ports.history import HistoryProblem, PastText

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenline.adapters.git_places import Repository

_KEPT = 128
_COMMITTER = re.compile(rb"^committer .* (\d+) [+-]\d{4}$", re.MULTILINE)
_SHOWN = "so gaps in all lines are shown"
_PROBLEMS_HOLD = 30.0
"""Seconds after which is asked again what could not be answered."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Problem:
    message: str
    until: float


class GitHistory:
    """Implements ``History`` with the program ``git``."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[object, ...], object] = OrderedDict()
        self._lock = threading.Lock()

    def base_text(self, path: Path, since: str) -> str | None:
        """Return the file in HEAD, or where the branch ``since`` and HEAD part. Raises HistoryProblem."""
        file = _resolved(path)
        repository = repository_of(file.parent)
        if repository is None:
            raise HistoryProblem(
                f"{path.parent} is in no git repository, {_SHOWN} (greenline.diagnostics.changedSince)"
            )
        try:
            commit = self._once(("base", since, stamp_of(repository, since)), lambda: base_commit(repository, since))
            return self._text(repository, file, commit)
        except HistoryProblem as problem:
            raise HistoryProblem(f"{problem}, {_SHOWN} (greenline.diagnostics.changedSince)") from problem

    def text_at(self, path: Path, when: float) -> PastText | None:
        """Return the file in the commit that was checked out then. Raises nothing."""
        file = _resolved(path)
        repository = repository_of(file.parent)
        if repository is None:
            return None
        try:
            commit = self._once(("at", int(when), stamp_of(repository)), lambda: _commit_at(repository, int(when)))
            text = self._text(repository, file, commit) if commit else None
            if text is None:
                return None
            return PastText(text, self._once(("time", commit), lambda: _committed_at(repository, commit)))
        except HistoryProblem:
            return None

    def stamp(self, path: Path, since: str = "") -> object:
        """Return what changes whenever HEAD or the branch does."""
        repository = repository_of(_resolved(path).parent)
        return repository and stamp_of(repository, since)

    def _text(self, repository: Repository, file: Path, commit: str) -> str | None:
        return self._once(("text", file, commit), lambda: _text_in(repository, file, commit))

    def _once(self, key: tuple[object, ...], find: Callable[[], _T]) -> _T:
        """Answer from memory; a problem is remembered for a while, as it may pass."""
        with self._lock:
            known = self._known.get(key)
            if key not in self._known or (isinstance(known, _Problem) and known.until < time.monotonic()):
                try:
                    self._known[key] = find()
                except HistoryProblem as problem:
                    self._known[key] = _Problem(str(problem), time.monotonic() + _PROBLEMS_HOLD)
                if len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            answer = self._known[key]
        if isinstance(answer, _Problem):
            raise HistoryProblem(answer.message)
        return answer  # type: ignore[return-value]


def base_commit(repository: Repository, since: str) -> str:
    """Return HEAD, or where the branch ``since`` and HEAD part. Raises HistoryProblem."""
    head = _commit(repository, "HEAD")
    if head is None:
        raise HistoryProblem("the git repository has no commit yet")
    if since == "HEAD":
        return head
    other = None if since.startswith("-") or "\0" in since else _commit(repository, since)
    if other is None:
        raise HistoryProblem(f"git knows no branch or commit {since[:80]!r}{_if_shallow(repository)}")
    found = ask(repository.top, "merge-base", other, head)
    if not found:
        problem = f"git knows no commit that {since[:80]!r} and HEAD have in common"
        raise HistoryProblem(f"{problem}{_if_shallow(repository)}")
    return found.split()[0].decode("ascii")


def _if_shallow(repository: Repository) -> str:
    """Return what to do where the history is cut off, as CI clones it."""
    if not (repository.common_dir / "shallow").exists():
        return ""
    return ": this clone has only the newest commits. Get the others (git fetch --unshallow; fetch-depth: 0 in CI)"


def _commit(repository: Repository, name: str) -> str | None:
    found = ask(repository.top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return found.strip().decode("ascii") if found else None


def _commit_at(repository: Repository, when: int) -> str:
    """Return what was checked out; by the log of HEAD, else by the commits' times. Empty: nobody knows."""
    # A number of this size is taken for a time, not for the n-th entry.
    found = _commit(repository, f"HEAD@{{{max(when, 100_000_000)}}}")
    if found is not None:
        return found
    listed = ask(repository.top, "rev-list", "-1", f"--before={when}", "HEAD")
    return listed.strip().decode("ascii") if listed else ""


def _committed_at(repository: Repository, commit: str) -> float:
    found = _COMMITTER.search(ask(repository.top, "cat-file", "commit", commit) or b"")
    return float(found[1]) if found else 0.0


def _text_in(repository: Repository, file: Path, commit: str) -> str | None:
    try:
        name = file.relative_to(_resolved(repository.top)).as_posix()
    except ValueError:
        return None
    content = ask(repository.top, "cat-file", "blob", f"{commit}:./{name}")
    if content is None:
        return None
    try:
        return decoded(content)
    except (UnicodeDecodeError, LookupError):
        return None


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()
