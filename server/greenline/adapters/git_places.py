"""Where a repository keeps what changes with its commits and branches: looked at without running git."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Repository:
    """``git_dir`` is this working tree's own folder, ``common_dir`` what it shares with others."""

    top: Path
    git_dir: Path
    common_dir: Path


def repository_of(folder: Path) -> Repository | None:
    """Return the repository that a folder is in. Raises nothing."""
    for top in (folder, *folder.parents):
        dot_git = top / ".git"
        try:
            if dot_git.is_dir():
                return Repository(top, dot_git, dot_git)
            if dot_git.is_file():
                git_dir = _named(dot_git, "gitdir: ")
                if git_dir is not None:
                    return Repository(top, git_dir, _named(git_dir / "commondir", "") or git_dir)
        except (OSError, ValueError):
            continue
    return None


def stamp_of(repository: Repository, name: str = "") -> tuple[object, ...]:
    """Return what changes whenever HEAD does, or the branch of that name. Raises nothing."""
    own, shared = repository.git_dir, repository.common_dir
    branch = _named(own / "HEAD", "ref: ")
    files = [own / "HEAD", own / "logs" / "HEAD", shared / "packed-refs", shared / "FETCH_HEAD"]
    files += [shared / "reftable" / "tables.list", shared / "shallow"]
    if name:
        files += [shared / "refs" / kind / name for kind in ("heads", "remotes", "tags")]
    if branch is not None:
        files.append(shared / branch.relative_to(own))
    return (repository, *map(_stamp, files))


def _named(file: Path, prefix: str) -> Path | None:
    """Return the path that a file of one line holds."""
    try:
        text = file.read_text(encoding="utf-8", errors="surrogateescape").strip()
    except OSError:
        return None
    return file.parent / text.removeprefix(prefix) if text.startswith(prefix) and text else None


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return (stat.st_mtime_ns, stat.st_size)
