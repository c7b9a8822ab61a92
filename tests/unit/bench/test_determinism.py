"""Different answers are counted, and shown as what differs."""

from __future__ import annotations

from pathlib import Path

import determinism


def test_what_came_otherwise_is_shown_as_a_difference() -> None:
    results = [{"f": "a\nb", "g": "1"}, {"f": "a\nb", "g": "1"}, {"f": "a\nc", "g": "1"}]
    assert list(determinism.told(results)) == [
        "f: 2 different in 3", "  1 times otherwise:", "  @@ -1,2 +1,2 @@", "   a",
        "  -b", "  +c", "g: 1 different in 3",
    ]  # fmt: skip


def test_a_run_without_the_target_is_a_different_answer() -> None:
    assert len(determinism.counts([{"f": "a"}, {}])["f"]) == 2


def test_answers_are_kept_for_the_same_code_and_targets_only(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("a = 1\n")
    first = determinism.fingerprint(tmp_path, ["m.py::f"])
    assert determinism.fingerprint(tmp_path, ["m.py::f"]) == first
    assert determinism.fingerprint(tmp_path, ["m.py::g"]) != first
    (tmp_path / "m.py").write_text("a = 2\n")
    assert determinism.fingerprint(tmp_path, ["m.py::f"]) != first
