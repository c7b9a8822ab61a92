"""What is told when a step of exploring, not the explored code, goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline_probe import wire
from greenline_probe.explore import supervise

if TYPE_CHECKING:
    import pytest


def test_an_error_of_ours_is_a_failure_on_one_line_and_not_the_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        raise LookupError("lost\nin two lines")

    monkeypatch.setattr(supervise.session, "search", breaks)
    replies: list[Any] = []
    supervise.serve(wire.Explore("m", "m.py", "f", [], "", 1.0, [], []), replies.append)
    (told,) = replies
    assert (told.failed, told.not_testable) == (True, False)
    assert told.reason.startswith("exploring failed with LookupError: lost in two lines (test_supervise.py:")
