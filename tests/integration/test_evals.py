"""The evaluation, as `make eval` starts it: two targets, and a model whose answers are written down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model_server import ModelServer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "evals"), str(ROOT / "bench" / "engine")]

from subjects import Subject  # noqa: E402
from target_figures import Reached  # noqa: E402
from worth import worth  # noqa: E402

LIMIT = 600
PRICE, NUMBER = "parcels.pricing::discount_percent", "parcels.tracking::parse_tracking"


def evaluated(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it in a home of its own, with no key around."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC_")}
    places = {f"XDG_{name}_HOME": str(home / name) for name in ("DATA", "CONFIG", "CACHE")}
    command = [sys.executable, str(ROOT / "evals" / "run.py"), *arguments]
    return subprocess.run(
        command, cwd=home, check=False, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
        env={**outer, **places, "PYTHONPATH": str(ROOT / "server"), **variables},
    )  # fmt: skip


def test_two_targets_are_asked_for_and_measured(tmp_path: Path) -> None:
    ran = evaluated(tmp_path, "recorded", "--engine", "model", "--only", PRICE, "--only", NUMBER)
    assert ran.returncode == 0, ran.stderr
    rows = {
        cells[0].strip("`* "): [cell.strip() for cell in cells[1:-1]]
        for line in ran.stdout.splitlines()
        if len(cells := line.strip("|").split("|")) > 10
    }
    proposed, passed, kept, reasons, lines, branches, *_ = rows[PRICE]
    assert (proposed, passed, kept, reasons) == ("2", "1", "1", "1 wrong test")
    assert (lines, branches) == ("0 -> 5 of 5", "0 -> 4 of 4")
    proposed, passed, kept, reasons, lines, branches, mutants, requests, *_ = rows[NUMBER]
    assert (proposed, passed, kept, requests) == ("3", "3", "3", "1")
    assert (lines, branches) == ("0 -> 7 of 7", "0 -> 4 of 4")
    assert int(mutants.split()[2]) > 10
    assert rows["2 targets"][0] == "5"
    assert rows["2 targets"][-1].startswith("$0.0")
    assert not (tmp_path / "DATA").exists(), "the person's ledger and consents are left alone"


def test_without_a_key_nothing_is_begun(tmp_path: Path) -> None:
    ran = evaluated(tmp_path, "claude-sonnet-5-5", "--only", PRICE, "--yes")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "There is no key" in ran.stderr


def test_where_nobody_answers_it_ends_and_says_why(tmp_path: Path, model_server: ModelServer) -> None:
    model_server.key = "another"
    ran = evaluated(
        tmp_path, "of-nobody", "--engine", "model", "--only", PRICE, "--only", NUMBER, "--yes",
        "--again", "--base-url", model_server.url, ANTHROPIC_API_KEY="sk-not-a-key",
    )  # fmt: skip
    assert ran.returncode == 1
    assert "2 targets were not asked for: " in ran.stderr
    assert "key" in ran.stderr.partition("not asked for: ")[2]
    assert "sk-not-a-key" not in ran.stdout + ran.stderr


def test_where_no_test_was_written_all_of_the_function_is_missing(tmp_path: Path) -> None:
    (tmp_path / "boxes.py").write_text("def low(n):\n    if n > 3:\n        return n * 2\n    return n - 1\n")
    value = worth(Subject("boxes", tmp_path, Path(sys.executable)), "low", (), tmp_path)
    assert (value.lines, value.branches) == (Reached(0, 0, 3), Reached(0, 0, 2))
    assert (value.mutants.after, value.unsteady) == (0, 0)
    assert value.mutants.all > 2
