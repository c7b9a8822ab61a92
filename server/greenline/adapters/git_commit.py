"""Commits files by the person's own git: with their configuration and hooks, as when they commit themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.git_places import repository_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = 600.0
"""For one commit: hooks may run the tests."""
_SHOWN = 400
"""Characters of what git says when it fails."""


class CommitProblem(Exception):
    """Nothing was committed; the message says why."""


class GitCommit:
    """Of the repository that a folder is in. Raises CommitProblem where there is none, or no git."""

    def __init__(self, folder: Path) -> None:
        repository = repository_of(folder.resolve())
        program = shutil.which("git")
        if repository is None:
            raise CommitProblem(f"{folder} is in no git repository")
        if program is None:
            raise CommitProblem("git is not installed, or not on the PATH")
        self._top = repository.top
        self._program = program

    def committed(self, file: Path) -> bytes:
        """Return what a file is in HEAD; empty where it is not in there."""
        try:
            return self._git("cat-file", "blob", f"HEAD:{self._name(file)}")
        except CommitProblem:
            return b""

    def commit(self, files: Sequence[Path], message: str) -> None:
        """Commit these files as they are, and nothing else that changed or is staged. Raises CommitProblem."""
        names = [self._name(file) for file in files]
        known = self._git("ls-files", "-z", "--", *names).split(b"\0")
        new = [name for name in names if os.fsencode(name) not in known]
        if new:
            self._git("add", "--intent-to-add", "--", *new)
        try:
            self._git("commit", "--quiet", "--only", "--message", message, "--", *names)
        except CommitProblem:
            if new:
                self._git("rm", "--quiet", "--cached", "--", *new)
            raise

    def _name(self, file: Path) -> str:
        try:
            return file.resolve().relative_to(self._top).as_posix()
        except ValueError as error:
            raise CommitProblem(f"{file} is not in the repository {self._top}") from error

    def _git(self, *arguments: str) -> bytes:
        try:
            ended = subprocess.run(
                [self._program, "--no-pager", "--literal-pathspecs", *arguments],
                cwd=self._top,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise CommitProblem(f"git {arguments[0]} did not end well ({error})") from error
        if ended.returncode:
            said = (ended.stderr or ended.stdout).decode("utf-8", "replace").strip()
            raise CommitProblem(f"git {arguments[0]} failed: {said[-_SHOWN:] or f'exit code {ended.returncode}'}")
        return ended.stdout
