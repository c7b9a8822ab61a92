import subprocess
from unittest.mock import call, create_autospec

import pytest

from git_status import GitError, changed_files, current_branch, fetch


@pytest.mark.parametrize(
    ("stdout", "expected"),
    [
        pytest.param("", None, id="empty-stdout"),
        pytest.param("abc\n", "abc", id="abc"),
    ],
)
def test_current_branch(stdout, expected, monkeypatch):
    run = create_autospec(
        subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout=stdout)
    )
    monkeypatch.setattr(subprocess, "run", run)

    assert current_branch("repo") == expected

    assert run.call_args_list == [
        call(
            ["git", "-C", "repo", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


def test_current_branch_raises_git_error_on_file_not_found_error(monkeypatch):
    run = create_autospec(subprocess.run, side_effect=FileNotFoundError("abc"))
    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(GitError, match="git is not installed"):
        current_branch("repo")

    assert run.call_args_list == [
        call(
            ["git", "-C", "repo", "branch", "--show-current"],
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

    with pytest.raises(GitError, match="git does not answer"):
        current_branch("repo")

    assert run.call_args_list == [
        call(
            ["git", "-C", "repo", "branch", "--show-current"],
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

    with pytest.raises(GitError, match="repo is no repository"):
        current_branch("repo")

    assert run.call_args_list == [
        call(
            ["git", "-C", "repo", "branch", "--show-current"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    ]


@pytest.mark.parametrize(
    ("return_value", "expected"),
    [
        pytest.param("", [], id="empty-return-value"),
        ("??", []),
        pytest.param("abc\n", [""], id="abc"),
        pytest.param("1.2.3\n", [".3"], id="1-2-3"),
    ],
)
def test_changed_files(return_value, expected, monkeypatch):
    check_output = create_autospec(subprocess.check_output, return_value=return_value)
    monkeypatch.setattr(subprocess, "check_output", check_output)

    assert changed_files("repo") == expected

    assert check_output.call_args_list == [
        call(["git", "-C", "repo", "status", "--porcelain"], text=True)
    ]


def test_fetch_is_true_with_prune(monkeypatch):
    run = create_autospec(
        subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout=b"abc\n")
    )
    monkeypatch.setattr(subprocess, "run", run)
    assert fetch("repo", prune=True) is True
    assert run.call_args_list == [
        call(["git", "-C", "repo", "fetch", "--quiet", "--prune"], check=False)
    ]


def test_fetch_is_false_without_prune(monkeypatch):
    run = create_autospec(
        subprocess.run,
        return_value=subprocess.CompletedProcess(
            [], 1, stdout=b"abc\n", stderr=b"abc\n"
        ),
    )
    monkeypatch.setattr(subprocess, "run", run)
    assert fetch("repo") is False
    assert run.call_args_list == [
        call(["git", "-C", "repo", "fetch", "--quiet"], check=False)
    ]
