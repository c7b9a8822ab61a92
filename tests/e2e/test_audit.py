"""With the real server: the tests of a project are audited, and the editor is answered meanwhile."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from e2e.client import editing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

WEAK = """import shop


def test_label_is_there():
    shop.label(1)
"""


async def test_weak_tests_are_named_on_a_page(project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = project(measured=False)
    (root / "tests" / "test_weak.py").write_text(WEAK, encoding="utf-8")
    async with editing(root) as editor:
        uri = editor.open(root / "shop.py")
        answer = await editor.run("greenline.auditTests", {"uri": uri})
        job = answer["job"] if isinstance(answer, dict) else answer.job
        assert await editor.lenses(uri)
        end = await editor.end_of(job)
        assert end.outcome == "done", end.message
        assert "1 no-assertion" in end.message
        assert editor.children() == set()

    (page,) = (tmp_path / "cache").rglob("audit-*.html")
    assert end.page.uri == page.as_uri()
    text = page.read_text(encoding="utf-8")
    assert "<h1>Audit of tests</h1>" in text
    assert "test_label_is_there" in text
    assert "tests/test_weak.py:4" in text
