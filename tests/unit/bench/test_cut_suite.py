"""How a suite is cut for the bench of whole repositories."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    file = tmp_path / "test_many.py"
    file.write_text("".join(f"def test_{n}():\n    assert {n} >= 0\n\n\n" for n in range(100)))
    return file


@pytest.mark.parametrize(("wanted", "left"), [(0.0, 0), (0.01, 1), (0.14, 14), (0.5, 50), (1.0, 100), (2.0, 100)])
def test_as_many_are_left_as_reach_what_is_wanted_and_never_many_more_ran(
    tests: Path, monkeypatch: pytest.MonkeyPatch, wanted: float, left: int
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench" / "repo"))
    monkeypatch.delitem(sys.modules, "cut_suite", raising=False)
    from cut_suite import cut

    ran = []

    def share() -> float:
        ran.append(len(re.findall("def test_", tests.read_text())) if tests.exists() else 0)
        return ran[-1] / 100

    assert cut([tests], tests.parent, share, wanted) == (left, 100, left / 100)
    assert left in ran
    assert max(ran) <= max(2 * left, 1)
