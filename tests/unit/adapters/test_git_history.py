"""What git is asked, what it may not do while it answers, and what is said where it has no answer."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from greenline.adapters import git_history, git_program
from greenline.adapters.git_history import GitHistory
from greenline.adapters.git_places import repository_of
from greenline.ports.history import HistoryProblem, PastText

WHO = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *arguments: str, at: int = 1_700_000_000) -> str:
    dates = {f"GIT_{role}_DATE": f"@{at} +0000" for role in ("AUTHOR", "COMMITTER")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-c", "maintenance.auto=false", "-c", "gc.auto=0", *arguments],  # which goes on by itself
        cwd=folder,
        env={**os.environ, **WHO, **dates, **alone},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def commit(folder: Path, at: int = 1_700_000_000) -> str:
    git(folder, "add", "-A", at=at)
    git(folder, "commit", "-q", "-m", "x", at=at)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one commit on ``main``."""
    top = tmp_path / "project"
    (top / "src").mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    path = top / "src" / "a.py"
    path.write_text("x = 1\n", encoding="utf-8")
    commit(top)
    return path


def test_head_and_the_place_where_a_branch_was_left(file: Path) -> None:
    top = file.parent.parent
    history = GitHistory()
    git(top, "checkout", "-q", "-b", "mine")
    file.write_text("x = 2\n", encoding="utf-8")
    commit(top)
    git(top, "checkout", "-q", "main")
    file.write_text("x = 3\n", encoding="utf-8")
    commit(top)
    git(top, "checkout", "-q", "mine")
    file.write_text("x = 4\n", encoding="utf-8")
    assert history.base_text(file, "HEAD") == "x = 2\n"
    assert history.base_text(file, "main") == "x = 1\n"
    assert history.base_text(file.with_name("new.py"), "HEAD") is None


def test_a_commit_and_a_fetched_branch_are_seen_at_once(file: Path) -> None:
    top = file.parent.parent
    history = GitHistory()
    first = git(top, "rev-parse", "HEAD")
    git(top, "update-ref", "refs/remotes/origin/main", first)
    before = history.stamp(file, "origin/main")
    assert history.base_text(file, "origin/main") == "x = 1\n"
    file.write_text("x = 2\n", encoding="utf-8")
    second = commit(top)
    assert history.stamp(file, "origin/main") != before
    assert history.base_text(file, "HEAD") == "x = 2\n"
    assert history.base_text(file, "origin/main") == "x = 1\n"
    git(top, "update-ref", "refs/remotes/origin/main", second)
    assert history.base_text(file, "origin/main") == "x = 2\n"


def test_what_was_checked_out_at_a_time(file: Path) -> None:
    top = file.parent.parent
    file.write_text("x = 2\n", encoding="utf-8")
    commit(top, at=1_700_000_500)
    history = GitHistory()
    assert history.text_at(file, 1_700_000_499.9) == PastText("x = 1\n", 1_700_000_000)
    assert history.text_at(file, 1_700_000_500.1) == PastText("x = 2\n", 1_700_000_500)
    assert history.text_at(file.with_name("new.py"), 1_700_000_500) is None
    assert history.text_at(top.parent / "elsewhere.py", 1_700_000_500) is None


def test_a_working_tree_beside_the_repository_and_a_link_to_it(file: Path, tmp_path: Path) -> None:
    git(file.parent.parent, "worktree", "add", "-q", "-b", "beside", str(tmp_path / "beside"))
    beside = tmp_path / "beside" / "src" / "a.py"
    beside.write_text("x = 7\n", encoding="utf-8")
    commit(tmp_path / "beside")
    (tmp_path / "link").symlink_to(tmp_path / "beside", target_is_directory=True)
    history = GitHistory()
    assert history.base_text(beside, "HEAD") == "x = 7\n"
    assert history.base_text(tmp_path / "link" / "src" / "a.py", "HEAD") == "x = 7\n"
    assert history.base_text(file, "HEAD") == "x = 1\n"
    before = history.stamp(beside)
    beside.write_text("x = 8\n", encoding="utf-8")
    commit(tmp_path / "beside")
    assert history.stamp(beside) != before


@pytest.mark.parametrize(
    "head",
    [b"ref: /etc/passwd\n", b"ref: ../../../x\n", b"ref: a\0b\n", b"ref: \n", b"", b"\xff\xfe\0", b"x" * 100_000],
)
def test_whatever_stands_in_head_nothing_is_raised(file: Path, head: bytes) -> None:
    (file.parent.parent / ".git" / "HEAD").write_bytes(head)
    history = GitHistory()
    assert history.stamp(file, "main") is not None
    assert history.text_at(file, 1_700_000_000) is None
    with pytest.raises(HistoryProblem):
        history.base_text(file, "HEAD")


@pytest.mark.parametrize(
    "content", [b"gitdir: a\0b\n", b"gitdir: \n", b"gitdir: /nowhere\n", b"\xff", b"", b"x" * 100_000]
)
def test_whatever_a_gitdir_file_holds_nothing_is_raised(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert repository_of(tmp_path) is None
    assert GitHistory().stamp(tmp_path / "a.py") is None


def test_an_empty_git_folder_hides_no_repository_and_gives_no_file_of_another(file: Path) -> None:
    top, history = file.parent.parent, GitHistory()
    (top / "a.py").write_text("outer = 1\n", encoding="utf-8")
    commit(top)
    (file.parent / ".git").mkdir()
    assert history.base_text(file, "HEAD") == "x = 1\n"
    git(file.parent, "init", "-q", "-b", "main")
    with pytest.raises(HistoryProblem, match="no commit yet"):
        history.base_text(file, "HEAD")
    (file.parent / ".git" / "HEAD").write_text("nonsense\n", encoding="utf-8")  # git looks for another one around it
    with pytest.raises(HistoryProblem):
        GitHistory().base_text(file, "HEAD")


def test_the_encoding_that_the_file_declares_and_its_line_ends(file: Path) -> None:
    file.write_bytes("# coding: latin-1\r\nx = 'é'\r\n".encode("latin-1"))
    commit(file.parent.parent)
    assert GitHistory().base_text(file, "HEAD") == "# coding: latin-1\r\nx = 'é'\r\n"


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("nowhere", "git knows no branch or commit 'nowhere', so gaps in all lines are shown"),
        ("--output=/tmp/x", "git knows no branch or commit '--output=/tmp/x'"),
        ("a\0b", "git knows no branch or commit"),
        ("orphan", "git knows no commit that 'orphan' and HEAD have in common"),
    ],
)
def test_a_base_that_is_none(file: Path, since: str, words: str) -> None:
    top = file.parent.parent
    git(top, "checkout", "-q", "--orphan", "orphan")
    commit(top, at=1_600_000_000)
    git(top, "checkout", "-q", "main")
    history = GitHistory()
    for _ in range(2):
        with pytest.raises(HistoryProblem) as problem:
            history.base_text(file, since)
        assert words in str(problem.value)
        assert str(problem.value).endswith("(greenline.diagnostics.changedSince)")


def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    with pytest.raises(HistoryProblem, match="is in no git repository, so gaps in all lines are shown"):
        GitHistory().base_text(tmp_path / "a.py", "HEAD")
    git(tmp_path, "init", "-q")
    with pytest.raises(HistoryProblem, match="the git repository has no commit yet"):
        GitHistory().base_text(tmp_path / "a.py", "HEAD")
    (tmp_path / ".git").rename(tmp_path / "gone")
    (tmp_path / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
    with pytest.raises(HistoryProblem):
        GitHistory().base_text(tmp_path / "a.py", "HEAD")
    assert GitHistory().text_at(tmp_path / "a.py", 1.7e9) is None


def test_without_git(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HistoryProblem, match="git is not installed, or not on the PATH, so gaps in all lines are"):
        GitHistory().base_text(file, "HEAD")
    assert GitHistory().text_at(file, 1.7e9) is None


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_git_that_does_not_answer_is_ended(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(git_program, "SECONDS", 0.2)
    script(tmp_path, "git", "exec sleep 600")
    children: list[subprocess.Popen[bytes]] = []

    class Kept(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            children.append(self)

    monkeypatch.setattr(subprocess, "Popen", Kept)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(HistoryProblem, match=r"git did not answer within 0\.2 s, so gaps in all lines are shown"):
        GitHistory().base_text(file, "HEAD")
    assert [child.returncode for child in children] == [-signal.SIGKILL]  # ended, and waited for


def test_what_could_not_be_answered_is_asked_again_later(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    history = GitHistory()
    asked = tmp_path / "asked"
    path = os.environ["PATH"]
    script(tmp_path, "git", f"echo x >> {asked}; exec yes")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{path}")
    monkeypatch.setattr(git_program, "MOST", 1000)
    for _ in range(3):
        with pytest.raises(HistoryProblem):
            history.base_text(file, "HEAD")
    assert asked.read_text(encoding="utf-8") == "x\n"
    monkeypatch.setattr(git_program, "MOST", 1 << 20)
    monkeypatch.setenv("PATH", path)
    later = git_history.time.monotonic() + 31
    monkeypatch.setattr(git_history.time, "monotonic", lambda: later)
    assert history.base_text(file, "HEAD") == "x = 1\n"


def test_an_answer_without_end_is_ended(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(git_program, "MOST", 1000)
    script(tmp_path, "git", "exec yes")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(HistoryProblem, match="git's answer is longer than 1,000 bytes"):
        GitHistory().base_text(file, "HEAD")


def test_nothing_that_the_repository_names_is_run_and_nothing_in_it_changes(file: Path, tmp_path: Path) -> None:
    top = file.parent.parent
    mark = tmp_path / "ran"
    bad = script(tmp_path, "bad", f"touch {mark}; exit 1")
    for name in (
        "core.fsmonitor", "core.pager", "core.editor", "core.askPass", "core.sshCommand", "diff.external",
        "gpg.program",
        "filter.x.smudge", "filter.x.clean", "diff.x.textconv", "core.gitProxy", "credential.helper",
    ):  # fmt: skip
        git(top, "config", name, str(bad))
    git(top, "config", "log.showSignature", "true")
    git(top, "config", "pager.rev-list", str(bad))
    hooks = top / ".git" / "hooks"
    for hook in ("reference-transaction", "post-index-change", "post-checkout", "fsmonitor-watchman"):
        script(hooks, hook, f"touch {mark}")
    (top / ".gitattributes").write_text("*.py filter=x diff=x\n", encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in sorted(top.rglob("*"))}
    history = GitHistory()
    assert history.base_text(file, "HEAD") == "x = 1\n"
    assert history.base_text(file, "main") == "x = 1\n"
    assert history.text_at(file, 1_700_000_001) == PastText("x = 1\n", 1_700_000_000)
    (top / ".git" / "logs" / "HEAD").unlink()
    del before[top / ".git" / "logs" / "HEAD"]
    assert GitHistory().text_at(file, 1_700_000_001) == PastText("x = 1\n", 1_700_000_000)
    assert not mark.exists()
    after = {path: path.stat().st_mtime_ns for path in sorted(top.rglob("*"))}
    del before[top / ".git" / "logs"], after[top / ".git" / "logs"]
    assert after == before


def test_a_hooks_environment_leads_nowhere_else(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert GitHistory().base_text(file, "HEAD") == "x = 1\n"


def test_a_text_that_is_not_here_is_not_fetched(file: Path, tmp_path: Path) -> None:
    """In a partial clone git would ask the network for what is missing."""
    mark = tmp_path / "ran"
    top = file.parent.parent
    git(top, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{top}", str(clone))
    git(clone, "config", "remote.origin.url", "ext::touch " + str(mark))
    git(clone, "config", "protocol.ext.allow", "always")
    assert repository_of(clone / "src") is not None
    assert GitHistory().base_text(clone / "src" / "a.py", "HEAD") is None
    assert not mark.exists()
