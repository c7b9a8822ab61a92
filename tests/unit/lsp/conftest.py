from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from unit.lsp.fakes import FakeServices

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
def greet(name):
    if name == "":  # branch
        return "👋 nobody"
    print("👋"); uncovered = 1  # gap


class Box:
    def take(self):
        def inner():
            return 2  # gap
        return inner


def fine():
    return 1
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "shop.py"
    path.write_text(SOURCE, encoding="utf-8")
    return path


@pytest.fixture
def services(tmp_path: Path) -> FakeServices:
    (tmp_path / "tests").mkdir()
    return FakeServices(tmp_path / "tests" / "test_shop.py")
