"""The demo, as a person starts it: the real server, the real engine, a real project."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e


def test_the_demo_ends_with_a_confirmed_test_and_higher_coverage(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_", "COV_"))}
    environment = {**kept, "TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-m", "greenline", "demo"],
        env=environment,
        cwd=tmp_path,
        check=False,
        capture_output=True,
        timeout=240,
    )
    said, complaints = ended.stdout.decode(), ended.stderr.decode()

    assert ended.returncode == 0, said + complaints
    assert complaints == ""
    before, after = map(int, re.search(r"delivery_price: (\d+) % → (\d+) %", said).groups())  # type: ignore[union-attr]
    assert before < after
    (project,) = tmp_path.glob("greenline-demo-*/parcels")
    tests = (project / "tests" / "test_pricing.py").read_text()
    assert "from parcels.pricing import delivery_price, volume_weight" in tests
    assert "def test_a_small_domestic_parcel_has_the_base_price" in tests
    assert tests.count("def test_") > 2
    assert "Visual Studio" in said or "VS Code" in said
    assert "nvim" in said

    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    again = subprocess.run(plain, cwd=project, env=environment, check=False, capture_output=True, timeout=120)
    assert again.returncode == 0, again.stdout.decode()
