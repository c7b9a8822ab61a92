"""Tests that would fail tomorrow, or in another folder, are not written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
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


ELSEWHERE = """\
import datetime
import os
import random
import time

_current = None
_handlers = {"a": []}


class Env:
    def activate(self, name: str) -> bool:
        key = f"APP_{name.upper()}"
        if key in os.environ:
            return False
        os.environ[key] = "1"
        return True


def greeting(name: str) -> str:
    return f"Good morning, {name}" if datetime.datetime.now().hour < 12 else f"Good day, {name}"


def wish(name: str) -> str:
    return f"Good morning, {name}" if time.localtime().tm_hour < 12 else f"Good day, {name}"


def locale_name() -> str:
    return os.environ.get("SOME_LANG", "C").partition(".")[0]


def tag() -> str:
    return "t" + str(random.randint(1, 1000))


def nonce() -> str:
    return "n" + str(random.SystemRandom().randint(1, 1000))


def configure(name: str) -> None:
    global _current
    _current = name


def handle(x: int) -> int:
    _handlers["a"].append(x)
    return len(_handlers["a"])


def enter(path: str) -> str:
    os.chdir(path)
    return "moved"


def save_up(text: str) -> int:
    with open(os.path.join("..", "backup.txt"), "w") as file:
        return file.write(text)
"""
CHECK = """
import os
from pathlib import Path

import ways


def test_nothing_was_left_behind():
    assert (ways._current, ways._handlers) == (None, {"a": []})
    assert Path("ways.py").exists()
    assert not [name for name in os.environ if name.startswith("APP_")]
"""


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    root = tmp_path_factory.mktemp("elsewhere") / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "ways"\nversion = "0"\n')
    (root / "ways.py").write_text(ELSEWHERE)
    command = [sys.executable, "-m", "greenline", "generate", "ways.py", "--format", "json"]
    ended = subprocess.run(
        [*command, "--interpreter", sys.executable], check=False, cwd=root, capture_output=True, text=True,
        timeout=300, env={**os.environ, "SOME_LANG": "de_DE.UTF-8"},
    )  # fmt: skip
    return root, {t["target"].partition("::")[2]: t for t in json.loads(ended.stdout)["targets"]}


@pytest.mark.parametrize("order", ["no:randomly", "no:cacheprovider"])
def test_the_tests_leave_nothing_behind_and_hold_elsewhere(
    left_behind: tuple[Path, dict[str, Any]], order: str
) -> None:
    root, _ = left_behind
    (root / "tests" / "test_zz_after.py").write_text(CHECK)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", order, "-p", "no:cacheprovider", "tests"], check=False, cwd=root,
        capture_output=True, timeout=120, env={**os.environ, "SOME_LANG": "fr", "TZ": "UTC+11"},
    )  # fmt: skip

    assert ended.returncode == 0, ended.stdout.decode()[-2000:]
    assert not (root.parent / "backup.txt").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("greeting", 'monkeypatch.setattr(datetime, "datetime", FrozenDatetime)'),
        ("wish", 'result.startswith("Good ")'),
        ("locale_name", "monkeypatch.delenv"),
        ("tag", 'monkeypatch.setattr(random, "randint", lambda low, high: '),
        ("nonce", "isinstance(result, str)"),
        ("configure", "monkeypatch.setattr(ways"),
        ("handle", "copy.deepcopy(ways._handlers)"),
        ("enter", 'monkeypatch.chdir(".")'),
        ("Env.activate", "@mock.patch.dict(os.environ)"),
    ],
)
def test_each_says_what_holds_and_puts_back(left_behind: tuple[Path, dict[str, Any]], name: str, said: str) -> None:
    assert said in left_behind[1][name]["code"]


def test_a_file_outside_of_the_folder_is_not_left(left_behind: tuple[Path, dict[str, Any]]) -> None:
    target = left_behind[1]["save_up"]
    assert (target["status"], "leave files" in target["reason"]) == ("not_testable", True)
