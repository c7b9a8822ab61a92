"""Where tests reach a function already, only what they leave is tested: nobody wants seven rows for one branch."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
    def shipping(weight: float, country: str, express: bool = False) -> float:
        """Return the price of a parcel.

        >>> shipping(1.0, "FR")
        5.0
        """
        if weight <= 0:
            raise ValueError("a parcel weighs something")
        price = 5.0 if weight < 2 else 9.5
        if country != "FR":
            price += 4.0
        if express:
            price *= 2
        return price
'''
TESTS = """
    import pytest

    from parcels import shipping


    @pytest.mark.parametrize(
        ("weight", "country", "expected"),
        [(1.0, "FR", 5.0), (2.5, "FR", 9.5), (1.0, "DE", 9.0)],
        ids=["light", "heavy", "abroad"],
    )
    def test_shipping(weight, country, expected):
        assert shipping(weight, country) == expected


    def test_shipping_of_nothing():
        with pytest.raises(ValueError, match="weighs something"):
            shipping(0, "FR")
"""


@pytest.fixture
def target(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "parcels.py").write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_parcels.py").write_text(textwrap.dedent(TESTS), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", sys.executable, "--format", "json"]
    ended = subprocess.run([*command, "parcels.py"], cwd=tmp_path, check=False, capture_output=True, timeout=300)
    assert ended.stderr == b"", ended.stderr.decode()
    (found,) = json.loads(ended.stdout)["targets"]
    return dict(found)


def test_one_branch_gets_one_test_of_one_case(target: dict[str, Any]) -> None:
    assert target["status"] == "confirmed", target["reason"]
    assert target["coverage"]["after"] == {"lines": [8, 8], "branches": [6, 6]}
    assert len(target["tests"]) == 1
    assert "parametrize" not in target["code"]
    assert target["code"].count("shipping(") == 1 + target["code"].count("def test_shipping(")
    assert "True" in target["code"]
