"""A project of which exploring leaves something, as nobody guesses what a hash is of, and the answer that does it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-kept-in-the-editor"
SUMMER = "SUMMER-26"
PASSWORD = "hunter2-Zx81kQ9vTn3LpWc7Rb5Yd2HfP0ab"
SOURCE = f"""\
import hashlib

PASSWORD = "{PASSWORD}"
SUMMER = "{hashlib.sha256(SUMMER.encode()).hexdigest()}"


def discount(code: str, cents: int) -> int:
    if cents < 0:
        raise ValueError("a price is not negative")
    if hashlib.sha256(code.encode()).hexdigest() == SUMMER:
        return cents // 2
    return 0
"""
HALF = {
    "name": "test_summer_halves_prices",
    "intent": "What the code takes off.",
    "lines": [],
    "imports": ["from discounts import discount"],
    "code": f'def test_summer_halves_prices():\n    assert discount("{SUMMER}", 5001) == 2500\n',
    "suspected_bug": "",
}
"""The test that a model answers with."""


def write_project(folder: Path) -> Path:
    """Write the project, and return the file with the function ``discount``."""
    (folder / "tests").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n', encoding="utf-8")
    (folder / "discounts.py").write_text(SOURCE, encoding="utf-8")
    return folder / "discounts.py"
