"""Where a repository keeps what changes with its commits and branches: looked at without running git."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1 << 14
"""Bytes that are read of a file of one line."""


@dataclass(frozen=True, slots=True)
class Repository:
    """``git_dir`` is this working tree's own folder, ``common_dir`` what it shares with others."""

    top: Path
    git_dir: Path
    common_dir: Path


def repository_of(folder: Path) -> Repository | None:
    """Return the repository that a folder is in; like git, it passes by what only looks like one. Raises nothing."""
    for top in (folder, *folder.parents):
        dot_git = top / ".git"
        try:
            git_dir = _beside(dot_git, _line(dot_git, "gitdir: ")) if dot_git.is_file() else dot_git
            if git_dir is None or not git_dir.is_dir():
                continue
            common_dir = _beside(git_dir / "commondir", _line(git_dir / "commondir", "")) or git_dir
            if _is_there(git_dir / "HEAD") and (common_dir / "objects").is_dir() and (common_dir / "refs").is_dir():
                return Repository(top, git_dir, common_dir)
        except (OSError, ValueError):
            continue
    return None


def stamp_of(repository: Repository, name: str = "") -> tuple[object, ...]:
    """Return what changes whenever HEAD does, or the branch of that name. Raises nothing."""
    own, shared = repository.git_dir, repository.common_dir
    branch = _line(own / "HEAD", "ref: ")
    files = [own / "HEAD", own / "logs" / "HEAD", shared / "packed-refs", shared / "FETCH_HEAD"]
    files += [shared / "reftable" / "tables.list", shared / "shallow"]
    if name:
        files += [shared / "refs" / kind / name for kind in ("heads", "remotes", "tags")]
    if branch is not None:
        files.append(shared / branch)
    return (repository, *map(_stamp, files))


def _line(file: Path, prefix: str) -> str | None:
    """Return what a file of one line says after the prefix. Other files, and what is no file, say nothing."""
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            text = os.fsdecode(opened.read(_LONGEST)).strip()
    except (OSError, ValueError):
        return None
    return text.removeprefix(prefix).strip() or None if text.startswith(prefix) else None


def _beside(file: Path, name: str | None) -> Path | None:
    return None if name is None else file.parent / name


def _is_there(file: Path) -> bool:
    """Tell whether it is there; a link is, wherever it leads."""
    return file.is_symlink() or file.is_file()


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return (stat.st_mtime_ns, stat.st_size)
