"""Copies of a process that survey: the same as new processes do, and none is left over."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is copied")

SCRIPT = """
import json, os, sys, threading
from functools import partial
from pathlib import Path
from greenline.adapters import survey_processes
from greenline.adapters.survey_processes import SurveyProcesses
from greenline.domain.coverage.worth import FileRow

survey_processes._FEW = survey_processes._CHUNK = 2
FIRST = os.getpid()
LOADED = object()

class Telling:
    def __init__(self, loaded, does):
        self.does, self.here = does, loaded is LOADED

    def rows(self, paths):
        print("what a library prints")
        if os.getpid() != FIRST and (str(paths[0]) == "m2.py" and self.does == "dies" or self.does == "all die"):
            os._exit(7)
        if os.getpid() != FIRST and str(paths[0]) == "m2.py" and self.does == "raises":
            raise RuntimeError("so it is")
        return [FileRow(path, f"{os.getpid() == FIRST} {self.here} {threading.active_count()}") for path in paths]

    def close(self):
        pass

def surveyed(does, stops_after=99):
    paths = [Path(f"m{number}.py") for number in range(11)]
    rows = iter(SurveyProcesses(partial(Telling, LOADED, does), 2, may_fork=True)(paths))
    found = [(str(row.path), row.state) for row, _ in zip(rows, range(stops_after))]
    rows.close()
    return found

found = {does: surveyed(does) for does in ("tells", "dies", "raises", "all die")} | {"stops": surveyed("tells", 1)}
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    found["left"] = 0
Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    script: Path = tmp_path_factory.mktemp("forks") / "script.py"
    answer = script.with_name("answer.json")
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run([sys.executable, script, answer], timeout=120, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "so it is" in done.stderr
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def test_copies_know_what_is_loaded_here_and_tell_the_rows_in_order(surveyed: dict[str, Any]) -> None:
    assert surveyed["tells"] == [[f"m{number}.py", "False True 1"] for number in range(11)]


@pytest.mark.parametrize("how", ["dies", "raises"])
def test_what_a_copy_leaves_when_it_ends_is_looked_at_here(how: str, surveyed: dict[str, Any]) -> None:
    assert [path for path, _ in surveyed[how]] == [f"m{number}.py" for number in range(11)]
    assert [path for path, state in surveyed[how] if state.startswith("True")] == ["m2.py", "m3.py"]


def test_where_all_copies_are_gone_the_rest_is_looked_at_here(surveyed: dict[str, Any]) -> None:
    found = [(path, state.split()[0]) for path, state in surveyed["all die"]]
    assert found == [(f"m{number}.py", "True") for number in range(11)]


def test_no_copy_outlives_who_stops_listening(surveyed: dict[str, Any]) -> None:
    assert surveyed["stops"] == [["m0.py", "False True 1"]]
    assert surveyed["left"] == 0
