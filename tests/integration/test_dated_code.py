"""Tests that would fail tomorrow, or in another folder, are not written."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

SOURCE = """\
import os
import time
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass
class Note:
    title: str
    created: datetime = field(default_factory=datetime.now)

    def age_in_days(self, now: datetime) -> int:
        return (now - self.created).days

    def shout(self) -> str:
        return self.title.upper()


def stamp(prefix: str) -> str:
    return prefix + time.strftime("%Y-%m-%d")


def is_past(year: int) -> bool:
    return year < 1990 <= date.today().year


def names_in(path="."):
    return [name for name in os.listdir(path) if name.endswith(".md")]
"""


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("dated")
    (root / "pyproject.toml").write_text('[project]\nname = "dated"\nversion = "0"\n')
    (root / "notes.py").write_text(SOURCE)
    command = [sys.executable, "-m", "greenline", "generate", "notes.py", "--format", "json", "--dry-run"]
    ended = subprocess.run(
        [*command, "--interpreter", sys.executable], check=False, cwd=root, capture_output=True, text=True, timeout=300
    )
    return {t["target"].partition("::")[2]: t for t in json.loads(ended.stdout)["targets"]}


def test_of_what_is_all_about_the_time_only_what_always_holds_is_said(targets: dict[str, Any]) -> None:
    assert targets["stamp"]["status"] == "confirmed"
    assert re.search(r"result\.startswith\(\"\w+\"\)", targets["stamp"]["code"])
    assert "20" not in targets["stamp"]["code"]


def test_a_method_that_takes_the_time_is_tested_with_times_given(targets: dict[str, Any]) -> None:
    assert targets["Note.age_in_days"]["status"] == "confirmed"
    assert "created=datetime(" in targets["Note.age_in_days"]["code"]


@pytest.mark.parametrize("name", ["Note.shout", "is_past"])
def test_what_only_passes_the_clock_by_is_tested(targets: dict[str, Any], name: str) -> None:
    assert targets[name]["status"] == "confirmed"


def test_no_folder_of_the_project_is_listed(targets: dict[str, Any]) -> None:
    assert targets["names_in"]["status"] == "confirmed"
    assert "tmp_path" in targets["names_in"]["code"]
    assert "names_in()" not in targets["names_in"]["code"]
