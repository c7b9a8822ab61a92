"""How often files change, and which are other than in a branch, asked of a real git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.git_churn import GitChurn
from greenline.ports.history import HistoryProblem
from unit.adapters.test_git_history import commit, file, git

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["file"]
NEVER = 4_000_000_000
"""A time that is less than a year ago for a long while."""


def test_commits_of_the_last_year_are_counted_for_each_file(file: Path) -> None:
    for number in range(2):
        file.write_text(f"x = {number + 2}\n")
        (file.parent / "b ä.py").write_text(f"y = {number}\n")
        commit(file.parent, at=NEVER)

    # The first commit, of the fixture, is years old.
    assert GitChurn().commits(file.parent) == {file: 2, file.parent / "b ä.py": 2}


def test_without_git_nothing_is_known(tmp_path: Path) -> None:
    assert GitChurn().commits(tmp_path) == {}
    with pytest.raises(HistoryProblem, match="in no git repository"):
        GitChurn().changed_files(tmp_path, "HEAD")


def test_files_that_differ_are_those_that_changed_and_those_that_are_new(file: Path) -> None:
    top = file.parent.parent
    (top / "gone.py").write_text("x = 1\n")
    (top / "same.py").write_text("x = 1\n")
    commit(top)
    git(top, "checkout", "-q", "-b", "work")
    (top / "gone.py").unlink()
    (top / "added.py").write_text("x = 1\n")
    commit(top)
    file.write_text("x = 2\n")
    (top / "new.py").write_text("x = 1\n")

    churn = GitChurn()

    assert churn.changed_files(top, "main") == {file, top / "added.py", top / "new.py"}
    assert churn.changed_files(top, "HEAD") == {file, top / "new.py"}
    with pytest.raises(HistoryProblem, match="no branch or commit 'nowhere'"):
        churn.changed_files(top, "nowhere")


def test_files_are_named_as_they_were_asked_for(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file.parent.parent)
    file.write_text("x = 2\n")

    assert GitChurn().changed_files(link, "HEAD") == {link / "src" / "a.py"}


def test_no_filter_of_the_repository_runs(file: Path) -> None:
    top = file.parent.parent
    ran = top / ".git" / "ran"
    git(top, "config", "filter.x.clean", f"sh -c 'touch {ran}; cat'")
    (top / ".gitattributes").write_text("*.py filter=x\n")
    file.write_text("x = 2\n")

    assert file in GitChurn().changed_files(top, "HEAD")
    assert not ran.exists()


def test_what_git_ignores_is_known(file: Path, tmp_path: Path) -> None:
    top = file.parent.parent
    (top / ".gitignore").write_text("build/\n")
    for name in ("build", "other"):
        (top / name).mkdir()
    assert [GitChurn().is_ignored(top / name) for name in ("build", "other")] == [True, False]
    assert GitChurn().is_ignored(tmp_path) is None


def test_a_history_that_was_cut_off_is_said(file: Path, tmp_path: Path) -> None:
    top = file.parent.parent
    file.write_text("x = 2\n")
    commit(top)
    git(top, "checkout", "-q", "-b", "work")
    file.write_text("x = 3\n")
    commit(top)
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", top.as_uri(), "cut")
    for branch in ("origin/main", "elsewhere"):
        with pytest.raises(HistoryProblem, match=r"only the newest commits.*fetch --unshallow"):
            GitChurn().changed_files(tmp_path / "cut", branch)
