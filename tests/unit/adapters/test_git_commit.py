"""Commits by a real git: only what was asked for, with the person's hooks."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.git_commit import CommitProblem, GitCommit

if TYPE_CHECKING:
    from pathlib import Path


def git(top: Path, *arguments: str) -> str:
    names = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.run(["git", *names, *arguments], cwd=top, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Ada")
    git(tmp_path, "config", "user.email", "ada@example.org")
    (tmp_path / "old.py").write_text("x = 1\n")
    (tmp_path / "mine.py").write_text("x = 1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def test_only_the_files_that_are_named_are_committed(top: Path) -> None:
    (top / "old.py").write_text("x = 2\n")
    (top / "mine.py").write_text("x = 2\n")
    git(top, "add", "mine.py")
    (top / "tests").mkdir()
    (top / "tests" / "test ä.py").write_text("y = 1\n")
    (top / "tests" / "other.py").write_text("z = 1\n")
    commits = GitCommit(top)

    commits.commit([top / "old.py", top / "tests" / "test ä.py"], "Test old\n\nTwo tests.\n")

    assert git(top, "log", "-1", "--format=%B").strip() == "Test old\n\nTwo tests."
    assert git(top, "-c", "core.quotePath=false", "show", "--name-only", "--format=").split("\n")[:2] == [
        "old.py",
        "tests/test ä.py",
    ]
    assert git(top, "status", "--porcelain", "-uall").splitlines() == ["M  mine.py", "?? tests/other.py"]
    assert git(top, "diff", "--cached", "--name-only").strip() == "mine.py"  # as the person staged it
    assert commits.committed(top / "tests" / "test ä.py") == b"y = 1\n"
    assert commits.committed(top / "tests" / "other.py") == b""
    with pytest.raises(CommitProblem, match="is not in the repository"):
        commits.commit([top.parent / "elsewhere.py"], "Test elsewhere")


@pytest.mark.skipif(sys.platform == "win32", reason="the hook is a shell script")
def test_a_hook_that_refuses_leaves_all_as_it_was(top: Path) -> None:
    hook = top / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'too long a line' >&2\nexit 1\n")
    hook.chmod(0o755)
    (top / "new.py").write_text("x = 1\n")
    with pytest.raises(CommitProblem, match="too long a line"):
        GitCommit(top).commit([top / "new.py"], "new")
    assert git(top, "status", "--porcelain").strip() == "?? new.py"


def test_without_a_repository_nothing_can_be_committed(tmp_path: Path) -> None:
    with pytest.raises(CommitProblem, match="in no git repository"):
        GitCommit(tmp_path)
