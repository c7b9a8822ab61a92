"""What git says of a working tree."""

from __future__ import annotations

import subprocess


class GitError(Exception):
    """git could not be asked, or refused to answer."""


def current_branch(repo: str) -> str | None:
    """Return the name of the branch that is checked out, None where there is none."""
    try:
        done = subprocess.run(
            ["git", "-C", repo, "branch", "--show-current"], capture_output=True, text=True, timeout=10, check=False
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GitError("git does not answer") from None
    if done.returncode == 128:
        raise GitError(f"{repo} is no repository")
    return done.stdout.strip() or None


def changed_files(repo: str) -> list[str]:
    """Return the files that differ from what was committed; new ones are not among them."""
    output = subprocess.check_output(["git", "-C", repo, "status", "--porcelain"], text=True)
    return [line[3:] for line in output.splitlines() if not line.startswith("??")]


def fetch(repo: str, *, prune: bool = False) -> bool:
    """Fetch from the remote; tell whether that worked."""
    command = ["git", "-C", repo, "fetch", "--quiet"]
    if prune:
        command.append("--prune")
    return subprocess.run(command, check=False).returncode == 0
