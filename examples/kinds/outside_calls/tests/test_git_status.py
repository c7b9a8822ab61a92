import subprocess
from unittest.mock import call, create_autospec

import pytest

from git_status import GitError, changed_files, current_branch, fetch


def test_current_branch_when_returncode_is_not_128(monkeypatch):
    run = create_autospec(
        subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout="")
    )
    monkeypatch.setattr(subprocess, "run", run)

    current_branch("abc")

    assert run.call_args_list == [
        call(
            ["git", "-C", "abc", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_current_branch_when_returncode_is_not_128_for_abc(monkeypatch):
    run = create_autospec(
        subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout="abc\n")
    )
    monkeypatch.setattr(subprocess, "run", run)
    assert current_branch("abc") == "abc"
    assert run.call_args_list == [
        call(
            ["git", "-C", "abc", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_current_branch_raises_git_error_on_file_not_found_error(monkeypatch):
    run = create_autospec(subprocess.run, side_effect=FileNotFoundError("abc"))
    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(GitError, match=r"^git is not installed"):
        current_branch("abc")

    assert run.call_args_list == [
        call(
            ["git", "-C", "abc", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_current_branch_raises_git_error_on_timeout_expired(monkeypatch):
    run = create_autospec(
        subprocess.run, side_effect=subprocess.TimeoutExpired("abc", 5)
    )
    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(GitError, match=r"^git does not answer"):
        current_branch("abc")

    assert run.call_args_list == [
        call(
            ["git", "-C", "abc", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_current_branch_raises_git_error_when_returncode_is_128(monkeypatch):
    run = create_autospec(
        subprocess.run,
        return_value=subprocess.CompletedProcess(
            [], 128, stdout="abc\n", stderr="abc\n"
        ),
    )
    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(GitError, match=r"^abc is no repository"):
        current_branch("abc")

    assert run.call_args_list == [
        call(
            ["git", "-C", "abc", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_changed_files(monkeypatch):
    check_output = create_autospec(subprocess.check_output, return_value="")
    monkeypatch.setattr(subprocess, "check_output", check_output)
    assert changed_files("abc") == []
    assert check_output.call_args_list == [
        call(["git", "-C", "abc", "status", "--porcelain"], text=True)
    ]


def test_changed_files_of_abc(monkeypatch):
    check_output = create_autospec(subprocess.check_output, return_value="??")
    monkeypatch.setattr(subprocess, "check_output", check_output)
    assert changed_files("abc") == []
    assert check_output.call_args_list == [
        call(["git", "-C", "abc", "status", "--porcelain"], text=True)
    ]


def test_changed_files_gives_empty(monkeypatch):
    check_output = create_autospec(subprocess.check_output, return_value="abc\n")
    monkeypatch.setattr(subprocess, "check_output", check_output)
    assert changed_files("abc") == [""]
    assert check_output.call_args_list == [
        call(["git", "-C", "abc", "status", "--porcelain"], text=True)
    ]


def test_changed_files_gives_3(monkeypatch):
    check_output = create_autospec(subprocess.check_output, return_value="1.2.3\n")
    monkeypatch.setattr(subprocess, "check_output", check_output)
    assert changed_files("abc") == [".3"]
    assert check_output.call_args_list == [
        call(["git", "-C", "abc", "status", "--porcelain"], text=True)
    ]


def test_fetch_is_true_with_prune(monkeypatch):
    run = create_autospec(
        subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout=b"abc\n")
    )
    monkeypatch.setattr(subprocess, "run", run)
    assert fetch("abc", prune=True) is True
    assert run.call_args_list == [
        call(["git", "-C", "abc", "fetch", "--quiet", "--prune"], check=False)
    ]


def test_fetch_is_false_without_prune(monkeypatch):
    run = create_autospec(
        subprocess.run,
        return_value=subprocess.CompletedProcess(
            [], 1, stdout=b"abc\n", stderr=b"abc\n"
        ),
    )
    monkeypatch.setattr(subprocess, "run", run)
    assert fetch("abc") is False
    assert run.call_args_list == [
        call(["git", "-C", "abc", "fetch", "--quiet"], check=False)
    ]
