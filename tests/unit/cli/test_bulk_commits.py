"""``generate --commit``: one commit for each module, of what the run wrote alone."""

from __future__ import annotations

from pathlib import Path

from unit.cli.bulk_fakes import BulkServices
from unit.cli.bulk_runs import Run, git, repository, run, services

__all__ = ["repository", "run", "services"]  # fixtures


def test_each_module_has_a_commit_of_what_was_written_for_it(run: Run, repository: Path) -> None:
    (repository / "notes.txt").write_text("mine\n")
    result = run("shop", "--commit")
    assert result.exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]
    assert git(repository, "show", "--name-only", "--format=%b").split("\n") == [
        "2 tests of 2 functions, generated and confirmed by Greenline.",
        "",
        "",
        "tests/test_mail.py",
        "",
    ]
    assert git(repository, "status", "--porcelain").strip() == "?? notes.txt"


def test_a_file_with_changes_of_the_persons_is_not_committed(run: Run, repository: Path) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_mail.py").write_text("# mine\n")
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: tests of shop/mail.py. tests/test_mail.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/orders.py", "first"]
    assert "def test_mail" in (repository / "tests" / "test_mail.py").read_text()


def test_going_on_commits_what_the_first_part_wrote_too(run: Run, repository: Path, services: BulkServices) -> None:
    services.stops_at = "mail.py"
    run("shop")
    services.stops_at = ""
    assert run("shop", "--commit").exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]


def test_going_on_does_not_commit_what_the_person_had_before_the_first_part(
    run: Run, repository: Path, services: BulkServices
) -> None:
    (repository / "tests").mkdir()
    (repository / "tests" / "test_orders.py").write_text("# mine\n")
    services.stops_at = "mail.py"
    run("shop", "--commit")
    services.stops_at = ""
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: tests of shop/orders.py. tests/test_orders.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "first"]


def test_going_on_does_not_commit_what_the_person_changed_between_the_parts(
    run: Run, repository: Path, services: BulkServices
) -> None:
    services.stops_at = "mail.py"
    run("shop")
    with (repository / "tests" / "test_orders.py").open("a") as file:
        file.write("# mine\n")
    services.stops_at = ""
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "tests of shop/orders.py. tests/test_orders.py was changed after they were written: look" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "first"]


def test_what_the_person_changes_while_all_tests_run_is_not_committed(
    run: Run, repository: Path, services: BulkServices
) -> None:
    mail = repository / "tests" / "test_mail.py"
    services.meanwhile = lambda: mail.write_text(f"{mail.read_text()}# mine\n")
    services.breaks = {"test_Box_open": "it fails beside test_mail"}  # so that Greenline writes to the file after that
    result = run("shop", "--commit")
    assert "Not committed: tests of shop/mail.py. tests/test_mail.py had changes of yours before" in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/orders.py", "first"]
    assert "Box" not in git(repository, "show", "HEAD:tests/test_orders.py")


def test_nothing_is_committed_while_nobody_knows_whether_all_tests_pass(
    run: Run, repository: Path, services: BulkServices
) -> None:
    services.problem = "The tests did not end within 600 s."
    result = run("shop", "--commit")
    assert result.exit_code == 1
    assert "Not committed: nobody knows whether all tests pass." in result.stderr
    assert git(repository, "log", "--format=%s").splitlines() == ["first"]
    services.problem = ""
    assert run("shop", "--commit").exit_code == 0
    assert git(repository, "log", "--format=%s").splitlines() == ["Test shop/mail.py", "Test shop/orders.py", "first"]


def test_without_a_repository_nothing_begins(run: Run, folder: Path) -> None:
    result = run("shop", "--commit")
    assert result.exit_code == 2
    assert "is in no git repository" in result.stderr
    assert not (folder / "tests").exists()
