"""A file that was written again after its coverage was measured: the text that ran is found, or nothing is shown.

With real repositories and real coverage.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.git_history import GitHistory
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.domain.coverage.model import Executed
from greenline.ports.tests import TestReport
from greenline.services.show_coverage import ShowCoverage
from greenline.services.stored_runs import StoredRuns

if TYPE_CHECKING:
    from greenline.services.picture import Picture

TEXT = '''\
"""Signs."""


class Sign:
    """What stands before a number."""


def sign(n):
    """Of a number."""
    if n < 0:
        return [
            -1
            for _ in range(1)
        ][0]
    return 1


def other():
    return 2


sign(3)
'''
EDITED = TEXT.replace("    return 2\n", "    return 22\n").replace("def sign", "import os\n\n\ndef sign")
NOW = 2_000_000_000


class Repository:
    """A project in git, measured at ``NOW``, whose clock the test sets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main", at=NOW - 1000)
        (root / "pyproject.toml").write_text("", encoding="utf-8")
        (root / ".gitignore").write_text(".coverage\n", encoding="utf-8")
        self.file = root / "signs.py"
        self.write(TEXT, at=NOW - 900)
        self.commit(at=NOW - 800)
        self.store = root.parent / "runs"

    def git(self, *arguments: str, at: int = NOW) -> str:
        who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {f"GIT_{role}_DATE": f"@{at} +0000" for role in ("AUTHOR", "COMMITTER")}
        nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **who, **dates, **nothing},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, *, at: int) -> str:
        self.git("add", "-A", at=at)
        self.git("commit", "-q", "-m", "x", at=at)
        return self.git("rev-parse", "HEAD")

    def write(self, text: str, *, at: int) -> None:
        self.file.write_text(text, encoding="utf-8")
        os.utime(self.file, (at, at))

    def measure(self, *options: str, at: int = NOW) -> None:
        command = [sys.executable, "-m", "coverage", "run", *options, "signs.py"]
        subprocess.run(command, cwd=self.root, capture_output=True, timeout=120, check=True)
        os.utime(self.root / ".coverage", (at, at))

    def show(self) -> ShowCoverage:
        saved = SavedFiles()
        stored = StoredRuns(RunStoreSqlite(self.store), DiskDocuments(), saved)
        return ShowCoverage(
            ProjectFiles(home=self.root.parent),
            CoverageReports(environ={}),
            CoverageParser(),
            saved,
            stored=stored,
            history=GitHistory(),
        )

    def picture(self, show: ShowCoverage | None = None) -> Picture:
        return (show or self.show()).picture(self.file, self.file.read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


@pytest.mark.parametrize("options", [(), ("--branch",)], ids=["lines", "branches"])
def test_what_git_had_checked_out_is_carried_over_to_the_edited_text(
    repository: Repository, options: tuple[str, ...]
) -> None:
    repository.measure(*options)
    measured = repository.picture()
    repository.write(EDITED, at=NOW + 100)
    picture = repository.picture()
    assert (measured.state, picture.state) == ("measured", "measured")
    assert [gap.function for gap in measured.gaps] == ["sign", "other"]
    assert [gap.function for gap in picture.gaps] == ["sign"], "what was edited is not guessed"
    assert picture.gaps[0].lines == (14,)
    assert picture.map is not None
    assert picture.map.unknown == {8, 22}


def test_a_checkout_that_only_touched_the_file_changes_nothing(repository: Repository) -> None:
    repository.measure("--branch")
    measured = repository.picture()
    os.utime(repository.file, (NOW + 100, NOW + 100))
    assert repository.picture() == measured


def test_the_commit_of_the_reports_time_counts_and_not_a_later_one(repository: Repository) -> None:
    repository.measure()
    repository.write(EDITED, at=NOW + 100)
    repository.commit(at=NOW + 200)
    picture = repository.picture()
    assert picture.state == "measured"
    assert picture.map is not None
    assert picture.map.unknown == {8, 22}


def test_another_branch_that_was_checked_out_then_is_found_by_the_log_of_heads(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "other", at=NOW - 700)
    repository.write(EDITED, at=NOW - 600)
    repository.commit(at=NOW - 500)
    repository.measure()
    repository.git("checkout", "-q", "main", at=NOW + 100)
    os.utime(repository.file, (NOW + 100, NOW + 100))
    picture = repository.picture()
    assert picture.state == "measured"
    assert repository.file.read_text(encoding="utf-8") == TEXT
    assert [gap.function for gap in picture.gaps] == ["sign"]
    assert picture.map is not None
    assert picture.map.unknown == {19}


def test_without_a_log_the_newest_commit_before_the_report_counts(repository: Repository) -> None:
    repository.measure()
    repository.write(EDITED, at=NOW + 100)
    repository.commit(at=NOW + 200)
    repository.git("reflog", "expire", "--expire=all", "--all")
    (repository.root / ".git" / "logs" / "HEAD").unlink(missing_ok=True)
    picture = repository.picture()
    assert picture.map is not None
    assert picture.map.unknown == {8, 22}


def test_a_text_that_was_in_no_commit_is_not_guessed(repository: Repository) -> None:
    repository.write(EDITED, at=NOW - 100)
    repository.measure()
    repository.write(EDITED + "x = 1\n", at=NOW + 100)
    assert repository.picture().state == "outdated"


def test_outside_of_git_it_is_as_it_was(repository: Repository) -> None:
    repository.measure()
    repository.write(EDITED, at=NOW + 100)
    (repository.root / ".git").rename(repository.root / "gone")
    assert repository.picture().state == "outdated"


def test_a_text_that_greenline_ran_is_found_again(repository: Repository) -> None:
    draft = EDITED + "x = 1\n"
    repository.write(draft, at=NOW - 100)
    show = repository.show()
    project = ProjectFiles(home=repository.root.parent).project_of(repository.file)
    ran = TestReport(coverage={repository.file: Executed(frozenset({1}))})
    show.keep(project, ran, {repository.file: draft}, modified={repository.file: NOW - 100})
    repository.measure()
    repository.write(draft.replace("x = 1", "x = 2"), at=NOW + 100)
    picture = repository.picture()
    assert picture.state == "measured"
    assert [gap.function for gap in picture.gaps] == ["sign", "other"]
    assert picture.map is not None
    assert picture.map.unknown == {26}


def test_a_text_that_greenline_ran_after_the_report_is_not_what_was_measured(repository: Repository) -> None:
    repository.write(EDITED, at=NOW - 100)
    repository.measure()
    draft = EDITED + "x = 1\n"
    repository.write(draft, at=NOW + 50)
    show = repository.show()
    project = ProjectFiles(home=repository.root.parent).project_of(repository.file)
    ran = TestReport(coverage={repository.file: Executed(frozenset({25}))})
    show.keep(project, ran, {repository.file: draft}, modified={repository.file: NOW + 50})
    repository.write(draft + "y = 1\n", at=NOW + 100)
    picture = repository.picture()
    assert picture.map is not None
    assert picture.map.covered == {25}, "only what Greenline ran is known"


def test_nothing_is_asked_twice_for_the_same(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenline.adapters import git_history

    asked: list[tuple[str, ...]] = []
    ask = git_history.ask

    def counted(folder: Path, *arguments: str) -> bytes | None:
        asked.append(arguments)
        return ask(folder, *arguments)

    monkeypatch.setattr(git_history, "ask", counted)
    repository.write(EDITED, at=NOW - 100)
    repository.measure()
    repository.write(EDITED + "x = 1\n", at=NOW + 100)
    show = repository.show()
    assert repository.picture(show).state == "outdated"
    before = len(asked)
    assert before
    for number in range(3):
        assert show.picture(repository.file, f"{EDITED}x = {number}\n").state == "outdated"
    assert len(asked) == before
